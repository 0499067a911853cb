"""Who a row of a list of people means, where some of them are in the registry already."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.importer import ACCOUNTS, NOW, PEOPLE, Importer
from vault.domain.credential import Exposure
from vault.domain.naming import resolve
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.services.people import add_person, edit_person, merge_people

HEAD = "nr,name,mail,boss,job,last"
BY_NAME = PEOPLE.replace('external_id = "nr"\n', "").replace('mail = "mail"\n', "")


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Importer]:
    """Return a vault whose founder is called Ana."""
    importer = Importer(tmp_path)
    yield importer
    importer.session.close()


def named(vault: Importer, name: str) -> list[Person]:
    return [p for p in vault.session.registry.all(Person) if p.name.casefold() == name.casefold()]


def test_the_founder_is_the_one_row_of_their_name(vault: Importer) -> None:
    [before] = named(vault, "Ana")
    rows = (HEAD, "1001,ANA,ana@acme.example,,,2024-12-31", "1002,Jan,jan@acme.example,1001,,")
    report = vault.bring(PEOPLE, *rows)
    [founder] = named(vault, "Ana")
    assert (founder.id, founder.external_id, founder.mail) == (
        before.id,
        "1001",
        "ana@acme.example",
    )
    assert founder.is_member(NOW)
    assert (report.updated, report.created, report.problems) == ({"person": 1}, {"person": 1}, ())
    assert named(vault, "Jan")[0].manager == founder.id
    assert not vault.bring(PEOPLE, *rows).written


def test_of_two_rows_of_the_founders_name_nobody_says_which_it_is(vault: Importer) -> None:
    [founder] = named(vault, "Ana")
    rows = (HEAD, "1001,Ana,ana@acme.example,,,", "1002,Ana,ana2@acme.example,,,")
    report = vault.bring(PEOPLE, *rows)
    assert (report.skipped, named(vault, "Ana")) == ({"person": 2}, [founder])
    first, second = report.problems
    assert (first.kind, first.row, first.column, second.row) == ("same_name", 2, "name", 3)
    _, edit, add = (part.partition(": ")[2] for part in first.message.split("; "))
    assert edit == f"safehands person edit {founder.id[:8]} --external-id 1001", first.message
    assert add == "safehands person add Ana --external-id 1001 --another"
    edit_person(vault.session, founder, external_id="1001")
    report = vault.bring(PEOPLE, *rows)
    assert (report.created, report.updated, report.problems) == ({"person": 1}, {"person": 1}, ())


def test_two_founders_of_a_name_are_not_guessed_between(vault: Importer) -> None:
    add_person(vault.session, "ana", another=True)
    report = vault.bring(PEOPLE, HEAD, "1001,Ana,,,,")
    [problem] = report.problems
    assert (problem.kind, len(named(vault, "Ana"))) == ("same_name", 2)
    assert all(person.id[:8] in problem.message for person in named(vault, "Ana"))


def test_whom_another_list_brought_without_the_same_key_is_not_made_one_nor_doubled(
    vault: Importer,
) -> None:
    vault.bring(PEOPLE, HEAD, "7,Jan,,,,")
    by_mail = PEOPLE.replace('"hr"', '"staff"').replace('external_id = "nr"\n', "")
    report = vault.bring(by_mail, HEAD, ",Jan,jan@acme.example,,,")
    [jan] = named(vault, "Jan")
    assert (jan.mail, report.skipped) == ("", {"person": 1})
    assert f"person edit {jan.id[:8]} --mail jan@acme.example" in report.problems[0].message


@pytest.mark.parametrize(
    ("mapping", "row"),
    [(PEOPLE, "7,Eva Jansen,eva@acme.example,,,"), (BY_NAME, ",Eva Jansen,,,,")],
    ids=["by key", "by name alone"],
)
def test_a_name_that_was_edited_by_hand_stays_until_the_list_says_a_new_one(
    vault: Importer, mapping: str, row: str
) -> None:
    vault.bring(mapping, HEAD, row)
    [eva] = named(vault, "Eva Jansen")
    edit_person(vault.session, eva, name="Eva Smit-Jansen")
    edit_person(vault.session, vault.session.registry.person(eva.id), name="Eva Smit")
    for _ in range(2):
        report = vault.bring(mapping, HEAD, row)
        [problem] = report.problems
        assert (problem.kind, problem.row, problem.column) == ("edited_here", 2, "name")
        told = "the list says Eva Jansen, the vault says Eva Smit, as somebody edited it"
        assert (problem.message, problem.taken) == (told, "Eva Smit")
        assert (report.written, report.unchanged) == (False, {"person": 1})
        assert [p.name for p in vault.session.registry.all(Person)] == ["Ana", "Eva Smit"]


def test_a_list_that_says_a_new_name_is_taken_at_its_word_and_may_go_back(vault: Importer) -> None:
    rows = {name: (HEAD, f"7,{name},eva@acme.example,,,") for name in ("Eva J", "Eva S", "Eva X")}
    vault.bring(PEOPLE, *rows["Eva J"])
    edit_person(vault.session, named(vault, "Eva J")[0], name="Eva S")
    for name in ("Eva S", "Eva X", "Eva J"):
        assert vault.bring(PEOPLE, *rows[name]).problems == ()
        assert len(named(vault, name)) == 1


def test_a_name_that_was_put_back_by_hand_is_that_of_the_list_again(vault: Importer) -> None:
    rows = (HEAD, "7,Eva Jansen,eva@acme.example,,,")
    vault.bring(PEOPLE, *rows)
    [before] = named(vault, "Eva Jansen")
    for name in ("Eva Smit", "Eva Jansen"):
        edit_person(vault.session, vault.session.registry.person(before.id), name=name)
    assert named(vault, "Eva Jansen") == [before]
    assert vault.bring(PEOPLE, *rows).problems == ()


def test_a_holder_goes_by_the_name_that_lists_have_for_them(vault: Importer) -> None:
    vault.bring(PEOPLE, HEAD, "7,Eva Jansen,,,,")
    [eva] = named(vault, "Eva Jansen")
    edit_person(vault.session, eva, name="Eva Smit")
    row = "X,acme,,Press,,Eva Jansen"
    assert vault.bring(ACCOUNTS, "where,handle,id,team,login,who", row).problems == ()
    assert resolve(vault.session.registry, Person, "eva jansen").name == "Eva Smit"


OTHERS = PEOPLE + 'other_mails = "more"\n'
SETTLED = {
    "a name that a row known by an address frees": (
        "3,Piet,,,,,",
        ",Jan,piet@acme.example,,,,",
    ),
    "the address of a row that is skipped": (
        "3,Ana,a@acme.example,,,,",
        "4,Ana,,,,,",
        ",Kees,a@acme.example,,,,",
    ),
    "an address that a row frees and another has beside its own": (
        "1,Eva,new@acme.example,,,,",
        ",Piet,piet@acme.example,,,,eva@acme.example",
        "2,Kees,eva@acme.example,,,,",
    ),
    "an address that two rows have, one beside its own": (
        ",Kees,k@acme.example,,,,",
        ",Piet,piet@acme.example,,,,k@acme.example",
    ),
}


@pytest.mark.parametrize("rows", SETTLED.values(), ids=SETTLED)
def test_a_list_whose_rows_have_no_id_is_settled_by_one_import(
    vault: Importer, rows: tuple[str, ...]
) -> None:
    add_person(vault.session, "Piet", mail="piet@acme.example")
    add_person(vault.session, "Eva", mail="eva@acme.example", external_id="1")
    for lines in (rows, tuple(reversed(rows))):
        vault.bring(OTHERS, f"{HEAD},more", *lines)
        assert not vault.bring(OTHERS, f"{HEAD},more", *lines).written


def test_two_of_a_name_whom_their_keys_tell_apart_are_two(vault: Importer) -> None:
    rows = (HEAD, "1,Jan,jan@acme.example,,,", "2,Jan,jan2@acme.example,,,")
    assert vault.bring(PEOPLE, *rows).problems == ()
    assert len(named(vault, "Jan")) == 2
    report = vault.bring(PEOPLE, *rows, "3,Jan,jan3@acme.example,,,")
    assert (report.created, report.problems) == ({"person": 1}, ())


def test_a_row_without_a_key_is_the_same_person_again(vault: Importer) -> None:
    rows = (HEAD, ",Jan,,,,")
    vault.bring(PEOPLE, *rows)
    again = vault.bring(PEOPLE, *rows)
    assert (again.unchanged, again.written, len(named(vault, "Jan"))) == ({"person": 1}, False, 1)


def test_of_two_without_a_key_no_third_is_made(vault: Importer) -> None:
    add_person(vault.session, "ana", another=True)
    report = vault.bring(BY_NAME, HEAD, ",Ana,,,,")
    assert (report.skipped, len(named(vault, "Ana"))) == ({"person": 1}, 2)
    assert "neither external id nor mail address" in report.problems[0].message


def test_a_hostile_name_is_quoted_in_the_command_that_is_told(vault: Importer) -> None:
    name = "Ana; rm -rf $HOME"
    add_person(vault.session, name, mail="other@acme.example")
    [problem] = vault.bring(PEOPLE, HEAD, f"5,{name},,,,").problems
    assert f"person add {shlex.quote(name)} --external-id 5" in problem.message


ROLES = '[source]\nname = "jobs"\nkind = "roles"\n[columns]\nname = "job"\n'
MAILBOXES = (
    '[source]\nname = "mail"\nkind = "mailboxes"\n'
    '[columns]\naddress = "address"\nowner_role = "of"\n'
)


@pytest.mark.parametrize(
    ("mapping", "lines", "column"),
    [
        (ACCOUNTS, ("where,handle,id,team,login,who", "X,a,,JAN,,", "X,b,,Jan,,"), "team"),
        (PEOPLE, (HEAD, "2,Piet,,,jan,"), "job"),
        (ROLES, ("job", "Jan"), "job"),
        (MAILBOXES, ("address,of", "press@acme.example,Jan"), "of"),
    ],
)
def test_a_role_that_is_named_like_a_person_is_made_and_told(
    vault: Importer, mapping: str, lines: tuple[str, ...], column: str
) -> None:
    vault.bring(PEOPLE, HEAD, "1,Jan,jan@acme.example,,,")
    report = vault.bring(mapping, *lines)
    assert roles(vault.session.registry) == 1
    problem = report.problems[0]
    assert (problem.kind, problem.row, problem.column) == ("same_name", 2, column)
    assert "named like the person" in problem.message
    assert vault.bring(mapping, *lines).problems == report.problems


def test_a_person_who_is_named_like_a_role_that_was_there_first_is_told(vault: Importer) -> None:
    vault.bring(ACCOUNTS, "where,handle,id,team,login,who", "X,a,,Jan,,")
    [problem] = vault.bring(PEOPLE, HEAD, "1,Jan,jan@acme.example,,,").problems
    assert problem.message == "there is a role named like the person Jan"


def roles(registry: Registry) -> int:
    return len(registry.all(Role))


def test_an_address_in_a_command_to_paste_runs_nothing(vault: Importer) -> None:
    by_mail = PEOPLE.replace('external_id = "nr"\n', "")
    rows = (HEAD, "1,Ana,`id`@acme.example,,,", "2,Ana,$HOME@acme.example,,,")
    first, second = vault.bring(by_mail, *rows).problems
    assert " --mail '`id`@acme.example'" in first.message
    assert " --mail '$home@acme.example'" in second.message


def two_of_one(vault: Importer) -> tuple[Person, Person]:
    """Somebody whom one list brought in under two spellings, each with keys of its own."""
    vault.bring(PEOPLE, HEAD, *TWICE)
    return named(vault, "Jan Bakker")[0], named(vault, "Jan Baker")[0]


TWICE = (
    "1001,Jan Bakker,jan@acme.example,,Press,",
    "1002,Jan Baker,j.baker@acme.example,,Press,",
)


@pytest.mark.parametrize("rows", [TWICE, TWICE[:1], TWICE[1:]], ids=["both", "one", "other"])
def test_whoever_was_made_one_is_not_split_again_by_either_spelling(
    vault: Importer, rows: tuple[str, ...]
) -> None:
    kept = merge_people(vault.session, *two_of_one(vault))
    report = vault.bring(PEOPLE, HEAD, *rows)
    assert (report.created, report.proposals) == ({}, ())
    assert [each.kind for each in report.problems] == ["duplicate"] * (len(rows) - 1)
    assert vault.session.registry.person(kept.id) == kept
    assert not vault.bring(PEOPLE, HEAD, *rows).written


def test_who_was_made_one_is_found_by_name_and_where_an_account_names_them(
    vault: Importer,
) -> None:
    kept = merge_people(vault.session, *two_of_one(vault))
    by_name = BY_NAME.replace('"hr"', '"staff"')
    report = vault.bring(by_name, HEAD, ",Jan Baker,,,,2024-12-31")
    assert (report.created, report.problems) == ({}, ())
    now = vault.session.registry.person(kept.id)
    assert (now.name, str(now.last_day)) == ("Jan Bakker", "2024-12-31")
    for who in ("j.baker@acme.example", "1002", "Jan Baker"):
        assert not vault.bring(
            ACCOUNTS, "where,handle,id,team,login,who", f"x,acme,,,,{who}"
        ).problems
    assert {each.person for each in vault.session.registry.all(Exposure)} == {kept.id}


def test_what_a_list_says_of_who_was_made_one_is_kept_through_it(vault: Importer) -> None:
    """Their manager is found though the list names another spelling, whatever the rows' order."""
    kept = merge_people(vault.session, *two_of_one(vault))
    vault.bring(PEOPLE, HEAD, "1003,Eva,eva@acme.example,1002,,", TWICE[0])
    assert named(vault, "Eva")[0].manager == kept.id


