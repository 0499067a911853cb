"""Asking for a few words: what was typed stays there until the vault has taken it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Button, Input, TextArea

from tui.screens.page import Page
from tui.widgets.calendar import Calendar
from tui.widgets.plain import Plain, shown
from tui.widgets.secret_input import SecretInput
from vault.domain.secret import Secret
from vault.domain.text import clean
from vault.errors import SafehandsError, UsageError
from vault.services.session import Session


@dataclass(frozen=True)
class Field:
    """One thing to ask. `likely` are answers that are offered while one types.

    A line ends at enter, a text has several lines, a secret is masked, a day has a calendar whose
    first day is `first`.
    """

    name: str
    label: str
    kind: Literal["line", "text", "secret", "day"] = "line"
    value: str = ""
    hint: str = ""
    likely: Sequence[str] = ()
    first: date | None = None


class Answers:
    """What was typed, by the names of the fields; it never prints itself."""

    def __init__(self, typed: dict[str, str]) -> None:
        self._typed = typed

    def __repr__(self) -> str:
        return "<Answers>"

    def text(self, name: str) -> str:
        """Return an answer without white space around it."""
        return self._typed[name].strip()

    def secret(self, name: str) -> Secret:
        """Return an answer that nobody may see."""
        return Secret(self._typed[name])

    def day(self, name: str) -> date:
        """Return an answer as a day; raises UsageError where it is none."""
        typed = self.text(name)
        try:
            return date.fromisoformat(typed)
        except ValueError as error:
            message = f"{typed!r} is no day" if typed else "there is no day"
            raise UsageError(message, "write it as YYYY-MM-DD") from error


Job = Callable[[Session, Answers], Any]


class AskScreen(ModalScreen[None]):
    """Asks, and does a job with the answers; it is gone once that is done, and not before.

    Where the job is refused, the reason is shown above the answers, and these can be mended. `then`
    gets what the job returned.
    """

    BINDINGS = [("escape", "dismiss", "Cancel"), ("ctrl+s", "save", "Save")]
    DEFAULT_CSS = """
    AskScreen { align: center middle; }
    AskScreen #box {
        width: 72; max-width: 96%; height: auto; max-height: 96%;
        border: round $primary; background: $surface; padding: 0 1;
    }
    AskScreen #title { text-style: bold; }
    AskScreen #about { color: $text-muted; }
    AskScreen #error { color: $text-error; height: auto; display: none; }
    AskScreen.refused #error { display: block; }
    AskScreen VerticalScroll { height: auto; max-height: 60vh; }
    AskScreen .label { margin-top: 1; }
    AskScreen Input, AskScreen TextArea { background: $panel; }
    AskScreen TextArea { height: 4; }
    AskScreen #answers { height: auto; align-horizontal: right; margin-top: 1; }
    AskScreen Button { margin-left: 2; }
    """

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        job: Job,
        then: Callable[[Any], None],
        *,
        about: str = "",
        yes: str = "Save",
    ) -> None:
        super().__init__()
        self._title, self._about, self._yes = title, about, yes
        self._fields, self._job, self._then = fields, job, then

    def compose(self) -> ComposeResult:
        """Lay out the question, a box for each answer, and the buttons."""
        with Vertical(id="box"):
            yield Plain(self._title, id="title")
            if self._about:
                yield Plain(self._about, id="about")
            yield Plain("", id="error")
            with VerticalScroll(can_focus=False):
                for field in self._fields:
                    yield Plain(field.label, classes="label")
                    yield from self._boxes(field)
            with Horizontal(id="answers"):
                yield Button("Cancel", id="no", compact=True)
                yield Button(self._yes, id="yes", compact=True, variant="primary")

    def _boxes(self, field: Field) -> ComposeResult:
        name, hint = f"field-{field.name}", shown(field.hint)
        if field.kind == "text":
            yield TextArea(field.value, id=name, compact=True)
        elif field.kind == "secret":
            yield SecretInput(hint, id=name)
        else:
            likely = [clean(each) for each in field.likely]
            suggester = SuggestFromList(likely, case_sensitive=False) if likely else None
            box = Input(field.value, hint, suggester=suggester, id=name, compact=True)
            box.select_on_focus = True
            yield box
        if field.kind == "day":
            with suppress(ValueError):
                yield Calendar(date.fromisoformat(field.value), first=field.first)

    @on(Calendar.Moved)
    def day_moved(self, message: Calendar.Moved) -> None:
        """Write the calendar's day into the box above it."""
        self._box_of_day().value = message.day.isoformat()

    @on(Calendar.Picked)
    def day_picked(self, message: Calendar.Picked) -> None:
        """Take the day, and go on."""
        self._box_of_day().value = message.day.isoformat()
        self.query_one("#yes").focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Turn the calendar to a day that is typed."""
        with suppress(ValueError):
            typed = date.fromisoformat(event.value)
            for calendar in self.query(Calendar):
                calendar.show(typed)

    def _box_of_day(self) -> Input:
        name = next(field.name for field in self._fields if field.kind == "day")
        return self.query_one(f"#field-{name}", Input)

    @on(Input.Submitted)
    @on(Button.Pressed, "#yes")
    def action_save(self) -> None:
        """Do the job in the background; a second enter meanwhile does nothing."""
        button = self.query_one("#yes", Button)
        if button.disabled:
            return
        button.disabled = True
        answers, job = Answers({f.name: self._typed(f) for f in self._fields}), self._job
        page = cast("Page", self.app.screen_stack[-2])
        page.work(lambda session: job(session, answers), self._done, failed=self._refused)

    def _typed(self, field: Field) -> str:
        box = self.query_one(f"#field-{field.name}")
        return box.text if isinstance(box, TextArea) else cast("Input", box).value

    def _done(self, result: Any) -> None:
        for box in self.query(SecretInput):
            box.take()
        self.dismiss(None)
        self._then(result)

    def _refused(self, error: SafehandsError) -> None:
        self.query_one("#yes", Button).disabled = False
        self.add_class("refused")
        self.query_one("#error", Plain).say(error.message, *filter(None, [error.hint]))

    @on(Button.Pressed, "#no")
    def no(self) -> None:
        """Leave all as it is."""
        self.dismiss(None)
