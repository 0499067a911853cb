"""Whose an address, a number or an account is, and what a departure makes of it."""

from __future__ import annotations

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
    of_jan,
    of_those_who_stay,
    password,
    since,
    totp,
    version,
)
from vault.domain.factor import Factor
from vault.domain.findings import findings
from vault.domain.grant import Grant
from vault.domain.mailbox import Mailbox
from vault.domain.neighbourhood import islands, surroundings
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.person import Person
from vault.domain.personal import whose_own
from vault.domain.phone import Phone
from vault.domain.platforms import Platform
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.simulation import simulate
from vault.domain.steps import Act
from vault.domain.ties import account_ties, own_ties
from vault.domain.whose import is_private, owners

JAN = Person(id="jan", name="Jan", mail="jan@acme.example", other_mails=("Jan.Bakker@Gmail.com",))
WEB = mailbox("web", "webcare", owner="webcare", proven_at=LONG_AGO)
WORK = Mailbox(id="work", address="jan@acme.example")
GMAIL = Mailbox(id="own", address="jan.bakker@gmail.com")
SHARED = Mailbox(id="shared", address="acme@gmail.com", owner="webcare", readers=since("webcare"))
IDENTITY = Platform(
    id="ident", name="Ident", kind="identity", status="living", domains=("gmail.com",),
    models=("login",), resets_by_mail="no", resets_by_phone="no",
)  # fmt: skip
SIGN_IN = replace(account("sign-in"), platform="ident", handles=since("jan.bakker@gmail.com"))
MAIL = replace(SIGN_IN, id="mail", handles=since("acme@gmail.com"))
STAYS = (holds("ann"), WEB, JAN)


def firm(*records: Record, **facts: Any) -> Registry:
    """A company with a platform that signs in to others, whose addresses are at gmail.com."""
    registry = company(*STAYS, *records, **({"resets_by_mail": "yes"} | facts))
    platforms = (*registry.catalogue.platforms, IDENTITY)
    return Registry(registry.records(), replace(registry.catalogue, platforms=platforms))


def planned(registry: Registry, mode: Any = "planned") -> Plan:
    return plan(registry, Departure("jan", days(30).date(), mode), NOW)


def acts(made: Plan) -> list[tuple[str, str]]:
    return [(step.act, step.account or step.target) for step in made.steps]


# -- a number on the leaver's contract ---------------------------------------------------------


NUMBER = Phone(id="phone", number="+31600000001", contract="jan", carriers=since("ann"))
TEXTS = Factor(id="texts", account="acme", method="sms", phone="phone", since=LONG_AGO)


def test_whose_contract_a_number_is_receives_on_it_and_is_not_counted_on_by_the_company() -> None:
    registry = firm(account(recovery_phones=since("phone")), NUMBER, resets_by_phone="yes")
    assert of_jan(registry).why("acme")[0] == "+31600000001 is on a contract of Jan"
    alone = replace(NUMBER, contract="ann", carriers=since("jan"))
    registry = firm(account(recovery_phones=since("phone")), alone, resets_by_phone="yes")
    assert not of_those_who_stay(registry).controls("acme")
    ended = firm(
        account(recovery_phones=since("phone")),
        replace(NUMBER, until=days(-1)),
        resets_by_phone="yes",
    )
    assert not of_jan(ended).controls("acme")


def test_a_number_on_the_leavers_contract_is_a_tie_that_the_plan_cuts() -> None:
    on_it = account(recovery_phones=since("phone"), login_mailboxes=since("web"))
    registry = firm(on_it, NUMBER, TEXTS, password(), resets_by_phone="yes")
    ties = {tie.kind: tie.why[0] for tie in account_ties(registry, "jan", on_it, NOW)}
    assert ties == {
        "recovery_phone": "+31600000001 is on a contract of Jan, the recovery phone of net/@acme",
        "factor": "Jan has the text message of net/@acme",
    }
    assert [*own_ties(registry, "jan", NOW)] == []  # the telephone itself is Ann's to keep
    made = planned(registry)
    assert acts(made) == [
        ("change_recovery_phone", "acme"),
        ("enrol_factor", "acme"),
        ("remove_factor", "acme"),
    ]
    assert made.verdict.holds


def test_an_account_that_is_the_companys_by_such_a_number_alone_says_whose_contract_it_is() -> None:
    registry = firm(account(recovery_phones=since("phone")), NUMBER, resets_by_phone="yes")
    (blocker,) = planned(registry).blockers
    told = "net/@acme is the company's by +31600000001 alone, on a contract of Jan"
    assert blocker.what == told
    assert blocker.ways_out[0].text.endswith("safehands phone edit +31600000001 --contract ''")
    moved = registry.apply(changed(replace(NUMBER, contract="")))
    assert planned(moved).ties == ()


