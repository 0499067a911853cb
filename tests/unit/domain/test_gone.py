from __future__ import annotations

import pytest

from tests.unit.domain.company import (
    NOW,
    account,
    company,
    holds,
    mailbox,
    password,
    saw,
    seat,
    since,
    totp,
)
from vault.domain.gone import Ranked, gone_tonight, mailboxes_at, ranking
from vault.domain.grant import Grant
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.single_points import SinglePoint


def lost(registry: Registry, *things: str) -> list[str]:
    return [loss.account for loss in gone_tonight(registry, things, NOW).lost]


def test_what_only_one_person_gets_into_is_lost_with_them_and_says_how_they_did() -> None:
    registry = company(account(), password(), holds("jan"))
    gone = gone_tonight(registry, ["jan"], NOW)
    assert [(loss.account, loss.was, loss.now) for loss in gone.lost] == [("acme", "owner", None)]
    assert "Jan (as webcare) knows" in gone.lost[0].why[0]
    assert gone.bare == ("webcare",)
    assert not gone.is_harmless


def test_what_others_get_into_as_well_is_kept_and_says_how() -> None:
    registry = company(account(), password(), holds("jan"), holds("ann"))
    gone = gone_tonight(registry, ["jan"], NOW)
    assert gone.lost == ()
    assert [(kept.account, kept.level) for kept in gone.kept] == [("acme", "owner")]
    assert "Ann (as webcare) knows" in gone.kept[0].why[0]
    assert SinglePoint("account", "acme", "ann") in gone.singles
    assert SinglePoint("role", "webcare", "ann") in gone.singles


def test_an_account_on_which_the_company_can_do_less_is_weaker_or_lost_below_full() -> None:
    roles = (holds("ann"),)
    seats = (seat("jan", "owner"), seat("ann", "full"))
    only_seats = account(models=("seats",))
    registry = company(only_seats, *roles, *seats)
    gone = gone_tonight(registry, ["jan"], NOW)
    assert [(loss.was, loss.now) for loss in gone.weaker] == [("owner", "full")]
    registry = company(only_seats, *roles, seat("jan", "owner"), seat("ann", "post"))
    gone = gone_tonight(registry, ["jan"], NOW)
    assert [(loss.was, loss.now) for loss in gone.lost] == [("owner", "post")]


def test_what_the_company_never_had_is_not_lost() -> None:
    registry = company(account(owner_roles=()), password())
    assert lost(registry, "jan") == []


@pytest.mark.parametrize(
    ("thing", "records"),
    [
        (
            "web",
            (
                account(owner_roles=(), login_mailboxes=since("web")),
                mailbox("web", "ann"),
            ),
        ),
        (
            "phone",
            (
                account(),
                password(),
                holds("ann"),
                Phone(id="phone", number="+31612345678", carriers=since("ann")),
                totp("acme", phone="phone"),
            ),
        ),
        (
            "idp",
            (
                account("idp"),
                password("idp"),
                holds("ann"),
                account("acme", owner_roles=(), sign_in_accounts=since("idp")),
            ),
        ),
    ],
)
def test_an_account_is_lost_with_the_mailbox_phone_or_sign_in_it_hangs_on(
    thing: str, records: tuple[Record, ...]
) -> None:
    registry = company(*records, resets_by_mail="yes")
    assert lost(registry, thing) == ["acme"]
    ranked = {each.about for each in ranking(registry, NOW) if each.kind != "domain"}
    assert ranked == {"ann", thing}


def test_without_a_tool_that_posts_the_company_can_do_less_and_loses_nothing() -> None:
    tool = (account("tool"), password("tool"), holds("ann"))
    grant = Grant(id="grant", tool="tool", account="acme", since=NOW)
    registry = company(*tool, account("acme", owner_roles=()), grant)
    gone = gone_tonight(registry, ["tool"], NOW)
    assert gone.lost == ()
    assert [(loss.account, loss.was, loss.now) for loss in gone.weaker] == [("acme", "post", None)]


def test_without_a_domain_all_its_mailboxes_are_gone_at_once() -> None:
    registry = company(
        account(owner_roles=(), login_mailboxes=since("one"), recovery_mailboxes=since("two")),
        mailbox("one", "ann"),
        mailbox("two", "ann"),
        resets_by_mail="yes",
    )
    assert lost(registry, "one") == []
    at_domain = [each.id for each in mailboxes_at(registry, "@Acme.Example", NOW)]
    assert at_domain == ["one", "two"]
    assert mailboxes_at(registry, "me.example", NOW) == []
    assert lost(registry, *at_domain) == ["acme"]
    assert Ranked("domain", "acme.example", 1) in ranking(registry, NOW)


def test_the_ranking_begins_with_what_most_hangs_on() -> None:
    registry = company(
        account("one", owner_roles=()),
        password("one"),
        saw("jan", "one"),
        account("two", owner_roles=()),
        password("two"),
        saw("jan", "two"),
        account("three", owner_roles=()),
        password("three"),
        saw("ann", "three"),
    )
    assert ranking(registry, NOW) == [Ranked("person", "jan", 2), Ranked("person", "ann", 1)]


def unproved(registry: Registry, *things: str) -> dict[str, list[str]]:
    found = gone_tonight(registry, things, NOW).unproved
    return {
        each.account: [seat.person or seat.role_account for seat in each.seats] for each in found
    }


def test_what_hangs_on_seats_that_nobody_confirmed_is_neither_lost_nor_harmless() -> None:
    seats = account(models=("seats",)), seat("jan", "full", confirmed_on=None)
    registry = company(*seats)
    gone = gone_tonight(registry, ["jan"], NOW)
    assert (gone.lost, gone.is_harmless) == ((), False)
    assert unproved(registry, "jan") == {"acme": ["jan"]}
    two = company(*seats, seat("ann", "owner", confirmed_on=None))
    assert unproved(two, "jan") == {"acme": ["ann", "jan"]}, "nobody knows whether Ann's works"
    assert unproved(company(*seats, seat("ann", "full")), "jan") == {}
    assert gone_tonight(company(*seats, seat("ann", "full")), ["jan"], NOW).is_harmless
    assert unproved(company(*seats, seat("ann", "post")), "ann") == {}, "it takes no such seat away"
    assert (
        unproved(company(account(models=("seats",)), seat("jan", "post", confirmed_on=None)), "jan")
        == {}
    )


def test_what_is_contained_in_an_account_hangs_on_the_unconfirmed_seats_of_that() -> None:
    page = account("page", models=("seats",), containers=since("acme"))
    registry = company(account(models=("seats",)), page, seat("jan", "full", confirmed_on=None))
    assert unproved(registry, "jan") == {"acme": ["jan"], "page": ["jan"]}


def test_the_unconfirmed_seat_of_a_role_account_goes_with_what_opens_that_account() -> None:
    tool = account("tool", owner_roles=(), login_mailboxes=since("web"))
    right = seat("", "full", role_account="tool", confirmed_on=None)
    records = (account(models=("seats",)), tool, mailbox("web", "ann"), right)
    assert unproved(company(*records, resets_by_mail="yes"), "web") == {"acme": ["tool"]}
    assert unproved(company(*records, resets_by_mail="no"), "web") == {}
