"""`python -m tui.keys` prints docs/keys.md: every command with its usual keys, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from textual.app import App
from textual.binding import Binding

from tui.commands import COMMANDS, Command, Where

_PLACES: Final[dict[Where, str]] = {
    "anywhere": "Everywhere",
    "list": "In every list",
    "today": "Today",
    "accounts": "Accounts",
    "account": "An account",
    "people": "People",
    "person": "A person",
    "roles": "Roles",
    "role": "A role",
    "mailbox": "A mailbox",
    "phone": "A phone",
    "cases": "Cases",
    "leaver": "Choosing the leaver",
    "departure": "A departure",
    "case": "A case",
    "hygiene": "Hygiene",
    "journal": "Journal",
}
_HEAD: Final = """\
# Keys of the terminal interface

Everything here is also in the palette (`ctrl+p`) and can be clicked in the footer or the palette.
Other keys are given in the settings (`f2`), or in `settings.toml` by the command's id:

```toml
[keys]
"lock" = "f12"
```

In a list: arrows or `j` and `k` move, `enter` opens, `space` marks where rows can be marked, and a
click on a title sorts. This page is made from the command registry by `make keys`.
"""


def as_markdown() -> str:
    """Return the page."""
    return "\n".join([_HEAD, *_tables()])


def _tables() -> Iterator[str]:
    app = App[None]()
    for place, title in _PLACES.items():
        commands = [command for command in COMMANDS if place in command.where]
        if commands:
            rows = "\n".join(_row(command, app) for command in commands)
            yield f"## {title}\n\n| Keys | Command | What it does | Id |\n| --- | --- | --- | --- |"
            yield f"{rows}\n"


def _row(command: Command, app: App[None]) -> str:
    keys = ", ".join(
        f"`{app.get_key_display(Binding(key, ''))}`" for key in command.keys.split(",") if key
    )
    return f"| {keys} | {command.title} | {command.help} | `{command.id}` |"


if __name__ == "__main__":
    print(as_markdown(), end="")  # noqa: T201  # printing is its job
