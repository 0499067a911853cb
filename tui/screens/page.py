"""What all pages have in common: the bar of places, work in the background, and coming back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Footer
from textual.worker import get_current_worker

from tui.commands import COMMANDS, Command, Where, commands_of
from tui.presentation import PRESENTATION
from tui.screens.dialogue import Dialogue
from tui.widgets.busy import STOPPABLE
from tui.widgets.places import Places
from vault.errors import RefusedError, SafehandsError

if TYPE_CHECKING:
    from tui.app import SafehandsApp
    from tui.desk import Desk
    from vault.domain.registry import Registry
    from vault.services.session import Session

T = TypeVar("T")

NAMES_IN_BOXES = "a form shows and keeps names as they are", "leave presentation mode first"
"""Why nothing is asked in presentation mode that names somebody, whose mask nobody should save."""


class Unsaved(NamedTuple):
    """What was typed into a dialogue: the action that opens it, a digest of what it is about."""

    again: str
    about: int
    typed: Mapping[str, str]


def _nothing(_: object) -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Bookmark:
    """How to come back to a page: its class, the ids it is about, and where in it one was.

    Nothing that was read from the vault is in it, so it outlives locking.
    """

    page: type[Page]
    ids: tuple[str, ...] = ()
    place: dict[str, Any] = field(default_factory=dict)

    def open(self) -> Page:
        """Return the page, ready to be shown."""
        page = self.page(*self.ids)
        page.place.update(self.place)
        return page


class Page(Screen[None]):
    """One page of the interface; `show` fills it, and is called again when the vault changes.

    `NAME` is its name in the command registry and of its help page, `PLACE` the one of the six
    places it belongs to. `ids` are what it is about, `place` where in it the user is: both survive
    locking, so neither holds anything readable but ids, column numbers, words of a filter, and what
    was typed and not saved.
    """

    NAME: ClassVar[Where]
    PLACE: ClassVar[str]

    def __init__(self, *ids: str) -> None:
        super().__init__()
        self.ids = ids
        self.place: dict[str, Any] = {}

    @property
    def safehands(self) -> SafehandsApp:
        """The application, under its own type."""
        return cast("SafehandsApp", self.app)

    @property
    def desk(self) -> Desk:
        """The vault."""
        return self.safehands.desk

    def compose(self) -> ComposeResult:
        """Lay out the bar of places, the page's own widgets, and the keys."""
        yield Places(self.PLACE)
        yield from self.widgets()
        yield Footer(show_command_palette=False)

    @classmethod
    def commands(cls) -> tuple[Command, ...]:
        """Return what can be done here: what is the page's own first."""
        ids = {each.id for each in cls.BINDINGS if isinstance(each, Binding)}
        own = (each for each in COMMANDS if each.id in ids and "anywhere" not in each.where)
        return (*own, *commands_of())

    def widgets(self) -> Iterator[Any]:
        """Yield the page's own widgets."""
        yield from ()

    def show(self) -> None:
        """Fill the page from the registry; the user's place in it stays."""

    def take_back(self, *, is_place: bool) -> bool:  # noqa: ARG002
        """Take back what is there for a moment; tell whether anything was.

        A shown secret, and of a place itself, below which there is nothing, the filter.
        """
        return False

    def remember(self) -> None:
        """Note in `place` where in the page the user is."""

    def on_mount(self) -> None:
        """Show what there is."""
        self.show()

    def put(
        self, dialogue: Dialogue[T], again: str = "", then: Callable[[T | None], None] = _nothing
    ) -> None:
        """Show a dialogue that the action `again` opens; what was typed into it before comes back.

        It does not where the dialogue is about something else by now: a record may be gone. Nothing
        is put over another dialogue: of a key pressed twice the second comes to nothing. In
        presentation mode nothing is asked that names somebody in a box.
        """
        if not self.is_active:
            return
        if PRESENTATION.is_on and any(PRESENTATION.masked(t) != t for t in dialogue.in_boxes()):
            self.safehands.tell_error(RefusedError(*NAMES_IN_BOXES))
            return
        dialogue.again = again
        unsaved: Unsaved | None = self.place.pop("unsaved", None) if again else None
        if unsaved is not None and unsaved.about == dialogue.about:
            dialogue.is_back = True
            dialogue.call_after_refresh(dialogue.put_back, unsaved.typed)
        self.app.push_screen(dialogue, then)

    def keep(self, dialogue: Dialogue[Any]) -> None:
        """Note what was typed into a dialogue, for when the page is opened by its bookmark."""
        typed = dialogue.typed()
        if dialogue.again and typed:
            self.place["unsaved"] = Unsaved(dialogue.again, dialogue.about, typed)

    async def take_up(self) -> None:
        """Go on with what was typed and not saved before the vault was locked."""
        unsaved: Unsaved | None = self.place.get("unsaved")
        if unsaved is not None:
            await self.run_action(unsaved.again)

    def bookmark(self) -> Bookmark:
        """Return how to come back here."""
        self.remember()
        return Bookmark(type(self), self.ids, self.place)

    @property
    def is_open(self) -> bool:
        """Tell whether the page is there still: work may end after it was left, or locked."""
        if not (self.desk.is_open and self.is_attached and self in self.app.screen_stack):
            return False
        # A page that is being laid out, or taken down, has some of its widgets only.
        return bool(self.query(Places) and self.query(Footer))

    def _hand_over(self, then: Callable[[T], None], result: T) -> None:
        if self.is_open:
            then(result)

    def _fail(
        self, tell: Callable[[SafehandsError], None], error: SafehandsError, before: Registry
    ) -> None:
        """Tell a refusal; what was read or written on the way to it is shown."""
        tell(error)
        if self.is_open and self.desk.registry is not before:
            self.show()

    def work(
        self,
        job: Callable[[Session], T],
        then: Callable[[T], None],
        *,
        failed: Callable[[SafehandsError], None] | None = None,
        stopped: Callable[[], None] | None = None,
    ) -> None:
        """Run a job on the session in the background, then hand its result to the page.

        What the job refuses is shown as a message, or given to `failed`; where the page was left
        meanwhile, the application hears it. A job with `stopped` looks at its worker's
        `is_cancelled`, and may be stopped by the user.
        """
        app, session = self.safehands, self.desk.session
        before, tell = session.registry, failed or app.tell_error

        def run() -> None:
            worker = get_current_worker()
            try:
                result = job(session)
            except SafehandsError as error:
                if not worker.is_cancelled:
                    app.call_from_thread(self._fail, tell, error, before)
                elif stopped is None:
                    app.hear(error)
                elif self.is_attached:
                    app.call_from_thread(stopped)
                return
            if not worker.is_cancelled:
                app.call_from_thread(self._hand_over, then, result)

        group = "job" if stopped is None else STOPPABLE
        self.run_worker(run, thread=True, exit_on_error=True, description="job", group=group)
