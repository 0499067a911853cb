"""A vault to import invented lists into, and the lists."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from vault.services.environment import Environment
from vault.services.import_report import ImportReport
from vault.services.importing import import_source, read_source
from vault.services.session import Session
from vault.services.vaults import create_vault

NOW = datetime(2024, 6, 1, 9, 0, tzinfo=UTC)
PHRASE = "one passphrase for a test"

PEOPLE = """
[source]
name = "hr"
kind = "people"
[columns]
external_id = "nr"
name = "name"
mail = "mail"
manager = "boss"
role = "job"
last_day = "last"
"""
ACCOUNTS = """
[source]
name = "list"
kind = "accounts"
[columns]
platform = "where"
handle = "handle"
platform_id = "id"
role = "team"
login_mailbox = "login"
holder = "who"
"""
DATED = """
[source]
name = "history"
kind = "accounts"
until = "account"
[columns]
platform = "where"
handle = "handle"
holder = "who"
since = "from"
until = "to"
"""


def import_files(
    session: Session, files: Sequence[Path], mapping: Path, **options: Any
) -> ImportReport:
    """Import CSV files by a mapping, as `safehands import` does."""
    source = read_source(files, mapping, session.registry.catalogue)
    return import_source(session, source, **options)


class Importer:
    """A new vault in a folder, and files written on the way in."""

    def __init__(self, folder: Path) -> None:
        env = Environment(now=lambda: NOW, random=os.urandom, state_folder=folder / "state")
        location = str(folder / "vault.db")
        self.folder = folder
        self.session: Session = create_vault(location, PHRASE, "Ana", env, cost="floor")

    def bring(self, mapping: str, *lines: str, **options: Any) -> ImportReport:
        """Import the lines of one CSV file by a mapping; a date in `as_of` may be a text."""
        table, meant = self.folder / "list.csv", self.folder / "map.toml"
        table.write_text("\n".join((*lines, "")), encoding="utf-8")
        meant.write_text(mapping, encoding="utf-8")
        if isinstance(options.get("as_of"), str):
            options["as_of"] = date.fromisoformat(options["as_of"])
        return import_files(self.session, [table], meant, **options)

    def entries(self) -> int:
        """Return how many entries the journal has."""
        return len(list(self.session.journal()))
