"""The reports: what each says of a small company, in every form, whatever the names are."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from icalendar import Calendar
from markdown_it import MarkdownIt
from msgspec.structs import replace

from tests.unit.reports.company import ASKED, LAST_DAY, NOW, catalogue, company, record_id
from tests.unit.reports.test_case import begun
from tests.unit.reports.test_plan import HIDDEN, HOSTILE
from vault.domain.account import Activity
from vault.domain.cases import Case, Progress
from vault.domain.changes import changes
from vault.domain.credential import Credential
from vault.domain.deactivation import Wish, closings
from vault.domain.decision import Decision
from vault.domain.ledger import obligations
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.review import Choice, Review
from vault.domain.reviews import snapshot
from vault.domain.role import Assignment
from vault.domain.rotation_policy import USUAL
from vault.domain.text import clean
from vault.errors import UsageError
from vault.reports.about.evidence import Proof
from vault.reports.about.exposure import exposure
from vault.reports.history import MONTH, since_then
from vault.reports.render import ENDINGS, FORMS, as_lines, render
from vault.reports.report import Column, Figure, Point, Report, Row, section
from vault.services.reporting import REPORTS, make_report

AFTER = NOW + timedelta(days=60)


def full(named: Callable[[str], str] = str) -> Registry:
    """The small company with something in it for every report: a leaver, a case, a review."""
    begins = company(named)
    eva, x = begins.person(record_id("eva")), begins.account(record_id("x"))
    posted = Activity(moment=NOW - timedelta(days=400), source=named("page"), checked_at=NOW)
    more: list[Record] = [
        replace(eva, last_day=LAST_DAY),
        replace(x, last_activity=posted),
        replace(begun(begins, named("saw it")), opened_by=record_id("noor")),
    ]
    review = Review(id=record_id("review"), name=named("Autumn"), started_at=NOW)
    ties = [replace(t, id=record_id(f"tie {n}")) for n, t in enumerate(snapshot(begins, review))]
    for number, answer in enumerate(("keep", "remove")):
        choice = Choice(answer, record_id("noor"), NOW, named("because"))  # type: ignore[arg-type]
        ties[number] = replace(ties[number], choices=(choice,))
    records = {each.id: each for each in (*begins.records(), *more, review, *ties)}
    return Registry(records.values(), catalogue())


def made(name: str, registry: Registry | None = None) -> Report:
    asked = {"since": NOW - timedelta(days=1), "months": 2, **ASKED.get(name, {})}
    return make_report(name, registry or full(), AFTER, **asked)


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_has_something_to_say_and_names_what_calls_for_somebody(name: str) -> None:
    report = made(name)
    assert report.name == name
    assert any(each.rows for each in report.sections[1:])
    assert all(len(row.cells) == len(s.columns) for s in report.sections for row in s.rows)
    for each in report.sections:
        assert len({row.key for row in each.rows}) == len(each.rows)
    assert all(len(figure.past) == 2 for figure in report.figures)
    assert report.is_clean == (name == "evidence")


@pytest.fixture(scope="module", params=HOSTILE)
def hostile(request: pytest.FixtureRequest) -> tuple[str, Registry]:
    text = HOSTILE[request.param][:300]  # long texts are cleaned in tests of their own
    return text, full(lambda name: f"{text} {name}")


def forms_of(report: Report) -> list[str]:
    return [form for form in FORMS if form != "calendar" or report.dates is not None]


def test_no_form_of_a_report_lets_a_hidden_character_through(
    hostile: tuple[str, Registry],
) -> None:
    for report in (made(name, hostile[1]) for name in REPORTS):
        for form in forms_of(report):
            text = render(report, form).decode().replace("\r\n", "\n")
            assert HIDDEN.findall(text) == [], (report.name, form)


class Tags(HTMLParser):
    """Counts the tags of a page, and gathers the text of its cells."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        names = [name for name, _ in attrs]
        assert not [name for name in names if name.startswith("on") or name in {"src", "href"}]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_hostile_names_become_no_element_of_a_page_and_are_shown_as_they_are(
    hostile: tuple[str, Registry],
) -> None:
    text, registry = hostile
    shown = clean(text, 2000)[:40]
    for name in REPORTS:
        page = Tags(render(made(name, registry), "html").decode())
        assert set(page.tags) <= OURS, name
        assert any(shown in each for each in page.texts), name


OURS = frozenset(Tags(render(made("ownership"), "html").decode()).tags) | {"h2", "p"}
"""The elements that a page is made of, an empty section's included."""


