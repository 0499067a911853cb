from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Any

import click
import msgspec
import pytest

from tests.unit.domain.company import (
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
from vault.cli.root import root
from vault.domain.cases import Case
from vault.domain.credential import Credential
from vault.domain.factor import Factor
from vault.domain.findings import SEVERITIES, Finding, findings
from vault.domain.knowledge import knowledge_debt
from vault.domain.mailbox import Mailbox
from vault.domain.mending import KINDS
from vault.domain.naming import resolve
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.role import Role

FREEMAIL = Mailbox(id="free", address="acme@gmail.com", readers=since("webcare"))
SOUND: tuple[Record, ...] = (
    account(login_mailboxes=since("web")),
    password(),
    holds("jan"),
    holds("ann"),
    mailbox("web", "webcare", owner="webcare", proven_at=days(-9)),
    totp("acme", "webcare"),
    seat("jan", "full"),
    seat("ann", "full"),
)


def departure(*successors: tuple[str, str]) -> Case:
    """Return the open case of Jan's departure, planned for nine days from now."""
    last_day = days(9).date()
    return Case(
        id="case",
        what="offboarding",
        person="jan",
        last_day=last_day,
        opened_at=days(-1),
        successors=successors,
    )


def codes(*records: Record) -> list[str]:
    """Return the codes of what is found when these records take the place of sound ones."""
    return [each.code for each in findings(company(*SOUND, *records), NOW)]


def test_nothing_is_found_where_all_is_well() -> None:
    assert codes() == []


WRONG: dict[str, Sequence[Record]] = {
    "personal_login_address": [
        account(login_mailboxes=since("own")),
        mailbox("own", owner="jan", type="personal"),
    ],
    "fixed_login_address": [account(login_mailboxes=since("free")), FREEMAIL],
    "personal_recovery_address": [
        account(login_mailboxes=since("web"), recovery_mailboxes=since("free")),
        FREEMAIL,
    ],
    "address_gone": [
        account(login_mailboxes=since("old")),
        mailbox("old", "webcare", until=days(-1)),
    ],
    "no_owner_role": [account(login_mailboxes=since("web"), owner_roles=())],
    "no_login_address": [account()],
    "personal_recovery_phone": [
        account(login_mailboxes=since("web"), recovery_phones=since("phone")),
        Phone(id="phone", number="+31612345678", contract="jan"),
    ],
    "personal_number": [
        account(login_mailboxes=since("web"), handles=since("31612345678"), models=("number",)),
        Phone(id="phone", number="+31 6 12345678", contract="jan"),
    ],
    "personal_sign_in": [
        account(login_mailboxes=since("web"), sign_in_accounts=since("jans")),
        account("jans", handles=since("jan@web.example"), owner_roles=()),
        Person(id="jan", name="Jan", other_mails=("jan@web.example",)),
    ],
    "personal_account": [
        account("jans", handles=since("jan@web.example"), owner_roles=()),
        Person(id="jan", name="Jan", other_mails=("jan@web.example",)),
    ],
    "phone_gone": [
        account(login_mailboxes=since("web"), recovery_phones=since("phone")),
        Phone(id="phone", number="+31612345678", until=days(-1)),
    ],
    "group_cannot_own": [
        account(login_mailboxes=since("web")),
        mailbox("web", "webcare", owner="webcare", type="group", proven_at=days(-9)),
    ],
    "double_handle": [
        account(login_mailboxes=since("web"), handles=since("acme")),
        account("other", login_mailboxes=since("web"), handles=since("acme")),
    ],
    "dead_platform": [account(login_mailboxes=since("web"))],
    "factor_of_one_person": [totp("acme", "jan")],
    "factor_of_unknown": [totp("acme")],
    "factor_gone": [
        Phone(id="phone", number="+31612345678", until=days(-1)),
        Factor(id="text", account="acme", method="sms", phone="phone", since=days(-9)),
    ],
    "seed_of_no_factor": [
        Credential(id="seed", account="acme", what="totp_seed", versions=(version(),)),
    ],
    "one_full_seat": [seat("ann", "post")],
    "nobody_gets_in": [account("other", login_mailboxes=since("web")), totp("other")],
    "role_without_holder": [Role(id="press", name="press")],
    "role_below_minimum": [Role(id="webcare", name="webcare", min_holders=3)],
    "role_of_leavers": [
        Person(id="jan", name="Jan", last_day=days(9).date()),
        Person(id="ann", name="Ann", last_day=days(20).date()),
    ],
    "departure_called_off": [departure()],
    "departure_moved": [departure(), Person(id="jan", name="Jan", last_day=days(3).date())],
    "successor_leaves": [
        departure(("webcare", "ann"), ("", "ann")),
        Person(id="jan", name="Jan", last_day=days(9).date()),
        Person(id="ann", name="Ann", last_day=days(20).date()),
    ],
    "mailbox_unread": [mailbox("web", owner="webcare", proven_at=days(-9))],
    "mailbox_unproven": [mailbox("web", "webcare", owner="webcare", proven_at=days(-366))],
    "knowledge_debt": [Person(id="eva", name="Eva", last_day=days(-9).date()), saw("eva")],
    "seat_of_former": [
        Person(id="eva", name="Eva", last_day=days(-9).date()),
        seat("eva", "post"),
    ],
    "ties_of_former": [Person(id="eva", name="Eva", last_day=days(-1).date()), holds("eva")],
    "breached_password": [password("acme", version(strength=1, breached_at=days(-1)))],
    "weak_password": [password("acme", version(strength=2))],
    "few_recovery_codes": [
        Credential(id="codes", account="acme", what="recovery_codes", versions=(version(codes=2),)),
    ],
}


FACTS: dict[str, dict[str, str]] = {
    "fixed_login_address": {"login_mail_changeable": "no"},
    "group_cannot_own": {"group_mailbox_may_own": "no"},
    "dead_platform": {"status": "dead"},
}


@pytest.mark.parametrize("code", WRONG)
def test_what_is_wrong_is_found_and_says_what_to_do_by_a_command_that_exists(code: str) -> None:
    found = findings(company(*SOUND, *WRONG[code], **FACTS.get(code, {})), NOW)
    assert code in {each.code for each in found}
    for each in found:
        assert each.what
        assert each.severity in SEVERITIES
        assert parsed(command(each)) == []


@pytest.mark.parametrize(
    ("fields", "severity"),
    [({"owner": "jan"}, "high"), ({"owner": "webcare"}, "low")],
    ids=["somebody's own", "the role's"],
)
def test_nobody_is_told_to_move_a_log_in_that_cannot_move(
    fields: dict[str, str], severity: str
) -> None:
    free = msgspec.structs.replace(FREEMAIL, **fields)
    fixed = company(*SOUND, *WRONG["fixed_login_address"], free, login_mail_changeable="no")
    (found,) = (f for f in findings(fixed, NOW) if f.code.endswith("login_address"))
    assert (found.code, found.severity) == ("fixed_login_address", severity)
    assert "Net lets nobody change it" in found.what


def test_a_log_in_that_cannot_move_and_whose_address_is_gone_is_no_less_bad() -> None:
    gone = mailbox("web", "webcare", owner="webcare", until=days(-1))
    registry = company(*SOUND, gone, login_mail_changeable="no")
    assert ("address_gone", "high") in [(f.code, f.severity) for f in findings(registry, NOW)]


def command(finding: Finding) -> list[str]:
    """Return the words that a shell makes of the command in what to do."""
    words, name, typed = finding.to_do.partition("safehands ")
    assert name, finding.to_do
    assert words == "" or words.endswith(": ")
    return shlex.split(typed)


def parsed(words: list[str]) -> list[str]:
    """Return the words that the command line leaves over; it refuses what it does not know."""
    named: click.Command = root
    context = root.make_context("safehands", words)
    while isinstance(named, click.Group):
        name, found, rest = named.resolve_command(
            context, [*context._protected_args, *context.args]
        )
        assert found is not None
        named, context = found, found.make_context(name, rest, parent=context)
    return context.args


def test_every_kind_of_finding_is_among_the_examples() -> None:
    assert set(WRONG) == set(KINDS)


def to_do(code: str, *records: Record, **facts: Any) -> list[str]:
    found = findings(company(*SOUND, *records, **facts), NOW)
    return next(command(each) for each in found if each.code == code)


def test_an_address_moves_to_the_mailbox_of_the_owner_role() -> None:
    own = mailbox("own", owner="jan", type="personal")
    wrong = account(login_mailboxes=since("own"))
    edit = ["account", "edit", "net/@acme", "--login-mailbox"]
    assert to_do("personal_login_address", wrong, own) == [*edit, "web@acme.example"]
    group = mailbox("web", "webcare", owner="webcare", type="group")
    refused = to_do("personal_login_address", wrong, own, group, group_mailbox_may_own="no")
    assert refused == [*edit, "ADDRESS"]


def test_a_recovery_address_that_is_replaced_leaves_the_others() -> None:
    wrong = account(login_mailboxes=since("web"), recovery_mailboxes=since("press", "free", "web"))
    assert to_do("personal_recovery_address", wrong, FREEMAIL, mailbox("press")) == [
        *("account", "edit", "net/@acme", "--recovery-mailbox", "press@acme.example"),
        *("--recovery-mailbox", "web@acme.example"),
    ]


def test_a_second_factor_of_one_person_is_given_to_the_role() -> None:
    assert to_do("factor_of_one_person", totp("acme", "jan", label="Jan's phone")) == [
        *("factor", "edit", "Jan's phone", "--holder", "role:webcare")
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Press; rm -rf ~",
        "$(id)",
        "it's",
        "it's $HOME",
        """'"`!\\""",
        "--help",
        "press\u202e",
        "Press\nOffice",
        "webcare",
    ],
)
def test_a_hostile_name_is_one_word_that_means_its_record_and_no_option(name: str) -> None:
    role = Role(id="abcd1234" + 24 * "0", name=name)
    typed = to_do("role_without_holder", role)
    assert typed[:2] + typed[3:] == ["role", "assign", "PERSON"]
    assert not typed[2].startswith("-")
    assert resolve(company(*SOUND, role), Role, typed[2]) == role


