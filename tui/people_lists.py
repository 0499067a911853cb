"""The lists of people, roles, mailboxes and phones as the interface shows them: their columns."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tui.desk import Desk
from tui.widgets.listing import Column
from vault.domain import directory
from vault.domain.directory import names_of_roles
from vault.domain.endings import accounts_on
from vault.domain.holders import holders_here, is_enough
from vault.domain.holders import told as holders_told
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person, PersonStatus
from vault.domain.phone import Phone
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.rows import Rows
from vault.domain.telling import names

URGENCY: Final[tuple[PersonStatus, ...]] = ("leaving", "active", "joining", "left")


def people(registry: Registry, at: datetime) -> Rows[Person]:
    """Return everybody: those who are leaving first, those who have left last."""
    found = directory.people(registry, at)
    found.all.sort(key=lambda p: URGENCY.index(p.status(at)))
    return found


def person_columns(desk: Desk) -> tuple[Column, ...]:
    """Return the columns of people."""
    return (
        Column("name", lambda p: p.name, 18, share=2),
        Column("status", lambda p: p.status(desk.now), 8),
        Column("last day", lambda p: str(p.last_day or ""), 10, drop=1),
        Column("roles", lambda p: names_of_roles(desk.registry, p.id, desk.now), 16, share=2),
        Column("mail", lambda p: p.mail, 20, share=2, drop=2),
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
    number = sum(1 for _ in accounts_on(desk.registry, role.id, desk.now))
    return f"{number:>8,}"


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
    number = sum(1 for _ in accounts_on(desk.registry, mailbox.id, desk.now))
    return f"{number:>8,}"


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
