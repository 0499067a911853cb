"""Who moves to another role or hands an account on, and what the list still says of who had it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.integration.importer import ACCOUNTS, PEOPLE, Importer
from vault.domain.changes import changes
from vault.domain.credential import Exposure
from vault.domain.person import Person
from vault.domain.role import Assignment, Role
from vault.domain.seat import Seat
from vault.errors import ImportRefusedError
from vault.services.editing import fresh_id
from vault.services.people import merge_people
from vault.services.roles import assign_role, end_assignment

HEAD = "nr,name,mail,boss,job,last"
WHERE = "where,handle,id,team,login,who"


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Importer]:
    """Return a vault to import into."""
    importer = Importer(tmp_path)
    yield importer
    importer.session.close()


def held(vault: Importer, kind: type[Assignment | Seat]) -> list[str]:
    """Who has which role, or which seat, without an end."""
    registry = vault.session.registry
    return sorted(
        f"{registry.name_of(each.person)}: "
        + registry.name_of(each.role if isinstance(each, Assignment) else each.account)
        for each in registry.all(kind)
        if each.until is None
    )


def end_role(vault: Importer, name: str) -> None:
    [role] = [r for r in vault.session.registry.all(Role) if r.name == name]
    for given in vault.session.registry.assignments_of[role.id]:
        if given.until is None:
            end_assignment(vault.session, given, datetime(2024, 7, 15, tzinfo=UTC), force=True)


def test_the_role_that_somebody_moved_from_is_proposed_and_ended_when_asked(
    vault: Importer,
) -> None:
    vault.bring(PEOPLE, HEAD, "1,Jan,,,Webcare,", as_of="2024-06-01")
    row = "1,Jan,,,Press,"
    report = vault.bring(PEOPLE, HEAD, row, as_of="2024-07-01")
    assert [(p.kind, p.label, p.ended) for p in report.proposals] == [
        ("role", "Webcare", False),
        ("assignment", "Jan: Webcare", False),
    ]
    assert held(vault, Assignment) == ["Jan: Press", "Jan: Webcare"]
    vault.bring(PEOPLE, HEAD, row, as_of="2024-07-01", end_gone=True)
    assert held(vault, Assignment) == ["Jan: Press"]
    assert vault.bring(PEOPLE, HEAD, row, as_of="2024-07-01", end_gone=True).proposals == ()


def test_what_was_given_by_hand_or_by_another_list_is_not_proposed(vault: Importer) -> None:
    vault.bring(PEOPLE, HEAD, "1,Jan,,,Webcare,")
    vault.bring(PEOPLE.replace('"hr"', '"other"'), HEAD, "1,Jan,,,Press,")
    [jan] = [p for p in vault.session.registry.all(Person) if p.name == "Jan"]
    [press] = [r for r in vault.session.registry.all(Role) if r.name == "Press"]
    report = vault.bring(PEOPLE, HEAD, "1,Jan,,,Webcare,")
    assert (report.proposals, held(vault, Assignment)) == ((), ["Jan: Press", "Jan: Webcare"])
    end_role(vault, "Press")
    assign_role(vault.session, press, jan, datetime(2024, 8, 1, tzinfo=UTC))
    assert vault.bring(PEOPLE, HEAD, "1,Jan,,,Webcare,").proposals == ()


def test_who_moves_back_has_the_former_role_again(vault: Importer) -> None:
    vault.bring(PEOPLE, HEAD, "1,Jan,,,Webcare,", as_of="2024-06-01")
    vault.bring(PEOPLE, HEAD, "1,Jan,,,Press,", as_of="2024-07-01")
    end_role(vault, "Webcare")
    report = vault.bring(PEOPLE, HEAD, "1,Jan,,,Webcare,", as_of="2024-08-01", end_gone=True)
    assert (report.problems, report.created) == ((), {"assignment": 1})
    assert held(vault, Assignment) == ["Jan: Webcare"]
    again = vault.bring(PEOPLE, HEAD, "1,Jan,,,Webcare,", as_of="2024-08-02", end_gone=True)
    assert (again.written, again.problems, again.proposals) == (False, (), ())


def test_a_role_that_ended_here_stays_ended_and_the_command_that_gives_it_back_is_told(
    vault: Importer,
) -> None:
    vault.bring(PEOPLE, HEAD, "1,Jan,,,Webcare,", as_of="2024-06-01")
    end_role(vault, "Webcare")
    report = vault.bring(PEOPLE, HEAD, "1,Jan,,,Webcare,", as_of="2024-08-01")
    [problem] = report.problems
    [given] = vault.session.registry.all(Assignment)
    assert (problem.kind, problem.column, problem.taken) == ("ended_here", "job", "still ended")
    assert f"safehands role assign {given.role[:8]} {given.person[:8]}" in problem.message
    assert (report.written, held(vault, Assignment)) == (False, [])


def test_who_begins_again_after_a_role_ended_has_it_anew(vault: Importer) -> None:
    dated = PEOPLE + 'joined = "first"\n'
    vault.bring(dated, f"{HEAD},first", "1,Jan,,,Webcare,,2020-01-01", as_of="2024-06-01")
    end_role(vault, "Webcare")
    row = "1,Jan,,,Webcare,,2024-09-01"
    assert not vault.bring(dated, f"{HEAD},first", row, as_of="2024-08-01").problems
    assert held(vault, Assignment) == ["Jan: Webcare"]
    assert not vault.bring(dated, f"{HEAD},first", row, as_of="2024-08-02").written


def test_both_roles_of_two_rows_of_one_person_are_named(vault: Importer) -> None:
    rows = ("1,Jan,,,Webcare,", "1,Jan,,,Press,")
    vault.bring(PEOPLE, HEAD, *rows)
    vault.bring(PEOPLE, HEAD, *rows[::-1])
    for order in (rows, rows[::-1]):
        assert vault.bring(PEOPLE, HEAD, *order, end_gone=True).proposals == ()


def test_who_was_made_one_keeps_the_role_that_either_spelling_brought(vault: Importer) -> None:
    vault.bring(PEOPLE, HEAD, "1,Jan,,,Webcare,", "2,Jan Ek,,,Press,")
    people = {p.name: p for p in vault.session.registry.all(Person)}
    merge_people(vault.session, people["Jan"], people["Jan Ek"])
    report = vault.bring(PEOPLE, HEAD, "1,Jan,,,Webcare,", "2,Jan Ek,,,Press,", end_gone=True)
    assert report.proposals == ()
    report = vault.bring(PEOPLE, HEAD, "1,Jan,,,Webcare,", end_gone=True)
    assert [p.label for p in report.proposals] == ["Press", "Jan: Press"]


def test_many_roles_gone_at_once_are_not_ended_unless_that_is_accepted(vault: Importer) -> None:
    rows = [f"{n},Jan {n},,,Webcare," for n in range(1, 21)]
    moved = [row.replace("Webcare", "") for row in rows[:11]] + rows[11:]
    vault.bring(PEOPLE, HEAD, *rows)
    assert len(vault.bring(PEOPLE, HEAD, *moved).proposals) == 11
    with pytest.raises(ImportRefusedError, match=r"^11 of 20 roles that hr gave are gone") as error:
        vault.bring(PEOPLE, HEAD, *moved, end_gone=True)
    assert "--accept-gone hr" in error.value.hint
    given_by_hand(vault, times=3)  # what the list never gave makes its share no smaller
    with pytest.raises(ImportRefusedError, match=r"^11 of 20 roles that hr gave are gone"):
        vault.bring(PEOPLE, HEAD, *moved, end_gone=True)
    vault.bring(PEOPLE, HEAD, *moved, end_gone=True, accept_gone=["hr"])
    assert len(held(vault, Assignment)) == 9 + 21 * 3


def given_by_hand(vault: Importer, times: int) -> None:
    """Give everybody that many roles more."""
    now, people = datetime(2024, 8, 1, tzinfo=UTC), vault.session.registry.all(Person)
    roles = [Role(id=fresh_id(vault.session), name=f"Club {n}") for n in range(times)]
    given = [
        Assignment(id=fresh_id(vault.session), person=person.id, role=role.id, since=now)
        for person in people
        for role in roles
    ]
    vault.session.write("role.assign", lambda *_: changes(*roles, *given))


def holders(vault: Importer, who: str, day: str, **options: bool) -> list[str]:
    report = vault.bring(ACCOUNTS, WHERE, f"Facebook,acme,,,,{who}", as_of=day, **options)
    return [each.label for each in report.proposals]


def test_the_seat_of_who_handed_an_account_on_is_proposed_and_may_come_back(
    vault: Importer,
) -> None:
    vault.bring(PEOPLE, HEAD, "1,Jan,,,,", "2,Eva,,,,")
    assert holders(vault, "Jan", "2024-06-01") == []
    assert holders(vault, "Eva", "2024-07-01") == ["facebook/@acme: Jan (full)"]
    assert holders(vault, "Evva", "2024-07-01", end_gone=True) == []  # misspelt: nobody's ends
    holders(vault, "Eva", "2024-07-01", end_gone=True)
    assert held(vault, Seat) == ["Eva: facebook/@acme"]
    holders(vault, "Jan", "2024-08-01", end_gone=True)
    assert held(vault, Seat) == ["Jan: facebook/@acme"]
    assert holders(vault, "Jan", "2024-08-02", end_gone=True) == []


def test_who_knew_a_password_still_does_and_how_to_change_it_is_told(vault: Importer) -> None:
    vault.bring(PEOPLE, HEAD, "1,Jan,,,,", "2,Eva,,,,")
    vault.bring(ACCOUNTS, WHERE, "X,acme,,,,Jan")
    report = vault.bring(ACCOUNTS, WHERE, "X,acme,,,,Eva", end_gone=True)
    [proposal] = report.proposals
    assert (proposal.kind, proposal.ended) == ("exposure", False)
    assert proposal.label.endswith("; to change it: safehands rotate start x/@acme")
    assert {e.until for e in vault.session.registry.all(Exposure)} == {None}
