"""How a report was before: its figures over time, and what changed between two of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from vault.reports.report import Cell, Figure, Point, Report, Row, Section, section

MONTH: Final = timedelta(days=365.25 / 12)


def over_time(
    report: Report,
    make: Callable[[datetime], Report],
    months: int,
    begun_at: datetime | None = None,
) -> Report:
    """Return a report whose figures know what they were in each of the last months.

    Those before `begun_at`, when the vault was made, are left out: what was imported without a date
    would count as having been so always, and what was put right since as wrong until then.
    """
    moments = [report.as_of - MONTH * back for back in range(months, 0, -1)]
    earlier = [make(at) for at in moments if begun_at is None or at >= begun_at]

    def past(figure: Figure) -> tuple[Point, ...]:
        values = ((each.as_of, _value(each, figure.name)) for each in earlier)
        return tuple(Point(at.date().isoformat(), value) for at, value in values)

    figures = (replace(figure, past=past(figure)) for figure in report.figures)
    return replace(report, figures=tuple(figures))


def _value(report: Report, name: str) -> int:
    return next((each.number for each in report.figures if each.name == name), 0)


def since_then(now: Report, then: Report) -> Report:
    """Return a report that begins with what changed since an earlier one of the same name."""
    changes = section(
        "changes",
        f"Changed since {then.as_of:%Y-%m-%d}",
        ("what", "change", "table", "before", "after"),
        (Row(f"{part}:{key}", cells) for part, key, cells in _changes(now, then)),
        f"nothing changed since {then.as_of:%Y-%m-%d}",
    )
    return replace(now, sections=(changes, *now.sections))


def _changes(now: Report, then: Report) -> Iterator[tuple[str, str, tuple[Cell, ...]]]:
    earlier = {each.name: each for each in then.sections}
    for figure in now.figures:
        before, after = _value(then, figure.name), figure.number
        if before != after:
            yield (
                "figures",
                figure.name,
                (figure.counted, "moved", "figures", str(before), str(after)),
            )
    for part in now.sections:
        for key, cells in _rows_changed(part, earlier.get(part.name)):
            yield part.name, key, cells


def _rows_changed(now: Section, then: Section | None) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    """Yield the rows that came, then those that differ, then those that are gone."""
    old = {row.key: row for row in then.rows} if then else {}
    new = {row.key: row for row in now.rows}
    name = now.title.lower()
    for key, row in new.items():
        if key not in old:
            yield key, (row.cells[0], "added", name, "", _rest(now, row))
    for key, row in new.items():
        told = _told(now, old[key], row) if key in old else None
        if told:
            yield key, (row.cells[0], "changed", name, *told)
    for key, row in old.items():
        if key not in new:
            yield key, (row.cells[0], "gone", name, _rest(now, row), "")


def _rest(part: Section, row: Row) -> str:
    """What a row says in words beside its first cell."""
    cells = zip(part.columns[1:], row.cells[1:], strict=False)
    return "; ".join(f"{column.title}: {c}" for column, c in cells if c and column.kind == "text")


def _told(part: Section, before: Row, after: Row) -> tuple[str, str] | None:
    """What two rows about the same thing say of each column in which they differ, or None."""
    differ = [
        (column.title, str(old or ""), str(new or ""))
        for column, old, new in zip(part.columns, before.cells, after.cells, strict=False)
        if old != new and not column.drifts
    ]
    if not differ:
        return None
    return (
        "; ".join(f"{title}: {old or 'nothing'}" for title, old, _ in differ),
        "; ".join(f"{title}: {new or 'nothing'}" for title, _, new in differ),
    )
