"""Where a phone of the company goes when somebody leaves: to the role that needs it most."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from vault.domain.account import Account
from vault.domain.counting import few, several
from vault.domain.ids import Id
from vault.domain.numbers import going_by, numbers
from vault.domain.phone import Phone
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.spell import Spells, current
from vault.domain.staff import Staff
from vault.domain.ties import holds_role


class Use(NamedTuple):
    """An account that hangs on a phone for good, and whether its second factor does."""

    account: Account
    role: Id
    for_codes: bool


def uses_of(registry: Registry, phone: Id) -> list[Use]:
    """Return what hangs on a phone, by name; what ends, is being closed or is gone needs none."""
    factors = registry.factors_on.get(phone, ())
    sending = {f.account for f in factors if f.phone == phone and f.until is None}
    hanging = (*registry.accounts_on.get(phone, ()), *going_by(registry, phone))
    resetting = {a.id for a in hanging if _names(registry, a, phone)}
    accounts = [registry.account(each) for each in sending | resetting]
    found = [
        Use(account, _owner(account.owner_roles), account.id in sending)
        for account in accounts
        if account.state == "living"
        and account.until is None
        and not registry.platform(account).is_dead
    ]
    return sorted(found, key=lambda use: (use.account.label, use.account.id))


def _names(registry: Registry, account: Account, phone: Id) -> bool:
    return any(spell.of == phone and spell.until is None for spell in numbers(registry, account))


def _owner(roles: Spells) -> Id:
    return next((spell.of for spell in roles if spell.until is None), "")


def next_carrier(staff: Staff, phone: Phone, at: datetime) -> Id:
    """Return the role that a phone goes to, else the successor for everything, or "" for nobody.

    A role that carries it keeps it. Of those that somebody holds it is the one with most accounts
    that ask for a code from it at each log-in, then with most that it resets, then by name: one
    phone is carried by one role, and the others are told (`shared_by`).
    """
    registry = staff.registry
    carrying = [each for each in current(phone.carriers, at) if will_have_holder(staff, each)]
    if carrying:
        return carrying[0]
    uses = [use for use in uses_of(registry, phone.id) if will_have_holder(staff, use.role)]

    def rank(role: Id) -> tuple[int, int, str, Id]:
        own = [use for use in uses if use.role == role]
        codes = sum(use.for_codes for use in own)
        return (-codes, -len(own), registry.name_of(role), role)

    roles = sorted({use.role for use in uses}, key=rank)
    return roles[0] if roles else staff.successors.get("", "")


def will_have_holder(staff: Staff, role: Id) -> bool:
    """Say whether an id is of a role that somebody who stays holds, or takes over."""
    if not isinstance(staff.registry.find(role), Role):
        return False
    taken_over = holds_role(staff.registry, staff.leaver, role, staff.at)
    return bool(staff.holders(role) or (taken_over and staff.takes_over(role)))


def shared_by(registry: Registry, phone: Id, to: Id) -> Iterator[str]:
    """Yield, in sentences, why a phone goes to a role, and what others need of it."""
    uses, name = uses_of(registry, phone), registry.name_of
    others = [use for use in uses if use.role != to]
    if not (others and to):
        return
    accounts = few([f"{u.account.label} ({name(u.role) or 'of no role'})" for u in others])
    if len(others) < len(uses):
        share = f"{len(uses) - len(others)} of {several(len(uses), 'account')}"
        yield f"It goes to {name(to)}, which needs it for {share}; also on it: {accounts}."
    else:
        yield f"It goes to {name(to)}, and on it: {accounts}."
    yield f"Move these to a phone of their own roles, or have {name(to)} pass the codes on."
