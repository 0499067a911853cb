"""The rules on companies that use a secret in many places: whoever knew it in one knows it in all.

Random registries seldom are in such a mess, so these are: the checks are those of other files.
"""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.conftest import fewer
from tests.property import test_access as access
from tests.property import test_departure as departure
from tests.property import test_ledger as ledger
from tests.property.strategies import Maker, Sizes, departures
from vault.domain.changes import changes
from vault.domain.credential import Credential, Version
from vault.domain.person import Person
from vault.domain.record import Record
from vault.domain.registry import Registry

CHECKS = (
    access.test_the_closure_is_what_the_rules_say,
    access.test_the_surroundings_of_what_a_leaver_reaches_decide_it,
    access.test_an_island_decides_about_its_accounts_alone,
    ledger.test_a_secret_is_owed_at_every_moment_at_which_the_records_say_so,
    ledger.test_the_ledger_and_the_headline_count_the_same_debt,
    ledger.test_what_was_told_of_the_past_stays_told_but_for_how_it_was_closed,
    ledger.test_a_secret_has_changed_where_it_was_known_and_the_one_in_use_is_not,
)
PLANS = (
    departure.test_the_verdict_is_what_the_rules_say_and_what_was_planned_is_what_happens,
    departure.test_no_step_of_a_plan_is_idle,
)
SIZES = Sizes(6, 4, 3, 2, 3, 8, 6, 2, 9, 12, 2, 2)


@st.composite
def reusing(draw: st.DrawFn) -> Registry:
    """A registry with two secrets for all that is stored, which nobody can open the vault for."""
    seed = draw(st.integers(0, 2**32))
    registry, random = Maker(SIZES, seed).registry(), Random(seed)
    made: list[Record] = [replace(p, memberships=()) for p in registry.all(Person)]
    for credential in sorted(registry.all(Credential), key=lambda c: c.id):
        versions = tuple(_with_value(v, random.choice("ab")) for v in credential.versions)
        made.append(replace(credential, versions=versions))
    return registry.apply(changes(*made))


def _with_value(version: Version, value: str) -> Version:
    return replace(version, fingerprint=value if version.stored else "")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__[5:])
@fewer
@given(registry=reusing())
def test_equal_secrets_are_one_secret(check: Any, registry: Registry) -> None:
    check.hypothesis.inner_test(registry)


@pytest.mark.parametrize("check", PLANS, ids=lambda check: check.__name__[5:])
@settings(max_examples=max(25, settings().max_examples // 40))  # each takes a third of a second
@given(data=st.data())
def test_a_plan_takes_equal_secrets_for_one(check: Any, data: st.DataObject) -> None:
    registry = data.draw(reusing())
    check.hypothesis.inner_test((registry, data.draw(departures(registry))))
