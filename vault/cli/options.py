"""The global options, found wherever they stand on the line, before anything else is imported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from vault.errors import UsageError

_FLAGS: Final = {"--json": "as_json"}
_VALUES: Final = {
    "--vault": "vault",
    "--passphrase-file": "passphrase_file",
    "--passphrase-fd": "passphrase_fd",
    "--as-of": "as_of",
}


class Options(NamedTuple):
    """The global options as they were typed; "" stands for one that was not given."""

    vault: str = ""
    passphrase_file: str = ""
    passphrase_fd: str = ""
    as_of: str = ""
    as_json: bool = False


def taken_out(arguments: Sequence[str]) -> tuple[Options, list[str]]:
    """Return the global options, and the rest of the line; raises UsageError."""
    given: dict[str, Any] = {}
    rest: list[str] = []
    waiting = list(arguments)
    while waiting:
        word = waiting.pop(0)
        name, equals, value = word.partition("=")
        if word == "--":
            rest += [word, *waiting]
            break
        if word in _FLAGS:
            given[_FLAGS[word]] = True
        elif name in _VALUES:
            if not equals:
                if not waiting:
                    message = f"{name} needs a value"
                    raise UsageError(message, "see safehands --help")
                value = waiting.pop(0)
            if not value:
                message = f"{name} is empty"
                raise UsageError(message, "give it a value, or leave it out")
            given[_VALUES[name]] = value
        else:
            rest.append(word)
    options = Options(**given)
    if options.passphrase_file and options.passphrase_fd:
        message = "--passphrase-file and --passphrase-fd exclude each other"
        raise UsageError(message, "leave one of them out")
    return options, rest
