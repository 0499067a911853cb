"""The place "Hygiene": findings, and the worklists that keep accounts in safe hands."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, cast

from textual import on
from textual.worker import get_current_worker

from tui.commands import bindings_of
from tui.opening import Kind, page_about
from tui.screens.account_acts import AccountActs
from tui.screens.confirm import ConfirmScreen
from tui.screens.read import ReadScreen
from tui.widgets.listing import Column, Listing
from tui.widgets.plain import Plain
from tui.widgets.search_box import FilterInput, SearchBox
from tui.widgets.sheet import Section
from tui.widgets.tabs import ListTab, ListTabs
from tui.worklists import WORKLISTS, Worklist, record_of
from vault.domain.account import Account
from vault.domain.counting import several
from vault.domain.dependants import Dependant
from vault.domain.ids import Id
from vault.domain.rows import Rows
from vault.services.deactivation import retire_dead
from vault.services.overview import Overview
from vault.services.rotation import Target
from vault.services.session import Session


class HygienePage(AccountActs):
    """Worklists beside each other; `ids` are the one to begin with, and its filter."""

    NAME = "hygiene"
    PLACE = "hygiene"
    BINDINGS = bindings_of("list", "hygiene")

    def __init__(self, *ids: str) -> None:
        super().__init__(*ids)
        worklist, text = (*ids, "", "")[:2]
        self.place |= {"worklist": worklist or "findings", "filter": text}
        self._overview: Overview | None = None
        self._rows: dict[str, Rows[Any]] = {}

    @property
    def worklist(self) -> Worklist:
        """The list that is shown."""
        return WORKLISTS[self.place["worklist"]]

    def widgets(self) -> Iterator[Any]:
        """Yield the worklists, the box, the list, and what is said of its row."""
        yield ListTabs({key: worklist.title for key, worklist in WORKLISTS.items()})
        yield SearchBox(self.worklist.hint)
        yield Listing[Any](self.columns(), self.key_of, can_mark=True)
        yield Plain("", id="marked")
        yield Plain("", id="detail")

    def columns(self) -> tuple[Column, ...]:
        """Return the columns of the list that is shown."""
        return self.worklist.columns(self.desk.overview)

    def key_of(self, row: Any) -> str:
        """Return what a row is known by, which says nothing of what it is about."""
        return str(self.worklist.row_key(row))

    def show(self) -> None:
        """Show what is known at once, and work out the rest in the background."""
        overview = self.desk.overview
        if overview is not self._overview:
            self._overview = overview
            self.work(self._work_out, lambda _: None)
        self._show_worklist(keep=True)

    def on_unmount(self) -> None:
        """Let go of what was read."""
        self._overview, self._rows = None, {}

    def _work_out(self, _: Session) -> None:
        worker, overview = get_current_worker(), self._overview
        if overview is None:
            return
        first = self.worklist
        for worklist in (first, *(each for each in WORKLISTS.values() if each is not first)):
            rows = worklist.rows(overview)
            if worker.is_cancelled or overview is not self._overview:
                return
            self.app.call_from_thread(self._found, overview, worklist.key, rows)

    def _found(self, overview: Overview, key: str, rows: Rows[Any]) -> None:
        if not self.is_open or overview is not self._overview:
            return  # of a vault that is locked, or has changed since
        self._rows[key] = rows
        if key == self.worklist.key:
            self.listing.marked &= {self.key_of(row) for row in rows.all}
            self._show_worklist(keep=True)
            self.tell_marked()
            self.listing.go_to(self.place.pop("row", ""))
        self._tell_counts()

    def _show_worklist(self, *, keep: bool) -> None:
        worklist = self.worklist
        self.NOUN = worklist.noun  # type: ignore[misc]  # each of its lists has one
        self.EMPTY = worklist.empty if worklist.key in self._rows else "one moment …"  # type: ignore[misc]
        self.listing.columns = self.columns()
        self.query_one(FilterInput).placeholder = worklist.hint
        self._fill(keep=keep)
        self._tell_counts()

    def _tell_counts(self) -> None:
        counts: Mapping[str, int] = {key: len(rows.all) for key, rows in self._rows.items()}
        self.query_one(ListTabs).tell(self.worklist.key, counts)

    def find(self, text: str) -> Sequence[Any]:
        """Return the rows that a text finds."""
        rows = self._rows.get(self.worklist.key)
        return rows.find(text) if rows else ()

    def total(self) -> int:
        """Return how many rows the list has."""
        rows = self._rows.get(self.worklist.key)
        return len(rows.all) if rows else 0

    @on(Listing.Moved)
    def row_moved(self) -> None:
        """Say what is wrong, and what to do about it."""
        row, overview = self.listing.current, self._overview
        said = () if row is None or overview is None else self.worklist.detail(overview, row)
        self.query_one("#detail", Plain).say(*map(self.safehands.preferences.here, said))

    def _chosen_rows(self) -> Sequence[Any]:
        """The marked rows in their order, or the row under the cursor."""
        rows = self._rows.get(self.worklist.key)
        marked = self.listing.marked
        found = [row for row in rows.all if self.key_of(row) in marked] if rows and marked else []
        return found or [row for row in (self.listing.current,) if row is not None]

    def chosen(self) -> tuple[Id, ...]:
        """Return the accounts of the marked rows, or of the row under the cursor."""
        opened = map(self.worklist.about, self._chosen_rows())
        about = (record_of(self.desk.registry, each) for each in opened)
        return tuple(sorted({record_id for kind, record_id in about if kind == "account"}))

    def choose(self, key: str) -> None:  # noqa: ARG002
        """Open the record that a row is about."""
        row = self.listing.current
        if row is not None:
            kind, record_id = record_of(self.desk.registry, self.worklist.about(row))
            self.safehands.open(page_about(cast("Kind", kind), record_id))

    def targets(self) -> Sequence[Target]:
        """Return the secrets that are due and marked, in the order to change them."""
        if self.worklist.key != "rotation":
            return super().targets()
        registry = self.desk.registry
        secrets = [row.credential for row in self._chosen_rows()]
        return [Target(registry.account(each.account), each) for each in secrets]

    def decided(self, about: Collection[Id], said: str = "") -> None:
        """Go on with the row below those that were decided about."""
        rows = self.listing.rows
        here = [n for n, row in enumerate(rows) if self.worklist.about(row) in about]
        if here and here[-1] + 1 < len(rows):
            self.place["row"] = self.key_of(rows[here[-1] + 1])
        self.action_unmark()
        self.done(said)  # the row says what was decided; a message would hide the next one

    def action_close_account(self) -> None:
        """Close the accounts by a case; those on platforms that are gone at once."""
        if self.worklist.key != "platforms":
            super().action_close_account()
        elif self.total():
            title = f"Retire {several(self.total(), 'account')} on platforms that are gone?"
            text = "They are recorded as closed with all that hung on them; their history stays."
            question = ConfirmScreen(title, text, yes="Retire", then=self._retire)
            self.put(question)

    def _retire(self) -> None:
        self.work(retire_dead, self._retired)

    def _retired(self, done: tuple[Sequence[Account], Sequence[Dependant]]) -> None:
        retired, needing = done
        self.done(f"Retired: {several(len(retired), 'account')}.")
        if needing:
            here = self.safehands.preferences.here
            ways = [
                each
                for d in needing
                for each in (("✗", d.what), ("", f"→ {here(d.ways_out[0].text)}"))
            ]
            self.put(ReadScreen("Not retired", Section("Still needed", ways)))

    @on(ListTab.Chosen)
    def tab_chosen(self, message: ListTab.Chosen) -> None:
        """Show the list that was clicked."""
        self.action_worklist(message.key)

    def action_worklist(self, key: str) -> None:
        """Show one of the lists, from its top and without a filter."""
        if key == self.worklist.key:
            return
        self.place.pop("sort", None)
        self.place["worklist"] = key
        self.action_unmark()
        self.query_one(SearchBox).text = ""
        self._show_worklist(keep=False)
        self.listing.focus()

    def action_next_worklist(self, by: int) -> None:
        """Show the next list, or with -1 the one before."""
        keys = [*WORKLISTS]
        self.action_worklist(keys[(keys.index(self.worklist.key) + by) % len(keys)])