def test_the_worst_comes_first() -> None:
    everything = [record for records in WRONG.values() for record in records]
    found = findings(company(*SOUND, *everything), NOW)
    ranks = [SEVERITIES.index(each.severity) for each in found]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) == 3


def test_a_closed_account_is_no_finding() -> None:
    assert codes(account(until=days(-1))) == []


def test_where_nobody_can_log_in_the_dead_platform_is_all_that_is_wrong() -> None:
    bare = account(owner_roles=(), login_mailboxes=())
    found = findings(company(*SOUND, bare, totp("acme", "jan"), status="dead"), NOW)
    assert [f.code for f in found if f.about == "acme"] == ["dead_platform"]


def test_a_mailbox_that_an_account_used_once_needs_no_proof() -> None:
    moved = account(login_mailboxes=(*since("was", until=days(-1)), *since("web", at=days(-1))))
    assert codes(moved, mailbox("was")) == []


def test_a_password_found_in_a_leaked_list_later_was_no_finding_before() -> None:
    registry = company(*SOUND, password("acme", version(strength=4, breached_at=days(-5))))
    assert [each.code for each in findings(registry, days(-5))] == ["breached_password"]
    assert [each.code for each in findings(registry, days(-6))] == []


def test_knowledge_debt_counts_each_current_secret_of_each_who_left() -> None:
    left = Person(id="eva", name="Eva", last_day=days(-9).date())
    other = account("other", login_mailboxes=since("web"))
    registry = company(*SOUND, left, saw("eva"), other, password("other"), saw("eva", "other"))
    assert knowledge_debt(registry, NOW) == 2
    assert knowledge_debt(registry, days(-20)) == 0
    assert knowledge_debt(company(*SOUND, saw("jan")), NOW) == 0
