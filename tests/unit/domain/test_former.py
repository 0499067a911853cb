"""What is found of people who left: what they could still get in with, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from msgspec.structs import replace

from tests.unit.domain.company import (
    LONG_AGO,
    NOW,
    account,
    company,
    days,
    holds,
    mailbox,
    password,
    saw,
    seat,
    since,
    totp,
    version,
)
from tests.unit.domain.test_findings import SOUND
from vault.domain.cases import Case, Progress
from vault.domain.credential import Credential, CredentialKind
from vault.domain.findings import Finding, findings
from vault.domain.grant import Grant
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.steps import Step

FORMER = Person(id="eva", name="Eva", last_day=days(-1).date())


def about_eva(registry: Registry, at: datetime = NOW) -> list[Finding]:
    """Return what is found of Eva, who left yesterday."""
    return [each for each in findings(registry, at) if each.about == "eva"]


def lines(*records: Record) -> list[str]:
    return [each.what for each in about_eva(company(*SOUND, FORMER, *records))]


USED = account(login_mailboxes=since("web"), recovery_mailboxes=since("own"))
HELD: dict[str, Sequence[Record]] = {
    "holds the role press": [Role(id="press", name="press"), holds("eva", "press", days(9))],
    "reads web@acme.example; reads web@acme.example, the log-in address of net/@acme": [
        mailbox("web", "eva", "webcare", owner="webcare", proven_at=days(-9))
    ],
    "reads own@acme.example, the recovery address of net/@acme": [
        USED,
        mailbox("own", owner="eva", type="personal"),
    ],
    "carries +31612345678": [Phone(id="phone", number="+31612345678", carriers=since("eva"))],
    "can open the vault": [replace(FORMER, memberships=since("member"))],
    "has the authenticator app of net/@acme": [totp("acme", "eva", "webcare")],
    "connected Buffer to net/@acme": [
        account("buffer", display_name="Buffer", login_mailboxes=since("web")),
        Grant(id="grant", tool="Buffer", account="acme", granted_by="eva", since=LONG_AGO),
    ],
}


@pytest.mark.parametrize("held", HELD)
def test_who_left_is_told_of_as_long_as_they_hold_anything_that_opens_accounts(held: str) -> None:
    registry = company(*SOUND, FORMER, *HELD[held])
    told = about_eva(registry)
    assert [(each.code, each.severity) for each in told] == [("ties_of_former", "high")]
    assert told[0].what == f"Eva has left, but {held}"
    assert told[0].to_do == "plan the departure: safehands offboard plan Eva"
    assert (
        about_eva(registry, days(-1)) == []
    )  # the agenda asks for a departure until the last day is over


def test_who_left_while_their_case_is_open_is_told_of_with_that_case() -> None:
    begun = Case(
        id="c1", what="offboarding", person="eva", last_day=FORMER.last_day, opened_at=days(-1)
    )
    held = (totp("acme", "eva", "webcare"), seat("eva", "post"), saw("eva"), password("acme"))
    records = (*SOUND, FORMER, *held)
    told = about_eva(company(*records, begun))
    assert {each.code for each in told} == {"knowledge_debt", "seat_of_former", "ties_of_former"}
    assert {each.to_do for each in told} == {"go on with it: safehands case next c1"}
    for other in (replace(begun, closed_at=NOW), replace(begun, opened_at=days(1))):
        again = {each.to_do for each in about_eva(company(*records, other))}
        assert again == {"plan the departure: safehands offboard plan Eva"}


def test_all_that_a_leaver_still_holds_is_one_line() -> None:
    names = [f"a{number}" for number in range(9)]
    accounts = (account(name, login_mailboxes=since("web")) for name in names)
    registry = company(*SOUND, FORMER, *accounts, *(totp(name, "eva", "webcare") for name in names))
    [told] = [each.what for each in about_eva(registry)]
    app = "has the authenticator app of"
    assert told.endswith(f"{app} net/@a1; {app} net/@a2; and 6 more")


def test_who_could_open_the_vault_could_know_what_it_kept_of_any_account() -> None:
    member = replace(FORMER, memberships=since("member", until=days(-1)))
    kept = password("acme", version(stored=True))
    assert lines(member, kept) == ["Eva has left and could know 1 current password: net/@acme"]


def test_who_left_and_holds_nothing_is_no_finding() -> None:
    gone = account("gone", until=days(-1), login_mailboxes=since("web"))
    press = (Role(id="press", name="press", min_holders=1), holds("ann", "press"))
    ended = (*press, holds("eva", "press", days(-1)), totp("gone", "eva"), gone)
    assert lines(*ended) == []
    assert lines(*ended, saw("eva", number=2), totp("acme")) == []


def secret(what: CredentialKind, of: str = "acme") -> tuple[Record, ...]:
    """Return a secret in use that Eva did see."""
    kept = Credential(id=f"{what} {of}", account=of, what=what, versions=(version(),))
    return kept, replace(saw("eva"), id=f"saw {kept.id}", credential=kept.id)


def accounts(*names: str) -> list[Record]:
    return [account(name, login_mailboxes=since("web")) for name in names]


def test_all_secrets_that_a_leaver_could_know_are_one_line_and_told_nowhere_else() -> None:
    kinds: tuple[CredentialKind, ...] = ("password", "recovery_codes", "api_token", "stream_key")
    known = [record for what in kinds for record in secret(what)]
    [told] = about_eva(company(*SOUND, FORMER, *known))
    assert (told.code, told.severity) == ("knowledge_debt", "high")
    assert told.what == (
        "Eva has left and could know 1 current password: net/@acme; "
        "the API token of net/@acme; the recovery codes of net/@acme; and 1 more"
    )


@pytest.mark.parametrize(
    ("known", "to_do"),
    [
        ([("password", "acme")], "change them: safehands rotate start net/@acme"),
        (
            [("password", "b"), ("password", "acme"), ("api_token", "b")],
            "change them: safehands rotate start net/@acme net/@b",
        ),
        (
            [("password", each) for each in ("acme", "a", "b", "c")],
            "change all that are due: safehands rotate start --due",
        ),
        ([("api_token", "a")], "change all that are due: safehands rotate start --due"),
    ],
    ids=["one", "two", "many", "no password"],
)
def test_secrets_that_are_all_somebody_has_left_are_to_be_changed(
    known: list[tuple[CredentialKind, str]], to_do: str
) -> None:
    records = [record for what, of in known for record in secret(what, of)]
    registry = company(*SOUND, *accounts("a", "b", "c"), FORMER, *records)
    assert [each.to_do for each in about_eva(registry)] == [to_do]


def test_what_no_rotation_can_change_is_left_to_the_departure() -> None:
    closing = account(login_mailboxes=since("web"), state="closing")
    [told] = about_eva(company(*SOUND, closing, FORMER, *secret("password")))
    assert told.to_do == "plan the departure: safehands offboard plan Eva"


def rotation(due: int, state: Any = "todo", of: str = "acme", **fields: Any) -> Case:
    """Return a rotation of the password of an account, begun yesterday."""
    change = Step(
        id="s1", act="rotate_password", account=of, target=f"password {of}", due=days(due).date()
    )
    return Case(
        id=f"c {of}", what="rotation", account=of, credential=f"password {of}", version=1,
        opened_at=days(-1), progress=(Progress(change, state, **fields),),
    )  # fmt: skip


@pytest.mark.parametrize("state", ["todo", "pending"])
def test_a_secret_that_is_being_changed_is_no_finding(state: str) -> None:
    registry = company(*SOUND, FORMER, *secret("password"), rotation(1, state))
    assert about_eva(registry) == []


@pytest.mark.parametrize("state", ["waived", "dropped"])
def test_a_secret_that_a_rotation_gave_up_is_told_of(state: str) -> None:
    registry = company(*SOUND, FORMER, *secret("password"), rotation(1, state))
    assert [each.to_do for each in about_eva(registry)] == [
        "change them: safehands rotate start net/@acme"
    ]


def test_a_rotation_hides_what_it_changes_while_it_is_open_and_at_no_other_time() -> None:
    known = (*secret("password"), FORMER)
    over = company(*SOUND, *known, rotation(1).given_up(days(1), "ann", "no time"))
    assert about_eva(over) == []
    assert len(about_eva(over, days(1))) == 1
    later = company(*SOUND, *known, replace(rotation(3), opened_at=days(1)))
    assert len(about_eva(later)) == 1
    assert about_eva(later, days(1)) == []


def test_a_rotation_hides_no_secret_but_its_own() -> None:
    known = (*secret("password"), *secret("password", "b"))
    registry = company(*SOUND, *accounts("b"), FORMER, *known, rotation(due=1))
    [told] = about_eva(registry)
    assert told.what == "Eva has left and could know 1 current password: net/@b"
    assert told.to_do == "change them: safehands rotate start net/@b"
