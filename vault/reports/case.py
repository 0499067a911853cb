"""A case in words: how far each step is, what it waits for, and what was seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from vault.domain.case_ending import verdict_of_deeds
from vault.domain.cases import ENDED, Case, Evidence, Progress
from vault.domain.casework import is_finished, open_needs, ready_on, subject
from vault.domain.counting import few, several
from vault.domain.instructions import instructions, title
from vault.domain.registry import Registry
from vault.domain.schedule import due_from
from vault.domain.spell import midnight
from vault.domain.staff import why_no_longer
from vault.domain.text import clean
from vault.domain.verdict import Verdict
from vault.domain.wording import in_words
from vault.reports.markdown import escape, opening
from vault.reports.plan.view import SENTENCE_LIMIT, Judgement, because
from vault.reports.plan.words import by_day, lateness

_NOT_IN_THE_WAY: Final = "Nothing stands in the way of closing it."


@dataclass(frozen=True)
class StepSheet:
    """A step for whoever does it.

    `state` is how far it is, `duty` who does it and by when, `why` the tie or policy behind it,
    `held_by` what somebody wrote down that stands in the way, `after` the steps it builds on, each
    with its state; `todo`, `needs`, `links` and `check` are its instructions.
    """

    title: str
    state: str
    duty: str
    why: str
    held_by: str
    after: tuple[str, ...]
    todo: tuple[str, ...]
    needs: tuple[str, ...]
    links: tuple[str, ...]
    check: str
    evidence: tuple[str, ...]


def step_sheet(
    registry: Registry, case: Case, progress: Progress, today: date | None = None
) -> StepSheet:
    """Return a step in words, cleaned for readers; with `today` it says what is late."""
    step, play = progress.step, instructions(registry, progress.step)
    before = [p for p in case.progress if p.step.id in step.depends_on]

    def said_of(text: str) -> str:
        return clean(text, SENTENCE_LIMIT)

    return StepSheet(
        title=title(registry, step),
        state=stage_of(case, progress),
        duty=said_of(duty(registry, progress, today or date.min, case.last_day)),
        why=because(registry, step, said_of),
        held_by=said_of(progress.reason),
        after=tuple(f"{title(registry, p.step)} ({stage_of(case, p)})" for p in before),
        todo=tuple(map(said_of, play.steps)),
        needs=tuple(map(said_of, play.needs)),
        links=tuple(map(said_of, play.links)),
        check=said_of(play.check),
        evidence=tuple(said_of(line) for line in record_of(registry, progress)),
    )


def state_of(case: Case, progress: Progress) -> str:
    """Return the state of a step in words."""
    if progress.state == "pending":
        return "to be proved by a log-in"
    if progress.state == "applied" and not is_finished(case, progress):
        return "to be confirmed"
    needs = open_needs(case, progress)
    if progress.state == "todo" and needs:
        return f"after {', '.join(each.step.id for each in needs)}"
    ready = ready_on(case, progress)
    if progress.state in {"todo", "waiting"} and ready:
        return f"{_words(progress)}, from {ready}"
    return _words(progress)


def _words(progress: Progress) -> str:
    return "to do" if progress.state == "todo" else progress.state


def stage_of(case: Case, progress: Progress) -> str:
    """Return the state of a step in words, for who sees by name what it builds on."""
    if progress.state != "todo" or not open_needs(case, progress):
        return state_of(case, progress)
    ready = ready_on(case, progress)
    return f"not yet, from {ready}" if ready else "not yet"


def waits_for(case: Case, progress: Progress) -> str:
    """Return what a step waits for: other steps, a day, or what somebody wrote down."""
    state = state_of(case, progress)
    return f"{state}: {progress.reason}" if progress.reason else state


def duty(registry: Registry, progress: Progress, today: date, last_day: date | None = None) -> str:
    """Return who is to do a step, and by when; whether that is late, or after a last day.

    Of somebody who lost the role since, or left, it says so: a new plan names who has it now.
    """
    step, tonight = progress.step, midnight(today) + timedelta(days=1, seconds=-1)
    who = registry.name_of(step.assignee) if step.assignee else "nobody yet"
    gone = "" if progress.state in ENDED else why_no_longer(registry, step, tonight)
    who += f" ({gone}: case replan)" if gone else ""
    if not step.due:
        return who
    by = "was due" if _is_late(progress, today) else "by"
    return f"{who}, {by} {due_of(progress, today, last_day)}"


def due_of(progress: Progress, today: date, last_day: date | None = None) -> str:
    """Return by when a step is to be done, "" for no date; what is late keeps its day.

    Of a departure the `last_day` is told as well where a step has to wait beyond it.
    """
    if progress.state in ENDED:
        return str(progress.step.due or "")
    as_planned = _is_late(progress, today) or not last_day
    due = progress.step.due if as_planned else due_from(progress.step, today)
    return by_day(due, lateness(progress.step, today, last_day))


def _is_late(progress: Progress, today: date) -> bool:
    due = progress.step.due
    return due is not None and due < today and progress.state not in ENDED


def said(registry: Registry, evidence: Evidence) -> str:
    """Return a piece of evidence as a line."""
    return f"{evidence.at:%Y-%m-%d %H:%M} {registry.name_of(evidence.by)}: {evidence.what}"


def record_of(registry: Registry, progress: Progress) -> Iterator[str]:
    """Yield who did a step, who saw it or answers for it, and what they said."""
    name = registry.name_of
    if progress.applied_by:
        when = f" on {progress.applied_at:%Y-%m-%d %H:%M}" if progress.applied_at else ""
        yield f"done by {name(progress.applied_by)}{when}"
    if progress.verified_by:
        yield f"confirmed by {name(progress.verified_by)}"
    if progress.approved_by:
        yield f"waived by {name(progress.approved_by)}: {progress.reason}"
    yield from (said(registry, each) for each in progress.evidence)


def judgements(registry: Registry, case: Case, verdict: Verdict) -> Iterator[Judgement]:
    """Yield the parts of the verdict on what was really done, each with what it means here.

    A case that was given up is not judged: it was not to be carried through.
    """
    if case.was_given_up:
        ended = f"{case.ended_as.capitalize()} on {case.closed_at:%Y-%m-%d}"
        why = clean(case.why_given_up).rstrip(".")
        yield Judgement("carried through", is_good=False, meaning=f"{ended}: {why}.")
        return
    if not case.person:
        yield _judgement_on_work(case, verdict)
        return
    name = clean(registry.name_of(case.person))

    def named(pairs: tuple[tuple[str, str], ...]) -> str:
        return ", ".join(clean(registry.name_of(account)) for account, _ in pairs)

    yield Judgement("sealed", verdict.sealed, f"{_still_has(name, verdict)}.")
    lost = f"The company lost: {named(verdict.lost)}." if verdict.lost else ""
    kept = "What the company owned, it owned after every step."
    yield Judgement("never locked out", verdict.never_locked_out, lost or kept)
    back = f"{name} got back: {named(verdict.reopened)}." if verdict.reopened else ""
    yield Judgement("never reopened", verdict.never_reopened, back or "What was cut stayed cut.")


def _judgement_on_work(case: Case, verdict: Verdict) -> Judgement:
    """Whether a rotation or closing may be closed: nothing is in the way, and no step is to do."""
    to_do = sum(not is_finished(case, each) for each in case.progress)
    meaning = "Every step is finished." if case.closed_at else _NOT_IN_THE_WAY
    if verdict.remaining:
        meaning = "; ".join(clean(each.why[0]) for each in verdict.remaining)
    elif to_do:
        meaning = f"{several(to_do, 'step is', 'steps are')} to do."
    return Judgement("done", verdict.sealed and not to_do, meaning)


def _still_has(name: str, verdict: Verdict) -> str:
    """What a leaver still has: how many accounts, and what is on none, the vault before roles."""
    accounts = len({each.account for each in verdict.remaining if each.account})
    held = [f"{name} still has {several(accounts, 'account')}"] if accounts else []
    held += [clean(each.why[0]) for each in reversed(verdict.remaining) if not each.account]
    return few(held, joint="; ") or f"{name} is out of everything"


def closing_words(registry: Registry, case: Case, verdict: Verdict) -> str:
    """Return what a closed case comes to, in one sentence."""
    if not case.person:
        return f"Closed. {clean(subject(registry, case))}: every step is finished."
    but = "" if verdict.sealed else " but what was waived"
    way = ", and nobody was locked out on the way" if verdict.never_locked_out else ""
    return f"Closed. {clean(registry.name_of(case.person))} is out of everything{but}{way}."


def as_markdown(registry: Registry, case: Case, at: datetime) -> str:
    """Return a case as Markdown: the verdict on what was done, each step, and its evidence."""
    return "".join(f"{line}\n" for line in _document(registry, case, at))


def _document(registry: Registry, case: Case, at: datetime) -> Iterator[str]:
    ended = case.closed_at or at
    verdict = verdict_of_deeds(registry, case, ended)
    closed = f"{case.ended_as} on {ended:%Y-%m-%d}" if case.closed_at else f"as of {at:%Y-%m-%d}"
    what = "departure" if case.person else in_words(case.what)
    yield f"# {what.capitalize()} of {escape(subject(registry, case))}"
    yield ""
    last_day = f"Last day {case.last_day}, {case.mode}; opened" if case.last_day else "Opened"
    yield f"{last_day} on {case.opened_at:%Y-%m-%d}, {closed}."
    yield ""
    for each in judgements(registry, case, verdict):
        yield f"- {'✓' if each.is_good else '✗'} **{each.name}**: {escape(each.meaning)}"
    for remaining in verdict.remaining if case.person and not case.was_given_up else ():
        yield f"- ✗ {escape(' -> '.join(remaining.why))}"
    yield ""
    yield from _list("Steps", (_item(registry, case, p) for p in case.progress))
    if case.notes:
        yield from _list("Remarks", ([opening(said(registry, note))] for note in case.notes))


def _list(heading: str, items: Iterator[list[str]]) -> Iterator[str]:
    yield f"## {heading}"
    yield ""
    for first, *others in items:
        yield f"- {first}"
        yield from (f"  - {line}" for line in others)
    yield ""


def _item(registry: Registry, case: Case, progress: Progress) -> list[str]:
    box = "[x]" if is_finished(case, progress) else "[ ]"
    told = f"{box} {escape(title(registry, progress.step))} ({escape(state_of(case, progress))})"
    return [told, *map(opening, record_of(registry, progress))]
