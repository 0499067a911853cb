"""The page about one record: a rail of its parts, the rows of one part, and what is said of a row.

A page says what its parts are; how they are shown, filled and walked through is here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll

from tui.opening import Kind, page_about
from tui.screens.keeping import Keeping
from tui.widgets.listing import Column, Listing
from tui.widgets.plain import Plain
from tui.widgets.secret_view import SecretView, hide_all
from tui.widgets.sheet import Section, Sheet
from vault.domain.ids import Id
from vault.domain.registry import Registry
from vault.services.preparing import KeptSecret
from vault.services.session import Session


class Row(NamedTuple):
    """One row of a part: its cells, what is said of it, and what it is about.

    `opens` is the record whose page enter opens, `record` the one that is edited and ended.
    """

    key: str
    cells: tuple[str, ...]
    told: tuple[Section, ...] = ()
    opens: tuple[Kind, Id] | None = None
    record: Id = ""
    secret: KeptSecret | None = None


@dataclass(frozen=True)
class Part:
    """One part of what is known of a record.

    A part that is not `quick` is worked out in the background, once it is looked at. `add`, `edit`
    and `end` are what can be done there; they get the row.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: Callable[[Session], Sequence[Row]]
    empty: str
    quick: bool = True
    add: Callable[[], None] | None = None
    edit: Callable[[Row], None] | None = None
    end: Callable[[Row], None] | None = None


def column(number: int, title: str, width: int, share: int = 0, drop: int = 0) -> Column:
    """Return the column of the cells with that number."""
    return Column(title, lambda row: row.cells[number], width, share, drop)


def columns(*forms: tuple[Any, ...]) -> tuple[Column, ...]:
    """Return columns by their title, width, share and drop, in the order of the cells."""
    return tuple(column(number, *form) for number, form in enumerate(forms))


_ON_SECRETS: Final = {
    "reveal": "has-secret",
    "copy_secret": "has-secret",
    "show_code": "gives-codes",
}
"""What is done with the secret of a row, by what its view has to be."""


class Rail(Listing[Part]):
    """The parts; right goes to the rows."""

    BINDINGS = [Binding("right,l,enter", "screen.to_rows", "To the rows", show=False)]


class RowList(Listing[Row]):
    """The rows of a part; left goes back to the parts."""

    BINDINGS = [Binding("left,h", "screen.to_rail", "To the parts", show=False)]


