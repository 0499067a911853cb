"""What is measured, in which order, and what came of it."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import keepassxc
from bench.company import Company
from bench.files import write_csv, write_xml
from bench.keepassxc import Database, Maker
from bench.measuring import Command, FailedError, Run, Subject, interleaved, run
from bench.safehands import PROGRAM, Vaults

OURS, PEER, PYTHON = "safehands", keepassxc.PROGRAM, "python"

CONSTANT_PART = {
    "open": "open (empty)",
    "open again": "open (empty)",
    "list": "list (empty)",
    "show": "list (empty)",
    "search": "list (empty)",
    "plan": "list (empty)",
    "change": "change (empty)",
    "import": "change (empty)",
}
"""The action whose time is the part that does not grow: the same start-up and KDF."""

_MIB = 1024 * 1024


@dataclass(frozen=True)
class Figure:
    """The runs of one action by one program at one size (0: it does not depend on any)."""

    action: str
    program: str
    size: int
    runs: tuple[Run, ...]

    @property
    def seconds(self) -> float:
        """The median by the wall."""
        return median(run.seconds for run in self.runs)

    @property
    def cpu_seconds(self) -> float:
        """The median of CPU time."""
        return median(run.cpu_seconds for run in self.runs)

    @property
    def peak_mib(self) -> float:
        """The most memory any of the runs had, in MiB."""
        return max(run.peak_bytes for run in self.runs) / _MIB


class Figures:
    """All figures of a run of the bench."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, int], Figure] = {}

    def __iter__(self) -> Iterator[Figure]:
        return iter(self._found.values())

    def add(self, program: str, size: int, runs: Mapping[str, Sequence[Run]]) -> None:
        """Take in what `interleaved` returned for actions of one program."""
        for action, each in runs.items():
            self._found[action, program, size] = Figure(action, program, size, tuple(each))

    def get(self, action: str, size: int = 0, program: str = OURS) -> Figure | None:
        """Return a figure, or None where it was not measured."""
        return self._found.get((action, program, size))

    def ratio(self, action: str, size: int) -> float | None:
        """Return our time as a share of the peer's."""
        ours, peer = self.get(action, size), self._of_peer(action, size)
        return ours.seconds / peer.seconds if ours and peer else None

    def import_ratio(self, size: int) -> float | None:
        """Return our time for importing as a share of the peer's at our KDF.

        Its import has a cheaper KDF and no option for ours: what deriving twice costs more by ours,
        as it does in an import, is measured beside it and added.
        """
        ours, peer = self.get("import", size), self.get("import", size, PEER)
        same, its = (self.get(a, size, PEER) for a in (keepassxc.TWICE, keepassxc.TWICE_OF_IMPORT))
        if not ours or not peer or not same or not its:
            return None
        return ours.seconds / (peer.seconds + same.seconds - its.seconds)

    def cpu_ratio(self, action: str, size: int) -> float | None:
        """Return our CPU time as a share of the peer's: other programs disturb it less."""
        ours, peer = self.get(action, size), self._of_peer(action, size)
        return ours.cpu_seconds / peer.cpu_seconds if ours and peer else None

    def _of_peer(self, action: str, size: int) -> Figure | None:
        """Return the peer's figure for the same work: it does not know a first time of the day."""
        return self.get(action.removesuffix(", first"), size, PEER)

    def beyond(self, action: str, constant: str, size: int, *, cpu: bool = False) -> float | None:
        """Return the seconds an action takes beyond another one at the same size."""
        whole, part = self.get(action, size), self.get(constant, size)
        if not whole or not part:
            return None
        return whole.cpu_seconds - part.cpu_seconds if cpu else whole.seconds - part.seconds

    def growth(self, action: str, small: int, large: int) -> float | None:
        """Return b where an action's time, start and key derivation included, grows like N^b."""
        less, more = (self.get(action, size) for size in (small, large))
        if not less or not more:
            return None
        return math.log(more.seconds / less.seconds) / math.log(large / small)

    def exponent(self, action: str, small: int, large: int, *, cpu: bool = False) -> float | None:
        """Return b where an action's time beyond its constant part grows like N^b."""
        constant = CONSTANT_PART[action]
        less, more = (self.beyond(action, constant, size, cpu=cpu) for size in (small, large))
        if not less or not more or less < 0 or more < 0:
            return None
        return math.log(more / less) / math.log(large / small)


def measure_start(figures: Figures, rounds: int) -> None:
    """Measure `--version` beside an interpreter that does nothing."""
    subjects = {
        PYTHON: Subject(lambda _: Command((sys.executable, "-c", "pass"))),
        OURS: Subject(lambda _: Command((PROGRAM, "--version"))),
    }
    for program, runs in interleaved(subjects, rounds).items():
        figures.add(program, 0, {"start": runs})


def measure_size(
    figures: Figures, folder: Path, size: int, rounds: int, maker: Maker | None
) -> None:
    """Build a company of one size and measure all actions, the peer's between ours."""
    made = Company(size)
    (folder / "csv").mkdir(parents=True, exist_ok=True)
    write_csv(made, folder / "csv")
    vaults = Vaults(folder, size)
    vaults.build()
    ours, theirs = vaults.subjects(), {}
    if maker is not None:
        database = Database(folder, size)
        write_xml(made, database.xml)
        database.build(maker)
        theirs = database.subjects()
        _compare(ours, theirs, folder, made)
    in_turn = {
        (program, action): subject[action]
        for action in {**ours, **theirs}
        for program, subject in ((OURS, ours), (PEER, theirs))
        if action in subject
    }
    runs = interleaved(in_turn, rounds)
    for program in (OURS, PEER):
        figures.add(program, size, {a: each for (p, a), each in runs.items() if p == program})


def _compare(
    ours: Mapping[str, Subject], theirs: Mapping[str, Subject], folder: Path, made: Company
) -> None:
    """See that both programs answer with the same accounts; raises FailedError where not."""
    handles = [row.handle for row in made.accounts()]
    wanted = {"list": handles, "show": handles[-1:], "search": [handles[made.size // 2]]}
    for subjects in (ours, theirs):
        for action, expected in wanted.items():
            output = folder / "answer"
            run(subjects[action].command(0), output)
            answer = output.read_text(encoding="utf-8")
            missing = [handle for handle in expected if handle not in answer]
            if missing:
                raise FailedError(f"{action}: {len(missing)} accounts are not in the answer")
