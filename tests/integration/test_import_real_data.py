"""Importing real lists: counted, repeatable, and right about who held what on which day."""

from __future__ import annotations

import csv
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.integration.importer import import_files
from vault.domain.account import Account
from vault.domain.ids import Id
from vault.domain.offboarding import Departure, plan
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.spell import midnight
from vault.errors import ImportRefusedError
from vault.services.environment import Environment
from vault.services.import_report import ImportReport
from vault.services.session import Session
from vault.services.vaults import create_vault

NOW = datetime(2026, 1, 2, 9, 0, tzinfo=UTC)
EXAMPLES = REPOSITORY / "examples"
Named = tuple[str, str]


@pytest.fixture(scope="module")
def vaults(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Session]]:
    opened: list[Session] = []
    yield opened
    for session in opened:
        session.close()


def new_vault(folder: Path, opened: list[Session]) -> Session:
    env = Environment(now=lambda: NOW, random=os.urandom, state_folder=folder / "state")
    location = str(folder / "vault.db")
    session = create_vault(location, "one passphrase for a test", "Ana", env, cost="floor")
    opened.append(session)
    return session


def balanced(report: ImportReport) -> bool:
    became: Counter[str] = Counter()
    for outcome in (report.created, report.updated, report.unchanged, report.skipped):
        became.update(outcome)
    return became == Counter(report.read)


def every_skipped_row_has_a_problem(report: ImportReport) -> bool:
    skipped = sum(report.skipped.values())
    return len([p for p in report.problems if p.kind != "hidden_characters"]) >= skipped


# -- congress ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def congress(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory, vaults: list[Session]
) -> tuple[Session, ImportReport, ImportReport]:
    session = new_vault(tmp_path_factory.mktemp("congress"), vaults)
    folder = shared_data / "congress"
    people = import_files(session, [folder / "people.csv"], EXAMPLES / "congress-people.toml")
    accounts = import_files(session, [folder / "accounts.csv"], EXAMPLES / "congress-accounts.toml")
    return session, people, accounts


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def held(shared_data: Path) -> dict[str, list[tuple[Named, str, str]]]:
    """By person: what identifies an account, and the days from and until, read without our code.

    Identifiers are compared as the platforms do: without case, on Facebook without dots, and of an
    address or a path only its last part.
    """
    platforms = {"twitter": "x", "facebook": "facebook", "youtube": "youtube"}
    found: defaultdict[str, list[tuple[Named, str, str]]] = defaultdict(list)
    for row in rows_of(shared_data / "congress" / "accounts.csv"):
        stem = row["field"].partition("_")[0]
        platform = platforms.get(stem, stem)
        value = row["value"].strip().partition("?")[0].rpartition("/")[2].lower()
        if platform == "facebook":
            value = value.replace(".", "")
        if not value.startswith("list="):
            name = (platform, value)
            found[row["person_id"]].append((name, row["first_seen"], row["removed"] or "9999"))
    return dict(found)


def names_of(account: Account, at: datetime) -> set[Named]:
    texts = {spell.of.lower() for spell in account.handles if spell.holds(at)}
    texts = {text.rpartition("/")[2] for text in texts} | {account.platform_id.lower()} - {""}
    if account.platform == "facebook":
        texts = {text.replace(".", "") for text in texts}
    return {(account.platform, text) for text in texts}


def test_everybody_and_every_row_is_accounted_for(
    shared_data: Path, congress: tuple[Session, ImportReport, ImportReport]
) -> None:
    _, people, accounts = congress
    folder = shared_data / "congress"
    known = {row["person_id"] for row in rows_of(folder / "people.csv")}
    rows = rows_of(folder / "accounts.csv")
    orphans = [row for row in rows if row["person_id"] not in known]
    assert people.created == {"person": len(known)}
    assert people.read == {"person": len(known)}
    assert accounts.read["account"] == len(rows)
    assert accounts.skipped["holder"] == len(orphans)
    assert [p.kind for p in accounts.problems].count("unknown_holder") == len(orphans)
    assert balanced(people)
    assert balanced(accounts)
    assert every_skipped_row_has_a_problem(accounts)