class DetailPage(Keeping):
    """What is known of one record, the one in `ids`."""

    def __init__(self, *ids: str) -> None:
        super().__init__(*ids)
        self._of: Registry | None = None
        self._rows: dict[str, Sequence[Row]] = {}
        self._begun: set[str] = set()
        self._parts: dict[str, Part] = {}

    @property
    def id_shown(self) -> Id:
        """The id of the record that the page is about."""
        return self.ids[0]

    def parts(self) -> tuple[Part, ...]:
        """Return the parts, in their order."""
        raise NotImplementedError

    def heading(self) -> tuple[str, str]:
        """Return what it is called, and what it is in one line."""
        raise NotImplementedError

    def widgets(self) -> Iterator[Any]:
        """Yield the heading, the rail, the rows, what is said of a row, and its secret."""
        self._parts = {part.key: part for part in self.parts()}
        yield Plain("", id="title")
        yield Plain("", id="about")
        with Horizontal():
            yield Rail((Column("", self._rail_text, 18, share=1),), lambda p: p.key, id="rail")
            with Vertical():
                yield RowList((), lambda row: row.key, id="rows")
                with VerticalScroll(id="told", can_focus=False):
                    yield Sheet()
                yield SecretView()

    def _rail_text(self, part: Part) -> str:
        rows = self._rows.get(part.key)
        return part.title if rows is None else f"{part.title} {len(rows) or '–'}"

    @property
    def rail(self) -> Rail:
        """The parts."""
        return self.query_one(Rail)

    @property
    def rows(self) -> RowList:
        """The rows of the part that is shown."""
        return self.query_one(RowList)

    @property
    def part(self) -> Part:
        """The part that is shown."""
        return self._parts[self.place.get("part") or next(iter(self._parts))]

    def on_mount(self) -> None:
        """Come back to the part and the row where one was."""
        self.rail.show(list(self._parts.values()))
        self.rail.go_to(self.part.key)
        self.show()
        (self.rows if self.place.get("in_rows") else self.rail).focus()

    def remember(self) -> None:
        """Note the part, the row, and which of them the cursor is in."""
        self.place["row"] = self.rows.key
        self.place["in_rows"] = self.rows.has_focus

    def show(self) -> None:
        """Tell what is known now; parts that take long are worked out when they are looked at."""
        registry = self.desk.registry
        if registry is not self._of:
            self._of, self._begun = registry, set()
            # What was known stays on the screen until what is known now is worked out.
            for part in self._parts.values():
                if part.quick:
                    self._rows[part.key] = part.rows(self.desk.session)
        title, about = self.heading()
        self.query_one("#title", Plain).say(title)
        self.query_one("#about", Plain).say(about)
        self._show_part(keep=True)

    def _show_part(self, *, keep: bool) -> None:
        part, rows = self.part, self._rows.get(self.part.key)
        self.rows.columns = part.columns
        self.rows.say_when_empty("one moment …" if rows is None else part.empty)
        self.rows.show(rows or (), keep=keep)
        self.rows.go_to(self.place.pop("row", ""))
        self.rail.refresh()
        if not part.quick and part.key not in self._begun:
            self._begun.add(part.key)
            registry = self._of
            self.work(part.rows, lambda found: self._found(part, registry, found))

    def _found(self, part: Part, registry: Registry | None, rows: Sequence[Row]) -> None:
        if registry is not self._of or not self.desk.is_open:
            return  # of what has changed since
        self._rows[part.key] = rows
        self.rail.refresh()
        if part.key == self.part.key:
            self._show_part(keep=True)

    @on(Listing.Moved, "#rail")
    def part_moved(self) -> None:
        """Show the part under the cursor."""
        key = self.rail.key  # as it is now: the message may be older
        if key != self.part.key:
            self.place["part"] = key
            self._show_part(keep=False)

    @on(Listing.Moved, "#rows")
    def row_moved(self) -> None:
        """Say what there is to say of the row."""
        row = self.rows.current
        told = row.told if row else ()
        self.query_one(Sheet).say(*told)
        self.query_one("#told").set_class(any(each.lines for each in told), "filled")
        self.query_one("#told").scroll_home(animate=False)
        secret = row.secret if row else None
        self.query_one(SecretView).point_at(secret, row.cells[0] if row else "")
        self.refresh_bindings()

    @on(Listing.Chosen, "#rows")
    def row_chosen(self) -> None:
        """Open what the row is about, or edit it."""
        row = self.rows.current
        if row is None:
            return
        if row.opens:
            self.safehands.open(page_about(*row.opens))
        elif self.part.edit and row.record:
            self.part.edit(row)

    def go_to_part(self, key: str) -> None:
        """Show a part, with the cursor in its rows."""
        self.rail.go_to(key)
        self.place["part"] = key
        self._show_part(keep=False)
        self.rows.focus()

    def action_to_rows(self) -> None:
        """Go to the rows."""
        self.rows.focus()

    def action_to_rail(self) -> None:
        """Go back to the parts."""
        self.rail.focus()

    def action_add_here(self) -> None:
        """Add something to the part that is shown."""
        if self.part.add:
            self.part.add()

    def action_edit(self) -> None:
        """Edit the row under the cursor; from the rail, the record itself."""
        row = self.rows.current if self.rows.has_focus else None
        if row and row.record and self.part.edit:
            self.part.edit(row)
        else:
            self.edit_record()

    def action_end(self) -> None:
        """End the row under the cursor; from the rail, the record itself."""
        row = self.rows.current if self.rows.has_focus else None
        if row and row.record and self.part.end:
            self.part.end(row)
        else:
            self.end_record()

    def edit_record(self) -> None:
        """Edit the record that the page is about."""

    def end_record(self) -> None:
        """End the record that the page is about."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the keys of what can be done where the cursor is, and no others."""
        if action == "add_here":
            return self._parts != {} and self.part.add is not None
        if action in _ON_SECRETS and self.is_mounted:
            return bool(self.query(f"SecretView.{_ON_SECRETS[action]}"))
        if action == "end" and self.is_mounted and self.rows.has_focus:
            row = self.rows.current
            return bool(row and row.record and self.part.end)
        return super().check_action(action, parameters)

    def take_back(self, *, is_place: bool) -> bool:  # noqa: ARG002
        """Hide the secrets that are shown."""
        return hide_all(self)

    def action_reveal(self) -> None:
        """Show the secret of the row for ten seconds, or hide it."""
        self.query_one(SecretView).toggle()

    def action_show_code(self) -> None:
        """Show the code of the row's authenticator, or hide it."""
        self.query_one(SecretView).toggle_code()

    def action_copy_secret(self) -> None:
        """Put the secret of the row on the clipboard for thirty seconds."""
        self.query_one(SecretView).copy()
