"""The command line: `main` runs a command, and `console` is what `safehands` runs.

Nothing is imported here but the standard library, so that `--version` answers at once.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence


def main(
    argv: Sequence[str] | None = None, kept: list[object] | None = None, *, ahead: bool = False
) -> int:
    """Run one command and return its exit code (docs/exit-codes.md).

    What it opened goes into `kept`, and so lives on as long as that. With `ahead` a key that the
    command will want is derived from the start, in a thread that may outlast the command.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    _open_what_is_closed()
    if arguments == ["--version"]:
        from vault import __version__

        sys.stdout.write(f"{__version__}\n")
        return 0
    # A command lives for seconds and leaves few cycles behind; looking for them among the rows of a
    # large import took a seventh of its time (docs/performance.md).
    gc.set_threshold(500_000, 50, 100)
    derivation = None
    if ahead:
        from vault.cli.deriving import derive_for

        derivation = derive_for(arguments)
    from vault.cli.root import run

    return run(arguments, [] if kept is None else kept, derivation)


def _open_what_is_closed() -> None:
    """Give a stream that the caller closed (`<&-`, `2>&-`) nothing to read, or nobody to tell.

    Python has None in its place; and the next file that is opened would get its number.
    """
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123  # until the end
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  # as above


def console() -> None:
    """Run the command line of this process, and end the process with its exit code.

    Neither the interpreter nor what it holds is taken apart first: after 10,000 accounts that takes
    22 ms of 400. The file is closed by then, and the threads are such as may end anywhere.
    """
    kept: list[object] = []
    try:
        code = main(kept=kept, ahead=True)
    except KeyboardInterrupt:  # before the first command is there to be stopped
        os._exit(130)  # 128 + SIGINT, as diagnostics has it
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:  # the caller closed it: `>&-`
                stream.flush()
    except OSError:
        sys.exit(code)  # the interpreter tries again, and tells
    os._exit(code)