def test_each_leaver_is_tied_to_exactly_the_accounts_that_were_theirs_on_the_last_day(
    congress: tuple[Session, ImportReport, ImportReport],
    held: dict[str, list[tuple[Named, str, str]]],
) -> None:
    registry = congress[0].registry
    leavers = [p for p in registry.all(Person) if p.last_day and p.external_id in held]
    with_accounts = 0
    for person in leavers:
        assert person.last_day is not None
        day = person.last_day.isoformat()
        theirs = {n for n, since, until in held[person.external_id] if since <= day < until}
        listed = planned_accounts(registry, person.id, person.last_day)
        at = midnight(person.last_day)
        named = {account.id: names_of(account, at) for account in listed}
        assert theirs - set().union(*named.values()) == set(), person.name
        assert [a.label for a in listed if not named[a.id] & theirs] == [], person.name
        with_accounts += bool(theirs)
    assert with_accounts > len(leavers) // 3, "hardly anybody had an account, so little was shown"


def planned_accounts(registry: Registry, person: Id, last_day: date) -> list[Account]:
    made = plan(registry, Departure(person, last_day), midnight(last_day))
    return [registry.account(each) for each in {tie.account for tie in made.ties} if each]


def test_a_handle_of_two_at_once_is_one_account_of_both(
    congress: tuple[Session, ImportReport, ImportReport],
) -> None:
    registry = congress[0].registry
    at = midnight(date(2012, 10, 1))
    found = [a for a in registry.all(Account) if ("youtube", "repmikerogers") in names_of(a, at)]
    assert len(found) == 1
    people = [p for p in registry.all(Person) if p.external_id in {"R000572", "R000575"}]
    (credential,) = registry.credentials_of[found[0].id]
    holders = {e.person for e in registry.exposures_of[credential.id]}
    assert holders == {person.id for person in people}


def test_no_two_open_accounts_of_a_platform_share_an_id_or_a_handle(
    congress: tuple[Session, ImportReport, ImportReport],
) -> None:
    seen: dict[tuple[str, str], Account] = {}
    doubles = []
    for account in congress[0].registry.all(Account):
        keys = {(account.platform, account.platform_id)} - {(account.platform, "")}
        if account.until is None:
            keys |= {(account.platform, account.handle.lower())} - {(account.platform, "")}
        doubles += [(key, account.label) for key in keys if key in seen]
        seen |= dict.fromkeys(keys, account)
    assert doubles == []


def test_importing_the_same_again_changes_nothing_and_writes_no_entry(
    shared_data: Path, congress: tuple[Session, ImportReport, ImportReport]
) -> None:
    session, first_people, first_accounts = congress
    before, entries = session.registry, len(list(session.journal()))
    folder = shared_data / "congress"
    people = import_files(session, [folder / "people.csv"], EXAMPLES / "congress-people.toml")
    accounts = import_files(session, [folder / "accounts.csv"], EXAMPLES / "congress-accounts.toml")
    for report, first in ((people, first_people), (accounts, first_accounts)):
        assert not report.written
        assert sum(report.created.values()) + sum(report.updated.values()) == 0
        assert report.skipped == first.skipped
        assert report.proposals == ()
    assert session.registry == before
    assert len(list(session.journal())) == entries


# -- gc-socials ----------------------------------------------------------------------------------

SNAPSHOTS = ("2024-11-15", "2025-06-05", "2025-10-09")


@pytest.fixture(scope="module")
def snapshots(
    shared_data: Path, tmp_path_factory: pytest.TempPathFactory, vaults: list[Session]
) -> tuple[Session, list[ImportReport]]:
    session = new_vault(tmp_path_factory.mktemp("snapshots"), vaults)
    return session, [
        import_files(
            session,
            [shared_data / "gc-socials" / f"sm.{day}.csv"],
            EXAMPLES / "gc-socials.toml",
            as_of=date.fromisoformat(day),
        )
        for day in SNAPSHOTS
    ]


