"""What no plan touches: accounts that are being closed, and addresses that cannot be changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.conftest import fewer
from tests.property.strategies import LONG_AGO, NOW, TODAY, departures, registries
from tests.property.test_departure import MIDDLING
from vault.domain.account import Account
from vault.domain.changes import changes
from vault.domain.grace import is_closing
from vault.domain.mailbox import Mailbox
from vault.domain.offboarding import Departure, plan
from vault.domain.registry import Registry
from vault.domain.review import Review
from vault.domain.reviews import is_there, snapshot, why_not, work
from vault.domain.rotation_policy import USUAL
from vault.domain.rotation_steps import plan_rotation, secrets_to_change
from vault.domain.spell import Spell
from vault.domain.steps import LOGIN_ACTS, SEAT_ACTS, Step
from vault.errors import RefusedError


@st.composite
def barred(draw: st.DrawFn) -> tuple[Registry, Departure]:
    """A departure where every third account is being closed, and most addresses are fixed.

    The others hang on the mailbox of somebody who left, and have one of their role to move to.
    """
    registry = draw(registries(MIDDLING))
    left = replace(registry.person("person-1"), last_day=TODAY - timedelta(days=9))
    old = Mailbox(id="old", address="old@acme.example", owner=left.id)
    new = Mailbox(id="new", address="new@acme.example", owner="role-0", proven_at=LONG_AGO)
    accounts = sorted(registry.all(Account), key=lambda account: account.id)
    hanging = {
        "owner_roles": (Spell("role-0", LONG_AGO),),
        "login_mailboxes": (Spell(old.id, LONG_AGO),),
    }
    records = [
        replace(account, **hanging) if number % 3 else replace(account, state="closing")
        for number, account in enumerate(accounts, 1)
    ]
    platforms = tuple(
        replace(each, login_mail_changeable="no" if number % 3 else "yes")
        for number, each in enumerate(registry.catalogue.platforms, 1)
    )
    catalogue = replace(registry.catalogue, platforms=platforms)
    whole = registry.apply(changes(left, old, new, *records))
    registry = Registry(whole.records(), catalogue)
    return registry, draw(departures(registry))


def _rotating(registry: Registry) -> Iterator[Step]:
    for account in registry.all(Account):
        secrets = []
        with suppress(RefusedError):
            secrets = secrets_to_change(registry, account, NOW)
        for secret in (*secrets, None):
            with suppress(RefusedError):  # there may be nothing to change, which is told
                yield from plan_rotation(
                    registry, account, secret, at=NOW, by="", policy=USUAL
                ).steps


def _reviewing(registry: Registry) -> Iterator[Step]:
    for tie in snapshot(registry, Review(id="review", name="Autumn", started_at=NOW)):
        steps = list(work(registry, tie, NOW))
        assert steps or why_not(registry, tie, NOW) or not is_there(registry, tie, NOW)
        yield from steps


@fewer
@given(barred())
def test_no_plan_sends_anybody_to_log_in_to_what_is_being_closed_or_to_change_a_fixed_address(
    case: tuple[Registry, Departure],
) -> None:
    registry, departure = case
    steps = (*plan(registry, departure, NOW).steps, *_rotating(registry), *_reviewing(registry))
    for step in steps:
        if step.act in LOGIN_ACTS | SEAT_ACTS:
            assert not is_closing(registry, step.account)
        if step.act == "change_login_mail":
            platform = registry.platform(registry.account(step.account))
            assert platform.login_mail_changeable != "no"