def changed(*records: Record) -> Any:
    from vault.domain.changes import changes

    return changes(*records)


# -- addresses that nobody said are theirs -----------------------------------------------------


def test_an_address_whose_owner_nobody_recorded_is_that_of_whoever_is_on_record_with_it() -> None:
    registry = firm(WORK, GMAIL, SHARED)
    assert owners(registry, WORK) == owners(registry, GMAIL) == ["jan"]
    assert owners(registry, WEB) == owners(registry, SHARED) == []
    assert whose_own(registry, WORK) == "person"
    given = replace(WORK, owner="webcare")
    assert owners(firm(given), given) == []
    said = replace(GMAIL, owner="webcare")
    assert owners(firm(said), said) == ["jan"]  # whatever is said, it is Jan's
    assert owners(firm(replace(WORK, owner="ann")), replace(WORK, owner="ann")) == ["ann"]


def test_a_second_record_of_a_person_names_addresses_of_theirs_too() -> None:
    as_well = Person(id="jan2", name="J. Bakker", mail="jb@acme.example", one_with="jan")
    box = mailbox("jb")
    registry = firm(as_well, box, account(login_mailboxes=since("jb")))
    assert owners(registry, box) == ["jan"]
    assert ("change_login_mail", "acme") in acts(planned(registry))


def test_only_their_work_address_is_the_companys_to_block_and_release() -> None:
    private = Person(id="jan", name="Jan", mail="jan@acme.example", other_mails=("j@bakker.nl",))
    box = Mailbox(id="private", address="j@bakker.nl")
    registry = firm(private, WORK, box, GMAIL)
    assert [is_private(registry, each) for each in (WORK, box, GMAIL, WEB)] == [
        False,
        True,
        True,
        False,
    ]
    assert [tie.target for tie in own_ties(registry, "jan", NOW)] == ["work"]


@pytest.mark.parametrize("box", [WORK, GMAIL])
@pytest.mark.parametrize("mode", ["planned", "immediate"])
def test_an_account_moves_off_an_address_that_is_the_leavers(box: Mailbox, mode: str) -> None:
    registry = firm(account(login_mailboxes=since(box.id)), box, password())
    assert of_jan(registry).why("acme")[0] == f"Jan reads {box.address}"
    made = planned(registry, mode)
    assert ("change_login_mail", "acme") in acts(made)
    assert (("release_mailbox", "work") in acts(made)) is (box is WORK)


def test_who_is_cut_off_at_once_is_shut_out_of_a_work_address_without_a_recorded_owner() -> None:
    made = planned(firm(account(login_mailboxes=since("work")), WORK, password()), "immediate")
    assert acts(made)[0] == ("block_mailbox", "work")
    registry = firm(account(login_mailboxes=since("work")), WORK, password())
    blocked = simulate(registry, "jan", made.steps[:1], NOW, "immediate").registry
    assert not of_jan(blocked, days(1)).controls("acme")


def test_the_company_does_not_count_on_an_address_of_which_nobody_recorded_the_owner() -> None:
    ann = Person(id="ann", name="Ann", mail="ann@acme.example")
    registry = firm(
        ann,
        Mailbox(id="hers", address="ann@acme.example"),
        account(login_mailboxes=since("hers"), owner_roles=()),
    )
    assert not of_those_who_stay(registry).controls("acme")


def test_what_one_signs_in_to_with_an_account_of_the_leavers_is_a_blocker() -> None:
    own = replace(SIGN_IN, owner_roles=())
    by_it = account(sign_in_accounts=since("sign-in"), login_mailboxes=since("web"))
    registry = firm(own, by_it, password("sign-in"), GMAIL)
    assert of_jan(registry).controls("acme")
    made = planned(registry)
    assert not made.verdict.holds
    told = {blocker.account: blocker for blocker in made.blockers}
    assert told["acme"].what == (
        "one signs in to net/@acme with ident/jan.bakker@gmail.com, which stays Jan's"
    )
    assert [way.kind for way in told["acme"].ways_out] == ["give_own_login"]
    assert [way.kind for way in told["sign-in"].ways_out] == ["by_hand", "end_record"]
    assert not any(step.account == "sign-in" for step in made.steps)
    off = registry.apply(
        changed(
            replace(by_it, sign_in_accounts=since("sign-in", until=NOW)), replace(own, until=NOW)
        )
    )
    made = plan(off, Departure("jan", days(30).date()), days(1))
    assert acts(made) == [("end_sessions", "acme")]  # which they opened with it
    assert made.verdict.holds