def test_every_row_of_every_snapshot_is_accounted_for(
    shared_data: Path, snapshots: tuple[Session, list[ImportReport]]
) -> None:
    for day, report in zip(SNAPSHOTS, snapshots[1], strict=True):
        rows = rows_of(shared_data / "gc-socials" / f"sm.{day}.csv")
        assert report.read["account"] == len(rows)
        assert balanced(report)
        assert every_skipped_row_has_a_problem(report)
        assert {p.kind for p in report.problems} >= {"duplicate", "contradiction"}


def test_departments_are_roles_and_own_their_accounts(
    shared_data: Path, snapshots: tuple[Session, list[ImportReport]]
) -> None:
    registry = snapshots[0].registry
    rows = rows_of(shared_data / "gc-socials" / f"sm.{SNAPSHOTS[-1]}.csv")
    departments = {" ".join(row["Department"].replace("\u200b", "").split()) for row in rows}
    roles = {role.name.casefold() for role in registry.all(Role)}
    assert {d.casefold() for d in departments if d.isprintable()} - roles == set()
    owned = [a for a in registry.all(Account) if a.owner_roles]
    assert len(owned) == len(registry.all(Account))


def test_a_later_snapshot_adds_what_is_new_and_only_proposes_to_end_what_is_gone(
    snapshots: tuple[Session, list[ImportReport]],
) -> None:
    session, (first, second, third) = snapshots
    accounts = session.registry.all(Account)
    made = sum(report.created["account"] for report in (first, second, third))
    assert len(accounts) == made
    assert first.proposals == ()
    gone = {p.id for p in third.proposals if p.kind == "account"}
    assert gone
    assert len(gone) < 0.05 * made
    assert {p.id for p in second.proposals if p.kind == "account"} <= gone
    assert all(account.until is None for account in accounts)


def test_a_collection_that_shrank_by_half_is_refused_and_the_whole_one_is_welcome_again(
    shared_data: Path, tmp_path: Path, snapshots: tuple[Session, list[ImportReport]]
) -> None:
    session, before = snapshots[0], snapshots[0].registry
    whole = shared_data / "gc-socials" / f"sm.{SNAPSHOTS[-1]}.csv"
    lines = whole.read_text(encoding="utf-8").splitlines(keepends=True)
    half = tmp_path / "half.csv"
    half.write_text("".join(lines[: len(lines) // 2]), encoding="utf-8")
    with pytest.raises(ImportRefusedError, match="that gc-socials brought are gone"):
        import_files(session, [half], EXAMPLES / "gc-socials.toml")
    assert not import_files(session, [whole], EXAMPLES / "gc-socials.toml").written
    assert session.registry == before


# -- brands --------------------------------------------------------------------------------------


def test_organisations_become_roles_that_own_their_accounts(
    shared_data: Path, tmp_path: Path, vaults: list[Session]
) -> None:
    session = new_vault(tmp_path, vaults)
    folder = shared_data / "brands"
    organisations = import_files(
        session, [folder / "organisations.csv"], EXAMPLES / "brands-organisations.toml"
    )
    accounts = import_files(session, [folder / "accounts.csv"], EXAMPLES / "brands-accounts.toml")
    rows = rows_of(folder / "organisations.csv")
    assert organisations.created == {"role": len(rows)}
    ended = [role for role in session.registry.all(Role) if role.until]
    assert len(ended) == len([row for row in rows if row["dissolved_on"]])
    assert accounts.read["account"] == len(rows_of(folder / "accounts.csv"))
    assert balanced(accounts)
    assert accounts.created.get("role", 0) == 0
    by_id = {role.id: role.external_id for role in session.registry.all(Role)}
    owners = {row["qid"] for row in rows_of(folder / "accounts.csv")}
    assert {by_id[a.owner_roles[-1].of] for a in session.registry.all(Account)} <= owners
