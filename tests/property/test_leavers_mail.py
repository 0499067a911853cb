"""Mailboxes of the company in a departure: when the leaver reads none any more, and who does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.conftest import fewer
from tests.property.strategies import NOW
from tests.property.test_departure import Moment, carried_out, cases
from vault.domain.changes import changes
from vault.domain.mailbox import Mailbox
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.registry import Registry
from vault.domain.spell import current
from vault.domain.steps import Act, Step
from vault.domain.ties import holds_role
from vault.domain.whose import is_private


@st.composite
def own_mailboxes(draw: st.DrawFn) -> tuple[Registry, Departure]:
    """A departure of somebody to whom a mailbox of the company belongs, if there is any."""
    registry, departure = draw(cases())
    boxes = sorted(registry.all(Mailbox), key=lambda box: box.id)[:1]
    owned = (replace(b, owner=departure.person, type="licensed", until=None) for b in boxes)
    return registry.apply(changes(*owned)), departure


def _stuck(made: Plan) -> list[Step]:
    stuck = {each.step for each in made.verdict.stuck}
    return [step for step in made.steps if step.id in stuck]


def _still_read(made: Plan, moment: Moment, act: Act) -> set[str]:
    """The company's mailboxes that the leaver reads, but by a role, or where an act is stuck."""
    registry, leaver = moment.registry, made.person
    kept = {step.target for step in _stuck(made) if step.act == act}
    found = set()
    for box in registry.all(Mailbox):
        roles = [r for r in current(box.readers, moment.at) if r != leaver]
        by_role = any(holds_role(registry, leaver, role, moment.at) for role in roles)
        read = moment.leaver.pasts[leaver].is_let_into(box, moment.at)
        if read and not (is_private(registry, box) or by_role or box.id in kept):
            found.add(box.id)
    return found


@fewer
@given(own_mailboxes())
def test_who_is_cut_off_at_once_reads_no_mailbox_of_the_company_before_any_account_is_touched(
    case: tuple[Registry, Departure],
) -> None:
    """But by a role that nobody else could hold: its mailboxes are kept, and a blocker says so."""
    registry, departure = case
    made = plan(registry, departure, NOW)
    if made.mode == "planned":
        return
    walk = carried_out(registry, departure, made.steps)
    befores = [before for step, before, _ in walk.pairs() if step.account]
    first = (befores or [walk.moments[-1]])[0]
    assert _still_read(made, first, "block_mailbox") == set()
    ended = {s.target for s in walk.steps if s.act == "end_role_assignment"}
    held = (t for t in made.ties if t.kind == "role" and t.target not in ended)
    assert {tie.target for tie in held} <= {step.target for step in _stuck(made)}


@fewer
@given(own_mailboxes())
def test_the_mailbox_of_who_left_is_read_by_who_stays_and_by_nobody_else(
    case: tuple[Registry, Departure],
) -> None:
    registry, departure = case
    made = plan(registry, departure, NOW)
    walk = carried_out(registry, departure, made.steps)
    assert _still_read(made, walk.moments[-1], "release_mailbox") == set()
    for step, _, after in walk.pairs():
        if step.act == "block_mailbox":
            assert not after.registry.get(step.target, Mailbox).lets_in(step.person, after.at)
            assert not step.to or ("reads", step.target) in after.company.facts
