"""Who takes over a role by a plan: they hold it in the end."""

from __future__ import annotations

from dataclasses import replace as with_fields
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.conftest import fewer
from tests.property.strategies import LONG_AGO, NOW
from tests.property.test_departure import carried_out, cases
from vault.domain.changes import changes
from vault.domain.offboarding import Departure, plan, staying
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.spell import Spell
from vault.domain.ties import holds_role


@st.composite
def among_leavers(draw: st.DrawFn) -> tuple[Registry, Departure]:
    """A departure in a company where others leave later, and somebody may take over the rest."""
    registry, departure = draw(cases())
    rest: dict[str, str] = {role: each for role, each in departure.successors.items() if not role}
    if draw(st.booleans()):
        departure = with_fields(departure, successors=rest)
    stay = {
        departure.person,
        *departure.successors.values(),
        *draw(st.sets(st.sampled_from(sorted(p.id for p in registry.all(Person))), max_size=2)),
    }
    later = departure.last_day + timedelta(days=400)
    leaving = (replace(p, last_day=later) for p in registry.all(Person) if p.id not in stay)
    return registry.apply(changes(*leaving)), departure


@fewer
@given(among_leavers())
def test_whoever_a_plan_says_takes_over_a_role_holds_it_after_the_last_step(
    case: tuple[Registry, Departure],
) -> None:
    registry, departure = case
    made = plan(registry, departure, NOW)
    staff = staying(registry, departure, NOW)
    walk = carried_out(registry, departure, made.steps)
    stuck = {each.step for each in made.verdict.stuck}
    blocked = {step.target for step in made.steps if step.id in stuck}
    last = walk.moments[-1]
    for role in registry.all(Role):
        held = holds_role(registry, departure.person, role.id, NOW)
        taker = staff.takes_over(role.id) if held else ""
        if taker and role.id not in blocked:
            assert holds_role(last.registry, taker, role.id, last.at), role.name


@fewer
@given(among_leavers())
def test_whoever_a_phone_goes_to_receives_its_codes_after_the_last_step(
    case: tuple[Registry, Departure],
) -> None:
    """A role that is given a phone has, or is given, somebody who stays to carry it."""
    registry, departure = case
    first = min(registry.all(Phone), key=lambda phone: phone.id, default=None)
    if first is not None:
        carried = replace(first, carriers=(Spell(departure.person, LONG_AGO),), until=None)
        registry = registry.apply(changes(replace(carried, contract="")))
    made = plan(registry, departure, NOW)
    last = carried_out(registry, departure, made.steps).moments[-1]
    stuck = {each.step for each in made.verdict.stuck}
    blocked = {step.target for step in made.steps if step.id in stuck}
    for step in made.steps:
        if step.act == "collect_device" and step.to not in {"", *blocked}:
            phone = last.registry.find(step.target)
            received = ("receives", step.target) in last.company.facts
            assert received or not isinstance(phone, Phone), step
