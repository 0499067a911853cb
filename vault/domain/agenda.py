"""The agenda: what needs someone now, most urgent first, each line with the work it opens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal

import msgspec

from vault.domain.cases import ENDED, Case, Progress
from vault.domain.casework import held_up, is_unsure, next_day, next_steps, subject, to_confirm
from vault.domain.counting import several
from vault.domain.deciding import decision_on
from vault.domain.fate import reversible_until
from vault.domain.findings import Finding
from vault.domain.ids import Id
from vault.domain.instructions import title
from vault.domain.offboarding import Departure, plan
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.rotation import RotationDue, to_retire, told_old
from vault.domain.rotation_policy import Policy
from vault.domain.steps import Step
from vault.domain.wording import in_words
from vault.domain.worklists import (
    FINDING_TITLES,
    by_kind,
    on_dead_platforms,
    to_decide,
)

Urgency = Literal["overdue", "now", "soon", "later"]
Opens = Literal["departure", "case", "account", "findings", "rotation", "dormancy", "platforms"]
"""The work a line opens: a departure by its person, a case, an account, or a worklist."""

URGENCIES: Final[tuple[Urgency, ...]] = ("overdue", "now", "soon", "later")
NOW_DAYS: Final = 7
SOON_DAYS: Final = 30
MOST_ROTATIONS: Final = 10  # more of them, or of closings, are one line, and a worklist


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that needs someone: `what`, `by` when and who (as far as either is known).

    `opens` is the work, and `about` the id of its record, or what to filter the worklist by.
    """

    urgency: Urgency
    what: str
    by: date | None = None
    who: str = ""
    opens: Opens
    about: str = ""


def urgency_of(by: date | None, today: date) -> Urgency:
    """Return how urgent something is that must be done by a day, if one is known."""
    if by is None or by > today + timedelta(days=SOON_DAYS):
        return "later"
    if by < today:
        return "overdue"
    return "now" if by <= today + timedelta(days=NOW_DAYS) else "soon"


def most_urgent_first(needs: Iterable[Need]) -> list[Need]:
    """Return them by urgency and date; those without a date stay in the order given."""
    return sorted(needs, key=lambda n: (URGENCIES.index(n.urgency), n.by or date.max))


def departures(registry: Registry, at: datetime) -> Iterator[Need]:
    """Yield the people who leave within 30 days and have no case, and all open cases."""
    for person in _without_case(registry, at):
        yield Need(
            urgency=urgency_of(person.last_day, at.date()),
            what=f"{person.name} leaves, and no departure is planned",
            by=person.last_day,
            opens="departure",
            about=person.id,
        )
    for case in _told_singly(registry.open_cases):
        following = list(next_steps(case, at))
        yield _next_of(registry, case, following, at)
        if not case.person:
            continue  # its waits are in its own dates, and keep nobody from leaving
        left = [p.step for p in case.progress if p.state not in ENDED]
        told = {p.step.id for p in following[:1]}
        yield from _clocks(registry, left, at, opens="case", about=case.id, told=told)


def _told_singly(cases: Sequence[Case]) -> list[Case]:
    """The cases that have a line each: rotations and closings only while they are few."""
    many = Counter(case.what for case in cases)
    return [c for c in cases if c.what == "offboarding" or many[c.what] <= MOST_ROTATIONS]


def clocks_of_leavers(registry: Registry, at: datetime) -> Iterator[Need]:
    """Yield the clocks that must start for people who leave within 30 days and have no case.

    Each of these people takes a plan, which is a fifth of a second and more.
    """
    for person in _without_case(registry, at):
        if person.last_day is not None:
            steps = plan(registry, Departure(person.id, person.last_day), at).steps
            yield from _clocks(registry, steps, at, opens="departure", about=person.id)


