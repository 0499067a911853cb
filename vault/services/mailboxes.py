"""Mailboxes: added, and proven to be readable by a code that is sent there and comes back."""

from __future__ import annotations

import hmac
import shlex
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from vault.domain.address import spelled
from vault.domain.changes import Change, Changes
from vault.domain.freemail import is_freemail
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox, MailboxKind
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.secret import Secret
from vault.domain.spell import Spell, Spells, begun, ended
from vault.domain.whose import known_by, owners
from vault.errors import RefusedError, UsageError
from vault.services.editing import add_record, edit_record, fresh_id
from vault.services.session import Session

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that are confused when read out
CODE_LENGTH = 8


def add_mailbox(
    session: Session,
    address: str,
    type_: MailboxKind | None = None,
    *,
    owner: Id = "",
    readers: Sequence[Id] = (),
    **values: Any,
) -> Mailbox:
    """Add a mailbox, without a type personal for a freemail address that no role owns, else shared.

    Its owner reads it, unless readers are named or it is personal. Where none is named that is who
    is on record with the address; it is personal then, unless it is their work address.
    """
    registry, now = session.registry, session.env.now()
    if not owner and len(people := known_by(registry, address)) == 1:
        [owner] = people
        is_work = spelled(registry.person(owner).mail) == spelled(address)
        type_ = type_ or (None if is_work else "personal")
    is_roles = isinstance(registry.find(owner), Role)
    kind = type_ or ("personal" if is_freemail(address) and not is_roles else "shared")
    reading = readers or ((owner,) if owner and kind != "personal" else ())
    record = Mailbox(
        id=fresh_id(session),
        address=address.strip(),
        type=kind,
        owner=owner,
        readers=tuple(Spell(each, now) for each in reading),
        **values,
    )
    return add_record(session, record)


def edit_mailbox(session: Session, mailbox: Mailbox, **values: Any) -> Mailbox:
    """Change what is known of a mailbox and return it; raises as `edit_record` does.

    Another address is yet to be proved, and a code that was sent to the old one proves nothing.
    """
    if spelled(values.get("address", mailbox.address)) != spelled(mailbox.address):
        values |= {"proven_at": None, "challenge": ""}
    return edit_record(session, mailbox, **values)


def shut_out(
    registry: Registry, mailbox: Mailbox, new: Sequence[Id], gone: Sequence[Id], now: datetime
) -> Spells:
    """Return who cannot read a mailbox that they own, when some readers are new and some gone."""
    spells = ended(mailbox.shut_out, now, new)
    for owner in owners(registry, mailbox):
        spells = begun(spells, owner, now) if owner in gone else spells
    return spells


def day_to_keep(day: date | None, now: datetime) -> date | None:
    """Return the day until which a mailbox must be kept; raises UsageError for one in the past."""
    if day is not None and day < now.date():
        message = f"{day} is in the past: a mailbox can be kept until a day that comes"
        raise UsageError(message, f"give {now.date()} or a later day")
    return day


def challenge_mailbox(session: Session, mailbox: Mailbox) -> str:
    """Return a new code for a mailbox; only its newest code proves anything.

    Whoever asked has it, and nobody else: the registry has its fingerprint.
    """
    raw = session.env.random(CODE_LENGTH)
    code = "".join(ALPHABET[byte % len(ALPHABET)] for byte in raw)

    def decide(registry: Registry, _now: datetime) -> Changes:
        found = registry.get(mailbox.id, Mailbox)
        return (Change(msgspec.structs.replace(found, challenge=_known_by(session, found, code))),)

    session.write("mailbox.challenge", decide, note=mailbox.address)
    return code


def prove_mailbox(session: Session, mailbox: Mailbox, code: str) -> Mailbox:
    """Record that the code came back; raises RefusedError for another code or none asked for."""

    def decide(registry: Registry, now: datetime) -> Changes:
        found = registry.get(mailbox.id, Mailbox)
        prove = f"safehands mailbox prove {shlex.quote(found.address)}"
        if not found.challenge:
            message = f"no code was made for {found.address}"
            raise RefusedError(message, f"make one: {prove}")
        came_back = _known_by(session, found, code.strip().upper())
        if not hmac.compare_digest(found.challenge.encode(), came_back.encode()):
            message = f"that is not the code that was made for {found.address}"
            raise RefusedError(message, f"look at the newest message there, or make one: {prove}")
        return (Change(msgspec.structs.replace(found, challenge="", proven_at=now)),)

    registry = session.write("mailbox.prove", decide, note=mailbox.address)
    return registry.get(mailbox.id, Mailbox)


def _known_by(session: Session, mailbox: Mailbox, code: str) -> str:
    """Return what is kept of a code: heads are read by reporters, and handed out by exports."""
    return session.fingerprint(Secret(f"challenge\0{mailbox.id}\0{code}"))
