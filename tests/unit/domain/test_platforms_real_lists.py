"""Real lists of accounts are recognised: every address, and every handle that is not broken."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from vault.services.catalogue import load_catalogue

CATALOGUE = load_catalogue()
PLATFORM_OF = {
    "twitter": "x",
    "youtubeHandle": "youtube",
    "youtube_id": "youtube",
    "facebook_graph": "facebook",
    "facebook_id": "facebook",
    "weixin": "wechat",
}
NUMBERS_ONLY = {"twitter_id", "instagram_id"}  # no handles, and no addresses either


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


@pytest.mark.parametrize("day", ["2024-11-15", "2025-06-05", "2025-10-09"])
def test_every_address_of_a_real_register_names_a_profile(shared_data: Path, day: str) -> None:
    read = contradicted = broken = 0
    for row in rows(shared_data / "gc-socials" / f"sm.{day}.csv"):
        found = CATALOGUE.of_url(row["URL"])
        assert found.handle or found.platform_id, row["URL"]
        read += 1
        broken += bool(found.problem)
        named = "Instagram" if row["Platform"] == "Intagram" else row["Platform"]
        contradicted += CATALOGUE.named(named) != found.platform
    assert read > 1800
    assert broken == 2
    assert contradicted == 4


def unreadable(path: Path, kind_column: str, handle_column: str) -> tuple[int, set[str]]:
    """How many handles were read, and which of them have a problem."""
    read = 0
    problems = set()
    for row in rows(path):
        kind = row[kind_column]
        if kind in NUMBERS_ONLY:
            continue
        platform = CATALOGUE.get(PLATFORM_OF.get(kind, kind))
        read += 1
        if CATALOGUE.handle(platform, row[handle_column]).problem:
            problems.add(row[handle_column])
    return read, problems


def test_the_handles_of_real_organisations_are_read_without_exception(shared_data: Path) -> None:
    read, problems = unreadable(shared_data / "brands" / "accounts.csv", "platform", "handle")
    assert read > 11_000
    assert problems == set()


def test_the_handles_of_real_people_are_read_but_for_the_broken_ones(shared_data: Path) -> None:
    read, problems = unreadable(shared_data / "congress" / "accounts.csv", "field", "value")
    assert read > 5_000
    assert len(problems) == 2, problems
