"""Gone tonight: what the company loses without a person, a mailbox, a phone, a tool or a domain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from vault.domain.account import Account
from vault.domain.gone import Gone, ThingKind, gone_tonight, mailboxes_at
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.naming import resolve
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.text import clean
from vault.errors import NotFoundError


@dataclass(frozen=True)
class Simulation:
    """What it would mean if something were gone; `about` is its record's id, "" for a domain."""

    kind: ThingKind
    about: Id
    name: str
    as_of: datetime
    gone: Gone


_KINDS: dict[ThingKind, type[Record]] = {
    "person": Person,
    "mailbox": Mailbox,
    "phone": Phone,
    "tool": Account,
}


def simulate(registry: Registry, kind: ThingKind, text: str, at: datetime) -> Simulation:
    """Return what it would mean if what goes by a text were gone from a moment on.

    Raises NotFoundError, or AmbiguousError with the candidates.
    """
    if kind != "domain":
        found = resolve(registry, _KINDS[kind], text)
        gone = gone_tonight(registry, (found.id,), at)
        return Simulation(kind, found.id, registry.name_of(found.id), at, gone)
    mailboxes = mailboxes_at(registry, text, at)
    if not mailboxes:
        message = f"no mailbox is at the domain {clean(text)!r}"
        raise NotFoundError(message, "see the addresses there are: safehands mailbox list")
    gone = gone_tonight(registry, [mailbox.id for mailbox in mailboxes], at)
    return Simulation(kind, "", text.strip().removeprefix("@"), at, gone)
