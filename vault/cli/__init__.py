"""The command line: `main` is what `safehands` runs.

Nothing is imported here but the standard library, so that `--version` answers at once.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (docs/exit-codes.md)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments == ["--version"]:
        from vault import __version__

        sys.stdout.write(f"{__version__}\n")
        return 0
    # A command lives for seconds and leaves few cycles behind; looking for them among the rows of a
    # large import took a seventh of its time (docs/performance.md).
    gc.set_threshold(100_000, 50, 100)
    from vault.cli.root import run

    return run(arguments)
