"""The one form: fields that are described as data, and a job that gets the answers.

What was typed stays until the vault has taken it: a refusal is shown above the fields, at the one
it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Button, Input

from tui.screens.page import Page
from tui.widgets.listing import Column, Listing
from tui.widgets.plain import LONG, Plain
from vault.domain.naming import folded, resolve
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.spell import midnight
from vault.domain.text import clean
from vault.errors import AmbiguousError, SafehandsError, UsageError
from vault.services.session import Session

Choices = Mapping[str, str]
"""What can be chosen, as it is shown, with the id or word that stands for it."""

_NO_CHOICES: Choices = {}


@dataclass(frozen=True)
class Field:
    """One thing that is asked.

    `one` takes one of the `choices`, `several` takes some of them with commas between, and `words`
    takes any words with commas between. The choices are made when the field is first looked at.
    """

    name: str
    label: str
    kind: Literal["line", "day", "number", "one", "several", "words"] = "line"
    value: str = ""
    help: str = ""
    choices: Callable[[], Choices] = field(default=lambda: _NO_CHOICES)


class Answers:
    """What was typed, by the names of the fields; `wrong` is the field that was read last.

    Each reading raises UsageError, NotFoundError or AmbiguousError for what makes no sense.
    """

    def __init__(self, fields: Sequence[Field], typed: Mapping[str, str]) -> None:
        self._fields = {each.name: each for each in fields}
        self._typed = typed
        self.wrong = ""

    @contextmanager
    def _reading(self, name: str) -> Iterator[str]:
        self.wrong = name
        yield self._typed[name].strip()
        self.wrong = ""

    def text(self, name: str) -> str:
        """Return a line."""
        with self._reading(name) as typed:
            return typed

    def needed(self, name: str) -> str:
        """Return a line that must not be empty."""
        with self._reading(name) as typed:
            if not typed:
                message = f"{self._fields[name].label.lower()} is needed"
                raise UsageError(message, self._fields[name].help)
            return typed

    def words(self, name: str) -> tuple[str, ...]:
        """Return words that were separated by commas."""
        return tuple(each.strip() for each in self.text(name).split(",") if each.strip())

    def day(self, name: str) -> date | None:
        """Return a day, or None for nothing."""
        with self._reading(name) as typed:
            try:
                return date.fromisoformat(typed) if typed else None
            except ValueError as error:
                message = f"{clean(typed)!r} is no date"
                raise UsageError(message, "give it as YYYY-MM-DD, such as 2026-11-30") from error

    def moment(self, name: str, default: datetime) -> datetime:
        """Return the first moment of a day, or a default for nothing."""
        day = self.day(name)
        return midnight(day) if day else default

    def number(self, name: str, least: int = 1) -> int | None:
        """Return a whole number from `least` on, or None for nothing."""
        with self._reading(name) as typed:
            if typed and not (typed.isascii() and typed.isdecimal() and int(typed[:9]) >= least):
                message = f"{clean(typed)!r} is no whole number from {least} on"
                raise UsageError(message, "give it in digits")
            return int(typed[:9]) if typed else None

    def word(self, name: str) -> str:
        """Return the word that stands for the choice, "" for nothing; it must be one of them."""
        with self._reading(name) as typed:
            return self._chosen(name, typed) if typed else ""

    def record(self, name: str, read: Callable[[str], str]) -> str:
        """Return the id of a record that was chosen or named, "" for nothing."""
        with self._reading(name) as typed:
            return self._known(name, typed) or read(typed) if typed else ""

    def records(self, name: str, read: Callable[[str], str]) -> tuple[str, ...]:
        """Return the ids of records that were chosen or named."""
        texts = self.words(name)
        with self._reading(name):
            return tuple(dict.fromkeys(self._known(name, text) or read(text) for text in texts))

    def _known(self, name: str, text: str) -> str:
        return self._fields[name].choices().get(text, "")

    def _chosen(self, name: str, text: str) -> str:
        choices = self._fields[name].choices()
        for shown, word in choices.items():
            if folded(text) in {folded(shown), folded(word)}:
                return word
        message = f"{clean(text)!r} is none of the choices"
        raise UsageError(message, f"give one of: {', '.join(choices)}")


def by_name(registry: Registry, kind: type[Record]) -> Callable[[str], str]:
    """Return what finds a record of a kind by what was typed, as the command line does."""
    return lambda text: resolve(registry, kind, text).id


Job = Callable[[Session, Answers], Any]


class FieldInput(Input):
    """The box of one field; up and down walk through the choices, enter takes one and goes on."""

    BINDINGS = [
        Binding("down", "screen.match(1)", "Next choice", show=False),
        Binding("up", "screen.match(-1)", "Choice before", show=False),
    ]
    DEFAULT_CSS = """
    FieldInput { width: 1fr; height: 1; border: none; padding: 0 1; background: $panel; }
    FieldInput:focus { border: none; background: $primary-muted; }
    """

    def __init__(self, asked: Field) -> None:
        hint = {"day": "YYYY-MM-DD", "several": "with commas between"}.get(asked.kind, "")
        self._begun = clean(asked.value, LONG)
        super().__init__(self._begun, hint, id=f"field-{asked.name}", compact=True)
        self.asked = asked
        self.select_on_focus = False

    @property
    def typed(self) -> str:
        """What is to be kept: the value as stored, however it is shown, where nobody changed it."""
        return self.asked.value if self.value == self._begun else self.value

    def on_input_changed(self) -> None:
        """Clean what is pasted: an input would send it to the terminal as it is."""
        self.value = clean(self.value, LONG)

    @property
    def part(self) -> str:
        """What is being typed: of several, what stands behind the last comma."""
        text = self.value.rpartition(",")[2] if self.asked.kind == "several" else self.value
        return text.strip()

    def take(self, choice: str) -> None:
        """Put a choice in place of what is being typed."""
        before = self.value.rpartition(",")[0] if self.asked.kind == "several" else ""
        self.value = f"{before.strip()}, {choice}, " if before else choice
        if self.asked.kind == "several" and not before:
            self.value = f"{choice}, "
        self.cursor_position = len(self.value)


class Matches(Listing[str], can_focus=False):
    """The choices that fit what is typed; a click takes one."""

    DEFAULT_CSS = """
    Matches { height: 5; background: $panel; visibility: hidden; display: none; }
    Matches.needed { display: block; }  /* its room is kept, so that no button moves away */
    Matches.open { visibility: visible; }
    Matches > .listing--cursor { background: $primary; color: $text; text-style: bold; }
    """

    def on_click(self, event: events.Click) -> None:
        """Take the choice under the mouse."""
        number = event.y - 1 + self.scroll_offset.y
        if event.y and number < len(self.rows):
            self.cursor = number
            self.action_choose()


class FormScreen(ModalScreen[None]):
    """Asks for some fields and does a job with the answers; gone once that is done, not before.

    `then` gets what the job returned.
    """

    BINDINGS = [
        Binding("escape", "cancel", "Cancel"),
        Binding("ctrl+s", "save", "Save", priority=True),
    ]
    DEFAULT_CSS = """
    FormScreen { align: center middle; }
    FormScreen #box {
        width: 90; max-width: 98%; height: auto; max-height: 98%;
        border: round $primary; background: $surface; padding: 0 1; overflow-y: auto;
    }
    FormScreen #title { text-style: bold; }
    FormScreen #error { color: $text-error; height: auto; max-height: 6; display: none; }
    FormScreen #error.filled { display: block; }
    FormScreen #fields { height: auto; max-height: 11; }
    FormScreen .field { height: 1; }
    FormScreen .label { width: 20; }
    FormScreen .wrong .label { color: $text-error; text-style: bold; }
    FormScreen #help { color: $text-muted; height: 1; }
    FormScreen #answers { height: 1; align-horizontal: right; }
    FormScreen Button { margin-left: 2; }
    FormScreen.-tall #fields { max-height: 26; }
    """
    VERTICAL_BREAKPOINTS = [(0, "-low"), (34, "-tall")]

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        job: Job,
        then: Callable[[Any], None],
        *,
        yes: str = "Save",
    ) -> None:
        super().__init__()
        self._title, self._fields, self._yes = title, tuple(fields), yes
        self._job, self._then = job, then
        self._walked = False

    def compose(self) -> ComposeResult:
        """Lay out a line for each field, the choices of the one asked now, and the buttons."""
        with Vertical(id="box"):
            yield Plain(self._title, id="title")
            yield Plain("", id="error")
            with VerticalScroll(id="fields", can_focus=False):
                for each in self._fields:
                    with Horizontal(classes="field", id=f"line-{each.name}"):
                        yield Plain(each.label, classes="label")
                        yield FieldInput(each)
            yield Matches(
                (Column("↑ ↓ and enter choose", lambda choice: choice, 20, share=1),), lambda c: c
            )
            yield Plain("", id="help")
            with Horizontal(id="answers"):
                yield Button("Cancel", id="no", compact=True)
                yield Button(f"{self._yes} (ctrl+s)", id="yes", compact=True, variant="primary")

    def on_mount(self) -> None:
        """Begin with the first field."""
        has_choices = any(each.kind in {"one", "several"} for each in self._fields)
        self.query_one(Matches).set_class(has_choices, "needed")
        self.query(FieldInput).first().focus()

    @property
    def _box(self) -> FieldInput | None:
        return self.focused if isinstance(self.focused, FieldInput) else None

    def on_descendant_focus(self) -> None:
        """Say what the field is for, and what can be chosen."""
        box = self._box
        self.query_one("#help", Plain).say(box.asked.help if box else "")
        self._show_matches()

    def on_input_changed(self) -> None:
        """Show the choices that fit."""
        self._show_matches()

    def _show_matches(self) -> None:
        matches, box = self.query_one(Matches), self._box
        choices = list(box.asked.choices()) if box else []
        wanted = folded(box.part).split() if box else []
        if box and box.asked.kind == "one" and box.part in choices:
            wanted = []  # it is chosen already: offer the others
        found = [c for c in choices if all(word in folded(c) for word in wanted)]
        matches.set_class(bool(choices), "open")
        matches.say_when_empty("none fits")
        matches.show(found, keep=False)
        self._walked = False
        if box and box.part in found:
            matches.go_to(box.part)

    def action_match(self, by: int) -> None:
        """Walk through the choices; without any, through the fields."""
        matches = self.query_one(Matches)
        if not matches.rows:
            (self.focus_next if by > 0 else self.focus_previous)(FieldInput)
        elif self._walked or (self._box and self._box.part):
            matches.action_move(by)
        self._walked = True

    @on(Listing.Chosen)
    def match_chosen(self, message: Listing.Chosen) -> None:
        """Take the choice that was clicked."""
        if self._box is not None:
            self._box.take(message.key)

    @on(Input.Submitted)
    def go_on(self) -> None:
        """Take the choice under the cursor, if one is being typed or was walked to; go on."""
        box, match = self._box, self.query_one(Matches).key
        if box is None:
            return
        chosen = bool(match) and (self._walked or bool(box.part)) and box.part != match
        if chosen:
            box.take(match)
        if not (chosen and box.asked.kind == "several"):
            self.focus_next(".field FieldInput, #yes")

    @on(Button.Pressed, "#yes")
    def action_save(self) -> None:
        """Do the job in the background; a second time meanwhile does nothing."""
        button = self.query_one("#yes", Button)
        if button.disabled:
            return
        button.disabled = True
        typed = {box.asked.name: box.typed for box in self.query(FieldInput)}
        answers = Answers(self._fields, typed)
        page = cast("Page", self.app.screen_stack[-2])
        page.work(
            lambda session: self._job(session, answers),
            self._done,
            failed=lambda error: self._refused(error, answers.wrong),
        )

    def _done(self, result: Any) -> None:
        self.dismiss(None)
        self._then(result)

    def _refused(self, error: SafehandsError, wrong: str) -> None:
        self.query_one("#yes", Button).disabled = False
        said = [error.message, *(error.candidates if isinstance(error, AmbiguousError) else ())]
        at = self.query_one("#error", Plain)
        at.say(*said, *filter(None, [error.hint]))
        at.add_class("filled")
        for line in self.query(".field"):
            line.set_class(line.id == f"line-{wrong}", "wrong")
        if wrong:
            self.query_one(f"#field-{wrong}").focus()

    @on(Button.Pressed, "#no")
    def action_cancel(self) -> None:
        """Leave all as it is."""
        self.dismiss(None)
