"""`python -m bench`: how fast Safehands is, beside keepassxc-cli where that is installed.

docs/performance.md says what is measured and how to read it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench import keepassxc, table
from bench.keepassxc import Maker
from bench.measuring import FailedError, keep_bytecode
from bench.suite import Figures, measure_size, measure_start

SIZES = (1_000, 10_000, 100_000)
SMALLEST = 20  # below it the leaver would not have an account of every kind
ROUNDS = {1_000: 3, 10_000: 11}
FEW_ROUNDS = 6
START_ROUNDS = 25
LARGEST_FOR_PEER = 10_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, and return 0, whatever came out; 2 where a command failed."""
    given = _parser().parse_args(arguments)
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="safehands-bench-") as made:
        folder = Path(made)
        keep_bytecode(folder / "bytecode")
        try:
            maker, notes = _peer(folder)
            # Once through everything, thrown away: from here on the bytecode is there.
            measure_size(Figures(), folder / "first", SMALLEST, 1, maker)
            measure_start(figures, given.rounds or START_ROUNDS)
            for size in given.sizes:
                _say(f"{size:,} accounts: building, then measuring")
                rounds = given.rounds or ROUNDS.get(size, FEW_ROUNDS)
                peer = maker if size <= given.peer_up_to else None
                measure_size(figures, folder / str(size), size, rounds, peer)
        except FailedError as error:
            _say(f"stopped: {error}")
            return 2
    for line in table.lines(figures):
        print(line)
    for note in notes.values():
        print(note)
    if given.json:
        given.json.write_text(table.as_json(figures, notes), encoding="utf-8")
    return 0


def _peer(folder: Path) -> tuple[Maker | None, dict[str, str]]:
    """Return what makes the peer's databases, and what is to be said about the peer."""
    if not keepassxc.is_installed():
        return None, {"peer": f"{keepassxc.PROGRAM} is not installed: nothing to compare with."}
    maker = Maker(folder)
    return maker, {
        "peer": f"{keepassxc.PROGRAM} {keepassxc.version()}, KDBX 4, {keepassxc.KDF}, as ours.",
        "import": f"{keepassxc.PROGRAM} import has a KDF of its own choice: {maker.import_kdf()}.",
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES, metavar="N")
    parser.add_argument("--rounds", type=int, help="rounds at every size")
    parser.add_argument(
        "--peer-up-to",
        type=int,
        default=LARGEST_FOR_PEER,
        metavar="N",
        help="the largest size at which the peer runs too (default %(default)s)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep every run there")
    return parser


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
