"""The command registry: key bindings, the palette and the help pages are made from it.

A command that is not listed here has no key, cannot be found in the palette and is in no help page.
"""

from __future__ import annotations

from collections.abc import Iterator

from textual.binding import Binding, BindingType

from tui.case_commands import CASE_COMMANDS
from tui.command import Command, Where
from tui.record_commands import RECORD_COMMANDS

__all__ = ["COMMANDS", "Command", "Where", "bindings_of", "commands_of"]

COMMANDS: tuple[Command, ...] = (
    Command("go.today", "Today", "What needs someone now.", "1", "app.go('today')", ("anywhere",)),
    Command("go.accounts", "Accounts", "All accounts.", "2", "app.go('accounts')", ("anywhere",)),
    Command(
        "go.people",
        "People",
        "People, roles, mailboxes and phones.",
        "3",
        "app.go('people')",
        ("anywhere",),
    ),
    Command("go.cases", "Cases", "Cases under way.", "4", "app.go('cases')", ("anywhere",)),
    Command(
        "go.hygiene", "Hygiene", "Findings and worklists.", "5", "app.go('hygiene')", ("anywhere",)
    ),
    Command("go.journal", "Journal", "Who did what when.", "6", "app.go('journal')", ("anywhere",)),
    Command(
        "help",
        "Help",
        "What this page does, and its keys.",
        "question_mark,f1",
        "app.help",
        ("anywhere",),
        shown=True,
    ),
    Command(
        "palette",
        "Commands",
        "Find a command, an account, a person, a phone or a case.",
        "ctrl+p",
        "app.command_palette",
        ("anywhere",),
        shown=True,
    ),
    Command(
        "lock",
        "Lock",
        "Lock the vault; unlocking comes back to this place.",
        "ctrl+l",
        "app.lock",
        ("anywhere",),
    ),
    Command(
        "back",
        "Back",
        "Hide a shown secret or take a filter back; then go back to where this was opened from.",
        "escape",
        "app.back",
        ("anywhere",),
    ),
    Command("quit", "Quit", "Lock the vault and leave.", "ctrl+q", "app.quit", ("anywhere",)),
    Command(
        "refresh",
        "Read again",
        "Read what others have changed meanwhile.",
        "f5",
        "app.read_again",
        ("anywhere",),
    ),
    Command(
        "stop",
        "Stop",
        "Stop what is checked in the background; what is being written is finished.",
        "f4",
        "app.stop",
        ("anywhere",),
    ),
    Command(
        "present",
        "Presentation mode",
        "Mask names, addresses and handles, for a shared screen; once more shows them.",
        "ctrl+e",
        "app.present",
        ("anywhere",),
    ),
    Command(
        "import",
        "Import a file",
        "Bring in people, roles, mailboxes or accounts from a list, after a preview.",
        "ctrl+o",
        "app.import",
        ("anywhere",),
    ),
    Command(
        "settings",
        "Settings",
        "Colours, keys, and when to lock.",
        "f2",
        "app.settings",
        ("anywhere",),
    ),
    Command(
        "list.filter",
        "Filter",
        "Type to filter; escape empties the box, then leaves it.",
        "slash",
        "filter",
        ("list",),
        shown=True,
    ),
    Command("list.sort", "Sort", "Sort by the next column.", "s", "sort", ("list",)),
    # Today, Hygiene and Journal
    Command("today.personal", "Tied to persons", "Their accounts.", "t", "number(0)", ("today",)),
    Command("today.debt", "Knowledge debt", "What to rotate.", "w", "number(1)", ("today",)),
    Command("today.single", "Single points", "What one can lose.", "p", "number(2)", ("today",)),
    Command("today.dormant", "Dormant", "What nobody uses.", "d", "number(3)", ("today",)),
    Command(
        "today.export",
        "Write a page",
        "Write where the company stands, on one page, to a file: for those who do not look here.",
        "e",
        "export",
        ("today",),
    ),
    Command(
        "hygiene.next",
        "Next list",
        "The next worklist.",
        "right,l",
        "next_worklist(1)",
        ("hygiene",),
        shown=True,
    ),
    Command(
        "hygiene.previous",
        "List before",
        "The worklist before.",
        "left,h",
        "next_worklist(-1)",
        ("hygiene",),
        shown=True,
    ),
    Command(
        "hygiene.findings", "Findings", "What is wrong.", "f", "worklist('findings')", ("hygiene",)
    ),
    Command(
        "hygiene.dormancy",
        "Dormancy",
        "What nobody uses.",
        "d",
        "worklist('dormancy')",
        ("hygiene",),
    ),
    Command(
        "hygiene.rotation",
        "Rotation",
        "Secrets to change.",
        "r",
        "worklist('rotation')",
        ("hygiene",),
    ),
    Command(
        "hygiene.single",
        "Single points",
        "What hangs on one person.",
        "p",
        "worklist('single')",
        ("hygiene",),
    ),
    Command(
        "hygiene.platforms",
        "Platforms gone",
        "Listed, but gone.",
        "e",
        "worklist('platforms')",
        ("hygiene",),
    ),
    Command(
        "journal.verify",
        "Verify",
        "Check every entry and signature from the first to the last.",
        "v",
        "verify",
        ("journal",),
        shown=True,
    ),
    *CASE_COMMANDS,
    *RECORD_COMMANDS,
)


def commands_of(*where: Where) -> Iterator[Command]:
    """Yield the commands of a page: its own first, then those that are there on every page."""
    for place in (*where, "anywhere"):
        yield from (command for command in COMMANDS if place in command.where)


def bindings_of(*where: Where) -> list[BindingType]:
    """Return the key bindings of a page as its class gives them; of none, the application's."""
    wanted = where or ("anywhere",)
    return [
        Binding(
            command.keys,
            command.action,
            command.title,
            show=command.shown,
            id=command.id,
            tooltip=command.help,
            priority=command.id in {"quit", "lock"},
        )
        for command in COMMANDS
        if set(command.where) & set(wanted)
    ]