@pytest.mark.parametrize("name", REPORTS)
def test_no_cell_of_a_report_in_csv_is_a_formula(name: str) -> None:
    registry = full(lambda name: f"=cmd() {name}")
    rows = list(csv.reader(io.StringIO(render(made(name, registry), "csv").decode())))
    assert len({len(row) for row in rows}) == 1
    cells = [cell for row in rows for cell in row]
    assert any("=cmd()" in cell for cell in cells)
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "@"))]


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_in_json_has_the_data_itself_under_a_schema_of_its_own(name: str) -> None:
    registry = full(lambda name: f"=<b>\u202e {name}")
    document = json.loads(render(made(name, registry), "json"))
    keys = "schema title answers as_of clean figures past sections charts dates"
    assert isinstance(document["dates"], list)
    assert list(document) == keys.split()
    assert document["schema"] == f"safehands.report_{name.replace('-', '_')}/1"
    assert "=<b>\u202e" in str(document["sections"]) or "=<b>\\u202e" in str(document["sections"])
    for rows in document["sections"].values():
        assert all("key" in row for row in rows)


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_in_markdown_shows_hostile_text_as_text(name: str) -> None:
    registry = full(lambda name: f"{HOSTILE['link']}{HOSTILE['script']} {name}")
    page = (
        MarkdownIt("commonmark")
        .enable("table")
        .render(render(made(name, registry), "markdown").decode())
    )
    assert "<script" not in page
    assert "href" not in page
    assert "<img" not in page


def test_a_calendar_has_the_days_by_which_secrets_are_to_be_changed() -> None:
    report = made("rotation")
    calendar = Calendar.from_ical(render(report, "calendar"))
    events = list(calendar.walk("VEVENT"))
    assert len(events) == len(report.dates or ()) > 0
    assert len({str(event["uid"]) for event in events}) == len(events)
    assert "Change the password of x/@acme_helps" in {str(e["summary"]) for e in events}


def test_what_has_no_dates_is_no_calendar_and_an_unknown_name_is_told() -> None:
    with pytest.raises(UsageError, match="has no dates"):
        render(made("ownership"), "calendar")
    with pytest.raises(UsageError, match="no form"):
        render(made("ownership"), "pdf")
    with pytest.raises(UsageError, match="no report"):
        make_report("weather", company(), NOW)
    assert set(ENDINGS) == set(FORMS)


def test_a_table_fits_the_terminal_that_it_is_for() -> None:
    for name in REPORTS:
        assert max(len(line.text) for line in as_lines(made(name), 60)) <= 60


def test_a_column_that_says_nothing_is_shown_to_programs_only() -> None:
    rows = (Row("a", ("x", "", None, 0)), Row("b", ("y", "", None, 0)))
    table = section("t", "T", ("name", "note", "day", "zero"), rows, "none")
    report = Report("r", "R", NOW, "?", sections=(table,))
    for form in ("table", "markdown", "html"):
        shown = render(report, form).decode().lower()
        assert ("zero" in shown, "note" in shown) == (True, False)
    assert '"note"' in render(report, "csv").decode()
    assert '"note"' in render(report, "json").decode()


def test_what_changed_since_then_is_told_by_row() -> None:
    def report(at: date, *rows: Row) -> Report:
        columns = ("account", "owner", Column("idle", "number", drifts=True))
        table = section("accounts", "Accounts", columns, rows, "none")
        return Report("r", "R", NOW, "?", (Figure("n", len(rows), "row"),), (table,))

    then = report(date(2026, 1, 1), Row("a", ("a", "Eva", 1)), Row("b", ("b", "Eva", 1)),
                  Row("d", ("d", "Eva", 1)))  # fmt: skip
    now = report(date(2026, 2, 1), Row("a", ("a", "Noor", 9)), Row("c", ("c", "Noor", 9)),
                 Row("d", ("d", "Eva", 9)), Row("e", ("e", "", 9)))  # fmt: skip
    assert [row.cells for row in since_then(now, then).sections[0].rows] == [
        ("rows", "moved", "figures", "3", "4"),
        ("c", "added", "accounts", "", "owner: Noor"),
        ("e", "added", "accounts", "", ""),
        ("a", "changed", "accounts", "owner: Eva", "owner: Noor"),
        ("b", "gone", "accounts", "owner: Eva", ""),
    ]
    assert since_then(now, now).sections[0].rows == ()


