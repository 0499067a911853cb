"""Resets: who is cut off at once cannot undo a new password by the mail or phone that is theirs."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.conftest import fewer
from tests.property.strategies import NOW
from tests.property.test_departure import Moment, carried_out, cases
from tests.property.told import on
from vault.domain.changes import changes
from vault.domain.effects import effect
from vault.domain.mailbox import Mailbox
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.phone import Phone
from vault.domain.platforms import Platform
from vault.domain.registry import Registry
from vault.domain.simulation import TICK
from vault.domain.spell import Spell
from vault.domain.steps import Step


@st.composite
def cut_off(draw: st.DrawFn) -> tuple[Registry, Departure]:
    """An immediate departure of somebody with whom most resets of the company end up."""
    registry, departure = draw(cases())
    who, begun = departure.person, (Spell(departure.person, NOW - 9 * TICK),)
    owned = [
        replace(box, owner=who, type=draw(st.sampled_from(("personal", "licensed"))), until=None)
        for box in sorted(registry.all(Mailbox), key=lambda box: box.id)[:1]
    ]
    phones = sorted(registry.all(Phone), key=lambda phone: phone.id)
    carried = [replace(phone, carriers=begun, until=None) for phone in phones[:1]]
    registry = registry.apply(changes(*owned, *carried))
    return registry, Departure(who, departure.last_day, "immediate", departure.successors)


def _resets(moment: Moment, account_id: str) -> Iterator[str]:
    """What the leaver has that a password can be reset by, as section 2 of the model says it."""
    account, side = moment.registry.account(account_id), moment.leaver
    platform = moment.records.platform(account)
    has_login = set(account.models or platform.models) != {"seats"}
    if not has_login or not _passes_second_factor(moment, account_id, platform):
        return
    if side.helps(platform.resets_by_mail):
        addresses = on((*account.login_mailboxes, *account.recovery_mailboxes), moment.at)
        yield from (each for each in addresses if ("reads", each) in side.facts)
    if side.helps(platform.resets_by_phone):
        numbers = on(moment.records.numbers(account), moment.at)
        yield from (each for each in numbers if ("receives", each) in side.facts)


def _passes_second_factor(moment: Moment, account_id: str, platform: Platform) -> bool:
    side = moment.leaver
    asked = side.asked(moment.registry.account(account_id))
    codes = [
        secret.id
        for secret in moment.registry.credentials_of.get(account_id, ())
        if secret.what == "recovery_codes"
    ]
    return (
        not asked
        or not side.hinders(platform.reset_keeps_second_factor)
        or any(("has", factor.id) in side.facts for factor in asked)
        or any(("knows", each) in side.facts for each in codes)
    )


def _undone(made: Plan, step: Step, after: Moment) -> set[str]:
    """By what the leaver can reset a password that a step made, and nothing in the plan says so."""
    if step.act != "rotate_password" or step.account in {b.account for b in made.blockers}:
        return set()
    return set(_resets(after, step.account))


@fewer
@given(cut_off())
def test_who_is_cut_off_at_once_cannot_reset_what_was_just_changed_or_a_blocker_says_so(
    case: tuple[Registry, Departure],
) -> None:
    registry, departure = case
    made = plan(registry, departure, NOW)
    for step, _, after in carried_out(registry, departure, made.steps).pairs():
        assert _undone(made, step, after) == set()


@fewer
@given(cut_off(), st.integers(0, 2**32))
def test_nor_in_any_order_that_the_plan_allows_but_by_a_phone_that_a_caution_names(
    case: tuple[Registry, Departure], seed: int
) -> None:
    registry, departure = case
    made = plan(registry, departure, NOW)
    if made.blockers:
        return
    random, at = Random(seed), NOW
    waiting, done = list(made.steps), set[str]()
    while waiting:
        at += TICK
        step = random.choice([s for s in waiting if done.issuperset(s.depends_on)])
        registry = registry.apply(effect(registry, step, at, step.assignee))
        waiting.remove(step)
        done.add(step.id)
        for each in _undone(made, step, Moment(registry, at, departure)):
            number = registry.get(each, Phone).number
            assert any(number in told for told in made.cautions)
