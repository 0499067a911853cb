"""Figures, charts and reminders: what each says beside its number."""

from __future__ import annotations

from datetime import datetime, timedelta

from icalendar import Calendar

from tests.unit.reports.company import NOW
from vault.reports.history import MONTH, over_time
from vault.reports.render import render
from vault.reports.report import Due, Figure, Point, Report, Row, most, section


def test_a_form_without_a_line_tells_what_a_figure_was_first() -> None:
    past = (Point("2026-09-21", 5), Point("2026-10-21", 4))
    report = Report("r", "R", NOW, "?", (Figure("n", 3, "row", past=past),))
    for form in ("table", "markdown"):
        assert "rows (5 on 2026-09-21)" in render(report, form).decode()


def test_the_moment_at_which_the_vault_was_made_belongs_to_its_past() -> None:
    def at(moment: datetime) -> Report:
        return Report("r", "R", moment, "?", (Figure("n", 1, "row"),))

    def told(begun_at: datetime) -> int:
        return len(over_time(at(NOW), at, 2, begun_at).figures[0].past)

    first = NOW - 2 * MONTH
    assert [told(first), told(first + timedelta(seconds=1))] == [2, 1]


def test_as_many_of_each_stand_in_a_chart_by_their_names() -> None:
    counts = [("b", 1), ("c", 2), ("a", 1)]
    assert most(counts) == (Point("c", 2), Point("a", 1), Point("b", 1))


def test_a_calendar_reminds_a_week_before_and_on_the_day() -> None:
    report = Report("r", "R", NOW, "?", dates=(Due("one", "Decide", NOW.date()),))
    alarms = Calendar.from_ical(render(report, "calendar")).walk("VALARM")
    morning = timedelta(hours=9)
    assert [each.decoded("TRIGGER") for each in alarms] == [morning - timedelta(days=7), morning]


def test_a_page_shows_5000_rows_of_a_table_and_says_of_how_many() -> None:
    rows = (Row(str(number), (number,)) for number in range(5_001))
    report = Report("r", "R", NOW, "?", sections=(section("t", "T", ("n",), rows, "none"),))
    page = render(report, "html").decode()
    assert page.count("</tr>") == 1 + 5_000
    assert "The first 5000 of 5001" in page