def rotations(registry: Registry, due: Sequence[RotationDue], at: datetime) -> Iterator[Need]:
    """Yield the secrets that should have been changed, and the changes begun and not proved.

    Those that a case carries are told by that, but for one of which nobody knows how it stands.
    """
    yield from _not_begun(due, at)
    rotating = [case for case in registry.open_cases if case.what == "rotation"]
    if len(rotating) > MOST_ROTATIONS:
        days = (p.step.due for case in rotating for p in case.progress if p.step.due)
        first = min(days, default=None)
        what = f"{several(len(rotating), 'rotation')} in progress"
        yield Need(urgency=urgency_of(first, at.date()), what=what, by=first, opens="rotation")
    for case in registry.open_cases:
        if any(map(is_unsure, case.progress)):
            what = f"{subject(registry, case)}: nobody knows which secret works, both are kept"
            yield Need(urgency="now", what=what, opens="case", about=case.id)
    begun = [each for each in due if each.pending is not None and each.case is None]
    if len(begun) > MOST_ROTATIONS:
        what = f"{several(len(begun), 'rotation')}: begun, and not proved by a log-in"
        yield Need(urgency="now", what=what, opens="rotation", about="why:begun")
        return
    for each in begun:
        secret = in_words(each.credential.what)
        name = registry.name_of(each.credential.account)
        what = f"{name}: the new {secret} is made, and not proved by a log-in"
        yield Need(urgency="now", what=what, opens="account", about=each.credential.account)


def retiring(registry: Registry, at: datetime, policy: Policy) -> Iterator[Need]:
    """Yield that replaced secrets are kept for longer than the policy wants them to be."""
    old = len(to_retire(registry, at, policy))
    if old:
        yield Need(urgency="later", what=f"{told_old(old)}: rotate retire", opens="rotation")


def _not_begun(due: Sequence[RotationDue], at: datetime) -> Iterator[Need]:
    """The secrets that nobody began to change: those that are late, and what who left could know.

    Mere age is no emergency.
    """
    idle = [each for each in due if each.case is None and each.pending is None]
    late = [each for each in idle if each.is_overdue(at)]
    if late:
        pressing = any(reason.cause != "age" for each in late for reason in each.reasons)
        what = f"{several(len(late), 'secret')}: should have been changed by now"
        yield Need(urgency="overdue" if pressing else "soon", what=what, opens="rotation")
    known = [each for each in idle if each.people and not each.is_overdue(at)]
    if known:
        first = min(each.due_at for each in known).date()
        yield Need(
            urgency=urgency_of(first, at.date()),
            what=f"{several(len(known), 'secret')}: to be changed, since somebody left",
            by=first,
            opens="rotation",
            about="why:left",
        )


def findings_by_kind(registry: Registry, found: Sequence[Finding]) -> Iterator[Need]:
    """Yield a line for each kind of finding, with how many records it is about."""
    for code, those in by_kind(found).items():
        if code in {"dead_platform", "knowledge_debt"}:
            continue  # `idle` and `rotations` tell of them
        ids = {finding.about for finding in those}
        noun = type(registry.find(next(iter(ids)))).__name__.lower()
        yield Need(
            urgency="soon" if those[0].severity == "high" else "later",
            what=f"{several(len(ids), noun)}: {FINDING_TITLES[code]}",
            opens="findings",
            about=f"code:{code}",
        )


