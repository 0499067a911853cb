"""Closing accounts of random companies: what the plan says is what comes of carrying it out."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import fewer
from tests.property.strategies import NOW, registries
from vault.domain.access import Access, company_side, leaver_side
from vault.domain.account import Account
from vault.domain.cases import Case, Progress
from vault.domain.changes import changes
from vault.domain.deactivation import Closing, Wish, closings, still_open
from vault.domain.dependants import dependants
from vault.domain.effects import effect
from vault.domain.guards import objection
from vault.domain.person import Person
from vault.domain.registry import Registry


@st.composite
def batches(draw: st.DrawFn) -> tuple[Registry, list[Closing]]:
    """Draw a company, and the plans of closing some of its accounts together."""
    registry = draw(registries())
    live = sorted(a.id for a in registry.all(Account) if registry.is_live(a, NOW))
    some = st.lists(st.sampled_from(live), unique=True, min_size=1, max_size=4)
    chosen = draw(some) if live else []
    return registry, closings(registry, [Wish(account=each) for each in chosen], NOW)


def carried_out(registry: Registry, plans: list[Closing]) -> tuple[Registry, list[str]]:
    """Return the registry after all steps, account by account, and what the guards object to."""
    objections = []
    for plan in plans:
        for step in plan.steps:
            said = objection(registry, step, NOW)
            objections += [said] if said else []
            registry = registry.apply(effect(registry, step, NOW, ""))
    return registry, objections


@fewer
@given(batches())
def test_one_step_after_the_other_leads_to_what_was_planned(
    batch: tuple[Registry, list[Closing]],
) -> None:
    registry, plans = batch
    after, _ = carried_out(registry, plans)
    for plan in plans:
        order = [step.id for step in plan.steps]
        assert all(
            order.index(needed) < order.index(step.id)
            for step in plan.steps
            for needed in step.depends_on
        )
        account = after.account(plan.account)
        assert not after.is_live(account, NOW)
        assert tuple(dependants(after, account, NOW)) == plan.blockers


@fewer
@given(batches())
def test_a_plan_that_holds_is_carried_out_and_nobody_gets_in_any_more(
    batch: tuple[Registry, list[Closing]],
) -> None:
    registry, plans = batch
    for plan in plans:
        if not plan.holds or len(plans) > 1:
            continue
        after, objections = carried_out(registry, [plan])
        assert objections == []
        everybody = leaver_side(*(person.id for person in after.all(Person)))
        assert not Access(after, everybody, NOW).controls(plan.account)


@fewer
@given(batches())
def test_where_nothing_needs_it_the_company_loses_no_other_account_that_is_to_stay(
    batch: tuple[Registry, list[Closing]],
) -> None:
    registry, plans = batch
    if not all(plan.holds for plan in plans):
        return
    after, _ = carried_out(registry, plans)
    company = company_side(registry, NOW)
    before_, after_ = (Access(each, company, NOW).controlled() for each in (registry, after))
    closing = {each.id for each in registry.all(Account) if each.state == "closing"}
    assert before_ - after_ <= {plan.account for plan in plans} | closing


def all_but_archived(registry: Registry, plans: list[Closing]) -> Registry:
    """Return the registry after each step but the last of each plan, with a case for each."""
    for plan in plans:
        for step in plan.steps[:-1]:
            registry = registry.apply(effect(registry, step, NOW, ""))
        *done, last = plan.steps
        progress = (*(Progress(step, "applied", applied_at=NOW) for step in done), Progress(last))
        case = Case(
            id=f"closing of {plan.account}",
            what="deactivation",
            account=plan.account,
            opened_at=NOW,
            progress=progress,
        )
        registry = registry.apply(changes(case))
    return registry


@fewer
@given(batches(), st.randoms(use_true_random=False))
def test_accounts_closed_in_one_act_can_all_be_archived_in_any_order(
    batch: tuple[Registry, list[Closing]], dice: Random
) -> None:
    registry, plans = batch
    if not all(plan.holds for plan in plans):
        return
    registry, order = all_but_archived(registry, plans), list(plans)
    dice.shuffle(order)
    for plan in order:
        assert objection(registry, plan.steps[-1], NOW) == ""
        registry = registry.apply(effect(registry, plan.steps[-1], NOW, ""))
        case = registry.get(f"closing of {plan.account}", Case)
        assert list(still_open(registry, case, NOW)) == []