def test_a_past_month_is_told_as_it_was_and_activity_as_it_is_known_now() -> None:
    (dormant, *_), (exposed, *_) = made("dormant").figures, made("exposure").figures
    assert (dormant.number, [point.value for point in dormant.past]) == (1, [1, 1])
    assert exposed.number > 0
    # A leaver's last day lies between the first month and the second.
    assert exposed.past == (Point("2026-11-20", 0), Point("2026-12-21", 0))
    later = make_report("exposure", full(), AFTER + MONTH, months=1).figures[0]
    assert later.past == (Point(AFTER.date().isoformat(), exposed.number),)


def test_exposure_tells_who_since_when_how_and_how_it_was_met() -> None:
    registry, password = full(), record_id("x password")
    known = registry.get(password, Credential)
    old = replace(known.versions[0], superseded_at=AFTER)
    new = replace(old, number=2, made_at=AFTER, current_from=AFTER, superseded_at=None)
    changed = registry.apply(changes(replace(known, versions=(old, new))))
    before = make_report("exposure", changed, AFTER - timedelta(days=1), closed=True)
    after = make_report("exposure", changed, AFTER, closed=True)
    told = ("Eva Lindqvist", "x/@acme_helps", "password", 1, "Webcare")
    when = (date(2024, 3, 1), date(2027, 1, 1))
    how = ("held a role that owns it", "")
    assert (*told, *when, *how, "yes") in [row.cells for row in before.sections[0].rows]
    assert before.sections[1].rows == ()
    assert [row.cells for row in after.sections[1].rows] == [
        (*told, *when, *how, "", AFTER.date(), "the secret was changed")
    ]
    met = [next(f.number for f in each.figures if f.name == "closed") for each in (before, after)]
    assert met == [0, 1]


def due_in_reports(registry: Registry) -> tuple[int, int, int]:
    """How many secrets are known, and to be changed, by the exposure report, and by rotation's."""
    told = {f.name: f.number for f in make_report("exposure", registry, AFTER).figures}
    rows = make_report("rotation", registry, AFTER, policy=USUAL).sections[0].rows
    due = sum("who left could know it" in map(str, row.cells) for row in rows)
    return told["secrets"], told["due"], due


def test_exposure_says_of_the_same_secrets_as_rotation_that_they_are_to_be_changed() -> None:
    registry = full()
    assert due_in_reports(registry) == (3, 3, 3)
    x = replace(registry.account(record_id("x")), state="closing")
    assert due_in_reports(registry.apply(changes(x))) == (3, 2, 2)
    eva = replace(registry.person(record_id("eva")), last_day=None, memberships=())
    roles = [replace(each, until=NOW) for each in registry.all(Assignment) if each.person == eva.id]
    moved = registry.apply(changes(eva, *roles))
    assert due_in_reports(moved) == (3, 0, 0), "who stays leaves nothing that is due"


@pytest.mark.parametrize("days", [-90, -1, 0, 1, 400])
def test_exposure_as_a_later_ledger_tells_it_is_what_it_was(days: int) -> None:
    registry, at = full(), AFTER + timedelta(days=days)
    known = registry.get(record_id("x password"), Credential)
    old = replace(known.versions[0], superseded_at=AFTER)
    changed = registry.apply(changes(replace(known, versions=(old,))))
    later = obligations(changed, AFTER + timedelta(days=500))
    assert exposure(changed, at, ledger=later) == exposure(changed, at)


def test_a_page_says_how_many_rows_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vault.reports.render.MOST_ROWS", 2)
    page = render(make_report("ownership", company(), NOW), "html").decode()
    assert "The first 2 of 6" in page
    assert page.count("</tr>") == 2 * 3


def test_a_role_that_nobody_holds_any_more_is_told_of_its_accounts() -> None:
    report = made("ownership")
    numbers = {figure.name: figure.number for figure in report.figures}
    assert numbers["without_holder"] == 1  # youtube, which only Eva's role owned


