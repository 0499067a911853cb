"""The place "Today": how safe all is, and what needs someone, most urgent first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from textual import on
from textual.worker import get_current_worker

from tui.commands import bindings_of
from tui.fields import Answers, Field
from tui.opening import page_about
from tui.screens.accounts import AccountsPage
from tui.screens.ask import AskScreen
from tui.screens.hygiene import HygienePage
from tui.screens.page import Page
from tui.widgets.headline import NUMBERS, HeadlineBar, Number, NumberBox
from tui.widgets.listing import Column, Listing
from tui.widgets.plain import Plain
from vault.domain.account import Account
from vault.domain.agenda import Need
from vault.services.overview import Overview
from vault.services.session import Session

URGENT = {"overdue": "!! overdue", "now": "!  now", "soon": "·  soon", "later": "   later"}
OPENS = {
    "departure": "Enter plans the departure.",
    "case": "Enter opens the case.",
    "account": "Enter opens the account.",
    "findings": "Enter lists them, each with what to do.",
    "rotation": "Enter lists them.",
    "dormancy": "Enter lists them.",
    "platforms": "Enter lists them.",
}
EMPTY = "nothing needs anyone now: leavers, cases, clocks and findings would stand here"
EMPTY_VAULT = "no accounts yet: press 2 to add or import them, and what needs someone stands here"


class TodayPage(Page):
    """The headline above the list of what needs someone; each line opens the work."""

    NAME = "today"
    PLACE = "today"
    BINDINGS = bindings_of("today")

    def __init__(self, *ids: str) -> None:
        super().__init__(*ids)
        self._overview: Overview | None = None
        self._is_filled = False

    def widgets(self) -> Iterator[Any]:
        """Yield the headline, the list, and what is being worked out."""
        yield HeadlineBar()
        yield Listing[Need](self._columns(), key_of, empty="one moment …")
        yield Plain("", id="detail")
        yield Plain("", id="state")

    def on_mount(self) -> None:
        """Come back to the line one was on."""
        self.listing.focus()
        self.show()

    @property
    def listing(self) -> Listing[Need]:
        """The list."""
        return self.query_one(Listing)

    def show(self) -> None:
        """Show what is known at once, and work out the rest in the background."""
        overview = self.desk.overview
        is_new = overview is not self._overview
        self._overview = overview
        self._draw(overview)
        if is_new:
            self.work(self._work_out, self._worked_out)

    def remember(self) -> None:
        """Note the line one is on."""
        self.place["row"] = self.listing.key

    def on_unmount(self) -> None:
        """Let go of what was read."""
        self._overview = None

    def _work_out(self, _: Session) -> None:
        worker, overview = get_current_worker(), self._overview
        for piece in overview.work_out() if overview else ():
            if worker.is_cancelled or overview is not self._overview:
                break
            self.app.call_from_thread(self._draw, overview, piece)

    def _worked_out(self, _: None) -> None:
        if self._overview is not None:
            self._draw(self._overview)
        self._is_filled = True

    def _draw(self, overview: Overview, working_on: str = "") -> None:
        if not self.is_open or overview is not self._overview:
            return  # of a vault that is locked, or has changed since
        past = [numbers for _, numbers in overview.past]
        self.query_one(HeadlineBar).tell(overview.headline, past)
        nothing = EMPTY if overview.registry.all(Account) else EMPTY_VAULT
        self.listing.say_when_empty("one moment …" if working_on else nothing)
        # Until all is there for the first time, what is more urgent comes in above the cursor.
        self.listing.show(overview.needs(), keep=self._is_filled or self.listing.cursor > 0)
        if self.listing.go_to(self.place.get("row", "")):
            del self.place["row"]
        state = f"working out {working_on} …" if working_on else self._opened()
        self.query_one("#state", Plain).say(state)

    def _opened(self) -> str:
        session = self.desk.session
        return f"Opened by {session.member_name}; verified as of entry {session.seq:,}."

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column("when", lambda need: URGENT[need.urgency], 10),
            Column("by", self._by, 11, drop=1),
            Column("what", lambda need: need.what, 44, share=1),
            Column("who", lambda need: need.who, 16, drop=2),
        )

    def _by(self, need: Need) -> str:
        return "" if need.by is None else in_days(need.by, self.desk.today)

    @on(Listing.Moved)
    def line_moved(self) -> None:
        """Say the line in full."""
        need = self.listing.current
        who = f"{need.who} does it. " if need and need.who else ""
        by = f"By {need.by}. " if need and need.by else ""
        opens = f"{who}{by}{OPENS[need.opens]}" if need else ""
        self.query_one("#detail", Plain).say(*((need.what, opens) if need else ()))

    @on(Listing.Chosen)
    def line_chosen(self) -> None:
        """Open the work of the line."""
        need = self.listing.current
        if need is None:
            return
        match need.opens:
            case "departure" | "case" | "account":
                self.safehands.open(page_about(need.opens, need.about))
            case worklist:
                self.safehands.open(HygienePage(worklist, need.about))

    @on(NumberBox.Opened)
    def number_opened(self, message: NumberBox.Opened) -> None:
        """Open the list behind a number."""
        self._open_number(message.number)

    def action_number(self, index: int) -> None:
        """Open the list behind the first, second, third or fourth number."""
        self._open_number(NUMBERS[index])

    def action_export(self) -> None:
        """Write where the company stands to a new file."""
        path = Field("path", "File", value=f"where-we-stand-{self.desk.now:%Y-%m-%d}.html")

        def job(session: Session, answers: Answers) -> Path:
            from vault.services.report_files import save_overview

            return save_overview(session, Path(answers.text("path")))

        self.put(
            AskScreen(
                "Write where we stand to a file",
                [path],
                job,
                lambda written: self.safehands.tell(f"Written to {written}."),
                about="One page, as its ending says: .html, or .md. It names people and accounts.",
                yes="Write",
            ),
            "export",
        )

    def _open_number(self, number: Number) -> None:
        if number.behind == "accounts":
            page: Page = AccountsPage()
            page.place["filter"] = number.filter
        else:
            page = HygienePage(number.behind, number.filter)
        self.safehands.open(page)


def key_of(need: Need) -> str:
    """Return what a line is known by, which says nothing of what it is about."""
    return str(hash(need))


def in_days(day: date, today: date) -> str:
    """Return a day as it is spoken of: "today", "in 3 days" or "5 days ago", else its date."""
    days = (day - today).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    if days in near:
        return near[days]
    if abs(days) < 15:  # noqa: PLR2004  # two weeks: beyond that a date says more
        return f"in {days} days" if days > 0 else f"{-days} days ago"
    return f"{day}"
