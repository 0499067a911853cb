"""The place "People": people, roles, mailboxes and phones, one list at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from textual import on

from tui.commands import bindings_of
from tui.opening import Kind, page_about
from tui.people_lists import (
    mailbox_columns,
    people,
    person_columns,
    phone_columns,
    role_columns,
)
from tui.record_forms import mailbox_form, person_form, phone_form, role_form
from tui.screens.form import FormScreen
from tui.screens.keeping import Keeping
from tui.screens.list_page import ListPage
from tui.widgets.listing import Column, Listing
from tui.widgets.search_box import FilterInput, SearchBox
from tui.widgets.tabs import ListTab, ListTabs
from vault.domain.directory import mailboxes, phones, roles
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.rows import Rows
from vault.services.editing import end_record
from vault.services.session import Session


class Kept(NamedTuple):
    """One of the lists: what is in it, and the page that opens a row."""

    title: str
    noun: str
    hint: str
    rows: Callable[[Registry, datetime], Rows[Any]]
    columns: Callable[[Any], tuple[Column, ...]]
    page: Kind
    empty: str


LISTS: dict[str, Kept] = {
    "people": Kept(
        "People",
        "person",
        "jan  role:webcare  status:leaving",
        people,
        person_columns,
        "person",
        "nobody yet: press a to add somebody, or ctrl+o to import a list",
    ),
    "roles": Kept(
        "Roles",
        "role",
        "webcare  person:jan",
        roles,
        role_columns,
        "role",
        "no roles yet: press a to add one",
    ),
    "mailboxes": Kept(
        "Mailboxes",
        "mailbox",
        "info@  kind:shared  owner:webcare",
        mailboxes,
        mailbox_columns,
        "mailbox",
        "no mailboxes yet: press a to add one",
    ),
    "phones": Kept(
        "Phones",
        "phone",
        "+31  carrier:jan",
        phones,
        phone_columns,
        "phone",
        "no phones yet: press a to add one",
    ),
}


class PeoplePage(Keeping, ListPage):
    """The lists beside each other; `place` keeps which is shown."""

    NAME = "people"
    PLACE = "people"
    BINDINGS = bindings_of("list", "people")

    def __init__(self, *ids: str) -> None:
        super().__init__(*ids)
        self.place["list"] = "people"
        self._of: Registry | None = None
        self._rows: dict[str, Rows[Any]] = {}

    @property
    def kept(self) -> Kept:
        """The list that is shown."""
        return LISTS[self.place["list"]]

    def widgets(self) -> Iterator[Any]:
        """Yield the lists, the box, and the rows."""
        yield ListTabs({key: kept.title for key, kept in LISTS.items()})
        yield SearchBox(self.kept.hint)
        yield Listing[Any](self.columns(), self.key_of)

    def columns(self) -> tuple[Column, ...]:
        """Return the columns of the list that is shown."""
        return self.kept.columns(self.desk)

    def find(self, text: str) -> Sequence[Any]:
        """Return the rows that a text finds."""
        return self._all.find(text)

    def total(self) -> int:
        """Return how many there are."""
        return len(self._all.all)

    @property
    def _all(self) -> Rows[Any]:
        return self._rows[self.place["list"]]

    def show(self) -> None:
        """Fill the list; the cursor stays on its row."""
        registry = self.desk.registry
        if registry is not self._of:
            self._of = registry
            self._rows = {key: kept.rows(registry, self.desk.now) for key, kept in LISTS.items()}
        self._show_list(keep=True)

    def _show_list(self, *, keep: bool) -> None:
        kept = self.kept
        self.NOUN, self.EMPTY = kept.noun, kept.empty  # type: ignore[misc]  # of the list shown
        self.listing.columns = self.columns()
        self.query_one(FilterInput).placeholder = kept.hint
        counts = {key: len(rows.all) for key, rows in self._rows.items()}
        self.query_one(ListTabs).tell(self.place["list"], counts)
        self._fill(keep=keep)

    def choose(self, key: str) -> None:
        """Open the row."""
        self.safehands.open(page_about(self.kept.page, key))

    @on(ListTab.Chosen)
    def tab_chosen(self, message: ListTab.Chosen) -> None:
        """Show the list that was clicked."""
        self.action_list(message.key)

    def action_list(self, key: str) -> None:
        """Show one of the lists, from its top and without a filter."""
        if key != self.place["list"]:
            self.place.pop("sort", None)
            self.place["list"] = key
            self.query_one(SearchBox).text = ""
            self._show_list(keep=False)
        self.listing.focus()

    def action_next_list(self, by: int) -> None:
        """Show the next list, or with -1 the one before."""
        keys = [*LISTS]
        self.action_list(keys[(keys.index(self.place["list"]) + by) % len(keys)])

    # What is done here

    def action_add(self) -> None:
        """Add to the list that is shown, and open what was added."""
        self.fill_in(self._form(None, self._added), "add")

    def action_edit(self) -> None:
        """Edit the row under the cursor."""
        record = self.listing.current
        if record is not None:
            self.fill_in(self._form(record, lambda _: self.done("Saved.")), "edit")

    def _form(self, old: Any, then: Callable[[Any], None]) -> FormScreen:
        registry, now = self.desk.registry, self.desk.now
        match self.place["list"]:
            case "people":
                return person_form(registry, now, then, old)
            case "roles":
                return role_form(then, old)
            case "mailboxes":
                return mailbox_form(registry, now, then, old)
        return phone_form(registry, now, then, old)

    def _added(self, record: Record) -> None:
        self.done("Added.")
        self.listing.go_to(record.id)
        self.choose(record.id)

    def action_end(self) -> None:
        """Record that what is under the cursor is over; people leave by a departure."""
        record = self.listing.current
        if record is None:
            return
        if self.place["list"] == "people":
            self.safehands.tell("People leave by a departure.")
            self.safehands.open(page_about("departure", record.id))
            return
        name = self.desk.registry.name_of(record.id)
        title, text = f"End {name}?", "It is kept as history."
        self.ask(title, text, yes="Ended", job=lambda session: _end(session, record))


def _end(session: Session, record: Record) -> Record:
    return end_record(session, record)