def test_what_was_decided_about_an_idle_account_is_no_longer_to_be_decided_until_it_runs_out() -> (
    None
):
    until = AFTER.date() + timedelta(days=30)
    x, why = record_id("x"), "the fair in May"
    keep = Decision(id="d", account=x, what="keep", until=until, reason=why, at=NOW)
    registry = full().apply(changes(keep))
    report = make_report("dormant", registry, AFTER)
    assert [[row.cells[0] for row in part.rows] for part in report.sections] == [
        [],
        ["x/@acme_helps"],
        [],
    ]
    assert report.is_clean
    assert [(due.title, due.day, due.notes) for due in report.dates or ()] == [
        ("Decide about x/@acme_helps again", until, (f"keep until {until}", why))
    ]
    assert all(why in render(report, form).decode() for form in FORMS if form != "markdown")
    assert "fair in May" in render(report, "markdown").decode()
    after = make_report("dormant", registry, AFTER + timedelta(days=31))
    told = [(f"keep until {until} (ran out)", why)]
    assert [row.cells[-2:] for row in after.sections[0].rows] == told
    assert not after.is_clean


def test_what_is_being_closed_says_until_when_that_can_be_undone_and_in_a_calendar() -> None:
    (plan,) = closings(full(), [Wish(account=record_id("x"), into=record_id("buffer"))], NOW)
    case = Case(
        id="closing",
        what="deactivation",
        account=plan.account,
        opened_at=NOW,
        progress=tuple(map(Progress, plan.steps)),
    )
    into = record_id("buffer")
    decided = Decision(id="d", account=plan.account, what="consolidate", into=into, at=NOW)
    registry, until = full().apply(changes(case, decided)), plan.reversible_until
    report = make_report("dormant", registry, NOW)
    (row,) = report.sections[1].rows
    assert row.cells[-2] == f"into buffer/@acme-planning, reversible until {until}"
    assert [(due.title, due.day) for due in report.dates or ()] == [
        ("Last day to undo the closing of x/@acme_helps", until)
    ]
    before = make_report("dormant", registry, NOW - timedelta(days=1))
    assert not before.dates
    over = replace(case, closed_at=AFTER, closed_by=record_id("noor"))
    assert make_report("dormant", registry.apply(changes(over)), NOW).dates == report.dates


def test_evidence_tells_who_did_what_when_and_which_entries_prove_it() -> None:
    case = record_id("case")
    proof = [
        Proof(7, NOW, "Noor Haddad", "case.applied", "a step", "ab12", (case,)),
        Proof(8, NOW, "Noor Haddad", "account.edit", "x", "cd34", (record_id("x"),)),
        Proof(9, AFTER, "Noor Haddad", "case.note", "later", "ef56", (case,)),
    ]
    report = make_report("evidence", full(), NOW, case=case, proof=proof)
    parts = {part.name: part.rows for part in report.sections}
    assert report.title == "What was done: departure of Eva Lindqvist"
    assert parts["cases"][0].cells[:3] == ("departure of Eva Lindqvist", NOW.date(), "Noor Haddad")
    done = parts["steps"][0].cells
    assert done[3:5] == ("Noor Haddad", "2026-11-21 10:30")
    assert [row.cells[2] for row in parts["evidence"]] == ["saw it", "saw it"]
    assert [row.cells[-1] for row in parts["journal"]] == ["ab12"]
    assert make_report("evidence", full(), NOW - timedelta(days=1)).sections[0].rows == ()


def test_evidence_counts_the_steps_that_were_done_by_then() -> None:
    known = full().get(record_id("case"), Case)
    steps = tuple(replace(each, changed_at=AFTER) for each in known.progress)
    registry = full().apply(changes(replace(known, progress=steps)))
    done = [
        {f.name: f.number for f in make_report("evidence", registry, at).figures}["done"]
        for at in (AFTER - timedelta(days=1), AFTER)
    ]
    assert done == [0, 1]  # the other was waived


def test_a_waived_step_is_not_counted_as_done_and_a_closed_case_leaves_none_to_do() -> None:
    known = full().get(record_id("case"), Case)
    first, *others = known.progress
    progress = (replace(first, state="waived"), *(replace(p, state="todo") for p in others))

    def counted(**fields: Any) -> tuple[int, int, int]:
        registry = full().apply(changes(replace(known, progress=progress, **fields)))
        report = make_report("evidence", registry, NOW, case=known.id)
        found = {figure.name: figure.number for figure in report.figures}
        assert len(report.dates or ()) <= found["left"]
        return found["done"], found["waived"], found["left"]

    left = sum(p.state != "dropped" for p in progress) - 1
    assert counted(closed_at=None) == (0, 1, left)
    assert counted(closed_at=NOW) == (0, 1, 0)


def test_a_report_that_quotes_a_file_name_of_broken_text_is_valid_json() -> None:
    title = "mail.\udcff.csv"
    document = json.loads(render(Report("dormant", title, NOW, "", ()), "json"))
    assert document["title"] == "mail.?.csv"
