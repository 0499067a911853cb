"""What a case says of itself, by what kind of case it is."""

from __future__ import annotations

from datetime import date, datetime

from tui.widgets.plain import LONG, shown
from tui.widgets.sheet import in_title
from vault.domain.cases import DONE, ENDED, KINDS, Case, Progress
from vault.domain.casework import is_finished, is_unsure, next_after, next_day, steps_done, subject
from vault.domain.counting import several
from vault.domain.credential import Credential
from vault.domain.fate import reversible_until, until_when
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.rotation import unproved
from vault.domain.rotation_ending import left_of_finished
from vault.domain.steps import CLOSING, STAGED
from vault.services.preparing import secret_to_drop


def kind_of(case: Case) -> str:
    """Return what people call the kind of a case."""
    return KINDS[case.what]


def day_of(case: Case) -> date | None:
    """Return the day a case is about: the last day, the day of closing, or when a change is due."""
    return case.last_day or min((p.step.due for p in case.progress if p.step.due), default=None)


def named(registry: Registry, case: Case) -> str:
    """Return a case as a title calls it, such as "the rotation of x/@acme"."""
    return f"the {kind_of(case)} of {in_title(subject(registry, case))}"


def acts_open(registry: Registry, case: Case, progress: Progress | None, at: datetime) -> set[str]:
    """Return what only some kinds of case offer: not to be sure of a new secret, and to give up.

    A rotation is given up with its new secret, a departure goes on without it.
    """
    if case.closed_at is not None:
        return set()
    acts = {"stop"} if _may_be_given_up(registry, case) else set()
    if case.what == "rotation" and progress and progress.step.act in STAGED:
        secret = registry.find(progress.step.target)
        is_made = isinstance(secret, Credential) and unproved(secret) is not None
        acts |= {"unsure"} if is_made and progress.state not in ENDED else set()
    if case.what == "offboarding" and progress and secret_to_drop(registry, progress, at):
        acts.add("drop")
    return acts


def _may_be_given_up(registry: Registry, case: Case) -> bool:
    """Whether it is a rotation or a closing, or the departure of somebody who stays after all."""
    leaver = registry.find(case.person)
    return not isinstance(leaver, Person) or leaver.last_day is None


def head(registry: Registry, case: Case, at: datetime) -> str:
    """Return in a line or two what the case is about, by when, how far it is, and what is next."""
    done, total = steps_done(case)
    if case.was_given_up:
        left = f"{several(done, 'step')} had been done." if done else "Nothing had been done."
        return f"{_ended(registry, case)} {left}"
    far = f"{done} of {total} steps done."
    return " ".join(filter(None, [_dates(registry, case, at), far, _outlook(registry, case, at)]))


def _ended(registry: Registry, case: Case) -> str:
    """That a case was given up: when, by whom and why; what was done about it counts for less."""
    what = f"{kind_of(case).capitalize()} of {in_title(subject(registry, case))}"
    by, why = in_title(registry.name_of(case.closed_by)), in_title(case.why_given_up).rstrip(".")
    return f"{what}: {case.ended_as} on {case.closed_at:%Y-%m-%d} by {by}: {why}."


def _dates(registry: Registry, case: Case, at: datetime) -> str:
    name = in_title(subject(registry, case))
    if case.what == "offboarding":
        return f"{name} leaves on {case.last_day}:"
    if case.what == "deactivation":
        return _closing(name, case, at)
    by = f" by {day_of(case)}" if day_of(case) else ""
    return f"{kind_of(case).capitalize()} of {name}{by}:"


def _closing(name: str, case: Case, at: datetime) -> str:
    """When an account closes or did, and until when that can be undone."""
    until = reversible_until(case)
    is_over = until is not None and until < at.date()
    undo = until_when(until)
    if any(p.step.act in CLOSING and p.state in DONE for p in case.progress):
        return f"{name} is closed{', for good' if is_over else f', {undo}'}:"
    return f"{name} closes by {case.last_day}{'' if is_over else f', {undo}'}:"


def _outlook(registry: Registry, case: Case, at: datetime) -> str:
    if case.closed_at is not None:
        by = in_title(registry.name_of(case.closed_by))
        return f"Closed on {case.closed_at:%Y-%m-%d} by {by}."
    if any(map(is_unsure, case.progress)):
        return "Nobody knows which secret works: log in with each."
    if all(is_finished(case, p) for p in case.progress):
        left = shown(left_of_finished(registry, case, at), LONG)
        return (
            f"Every step is finished{f', but {left}: plan again' if left else ': close the case'}."
        )
    if next_after(case, "", at):
        return ""
    day = next_day(case, at)
    if day is None:
        return "Nothing can be done now."
    # On some platforms a log-in brings back what was closed.
    but = ": do not log in until then" if case.what == "deactivation" else ""
    return f"Nothing can be done before {day}{but}."


def title_of_verdict(registry: Registry, case: Case) -> str:
    """Return what the verdict on the deeds of a case says."""
    if case.person:
        return f"What was really done for {in_title(subject(registry, case))}"
    return f"What is left of {named(registry, case)}"
