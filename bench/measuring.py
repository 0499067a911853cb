"""Whole processes, measured from outside: wall clock, the kernel's own CPU time and peak memory."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

Name = TypeVar("Name", bound=Hashable)

_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024  # getrusage(2): bytes there, KiB on Linux

# What a developer sets for comfort would be measured: compiling every module at each start, and one
# system call a line. An installed program has its bytecode, so ours is kept too (`keep_bytecode`).
_HINDRANCES = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONDEVMODE", "PYTHONWARNINGS")
_ENVIRONMENT = {name: text for name, text in os.environ.items() if name not in _HINDRANCES}


class FailedError(Exception):
    """A command ended otherwise than it must; a figure for it would mean nothing."""


@dataclass(frozen=True)
class Command:
    """A program to run: arguments, variables beside the usual ones, and what it reads."""

    argv: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    stdin: Path = Path(os.devnull)
    good_codes: frozenset[int] = frozenset({0})


@dataclass(frozen=True)
class Run:
    """One run: seconds by the wall, seconds of CPU (user and system), and peak memory in bytes."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class Subject:
    """What is run again and again; `command` and `prepare` are given the number of the round.

    `prepare` comes before the clock starts.
    """

    command: Callable[[int], Command]
    prepare: Callable[[int], None] = lambda _round: None


def keep_bytecode(folder: Path) -> None:
    """Let all programs keep their bytecode in `folder`, outside of the checkout."""
    _ENVIRONMENT["PYTHONPYCACHEPREFIX"] = str(folder)


def run(command: Command, output: Path = Path(os.devnull)) -> Run:
    """Return what one run took; raises FailedError where the exit code is not one of the good.

    Peak memory is `ru_maxrss` of the reaped child (wait4(2)). A child's cannot read below that of
    its parent at the fork, so this program stays small: nothing of the product is imported in it.
    """
    errors = output.with_name(output.name + ".err") if output != Path(os.devnull) else output
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, str(command.stdin), os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(output), flags, 0o600),
        (os.POSIX_SPAWN_OPEN, 2, str(errors), flags, 0o600),
    ]
    variables = {**_ENVIRONMENT, **command.variables}
    start = time.perf_counter()
    child = os.posix_spawnp(command.argv[0], command.argv, variables, file_actions=actions)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    code = os.waitstatus_to_exitcode(status)
    if code not in command.good_codes:
        raise FailedError(f"exit code {code} from: {' '.join(command.argv)}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _MAXRSS_UNIT)


def interleaved(subjects: Mapping[Name, Subject], rounds: int) -> dict[Name, list[Run]]:
    """Return the runs of all subjects, taken round robin: A B C A B C.

    A machine that slows down for a while slows all of them, so that ratios hold.
    """
    runs: dict[Name, list[Run]] = {name: [] for name in subjects}
    for number in range(rounds):
        for name, subject in subjects.items():
            subject.prepare(number)
            runs[name].append(run(subject.command(number)))
    return runs
