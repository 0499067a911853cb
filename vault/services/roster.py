"""Who can open the vault, and what they are called: names are never in clear in the file."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from vault.domain.person import Person
from vault.errors import IntegrityError, JournalError, UnsupportedFormatError
from vault.formats.member import MemberKind
from vault.services.holding import Held
from vault.storage.reading import Snapshot
from vault.storage.verifying import parsed


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A present member: its id in hexadecimal, and since when it is one by its adder's clock."""

    id: str
    name: str
    kind: Literal["admin", "reporter"]
    since: datetime
    fingerprint: str
    is_you: bool


def roster(snapshot: Snapshot, held: Held, you: bytes) -> list[MemberLine]:
    """Return the present members in the order in which they came; `you` is a member's id."""
    names, membership = member_names(snapshot, held), held.position.membership
    return [
        MemberLine(
            id=member_id.hex(),
            name=names.get(member_id.hex(), member_id.hex()[:8]),
            kind="admin" if member.kind is MemberKind.ADMIN else "reporter",
            since=_moment(snapshot, membership.terms[member_id].added_seq),
            fingerprint=member.fingerprint,
            is_you=member_id == you,
        )
        for member_id, member in membership.members.items()
    ]


def member_names(snapshot: Snapshot, held: Held) -> dict[str, str]:
    """Return the names of present and past members by member id, in hexadecimal.

    People have a record that says so; a reporter is called what the entry that added it says,
    unless that belongs to an epoch before this member's time.
    """
    names = {
        spell.of: person.name
        for person in held.registry.all(Person)
        for spell in person.memberships
    }
    for member_id, term in held.position.membership.terms.items():
        if member_id.hex() not in names:
            added = snapshot.entry_at(term.added_seq)
            entry = parsed(added) if added else None
            # A name that cannot be read must not keep anybody from removing who has it.
            with suppress(IntegrityError, UnsupportedFormatError):
                deed = held.sealer.open_deed(entry) if entry else None
                if deed and deed.note:
                    names[member_id.hex()] = deed.note
    return names


def _moment(snapshot: Snapshot, seq: int) -> datetime:
    stored = snapshot.entry_at(seq)
    if stored is None:
        raise JournalError(
            f"The journal lacks entry {seq}.",
            "Someone removed it: compare the vault with a backup.",
        )
    return claimed(parsed(stored).time_ms)


def claimed(time_ms: int) -> datetime:
    """Return the moment an author claims; one beyond all calendars is the last there is."""
    try:
        return datetime.fromtimestamp(time_ms / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.max.replace(tzinfo=UTC)
