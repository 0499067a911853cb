"""Plans of rotations and closings in words, to be read before they are started."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from tui.widgets.sheet import Section, in_title, numbered, section
from vault.domain.counting import several
from vault.domain.deactivation import Closing
from vault.domain.fate import UNKNOWN_GRACE
from vault.domain.instructions import called, title
from vault.domain.registry import Registry
from vault.domain.rotation_steps import RotationPlan
from vault.errors import SafehandsError
from vault.services.rotation import Target

Here = Callable[[str], str]
"""What a hint for the command line comes to here."""


class Look(NamedTuple):
    """One rotation that was planned, or why it cannot be."""

    target: Target
    plan: RotationPlan | None = None
    refusal: SafehandsError | None = None


def name_of(registry: Registry, target: Target) -> str:
    """Return what is to be changed, such as "x/@acme, password"."""
    secret = target.credential
    return (
        f"{target.account.label}, {called(registry, secret.id)}" if secret else target.account.label
    )


def rotation_title(registry: Registry, looks: Sequence[Look]) -> str:
    """Return what is looked at."""
    if len(looks) == 1:
        return f"Rotation of {in_title(name_of(registry, looks[0].target))}"
    return f"{several(len(looks), 'rotation')}, each a case of its own"


def rotation_sections(registry: Registry, looks: Sequence[Look], here: Here) -> list[Section]:
    """Return the steps of one rotation, or a line for each of several, in the order to do them."""
    if len(looks) == 1 and looks[0].plan is not None:
        return _rotation(registry, looks[0].plan, here)
    planned = [each for each in looks if each.plan is not None]
    blocked = [(each, b) for each in planned for b in (each.plan.blockers if each.plan else ())]
    return [
        numbered("In this order", (_in_a_line(registry, each) for each in planned)),
        section(
            "In the way",
            (f"{name_of(registry, look.target)}: {b.what}" for look, b in blocked),
            "✗",
        ),
        refusals(registry, ((each.target, each.refusal) for each in looks), here),
    ]


def refusals(
    registry: Registry, refused: Iterator[tuple[Target, SafehandsError | None]], here: Here
) -> Section:
    """Return what was refused and what to do about it; it stops nothing else."""
    lines = []
    for target, error in refused:
        if error is not None:
            lines.append(("✗", f"{name_of(registry, target)}: {error.message}"))
            lines += [("", f"→ {here(error.hint)}")] * bool(error.hint)
    return Section("Refused, which stops no other", lines)


def _in_a_line(registry: Registry, look: Look) -> str:
    plan = look.plan
    assert plan is not None  # noqa: S101  # only those are asked for
    steps = several(len(plan.steps), "step")
    return f"{name_of(registry, look.target)}: {steps}, by {plan.due} ({plan.rule.name})"


def _rotation(registry: Registry, plan: RotationPlan, here: Here) -> list[Section]:
    steps = (f"{title(registry, step)}, because {step.reason}" for step in plan.steps)
    return [
        section("", [f"By {plan.due}: its class is done in {plan.rule.name}."]),
        numbered("What it takes", steps),
        _ways("In the way", ((b.what, b.ways_out) for b in plan.blockers), here),
    ]


def _ways(heading: str, blockers: Iterator[tuple[str, Sequence[str]]], here: Here) -> Section:
    lines: list[tuple[str, str]] = []
    for what, ways in blockers:
        lines.append(("✗", what))
        lines += [("", f"→ {here(way)}") for way in ways]
    return Section(heading, lines)


def closing_title(registry: Registry, plans: Sequence[Closing]) -> str:
    """Return what is looked at."""
    if len(plans) == 1:
        return f"Closing of {in_title(registry.name_of(plans[0].account))}"
    return f"{several(len(plans), 'closing')}, each a case of its own"


def closing_sections(registry: Registry, plans: Sequence[Closing], here: Here) -> list[Section]:
    """Return the dates and steps of one closing, or a line for each, and what is in the way."""
    if len(plans) == 1:
        shown = _closing(registry, plans[0])
    else:
        lines = (f"{registry.name_of(each.account)}: {_dates(registry, each)}" for each in plans)
        shown = [numbered("", lines)]
    blockers = ((b.what, b.ways_out) for each in plans for b in each.blockers)
    ways = _ways("In the way of the last step", blockers, here)
    free = [] if ways.lines else [("✓", "Nothing needs what is closed after the last step.")]
    return [
        *shown,
        section("To know before", _cautions(registry, plans), "!"),
        ways,
        Section("", free),
    ]


def _dates(registry: Registry, plan: Closing) -> str:
    into = f"; it goes on in {registry.name_of(plan.into)}" if plan.into else ""
    until = plan.reversible_until
    undo = f"can be undone until {until}" if until else "nobody knows until when it can be undone"
    return f"closed by {plan.close_by}, {undo}{into}"


def _closing(registry: Registry, plan: Closing) -> list[Section]:
    steps = []
    for step in plan.steps:
        who = registry.name_of(step.assignee) if step.assignee else "nobody yet"
        wait = f", not before {step.not_before}" if step.not_before else ""
        steps.append(f"{title(registry, step)} ({who}, by {step.due}{wait})")
    dates = _dates(registry, plan)
    return [section("", [f"{dates[0].upper()}{dates[1:]}."]), numbered("What it takes", steps)]


def _cautions(registry: Registry, plans: Sequence[Closing]) -> Iterator[str]:
    """What is worth knowing before the first step, each said once."""
    graces = {registry.platform(registry.account(p.account)).name: p.grace_days for p in plans}
    for platform, grace in graces.items():
        if not grace:
            yield f"{platform}: {UNKNOWN_GRACE if grace is None else 'it cannot be undone'}"
    for plan in plans:
        if not plan.can_get_in:
            yield f"nobody who works here is known to get in to {registry.name_of(plan.account)}"
