"""Vaults for tests, made with the product and opened without the cost of a passphrase."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from vault.domain.changes import Change, Changes
from vault.domain.credential import Credential, Version
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.secret import Secret
from vault.formats.member import MemberKeys
from vault.services.environment import Environment
from vault.services.session import Session
from vault.services.vaults import create_vault, open_with

PASSPHRASE = "correct horse battery staple"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Clock:
    """A clock that moves on by one second each time it is asked."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def environment(state_folder: Path) -> Environment:
    return Environment(Clock(), os.urandom, state_folder)


@dataclass(frozen=True)
class Sample:
    """A vault's file, its founder's keys, and a device that has seen it."""

    path: Path
    keys: MemberKeys
    device: Path

    def open(self, device: Path | None = None) -> Session:
        """Open it, as verified as ever, with the keys instead of the passphrase."""
        env = environment(device or self.device)
        return open_with(str(self.path), lambda _: self.keys, env)

    def copy(self, folder: Path) -> Sample:
        """Return a copy in `folder`, and of the device's memory of it at this place."""
        folder.mkdir(mode=0o700, exist_ok=True)
        path, device = folder / self.path.name, folder / "device"
        shutil.copy2(self.path, path)
        shutil.copytree(self.device, device, ignore=shutil.ignore_patterns("*.place.json"))
        return replace(self, path=path, device=device)

    def sql(self, *statements: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """Do what whoever holds the file can do; return the rows of the last statement."""
        database = sqlite3.connect(self.path, isolation_level=None)
        rows: list[Any] = []
        for statement in statements:
            rows = database.execute(statement, values).fetchall()
        database.close()
        return rows


def new_sample(folder: Path, records: int = 0) -> Sample:
    """Make a vault in `folder` with that many roles besides its founder's person record."""
    folder.mkdir(mode=0o700, exist_ok=True)
    path, device = folder / "acme.safehands", folder / "device"
    with create_vault(str(path), PASSPHRASE, "Ann", environment(device), cost="floor") as session:
        if records:
            session.write("import.csv", lambda *_: tuple(map(Change, roles(records))))
        keys = session._keys
    return Sample(path, keys, device)


def record_id(number: int) -> str:
    """Return the id of the role with that number: they fall into many buckets."""
    return f"{number * 37 % 256:02x}{number:030x}"


def roles(count: int) -> list[Role]:
    return [Role(id=record_id(n), name=f"role {n}", min_holders=1) for n in range(count)]


def renamed(number: int, name: str) -> Callable[[Registry, datetime], Changes]:
    """Return a decision that gives a role another name."""

    def decide(registry: Registry, _now: datetime) -> Changes:
        role = registry.role(record_id(number))
        return (Change(Role(id=role.id, name=name, min_holders=role.min_holders)),)

    return decide


def credential(number: int, versions: int = 1) -> Credential:
    made = tuple(Version(number=n, stored=True, made_at=NOON) for n in range(1, versions + 1))
    return Credential(id=f"cc{number:030x}", account=record_id(0), versions=made)


def with_secrets(of: Credential, **secrets: str) -> Changes:
    """Return the change that stores secrets by version: `v1="hunter2"`."""
    return (Change(of, {int(name[1:]): Secret(value) for name, value in secrets.items()}),)
