"""How Alembic reaches a vault: over the connection it is handed, or a file its command line names.

Migrations move tables and ciphertext; none of them ever needs a key.
"""

from __future__ import annotations

from pathlib import Path

from alembic import context
from sqlalchemy import Connection, create_engine

from vault.storage.engine import writing_engine
from vault.storage.tables import metadata


def migrate(connection: Connection) -> None:
    """Run what Alembic was asked for over `connection`, in its transaction."""
    # SQLite cannot alter most of a table: batch mode copies it instead.
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    """Take the connection of `vault.storage.schema`, or open what `-x vault=FILE` names."""
    handed_over = context.config.attributes.get("connection")
    if isinstance(handed_over, Connection):
        migrate(handed_over)
        return
    named = context.get_x_argument(as_dictionary=True).get("vault")
    engine = writing_engine(Path(named)) if named else create_engine("sqlite://")
    with engine.begin() as connection:
        migrate(connection)
    engine.dispose()


main()
