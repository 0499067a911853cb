"""The command registry: key bindings, the palette and the help pages are made from it.

A command that is not listed here has no key, cannot be found in the palette and is in no help page.
"""

from __future__ import annotations

from collections.abc import Iterator

from textual.binding import Binding, BindingType

from tui.command import Command, Where
from tui.record_commands import RECORD_COMMANDS

__all__ = ["COMMANDS", "Command", "Where", "bindings_of", "commands_of"]

COMMANDS: tuple[Command, ...] = (
    Command("go.today", "Today", "What needs someone now.", "1", "app.go('today')", ("anywhere",)),
    Command("go.accounts", "Accounts", "All accounts.", "2", "app.go('accounts')", ("anywhere",)),
    Command(
        "go.people",
        "People",
        "People, roles and mailboxes.",
        "3",
        "app.go('people')",
        ("anywhere",),
    ),
    Command("go.cases", "Cases", "Departures under way.", "4", "app.go('cases')", ("anywhere",)),
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
        "Find a command, an account, a person or a case.",
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
        "Back to where this page was opened from.",
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
    # Cases and departures
    Command(
        "cases.start",
        "New departure",
        "Choose who leaves, and plan it.",
        "n",
        "start_departure",
        ("cases",),
        shown=True,
    ),
    Command(
        "departure.start",
        "Start",
        "Open the case that carries this plan through.",
        "s",
        "start",
        ("departure",),
        shown=True,
    ),
    Command(
        "departure.day",
        "Last day",
        "Choose the last day.",
        "d",
        "last_day",
        ("departure",),
        shown=True,
    ),
    Command(
        "departure.mode",
        "Mode",
        "Planned: they still help. Immediate: they do not.",
        "m",
        "mode",
        ("departure",),
        shown=True,
    ),
    Command(
        "departure.successors",
        "Successors",
        "Name who takes over each role.",
        "u",
        "successors",
        ("departure",),
        shown=True,
    ),
    Command(
        "departure.two",
        "Two persons",
        "Have a second person confirm each step, or not.",
        "t",
        "two_person",
        ("departure",),
    ),
    Command(
        "departure.view",
        "Next view",
        "Verdict, ties, steps, dates.",
        "v",
        "next_view",
        ("departure",),
    ),
    Command(
        "departure.export",
        "Export",
        "Write the plan as a checklist, a page or a calendar.",
        "e",
        "export",
        ("departure",),
    ),
    Command(
        "case.apply",
        "Applied",
        "Record that the step was done; of marked steps, all.",
        "a",
        "apply",
        ("case",),
        shown=True,
    ),
    Command(
        "case.verify",
        "Verified",
        "Record that somebody saw that it works.",
        "v",
        "verify",
        ("case",),
        shown=True,
    ),
    Command(
        "case.prepare",
        "Prepare",
        "Make or store what the step wants first.",
        "p",
        "prepare",
        ("case",),
        shown=True,
    ),
    Command(
        "case.next",
        "Next",
        "Go to the next step that can be done now.",
        "n",
        "next",
        ("case",),
        shown=True,
    ),
    Command(
        "case.reveal",
        "Show secret",
        "Show the secret of the step for ten seconds.",
        "r",
        "reveal",
        ("case",),
    ),
    Command(
        "case.copy",
        "Copy secret",
        "Put the secret of the step on the clipboard for thirty seconds.",
        "c",
        "copy_secret",
        ("case",),
    ),
    Command(
        "case.link",
        "Copy link",
        "Copy the address where the step is done.",
        "y",
        "copy_link",
        ("case",),
    ),
    Command("case.wait", "Wait", "Record until when the step has to wait.", "w", "wait", ("case",)),
    Command(
        "case.block",
        "Cannot",
        "Record what stands in the way of the step.",
        "b",
        "block",
        ("case",),
    ),
    Command(
        "case.waive",
        "Waive",
        "Record that the step will not be done, and who answers for it.",
        "x",
        "waive",
        ("case",),
    ),
    Command("case.note", "Remark", "Keep a remark with the step.", "t", "note", ("case",)),
    Command(
        "case.verdict",
        "Verdict so far",
        "Say what the leaver still has, from what was really done.",
        "i",
        "verdict",
        ("case",),
    ),
    Command(
        "case.replan",
        "Plan again",
        "Make the plan again from what was really done.",
        "u",
        "replan",
        ("case",),
    ),
    Command(
        "case.export",
        "Export",
        "Write the steps with their evidence, or what is left, to a file.",
        "e",
        "export",
        ("case",),
    ),
    Command(
        "case.close",
        "Close",
        "Close the case, once every step is finished.",
        "z",
        "close_case",
        ("case",),
    ),
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
            priority=command.id == "quit",
        )
        for command in COMMANDS
        if set(command.where) & set(wanted)
    ]
