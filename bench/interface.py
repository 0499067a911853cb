"""`python -m bench.interface`: the terminal interface from its start to a usable page, and typing.

Each round is a process of its own with no terminal, so that what a terminal takes to draw does not
count. Times are CPU seconds since the process began (user and system), the best of the rounds; the
vault is opened at the lowest passphrase cost, and what opening takes is left out of the start.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 3
TYPED = ("h", "ha", "handle", "handle 7", "platform:x", "tie:personal", "zzz")


class Limit(NamedTuple):
    """What a figure must not exceed at a size."""

    size: int
    figure: str
    most: float
    unit: str


LIMITS = (
    Limit(1_000, "first paint, of importing", 1.3, "x"),
    Limit(100_000, "first paint, of importing", 1.3, "x"),
    Limit(10_000, "keystroke", 16, "ms"),
    Limit(100_000, "keystroke", 33, "ms"),
    Limit(100_000, "memory", 700, "MiB"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure at every size, and print the figures and what of the promises is reached."""
    parser = argparse.ArgumentParser(prog="python -m bench.interface", description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES, metavar="N")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N")
    parser.add_argument("--one", nargs=2, metavar=("VAULT", "STATE"))
    given = parser.parse_args(arguments)
    if given.one:
        vault, state = given.one
        print(json.dumps(asyncio.run(_measured(vault, state, sys.stdin.read().strip()))))
        return 0
    found = {size: _best(size, given.rounds) for size in given.sizes}
    for line in table(found):
        print(line)
    return 0


def table(found: Mapping[int, Mapping[str, float]]) -> Iterator[str]:
    """Yield the figures by size, then each promise with what came of it."""
    for size, figures in found.items():
        for name, value in figures.items():
            yield f"{size:>8,}  {name:<28} {value:>10.2f}"
    for limit in LIMITS:
        if limit.figure in found.get(limit.size, {}):
            value = found[limit.size][limit.figure]
            verdict = "reached" if value <= limit.most else "missed"
            what = f"{limit.figure}, {limit.size:,} accounts"
            yield f"{what:<44} {value:>8.2f} of {limit.most:g} {limit.unit}: {verdict}"


def _best(size: int, rounds: int) -> dict[str, float]:
    from bench.company import Company
    from bench.files import write_csv
    from bench.safehands import PASSPHRASE, Vaults

    with tempfile.TemporaryDirectory(prefix="safehands-bench-") as made:
        folder = Path(made)
        (folder / "csv").mkdir()
        write_csv(Company(size), folder / "csv")
        Vaults(folder, size).build()
        places = [str(folder / name) for name in ("full.vault", "full.state")]
        found = [_round(places, PASSPHRASE) for _ in range(rounds)]
    return {name: min(each[name] for each in found) for name in found[0]}


def _round(places: Sequence[str], passphrase: str) -> dict[str, float]:
    command = (sys.executable, "-m", "bench.interface", "--one", *places)
    done = subprocess.run(command, input=passphrase, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


async def _measured(vault: str, state: str, passphrase: str) -> dict[str, float]:
    """Return the figures of this process, which has done nothing else yet."""
    from tui.app import SafehandsApp
    from tui.desk import Desk
    from vault.cli.invocation import utc_now
    from vault.services.environment import Environment
    from vault.services.vaults import open_vault

    imported = time.process_time()
    app = SafehandsApp(Desk(vault, Environment(utc_now, os.urandom, Path(state))))
    async with app.run_test(size=(160, 48)) as pilot:
        await pilot.pause()
        painted = time.process_time()
        app.desk.take(open_vault(vault, lambda: passphrase, app.desk.env))
        opened = time.process_time()
        app.screen.dismiss(None)
        await pilot.pause()
        usable = time.process_time()
        await app.workers.wait_for_complete()
        whole = time.process_time()
        await pilot.press("2")
        await pilot.pause()
        keystrokes = _keystrokes(app.screen)
        await pilot.pause()
        app.desk.lock()
    return {
        "importing, s": imported,
        "first paint, s": painted,
        "first paint, of importing": painted / imported,
        "opening with KDF, s": opened - painted,
        "first usable page, s": painted + usable - opened,
        "all of Today worked out, s": whole - usable,
        **{f"keystroke, {text}": each for text, each in keystrokes.items()},
        "keystroke": max(keystrokes.values()),
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _keystrokes(page: object) -> dict[str, float]:
    """Return the milliseconds from a changed filter to the lines that show what it finds.

    For each text typed, the best of five times.
    """
    from tui.screens.list_page import ListPage
    from tui.widgets.search_box import SearchBox

    assert isinstance(page, ListPage)
    box, found = page.query_one(SearchBox), {}
    for text in TYPED:
        best = float("inf")
        for _ in range(5):
            start = time.process_time()
            box.text = text
            page._fill(keep=False)  # noqa: SLF001  # what a keystroke calls, without waiting for it
            for line in range(page.listing.size.height):
                page.listing.render_line(line)
            best = min(best, time.process_time() - start)
        found[text] = best * 1000
    return found


if __name__ == "__main__":
    raise SystemExit(main())