def test_an_account_at_a_company_address_that_a_role_owns_is_the_roles() -> None:
    named = replace(SIGN_IN, handles=since("jan@acme.example"))
    assert not of_jan(firm(named)).controls("sign-in")
    assert of_jan(firm(replace(named, owner_roles=()))).controls("sign-in")
    assert of_jan(firm(SIGN_IN)).controls("sign-in")  # with a freemail provider it is Jan's


# -- freemail mailboxes of a role --------------------------------------------------------------


ON_SHARED = (holds("jan"), SHARED, account(login_mailboxes=since("shared")), password())


def test_whoever_read_a_freemail_mailbox_reads_it_until_its_password_is_changed() -> None:
    was = holds("jan", until=days(-9))
    fresh = password("acme", version(2, days(-3)))
    registry = firm(*ON_SHARED, was, fresh)
    why = ("Jan could know the password of acme@gmail.com", "resets the password of net/@acme")
    assert of_jan(registry).why("acme") == why
    assert not of_jan(registry, LONG_AGO.replace(year=2020)).controls("acme")
    on_web = (was, fresh, account(login_mailboxes=since("web")), WEB)
    assert not of_jan(firm(*on_web)).controls("acme")
    assert not of_jan(firm(was, fresh, ON_SHARED[2], replace(SHARED, until=days(-1)))).controls(
        "acme"
    )


def test_a_leaver_who_read_one_by_a_role_is_cut_off_by_moving_what_is_on_it() -> None:
    made = planned(firm(*ON_SHARED))
    assert ("change_login_mail", "acme") in acts(made)
    assert made.verdict.holds


@pytest.mark.parametrize("own", [{"owner": "jan"}, {"type": "personal"}])
def test_a_mailbox_that_is_somebodys_own_is_recorded_as_no_account_of_the_company(own: Any) -> None:
    made = planned(firm(*ON_SHARED, replace(SHARED, **own), replace(WEB, until=days(-1))))
    (blocker,) = made.blockers
    assert not any("account add" in way.text for way in blocker.ways_out)


def test_where_there_is_nowhere_to_move_to_the_blocker_says_to_record_what_the_mailbox_is() -> None:
    registry = firm(*ON_SHARED, replace(WEB, until=days(-1)))
    made = planned(registry)
    assert not made.verdict.holds
    (blocker,) = made.blockers
    assert blocker.ways_out[-1].text.endswith(
        "safehands account add ident/acme@gmail.com --role ROLE"
    )
    registry = registry.apply(changed(MAIL, password("mail", version(1, NOW))))
    made = planned(registry)
    assert ("rotate_password", "mail") in acts(made)
    assert made.blockers == ()
    assert made.verdict.holds


@pytest.mark.parametrize("mode", ["planned", "immediate"])
def test_its_password_is_new_and_its_sessions_end_before_what_hangs_on_it_is_changed(
    mode: str,
) -> None:
    mail = (MAIL, password("mail", version(1, NOW)), account("zz"), password("zz"))
    made = planned(firm(*ON_SHARED, *mail), mode)
    places = {(step.act, step.account): number for number, step in enumerate(made.steps)}
    steps = {(step.act, step.account): step for step in made.steps}
    acts: tuple[Act, ...] = ("rotate_password", "end_sessions")
    first = [(act, "mail") for act in acts]
    for act in acts:
        assert {steps[each].id for each in first} <= {*steps[act, "acme"].depends_on}
        assert not {steps[each].id for each in first} & {*steps[act, "zz"].depends_on}
    assert [places[each] for each in first] == sorted(places[each] for each in first)
    ended = next(step for step in made.steps if step.act == "end_role_assignment").id
    assert ended in steps["end_sessions", "mail"].depends_on
    assert ended in steps["rotate_password", "mail"].depends_on


def test_who_read_it_directly_is_off_it_before_its_password_is_new() -> None:
    press = replace(MAIL, owner_roles=since("press"))
    pressed = (Role(id="press", name="press"), holds("ann", "press"))
    direct = replace(SHARED, readers=since("webcare", "jan"))
    made = planned(firm(direct, press, *pressed, password("mail", version(1, NOW))))
    steps = {step.act: step for step in made.steps}
    assert steps["remove_mailbox_reader"].id in steps["rotate_password"].depends_on
    assert made.verdict.holds


def test_who_read_one_knows_its_password_whatever_role_the_account_is_of() -> None:
    press = replace(MAIL, owner_roles=since("press"))
    pressed = (Role(id="press", name="press"), holds("ann", "press"))
    made = planned(firm(*ON_SHARED, press, *pressed, password("mail", version(1, NOW))))
    assert ("rotate_password", "mail") in acts(made)
    assert made.verdict.holds


