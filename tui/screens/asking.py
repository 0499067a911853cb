"""What all dialogues that ask have in common: what was typed stays until the vault has taken it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Button, Input, TextArea

from tui.fields import Answers, Field
from tui.screens.dialogue import Dialogue
from tui.screens.page import Page
from tui.telling import told, warn
from tui.widgets.busy import Busy
from tui.widgets.plain import Plain
from tui.widgets.secret_input import SecretInput
from vault.domain.handing import Handed, handed_to_leavers
from vault.domain.record import Record
from vault.errors import ConflictError, SafehandsError
from vault.services.session import Session

COMES_BACK = "Close this and open it again: it shows what is there now, and what you typed."

Job = Callable[[Session, Answers], Any]


class Asking(Dialogue[None]):
    """Asks, and does a job with the answers; it is gone once that is done, and not before.

    Where the job is refused, the reason is shown above the answers, and these can be mended. `then`
    gets what the job returned. A dialogue says in `boxes` how it asks: each field has an input with
    the id "field-" and its name.
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
        self.title_text, self._told, self._yes = title, about, yes
        self._fields, self._job, self._then = tuple(fields), job, then

    @property
    def about(self) -> int:
        """What is asked of which record; a hash, since a title is not to outlive locking."""
        return hash((self.title_text, self._told, *(field.name for field in self._fields)))

    def compose(self) -> ComposeResult:
        """Lay out the question, the boxes for the answers, and the buttons."""
        with Vertical(id="box"):
            yield Plain(self.title_text, id="title")
            if self._told:
                yield Plain(self._told, id="about")
            yield Plain("", id="error")
            yield from self.boxes()
            with Horizontal(id="answers"):
                yield Busy()
                yield Button("Cancel", id="no", compact=True)
                yield Button(self._yes, id="yes", compact=True, variant="primary")

    def boxes(self) -> Iterable[Widget]:
        """Yield a box for each field."""
        raise NotImplementedError

    def in_boxes(self) -> Iterable[str]:
        """Return what the boxes begin with, and what is offered for them."""
        for field in self._fields:
            yield field.value
            yield from field.choices()

    def box_of(self, field: Field) -> Widget:
        """Return the box of a field."""
        return self.query_one(f"#field-{field.name}")

    def value_of(self, field: Field) -> str:
        """Return what is in the box of a field."""
        box = self.box_of(field)
        return box.text if isinstance(box, TextArea) else cast("Input", box).value

    def typed(self) -> Mapping[str, str]:
        """Return what was typed; not into a masked box."""
        values = {f.name: self.value_of(f) for f in self._fields if f.kind != "secret"}
        begun = {field.name: field.value for field in self._fields}
        return {name: value for name, value in values.items() if value != begun[name]}

    def put_back(self, typed: Mapping[str, str]) -> None:
        """Show again what was typed, as far as it is asked for."""
        for field in self._fields if self.query("#yes") else ():  # else it is closed already
            if field.name in typed and field.kind != "secret":
                box = self.box_of(field)
                if isinstance(box, TextArea):
                    box.text = typed[field.name]
                else:
                    cast("Input", box).value = typed[field.name]

    @on(Button.Pressed, "#yes")
    def action_save(self) -> None:
        """Do the job in the background; a second time meanwhile does nothing."""
        if self._works:
            return
        self._hold(begins=True)
        job = self._job
        answers = Answers(self._fields, {f.name: self.value_of(f) for f in self._fields})
        page = self._page

        def do(session: Session) -> tuple[Any, list[Handed]]:
            before = session.registry
            result = job(session, answers)
            page.place.pop("unsaved", None)  # where it was locked meanwhile
            if not isinstance(result, Record):
                return result, []
            old, now = before.find(result.id), session.env.now()
            return result, list(handed_to_leavers(session.registry, old, result, now))

        page.work(
            do,
            self._done,
            failed=lambda error: self._refused(error, answers.wrong),
        )

    @property
    def _page(self) -> Page:
        """The page that is asked on; another dialogue may lie between."""
        return next(each for each in reversed(self.app.screen_stack) if isinstance(each, Page))

    @property
    def _works(self) -> bool:
        return self.query_one("#yes", Button).disabled

    def _hold(self, *, begins: bool) -> None:
        """Let no button be pressed while the job runs: what is being recorded is not taken back."""
        for button in self.query("#answers Button"):
            button.disabled = begins

    def _done(self, done: tuple[Any, list[Handed]]) -> None:
        result, handed = done
        for box in self.query(SecretInput):
            box.take()
        if self.is_active:
            self.dismiss(None)
        self._then(result)
        for each in handed:
            warn(self.app, *each)

    def _refused(self, error: SafehandsError, wrong: str) -> None:
        if not self.is_attached:  # whoever closed it is told all the same
            self._page.safehands.tell_error(error)
            return
        self._hold(begins=False)
        self.add_class("refused")
        lines = told(self.app, error)
        if isinstance(error, ConflictError) and self.again:
            self._page.keep(self)
            lines = (error.message, COMES_BACK)
        self.query_one("#error", Plain).say(*lines)
        for field in self._fields:
            self.box_of(field).set_class(field.name == wrong, "wrong")
        if wrong:
            self.query_one(f"#field-{wrong}").focus()

    @on(Button.Pressed, "#no")
    def action_cancel(self) -> None:
        """Leave all as it is; what is being recorded is waited for."""
        if not self._works:
            self.dismiss(None)
