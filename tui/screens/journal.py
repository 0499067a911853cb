"""The place "Journal": who did what when, found as one types, and whether all of it is true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast, get_args

from textual import on
from textual.worker import get_current_worker

from tui.commands import bindings_of
from tui.opening import Kind, page_about
from tui.screens.list_page import ListPage
from tui.widgets.listing import Column, Listing
from tui.widgets.plain import Plain, shown
from tui.worklists import record_of
from vault.domain.counting import several
from vault.domain.registry import Registry
from vault.domain.rows import Rows
from vault.domain.telling import label_by_id
from vault.errors import RefusedError, SafehandsError
from vault.services.journal import JournalLine, no_dates, searchable
from vault.services.session import Session

MOST_RECORDS = 5  # of an entry are named; an import changes thousands
TOLD_EACH = 1000  # entries, while they are verified


class JournalPage(ListPage):
    """The journal, the latest entry first. Entries are read in the background, in portions."""

    NAME = "journal"
    PLACE = "journal"
    BINDINGS = bindings_of("list", "journal")
    PLACEHOLDER = "acme  by:ana  act:account  about:x/@acme  since:2026-01-01  until:2026-02-01"
    EMPTY = "one moment …"
    NOUN = "entry"
    COLUMNS = (
        Column("no", lambda line: f"{line.seq:>6}", 6),
        Column("when", lambda line: f"{line.at:%Y-%m-%d %H:%M}", 16),
        Column("who", lambda line: line.author, 12, share=1),
        Column("what", lambda line: line.act or "not readable", 16, share=1),
        Column("records", lambda line: f"{line.count:>7,}", 7, drop=2),
        Column("note", lambda line: line.note, 14, share=4, drop=1),
    )

    def __init__(self, *ids: str) -> None:
        super().__init__(*ids)
        self._rows: Rows[JournalLine] | None = None
        self._read_to = 0
        self._is_whole = False
        self._is_verifying = False

    def widgets(self) -> Iterator[Any]:
        """Yield the box, the list, what an entry did, and what is verified."""
        yield from super().widgets()
        yield Plain("", id="detail")
        yield Plain("", id="verified")

    def key_of(self, row: JournalLine) -> str:
        """Return the number of the entry."""
        return str(row.seq)

    def show(self) -> None:
        """Show what is read already; read what is new in the background."""
        session = self.desk.session
        if session.seq != self._read_to:
            self._read_to = session.seq
            self.work(self._read, lambda _: None)
        self._fill(keep=True)
        self._say_opened()

    def find(self, text: str) -> Sequence[JournalLine]:
        """Return the entries that a text finds."""
        return self._rows.find(text) if self._rows else ()

    def why_nothing(self, text: str) -> str:
        """Return what is no date; else that nothing fits."""
        for wrong in no_dates(text, typing=True):
            return f"{shown(wrong)} is no date: write it as 2026-01-31"
        return super().why_nothing(text)

    def total(self) -> int:
        """Return how many entries are read."""
        return len(self._rows.all) if self._rows else 0

    def on_unmount(self) -> None:
        """Let go of what was read."""
        self._rows = None

    def _read(self, session: Session) -> None:
        """Read the entries that are not read yet; those read before are put behind them."""
        worker, last = get_current_worker(), session.seq
        known = self._rows.all if self._rows and self._is_whole else []
        newest_known, self._is_whole = known[0].seq if known else 0, False
        rows = searchable(session.registry)
        for portion in session.journal_back():
            fresh = [line for line in portion if line.seq > newest_known]
            if worker.is_cancelled or self._read_to > last:
                return  # the page is gone, or reads a newer entry
            meets = len(fresh) < len(portion)
            self.app.call_from_thread(self._add, rows, [*fresh, *known] if meets else fresh)
            if meets:
                break
        rows.prepare()
        self._is_whole = True

    def _add(self, rows: Rows[JournalLine], portion: Sequence[JournalLine]) -> None:
        if not self.is_open:
            return
        rows.add(portion)
        self._rows = rows
        self._fill(keep=True)
        if self.place.get("row") and self.listing.go_to(self.place["row"]):
            del self.place["row"]

    # The entry, and what is verified

    @on(Listing.Moved)
    def row_moved(self) -> None:
        """Say what the entry did."""
        line: JournalLine | None = self.listing.current
        said = () if line is None else told(self.desk.registry, line)
        self.query_one("#detail", Plain).say(*said)

    def choose(self, key: str) -> None:  # noqa: ARG002
        """Open the record an entry changed, where it changed one that has a page."""
        line: JournalLine | None = self.listing.current
        for record in line.records if line else ():
            kind, record_id = record_of(self.desk.registry, record)
            if kind in get_args(Kind):
                self.safehands.open(page_about(cast("Kind", kind), record_id))
                return
        self.safehands.tell("This entry changed nothing that has a page of its own.")

    def action_verify(self) -> None:
        """Check every entry's hash, signature and author again, from the first to the last."""
        if not self._is_verifying:
            self._is_verifying = True
            self._say("verifying …")
            self.work(
                self._verify, self._verified, failed=self._is_wrong, stopped=self._was_stopped
            )

    def _verify(self, session: Session) -> int:
        worker, all_entries = get_current_worker(), session.seq

        def tell(count: int) -> None:
            if worker.is_cancelled:
                raise RefusedError("Stopped.")
            if not count % TOLD_EACH:
                done = f"verifying: {count:,} of {all_entries:,} entries …"
                self.app.call_from_thread(self._say, done)

        return session.audit(tell)

    def _verified(self, count: int) -> None:
        self._is_verifying = False
        entries = several(count, "entry is", "entries are")
        self._say(f"✓ {entries} in order, each signed by a member of its time.")
        self.safehands.tell("The whole journal is verified.")

    def _is_wrong(self, error: SafehandsError) -> None:
        self._is_verifying = False
        self._say(f"✗ {error.message}")
        self.safehands.tell_error(error)

    def _was_stopped(self) -> None:
        self._is_verifying = False
        self._say_opened()

    def _say_opened(self) -> None:
        session = self.desk.session
        if not self._is_verifying:
            self._say(
                f"Opened as of entry {session.seq:,}, the last one verified, "
                f"fingerprint {session.head_hash[:16]}…"
            )

    def _say(self, text: str) -> None:
        if self.is_attached:
            self.query_one("#verified", Plain).say(text)


def told(registry: Registry, line: JournalLine) -> tuple[str, ...]:
    """Return what an entry says, as lines; names are those of today."""
    if not line.is_open:
        return (f"Entry {line.seq:,} by {line.author}.", "It was sealed before your time here.")
    named = ", ".join(label_by_id(registry, each) for each in line.records[:MOST_RECORDS])
    more = line.count - min(len(line.records), MOST_RECORDS)
    changed = named + (f" and {more:,} more" if named and more else "")
    if not named:
        changed = several(line.count, "record")
    return (
        f"{line.at:%Y-%m-%d %H:%M:%S} UTC  {line.author}: {line.act}",
        f"Changed: {changed}",
        f"Entry {line.seq:,}, hash {line.hash[:32]}…",
        *((f"Note: {line.note}",) if line.note else ()),
    )
