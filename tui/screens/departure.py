"""Planning a departure: who takes over what, what it takes, and whether that suffices."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from textual import on
from textual.containers import Horizontal
from textual.widgets import TabbedContent, TabPane

from tui.commands import bindings_of
from tui.fields import Answers, Field
from tui.opening import page_about
from tui.screens.ask import AskScreen
from tui.screens.case import CasePage
from tui.screens.case_doubts import KEEPS
from tui.screens.confirm import ConfirmScreen
from tui.screens.departure_choices import plan_of
from tui.screens.page import Page
from tui.screens.ways_out import WaysOut
from tui.telling import told
from tui.widgets.calendar import Calendar
from tui.widgets.listing import Column, Listing
from tui.widgets.outlook import (
    STEP_COLUMNS,
    Outlook,
    agenda,
    bonds,
    marks,
    step_detail,
    verdict_line,
    verdict_lines,
)
from tui.widgets.plain import Plain
from tui.widgets.sheet import in_title
from vault.domain.account import Account
from vault.domain.cases import Case
from vault.domain.counting import several
from vault.domain.holders import roles_of
from vault.domain.offboarding import Departure, Plan, staying
from vault.errors import SafehandsError
from vault.reports.plan import PlanView, view
from vault.services.offboarding import replan_case, start_offboarding
from vault.services.plan_files import file_name, save_plan
from vault.services.session import Session


class Planned(NamedTuple):
    """A plan, and the departure it is for."""

    departure: Departure
    view: PlanView


class DeparturePage(WaysOut):
    """The departure of one person, planned anew whenever the day, the mode or a successor changes.

    `place` keeps what was chosen: `last_day`, `mode`, `two_person`, `successors` by role, `tab`.
    """

    NAME = "departure"
    PLACE = "cases"
    BINDINGS = bindings_of("departure")

    def __init__(self, *ids: str) -> None:
        super().__init__(*ids)
        self._planned: Planned | None = None
        self._asked = 0

    # What is shown

    def widgets(self) -> Iterator[Any]:
        """Yield what was chosen, what comes of it, and four ways to look at that."""
        yield Plain("", id="head")
        yield Plain("", id="successors")
        yield Plain("Planning ...", id="outcome")
        with TabbedContent(initial=self.place.get("tab", "verdict")):
            with TabPane("Verdict", id="verdict"):
                yield self._list("lines", [("", lambda o: o.sign, 1, 0), ("", _text, 30, 1)])
            with TabPane("Ties", id="ties"):
                yield self._list(
                    "bonds",
                    [
                        ("", lambda o: o.sign, 5, 0),
                        ("account", _text, 24, 1),
                        ("tied by", lambda o: o.more, 20, 2),
                    ],
                )
            with TabPane("Steps", id="steps"):
                yield Listing[Any](STEP_COLUMNS, lambda s: s.id, empty="no plan yet", id="plan")
            with TabPane("Dates", id="dates"), Horizontal():
                yield Calendar(self.desk.today, first=self.desk.today)
                yield self._list("agenda", [("day", lambda o: o.sign, 10, 0), ("", _text, 20, 1)])
        yield Plain("", id="detail")

    def _list(self, name: str, columns: list[tuple[str, Any, int, int]]) -> Listing[Outlook]:
        made = [Column(title, text, width, share=share) for title, text, width, share in columns]
        return Listing[Outlook](made, lambda row: row.key, empty="no plan yet", id=name)

    def on_mount(self) -> None:
        """Plan, and begin with the verdict; where no last day is known, with that."""
        self.show()
        self._focus_tab()
        if not (self.place.get("last_day") or self.person.last_day):
            self.action_last_day()

    def show(self) -> None:
        """Say what was chosen, and make the plan anew in the background."""
        registry, person = self.desk.registry, self.person
        self._asked += 1
        asked = self._asked
        try:
            departure = self.departure()
        except SafehandsError as error:
            self._planned = None
            self.query_one("#head", Plain).say(f"Departure of {self.name_shown}")
            self._failed(error)
            return
        days = (departure.last_day - self.desk.today).days
        leaves, when = "leaves", f"in {several(days, 'day')}" if days else "today"
        if days < 0:
            leaves, when = "left", f"{several(-days, 'day')} ago"
        two = ", each step confirmed by a second person" if departure.two_person else ""
        self.query_one("#head", Plain).say(
            f"{self.name_shown} {leaves} on {departure.last_day}, {when} ({departure.mode}{two})",
            *self._on_start(),
        )
        staff = staying(registry, departure, self.desk.now)
        taken = [
            f"{in_title(registry.name_of(role))}: "
            f"{in_title(registry.name_of(staff.takes_over(role))) or 'nobody yet'}"
            for role in roles_of(registry, person.id, self.desk.now)
        ]
        self.query_one("#successors", Plain).say(f"Takes over: {', '.join(taken) or 'no roles'}")

        def job(session: Session) -> PlanView:
            return view(session.registry, plan_of(session, departure))

        def done(made: PlanView) -> None:
            if asked == self._asked:
                self._show_plan(Planned(departure, made))

        self.work(job, done, failed=self._failed)

    def _on_start(self) -> Iterator[str]:
        """Say what Start does where a case is open."""
        case = self.open_case
        if case is not None:
            anew = self.chosen_anew(case)
            does = "plans it again with what was chosen here" if anew else "goes on with it"
            yield f"A case is open: Start {does}."

    def _failed(self, error: SafehandsError) -> None:
        self.query_one("#outcome", Plain).say(*told(self.app, error))

    def _show_plan(self, planned: Planned) -> None:
        self._planned, made = planned, planned.view
        self.query_one("#outcome", Plain).say(verdict_line(made))
        tabs = self.query_one(TabbedContent)
        steps, accounts = len(made.steps), made.counts["accounts"]
        blockers = f", {several(len(made.blockers), 'blocker')}" if made.blockers else ""
        tabs.get_tab("verdict").label = f"Verdict{blockers}"
        tabs.get_tab("ties").label = f"Ties to {several(accounts, 'account')}"
        tabs.get_tab("steps").label = several(steps, "step").capitalize()
        self.query_one("#lines", Listing).show(verdict_lines(made))
        self.query_one("#bonds", Listing).show(bonds(made))
        self.query_one("#plan", Listing).show(made.steps)
        self.query_one("#agenda", Listing).show(agenda(made))
        calendar = self.query_one(Calendar)
        calendar.show(made.last_day)
        calendar.mark(marks(made))

    @on(Listing.Moved)
    def row_moved(self, message: Listing.Moved) -> None:
        """Say more of the row under the cursor."""
        row = message.listing.current
        if not message.listing.has_focus and message.listing is not self._listing:
            return
        more = row.detail if isinstance(row, Outlook) else step_detail(row) if row else ()
        self.set_class(any(more), "has-detail")
        self.query_one("#detail", Plain).say(*map(self.safehands.preferences.here, more))

    @on(TabbedContent.TabActivated)
    def tab_activated(self) -> None:
        """Say more of the row under the cursor of this view."""
        self._listing.post_message(Listing.Moved(self._listing, self._listing.key))

    @property
    def _listing(self) -> Listing[Any]:
        return self.query_one(f"#{self.query_one(TabbedContent).active} Listing", Listing)

    def remember(self) -> None:
        """Note which view is shown."""
        self.place["tab"] = self.query_one(TabbedContent).active

    def _focus_tab(self) -> None:
        if self.is_open:  # it may have been locked since the key was pressed
            self._listing.focus()

    @on(Calendar.Picked)
    def day_picked(self, message: Calendar.Picked) -> None:
        """Plan for the day that was taken on the calendar."""
        self.choose("last_day", message.day.isoformat())

    # What can be done

    def action_next_view(self) -> None:
        """Go to the next of the four views."""
        tabs = self.query_one(TabbedContent)
        order = [pane.id or "" for pane in tabs.query(TabPane)]
        tabs.active = order[(order.index(tabs.active) + 1) % len(order)]
        self.call_after_refresh(self._focus_tab)

    @on(Listing.Chosen, "#bonds")
    def bond_chosen(self, message: Listing.Chosen) -> None:
        """Open the account."""
        if isinstance(self.desk.registry.find(message.key), Account):
            self.safehands.open(page_about("account", message.key))

    def action_start(self) -> None:
        """Open the case, after a look at what the plan comes to."""
        case = self.open_case
        if case is not None and not self.chosen_anew(case):
            self._go_to(case)
            return
        if self._planned is None:
            self.safehands.tell("The plan is not ready yet.")
            return
        departure, made = self._planned
        if case is not None:
            self._ask_replan(case, made)
            return
        steps = several(len(made.steps), "step")
        blockers = several(len(made.blockers), "blocker is", "blockers are")
        texts = [
            f"This opens a case with {steps}, and records {made.last_day} as the last day.",
            verdict_line(made),
        ]
        if made.blockers:
            texts.append(f"{blockers} to be mended on the way.")

        def start() -> None:
            self.work(lambda session: start_offboarding(session, departure), self._started)

        title = f"Start the departure of {self.name_shown}?"
        self.put(ConfirmScreen(title, *texts, yes="Start", then=start))

    def _ask_replan(self, case: Case, made: PlanView) -> None:
        anew = self.chosen_anew(case)
        day = anew.get("last_day")

        def job(session: Session) -> tuple[Case, Plan]:
            last_day = date.fromisoformat(day) if day else None
            successors, mode = anew.get("successors"), anew.get("mode")
            return replan_case(session, case, successors, last_day=last_day, mode=mode)

        words = ", ".join(_CHOICES[name] for name in anew)
        texts = f"This plans the open case again with another {words}.", verdict_line(made)
        title = f"Plan the departure of {self.name_shown} again?"

        def then() -> None:
            self.work(job, self._started)

        self.put(ConfirmScreen(title, *texts, KEEPS, yes="Plan again", then=then))

    def _started(self, started: tuple[Case, Plan]) -> None:
        self._go_to(started[0])

    def _go_to(self, case: Case) -> None:
        safehands = self.safehands
        # Whoever goes back from the case wants the cases, not to choose a leaver again.
        while isinstance(safehands.screen, Page) and safehands.screen.NAME in _ON_THE_WAY:
            safehands.pop_screen()
        safehands.open(CasePage(case.id))

    def action_export(self) -> None:
        """Write the plan to a new file."""
        if self._planned is None:
            self.safehands.tell("The plan is not ready yet.")
            return
        made = self._planned.view
        path = Field("path", "File", value=file_name("departure", self.person.name))

        def job(_session: Session, answers: Answers) -> Path:
            return save_plan(made, Path(answers.text("path")))

        self.put(
            AskScreen(
                "Write the plan to a file",
                [path],
                job,
                lambda written: self.safehands.tell(f"Written to {written}."),
                about="Its ending says how: .md checklist, .html page, .ics calendar, .txt.",
                yes="Write",
            ),
            "export",
        )


_CHOICES = {"last_day": "last day", "mode": "mode", "successors": "choice of successors"}
_ON_THE_WAY = frozenset({"departure", "leaver"})


def _text(row: Outlook) -> str:
    return row.text
