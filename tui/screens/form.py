"""The one form: fields that are described as data, and a job that gets the answers.

What was typed stays until the vault has taken it: a refusal is shown above the fields, at the one
it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from textual import events, on
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Input

from tui.fields import Field
from tui.screens.asking import Asking, Job
from tui.widgets.listing import Column, Listing
from tui.widgets.plain import LONG, Plain, PlainInput
from vault.domain.naming import folded
from vault.domain.text import clean
from vault.errors import SafehandsError


class FieldInput(PlainInput):
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


class FormScreen(Asking):
    """Asks for a whole record: a line for each field, and choices for the one asked now."""

    BINDINGS = [
        Binding("escape", "cancel", "Cancel"),
        Binding("ctrl+s", "save", "Save", priority=True),
    ]

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        job: Job,
        then: Callable[[Any], None],
        *,
        yes: str = "Save",
    ) -> None:
        super().__init__(title, fields, job, then, yes=f"{yes} (ctrl+s)")
        self._walked = False

    def boxes(self) -> Iterable[Widget]:
        """Yield a line for each field, the choices of the one asked now, and what it is for."""
        with VerticalScroll(id="fields", can_focus=False):
            for each in self._fields:
                with Horizontal(classes="field", id=f"line-{each.name}"):
                    yield Plain(each.label, classes="label")
                    yield FieldInput(each)
        yield Matches(
            (Column("↑ ↓ and enter choose", lambda choice: choice, 20, share=1),), lambda c: c
        )
        yield Plain("", id="help")

    def on_mount(self) -> None:
        """Begin with the first field."""
        has_choices = any(each.kind in {"one", "several"} for each in self._fields)
        self.query_one(Matches).set_class(has_choices, "needed")
        self.query(FieldInput).first().focus()

    def value_of(self, field: Field) -> str:
        """Return what is to be kept of a field."""
        return self.query_one(f"#field-{field.name}", FieldInput).typed

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

    def _refused(self, error: SafehandsError, wrong: str) -> None:
        super()._refused(error, wrong)
        for line in self.query(".field"):
            line.set_class(line.id == f"line-{wrong}", "wrong")