def test_after_a_change_of_domain_whoever_would_be_there_twice_is_named(vault: Importer) -> None:
    by_mail = PEOPLE.replace('external_id = "nr"\n', "")
    vault.bring(by_mail, HEAD, ",Kees Vis,kees@old.example,,,", ",Eva,eva@old.example,,,")
    [kees] = named(vault, "Kees Vis")
    rows = (HEAD, ",Kees Vis,kees@new.example,,,", ",Olga,olga@new.example,,,")
    [problem] = vault.bring(by_mail, *rows, dry_run=True).problems
    assert (problem.kind, problem.row, problem.column) == ("same_name", 2, "mail")
    assert problem.taken == "taken as another person"
    assert f"safehands person merge {kees.id[:8]} kees@new.example" in problem.message
    assert f"safehands person edit {kees.id[:8]} --mail kees@new.example" in problem.message
    edit_person(vault.session, kees, mail="kees@new.example")
    report = vault.bring(by_mail, *rows)
    assert (report.created, report.problems) == ({"person": 1}, ())


def test_who_married_is_found_by_the_address_that_a_list_still_has(vault: Importer) -> None:
    by_mail = PEOPLE.replace('external_id = "nr"\n', "")
    rows = (HEAD, ",Karin Vos,k.vos@acme.example,,,")
    vault.bring(by_mail, *rows)
    [karin] = named(vault, "Karin Vos")
    edit_person(vault.session, karin, name="Karin Bos", mail="k.bos@acme.example")
    report = vault.bring(by_mail, *rows)
    assert report.created == {}
    assert vault.session.registry.person(karin.id).mail == "k.bos@acme.example"
    assert not vault.bring(by_mail, *rows).written
