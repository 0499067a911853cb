"""What is tried: every call failing in every mode, every named moment, every power cut.

`make faults` does all of it and prints the numbers; the tests take a sample.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from tests.faults.power import FILES, images_of, log_of
from tests.faults.rig import MODES, Rig
from tests.faults.story import VAULT
from vault.storage.crashpoints import CrashPoint

POINTS: tuple[CrashPoint, ...] = get_args(CrashPoint)


@dataclass
class Tally:
    """How many runs there were, how many ended how, and what did not hold in which."""

    runs: int = 0
    killed: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)
    names: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, answer: dict[str, Any]) -> None:
        """Count one run."""
        self.runs += 1
        self.names[name.partition(" at ")[0]] += 1
        self.killed += bool(answer.get("killed"))
        self.refused += any(said.startswith("error") for said in answer.get("said", ()))
        self.wrong += [f"{name}: {each}" for each in answer["wrong"]]


def calls_failing(rig: Rig, tally: Tally, what: Iterable[tuple[int, str]]) -> None:
    """Let calls fail, each by its number and in the mode that is named."""
    for at, name in what:
        tally.add(f"{name} at call {at}", rig.ask({"mode": MODES[name], "at": at}))


def moments_killed(rig: Rig, tally: Tally, most: int) -> None:
    """End the program at each named moment, each of the first `most` times it is passed."""
    for point in POINTS:
        for at in range(1, most + 1):
            answer = rig.ask({"point": point, "at": at})
            if not answer["killed"]:
                break  # it is passed no more often
            tally.add(f"{point} at passage {at}", answer)


def power_cut(rig: Rig, tally: Tally, *, mixed: int, every: int = 1, seed: int = 1) -> None:
    """Open each `every`-th image that a power cut in a rotation can leave."""
    log = rig.folder / "log"
    log.unlink(missing_ok=True)
    answer = rig.ask({"mode": 0, "at": 0, "log": str(log)})
    assert not answer["wrong"], answer
    base = rig.folder / "base"
    sure = {"s": (base / VAULT).read_bytes()}
    found = images_of([*log_of(log)], sure, mixed=mixed, seed=seed)
    for number, (image, said) in enumerate(found):
        if number % every == 0:
            tally.add(f"power cut at image {number}", _opened(rig, image, said))


def _opened(rig: Rig, image: dict[str, bytes], said: Sequence[str]) -> dict[str, Any]:
    folder = rig.folder / "image"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(rig.folder / "base", folder)
    for file, content in image.items():
        path = folder / f"{VAULT}{FILES[file]}"
        path.touch(mode=0o600)
        path.write_bytes(content)
    return rig.ask({"image": str(folder), "said": list(said)})


def report(tally: Tally) -> Iterator[str]:
    """Yield the numbers of a sweep, a line each."""
    for name, runs in tally.names.items():
        yield f"{name:24} {runs:6}"
    lost = sum("lost" in each for each in tally.wrong)
    current = sum("in use" in each for each in tally.wrong)
    yield f"{'runs':24} {tally.runs:6}   killed {tally.killed}, told an error {tally.refused}"
    yield f"lost: {lost}, not exactly one in use: {current}, violations: {len(tally.wrong)}"
