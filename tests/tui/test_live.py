"""What happens to the file while the interface has it open."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.integration.storage.builder import environment
from tests.tui.conftest import Hands, Interface
from tui.app import SafehandsApp
from vault.domain.person import Person
from vault.services.people import add_person
from vault.services.session import Session
from vault.services.vaults import open_with
from vault.storage import connection
from vault.storage.connection import PAGE_BYTES


def elsewhere(hands: Hands) -> Session:
    """Return the vault as another program on this device opens it."""
    sample = hands.sample
    return open_with(str(sample.path), lambda _: sample.keys, environment(sample.device))


async def look(hands: Hands) -> None:
    hands.app._look()
    await hands.settle()


async def test_what_another_program_adds_appears_and_nothing_typed_is_lost(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await hands.press("3", "down", "down", "down")
        row = hands.page.listing.key
        await hands.press("slash", *"a")
        hands.page.listing.go_to(row)
        found = len(hands.page.listing.rows)
        box = hands.app.focused
        with elsewhere(hands) as other:
            added = add_person(other, "Aaltje Aalders")
        await look(hands)
        assert hands.app.desk.registry.find(added.id) == added
        assert len(hands.page.listing.rows) == found + 1
        assert hands.page.listing.key == row
        assert hands.app.focused is box
        await hands.press(*"al")
        assert "Aaltje Aalders" in hands.shown()


async def test_below_a_dialogue_the_page_is_renewed_and_the_dialogue_stays(
    interface: Interface,
) -> None:
    async with interface(size=(120, 40)) as hands:
        await hands.press("3")
        page = hands.page
        before = len(page.listing.rows)
        await hands.press("f2")
        dialogue = hands.page
        with elsewhere(hands) as other:
            add_person(other, "Aaltje Aalders")
        await look(hands)
        assert hands.page is dialogue
        assert len(page.listing.rows) == before + 1


@pytest.mark.parametrize("how", ["removed", "replaced", "cut"])
async def test_a_file_that_is_gone_or_another_is_told_once_and_the_screen_stays(
    interface: Interface, how: str, tmp_path: Path
) -> None:
    async with interface(size=(160, 40)) as hands:
        await hands.press("2")
        rows = len(hands.page.listing.rows)
        path = hands.sample.path
        if how == "removed":
            path.rename(tmp_path / "away")
        elif how == "replaced":
            path.write_bytes(b"SQLite format 3\0" + b"x" * 4096)
        else:
            path.write_bytes(path.read_bytes()[:5000])
        await look(hands)
        await look(hands)
        assert len(hands.app._notifications) == 1
        assert hands.app.is_running
        assert len(hands.page.listing.rows) == rows
        if how == "removed":
            hands.app.clear_notifications()
            (tmp_path / "away").rename(path)
            await look(hands)
            assert len(hands.app._notifications) == 0


class Busy:
    """The lock of a session: whoever asks for it first waits until somebody has been written."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = session._lock

    def __enter__(self) -> None:
        self._session._lock = self._lock
        add_person(self._session, "Aaltje Aalders")
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


async def test_what_was_written_here_while_it_looked_is_no_news_and_renews_no_page(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that is made anew under the mouse, for nothing, lost the click."""
    renewed: list[SafehandsApp] = []

    def note(app: SafehandsApp) -> None:
        renewed.append(app)

    monkeypatch.setattr(SafehandsApp, "on_vault_changed", note)
    async with interface() as hands:
        session = hands.app.desk.session
        session._lock = Busy(session)  # type: ignore[assignment]
        await look(hands)
        assert any(p.name == "Aaltje Aalders" for p in session.registry.all(Person))
        assert renewed == []
        with elsewhere(hands) as other:
            add_person(other, "Bo Bakker")
        await look(hands)
        assert renewed == [hands.app]


async def try_to_add(hands: Hands) -> str:
    """Return what comes of adding somebody in the background."""
    told: list[str] = []
    hands.page.work(
        lambda session: add_person(session, "Aaltje Aalders", note="a" * 2 * PAGE_BYTES),
        lambda _: told.append("done"),
        failed=lambda error: told.append(error.message),
    )
    await hands.settle()
    assert len(told) == 1
    return told[0]


async def test_another_writer_in_the_way_is_told_and_nothing_is_half_done(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("connection", "reading"):
        monkeypatch.setattr(f"vault.storage.{module}.WAIT_FOR_WRITERS_S", 0.1)
    async with interface() as hands:
        with closing(sqlite3.connect(hands.sample.path, isolation_level=None)) as blocker:
            blocker.execute("BEGIN IMMEDIATE")
            assert "Another program has been writing" in await try_to_add(hands)
            blocker.execute("ROLLBACK")
        with elsewhere(hands) as other:
            assert "Aaltje Aalders" not in {each.name for each in other.registry.all(Person)}
        assert await try_to_add(hands) == "done"


async def test_a_full_disk_is_told_and_what_failed_can_be_tried_again(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with interface() as hands:
        with monkeypatch.context() as patched:
            # The file may not grow by a single page: SQLite says SQLITE_FULL, as a disk has it.
            pragmas = (*connection._PRAGMAS, "max_page_count=1")
            patched.setattr(connection, "_PRAGMAS", pragmas)
            assert "disk is full" in await try_to_add(hands)
        store = hands.app.desk.session._store
        assert store is not None
        store.close()
        hands.app.desk.session._store = None
        assert await try_to_add(hands) == "done"


async def test_a_file_that_became_read_only_is_told(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Root may write to any file: SQLite says SQLITE_READONLY all the same, as for one of mode 0400.
    monkeypatch.setattr(connection, "_PRAGMAS", (*connection._PRAGMAS, "query_only=ON"))
    async with interface() as hands:
        assert "cannot be written" in await try_to_add(hands)
