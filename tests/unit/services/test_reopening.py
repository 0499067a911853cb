"""Accounts that were recorded as closed or lost, and are not."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from vault.domain.account import Account
from vault.domain.cases import Case, Progress
from vault.domain.changes import changes
from vault.domain.seat import Seat
from vault.domain.steps import Step
from vault.errors import ConflictError, RefusedError, UsageError
from vault.services.accounts import Links, add_account, edit_account, end_account
from vault.services.editing import add_record, fresh_id
from vault.services.people import add_person
from vault.services.reopening import reopen_account
from vault.services.session import Session


def account(session: Session, handle: str, *, another: bool = False) -> Account:
    platform = session.registry.catalogue.get("x")
    return add_account(session, platform, handle, Links(), another=another)


def test_adding_an_account_whose_handle_was_closed_names_the_closed_one(session: Session) -> None:
    first = account(session, "acme")
    end_account(session, first)
    begin = session.seq
    with pytest.raises(RefusedError, match="x/@acme is in the registry already, closed") as refused:
        account(session, "ACME")
    assert f"safehands account edit {first.id[:8]} --reopen" in refused.value.hint
    assert session.seq == begin
    second = account(session, "acme", another=True)
    with pytest.raises(RefusedError, match="x/@acme is in the registry already, as"):
        reopen_account(session, first)
    assert session.registry.account(second.id).until is None


def test_an_account_is_open_again_with_what_ended_along(session: Session) -> None:
    first = account(session, "back")
    jan, eva = (add_person(session, name).id for name in ("Jan", "Eva"))
    at = session.env.now() - timedelta(days=2)
    seats = {
        who: add_record(
            session,
            Seat(id=fresh_id(session), account=first.id, person=who, level="full", since=at),
        )
        for who in (jan, eva)
    }
    ended = end_account(session, first, lost=True)
    over = [
        msgspec.structs.replace(seats[jan], until=ended.until),
        msgspec.structs.replace(seats[eva], until=at + timedelta(days=1)),
    ]
    session.write("seat.end", lambda *_: changes(*over))
    opened = reopen_account(session, first)
    assert (opened.until, opened.state) == (None, "living")
    assert session.registry.get(seats[jan].id, Seat).until is None
    assert session.registry.get(seats[eva].id, Seat).until is not None
    with pytest.raises(RefusedError, match="is open"):
        reopen_account(session, opened)


def test_what_else_is_changed_of_an_account_comes_with_its_reopening_or_not_at_all(
    session: Session,
) -> None:
    gone = end_account(session, account(session, "again"))
    before = session.seq
    with pytest.raises(UsageError):
        edit_account(session, gone, Links(), "no handle!", reopen=True)
    assert (session.seq, session.registry.account(gone.id).until) == (before, gone.until)
    opened = edit_account(session, gone, Links(), "renamed", reopen=True, note="it  is back")
    assert (opened.until, opened.handle, opened.note) == (None, "renamed", "it  is back")
    assert session.seq == before + 1
    end_account(session, opened)
    with pytest.raises(ConflictError, match="meanwhile"):
        edit_account(session, gone, Links(), reopen=True)


def test_what_a_finished_closing_deleted_is_not_open_again(session: Session) -> None:
    gone = end_account(session, account(session, "deleted"))
    now = session.env.now()
    done = Progress(Step(id="d", act="delete", account=gone.id), state="verified", applied_at=now)
    case = Case(
        id=fresh_id(session),
        what="deactivation",
        account=gone.id,
        opened_at=now,
        closed_at=now,
        progress=(done,),
    )
    session.write("case.close", lambda *_: changes(case))
    with pytest.raises(RefusedError, match="deleted for good") as refused:
        reopen_account(session, gone)
    assert "--another" in refused.value.hint
    kept = msgspec.structs.replace(case, progress=())
    session.write("case.edit", lambda *_: changes(kept))
    assert reopen_account(session, gone).until is None
