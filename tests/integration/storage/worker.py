"""Another process on the same vault; each acknowledged write is a line on its stdout.

python -m tests.integration.storage.worker FILE DEVICE KEYS WHAT [VALUE ...]
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.integration.storage.builder import Sample, record_id, renamed
from vault.domain.changes import Change, Changes
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.formats.member import keys_from_bundle
from vault.services.session import Session
from vault.storage.store import Writing


def count_up(registry: Registry, _now: datetime) -> Changes:
    """Raise the counter that the first role's `min_holders` serves as."""
    role = registry.role(record_id(0))
    return (Change(Role(id=role.id, name=role.name, min_holders=role.min_holders + 1)),)


def count(session: Session, times: int) -> None:
    for _ in range(times):
        session.write("role.edit", count_up)
        say(session.registry.role(record_id(0)).min_holders)


def rename_one(session: Session, number: int, times: int) -> None:
    for turn in range(times):
        session.write("role.edit", renamed(number, f"turn {turn}"))
        say(turn)


def die_at(session: Session, point: str) -> None:
    """Kill this process at a point of the next write."""

    def die(*_: Any, **__: Any) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)

    def before(name: str) -> None:
        setattr(Writing, name, die)

    points: dict[str, Callable[[], None]] = {
        "before the records": lambda: before("put_records"),
        "before the buckets": lambda: before("put_buckets"),
        "before the entry": lambda: before("append"),
        "before the mark": lambda: setattr(Session, "remember", die),
    }
    points[point]()
    session.write("role.edit", count_up)


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def main() -> None:
    file, device, keys, what, *values = sys.argv[1:]
    sample = Sample(Path(file), keys_from_bundle(bytes.fromhex(keys)), Path(device))
    with sample.open() as session:
        say("open")
        if what == "count":
            count(session, int(values[0]))
        elif what == "rename":
            rename_one(session, int(values[0]), int(values[1]))
        else:
            die_at(session, what)


if __name__ == "__main__":
    main()