def idle(registry: Registry, at: datetime) -> Iterator[Need]:
    """Yield the dormant accounts to decide about, those being closed where they are many, and those
    listed on platforms that are gone.
    """
    closing = [case for case in registry.open_cases if case.what == "deactivation"]
    if len(closing) > MOST_ROTATIONS:
        first = min(filter(None, (case.last_day for case in closing)), default=None)
        what = f"{several(len(closing), 'account')}: being closed, a case each"
        yield Need(urgency=urgency_of(first, at.date()), what=what, by=first, opens="dormancy")
    dormant = to_decide(registry, at)
    ran_out = sum(decision_on(registry, account, at) is not None for account, _ in dormant)
    if ran_out:
        what = f"{several(ran_out, 'account')}: what was decided has run out, so decide again"
        yield Need(urgency="soon", what=what, opens="dormancy", about="decision:ran")
    if len(dormant) > ran_out:
        what = f"{several(len(dormant) - ran_out, 'account')}: nobody posts there, so keep or close"
        yield Need(urgency="later", what=what, opens="dormancy", about="decision:none")
    dead = len(on_dead_platforms(registry, at))
    if dead:
        what = f"{several(dead, 'account')}: listed, but the platform is gone"
        yield Need(urgency="later", what=what, opens="platforms")


def _without_case(registry: Registry, at: datetime) -> list[Person]:
    """Those who leave within 30 days, on a day for which no departure is open or was carried out.

    An open one is told by itself, and by `departures.doubts` where the day is another.
    """
    cases = [case for case in registry.all(Case) if case.what == "offboarding"]
    begun = {case.person for case in cases if case.closed_at is None}
    done = {(case.person, case.last_day) for case in cases if not case.was_given_up}
    latest = at.date() + timedelta(days=SOON_DAYS)
    return [
        person
        for person in registry.all(Person)
        if person.id not in begun
        and (person.id, person.last_day) not in done
        and person.status(at) == "leaving"
        and person.last_day is not None
        and person.last_day <= latest
    ]


def _next_of(registry: Registry, case: Case, following: Sequence[Progress], at: datetime) -> Need:
    """What is to be done next in a case, by whom and when."""
    whose = subject(registry, case)
    confirm = list(to_confirm(case))
    if following or confirm:
        step = (*following, *confirm)[0].step
        act = title(registry, step) if following else f"confirm: {title(registry, step)}"
        more = len(following) + len(confirm) - 1
        return Need(
            urgency="now" if step.due is None else urgency_of(step.due, at.date()),
            what=f"{whose}: {act}" + (f" (and {more} more)" if more else ""),
            by=step.due,
            who=registry.name_of(step.assignee) if step.assignee else "",
            opens="case",
            about=case.id,
        )
    waits, stuck = next_day(case, at), len(held_up(case, at))
    if waits is not None:
        what, urgency = _why_wait(registry, case, at), urgency_of(waits, at.date())
    elif stuck:
        what, urgency = f"{several(stuck, 'step')} cannot go on", "now"
    else:
        what, urgency = "every step is done, the case can be closed", "now"
    return Need(urgency=urgency, what=f"{whose}: {what}", by=waits, opens="case", about=case.id)


def _why_wait(registry: Registry, case: Case, at: datetime) -> str:
    """Why nothing is to be done; on some platforms a log-in brings back what was closed."""
    if case.what == "deactivation" and registry.account(case.account).state == "closing":
        until = reversible_until(case)
        if until is None:
            return "closed, and nobody knows how long it can be undone; do not log in"
        if until >= at.date():
            return f"closed, and can be undone until {until}; do not log in"
    return "nothing to do before that day"


def _clocks(
    registry: Registry,
    steps: Sequence[Step],
    at: datetime,
    *,
    opens: Opens,
    about: Id,
    told: Collection[str] = (),
) -> Iterator[Need]:
    """The steps after which a platform makes one wait, but for those told already."""
    waits: dict[str, int] = {}
    for step in steps:
        for needed in step.depends_on if step.wait_days else ():
            waits[needed] = max(step.wait_days, waits.get(needed, 0))
    for step in steps:
        if step.id in waits and step.id not in told:
            wait = several(waits[step.id], "day")
            yield Need(
                urgency="now" if step.due is None else urgency_of(step.due, at.date()),
                what=f"{registry.name_of(step.person)}: {title(registry, step)}, then {wait} wait",
                by=step.due,
                who=registry.name_of(step.assignee) if step.assignee else "",
                opens=opens,
                about=about,
            )
