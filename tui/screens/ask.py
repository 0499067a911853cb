"""Asking for a few words: enter saves, and a day has a calendar."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import date

from textual import on
from textual.containers import VerticalScroll
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Input, TextArea

from tui.fields import Field
from tui.screens.asking import Asking
from tui.widgets.calendar import Calendar
from tui.widgets.plain import Plain, PlainInput, shown
from tui.widgets.secret_input import SecretInput
from vault.domain.text import clean


class AskScreen(Asking):
    """Asks for a few words, one box below the other; what is likely is offered while one types."""

    BINDINGS = [("escape", "cancel", "Cancel"), ("ctrl+s", "save", "Save")]

    def boxes(self) -> Iterable[Widget]:
        """Yield a box for each answer below its label."""
        with VerticalScroll(id="fields", can_focus=False):
            for field in self._fields:
                yield Plain(field.label, classes="label")
                yield from self._boxes(field)

    def _boxes(self, field: Field) -> Iterable[Widget]:
        name, hint = f"field-{field.name}", shown(field.help)
        if field.kind == "text":
            yield TextArea(field.value, id=name, compact=True)
        elif field.kind == "secret":
            yield SecretInput(hint, id=name)
        else:
            likely = [clean(each) for each in field.choices()]
            suggester = SuggestFromList(likely, case_sensitive=False) if likely else None
            box = PlainInput(field.value, hint, suggester=suggester, id=name, compact=True)
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
    def submitted(self) -> None:
        """Save at enter."""
        self.action_save()
