"""Plans of rotations and closings in words, to be read before they are started."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from tui.widgets.sheet import Section, in_title, numbered, section
from vault.domain.cautions import before_closing
from vault.domain.counting import several
from vault.domain.deactivation import Closing
from vault.domain.instructions import called, title
from vault.domain.registry import Registry
from vault.domain.rotation_steps import RotationPlan
from vault.domain.ways_out import Blocker
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
    return ", ".join(_names(registry, target))


def _names(registry: Registry, target: Target) -> list[str]:
    secret = [called(registry, target.credential.id)] if target.credential else []
    return [target.account.label, *secret]


def rotation_title(registry: Registry, looks: Sequence[Look]) -> str:
    """Return what is looked at."""
    if len(looks) == 1:
        names = _names(registry, looks[0].target)  # each cut by itself: together they wrap
        return f"Rotation of {', '.join(map(in_title, names))}"
    return f"{several(len(looks), 'rotation')}, each a case of its own"


def rotation_sections(registry: Registry, looks: Sequence[Look], here: Here) -> list[Section]:
    """Return the steps of one rotation, or a line for each of several, in the order to do them."""
    if len(looks) == 1 and looks[0].plan is not None:
        return _rotation(registry, looks[0].plan, here)
    planned = [(each.target, each.plan) for each in looks if each.plan is not None]
    blocked = [(target, b) for target, plan in planned for b in plan.blockers]
    return [
        numbered("In this order", (_in_a_line(registry, *each) for each in planned)),
        section(
            "In the way",
            (f"{name_of(registry, target)}: {b.what}" for target, b in blocked),
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


def _in_a_line(registry: Registry, target: Target, plan: RotationPlan) -> str:
    steps = several(len(plan.steps), "step")
    return f"{name_of(registry, target)}: {steps}, by {plan.due} ({plan.terms.name})"


def _rotation(registry: Registry, plan: RotationPlan, here: Here) -> list[Section]:
    steps = (f"{title(registry, step)} ({step.reason})" for step in plan.steps)
    return [
        section("", [f"By {plan.due} (class {plan.terms.name})."]),
        numbered("What it takes", steps),
        _ways("In the way", plan.blockers, here),
    ]


def _ways(heading: str, blockers: Iterable[Blocker], here: Here) -> Section:
    lines: list[tuple[str, str]] = []
    for blocker in blockers:
        lines.append(("✗", blocker.what))
        lines += [("", f"→ {here(way.text)}") for way in blocker.ways_out]
    return Section(heading, lines)


def closing_title(registry: Registry, plans: Sequence[Closing]) -> str:
    """Return what is looked at."""
    if len(plans) == 1:
        return f"Closing of {in_title(registry.name_of(plans[0].account))}"
    return f"{several(len(plans), 'closing')}, each a case of its own"


def closing_sections(registry: Registry, plans: Sequence[Closing], here: Here) -> list[Section]:
    """Return dates, what is in the way, and the steps of one closing, or a line for each."""
    if len(plans) == 1:
        shown = _closing(registry, plans[0])
    else:
        lines = (f"{registry.name_of(each.account)}: {_dates(registry, each)}" for each in plans)
        shown = [Section("", []), numbered("Each", lines)]
    blockers = (blocker for each in plans for blocker in each.blockers)
    ways = _ways("In the way of the last step", blockers, here)
    if not ways.lines:
        ways = section("", ["Nothing needs what is closed after the last step."], "✓")
    dates, steps = shown
    return [dates, ways, section("To know before", before_closing(registry, plans), "!"), steps]


def _dates(registry: Registry, plan: Closing) -> str:
    into = f"; it goes on in {registry.name_of(plan.into)}" if plan.into else ""
    return f"closed by {plan.close_by}, {plan.undoing}{into}"


def _closing(registry: Registry, plan: Closing) -> list[Section]:
    """When an account is closed, and how; what is said of all steps is said once."""
    doing = {step.assignee for step in plan.steps}
    steps = []
    for step in plan.steps:
        who = registry.name_of(step.assignee) if step.assignee else "nobody yet"
        wait = f"from {step.not_before}" if step.not_before else ""
        by = f"by {step.due}" if step.due != plan.close_by else ""
        more = ", ".join(filter(None, [who if len(doing) > 1 else "", wait, by]))
        steps.append(f"{title(registry, step)}{f' ({more})' if more else ''}")
    dates = _dates(registry, plan)
    does = [f"{registry.name_of(each)} does it." for each in doing if each and len(doing) == 1]
    said = " ".join([f"{dates[0].upper()}{dates[1:]}.", *does])
    return [section("", [said]), numbered("What it takes", steps)]
