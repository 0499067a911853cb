"""A look at what would be done, before it is: a plan to read, and what can be answered to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button

from tui.screens.dialogue import Dialogue
from tui.widgets.plain import Plain
from tui.widgets.sheet import Section, Sheet


class LookScreen(Dialogue[None]):
    """Shows sections that scroll, above its answers; what each does is called once it is chosen.

    Cancel is the answer at hand: whoever presses enter by habit has changed nothing.
    """

    BINDINGS = [
        ("escape", "dismiss", "Cancel"),
        ("right", "app.focus_next", "Next answer"),
        ("left", "app.focus_previous", "Previous answer"),
        Binding("down,j", "scroll(1)", "Down", show=False),
        Binding("up,k", "scroll(-1)", "Up", show=False),
        Binding("pagedown", "scroll(8)", "Page down", show=False),
        Binding("pageup", "scroll(-8)", "Page up", show=False),
    ]

    def __init__(
        self, title: str, *sections: Section, answers: Mapping[str, Callable[[], None]]
    ) -> None:
        super().__init__()
        self._title, self._sections, self._answers = title, sections, [*answers.items()]

    def compose(self) -> ComposeResult:
        """Lay out the plan and the answers."""
        with Vertical(id="box"):
            yield Plain(self._title, id="title")
            with VerticalScroll(can_focus=False):
                yield Sheet()
            with Horizontal(id="answers"):
                yield Button("Cancel", id="no", compact=True)
                for number, (answer, _) in enumerate(self._answers):
                    yield Button(
                        answer,
                        id=f"answer-{number}",
                        compact=True,
                        variant="default" if number else "primary",
                    )

    def on_mount(self) -> None:
        """Show it from its beginning."""
        self.query_one(Sheet).say(*self._sections)
        self.query_one("#no", Button).focus()

    def action_scroll(self, lines: int) -> None:
        """Scroll by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    @on(Button.Pressed)
    def answered(self, event: Button.Pressed) -> None:
        """Do what was chosen."""
        self.dismiss(None)
        _, _, number = (event.button.id or "").partition("answer-")
        if number:
            self._answers[int(number)][1]()
