"""Importing a file: first what it would bring, with every problem in it, then the import itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, LoadingIndicator
from textual.worker import get_current_worker

from tui.desk import Desk
from tui.screens.dialogue import Dialogue
from tui.telling import here, told
from tui.widgets.listing import Column, Listing
from tui.widgets.path_input import PathInput
from tui.widgets.plain import Plain
from vault.domain.counting import several
from vault.errors import SafehandsError, UsageError
from vault.services.import_report import OUTCOMES, ImportReport
from vault.services.importing import import_source, read_source

COLUMNS = (
    Column("row", lambda p: f"{p.row:>6}", 6),
    Column("column", lambda p: p.column, 10, share=1, drop=2),
    Column("what", lambda p: p.message, 24, share=3),
    Column("so", lambda p: p.taken, 14, share=2, drop=1),
)
KINDS = {"person": "people", "mailbox": "mailboxes"}


class ImportScreen(Dialogue[bool]):
    """Brings in one file after the other; answers whether anything was brought in."""

    BINDINGS = [("escape", "leave", "Done")]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._previewed: tuple[Path, Path] | None = None
        self._has_brought = False

    def compose(self) -> ComposeResult:
        """Lay out the two paths, the report and the buttons."""
        with Vertical(id="box"):
            yield Plain("Import a file", id="title")
            yield Plain("CSV file, such as people.csv", classes="label")
            yield PathInput(id="file")
            yield Plain("Mapping: which column means what (docs/import.md)", classes="label")
            yield PathInput(id="mapping")
            yield Plain("", id="error")
            yield LoadingIndicator()
            yield Plain("", id="told")
            yield Listing[Any](COLUMNS, lambda p: f"{p.row} {p.column} {p.kind}", id="problems")
            yield Plain("", id="problem")
            with Horizontal(id="answers"):
                yield Button("Done", id="done", compact=True)
                yield Button("Preview", id="preview", compact=True)
                yield Button("Import", id="import", compact=True, variant="primary", disabled=True)

    def typed(self) -> Mapping[str, str]:
        """Return the two paths."""
        boxes = {name: self.query_one(f"#{name}", PathInput).value for name in ("file", "mapping")}
        return {name: typed for name, typed in boxes.items() if typed}

    def put_back(self, typed: Mapping[str, str]) -> None:
        """Show the paths again."""
        for name, path in typed.items():
            self.query_one(f"#{name}", PathInput).value = path

    def on_mount(self) -> None:
        """Begin with the file."""
        self.query_one("#file").focus()

    @on(Input.Changed)
    def path_changed(self) -> None:
        """Import only what was previewed."""
        self.query_one("#import", Button).disabled = True

    @on(Input.Submitted, "#file")
    def file_named(self) -> None:
        """Go on to the mapping; one of the same name beside the file is likely the one."""
        file, mapping = self.query_one("#file", PathInput), self.query_one("#mapping", PathInput)
        with suppress(OSError, ValueError):  # what was typed may be no path at all
            beside = file.path.with_suffix(".toml")
            if not mapping.value and beside.is_file():
                mapping.value = str(beside)
        mapping.focus()

    @on(Input.Submitted, "#mapping")
    @on(Button.Pressed, "#preview")
    def preview(self) -> None:
        """Say what the file would bring; nothing is written."""
        for box, missing in ((each, _MISSING[each.id or ""]) for each in self.query(PathInput)):
            if not box.value.strip():
                self._refused(UsageError(*missing))
                box.focus()
                return
        paths = self.query_one("#file", PathInput).path, self.query_one("#mapping", PathInput).path
        self._previewed = paths
        self._run(paths, self._show_preview, dry_run=True)

    @on(Button.Pressed, "#import")
    def bring_in(self) -> None:
        """Import what was previewed, all of it or nothing."""
        if self._previewed is not None:
            self._run(self._previewed, self._show_done, dry_run=False)

    @on(Listing.Moved)
    def problem_shown(self) -> None:
        """Say in full what the row under the cursor cuts short."""
        problem = self.query_one("#problems", Listing).current
        said = [*problem.message.split("; "), f"so: {problem.taken}"] if problem else []
        self.query_one("#problem", Plain).say("; ".join(here(self.app, each) for each in said))

    @on(Button.Pressed, "#done")
    def action_leave(self) -> None:
        """Leave, unless an import is under way."""
        if not self.has_class("busy"):
            self.dismiss(self._has_brought)

    def _run(
        self, paths: tuple[Path, Path], then: Callable[[ImportReport], None], *, dry_run: bool
    ) -> None:
        if self.has_class("busy"):
            return
        self.add_class("busy")
        self.query_one("#error", Plain).say("")
        file, mapping = paths
        session, app = self.desk.session, self.app

        def run() -> None:
            worker = get_current_worker()
            try:
                source = read_source([file], mapping, session.registry.catalogue)
                report = import_source(session, source, dry_run=dry_run)
            except SafehandsError as error:
                if not worker.is_cancelled:
                    app.call_from_thread(self._refused, error)
                return
            if not worker.is_cancelled:
                app.call_from_thread(then, report)

        self.run_worker(run, thread=True, description="import", group="import")

    def _show_preview(self, report: ImportReport) -> None:
        self._show("This would be imported, and nothing has been yet:", report)
        button = self.query_one("#import", Button)
        button.disabled = False
        button.focus()

    def _show_done(self, report: ImportReport) -> None:
        self._has_brought = self._has_brought or report.written
        said = "This was imported:" if report.written else "Nothing in it is new:"
        self._show(said, report)
        self.query_one("#import", Button).disabled = True
        self.query_one("#file", PathInput).focus()

    def _show(self, said: str, report: ImportReport) -> None:
        self.remove_class("busy")
        told = [*_counts(report), f"{several(len(report.problems), 'problem')} in the file"]
        if report.proposals:
            gone = several(len(report.proposals), "record")
            told.append(
                f"{gone} of this source gone from it; "
                "to end them: safehands import --end-gone (on the command line)"
            )
        self.query_one("#told", Plain).say(said, *told)
        self.query_one("#problems", Listing).show(report.problems, keep=False)

    def _refused(self, error: SafehandsError) -> None:
        self.remove_class("busy")
        self.query_one("#import", Button).disabled = True
        self.query_one("#error", Plain).say(*told(self.app, error))


_MISSING: Final = {
    "file": ("no file is named", "type its path; the right arrow takes what is offered"),
    "mapping": (
        "no mapping is named",
        "write one, a few lines that say which column means what: docs/import.md has examples",
    ),
}
"""What is said of a box that is empty, and what to do about it."""


def _counts(report: ImportReport) -> list[str]:
    """Return one line a kind, such as "people: 12 read, 10 created, 2 skipped"."""
    counted = {"read": report.read} | {each: getattr(report, each) for each in OUTCOMES}
    kinds = dict.fromkeys(kind for counts in counted.values() for kind in counts)
    return [
        f"  {KINDS.get(kind, kind + 's')}: "
        + ", ".join(
            f"{counts[kind]:,} {what}" for what, counts in counted.items() if counts.get(kind)
        )
        for kind in kinds
        if any(counts.get(kind) for counts in counted.values())
    ]
