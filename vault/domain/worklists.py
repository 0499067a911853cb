"""Worklists: what is to be mended or decided, each as rows that a list can show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from vault.domain.account import Account
from vault.domain.deciding import is_to_decide
from vault.domain.dormancy import IDLE, Dormancy, dormancy
from vault.domain.findings import Finding
from vault.domain.registry import Registry

FINDING_TITLES: Final[dict[str, str]] = {
    "personal_login_address": "log-in address is somebody's own",
    "fixed_login_address": "log-in address cannot be changed",
    "personal_recovery_address": "recovery address is somebody's own",
    "personal_recovery_phone": "recovery phone is somebody's own",
    "personal_number": "goes by somebody's own number",
    "personal_sign_in": "one signs in with somebody's own account",
    "personal_account": "goes by somebody's own address",
    "address_gone": "address is gone",
    "phone_gone": "recovery phone is gone",
    "group_cannot_own": "address is a group's, which cannot own accounts",
    "no_owner_role": "no owner role",
    "no_login_address": "log-in address not recorded",
    "factor_of_one_person": "one person has the second factor",
    "factor_of_unknown": "nobody knows who has the second factor",
    "factor_gone": "codes go to what is gone",
    "one_full_seat": "one person has full rights",
    "double_handle": "the handle of another account",
    "dead_platform": "listed, but the platform is gone",
    "nobody_gets_in": "nobody known to have full control",
    "role_without_holder": "nobody holds the role",
    "role_below_minimum": "too few hold the role",
    "role_of_leavers": "everybody who holds the role leaves",
    "departure_called_off": "a departure is open, but they stay",
    "departure_moved": "leaves on another day than planned",
    "successor_leaves": "who is to take over leaves too",
    "mailbox_unread": "nobody reads the mailbox",
    "mailbox_unproven": "not shown within a year that mail arrives",
    "knowledge_debt": "left, and could know secrets in use",
    "seat_of_former": "left, and still has seats",
    "ties_of_former": "left, and still holds what opens accounts",
    "breached_password": "password found in a leaked list",
    "weak_password": "password soon guessed",
    "seed_of_no_factor": "authenticator secret of no second factor",
    "few_recovery_codes": "few recovery codes left",
}
"""The kinds of findings in a few words, as a list has room for."""


def idle_accounts(registry: Registry, at: datetime) -> list[tuple[Account, Dormancy]]:
    """Return the accounts in use that call for a decision or did, those idle for longest first.

    Those on platforms that are gone are left out: there is nothing to decide about them.
    """
    judged = (
        (account, dormancy(registry, account, at))
        for account in registry.all(Account)
        if account.is_open(at)
    )
    idle = [(account, found) for account, found in judged if found.verdict in IDLE]
    idle.sort(key=lambda each: (-(each[1].idle_days or 0), each[0].platform, each[0].handle))
    return idle


def to_decide(registry: Registry, at: datetime) -> list[tuple[Account, Dormancy]]:
    """Return those idle accounts about which no decision stands, and that are not being closed."""
    return [each for each in idle_accounts(registry, at) if is_to_decide(registry, *each, at)]


def on_dead_platforms(registry: Registry, at: datetime) -> list[Account]:
    """Return the accounts that are listed although their platform is gone, by name."""
    accounts = (a for a in registry.all(Account) if a.is_open(at) and not registry.is_live(a, at))
    return sorted(accounts, key=lambda account: account.label)


def by_kind(found: Sequence[Finding]) -> dict[str, list[Finding]]:
    """Return the findings by their code, the worst kind first."""
    kinds: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in found:
        kinds[finding.code].append(finding)
    return dict(kinds)
