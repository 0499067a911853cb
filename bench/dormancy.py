"""`python -m bench.dormancy [ACCOUNTS...]`: what knowing when accounts last posted takes.

A vault of accounts alone; then a list of last posts is imported once a week. Every third account
posts daily, every third now and then, the others fell silent long ago.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.company import Company
from bench.measuring import Command, run
from bench.safehands import PASSPHRASE, PROGRAM

WEEKS = 12
ROUNDS = 3
START = datetime(2026, 1, 1, tzinfo=UTC)
ACCOUNTS = """
[source]
name = "list"
kind = "accounts"
[columns]
platform = "platform"
handle = "handle"
since = "since"
"""
POSTS = """
[source]
name = "posts"
kind = "accounts"
[columns]
platform = "platform"
handle = "handle"
last_activity = "last"
checked_at = "looked"
"""


def last_post(number: int, looked: datetime) -> datetime:
    """Return when an account had last posted by a moment."""
    if number % 3 == 0:
        return looked - timedelta(hours=number % 24)
    if number % 3 == 1:
        return looked - timedelta(days=(looked - START).days % (15 + number % 40))
    return START - timedelta(days=number % 2000)


def rows(size: int, looked: datetime) -> Iterator[tuple[str, ...]]:
    """Yield what the lists have of each account."""
    for number, row in enumerate(Company(size).accounts()):
        last = last_post(number, looked)
        yield row.platform, row.handle, row.since, last.isoformat(), looked.isoformat()


class Vault:
    """A vault in a folder, and the lists it is given."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder, self.size = folder, size
        self.file = folder / "v.safehands"
        secret = folder / "passphrase"
        secret.touch(mode=0o600)
        secret.write_text(PASSPHRASE + "\n", encoding="utf-8")
        self.variables = {
            "SAFEHANDS_VAULT": str(self.file),
            "SAFEHANDS_STATE": str(folder / "state"),
            "SAFEHANDS_PASSPHRASE_FILE": str(secret),
        }
        self.cpu("init", "--kdf", "floor", "--founder", "Bench")

    def cpu(self, *words: str, rounds: int = 1) -> float:
        """Return the seconds of CPU that a command takes at best."""
        command = Command((PROGRAM, *words), self.variables, good_codes=frozenset({0, 1}))
        return min(run(command).cpu_seconds for _ in range(rounds))

    def bring(self, mapping: str, looked: datetime, *options: str) -> float:
        """Import a list, and return the seconds of CPU that takes."""
        table, meant = self.folder / "list.csv", self.folder / "map.toml"
        with table.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("platform", "handle", "since", "last", "looked"))
            writer.writerows(rows(self.size, looked))
        meant.write_text(mapping, encoding="utf-8")
        return self.cpu("import", str(table), "--mapping", str(meant), *options)

    def told(self, when: str) -> str:
        """Return a line of what the vault weighs, and what reading it takes."""
        listed = self.cpu("account", "list", rounds=ROUNDS)
        report = self.cpu("dormant", "report", rounds=ROUNDS)
        document = self.cpu("dormant", "report", "--json", rounds=ROUNDS)
        megabytes = self.file.stat().st_size / 1e6
        return (
            f"  {when}: {megabytes:.1f} MB; CPU: account list {listed:.2f} s,"
            f" dormant report {report:.2f} s, as JSON {document:.2f} s"
        )


def main(sizes: list[int]) -> None:
    """Print the figures of each size."""
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="safehands-bench-") as made:
            vault = Vault(Path(made), size)
            vault.bring(ACCOUNTS, START)
            print(f"{size:,} accounts")
            print(vault.told("without activity"), flush=True)
            for week in range(1, WEEKS + 1):
                took = vault.bring(POSTS, START + timedelta(weeks=week), "--accept", "posts")
                if week in {1, 2, WEEKS}:
                    print(f"  import of week {week}: {took:.2f} s of CPU")
                    print(vault.told(f"after week {week}"), flush=True)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [10_000, 100_000])
