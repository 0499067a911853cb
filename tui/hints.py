"""What a hint for the command line comes to in the interface."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from tui.commands import COMMANDS, Command

_WORD: Final = r"""(?:'[^']*'|"[^"]*"|[^\s,;`'"])+"""  # as a shell reads it
_COMMAND: Final = re.compile(rf"safehands ([a-z]+(?: [a-z-]+)?)(?: {_WORD})*")
_OPTION: Final = re.compile(r"(?:, or [a-z ]+)? with --(?!accept)[a-z-]+|: --[a-z-]+(?: [A-Z]+)?")
_OPTIONS_HERE: Final = {
    " --reopen": " (Open again: yes)",
    " with --another": " (A namesake: yes)",
    " (--mail)": "",
    "say --old-works": "answer yes below",
    "say so with --accept": "say so on the command line, with --accept",
}
"""What is said of an option here, most of which have a box in a form."""
_NAMED: Final = re.compile(r"\{([a-z_.]+)\}")

_ACCOUNT: Final = "{record.edit} on the account's page"
_FACTOR: Final = "Second factors on the account's page"
_SEAT: Final = "Seats on the account's page"
_SECRET: Final = "Secrets on the account's page"
_TOOL: Final = "Tools on the account's page"
_STOP: Final = "{case.stop} in its rotation"
_BY_OPTION: Final = {
    ("credential set", " --drop"): (
        f"{_STOP}, {{case.drop}} at its step of a departure, or {{record.drop}} under {_SECRET}"
    ),
    ("case close", " --called-off"): "{case.stop} in the case",
    ("person leave", " --last-day"): "{person.departure} on the person's page",
}
"""What an option makes of a command that has another place without it."""
_HERE: Final = {
    "account add": "{record.add} in {go.accounts}",
    "account edit": _ACCOUNT,
    "account end": "{record.end} on the account's page",
    "account list": "{go.accounts}",
    "account who": "Who gets in, on the account's page",
    "case applied": "{case.apply}",
    "case close": "{case.close} in the case",
    "case list": "{go.cases}",
    "case next": "{case.next} in the case",
    "case note": "{case.note} in the case",
    "case replan": "{case.replan} in the case",
    "case show": "the case's page",
    "case verify": "{case.verify}",
    "case waive": "{case.waive} at its step",
    "credential history": _SECRET,
    "credential list": _SECRET,
    "credential set": "{case.prepare} at its step",
    "deactivate plan": "{accounts.close}",
    "deactivate start": "{accounts.close}",
    "deactivate stop": "{case.stop} in its case",
    "dormant decide": "{accounts.keep}, {accounts.revive}, {accounts.into} or {accounts.close}",
    "factor add": f"{{record.add_here}} under {_FACTOR}",
    "factor edit": f"{{record.edit}} under {_FACTOR}",
    "factor list": _FACTOR,
    "factor show": _FACTOR,
    "grant edit": f"{{record.edit}} under {_TOOL}",
    "grant end": f"{{record.end}} under {_TOOL}",
    "grant list": _TOOL,
    "mailbox add": "{record.add} under Mailboxes in {go.people}",
    "mailbox edit": "{record.edit} on the mailbox's page",
    "mailbox list": "Mailboxes in {go.people}",
    "mailbox prove": "{mailbox.prove}, at its step of a case or on its own page",
    "offboard plan": "{person.departure} on the person's page",
    "person add": "{record.add} under People in {go.people}",
    "person edit": "{record.edit} on the person's page",
    "person holds": "Roles on the person's page",
    "person leave": "{person.stay} on the person's page",
    "person list": "{go.people}",
    "person merge": "{person.merge} on the person's page",
    "phone add": "{record.add} under Phones in {go.people}",
    "phone edit": "{record.edit} on the phone's page",
    "phone list": "Phones in {go.people}",
    "rotate plan": "{accounts.rotate}",
    "rotate start": "{accounts.rotate}",
    "rotate stop": _STOP,
    "role add": "{record.add} under Roles in {go.people}",
    "role assign": "{record.add_here} on the role's page",
    "role list": "Roles in {go.people}",
    "role show": "the role's page",
    "role unassign": "{record.end} on the role's page",
    "seat add": f"{{record.add_here}} under {_SEAT}",
    "seat edit": f"{{record.edit}} under {_SEAT}",
    "seat end": f"{{record.end}} under {_SEAT}",
    "seat list": _SEAT,
    "unlock forget": "open it with the tick at Remember taken off",
    "unlock remember": "tick Remember on this device",
}
"""Where a command of the command line is done here; `{...}` is a command of the interface."""


def press(name: str, keys: Callable[[Command], str]) -> str:
    """Return a command of the interface as a hint says it: its title, and its keys."""
    command = _BY_ID[name]
    return f"{command.title} ({keys(command)})"


def here(text: str, keys: Callable[[Command], str]) -> str:
    """Return a hint with what to press in place of each command; `keys` says how a key is shown.

    What has no place here is left as it is, and said to be for the command line. An option such as
    `--successor` is left out: what is asked here has a box of its own.
    """

    def replaced(found: re.Match[str]) -> str:
        by_option = (
            place
            for (command, option), place in _BY_OPTION.items()
            if command == found[1] and option in found[0]
        )
        place = next(by_option, _HERE.get(found[1]))
        if place is None:
            return f"{found[0]} (on the command line)"
        return _NAMED.sub(lambda each: press(each[1], keys), place)

    for option, box in _OPTIONS_HERE.items():
        text = text.replace(option, box)
    return _COMMAND.sub(replaced, _OPTION.sub("", text))


_BY_ID: Final = {command.id: command for command in COMMANDS}
