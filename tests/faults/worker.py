"""Runs rotations that are cut off, in processes of their own, and looks at what they leave.

Started with the shim in LD_PRELOAD (see `tests.faults.rig`): it makes one vault, and for each order
on standard input it copies that, forks, lets the fork live through a rotation with a fault, opens
what is left, and goes on with it to the end.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from tests.faults import story
from vault.domain.cases import Case
from vault.errors import SafehandsError
from vault.services.session import Session
from vault.services.unlocking import Unlock
from vault.storage import crashpoints

SHIM = ctypes.CDLL(None)


def cut_off(folder: Path, unlock: Unlock, order: dict[str, Any], tell: int) -> NoReturn:
    """Live through a rotation with the fault that is ordered; this process ends here."""

    def say(what: str) -> None:
        SHIM.fault_note(json.dumps(what).encode())
        os.write(tell, f"{what}\n".encode())

    try:
        session = story.opened(folder, unlock)
        log = os.open(order["log"], os.O_CREAT | os.O_WRONLY, 0o600) if "log" in order else -1
        if "point" in order:
            crashpoints.reached = _killing(order["point"], order["at"])
        SHIM.fault_arm(order.get("mode", 0), order["at"], str(folder).encode(), log)
        story.lived(session, say)
        say(f"calls {SHIM.fault_count()}")
    except SafehandsError as error:
        say(f"error {type(error).__name__}")
    except BaseException:  # noqa: BLE001  # a defect is what is looked for
        say(f"defect {traceback.format_exc(limit=-3)!r}")
    os._exit(0)


def _killing(name: str, at: int) -> Callable[[crashpoints.CrashPoint], None]:
    passed = 0

    def reached(point: crashpoints.CrashPoint) -> None:
        nonlocal passed
        passed += point == name
        if passed == at and point == name:
            os.kill(os.getpid(), 9)

    return reached


def looked_at(folder: Path, unlock: Unlock, said: list[str]) -> list[str]:
    """Return what does not hold of what is left, and go on with it to the end."""
    try:
        session = story.opened(folder, unlock)
        session.audit()
        wrong = [*story.violations(session, said)]
        if list(session.registry.open_cases) or "begun" not in said:
            resumed: list[str] = []
            if "closed" not in said and not _is_over(session):
                story.lived(session, resumed.append)
            wrong += [f"after going on: {each}" for each in story.violations(session, resumed)]
        session.close()
    except SafehandsError as error:
        return [f"{type(error).__name__}: {error.message}"]
    return wrong


def _is_over(session: Session) -> bool:
    cases = list(session.registry.all(Case))
    return bool(cases) and all(case.closed_at for case in cases)


def run(base: Path, unlock: Unlock, order: dict[str, Any]) -> dict[str, Any]:
    """Carry one order out; return what was said before the end, and what is wrong after it."""
    folder = base.parent / "run"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base, folder)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        cut_off(folder, unlock, order, writing)
    os.close(writing)
    with os.fdopen(reading) as stream:
        said = stream.read().splitlines()
    _, status = os.waitpid(child, 0)
    wrong = [line for line in said if line.startswith("defect")]
    wrong += looked_at(folder, unlock, said)
    return {"said": said, "killed": os.WIFSIGNALED(status), "wrong": wrong}


def image(base: Path, unlock: Unlock, order: dict[str, Any]) -> dict[str, Any]:
    """Return what is wrong with a disk image that a power cut could leave."""
    return {"wrong": looked_at(Path(order["image"]), unlock, order["said"])}


def main() -> None:
    """Take orders, one JSON document a line, and answer each with one."""
    base = Path(sys.argv[1]) / "base"
    base.mkdir(mode=0o700)
    unlock = story.found(base)
    for line in sys.stdin:
        order = json.loads(line)
        answer = image(base, unlock, order) if "image" in order else run(base, unlock, order)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
