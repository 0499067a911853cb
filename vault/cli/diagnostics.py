"""The only writer to standard error: what went wrong, what to do, how far long work is.

Also where an error becomes an exit code (docs/exit-codes.md).
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import click

from vault import errors
from vault.cli.output import standard_output
from vault.domain.text import clean
from vault.errors import AmbiguousError, SafehandsError

MESSAGE_LIMIT: Final = 1000  # characters of a message or hint; values in it are cut before
INTERRUPTED: Final = 130  # 128 + SIGINT, as shells report a program stopped with Ctrl-C


class ExitCode(IntEnum):
    """What a command tells the program that ran it. A number never changes its meaning."""

    def __new__(cls, code: int, meaning: str) -> Self:
        """Make a member that explains itself in its docstring."""
        member = int.__new__(cls, code)
        member._value_ = code
        member.__doc__ = meaning
        return member

    DONE = 0, "Done; a check found nothing."
    FINDINGS = 1, "There are findings, or the verdict of a plan does not hold."
    USAGE = 2, "The command was not given as it must be."
    CANNOT_UNLOCK = 3, "The vault is there, and this caller cannot open it."
    NOT_FOUND = 4, "Nothing goes by that name, or more than one thing does."
    REFUSED = 5, "A guard or the policy says no."
    CONFLICT = 6, "Someone else changed the vault meanwhile, and the change no longer fits."
    INTEGRITY = 7, "The vault is not what its members signed."
    CANNOT_READ_OR_WRITE = 8, "A file, a database or the output cannot be read or written."
    DEFECT = 9, "A defect of Safehands itself."


_CODES: Final[tuple[tuple[type[BaseException], ExitCode], ...]] = (
    (errors.UsageError, ExitCode.USAGE),
    (click.UsageError, ExitCode.USAGE),
    (click.FileError, ExitCode.CANNOT_READ_OR_WRITE),
    (errors.CannotUnlockError, ExitCode.CANNOT_UNLOCK),
    (errors.NotFoundError, ExitCode.NOT_FOUND),
    (errors.AmbiguousError, ExitCode.NOT_FOUND),
    (errors.RefusedError, ExitCode.REFUSED),
    (errors.ConflictError, ExitCode.CONFLICT),
    (errors.IntegrityError, ExitCode.INTEGRITY),
    (errors.UnsupportedFormatError, ExitCode.CANNOT_READ_OR_WRITE),
    (errors.StorageError, ExitCode.CANNOT_READ_OR_WRITE),
    (OSError, ExitCode.CANNOT_READ_OR_WRITE),
)


def exit_code(error: BaseException) -> ExitCode:
    """Return the exit code of an error; whatever nobody raised on purpose is a defect."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), ExitCode.DEFECT)


def report(error: BaseException, *, as_json: bool = False) -> int:
    """Tell an error on stderr and return the exit code; with --json stdout gets a document too."""
    if isinstance(error, KeyboardInterrupt | click.Abort):
        _say("safehands: stopped")
        return INTERRUPTED
    code = exit_code(error)
    message, hint = _in_words(error, code)
    candidates = error.candidates if isinstance(error, AmbiguousError) else ()
    _say(f"safehands: {_cleaned(message)}")
    for candidate in candidates:
        _say(f"  {clean(candidate)}")
    if hint:
        _say(f"  hint: {_cleaned(hint)}")
    if as_json:
        told = {"code": code, "kind": _kind(error), "message": message, "hint": hint}
        answer = told | (error.details if isinstance(error, SafehandsError) else {})
        try:
            standard_output(as_json=True).document("safehands.error/1", {"error": answer})
        except SafehandsError:
            return code  # the output that cannot be written is most likely the error itself
    return code


def warn(message: str, hint: str = "") -> None:
    """Tell something that the caller should know, and that stops nothing."""
    _say(f"safehands: warning: {_cleaned(message)}")
    if hint:
        _say(f"  hint: {_cleaned(hint)}")


def note(message: str) -> None:
    """Tell something in passing, such as what was done where the answer on stdout is data."""
    _say(_cleaned(message))


def ask_secret(prompt: str) -> str:
    """Return what is typed on the terminal, unseen.

    Raises CannotUnlockError where nothing is typed, or where it would be seen.
    """
    import warnings
    from getpass import GetPassWarning, getpass

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", GetPassWarning)
            return getpass(prompt, stream=sys.stderr)
    except (EOFError, GetPassWarning) as error:
        message = "there is no terminal on which a passphrase can be typed unseen"
        hint = "give it with --passphrase-file F or --passphrase-fd N"
        raise errors.CannotUnlockError(message, hint) from error


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Yield a function that is told how many of `total` are done; shown on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    shown = -1

    def tell(done: int) -> None:
        nonlocal shown
        percent = 100 * done // max(total, 1)
        if percent != shown:
            shown = percent
            sys.stderr.write(f"\r{_cleaned(what)}  {percent:3d} %  {done} of {total}\x1b[K")
            sys.stderr.flush()

    try:
        yield tell
    finally:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def hide_values_in_tracebacks() -> None:
    """From now on no uncaught exception prints a value, in this thread or another.

    Python's own traceback quotes the exception's text, which may hold what was being read.
    """

    def hook(
        _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        report(error)

    def thread_hook(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            report(args.exc_value)

    sys.excepthook = hook
    threading.excepthook = thread_hook


def _in_words(error: BaseException, code: ExitCode) -> tuple[str, str]:
    """The message and the hint of an error; of a defect only what it is and where."""
    if isinstance(error, SafehandsError):
        return error.message, error.hint
    if isinstance(error, click.ClickException):
        return error.format_message(), "see safehands --help"
    if isinstance(error, OSError) and code is ExitCode.CANNOT_READ_OR_WRITE:
        name = f"{error.filename}: " if error.filename else ""
        reason = error.strerror or type(error).__name__
        return f"{name}{reason}", "check the path and its permissions"
    message = f"a defect of Safehands: {type(error).__name__} at {_location(error)}"
    return message, "nothing of your data is in this line: report it as it stands"


def _location(error: BaseException) -> str:
    """The innermost line of ours that the error passed, as file and line."""
    from traceback import extract_tb  # 2 ms that only a defect is worth

    home = Path(errors.__file__).parent
    place = "an unknown place"
    for frame in extract_tb(error.__traceback__):
        path = Path(frame.filename)
        if path.is_relative_to(home):
            place = f"{home.name}/{path.relative_to(home)}:{frame.lineno}"
        elif place == "an unknown place":
            place = f"{path.name}:{frame.lineno}"
    return place


def _kind(error: BaseException) -> str:
    """The name of an error for programs: `NotAVaultError` is `not_a_vault`."""
    name = type(error).__name__.removesuffix("Error")
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=A)(?=[A-Z])", "_", name).lower()


def _cleaned(text: str) -> str:
    return clean(text, MESSAGE_LIMIT)


def _say(line: str) -> None:
    try:
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
    except OSError:
        return  # nobody is left to be told; the exit code still says it
