"""Evidence: what cases did, who did it and saw it, when, and which entries of the journal prove it.

A case tells what was recorded until today: its steps keep their deeds, and not how far each was on
a day between.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from vault.domain.account import Account
from vault.domain.case_ending import verdict_of_deeds
from vault.domain.cases import Case, Progress
from vault.domain.casework import is_finished
from vault.domain.ids import Id
from vault.domain.instructions import title
from vault.domain.registry import Registry
from vault.domain.telling import case_in_words, label_of
from vault.reports.case import judgements, stage_of
from vault.reports.report import (
    Cell,
    Chart,
    Column,
    Due,
    Figure,
    Point,
    Report,
    Row,
    Section,
    section,
)


class Proof(NamedTuple):
    """An entry of the journal: its number, author, act, its hash, and the records it changed."""

    seq: int
    at: datetime
    by: str
    act: str
    note: str
    hash: str
    records: tuple[Id, ...]


def evidence(
    registry: Registry, at: datetime, *, case: Id = "", proof: Sequence[Proof] = ()
) -> Report:
    """Return what was done in the cases opened by a moment, or in one of them, by its id.

    `proof` are the entries of the journal, which only a session can read: told are those that
    changed a case, or while it was open the secrets and other records that it is about.
    """
    cases = [c for c in registry.all(Case) if c.opened_at <= at and case in {"", c.id}]
    cases.sort(key=lambda each: (each.opened_at, each.id))
    told = {each.id: case_in_words(registry, each) for each in cases}
    return Report(
        name="evidence",
        title=f"What was done: {told.get(case, 'all cases')}",
        as_of=at,
        answers="What each case did, who did it, who saw it, when, and what proves it.",
        figures=tuple(_figures(cases, at)),
        sections=(
            _cases(registry, cases, told, at),
            _steps(registry, cases, told),
            _seen(registry, cases, told, at),
            _journal(registry, cases, proof, at),
        ),
        charts=(Chart("Steps by state", tuple(_states(cases))),),
        dates=tuple(_dates(registry, cases, at)),
    )


Told = Mapping[Id, str]
"""What each case is called."""


def _figures(cases: Sequence[Case], at: datetime) -> Iterator[Figure]:
    counted = [_counted(case, at) for case in cases]
    still_open = sum(not _was_closed(case, at) for case in cases)
    yield Figure("cases", len(cases), "case")
    yield Figure("open", still_open, "open case")
    yield Figure("done", sum(each.done for each in counted), "step", "done")
    yield Figure("waived", sum(each.waived for each in counted), "step", "waived")
    yield Figure("left", sum(each.left for each in counted), "step", "left to do")


class _Counted(NamedTuple):
    """How many steps a case had at a moment; a dropped one is none, and a closed case leaves none.

    Whoever waived a step answers for that it is not done.
    """

    done: int
    waived: int
    left: int
    total: int


def _counted(case: Case, at: datetime) -> _Counted:
    steps = [p for p in case.progress if p.state != "dropped"]
    finished = [p for p in steps if is_finished(case, p) and (p.changed_at or at) <= at]
    waived = sum(p.state == "waived" for p in finished)
    left = 0 if _was_closed(case, at) else len(steps) - len(finished)
    return _Counted(len(finished) - waived, waived, left, len(steps))


def _was_closed(case: Case, at: datetime) -> bool:
    return case.closed_at is not None and case.closed_at <= at


def _cases(registry: Registry, cases: Sequence[Case], told: Told, at: datetime) -> Section:
    columns = (
        "case",
        Column("opened", "date"),
        "opened_by",
        Column("closed", "date"),
        "closed_by",
        Column("done", "number"),
        Column("waived", "number"),
        Column("steps", "number"),
        "verdict",
    )
    rows = (Row(c.id, _case(registry, c, told[c.id], at)) for c in cases)
    return section("cases", "Cases", columns, rows, "there are no cases")


def _case(registry: Registry, case: Case, told: str, at: datetime) -> tuple[Cell, ...]:
    counted = _counted(case, at)
    closed = case.closed_at if _was_closed(case, at) else None
    return (
        told,
        case.opened_at.date(),
        registry.name_of(case.opened_by),
        closed.date() if closed else None,
        registry.name_of(case.closed_by) if closed else "",
        counted.done,
        counted.waived,
        counted.total,
        " ".join(_verdict(registry, case, closed or at)),
    )


def _verdict(registry: Registry, case: Case, at: datetime) -> Iterator[str]:
    """Yield what the deeds of a departure come to; others have no leaver to be judged by."""
    then = case.as_of(at)
    if then.person or then.was_given_up:
        verdict = verdict_of_deeds(registry, then, at)
        yield from (each.meaning for each in judgements(registry, then, verdict))


def _steps(registry: Registry, cases: Sequence[Case], told: Told) -> Section:
    columns = ("step", "case", "state", "done_by", "done_at", "confirmed_by", "waived_by", "reason")
    rows = (
        Row(f"{c.id}:{p.step.id}", _step(registry, c, told[c.id], p))
        for c in cases
        for p in c.progress
    )
    return section("steps", "Steps", columns, rows, "no case has steps")


def _step(registry: Registry, case: Case, told: str, progress: Progress) -> tuple[Cell, ...]:
    return (
        title(registry, progress.step, str),
        told,
        stage_of(case, progress),
        registry.name_of(progress.applied_by),
        _minute(progress.applied_at),
        registry.name_of(progress.verified_by),
        registry.name_of(progress.approved_by),
        progress.reason,
    )


def _seen(registry: Registry, cases: Sequence[Case], told: Told, at: datetime) -> Section:
    columns = ("when", "who", "what", "step", "case")
    rows = (row for c in cases for row in _said(registry, c, told[c.id], at))
    return section("evidence", "What was seen and said", columns, rows, "nothing was written down")


def _said(registry: Registry, case: Case, told: str, at: datetime) -> Iterator[Row]:
    pieces = [
        (p.step.id, title(registry, p.step, str), e) for p in case.progress for e in p.evidence
    ]
    pieces += [("", "", note) for note in case.notes]
    for step_id, step, each in sorted(pieces, key=lambda piece: piece[2].at):
        if each.at <= at:
            key = f"{case.id}:{step_id}:{each.at.isoformat()}:{each.by}"
            yield Row(key, (_minute(each.at), registry.name_of(each.by), each.what, step, told))


def _journal(
    registry: Registry, cases: Sequence[Case], proof: Iterable[Proof], at: datetime
) -> Section:
    """The entries that changed a case, or what it is about while it was open."""
    columns = (Column("entry", "number"), "when", "who", "act", "about", "hash")
    whole = {case.id for case in cases}
    while_open: defaultdict[Id, list[Case]] = defaultdict(list)
    for case in cases:
        for record in _about(registry, case):
            while_open[record].append(case)

    def proves(entry: Proof) -> bool:
        return any(
            record in whole or any(_was_open(case, entry.at) for case in while_open.get(record, ()))
            for record in entry.records
        )

    rows = (_entry(registry, each) for each in proof if each.at <= at and proves(each))
    return section("journal", "Entries of the journal", columns, rows, "no entry is at hand")


def _about(registry: Registry, case: Case) -> set[Id]:
    """What a case is about: the secrets, who came to know them, and what its steps are about.

    Not a whole account, about which much is written that is no matter of the case.
    """
    found = {case.credential, *(c.id for c in registry.credentials_of.get(case.account, ()))}
    found |= {p.step.target for p in case.progress}
    found |= {each.id for record in found for each in registry.exposures_of.get(record, ())}
    return {each for each in found if each and not isinstance(registry.find(each), Account)}


def _was_open(case: Case, at: datetime) -> bool:
    return case.opened_at <= at and (case.closed_at is None or at <= case.closed_at)


def _entry(registry: Registry, entry: Proof) -> Row:
    known = (registry.find(record) for record in entry.records)
    about = entry.note or "; ".join(label_of(registry, each) for each in known if each)
    cells = (entry.seq, _minute(entry.at), entry.by, entry.act, about, entry.hash)
    return Row(str(entry.seq), cells)


def _states(cases: Iterable[Case]) -> Iterator[Point]:
    states = Counter(progress.state for case in cases for progress in case.progress)
    return (Point("to do" if s == "todo" else s, number) for s, number in states.items())


def _dates(registry: Registry, cases: Iterable[Case], at: datetime) -> Iterator[Due]:
    """Yield the days of the steps that are left to do."""
    for case in cases:
        if _was_closed(case, at):
            continue
        for progress in case.progress:
            due = progress.step.due
            if due is not None and not is_finished(case, progress):
                yield Due(progress.step.id, title(registry, progress.step, str), due)


def _minute(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""
