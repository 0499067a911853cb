"""The rig: builds the shim, starts the worker under it, and gives it orders."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

HERE = Path(__file__).parent

MODES: Final = {
    "killed before": 1,
    "killed after half": 2,
    "disk full": 3,
    "input/output error": 4,
    "short write": 5,
    "killed after": 6,
}
"""The ways in which a call fails, as the shim numbers them."""


def compiler() -> str | None:
    """Return the C compiler, or None where there is none."""
    return shutil.which("gcc") or shutil.which("cc")


@dataclass
class Rig:
    """A worker that waits for orders, and the folder it works in."""

    folder: Path
    worker: subprocess.Popen[str]

    def ask(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Return the worker's answer to an order."""
        assert self.worker.stdin is not None
        assert self.worker.stdout is not None
        self.worker.stdin.write(json.dumps(order) + "\n")
        self.worker.stdin.flush()
        answer = self.worker.stdout.readline()
        assert answer, f"the worker ended: {order}"
        return dict(json.loads(answer))

    def calls(self) -> int:
        """Return how many calls one rotation makes that change or sync a file."""
        said = self.ask({"mode": 0, "at": 0})["said"]
        return int(said[-1].removeprefix("calls "))


@contextmanager
def rig(folder: Path) -> Iterator[Rig]:
    """Yield a rig that works in a folder; a C compiler must be there."""
    shim, cc = folder / "shim.so", compiler()
    assert cc is not None
    built = [cc, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", str(shim)]
    subprocess.run([*built, str(HERE / "shim.c"), "-ldl"], check=True)
    worker = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.worker", str(folder)],
        cwd=HERE.parents[1],
        env={**os.environ, "LD_PRELOAD": str(shim)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Rig(folder, worker)
    finally:
        worker.communicate(timeout=60)
