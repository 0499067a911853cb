from __future__ import annotations

from typing import Any

import pytest

from tests.unit.domain.company import NOW, account, company, days, password, saw, since, version
from vault.domain.credential import Credential, Exposure
from vault.domain.knowledge import knowledge_debt
from vault.domain.ledger import Obligation, accounts_known, changed_since, obligations
from vault.domain.person import Person
from vault.domain.record import Record
from vault.domain.role import Assignment
from vault.domain.spell import Spell

FIRST = version(1, days(-60), superseded_at=days(-10))
TWO_VERSIONS = (FIRST, version(2, days(-10)))


def held(person: str, since_day: int, until_day: int | None, name: str = "held") -> Assignment:
    until = None if until_day is None else days(until_day)
    return Assignment(
        id=f"{name} {person}", person=person, role="webcare", since=days(since_day), until=until
    )


def owed(*records: Record, at: int = 0, **facts: Any) -> list[Obligation]:
    return obligations(company(account(), *records, **facts), days(at))


def test_who_loses_the_role_leaves_an_obligation_until_the_password_is_changed() -> None:
    (one,) = owed(password("acme", *TWO_VERSIONS), held("jan", -50, -30))
    assert (one.person, one.version, one.how, one.saw) == ("jan", 1, ("role",), False)
    assert (one.known_since, one.arose_at) == (days(-50), days(-30))
    assert (one.closed_at, one.closed_how) == (days(-10), "changed")


def test_as_it_stood_then_an_obligation_is_open_and_before_it_arose_there_is_none() -> None:
    records = (password("acme", *TWO_VERSIONS), held("jan", -50, -30))
    (then,) = owed(*records, at=-20)
    assert (then.closed_at, then.closed_how) == (None, "")
    assert owed(*records, at=-40) == []


def test_two_overlapping_leavers_each_have_an_obligation_of_their_own() -> None:
    found = owed(password("acme", *TWO_VERSIONS), held("jan", -50, -30), held("ann", -50, -20))
    assert [(o.person, o.arose_at, o.closed_at) for o in found] == [
        ("jan", days(-30), days(-10)),
        ("ann", days(-20), days(-10)),
    ]


def test_nobody_owes_for_a_version_that_came_after_them_or_while_they_hold_the_role() -> None:
    assert owed(password("acme", *TWO_VERSIONS), held("jan", -90, -70)) == []
    assert owed(password("acme", *TWO_VERSIONS), held("jan", -50, None)) == []


def test_who_has_left_owes_though_nobody_ended_the_role() -> None:
    jan = Person(id="jan", name="Jan", last_day=days(-5).date())
    (one,) = owed(password("acme", *TWO_VERSIONS), held("jan", -50, None), jan)
    assert (one.version, one.closed_how) == (2, "")
    assert knowledge_debt(company(account(), password(), held("jan", -50, None), jan), NOW) == 1


def test_who_gets_the_role_back_and_loses_it_again_has_two() -> None:
    first, second = held("jan", -50, -40), held("jan", -30, -20, "again")
    found = owed(password("acme", *TWO_VERSIONS), first, second)
    assert [(o.arose_at, o.closed_at, o.closed_how) for o in found] == [
        (days(-40), days(-30), "entitled"),
        (days(-20), days(-10), "changed"),
    ]


def test_to_have_seen_it_is_told_apart_from_being_able_to() -> None:
    records = (password(), saw("jan", at=days(-20)), held("jan", -50, -30))
    assert [(o.how, o.saw) for o in owed(*records)] == [(("role", "entered"), True)]
    assert [(o.how, o.saw) for o in owed(*records, at=-25)] == [(("role",), False)]
    (one,) = owed(password(), saw("jan", at=days(-40)))
    assert (one.how, one.saw, one.arose_at) == (("entered",), True, days(-40))


def test_what_was_merely_assumed_is_withdrawn_when_the_source_says_so() -> None:
    guess = saw("jan", how="assumed", at=days(-40), until=days(-30))
    (one,) = owed(password(), guess)
    assert (one.saw, one.closed_at, one.closed_how) == (False, days(-30), "withdrawn")


@pytest.mark.parametrize(
    ("closed", "how"),
    [
        ({"until": days(-9)}, "ended"),
        ({"account": days(-9)}, "account_closed"),
    ],
)
def test_an_obligation_ends_with_the_secret_or_with_the_account(closed: Any, how: str) -> None:
    gone = account(until=closed.pop("account", None))
    (one,) = owed(password("acme", **closed), saw("jan", at=days(-40)), gone)
    assert (one.closed_at, one.closed_how) == (days(-9), how)


def test_a_former_member_owes_every_secret_that_the_vault_kept() -> None:
    kept = password("acme", version(1, days(-60), stored=True))
    jan = Person(
        id="jan",
        name="Jan",
        memberships=(Spell("key", days(-50), days(-20)),),
        last_day=days(-19).date(),
    )
    registry = company(account(owner_roles=()), kept, jan)
    (one,) = obligations(registry, NOW)
    assert (one.how, one.saw, one.arose_at) == (("member",), False, days(-20))
    assert knowledge_debt(registry, NOW) == 1


def test_who_owned_an_account_themselves_owes_as_somebody_with_a_role_does() -> None:
    own = account(owner_roles=since("jan", until=days(-20)))
    (one,) = obligations(company(own, password()), NOW)
    assert (one.person, one.how, one.arose_at) == ("jan", ("role",), days(-20))


def test_what_a_leaver_saw_and_nobody_changed_is_owed_for_every_kind_of_secret() -> None:
    token = Credential(id="token", account="acme", what="api_token", versions=(version(),))
    seen = Exposure(
        id="seen", credential="token", version=1, person="jan", how="copied", at=days(-40)
    )
    (one,) = owed(token, seen)
    assert (one.credential, one.how, one.saw) == ("token", ("copied",), True)
    assert knowledge_debt(company(account(), token, seen), NOW) == 0


def test_it_is_said_of_each_secret_whether_it_changed_since_somebody_knew_it() -> None:
    knew = (password("acme", *TWO_VERSIONS), held("jan", -50, -30))
    registry = company(account(), *knew)
    (told,) = changed_since(registry, "jan", registry.account("acme"), NOW)
    assert (told.answer, told.version, told.current) == ("yes", 1, 2)
    assert (told.known_since, told.changed_at) == (days(-50), days(-10))
    (before,) = changed_since(registry, "jan", registry.account("acme"), days(-20))
    assert (before.answer, before.version, before.changed_at) == ("no", 1, None)
    (never,) = changed_since(registry, "ann", registry.account("acme"), NOW)
    assert (never.answer, never.version) == ("never", None)


def test_what_nobody_recorded_is_unknown_and_not_changed() -> None:
    nothing = company(account(), password("acme", version(1, days(-60), retired_at=days(-5))))
    records = company(*nothing.records(), held("jan", -50, -30))
    (told,) = changed_since(records, "jan", records.account("acme"), NOW)
    assert told.answer == "unknown"


def test_the_accounts_a_person_could_know_are_the_open_ones_they_ever_could() -> None:
    others = (account("other", owner_roles=since("sales")), password("other"))
    gone = (account("gone", until=days(-1)), password("gone"))
    registry = company(account(), password(), *others, *gone, held("jan", -50, -30))
    assert [a.id for a in accounts_known(registry, "jan", NOW)] == ["acme"]
