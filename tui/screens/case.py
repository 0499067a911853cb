"""A case: its steps on the left, the chosen one on the right, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button

from tui.commands import bindings_of
from tui.screens.case_acts import CaseActs
from tui.widgets.listing import Listing
from tui.widgets.plain import Plain
from tui.widgets.secret_view import SecretView
from tui.widgets.sheet import Section, Sheet, in_title, numbered, section
from tui.widgets.step_rail import StepRail
from vault.domain.cases import Case, Progress
from vault.domain.casework import deeds_open, is_finished, next_after, next_day, steps_done
from vault.domain.instructions import in_words
from vault.reports.case import StepSheet, step_sheet
from vault.services.preparing import mailbox_to_prove, secret_to_store, secrets_for

SECRETS = 4
"""How many secrets a step works with at most: a new and a current one, and a password for each."""

ACTS = {
    "prepare": "Prepare",
    "apply": "Applied",
    "verify": "Verified",
    "wait": "Wait",
    "block": "Cannot",
    "waive": "Waive",
    "note": "Remark",
    "close_case": "Close the case",
    "export": "Export",
}
"""The acts as buttons; each has a key as well."""

_FIRST_ACTS = ("prepare", "apply", "verify", "close_case")
_OTHER_ACTS = tuple(act for act in ACTS if act not in _FIRST_ACTS)


class ActButton(Button):
    """A button for an act of the page, which keeps the focus where it was."""

    can_focus = False

    def __init__(self, act: str) -> None:
        super().__init__(ACTS[act], id=act, action=f"screen.{act}", compact=True)


class CasePage(CaseActs):
    """One case; `place` keeps the step that is shown. What comes next, the core says."""

    NAME = "case"
    PLACE = "cases"
    BINDINGS = bindings_of("case")
    DEFAULT_CSS = """
    CasePage #head { padding: 0 1; text-style: bold; max-height: 2; }
    CasePage #body { height: 1fr; }
    CasePage #right { width: 1fr; }
    CasePage VerticalScroll { height: 1fr; padding: 0 1; margin-top: 1; }
    CasePage.-normal StepRail { width: 48; }
    CasePage.-wide StepRail { width: 64; }
    CasePage SecretView { margin-bottom: 1; }
    CasePage #title { padding: 0 1; text-style: bold; max-height: 3; }
    CasePage .acts { height: 1; padding: 0 1; }
    CasePage ActButton { margin-right: 1; min-width: 6; }
    """

    def widgets(self) -> Iterator[Any]:
        """Yield the head, the rail, and the sheet of the chosen step with its acts."""
        yield Plain("", id="head")
        with Horizontal(id="body"):
            yield StepRail()
            with Vertical(id="right"):
                yield from self._right()

    def _right(self) -> ComposeResult:
        yield Plain("", id="title")
        # Above the sheet, since messages come up in the corner below.
        for row in (_FIRST_ACTS, _OTHER_ACTS):
            with Horizontal(classes="acts"):
                yield from map(ActButton, row)
        with VerticalScroll(id="sheet"):
            for number in range(SECRETS):
                yield SecretView(id=f"secret-{number}")
            yield Sheet()

    def on_mount(self) -> None:
        """Come back to the step that was shown, or go to what is next."""
        wanted = self.place.get("step") or next_after(self.case, "", self.desk.now)
        self.rail.focus()
        self.show()
        self.rail.go_to(wanted)
        self._show_step()

    def show(self) -> None:
        """Show the case as it is now; the cursor stays on its step."""
        registry, case = self.desk.registry, self.case
        done, total = steps_done(case)
        head = f"{self.name_shown} leaves on {case.last_day}: {done} of {total} steps done."
        self.query_one("#head", Plain).say(f"{head} {self._outlook(case)}")
        self.rail.fill(registry, case)
        self._show_step()

    def _outlook(self, case: Case) -> str:
        if case.closed_at is not None:
            by = in_title(self.desk.registry.name_of(case.closed_by))
            return f"Closed on {case.closed_at:%Y-%m-%d} by {by}."
        if all(is_finished(case, p) for p in case.progress):
            return "Every step is finished: close the case."
        if next_after(case, "", self.desk.now):
            return ""
        day = next_day(case, self.desk.now)
        return f"Nothing can be done before {day}." if day else "Nothing can be done now."

    def remember(self) -> None:
        """Note the step that is shown."""
        self.place["step"] = self.rail.key

    @property
    def rail(self) -> StepRail:
        """The steps."""
        return self.query_one(StepRail)

    def current(self) -> Progress | None:
        """Return the step under the cursor, as it is now."""
        return self.rail.current

    def chosen(self) -> Sequence[Progress]:
        """Return the marked steps, or the one under the cursor."""
        return self.rail.chosen()

    def go_on(self, step: str) -> None:
        """Show the step that the core says comes after this one."""
        self.rail.marked.clear()
        self.show()
        self.rail.go_to(next_after(self.case, step, self.desk.now) or step)
        self._show_step()

    def action_next(self) -> None:
        """Go to the next step that can be done now."""
        following = next_after(self.case, self.rail.key, self.desk.now, leave=True)
        if self.rail.go_to(following):
            self._show_step()
        else:
            self.safehands.tell("There is no other step that can be done now.")

    # The chosen step

    @on(Listing.Moved)
    def step_moved(self) -> None:
        """Show the step under the cursor."""
        self._show_step()

    @on(Listing.Chosen)
    def step_chosen(self) -> None:
        """Go over to the sheet, to scroll it."""
        self.query_one("#sheet").focus()

    def _show_step(self) -> None:
        progress = self.rail.current
        if progress is None:
            self.query_one(Sheet).say(section("", ["Nothing is left to do."]))
            self._offer(None)
            return
        registry, case = self.desk.registry, self.case
        sheet = step_sheet(registry, case, progress)
        self.query_one("#title", Plain).say(sheet.title)
        self.query_one(Sheet).say(*_sections(sheet))
        if progress.step.id != self.place.get("step"):
            self.query_one("#sheet").scroll_home(animate=False)
        self.place["step"] = progress.step.id
        self._show_secrets(progress)
        self._offer(progress)

    def _show_secrets(self, progress: Progress) -> None:
        registry, views = self.desk.registry, self.query(SecretView)
        kept = list(secrets_for(registry, progress.step, self.desk.now))[: len(views)]
        if is_finished(self.case, progress):
            kept = []
        for number, view in enumerate(views):
            if number >= len(kept):
                view.point_at(None)
                continue
            credential, stage = kept[number]
            which = "New" if stage == "pending" else "Current"
            until = ", pending until a log-in proves it" if stage == "pending" else ""
            view.point_at(kept[number], f"{which} {in_words(credential.what)}{until}")

    def _offer(self, progress: Progress | None) -> None:
        """Show the acts that are possible, the one at hand first in sight."""
        registry, case, now = self.desk.registry, self.case, self.desk.now
        offered = {"export", *(deeds_open(case, progress) if progress else ())}
        if case.closed_at is None and all(is_finished(case, p) for p in case.progress):
            offered.add("close_case")
        if progress and case.closed_at is None:
            wanted = secret_to_store(registry, progress, now)
            if wanted or mailbox_to_prove(registry, progress, now):
                offered.add("prepare")
                self.query_one("#prepare", Button).label = _preparing(wanted)
        at_hand = next((act for act in _FIRST_ACTS if act in offered), "")
        for button in self.query(ActButton):
            button.display = button.id in offered
            button.variant = "primary" if button.id == at_hand else "default"
        self.query(".acts").first().display = bool(at_hand)

    # Secrets and links

    def action_reveal(self) -> None:
        """Show the first secret of the step, or hide it."""
        self.query(SecretView).first(SecretView).toggle()

    def action_copy_secret(self) -> None:
        """Copy the first secret of the step."""
        self.query(SecretView).first(SecretView).copy()

    def action_copy_link(self) -> None:
        """Copy the first link of the step."""
        progress = self.rail.current
        links = step_sheet(self.desk.registry, self.case, progress).links if progress else ()
        if links:
            self.app.copy_to_clipboard(links[0])
            self.safehands.tell(f"Copied: {links[0]}")
        else:
            self.safehands.tell("This step has no link.")


def _preparing(wanted: str | None) -> str:
    if wanted is None:
        return "Prove the mailbox"
    return "New password" if wanted == "password" else f"Store the {in_words(wanted)}"


def _sections(sheet: StepSheet) -> list[Section]:
    why = f"Because {sheet.why}." if sheet.why else ""
    state = f"{sheet.state}: {sheet.held_by}" if sheet.held_by else sheet.state
    about = [f"State: {state}", f"For {sheet.duty}", why]
    return [
        section("", filter(None, about)),
        section("After", sheet.after, "-"),
        numbered("What to do", sheet.todo),
        section("Have ready", sheet.needs, "-"),
        section("Where", sheet.links, "-"),
        section("Check", filter(None, [sheet.check])),
        section("So far", sheet.evidence, "-"),
    ]
