"""The lists of people, roles, mailboxes and phones: in which order, and what finds a row."""

from __future__ import annotations

from datetime import date, datetime

from vault.domain.holders import roles_of, told
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.naming import dialled, folded
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.rows import Rows, beginning, holding
from vault.domain.telling import names


def people(registry: Registry, at: datetime, *, is_today: bool = True) -> Rows[Person]:
    """Return everybody by name, those who have left or have yet to join as well.

    Of another day than today whoever joined after it is not among them.
    """
    begun = date.max if is_today else at.date()
    everybody = (p for p in registry.all(Person) if not p.one_with)
    found = (p for p in everybody if p.joined is None or p.joined <= begun)
    return Rows(
        sorted(found, key=lambda p: folded(p.name)),
        lambda p: f"{p.name} {p.listed_as} {p.mail} {' '.join(p.other_mails)}",
        {
            "status": beginning(lambda p: p.status(at)),
            "role": holding(lambda p: names_of_roles(registry, p.id, at)),
        },
    )


def names_of_roles(registry: Registry, person: Id, at: datetime) -> str:
    """Return the names of the roles that somebody holds."""
    return ", ".join(map(registry.name_of, roles_of(registry, person, at)))


def roles(registry: Registry, at: datetime) -> Rows[Role]:
    """Return the roles that have not ended, by name."""
    found = (r for r in registry.all(Role) if r.until is None or at < r.until)
    return Rows(
        sorted(found, key=lambda r: folded(r.name)),
        lambda r: f"{r.name} {r.purpose}",
        {"person": holding(lambda r: told(registry, r.id, at))},
    )


def mailboxes(registry: Registry, at: datetime) -> Rows[Mailbox]:
    """Return the mailboxes in use, by address."""
    found = (m for m in registry.all(Mailbox) if m.exists(at))
    return Rows(
        sorted(found, key=lambda m: folded(m.address)),
        lambda m: f"{m.address} {m.note}",
        {
            "kind": beginning(lambda m: m.type),
            "owner": holding(lambda m: registry.name_of(m.owner) if m.owner else ""),
        },
    )


def phones(registry: Registry, at: datetime) -> Rows[Phone]:
    """Return the phones in use, by number; they are found by its digits alone as well."""
    found = (p for p in registry.all(Phone) if p.exists(at))
    return Rows(
        sorted(found, key=lambda p: p.number),
        lambda p: f"{p.number} +{dialled(p.number)} 00{dialled(p.number)} {p.note}",
        {"carrier": holding(lambda p: names(registry, p.carriers, at))},
    )
