"""Taking all records out of a vault, without secrets; the journal says that it was done."""

from __future__ import annotations

from vault.domain.record import Record
from vault.formats.entry import EntryKind
from vault.services.session import Session


def export_records(session: Session) -> list[Record]:
    """Return all records by kind and id, after the journal has an entry that says so.

    Raises what `Session.write` raises; then nothing was handed out.
    """
    registry = session.write(
        "vault.export",
        lambda _registry, _now: (),
        note="all records, without secrets",
        kind=EntryKind.EXPORT,
    )
    return sorted(registry.records(), key=lambda r: (type(r).__name__, r.id))
