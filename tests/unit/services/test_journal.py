from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from vault.domain.changes import Change
from vault.domain.role import Role
from vault.errors import JournalError, RefusedError
from vault.services import journal
from vault.services.journal import JournalLine, no_dates, searchable
from vault.services.session import Session


def add_roles(session: Session, *names: str) -> None:
    """Record roles, each as an entry of its own."""
    for name in names:
        role = Role(id=(name.encode().hex() * 32)[:32], name=name)
        session.write("role.add", lambda *_, role=role: (Change(role),), note=name)


def backwards(session: Session) -> list[JournalLine]:
    return [line for portion in session.journal_back() for line in portion]


def test_the_journal_reads_the_same_from_either_end(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_roles(session, "webcare", "press", "support", "sales", "legal")
    monkeypatch.setattr(journal, "FIRST_PORTION", 2)
    portions = [len(portion) for portion in session.journal_back()]
    assert portions[:2] == [2, 4], "portions grow"
    assert backwards(session) == [*session.journal()][::-1]


def test_read_backwards_a_missing_or_altered_entry_is_noticed(session: Session) -> None:
    add_roles(session, "one", "two", "three")
    with sqlite3.connect(session.path) as database:
        [row] = database.execute("SELECT * FROM journal WHERE seq = 3").fetchall()
        database.execute("DELETE FROM journal WHERE seq = 3")
    try:
        with pytest.raises(JournalError):
            backwards(session)
    finally:
        with sqlite3.connect(session.path) as database:
            database.execute("INSERT INTO journal VALUES (?, ?, ?)", row)
    assert backwards(session)


def test_an_entry_is_found_by_who_what_when_and_the_records_it_changed(session: Session) -> None:
    add_roles(session, "[/red] webcare\x1b[31m", "editors")
    rows = searchable(session.registry, backwards(session))
    newest = rows.all[0]
    today, tomorrow = newest.at.date(), newest.at.date() + timedelta(days=1)
    assert rows.find("editors") == rows.find("about:editors by:ana act:role") == [newest]
    assert rows.find("[/red]") == [rows.all[1]]
    assert rows.find(f"since:{today} until:{today}") == rows.all
    assert rows.find(f"since:{tomorrow}") == rows.find(f"until:{newest.at.year - 1}-01-01") == []
    for begun in ("2", "2026-", "2026-0", "2026-1", "2026-12", "2026-12-", "2026-12-3"):
        assert rows.find(f"until:{begun}") == rows.all, "a date that is still being typed"
        assert not no_dates(f"until:{begun}", typing=True)
        assert no_dates(f"by:ana until:{begun}") == [f"until:{begun}"]
    for wrong in ("xx", "2026-13", "2026-13-99", "2026-12-4", "2026-12-32"):
        assert rows.find(f"since:{wrong}") == []
        assert no_dates(f"since:{wrong}", typing=True) == [f"since:{wrong}"]
    assert rows.find("by:nobody") == []


def test_an_audit_tells_how_far_it_is_and_can_be_stopped(session: Session) -> None:
    told: list[int] = []
    assert session.audit(told.append) == session.seq
    assert told == [*range(1, session.seq + 1)]

    def stop(count: int) -> None:
        raise RefusedError(f"Stopped at {count}.")

    with pytest.raises(RefusedError, match="Stopped at 1"):
        session.audit(stop)
