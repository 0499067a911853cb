from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any, get_args

import pytest
from icalendar import Calendar
from markdown_it import MarkdownIt

from tests.unit.reports.company import NOW, company, departure, record_id
from vault.domain.cases import Mode
from vault.domain.schedule import ORDERS
from vault.domain.text import clean, width
from vault.domain.ties import TieKind
from vault.reports.calendar import Kind
from vault.reports.documents import to_json
from vault.reports.plan import (
    PlanView,
    as_calendar,
    as_dict,
    as_html,
    as_lines,
    as_markdown,
    as_table,
    view,
)
from vault.reports.plan.view import AccountView, BlockerView
from vault.reports.plan.words import NAMED_TIES, PHASES, REASONS, TIES

HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")

HOSTILE = {
    "markup": "[/] [@click=app.quit]x[/]",
    "script": '<script>alert(1)</script><img src=x onerror=alert(1)>"onclick="x',
    "formula": "=cmd()|'/C calc'!A0",
    "clipboard": "\x1b]52;c;QUJD\x07\x1b[2J\x9b2J",
    "override": "\u202egpj.exe\u2066\u200b",
    "marks": "x" + "\u0336\u0301" * 1500,
    "braces": "{account} {0} {{7*7}} {% raw %} %s",
    "lines": "a\r\nEND:VTODO\r\n# heading\n- [ ] box\n\n<b>",
    "link": "[x](javascript:alert(1)) ![i](https://evil.example) <https://evil.example>",
    "entity": "&#x202e;&lt;script&gt; \\ ` ``` |",
}


def planned(mode: Mode = "planned") -> PlanView:
    registry = company()
    return view(registry, departure(registry, mode))


@pytest.fixture(scope="module")
def plan() -> PlanView:
    return planned()


@pytest.mark.parametrize("mode", get_args(Mode))
def test_phases_are_the_order_of_the_acts(mode: Mode) -> None:
    assert tuple(act for _, acts in PHASES[mode] for act in acts) == ORDERS[mode]


def test_every_kind_of_tie_has_words() -> None:
    kinds = set(get_args(TieKind))
    assert set(TIES) == kinds
    assert kinds > NAMED_TIES
    assert kinds >= set(REASONS)


def test_the_json_has_the_promised_keys() -> None:
    registry = company()
    document: Any = as_dict(view(registry, departure(registry), verbatim=True))
    assert next(iter(document)) == "schema"
    assert document["schema"] == "safehands.plan/1"
    assert document["person"] == record_id("eva")
    assert document["last_day"] == "2026-12-31"
    assert document["mode"] == "planned"
    promised = {
        "ties": "account platform handle kind sole why",
        "steps": "id act account platform handle title instructions links assignee depends_on "
        "not_before due reason",
        "blockers": "account what ways_out",
    }
    for part, keys in promised.items():
        assert document[part], f"no {part} in the sample, so nothing was checked"
        assert [each for each in document[part] if set(keys.split()) - set(each)] == []
    verdict = document["verdict"]
    assert verdict["sealed"] is False
    assert (
        verdict["never_locked_out"] is verdict["never_reopened"] is verdict["no_idle_step"] is True
    )
    remaining, vault = verdict["remaining"]
    assert vault["account"] == ""
    assert vault["why"] == "Eva Lindqvist can open the vault"
    assert remaining["account"] == record_id("tiktok")
    assert remaining["why"] == (
        "Eva Lindqvist reads eva.lindqvist@mail.example -> resets the password of tiktok/@acme.lost"
    )
    assert document["counts"]["steps"] == len(document["steps"])


def test_steps_in_json_depend_on_steps_before_them() -> None:
    document: Any = as_dict(planned())
    ids = [step["id"] for step in document["steps"]]
    assert len(set(ids)) == len(ids)
    for number, step in enumerate(document["steps"]):
        assert set(step["depends_on"]) <= set(ids[:number])
    assert any(step["not_before"] == "2026-11-28" for step in document["steps"])


def test_json_keeps_names_as_they_are_stored() -> None:
    registry = company(named=lambda name: name + "\u202e")
    document = as_dict(view(registry, departure(registry), verbatim=True))
    text = to_json(document)
    assert "\u202e" not in text
    assert json.loads(text)["person_name"] == "Eva Lindqvist\u202e"


