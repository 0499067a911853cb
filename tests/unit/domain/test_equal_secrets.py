"""One secret in two accounts: whoever knew it in the one knows it in the other."""

from __future__ import annotations

from typing import Any

from tests.unit.domain.company import (
    NOW,
    account,
    company,
    days,
    holds,
    of_jan,
    password,
    saw,
    since,
    version,
)
from vault.domain.changes import changes
from vault.domain.credential import Credential
from vault.domain.knowledge import could_know, debts, did_see
from vault.domain.ledger import changed_since, obligations
from vault.domain.neighbourhood import reach, surroundings
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.person import Person
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Role

SALES = (Role(id="sales", name="sales"), holds("ann"), holds("ann", "sales"))
THEIRS = account("theirs", owner_roles=since("sales"))


def stored(of: str, value: str, **fields: Any) -> Credential:
    """A password of an account that is kept here, with that fingerprint."""
    return password(of, version(stored=True, fingerprint=value, **fields))


SHARED: tuple[Record, ...] = (
    *(account(), stored("acme", "f1"), holds("jan")),
    *(*SALES, THEIRS, stored("theirs", "f1")),
)


def knows(registry: Registry, of: str = "theirs", at: int = 0) -> bool:
    credential = registry.get(f"password of {of}", Credential)
    return could_know(registry, "jan", credential, credential.versions[-1], days(at))


def planned(*records: Record) -> Plan:
    return plan(company(*records), Departure("jan", days(9).date()), NOW)


def test_who_could_know_a_secret_could_know_it_wherever_it_is_used() -> None:
    assert knows(company(*SHARED))
    assert not knows(company(*SHARED, stored("theirs", "f2")))
    assert not knows(company(*SHARED, stored("acme", ""), stored("theirs", "")))


def test_a_departure_changes_the_secret_in_both_places_and_says_why() -> None:
    made = planned(*SHARED)
    changed = {step.account for step in made.steps if step.act == "rotate_password"}
    assert changed == {"acme", "theirs"}
    assert made.verdict.sealed
    (tie,) = [tie for tie in made.ties if tie.account == "theirs"]
    same = "the same as the password of net/@acme"
    assert tie.why == (f"Jan could know the password of net/@theirs, {same}",)
    alone = planned(*SHARED, stored("theirs", "f2"))
    assert "theirs" not in {step.account for step in alone.steps}


def test_a_secret_that_was_given_up_or_replaced_elsewhere_is_known_still() -> None:
    old = version(1, days(-60), superseded_at=days(-30), stored=True, fingerprint="f1")
    assert knows(company(*SHARED, password("acme", old, version(2, days(-30)))))
    before = holds("jan", until=days(-40))
    assert not knows(company(*SHARED, stored("acme", "f1", current_from=days(-30)), before))


def test_what_hangs_on_the_other_account_is_near_and_the_account_itself_is_left_out() -> None:
    registry = company(*SHARED)
    assert reach(registry, "jan") == {"acme", "theirs"}
    part = surroundings(registry, ["theirs"])
    assert "acme" not in part
    for near in (part, surroundings(part, ["theirs"]), part.apply(()), part.without(["ann"])):
        assert knows(near)
    assert of_jan(part).why("theirs") == of_jan(registry).why("theirs")


def test_who_did_see_a_secret_did_see_it_wherever_it_is_used() -> None:
    registry = company(*SHARED, holds("jan", until=days(-400)), saw("jan"))
    theirs = registry.get("password of theirs", Credential)
    (seen,) = did_see(registry, "jan", theirs, 1)
    assert (seen.credential, seen.version, seen.how) == (theirs.id, 1, "entered")


def test_who_has_left_owes_the_secret_of_both_and_who_stays_that_of_the_other_role() -> None:
    jan = Person(id="jan", name="Jan", last_day=days(-5).date())
    registry = company(*SHARED, jan)
    owed = {credential.id for _, credential in debts(registry, NOW)}
    assert owed == {"password of acme", "password of theirs"}
    told = {o.credential for o in obligations(registry, NOW, ["jan"]) if o.is_open}
    assert told == owed
    theirs = registry.account("theirs")
    assert [each.answer for each in changed_since(registry, "jan", theirs, NOW)] == ["no"]


def test_fingerprints_that_change_are_compared_anew() -> None:
    registry = company(*SHARED, stored("theirs", "f2"))
    assert registry.equal_secrets == {}
    same = company(*SHARED).get("password of theirs", Credential)
    again = registry.apply(changes(same))
    assert set(again.equal_secrets["f1"]) == {"password of acme", "password of theirs"}
