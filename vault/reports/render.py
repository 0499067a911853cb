"""A report in each of its forms. Nothing here knows which report it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from vault.domain.text import clean
from vault.errors import UsageError
from vault.reports import calendar, csv_safe, html, markdown
from vault.reports.charts import ROW, bars, trend
from vault.reports.documents import to_json
from vault.reports.lines import Line, prose
from vault.reports.report import Cell, Figure, Point, Report, Section, points_in_words
from vault.reports.table import Column, table

SENTENCE: Final = 500  # characters of a title or a sentence of ours, names in it included
MOST_ROWS: Final = 5_000  # of a table in a page: 2 MB; who wants them all asks for csv or json
MONTHS_SHOWN: Final = 12  # in a page, unless one asks for another number: a year
BEFORE: Final = (7, 0)  # days: when a calendar speaks up


def render(report: Report, form: str) -> bytes:
    """Return a report as a file in one of `FORMS`.

    Raises UsageError for an unknown form, and for a calendar of what never has dates.
    """
    if form not in FORMS:
        message = f"there is no form {clean(form)!r}"
        raise UsageError(message, f"name one of {', '.join(FORMS)}")
    return FORMS[form](report).encode()


def as_lines(report: Report, room: int | None) -> Iterator[Line]:
    """Yield a report as lines for a terminal with `room` columns, or for a file without."""
    yield Line(f"{clean(report.title, SENTENCE)}, as of {report.as_of:%Y-%m-%d}", "heading")
    yield from prose("", clean(report.answers, SENTENCE), room, "quiet")
    yield Line()
    for figure in report.figures:
        mark = ("✗" if figure.number else "✓") if figure.calls else "-"
        calls = figure.calls and figure.number
        told = clean(figure.words + _was(figure), SENTENCE)
        yield from prose(f"{mark} ", told, room, "bad" if calls else "plain")
    for each in report.sections:
        yield Line()
        yield Line(clean(each.title, SENTENCE), "heading")
        yield from _table(each, room)


def _was(figure: Figure) -> str:
    """What a figure was first, for a form that shows no line through its points."""
    return f" ({figure.past[0].value} on {figure.past[0].label})" if figure.past else ""


def _table(whole: Section, room: int | None) -> Iterator[Line]:
    if not whole.rows:
        yield Line(clean(whole.empty, SENTENCE), "quiet")
        return
    shown = whole.filled
    columns = [
        Column(column.title, right=column.kind == "number", fixed=column.kind != "text")
        for column in shown.columns
    ]
    yield from table(columns, (row.cells for row in shown.rows), room)


def _as_table(report: Report) -> str:
    return "".join(f"{line.text}\n" for line in as_lines(report, None))


def as_dict(report: Report) -> dict[str, object]:
    """Return a report as plain values, its schema first. Keys are only ever added under it."""
    return {
        "schema": f"safehands.report_{report.name.replace('-', '_')}/1",
        "title": report.title,
        "answers": report.answers,
        "as_of": report.as_of,
        "clean": report.is_clean,
        "figures": {each.name: each.number for each in report.figures},
        "past": {each.name: [p._asdict() for p in each.past] for each in report.figures},
        "sections": {each.name: _rows(each) for each in report.sections},
        "charts": [
            {"title": each.title, "points": [p._asdict() for p in each.points]}
            for each in report.charts
        ],
        "dates": [each._asdict() for each in report.dates or ()],
    }


def _rows(section: Section) -> list[dict[str, Cell]]:
    keys = [column.key for column in section.columns]
    return [{"key": row.key, **dict(zip(keys, row.cells, strict=True))} for row in section.rows]


def _as_json(report: Report) -> str:
    return to_json(as_dict(report)) + "\n"


def _as_csv(report: Report) -> str:
    """One table of all sections: which one, then every column that one of them has."""
    keys = [*dict.fromkeys(c.key for each in report.sections for c in each.columns)]
    rows = (
        [each.name, *(row.get(key) for key in keys)]
        for each in report.sections
        for row in _rows(each)
    )
    return csv_safe.render(["section", *keys], rows)


def _as_markdown(report: Report) -> str:
    return "".join(f"{line}\n" for line in _markdown(report))


def _markdown(report: Report) -> Iterator[str]:
    yield f"# {markdown.escape(report.title)}"
    yield ""
    yield f"As of {report.as_of:%Y-%m-%d}. {markdown.escape(report.answers)}"
    yield ""
    for figure in report.figures:
        yield f"- **{figure.number}** {markdown.escape(figure.counted + _was(figure))}"
    for each in (part.filled for part in report.sections):
        yield from ("", f"## {markdown.escape(each.title)}", "")
        if each.rows:
            titles = [column.title for column in each.columns]
            yield from markdown.table(titles, (list(map(_text, row.cells)) for row in each.rows))
        else:
            yield markdown.opening(each.empty)
    for chart in report.charts:
        yield from ("", f"## {markdown.escape(chart.title)}", "")
        yield from markdown.table(["", ""], ([p.label, str(p.value)] for p in chart.points))


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _as_html(report: Report) -> str:
    figures = [(each, (*each.past, _now(report, each))) for each in report.figures]
    return html.render(
        "report.html.j2",
        report=report,
        figures=[(each, points, trend(points)) for each, points in figures],
        charts=[(each, bars(each)) for each in report.charts if each.points],
        row=ROW,
        most=MOST_ROWS,
        points_in_words=points_in_words,
    )


def _now(report: Report, figure: Figure) -> Point:
    return Point(report.as_of.date().isoformat(), figure.number)


def _as_calendar(report: Report) -> str:
    if report.dates is None:
        message = f"the {report.name} report has no dates to put in a calendar"
        forms = [each for each in FORMS if each != "calendar"]
        raise UsageError(message, f"choose one of {', '.join(forms)}")
    entries = (
        calendar.Entry(
            uid=f"{each.uid}@safehands",
            title=each.title,
            due=each.day,
            notes=each.notes,
            reminders=BEFORE,
        )
        for each in report.dates
    )
    return calendar.render(report.title, entries, report.as_of)


FORMS: Final[Mapping[str, Callable[[Report], str]]] = {
    "table": _as_table,
    "json": _as_json,
    "csv": _as_csv,
    "markdown": _as_markdown,
    "html": _as_html,
    "calendar": _as_calendar,
}
"""Every form a report can take, by its name on the command line."""

ENDINGS: Final[Mapping[str, str]] = {
    "table": ".txt",
    "json": ".json",
    "csv": ".csv",
    "markdown": ".md",
    "html": ".html",
    "calendar": ".ics",
}
"""How the name of a file in each form ends."""
