"""`make faults`: a rotation cut off at every call, every named moment and by every power cut."""

from __future__ import annotations

import sys
import tempfile
import time
from itertools import product
from pathlib import Path

from tests.faults.rig import MODES, compiler, rig
from tests.faults.sweep import Tally, calls_failing, moments_killed, power_cut, report


def main() -> int:
    """Return 0 where nothing was lost in any run, 1 where something was, 2 without a compiler."""
    if compiler() is None:
        sys.stderr.write("no C compiler, so the failing disk cannot be built\n")
        return 2
    began, tally = time.monotonic(), Tally()
    with tempfile.TemporaryDirectory() as name, rig(Path(name)) as at_work:
        calls = at_work.calls()
        sys.stdout.write(f"one rotation makes {calls} calls that write or sync\n")
        calls_failing(at_work, tally, product(range(1, calls + 1), MODES))
        moments_killed(at_work, tally, calls)
        power_cut(at_work, tally, mixed=3)
    sys.stdout.write("".join(f"{line}\n" for line in report(tally)))
    sys.stdout.write("".join(f"  {each}\n" for each in tally.wrong[:20]))
    sys.stdout.write(f"{time.monotonic() - began:.0f} s\n")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
