"""Each format on its own: what it must never let through."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar
from markdown_it import MarkdownIt

from vault.domain.text import clean
from vault.reports import calendar, csv_safe, html, markdown

STAMP = datetime(2026, 11, 21, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["=cmd()", "+31", "-1", "@acme", "\uff1d1", "  =1"])
def test_a_formula_in_csv_becomes_text(text: str) -> None:
    assert list(csv.reader(io.StringIO(csv_safe.render(["a"], [[text]]))))[1] == ["'" + text]


def test_csv_quotes_everything_and_ends_lines_as_the_rfc_says() -> None:
    document = csv_safe.render(["name", "days"], [['the "A" team', -3], [None, 0]])
    assert document == '"name","days"\r\n"the ""A"" team","-3"\r\n"","0"\r\n'


def test_a_line_break_in_a_csv_cell_makes_no_row() -> None:
    assert csv_safe.render(["a"], [["x\r\n=cmd()"]]).count("\r\n") == 2


def test_raw_csv_is_the_data_itself() -> None:
    assert csv_safe.render(["a"], [["=1\u202e"]], raw=True) == '"a"\r\n"=1\u202e"\r\n'


MARKDOWN = [
    "# heading",
    "C #",
    "## ##",
    "[link](https://evil.example)",
    "![image](https://evil.example)",
    "[name]: https://evil.example",
    "<script>alert(1)</script>",
    "<!-- gone -->",
    "<https://evil.example>",
    "&#x202e; &lt;b&gt;",
    "*bold* _thin_ ~~gone~~ `code` __bold__ ***",
    "```",
    "~~~",
    "| cell |",
    "\\| cell",
    "- [ ] box",
    "- - -",
    "-- -",
    "---",
    "===",
    "+ plus",
    "* star",
    "-",
    "1. one",
    "123456789) many",
    "1.",
    "> said",
    "    code",
    "\\",
    "\\*",
    "line  \nbreak",
    "\x1b[31m\u202e",
]


def shown_by(text: str) -> list[str]:
    """Return the kinds of block that Markdown makes of a text, and what a reader sees in them."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    children = [child for token in tokens for child in token.children or []]
    assert {child.type for child in children} <= {"text", "text_special"}
    kinds = [token.type for token in tokens if token.type.endswith("_open")]
    return [*kinds, "".join(child.content for child in children)]


@pytest.mark.parametrize("text", MARKDOWN)
def test_escaped_markdown_shows_the_text_and_nothing_else(text: str) -> None:
    told = f"Before {markdown.escape(text)} after"
    assert shown_by(told) == ["paragraph_open", f"Before {clean(text)} after"]
    heading = f"# Of {markdown.escape(text)}"
    assert shown_by(heading) == ["heading_open", f"Of {clean(text)}"]


@pytest.mark.parametrize("text", MARKDOWN)
def test_a_text_that_opens_a_list_item_stays_text(text: str) -> None:
    kinds = ["ordered_list_open", "list_item_open", "paragraph_open"]
    assert shown_by(f"1. {markdown.opening(text)}") == [*kinds, clean(text).strip()]


@pytest.mark.parametrize(
    "text",
    [
        "Take jan_de_wit off web-care.nl (R&D, 3.5) at 10:30!",
        "x/@acme -> a + b = c #1 | d^2 {e} 1. f",
        "+31 6 1234, #hashtag",
        "safehands mailbox prove web@acme.example --code CODE",
    ],
)
def test_what_means_nothing_to_markdown_is_not_escaped(text: str) -> None:
    assert markdown.escape(text) == text
    assert markdown.opening(text) == text


def test_a_bare_address_in_markdown_is_never_followed() -> None:
    assert markdown.escape("https://evil.example www.evil.example") == (
        "https\\://evil.example www\\.evil.example"
    )
    assert markdown.address("https://x.example/`a`") == "`https://x.example/%60a%60`"