@pytest.mark.parametrize("room", [40, 80, 160])
def test_the_text_keeps_to_the_terminal(plan: PlanView, room: int) -> None:
    assert max(map(width, as_table(plan, room).splitlines())) <= room


def test_the_text_names_every_step_and_ends_with_the_verdict(plan: PlanView) -> None:
    text = as_table(plan)
    assert [step.title for step in plan.steps if step.title not in text] == []
    assert "✗ sealed" in text
    assert "The verdict does not hold." in text.splitlines()[-5]


def test_a_bad_verdict_is_told_without_colour_too(plan: PlanView) -> None:
    bad = [line.text for line in as_lines(plan) if line.tone == "bad"]
    assert bad
    assert [text for text in bad if "✗" not in text and "does not hold" not in text] == []


def test_an_immediate_plan_is_judged_for_continuity_too() -> None:
    assert "What the company owns now, it owns after every step" in as_table(planned("immediate"))


def test_an_immediate_plan_has_each_heading_once_and_early_ways_back_in_under_the_first() -> None:
    view = planned("immediate")
    headings = [heading for heading, _ in view.phases]
    assert len(headings) == len(set(headings))
    acts = {heading: [step.act for step in steps] for heading, steps in view.phases}
    now = acts["Now, whatever lets them in today"]
    assert now.index("change_login_mail") < now.index("rotate_password")


