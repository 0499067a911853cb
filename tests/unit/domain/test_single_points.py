from __future__ import annotations

from random import Random

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
from vault.domain.access import Access, company_side
from vault.domain.person import Person
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.single_points import single_points, sole_controllers


def points(registry: Registry) -> list[tuple[str, str, str]]:
    return [(p.kind, p.about, p.person) for p in single_points(registry, NOW)]


def test_an_account_hangs_on_the_only_one_who_knows_its_password() -> None:
    registry = company(account(owner_roles=()), password(), saw("jan"))
    assert sole_controllers(registry, NOW) == {"acme": {"jan"}}


def test_an_account_two_people_get_into_each_alone_hangs_on_nobody() -> None:
    registry = company(account(owner_roles=()), password(), saw("jan"), saw("ann"))
    assert sole_controllers(registry, NOW) == {}


def test_an_account_hangs_on_each_of_two_who_are_both_needed() -> None:
    registry = company(account(owner_roles=()), password(), saw("jan"), totp("acme", "ann"))
    assert sole_controllers(registry, NOW) == {"acme": {"jan", "ann"}}


def test_a_second_way_in_takes_an_account_off_the_list() -> None:
    records: tuple[Record, ...] = (account(owner_roles=()), password(), saw("jan"))
    assert sole_controllers(company(*records, seat("ann", "full")), NOW) == {}
    assert sole_controllers(company(*records, seat("ann", "post")), NOW) == {"acme": {"jan"}}


def test_an_account_nobody_gets_into_hangs_on_nobody() -> None:
    assert sole_controllers(company(account(), password()), NOW) == {}


def test_a_role_with_one_holder_is_told_and_so_is_what_it_alone_reads_and_has() -> None:
    registry = company(
        account(login_mailboxes=since("box")),
        mailbox("box", "webcare"),
        totp("acme", "webcare"),
        holds("jan"),
        holds("ann", until=days(-1)),
        Role(id="old", name="old", until=days(-5)),
    )
    assert points(registry) == [
        ("role", "webcare", "jan"),
        ("mailbox", "box", "jan"),
        ("factor", "factor of acme", "jan"),
    ]


def test_a_mailbox_nothing_hangs_on_and_a_former_colleague_are_left_out() -> None:
    gone = Person(id="jan", name="Jan", last_day=days(-10).date())
    registry = company(mailbox("box", "ann"), gone, holds("jan"))
    assert points(registry) == []


@pytest.mark.parametrize("seed", range(40))
def test_the_same_accounts_are_lost_as_when_one_after_the_other_is_left_out(seed: int) -> None:
    registry = _anything(Random(seed))  # noqa: S311  # examples, not secrets
    sole = sole_controllers(registry, NOW)
    with_all = Access(registry, company_side(registry, NOW), NOW).controlled("full")
    for person in registry.all(Person):
        without = company_side(registry, NOW, without=(person.id,))
        lost = with_all - Access(registry, without, NOW).controlled("full")
        assert {a for a, people in sole.items() if person.id in people} == lost


def _anything(random: Random) -> Registry:
    """A company in which accounts hang on people, roles, mailboxes and each other in any way."""
    people = [Person(id=name, name=name) for name in ("ann", "jan", "eva", "tom")]
    ids = [person.id for person in people]
    accounts = [f"a{number}" for number in range(5)]

    def some(of: list[str], most: int = 2) -> list[str]:
        return random.sample(of, random.randint(0, most))

    records: list[Record] = [*people, *(holds(each) for each in some(ids, 3))]
    records += [mailbox(name, *some([*ids, "webcare"])) for name in ("box", "post")]
    for name in accounts:
        records.append(
            account(
                name,
                owner_roles=since(*some(["webcare"], 1)),
                login_mailboxes=since(*some(["box", "post"], 1)),
                sign_in_accounts=since(*some(accounts, 1)),
                containers=since(*some(accounts, 1)),
            )
        )
        records.append(password(name, version(stored=random.random() < 0.2)))
        records += [saw(each, name) for each in some(ids)]
        records += [totp(name, *some(ids))] if random.random() < 0.4 else []
        records += [
            seat(each, random.choice(["owner", "full", "post"]), name) for each in some(ids)
        ]
    return company(*records, resets_by_mail=random.choice(["yes", "no"]))
