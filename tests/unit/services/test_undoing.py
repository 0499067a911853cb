from __future__ import annotations

from datetime import timedelta

import pytest

from vault.domain.changes import changes
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.role import Role
from vault.domain.secret import Secret
from vault.errors import RefusedError
from vault.services.accounts import Links, add_account
from vault.services.credentials import reveal_credential, set_credential
from vault.services.editing import add_record, edit_record, end_record, fresh_id, write_checked
from vault.services.roles import assign_role
from vault.services.session import Session
from vault.services.undoing import undo
from vault.services.vaults import open_with


def role(session: Session, name: str) -> Role:
    return add_record(session, Role(id=fresh_id(session), name=name))


def test_an_edit_is_undone_as_one_more_act_and_undoing_that_does_it_again(session: Session) -> None:
    press = role(session, "Press")
    edited = edit_record(session, press, purpose="news")
    begin = session.seq
    assert undo(session) == "role.edit Press"
    assert session.registry.role(press.id) == press
    assert session.seq == begin + 1
    assert list(session.journal())[-1].act == "act.undo"
    undo(session)
    assert session.registry.role(press.id) == edited


def test_what_was_ended_is_there_again(session: Session) -> None:
    ended = role(session, "Ended")
    end_record(session, ended)
    undo(session)
    assert session.registry.role(ended.id) == ended


def test_an_act_on_several_records_is_undone_as_a_whole(session: Session) -> None:
    one, other = role(session, "One"), role(session, "Other")
    now = session.env.now()
    both = (Role(id=one.id, name="One", until=now), Role(id=other.id, name="Other", until=now))
    write_checked(session, "role.end", changes(*both))
    undo(session)
    assert session.registry.role(one.id) == one
    assert session.registry.role(other.id) == other


def test_a_role_just_given_was_never_held(session: Session) -> None:
    given = role(session, "Given")
    eva = add_record(session, Person(id=fresh_id(session), name="Eva"))
    since = session.env.now() - timedelta(days=3)
    assignment = assign_role(session, given, eva, since)
    undo(session)
    (found,) = session.registry.assignments_of[given.id]
    assert found.id == assignment.id
    assert not found.holds(since)


def test_what_was_added_is_not_taken_away(session: Session) -> None:
    role(session, "Added")
    with pytest.raises(RefusedError, match="Added was added"):
        undo(session)


def test_what_was_seen_does_not_stand_in_the_way_and_is_not_undone(session: Session) -> None:
    account = add_account(session, session.registry.catalogue.get("x"), "acme", Links())
    credential = set_credential(session, account, Secret("hunter2!"), as_current=True)
    with pytest.raises(RefusedError, match="credential set cannot be undone"):
        undo(session)
    edited = edit_record(session, session.registry.account(account.id), purpose="news")
    reveal_credential(session, credential)
    undo(session)
    assert session.registry.account(account.id).purpose == ""
    assert edited.purpose == "news"
    (kept,) = session.registry.credentials_of[account.id]
    assert reveal_credential(session, kept).reveal() == "hunter2!"


def test_what_contradicts_the_registry_by_now_is_refused(session: Session) -> None:
    box = add_record(session, Mailbox(id=fresh_id(session), address="a@acme.example"))
    moved = Mailbox(id=box.id, address="b@acme.example")
    taken = Mailbox(id=fresh_id(session), address="a@acme.example")
    write_checked(session, "mailbox.edit", changes(moved, taken))
    with pytest.raises(RefusedError):
        undo(session)
    assert session.registry.get(box.id, Mailbox).address == "b@acme.example"


def test_what_the_same_member_does_in_another_terminal_is_not_undone(session: Session) -> None:
    press = edit_record(session, role(session, "Here"), purpose="news")
    with open_with(str(session.path), lambda _: session._keys, session.env) as elsewhere:
        there = edit_record(elsewhere, press, purpose="events")
        with pytest.raises(RefusedError, match="not one that was made here"):
            undo(session)
    assert session.registry.role(press.id) == there


def test_what_was_done_before_the_vault_was_opened_is_not_undone(session: Session) -> None:
    press = edit_record(session, role(session, "Before"), purpose="news")
    with open_with(str(session.path), lambda _: session._keys, session.env) as later:
        with pytest.raises(RefusedError, match="since you opened it"):
            undo(later)
        assert later.registry.role(press.id) == press