class Page(HTMLParser):
    """What a page is made of: its elements, the addresses it leads to, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.shown = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.shown += data


def test_the_page_stands_alone(plan: PlanView) -> None:
    page = Page(as_html(plan))
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in page.attributes
    assert {"script", "link", "img", "iframe", "form", "object"} & set(page.elements) == set()
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "src"]
    assert page.elements.count("input") == len(plan.steps)
    leads = [value or "" for name, value in page.attributes if name == "href"]
    assert [each for each in leads if not each.startswith(("https://", "#step-"))] == []
    assert "url(" not in as_html(plan)


def test_the_page_shows_the_whole_plan(plan: PlanView) -> None:
    shown = " ".join(Page(as_html(plan)).shown.split())
    told = [j.meaning for j in plan.judgements] + [b.what for b in plan.blockers]
    told += [step.title for step in plan.steps]
    told += [line for step in plan.steps for line in (*step.todo, step.check)]
    assert [text for text in told if text not in shown] == []


def test_the_checklist_has_a_box_for_every_step_and_blocker(plan: PlanView) -> None:
    text = as_markdown(plan)
    assert text.count("- [ ] ") == len(plan.steps) + len(plan.blockers)
    assert [heading for heading, _ in plan.phases if f"## {heading}\n" not in text] == []


def test_the_calendar_has_every_dated_step_once(plan: PlanView) -> None:
    dated = [s for s in plan.steps if s.due]
    for document, name, day in (
        (as_calendar(plan), "VEVENT", "DTSTART"),
        (as_calendar(plan, "todo"), "VTODO", "DUE"),
    ):
        parsed = Calendar.from_ical(document)
        entries = [each for each in parsed.walk() if each.name not in {"VCALENDAR", "VALARM"}]
        assert {each.name for each in entries} == {name}
        assert [str(each["UID"]) for each in entries] == [f"{s.id}@safehands" for s in dated]
        assert [each.decoded(day) for each in entries] == [s.due for s in dated]
        assert {each.decoded("DTSTAMP") for each in entries} == {NOW}


def test_an_event_says_before_which_day_its_step_cannot_be_done(plan: PlanView) -> None:
    told = {
        str(event["UID"]): str(event["DESCRIPTION"])
        for event in Calendar.from_ical(as_calendar(plan)).walk("VEVENT")
    }
    early = [s for s in plan.steps if s.due and s.not_before and s.not_before < s.due]
    assert early
    for step in early:
        assert f"Not before {step.not_before}" in told[f"{step.id}@safehands"].splitlines()


def test_a_clock_has_a_reminder_where_it_starts_and_where_it_ends(plan: PlanView) -> None:
    events = Calendar.from_ical(as_calendar(plan)).walk("VEVENT")
    reminded = {str(event["UID"]).split("@")[0] for event in events if event.walk("VALARM")}
    waiting = [step for step in plan.steps if step.wait_days]
    assert waiting
    assert reminded == {s.id for s in waiting} | {each for s in waiting for each in s.depends_on}


def test_a_verdict_that_holds_late_says_when_wherever_it_is_told(plan: PlanView) -> None:
    day = plan.last_day + timedelta(days=4)
    good = tuple(replace(each, is_good=True) for each in plan.judgements)
    on_time = tuple(replace(each, not_before=plan.last_day) for each in plan.steps)
    free = replace(plan, steps=on_time, judgements=good, blockers=())
    assert free.answer == "The verdict holds."
    stuck = replace(free, blockers=(BlockerView(AccountView(), "nobody gets in", ()),))
    assert stuck.answer.startswith("The verdict holds, though not every step can be done")
    late = (replace(on_time[0], not_before=day), *on_time[1:])
    told = replace(plan, steps=late, judgements=good)
    answer = f"The verdict holds, but not before {day}: 1 step has to wait beyond the last day."
    for text in (as_table(told), as_markdown(told), as_html(told)):
        assert answer in text
    failing = replace(plan, steps=late)
    assert "The verdict does not hold." in as_table(failing)


@pytest.fixture(scope="module", params=HOSTILE)
def hostile(request: pytest.FixtureRequest) -> tuple[str, PlanView]:
    name: str = HOSTILE[request.param]
    registry = company(named=lambda _: name)
    return name, view(registry, departure(registry))


def test_no_report_lets_a_hidden_character_through(hostile: tuple[str, PlanView]) -> None:
    _, told = hostile
    reports = {
        "wide": as_table(told),
        "narrow": as_table(told, 80),
        "markdown": as_markdown(told),
        "html": as_html(told),
        "calendar": as_calendar(told).replace("\r\n", "\n"),
        "todo": as_calendar(told, "todo").replace("\r\n", "\n"),
        "json": to_json(as_dict(told)),
    }
    assert {name: found for name, text in reports.items() if (found := HIDDEN.findall(text))} == {}


def test_a_hostile_name_is_shown_and_does_nothing_on_the_page(
    hostile: tuple[str, PlanView], plan: PlanView
) -> None:
    name, told = hostile
    page, honest = Page(as_html(told)), Page(as_html(plan))
    assert set(page.elements) == set(honest.elements)
    assert {key for key, _ in page.attributes} == {key for key, _ in honest.attributes}
    assert clean(name) in page.shown


def test_a_hostile_name_is_shown_and_does_nothing_in_the_checklist(
    hostile: tuple[str, PlanView], plan: PlanView
) -> None:
    name, told = hostile
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = parser.parse(as_markdown(told))
    kinds = {child.type for token in tokens for child in token.children or []}
    assert kinds & {"link_open", "image", "html_inline", "s_open"} == set()
    assert not any(token.type in {"html_block", "fence", "code_block"} for token in tokens)
    headings = sum(token.type == "heading_open" for token in tokens)
    assert headings == as_markdown(told).count("\n#") + 1
    title = "".join(child.content for child in tokens[1].children or [])
    assert title == f"Departure of {clean(name)}"


@pytest.mark.parametrize("kind", get_args(Kind))
def test_a_hostile_name_adds_nothing_to_the_calendar(
    hostile: tuple[str, PlanView], kind: Kind
) -> None:
    name, told = hostile
    parsed, entry = Calendar.from_ical(as_calendar(told, kind)), f"V{kind.upper()}"
    assert {each.name for each in parsed.walk()} == {"VCALENDAR", entry, "VALARM"}
    assert len(parsed.walk(entry)) == len(told.steps)
    assert str(parsed["X-WR-CALNAME"]) == clean(f"Departure of {clean(name)}")


def test_a_name_of_a_million_letters_does_not_drown_the_report() -> None:
    registry = company(named=lambda _: "x" * 1_000_000)
    told = view(registry, departure(registry))
    assert max(map(len, as_table(told).splitlines())) < 2000
    assert len(as_html(told)) < 200_000
