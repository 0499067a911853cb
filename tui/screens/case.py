"""A case: its steps on the left, the chosen one on the right, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button

from tui.case_kinds import acts_open, head
from tui.commands import bindings_of
from tui.screens.case_doubts import CaseDoubts
from tui.screens.links import LinkChoice, QrScreen, has_desktop
from tui.widgets.listing import Listing
from tui.widgets.plain import Plain
from tui.widgets.secret_view import SecretView, hide_all
from tui.widgets.sheet import Section, Sheet, numbered, section
from tui.widgets.step_rail import StepRail
from vault.domain.cases import Progress
from vault.domain.casework import deeds_open, is_finished, next_after, open_needs
from vault.domain.counting import few
from vault.domain.instructions import title
from vault.domain.links import safe_link
from vault.domain.wording import in_words
from vault.errors import RefusedError, SafehandsError
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
    "unsure": "Not sure",
    "stop": "Give up",
    "drop": "Drop the new one",
}
"""The acts as buttons; each has a key as well."""

LINK_ACTS = {"open_link": "Open link", "copy_link": "Copy link", "qr_link": "QR code"}
"""What can be done with the links of a step."""

_AT_HAND = ("prepare", "apply", "verify", "close_case")
_FIRST_ACTS = (*_AT_HAND, "unsure", "stop", "drop")
_SHOWN = frozenset({"apply", "verify", "prepare"})
_ACTING = frozenset({*ACTS, "next", "replan"})
_OTHER_ACTS = tuple(act for act in ACTS if act not in _FIRST_ACTS)


class ActButton(Button):
    """A button for an act of the page, which keeps the focus where it was."""

    can_focus = False

    def __init__(self, act: str) -> None:
        super().__init__((ACTS | LINK_ACTS)[act], id=act, action=f"screen.{act}", compact=True)


class CasePage(CaseDoubts):
    """One case; `place` keeps the step that is shown. What comes next, the core says."""

    NAME = "case"
    PLACE = "cases"
    BINDINGS = bindings_of("case")

    def __init__(self, *ids: str) -> None:
        super().__init__(*ids)
        self._no_key: frozenset[str] = frozenset()

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
            yield Sheet(id="to-do")
            with Horizontal(classes="acts", id="links"):
                yield from map(ActButton, LINK_ACTS)
            yield Sheet(id="more")

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
        self.query_one("#head", Plain).say(head(registry, case, self.desk.now))
        self.rail.fill(registry, case)
        self._show_step()

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
            self.query_one("#to-do", Sheet).say(section("", ["Nothing is left to do."]))
            self._offer(None)
            return
        registry, case = self.desk.registry, self.case
        sheet = step_sheet(registry, case, progress, self.desk.today)
        self.query_one("#title", Plain).say(sheet.title)
        here = self.safehands.preferences.here
        needs = open_needs(case, progress) if progress.state == "todo" else []
        first = [title(registry, each.step) for each in needs]
        self.query_one("#to-do", Sheet).say(*_what_to_do(sheet, first, here))
        self.query_one("#more", Sheet).say(*_more(sheet))
        self.query_one("#links").display = bool(sheet.links)
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
            until = ", pending" if stage == "pending" else ""  # the state says what it waits for
            view.point_at(kept[number], f"{which} {in_words(credential.what)}{until}")

    def _offer(self, progress: Progress | None) -> None:
        """Show the acts that are possible, the one at hand first in sight."""
        offered = self._possible(progress)
        if progress and "prepare" in offered:
            wanted = secret_to_store(self.desk.registry, progress, self.desk.now)
            self.query_one("#prepare", Button).label = _preparing(wanted)
        at_hand = next((act for act in _AT_HAND if act in offered), "")
        for button in self.query(ActButton):
            if button.id in ACTS:
                button.display = button.id in offered
                button.variant = "primary" if button.id == at_hand else "default"
        self.query(".acts").first().display = not offered.isdisjoint(_FIRST_ACTS)
        self._no_key = (_ACTING if self.case.closed_at else _SHOWN) - offered
        if not self.query("SecretView.has-secret"):
            self._no_key |= {"reveal", "copy_secret"}
        self.refresh_bindings()

    def _possible(self, progress: Progress | None) -> set[str]:
        """What can be done now: about the step that is shown or those marked, and the case."""
        registry, case, now = self.desk.registry, self.case, self.desk.now
        possible = {"export"}
        if case.closed_at is not None:
            return possible
        possible |= acts_open(registry, case, progress, now)
        for each in self.chosen():
            possible.update(deeds_open(case, each))
        if all(is_finished(case, each) for each in case.progress):
            possible.add("close_case")
        if progress and (
            secret_to_store(registry, progress, now) or mailbox_to_prove(registry, progress, now)
        ):
            possible.add("prepare")
        return possible

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer no key that can only be refused: of a closed case, and those in the footer."""
        return action not in self._no_key and super().check_action(action, parameters)

    # Secrets and links

    def take_back(self, *, is_place: bool) -> bool:  # noqa: ARG002
        """Hide the secrets that are shown."""
        return hide_all(self)

    def action_reveal(self) -> None:
        """Show the first secret of the step, or hide it."""
        self.query(SecretView).first(SecretView).toggle()

    def action_copy_secret(self) -> None:
        """Copy the first secret of the step."""
        self.query(SecretView).first(SecretView).copy()

    def action_show_code(self) -> None:
        """Show the code of the step's authenticator, or hide it."""
        views = [view for view in self.query(SecretView) if view.gives_codes]
        if views:
            views[-1].toggle_code()  # the current one comes after a new one
        else:
            self.safehands.tell("No authenticator of this account is kept in the vault.")

    def action_copy_link(self) -> None:
        """Copy a link of the step."""

        def copy(link: str) -> None:
            self.app.copy_to_clipboard(link)
            self.safehands.tell(f"Copied: {link}")

        self._with_link(copy)

    def action_open_link(self) -> None:
        """Open a link of the step in a browser, where there is one beside this terminal."""

        def open_it(link: str) -> None:
            if has_desktop():
                opening = partial(self.app.open_url, safe_link(link))
                self.run_worker(opening, thread=True, description="open")
                self.safehands.tell(f"Opened: {link}")
            else:
                others = map(self.safehands.preferences.press, ("case.link", "case.qr"))
                message = "there is no desktop here to open a browser on"
                raise RefusedError(message, " or ".join(others))

        self._with_link(open_it)

    def action_qr_link(self) -> None:
        """Show a link of the step as a QR code."""
        self._with_link(lambda link: self.app.push_screen(QrScreen(safe_link(link))))

    def _with_link(self, use: Callable[[str], object]) -> None:
        """Do something with the link of the step, or with the one of them that is chosen."""
        progress = self.rail.current
        links = step_sheet(self.desk.registry, self.case, progress).links if progress else ()

        def take(link: str | None) -> None:
            try:
                if link:
                    use(link)
            except SafehandsError as error:
                self.safehands.tell_error(error)

        if len(links) > 1:
            self.app.push_screen(LinkChoice(links), take)
        elif links:
            take(links[0])
        else:
            self.safehands.tell("This step has no link.")


def _preparing(wanted: str | None) -> str:
    if wanted is None:
        return "Prove the mailbox"
    return "New password" if wanted == "password" else f"Store the {in_words(wanted)}"


def _what_to_do(
    sheet: StepSheet, first: Sequence[str], here: Callable[[str], str]
) -> list[Section]:
    why = f"Because {sheet.why}." if sheet.why else ""
    state = f"{sheet.state}: {sheet.held_by}" if sheet.held_by else sheet.state
    before = f"First: {few(first, 2, '; ')}" if first else ""
    about = [f"State: {state}", before, f"For {sheet.duty}", why]
    return [
        section("", filter(None, about)),
        numbered("What to do", map(here, sheet.todo)),
        section("Have ready", sheet.needs, "-"),
        section("Where", sheet.links, "-"),
    ]


def _more(sheet: StepSheet) -> list[Section]:
    return [
        section("Check", filter(None, [sheet.check])),
        section("After", sheet.after, "-"),
        section("So far", sheet.evidence, "-"),
    ]
