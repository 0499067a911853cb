"""A feed that is made to hurt its reader holds nobody up."""

from __future__ import annotations

import asyncio
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE, Process
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from tests.integration.probing.feed_server import rss
from vault.domain.probing import Sighting
from vault.services.probe import reading
from vault.services.probe.reading import Reader

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
POSTED = datetime(2026, 11, 3, 8, tzinfo=UTC)
HARMLESS = rss(format_datetime(POSTED))
# feedparser looks for a mail address in an author, in time quadratic to its length: hours for this.
AUTHOR = b"<author>" + b"a" * 2_000_000 + b"</author>"
HOURS = HARMLESS.replace(b"<item>", b"<item>" + AUTHOR)


def test_a_feed_that_takes_hours_is_not_read_and_the_others_are() -> None:
    async def read() -> tuple[Sighting, ...]:
        bodies = (HARMLESS, HOURS, HARMLESS)
        async with Reader(2) as reader:
            asked = (reader.read("feed", body, "application/xml", NOW) for body in bodies)
            return tuple(await asyncio.gather(*asked))

    slow = Sighting("unsafe", told="it takes more than 2 s to read")
    assert asyncio.run(read()) == (Sighting("seen", POSTED), slow, Sighting("seen", POSTED))


def test_a_process_that_is_stopped_for_its_time_may_close_its_output_before_it_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def about_to_be_stopped() -> Process:
        command = ("/bin/sh", "-c", "read asked; exec >&-; sleep 0.2; kill -PROF $$")
        return await create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)

    async def read() -> Sighting:
        async with Reader(2) as reader:
            return await reader.read("feed", HARMLESS, "", NOW)

    monkeypatch.setattr(reading, "_started", about_to_be_stopped)
    assert asyncio.run(read()).outcome == "unsafe"


def test_an_answer_nobody_waits_for_any_more_is_not_taken_for_another() -> None:
    other = rss(format_datetime(POSTED.replace(year=2025)))

    async def read() -> Sighting:
        async with Reader(10) as reader:
            await reader.read("feed", HARMLESS, "", NOW)
            stopped = asyncio.create_task(reader.read("feed", other, "", NOW))
            await asyncio.sleep(0)  # it is asked now
            stopped.cancel()
            await asyncio.wait([stopped])
            assert stopped.cancelled()
            return await reader.read("feed", HARMLESS, "", NOW)

    assert asyncio.run(read()) == Sighting("seen", POSTED)
