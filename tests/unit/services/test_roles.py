"""Roles and second factors taken by hand: under the guards that a departure's steps have."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from vault.domain.account import Account
from vault.domain.factor import Factor
from vault.domain.person import Person
from vault.domain.role import Role
from vault.domain.spell import Spell
from vault.errors import NotFoundError, RefusedError, UsageError
from vault.services.editing import add_record, fresh_id
from vault.services.factors import end_factor
from vault.services.roles import assign_role, unassign_role
from vault.services.session import Session

DAY = timedelta(days=1)


class Office:
    """A role that owns an account, held by Eva, in a vault that the tests of a file share."""

    def __init__(self, session: Session, name: str) -> None:
        self.session = session
        self.now = session.env.now()
        self.role = add_record(session, Role(id=fresh_id(session), name=name))
        self.eva = self.person("Eva")
        self.bob = self.person("Bob")
        owned = (Spell(self.role.id, self.now - 400 * DAY),)
        new = Account(id=fresh_id(session), platform="x", handles=(), owner_roles=owned)
        self.account = add_record(session, new)
        assign_role(session, self.role, self.eva, self.now - 100 * DAY)

    def person(self, name: str) -> Person:
        """Add a person."""
        named = f"{name} of {self.role.name}"
        return add_record(self.session, Person(id=fresh_id(self.session), name=named))

    def give(self, begins: datetime) -> None:
        """Give Bob the role from a moment on."""
        assign_role(self.session, self.role, self.bob, begins)

    def take(self, ends: datetime, *, force: bool = False) -> datetime | None:
        """Take the role from Eva, and return when that ends."""
        return unassign_role(self.session, self.role, self.eva, ends, force=force).until


@pytest.fixture
def office(session: Session, request: pytest.FixtureRequest) -> Office:
    """Return a role with an account and one holder, of its own for each test."""
    return Office(session, request.node.name)


def test_the_last_holder_keeps_a_role_that_owns_something_unless_it_is_a_fact(
    office: Office,
) -> None:
    before = office.session.seq
    with pytest.raises(RefusedError, match="Nobody else holds the role") as refused:
        office.take(office.now)
    assert f"safehands role assign {office.role.id[:8]} PERSON" in refused.value.hint
    assert refused.value.hint.endswith("--force")
    assert office.session.seq == before
    assert office.take(office.now, force=True) == office.now


def test_the_past_is_recorded_as_it_was_where_somebody_holds_the_role_now(office: Office) -> None:
    office.give(office.now - 10 * DAY)
    assert office.take(office.now - 30 * DAY) == office.now - 30 * DAY


def test_what_is_to_end_later_is_judged_by_who_holds_the_role_then(office: Office) -> None:
    later = office.now + 30 * DAY
    with pytest.raises(RefusedError, match="Nobody else holds the role"):
        office.take(later)
    office.give(later - DAY)
    assert office.take(later) == later


def test_a_role_that_is_to_end_later_can_end_sooner_and_not_later(office: Office) -> None:
    office.give(office.now - 10 * DAY)
    later = office.now + 30 * DAY
    office.take(later)
    assert office.take(later - DAY) == later - DAY
    with pytest.raises(NotFoundError, match=f"does not hold the role .* on {later.date()}"):
        office.take(later)
    office.take(office.now)
    with pytest.raises(NotFoundError, match="does not hold the role"):
        office.take(office.now - 50 * DAY)


def test_a_role_does_not_end_before_it_began_with_force_or_without(office: Office) -> None:
    for force in (False, True):
        with pytest.raises(UsageError, match="is before"):
            office.take(office.now - 200 * DAY, force=force)


def test_the_only_second_factor_of_an_account_stays_unless_it_is_a_fact(office: Office) -> None:
    session, since = office.session, office.now - DAY
    app = Factor(id=fresh_id(session), account=office.account.id, method="totp", since=since)
    add_record(session, app)
    with pytest.raises(RefusedError, match="It is the only second factor") as refused:
        end_factor(session, app)
    assert f"safehands factor add {office.account.id[:8]} METHOD" in refused.value.hint
    key = Factor(id=fresh_id(session), account=office.account.id, method="passkey", since=since)
    add_record(session, key)
    assert end_factor(session, app).until is not None
    assert end_factor(session, key, force=True).until is not None
