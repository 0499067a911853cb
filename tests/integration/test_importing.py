"""What importing a list does to the registry: all or nothing, and the same for the same list."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.integration.importer import ACCOUNTS, DATED, NOW, PEOPLE, PHRASE, Importer, import_files
from vault.domain.account import Account
from vault.domain.changes import changes
from vault.domain.credential import Exposure
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.role import Role
from vault.domain.seat import Seat
from vault.domain.spell import current, midnight
from vault.errors import ImportRefusedError, StorageError, UsageError
from vault.exchange import csv_table
from vault.formats.entry import EntryKind
from vault.services import importing
from vault.services.vaults import open_vault

HEAD = "where,handle,id,team,login,who"


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Importer]:
    importer = Importer(tmp_path)
    yield importer
    importer.session.close()


def accounts(vault: Importer) -> dict[str, Account]:
    return {account.label: account for account in vault.session.registry.all(Account)}


def people(vault: Importer) -> dict[str, Person]:
    return {person.name: person for person in vault.session.registry.all(Person)}


def test_people_come_with_their_managers_roles_and_last_days(vault: Importer) -> None:
    report = vault.bring(
        PEOPLE,
        "nr,name,mail,boss,job,last",
        "1,Jan,Jan@Acme.example,2,webcare,2024-12-31",
        "2,Piet,piet@acme.example,,webcare,",
    )
    found = people(vault)
    assert report.created == {"person": 2, "role": 1, "assignment": 2}
    assert found["Jan"].manager == found["Piet"].id
    assert found["Jan"].mail == "jan@acme.example"
    assert found["Jan"].last_day == date(2024, 12, 31)
    assert {person.source for person in found.values()} == {"hr", ""}
    registry = vault.session.registry
    (role,) = registry.all(Role)
    held = {a.person for a in registry.assignments_of[role.id] if a.holds(NOW)}
    assert held == {found["Jan"].id, found["Piet"].id}


def test_of_a_last_day_before_the_first_the_last_day_is_taken(vault: Importer) -> None:
    mapping = PEOPLE.replace('last_day = "last"', 'last_day = "last"\njoined = "first"')
    head = "nr,name,mail,boss,job,last,first"
    report = vault.bring(mapping, head, "1,Jan,jan@acme.example,,,2024-01-31,2024-05-01")
    jan = people(vault)["Jan"]
    assert (jan.joined, jan.last_day) == (None, date(2024, 1, 31))
    assert jan.status(NOW) == "left"
    [problem] = report.to_dict()["problems"]
    assert (problem["where"]["column"], problem["kind"]) == ("last", "date")
    assert problem["taken"] == "the last day, and no first day"


def test_people_are_known_again_by_external_id_and_then_by_mail(vault: Importer) -> None:
    vault.bring(PEOPLE, "nr,name,mail,boss,job,last", "1,Jan,jan@acme.example,,,")
    before = people(vault)["Jan"]
    report = vault.bring(PEOPLE, "nr,name,mail,boss,job,last", "1,Jan de Vries,jan@acme.example,,,")
    assert report.updated == {"person": 1}
    assert people(vault)["Jan de Vries"].id == before.id
    by_mail = PEOPLE.replace('name = "hr"', 'name = "other"').replace('external_id = "nr"\n', "")
    report = vault.bring(by_mail, "nr,name,mail,boss,job,last", "9,J. de Vries,JAN@acme.example,,,")
    assert report.updated == {"person": 1}
    assert people(vault)["J. de Vries"].id == before.id


def test_an_account_brings_its_role_its_mailbox_and_its_password(vault: Importer) -> None:
    report = vault.bring(ACCOUNTS, HEAD, "twitter,@Acme,,Webcare,webcare@acme.example,")
    assert report.created == {"account": 1, "role": 1, "mailbox": 1}
    registry = vault.session.registry
    account = accounts(vault)["x/@Acme"]
    assert [registry.name_of(of) for of in current(account.owner_roles, NOW)] == ["Webcare"]
    assert [registry.name_of(of) for of in current(account.login_mailboxes, NOW)] == [
        "webcare@acme.example"
    ]
    (password,) = registry.credentials_of[account.id]
    version = password.at_stage("current", NOW)
    assert version is not None
    assert not version.stored


def test_a_login_mailbox_is_a_persons_where_it_is_known_as_theirs(vault: Importer) -> None:
    vault.bring(PEOPLE, "nr,name,mail,boss,job,last", "1,Jan,jan@acme.example,,,")
    vault.bring(
        ACCOUNTS,
        HEAD,
        "X,a,,,jan@acme.example,",
        "X,b,,,web@acme.example,",
        "X,c,,,acme@gmail.com,",
    )
    found = {m.address: (m.type, m.owner) for m in vault.session.registry.all(Mailbox)}
    assert found == {
        "jan@acme.example": ("licensed", people(vault)["Jan"].id),
        "web@acme.example": ("shared", ""),
        "acme@gmail.com": ("personal", ""),
    }


def test_where_there_is_no_password_none_is_made_up_and_its_holder_is_reported(
    vault: Importer,
) -> None:
    vault.bring(PEOPLE, "nr,name,mail,boss,job,last", "1,Jan,jan@acme.example,,,")
    rows = ("Threads,acme,,,,Jan", "Medium,acme,,,,Jan", "X,acme,,,,Jan")
    report = vault.bring(ACCOUNTS, HEAD, *rows)
    registry, found = vault.session.registry, accounts(vault)
    with_password = [a for a in found if registry.credentials_of.get(found[a].id)]
    assert with_password == ["x/@acme"]
    assert [seat.account for seat in registry.all(Seat)] == [found["medium/@acme"].id]
    (problem,) = report.problems
    assert problem.kind == "no_password"
    assert "signs in with Instagram" in problem.message
    assert report.skipped == {"holder": 1}


def test_a_holder_gets_a_seat_where_people_have_rights_by_name_and_else_the_password(
    vault: Importer,
) -> None:
    vault.bring(PEOPLE, "nr,name,mail,boss,job,last", "1,Jan,,,,")
    vault.bring(ACCOUNTS, HEAD, "Facebook,acme,,,,Jan", "X,acme,,,,1")
    registry, jan = vault.session.registry, people(vault)["Jan"].id
    page, account = accounts(vault)["facebook/@acme"], accounts(vault)["x/@acme"]
    (seat,) = registry.seats_on[page.id]
    assert (seat.person, seat.level, seat.since, seat.confirmed_on) == (jan, "full", NOW, None)
    assert page.id not in registry.credentials_of
    (password,) = registry.credentials_of[account.id]
    (exposure,) = registry.exposures_of[password.id]
    assert (exposure.person, exposure.how, exposure.until) == (jan, "assumed", None)


def test_a_new_handle_under_a_known_id_is_a_rename(vault: Importer) -> None:
    vault.bring(ACCOUNTS, HEAD, "X,old,77,,,", as_of="2024-01-01")
    report = vault.bring(ACCOUNTS, HEAD, "X,new,77,,,", as_of="2024-05-01")
    assert report.updated == {"account": 1}
    (account,) = accounts(vault).values()
    assert [spell.of for spell in account.handles] == ["old", "new"]
    assert account.handle_at(midnight(date(2024, 3, 1))) == "old"
    assert account.handle_at(midnight(date(2024, 5, 1))) == "new"


def test_another_way_of_writing_a_handle_is_no_other_handle(vault: Importer) -> None:
    vault.bring(ACCOUNTS, HEAD, "X,acme,,,,")
    vault.bring(ACCOUNTS, HEAD, "X,ACME,,,,")
    (account,) = accounts(vault).values()
    assert [spell.of for spell in account.handles] == ["ACME"]


def test_a_handle_that_was_given_up_is_somebody_elses_now(vault: Importer) -> None:
    vault.bring(ACCOUNTS, HEAD, "X,acme,77,,,")
    vault.bring(ACCOUNTS, HEAD, "X,acme_nl,77,,,")
    report = vault.bring(ACCOUNTS, HEAD, "X,acme_nl,77,,,", "X,acme,,,,")
    assert report.created == {"account": 1}
    assert set(accounts(vault)) == {"x/@acme_nl", "x/@acme"}


def test_an_account_changes_hands_and_its_new_owner_begins_that_day(vault: Importer) -> None:
    vault.bring(ACCOUNTS, HEAD, "X,acme,,Press,,", as_of="2024-01-01")
    vault.bring(ACCOUNTS, HEAD, "X,acme,,Webcare,,", as_of="2024-05-01")
    (account,) = accounts(vault).values()
    names = [vault.session.registry.name_of(s.of) for s in account.owner_roles]
    assert names == ["Press", "Webcare"]
    assert (
        account.owner_roles[0].until == account.owner_roles[1].since == midnight(date(2024, 5, 1))
    )


def test_the_same_list_again_writes_nothing(vault: Importer) -> None:
    lines = (HEAD, "X,a,,Press,press@acme.example,Ana", "Facebook,b,,Press,,Ana", "Nonesuch,c,,,,")
    first = vault.bring(ACCOUNTS, *lines)
    before, entries = vault.session.registry, vault.entries()
    again = vault.bring(ACCOUNTS, *lines, as_of="2024-06-02")
    assert first.written
    assert not again.written
    assert again.problems == first.problems
    assert again.unchanged == {"account": 2, "role": 1, "mailbox": 1, "holder": 2}
    assert (vault.session.registry, vault.entries()) == (before, entries)


def test_an_import_is_one_entry_of_the_journal(vault: Importer) -> None:
    before = vault.entries()
    vault.bring(ACCOUNTS, HEAD, "X,a,,Press,,Ana", "X,b,,Webcare,,")
    line = list(vault.session.journal())[-1]
    assert vault.entries() == before + 1
    assert (line.kind, line.act, line.note) == (EntryKind.IMPORT, "account.import", "list")


def test_a_dry_run_reports_the_same_and_writes_nothing(vault: Importer) -> None:
    before = vault.session.registry
    lines = (HEAD, "X,a,,Press,,Ana", "X,a,,Webcare,,", "X,b,,Webcare,web@acme.example,")
    dry = vault.bring(ACCOUNTS, *lines, dry_run=True)
    assert vault.session.registry == before
    wet = vault.bring(ACCOUNTS, *lines)
    as_plain = [report.to_dict() for report in (dry, wet)]
    for plain, is_dry in zip(as_plain, (True, False), strict=True):
        assert plain.pop("dry_run") is is_dry
        assert plain.pop("written") is not is_dry
    assert as_plain[0] == as_plain[1]


def test_problems_say_where_and_what_was_taken(vault: Importer) -> None:
    report = vault.bring(
        ACCOUNTS, HEAD, "X,a,,Press,nobody,Kees", "X,@A,,Webcare,,", ",,,,,", "Hy,c,,,,"
    )
    found = [(p["where"], p["kind"], p["taken"]) for p in report.to_dict()["problems"]]
    assert found == [
        ({"file": "list.csv", "row": 2, "column": "login"}, "mail", "no address"),
        (
            {"file": "list.csv", "row": 2, "column": "who"},
            "unknown_holder",
            "the account without its holder",
        ),
        ({"file": "list.csv", "row": 3, "column": "handle"}, "duplicate", "row 2 of list.csv"),
        ({"file": "list.csv", "row": 5, "column": "where"}, "unknown_platform", "skipped"),
    ]
    assert report.read == {"account": 3, "holder": 1, "role": 1}
    assert report.skipped == {"account": 2, "holder": 1}


def test_what_is_gone_is_proposed_and_ended_only_when_asked(vault: Importer) -> None:
    rows = [f"X,acme{n},,,," for n in range(20)]
    vault.bring(ACCOUNTS, HEAD, *rows)
    report = vault.bring(ACCOUNTS, HEAD, *rows[5:])
    assert {p.label for p in report.proposals} == {f"x/@acme{n}" for n in range(5)}
    assert not report.written
    report = vault.bring(ACCOUNTS, HEAD, *rows[5:], end_gone=True, as_of="2024-06-02")
    assert all(p.ended for p in report.proposals)
    ended = {label for label, a in accounts(vault).items() if a.until == midnight(date(2024, 6, 2))}
    assert ended == {f"x/@acme{n}" for n in range(5)}


def test_what_an_import_ended_is_opened_again_when_it_is_back(vault: Importer) -> None:
    vault.bring(ACCOUNTS, HEAD, "X,a,,,,", "X,b,,,,")
    vault.bring(ACCOUNTS, HEAD, "X,b,,,,", end_gone=True)
    report = vault.bring(ACCOUNTS, HEAD, "X,a,,,,", "X,b,,,,")
    assert accounts(vault)["x/@a"].until is None
    assert [p.kind for p in report.problems] == ["reopened"]


def test_what_was_closed_here_stays_closed(vault: Importer) -> None:
    vault.bring(ACCOUNTS, HEAD, "X,a,,,,")
    (account,) = accounts(vault).values()
    closed = type(account)(
        id=account.id,
        platform="x",
        handles=account.handles,
        source=account.source,
        state="closed",
        until=NOW,
    )
    vault.session.write("account.end", lambda _registry, _now: changes(closed))
    report = vault.bring(ACCOUNTS, HEAD, "X,a,,,,")
    assert accounts(vault)["x/@a"].until == NOW
    assert [p.kind for p in report.problems] == ["closed_here"]


def test_a_seat_that_ended_here_stays_ended(vault: Importer) -> None:
    vault.bring(ACCOUNTS, HEAD, "Facebook,acme,,,,Ana")
    (seat,) = vault.session.registry.all(Seat)
    gone = Seat(
        id=seat.id,
        account=seat.account,
        level=seat.level,
        person=seat.person,
        since=seat.since,
        until=NOW,
    )
    vault.session.write("seat.end", lambda _registry, _now: changes(gone))
    report = vault.bring(ACCOUNTS, HEAD, "Facebook,acme,,,,Ana")
    assert vault.session.registry.get(seat.id, Seat) == gone
    assert [p.kind for p in report.problems] == ["ended_here"]


def test_spells_are_half_open_and_an_account_closes_with_its_last_holder(vault: Importer) -> None:
    head = "where,handle,who,from,to"
    lines = (head, "X,acme,Ana,2012-01-01,2014-01-01", "X,acme,Ana,2015-01-01,2016-01-01")
    vault.bring(DATED, *lines)
    registry = vault.session.registry
    (account,) = accounts(vault).values()
    (password,) = registry.credentials_of[account.id]
    spans = sorted((e.at.date(), e.until and e.until.date()) for e in registry.all(Exposure))
    assert spans == [
        (date(2012, 1, 1), date(2014, 1, 1)),
        (date(2015, 1, 1), date(2016, 1, 1)),
    ]
    assert account.is_open(midnight(date(2015, 12, 31)))
    assert not account.is_open(midnight(date(2016, 1, 1)))
    assert password.versions[0].current_from == midnight(date(2012, 1, 1))


def test_an_earlier_beginning_and_a_new_end_are_taken_over(vault: Importer) -> None:
    head = "where,handle,who,from,to"
    vault.bring(DATED, head, "X,acme,Ana,2013-01-01,")
    report = vault.bring(DATED, head, "X,acme,Ana,2012-01-01,2020-01-01")
    assert report.updated == {"account": 1, "holder": 1}
    (account,) = accounts(vault).values()
    assert account.since == midnight(date(2012, 1, 1))
    assert account.until == midnight(date(2020, 1, 1))


def test_files_of_one_source_are_one_import(vault: Importer, tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(ACCOUNTS, encoding="utf-8")
    files = [tmp_path / "a" / "list.csv", tmp_path / "b" / "list.csv"]
    for file in files:
        file.parent.mkdir()
        file.write_text(f"{HEAD}\nX,acme,,{file.parent.name},,\n", encoding="utf-8")
    report = import_files(vault.session, files, tmp_path / "map.toml")
    (problem,) = report.problems
    assert problem.file == str(files[1])
    assert report.created["account"] == 1
    with pytest.raises(UsageError, match="named twice"):
        import_files(vault.session, [files[0], files[0]], tmp_path / "map.toml")


def test_a_column_that_is_not_there_is_named_with_the_ones_that_are(vault: Importer) -> None:
    with pytest.raises(
        UsageError, match=r"map\.toml: \[columns\] platform: list\.csv has no column"
    ):
        vault.bring(ACCOUNTS, "channel,handle", "X,a")


def test_a_path_that_cannot_be_read_is_an_error_of_reading(vault: Importer, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be read"):
        import_files(vault.session, [tmp_path / "none.csv"], tmp_path / "none.toml")


def test_a_file_without_end_is_read_no_further_than_the_limit(
    vault: Importer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (importing, csv_table):
        monkeypatch.setattr(module, "MAX_BYTES", 1_000)
    monkeypatch.setattr(importing, "MAPPING_LIMIT", 1_000)
    endless, mapping = tmp_path / "endless.csv", tmp_path / "map.toml"
    mapping.write_text(PEOPLE)
    endless.touch()
    os.truncate(endless, 4 * 1024**4)
    with pytest.raises(ImportRefusedError, match="more than 1,000 bytes"):
        import_files(vault.session, [endless], mapping)
    with pytest.raises(UsageError, match="too long for a mapping"):
        import_files(vault.session, [mapping], endless)


def test_two_who_import_the_same_list_at_once_bring_it_in_once(vault: Importer) -> None:
    lines = (HEAD, "X,a,,Press,press@acme.example,Ana", "Facebook,b,,Press,,Ana")
    session = vault.session
    with open_vault(str(session.path), lambda: PHRASE, session.env) as other:
        vault.bring(ACCOUNTS, *lines)
        vault.session = other  # which has not seen it yet
        again = vault.bring(ACCOUNTS, *lines)
    vault.session = session
    assert again.unchanged == {"account": 2, "role": 1, "mailbox": 1, "holder": 2}
    assert not again.written
    assert len(accounts(vault)) == 2
