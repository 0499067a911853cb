"""Proving that a mailbox can be read: a code that is sent there and comes back."""

from __future__ import annotations

import hmac
from datetime import datetime

import msgspec

from vault.domain.changes import Change, Changes
from vault.domain.mailbox import Mailbox
from vault.domain.registry import Registry
from vault.errors import RefusedError
from vault.services.session import Session

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that are confused when read out
CODE_LENGTH = 8


def challenge_mailbox(session: Session, mailbox: Mailbox) -> str:
    """Return a new code for a mailbox; only its newest code proves anything."""
    raw = session.env.random(CODE_LENGTH)
    code = "".join(ALPHABET[byte % len(ALPHABET)] for byte in raw)

    def decide(registry: Registry, _now: datetime) -> Changes:
        found = registry.get(mailbox.id, Mailbox)
        return (Change(msgspec.structs.replace(found, challenge=code)),)

    session.write("mailbox.challenge", decide, note=mailbox.address)
    return code


def prove_mailbox(session: Session, mailbox: Mailbox, code: str) -> Mailbox:
    """Record that the code came back; raises RefusedError for another code or none asked for."""

    def decide(registry: Registry, now: datetime) -> Changes:
        found = registry.get(mailbox.id, Mailbox)
        if not found.challenge:
            message = f"no code was made for {found.address}"
            raise RefusedError(message, f"make one: safehands mailbox prove {found.address}")
        if not hmac.compare_digest(found.challenge.encode(), code.strip().upper().encode()):
            message = f"that is not the code that was made for {found.address}"
            raise RefusedError(message, "look at the newest message there")
        return (Change(msgspec.structs.replace(found, challenge="", proven_at=now)),)

    registry = session.write("mailbox.prove", decide, note=mailbox.address)
    return registry.get(mailbox.id, Mailbox)
