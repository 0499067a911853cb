"""Two records of one person made one: what is moved, what is refused, and that it is undone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from vault.domain.account import Account
from vault.domain.credential import Credential, Exposure, Version
from vault.domain.grant import Grant
from vault.domain.mailbox import Mailbox
from vault.domain.naming import resolve
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.role import Assignment, Role
from vault.domain.seat import Seat
from vault.domain.spell import Spell
from vault.domain.ties import all_ties
from vault.errors import RefusedError, UsageError
from vault.services.editing import add_record, edit_record, fresh_id
from vault.services.offboarding import departure_of, start_offboarding
from vault.services.people import add_person, edit_person, merge_people
from vault.services.session import Session
from vault.services.undoing import undo

LATER = date(2099, 1, 1)


@pytest.fixture
def two(session: Session) -> tuple[Person, Person]:
    """Jan Bakker, and the Jan Baker that another list made of him; of every test another one."""
    n = session.seq
    mail, joined = f"jan{n}@acme.example", date(2020, 1, 1)
    keep = add_person(session, f"Jan Bakker {n}", mail=mail, joined=joined)
    values: dict[str, Any] = {"mail": f"j.baker{n}@acme.example", "external_id": f"E{n}"}
    return keep, add_person(session, f"Jan Baker {n}", joined=date(2019, 1, 1), **values)


def add(session: Session, kind: Any, **values: Any) -> Any:
    return add_record(session, kind(id=fresh_id(session), **values))


def tied(session: Session, person: Person) -> list[tuple[str, str]]:
    found = all_ties(session.registry, person.id, session.env.now())
    return sorted((tie.kind, session.registry.name_of(tie.account)) for tie in found)


def test_every_tie_of_the_other_is_one_of_who_is_kept(
    session: Session, two: tuple[Person, Person]
) -> None:
    keep, other = two
    now = session.env.now()
    role = add(session, Role, name=f"Webcare {session.seq}")
    account = add(
        session, Account, platform="facebook", handles=(Spell(f"acme{session.seq}", now),)
    )
    tool = add(session, Account, platform="buffer", handles=(Spell(f"acme{session.seq}", now),))
    secret = Credential(
        id=fresh_id(session),
        account=account.id,
        versions=(Version(number=1, made_at=now, current_from=now),),
    )
    add_record(session, secret)
    add(session, Assignment, person=other.id, role=role.id, since=now)
    add(session, Seat, account=account.id, level="full", person=other.id, since=now)
    add(session, Grant, account=account.id, tool=tool.id, granted_by=other.id, since=now)
    add(session, Mailbox, address="press@acme.example", readers=(Spell(other.id, now),))
    add(session, Phone, number="+31612345678", carriers=(Spell(other.id, now),))
    add(session, Exposure, credential=secret.id, version=1, person=other.id, how="told", at=now)
    before, seq = tied(session, other), session.seq
    kept = merge_people(session, keep, other)
    assert len(before) == 6
    assert tied(session, kept) == before
    assert tied(session, other) == []
    assert session.seq == seq + 1
    assert undo(session).startswith("person.merge")
    assert (tied(session, keep), tied(session, other)) == ([], before)


def test_who_is_kept_goes_by_the_names_and_keys_of_both(
    session: Session, two: tuple[Person, Person]
) -> None:
    keep, other = two
    kept = merge_people(session, keep, other)
    assert (kept.name, kept.mail) == (keep.name, keep.mail)
    assert kept.external_id == other.external_id
    assert kept.joined == date(2019, 1, 1)
    for text in (other.name, other.mail, other.external_id, other.id):
        assert resolve(session.registry, Person, text) == kept
    with pytest.raises(RefusedError, match="has the address"):
        add_person(session, "Somebody", mail=other.mail)
    assert edit_person(session, kept, mail=other.mail).mail == other.mail


def test_rights_that_both_had_at_one_time_become_one(
    session: Session, two: tuple[Person, Person]
) -> None:
    keep, other = two
    now = session.env.now()
    role = add(session, Role, name=f"Webcare {session.seq}")
    account = add(
        session, Account, platform="facebook", handles=(Spell(f"acme{session.seq}", now),)
    )
    for person, level in ((keep, "post"), (other, "full")):
        add(session, Assignment, person=person.id, role=role.id, since=now)
        add(session, Seat, account=account.id, level=level, person=person.id, since=now)
    merge_people(session, keep, other)
    registry = session.registry
    seats = [s for s in registry.seats_on[account.id] if s.holds(now)]
    held = [a for a in registry.assignments_of[role.id] if a.holds(now)]
    assert [(s.person, s.level) for s in seats] == [(keep.id, "full")]
    assert [a.person for a in held] == [keep.id]
    assert edit_record(session, seats[0], level="edit").level == "edit", "it can be edited still"


def test_nobody_is_one_with_themselves(session: Session, two: tuple[Person, Person]) -> None:
    with pytest.raises(UsageError, match="one person already"):
        merge_people(session, two[0], two[0])


def test_who_leaves_is_not_one_with_who_stays(session: Session, two: tuple[Person, Person]) -> None:
    keep, other = two
    leaving = edit_record(session, other, last_day=LATER)
    with pytest.raises(RefusedError, match="has the last day 2099-01-01") as refused:
        merge_people(session, keep, leaving)
    assert f"person leave '{keep.name}' --last-day 2099-01-01" in refused.value.hint
    edit_record(session, keep, last_day=LATER)
    assert merge_people(session, keep, leaving).last_day == LATER


def test_a_member_of_the_vault_is_the_one_to_keep(
    session: Session, two: tuple[Person, Person]
) -> None:
    founder = session.registry.person(session.person)
    with pytest.raises(RefusedError, match="member of the vault") as refused:
        merge_people(session, two[0], founder)
    assert f"safehands person merge {founder.name} '{two[0].name}'" in refused.value.hint


@pytest.mark.parametrize("leaver", [0, 1])
def test_two_are_not_made_one_under_an_open_departure(
    session: Session, two: tuple[Person, Person], leaver: int
) -> None:
    for each in two:
        edit_record(session, each, last_day=LATER)
    one = session.registry.person(two[leaver].id)
    departure = departure_of(one, None, "planned", {}, session.env.now().date())
    start_offboarding(session, departure)
    with pytest.raises(RefusedError, match="is open, and counts on one of them"):
        merge_people(session, *two)


def test_a_departure_that_counts_on_the_other_is_finished_first(
    session: Session, two: tuple[Person, Person]
) -> None:
    role = add(session, Role, name=f"Webcare {session.seq}")
    kim = add_person(session, f"Kim {session.seq}", last_day=LATER)
    add(session, Assignment, person=kim.id, role=role.id, since=session.env.now())
    named = {role.id: two[1].id}
    departure = departure_of(kim, None, "planned", named, session.env.now().date())
    start_offboarding(session, departure)
    with pytest.raises(RefusedError, match="counts on one of them"):
        merge_people(session, *two)