def test_a_hostile_cell_keeps_a_markdown_table_whole() -> None:
    lines = markdown.table(["a|b"], [["x | y"], ["\n| z"], ["\\| z"]])
    tokens = MarkdownIt("commonmark").enable("table").parse("\n".join(lines))
    assert sum(token.type == "tr_open" for token in tokens) == 4
    assert sum(token.type in {"td_open", "th_open"} for token in tokens) == 4


@pytest.mark.parametrize(
    ("text", "followed"),
    [
        ("https://x.com/settings", True),
        ("http://x.com", False),
        ("javascript:alert(1)", False),
        ("https://x.com@evil.example", False),
        ("https://", False),
        ("https://x.com/\u202e", False),
        ("https://x.com/\x07", False),
        ("https://[", False),
        ("//evil.example", False),
        ("https://аpple.example", False),  # noqa: RUF001  # a Cyrillic letter is the point
    ],
)
def test_only_a_plain_https_address_is_a_live_link(text: str, followed: bool) -> None:
    assert html.is_web_address(text) is followed


def entry(**changes: object) -> calendar.Entry:
    values: dict[str, object] = {"uid": "1@safehands", "title": "t", "due": date(2026, 12, 31)}
    return calendar.Entry(**(values | changes))  # type: ignore[arg-type]


def read(document: str) -> Calendar:
    parsed = Calendar.from_ical(document)
    assert isinstance(parsed, Calendar)
    return parsed


def test_a_calendar_entry_is_found_again_by_its_uid() -> None:
    (todo,) = read(calendar.render("plan", [entry(kind="todo")], STAMP)).walk("VTODO")
    assert todo["UID"] == "1@safehands"
    assert todo.decoded("DUE") == date(2026, 12, 31)
    assert todo.decoded("DTSTAMP") == STAMP


def test_a_line_break_in_a_name_adds_nothing_to_a_calendar() -> None:
    hostile = "x\r\nEND:VTODO\r\nBEGIN:VEVENT\r\nSUMMARY:evil"
    entries = [entry(title=hostile, notes=(hostile,), reminders=(0,))]
    parsed = read(calendar.render(hostile, entries, STAMP))
    assert [each.name for each in parsed.walk()] == ["VCALENDAR", "VEVENT", "VALARM"]


def test_a_reminder_comes_in_the_morning_that_many_days_before() -> None:
    parsed = read(calendar.render("plan", [entry(reminders=(0, 2))], STAMP))
    triggers = [alarm.decoded("TRIGGER") for alarm in parsed.walk("VALARM")]
    assert triggers == [timedelta(hours=9), timedelta(hours=9) - timedelta(days=2)]


def test_the_start_of_a_to_do_is_left_out_where_it_is_not_before_its_due_day() -> None:
    day = date(2026, 12, 31)
    late, early = (entry(kind="todo", begins=day - timedelta(days=ago)) for ago in (0, 1))
    parsed = read(calendar.render("plan", [late, early], STAMP))
    assert ["DTSTART" in todo for todo in parsed.walk("VTODO")] == [False, True]


def test_an_event_takes_the_whole_day_and_makes_nobody_busy() -> None:
    (event,) = read(calendar.render("plan", [entry(kind="event")], STAMP)).walk("VEVENT")
    assert event.decoded("DTSTART") == date(2026, 12, 31)
    assert event["TRANSP"] == "TRANSPARENT"


def test_a_reminder_of_a_to_do_counts_from_the_day_it_is_due_and_of_an_event_from_its_day() -> None:
    entries = [entry(kind=kind, reminders=(2,)) for kind in ("todo", "event")]
    todo, event = read(calendar.render("plan", entries, STAMP)).walk("VALARM")
    assert todo["TRIGGER"].params.get("RELATED") == "END"  # RFC 5545, section 3.2.14
    assert "RELATED" not in event["TRIGGER"].params
