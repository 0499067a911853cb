from __future__ import annotations

from datetime import timedelta

import pytest

from vault.domain.person import Person
from vault.domain.role import Role
from vault.errors import ConflictError, RefusedError, UsageError
from vault.services.editing import add_record, edit_record, end_record, fresh_id
from vault.services.roles import assign_role, unassign_role
from vault.services.session import Session


def test_a_record_is_added_edited_and_ended_each_with_one_entry(session: Session) -> None:
    begin = session.seq
    role = add_record(session, Role(id=fresh_id(session), name="Press"))
    edited = edit_record(session, role, purpose="news")
    ended = end_record(session, edited)
    assert session.registry.role(role.id) == ended
    assert ended.until is not None
    assert session.seq == begin + 3
    last = list(session.journal())[-3:]
    assert [(line.act, line.note) for line in last] == [
        ("role.add", "Press"),
        ("role.edit", "Press"),
        ("role.end", "Press"),
    ]


def test_an_edit_to_the_same_values_writes_nothing(session: Session) -> None:
    role = add_record(session, Role(id=fresh_id(session), name="Same"))
    begin = session.seq
    assert edit_record(session, role, name="Same") == role
    assert session.seq == begin


def test_an_edit_of_what_somebody_else_changed_meanwhile_is_a_conflict(session: Session) -> None:
    seen = add_record(session, Role(id=fresh_id(session), name="Contested"))
    edit_record(session, seen, purpose="the first")
    with pytest.raises(ConflictError, match="Contested"):
        edit_record(session, seen, note="the second")
    with pytest.raises(ConflictError, match="Contested"):
        end_record(session, seen)
    assert session.registry.role(seen.id).purpose == "the first"
    assert session.registry.role(seen.id).note == ""


def test_what_is_not_valid_is_not_written(session: Session) -> None:
    begin = session.seq
    with pytest.raises(UsageError):
        add_record(session, Role(id=fresh_id(session), name=" "))
    with pytest.raises(RefusedError):
        add_record(session, Person(id=fresh_id(session), name="P", manager="ghost"))
    assert session.seq == begin


def test_what_ended_does_not_end_again(session: Session) -> None:
    ended = end_record(session, add_record(session, Role(id=fresh_id(session), name="Once")))
    with pytest.raises(RefusedError):
        end_record(session, ended)


def test_a_role_is_given_and_taken_and_not_given_to_who_has_left(session: Session) -> None:
    now = session.env.now()
    role = add_record(session, Role(id=fresh_id(session), name="Given"))
    eva = add_record(session, Person(id=fresh_id(session), name="Eva"))
    assign_role(session, role, eva, now)
    with pytest.raises(RefusedError, match="already"):
        assign_role(session, role, eva, now)
    unassign_role(session, role, eva, session.env.now())
    gone = edit_record(session, eva, last_day=now.date() - timedelta(days=2))
    with pytest.raises(RefusedError, match="does not work here"):
        assign_role(session, role, gone, session.env.now())


@pytest.mark.parametrize("typed", ["Ko\tde Wit", " Ko \r\n de\u00a0Wit ", "Ko\x00de  Wit"])
def test_a_name_typed_or_pasted_with_a_tab_is_stored_with_a_space(
    session: Session, typed: str
) -> None:
    """Of a sheet's two cells; a note keeps its lines."""
    role = add_record(session, Role(id=fresh_id(session), name=f"{typed} 1", note="one\n\ttwo"))
    edited = edit_record(session, role, name=typed, purpose=typed)
    assert (edited.name, edited.purpose) == ("Ko de Wit", "Ko de Wit")
    assert (role.name, role.note) == ("Ko de Wit 1", "one\n\ttwo")
    assert session.registry.role(role.id) == edited
    end_record(session, edited)
    person = add_record(session, Person(id=fresh_id(session), name="Ko", other_mails=(" a@b.c\t",)))
    assert person.other_mails == ("a@b.c",)