def test_how_old_the_first_password_on_record_is_nobody_knows() -> None:
    """Who read it before knows that one; the one after is new."""
    out = replace(MAIL, sessions_ended=(days(-4),))
    was = (*ON_SHARED, holds("jan", until=days(-9)), password("acme", version(2, days(-3))), out)
    assert of_jan(firm(*was, password("mail", version(1, days(-5))))).controls("acme")
    old = version(1, days(-5), superseded_at=days(-1))
    renewed = (password("mail", old, version(2, days(-1))), replace(MAIL, sessions_ended=(NOW,)))
    assert not of_jan(firm(*was, *renewed)).controls("acme")


def test_whoever_is_logged_in_to_a_mailbox_still_reads_it() -> None:
    old = version(1, days(-50), superseded_at=days(-1))
    new = (password("mail", old, version(2, days(-1))), replace(MAIL, owner_roles=since("press")))
    was = (*ON_SHARED, holds("jan", until=days(-9)), password("acme", version(2, days(-3))))
    registry = firm(*was, *new, Role(id="press", name="press"), holds("ann", "press"))
    why = of_jan(registry).why("acme")
    assert why[0] == "Jan may still be logged in to ident/acme@gmail.com"
    assert ("end_sessions", "mail") in acts(planned(registry))
    assert planned(registry).verdict.holds


def test_a_mailbox_and_what_hangs_on_it_are_of_one_island_with_the_account_that_it_is() -> None:
    coded = Factor(id="codes", account="coded", method="email", mailbox="shared", since=LONG_AGO)
    registry = firm(*ON_SHARED, MAIL, account("coded"), coded, account("apart"))
    found = islands(registry)
    assert found["acme"] == found["mail"] == found["coded"] == {"acme", "mail", "coded"}
    assert found["apart"] == {"apart"}
    assert all("mail" in surroundings(registry, [each]) for each in ("acme", "coded"))
    assert "mail" not in surroundings(registry, ["apart"])


def test_a_second_factor_that_such_a_mailbox_gets_is_replaced() -> None:
    coded = Factor(id="codes", account="acme", method="email", mailbox="shared", since=LONG_AGO)
    registry = firm(holds("jan"), SHARED, account(), password(), coded, totp("apart"))
    assert ("enrol_factor", "acme") in acts(planned(registry))


def test_what_ties_a_leaver_to_an_account_of_their_own_is_told_where_it_opens_nothing() -> None:
    own = replace(SIGN_IN, models=("seats",), owner_roles=())
    posts = Grant(id="posts", tool="acme", account=own.id, granted_by="jan", since=LONG_AGO)
    registry = firm(own, account(), posts)
    assert not of_jan(registry).controls(own.id)
    (blocker,) = planned(registry).blockers
    told = "ident/jan.bakker@gmail.com goes by an address of Jan, and stays theirs"
    assert blocker.what == told


# -- what nobody knows -------------------------------------------------------------------------


def test_a_mailbox_of_which_nobody_knows_who_reads_it_is_a_caution_of_every_plan() -> None:
    info, other = mailbox("info"), account("other", login_mailboxes=since("info"))
    told = "nobody knows who reads info@acme.example, which 1 account hangs on: it may be Jan"
    assert told in planned(firm(info, other)).cautions
    for known in (
        replace(info, owner="webcare"),
        replace(info, readers=since("ann")),
        replace(info, until=days(-1)),
        replace(info, address="jan@acme.example"),
    ):
        assert told not in planned(firm(known, other)).cautions
    assert planned(firm(info)).cautions == planned(firm()).cautions


def test_findings_name_whose_an_address_and_a_sign_in_are() -> None:
    own = replace(SIGN_IN, owner_roles=())
    by_it = account(sign_in_accounts=since("sign-in"), login_mailboxes=since("own"))
    told = {each.code: each.what for each in findings(firm(own, by_it, GMAIL), NOW)}
    named = "the log-in address of net/@acme is Jan's: jan.bakker@gmail.com"
    assert told["personal_login_address"] == named
    signed = "one signs in to net/@acme with ident/jan.bakker@gmail.com, which is Jan's"
    assert told["personal_sign_in"] == signed
    assert told["personal_account"] == "ident/jan.bakker@gmail.com goes by an address of Jan"
    assert not {"mailbox_unread", "no_owner_role"} & set(told)


def test_sessions_of_what_is_a_mailbox_twice_end_after_the_password_that_the_leaver_knows() -> None:
    twin = replace(MAIL, id="twin", owner_roles=())
    made = planned(firm(MAIL, twin, SHARED, password("mail"), holds("jan")))
    (changed,) = (step for step in made.steps if step.act == "rotate_password")
    (ended,) = (s for s in made.steps if (s.act, s.account) == ("end_sessions", "twin"))
    assert changed.account == "mail"
    assert changed.id in ended.depends_on
