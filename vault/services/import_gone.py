"""What a source brought in before and names no longer: proposed for ending, never ended by itself.

A broken export must not close every account, so that a source of which a large share is gone at
once is refused (docs/import.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote
from typing import Final

import msgspec

from vault.domain.account import Account
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.role import Role
from vault.domain.text import clean
from vault.errors import ImportRefusedError
from vault.services.import_report import Proposal
from vault.services.import_run import ImportRun

MOST_GONE: Final = 0.3  # of what the source brought in; a real reorganisation stays below it
FEW: Final = 10  # so many may go at once whatever their share

Brought = Person | Role | Mailbox | Account
_KINDS: Final[dict[str, type[Brought]]] = {
    "people": Person,
    "roles": Role,
    "mailboxes": Mailbox,
    "accounts": Account,
}


def propose_endings(run: ImportRun, known: frozenset[Id], *, accepted: bool, end: bool) -> None:
    """Add a proposal for each record of the source, still in use, that is not among the known.

    With `end` they are ended as of the run's moment. Raises ImportRefusedError where more than
    `MOST_GONE` of the source's own kind are gone, and these are more than `FEW`, or the source is
    empty, or was to end them though no row of it could be taken; unless that was accepted.
    """
    main = _KINDS[run.mapping.source.kind]
    in_use = list(_in_use(run))
    gone = [record for record in in_use if record.id not in known]
    before = sum(isinstance(record, main) for record in in_use)
    missing = sum(isinstance(record, main) for record in gone)
    is_empty = not any(run.tally.read.values())
    many = missing > FEW or is_empty or (end and not known)
    if missing > MOST_GONE * before and many and not accepted:
        name = clean(run.source)
        message = (
            f"{missing:,} of {before:,} {run.mapping.source.kind} that {name} brought are gone"
        )
        accept = f"--accept-gone {quote(name)}"
        hint = f"if that is true, say so with {accept}; otherwise export it again"
        if not (known or is_empty):
            hint = f"no row of it could be taken: see why without --end-gone, or {accept}"
        raise ImportRefusedError(message, hint)
    for record in gone:
        run.proposals.append(
            Proposal(type(record).__name__.lower(), record.id, _label(record), ended=end)
        )
        if end:
            run.put(_ended(record, run))


def _in_use(run: ImportRun) -> Iterator[Brought]:
    for kind in _KINDS.values():
        for record in run.registry.all(kind):
            if record.source == run.source and not _has_ended(record):
                yield record


def _has_ended(record: Brought) -> bool:
    if isinstance(record, Person):
        return record.last_day is not None
    return record.until is not None


def _ended(record: Brought, run: ImportRun) -> Brought:
    if isinstance(record, Person):
        last_day = run.as_of.date()
        joined = record.joined if record.joined and record.joined <= last_day else None
        return msgspec.structs.replace(record, joined=joined, last_day=last_day)
    return msgspec.structs.replace(record, until=run.as_of)


def _label(record: Brought) -> str:
    if isinstance(record, Account):
        return record.label
    return record.address if isinstance(record, Mailbox) else record.name
