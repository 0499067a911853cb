"""The lists of people, roles, mailboxes and phones: their rows, filters and columns."""

from __future__ import annotations

from datetime import datetime

from tui.desk import Desk
from tui.widgets.listing import Column
from vault.domain.holders import holders_here, is_enough
from vault.domain.holders import roles_of as role_ids_of
from vault.domain.holders import told as holders_told
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.naming import folded
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.rows import Rows, beginning, holding
from vault.domain.spell import current
from vault.domain.telling import names

_STATUS = ("leaving", "active", "left")


def people(registry: Registry, desk: Desk) -> Rows[Person]:
    """Return everybody: those who are leaving first, those who have left last."""
    at = desk.now
    found = sorted(
        (p for p in registry.all(Person) if not p.one_with),
        key=lambda p: (_STATUS.index(p.status(at)), folded(p.name)),
    )
    return Rows(
        found,
        lambda p: f"{p.name} {p.listed_as} {p.mail} {' '.join(p.other_mails)}",
        {
            "status": beginning(lambda p: p.status(at)),
            "role": holding(lambda p: roles_of(registry, p.id, at)),
        },
    )


def person_columns(desk: Desk) -> tuple[Column, ...]:
    """Return the columns of people."""
    return (
        Column("name", lambda p: p.name, 18, share=2),
        Column("status", lambda p: p.status(desk.now), 8),
        Column("last day", lambda p: str(p.last_day or ""), 10, drop=1),
        Column("roles", lambda p: roles_of(desk.registry, p.id, desk.now), 16, share=2),
        Column("mail", lambda p: p.mail, 20, share=2, drop=2),
    )


def roles_of(registry: Registry, person: Id, at: datetime) -> str:
    """Return the names of the roles that somebody holds."""
    return ", ".join(registry.name_of(each) for each in role_ids_of(registry, person, at))


def roles(registry: Registry, desk: Desk) -> Rows[Role]:
    """Return the roles that have not ended."""
    at = desk.now
    found = [r for r in registry.all(Role) if r.until is None or at < r.until]
    found.sort(key=lambda r: folded(r.name))
    return Rows(
        found,
        lambda r: f"{r.name} {r.purpose}",
        {"person": holding(lambda r: holders_told(registry, r.id, at))},
    )


def role_columns(desk: Desk) -> tuple[Column, ...]:
    """Return the columns of roles."""
    return (
        Column("role", lambda r: r.name, 16, share=1),
        Column("held by", lambda r: holders_told(desk.registry, r.id, desk.now), 20, share=3),
        Column("enough", lambda r: _enough(desk, r), 8),
        Column("accounts", lambda r: _owned(desk, r), 8),
        Column("purpose", lambda r: r.purpose, 14, share=1, drop=1),
    )


def _enough(desk: Desk, role: Role) -> str:
    if is_enough(desk.registry, role, desk.now):
        return "yes"
    return f"! {len(holders_here(desk.registry, role.id, desk.now))} of {role.min_holders}"


def _owned(desk: Desk, role: Role) -> str:
    at = desk.now
    owned = desk.registry.accounts_on.get(role.id, ())
    return f"{sum(a.is_open(at) and role.id in current(a.owner_roles, at) for a in owned):>8,}"


def mailboxes(registry: Registry, desk: Desk) -> Rows[Mailbox]:
    """Return the mailboxes in use."""
    found = [m for m in registry.all(Mailbox) if m.exists(desk.now)]
    found.sort(key=lambda m: folded(m.address))
    return Rows(
        found,
        lambda m: f"{m.address} {m.note}",
        {
            "kind": beginning(lambda m: m.type),
            "owner": holding(lambda m: registry.name_of(m.owner) if m.owner else ""),
        },
    )


def mailbox_columns(desk: Desk) -> tuple[Column, ...]:
    """Return the columns of mailboxes."""
    return (
        Column("address", lambda m: m.address, 24, share=2),
        Column("kind", lambda m: m.type, 9),
        Column("owner", lambda m: desk.registry.name_of(m.owner) if m.owner else "", 12, share=1),
        Column("read by", lambda m: names(desk.registry, m.readers, desk.now), 14, share=2, drop=2),
        Column("proven", lambda m: str(m.proven_at.date()) if m.proven_at else "never", 10, drop=3),
        Column("accounts", lambda m: _users(desk, m), 8, drop=1),
    )


def _users(desk: Desk, mailbox: Mailbox) -> str:
    at = desk.now
    users = desk.registry.accounts_on.get(mailbox.id, ())
    number = sum(
        a.is_open(at) and mailbox.id in current((*a.login_mailboxes, *a.recovery_mailboxes), at)
        for a in users
    )
    return f"{number:>8,}"


def phones(registry: Registry, desk: Desk) -> Rows[Phone]:
    """Return the phones in use."""
    at = desk.now
    found = [p for p in registry.all(Phone) if p.exists(at)]
    found.sort(key=lambda p: p.number)
    return Rows(
        found,
        lambda p: f"{p.number} {p.note}",
        {"carrier": holding(lambda p: names(registry, p.carriers, at))},
    )


def phone_columns(desk: Desk) -> tuple[Column, ...]:
    """Return the columns of phones."""
    return (
        Column("number", lambda p: p.number, 18, share=1),
        Column("kind", lambda p: p.type, 8),
        Column("carried by", lambda p: names(desk.registry, p.carriers, desk.now), 16, share=1),
        Column("contract", lambda p: _contract(desk, p), 14, share=1),
        Column("note", lambda p: p.note, 12, share=1, drop=1),
    )


def _contract(desk: Desk, phone: Phone) -> str:
    return desk.registry.name_of(phone.contract) if phone.contract else "company"
