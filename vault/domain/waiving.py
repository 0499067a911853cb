"""What waived steps leave in place, taken out of a registry: to see what is open besides.

Whoever answers for a waived step answers for the one thing that it was to take from the leaver,
and for what opens by that. Nothing else is excused, however near it lies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from vault.domain.cases import Case
from vault.domain.changes import Changes, changes
from vault.domain.credential import LOGIN_SECRETS, Credential
from vault.domain.effects import effect
from vault.domain.factor import Factor
from vault.domain.ids import Id
from vault.domain.registry import Registry
from vault.domain.seat import Seat
from vault.domain.spell import Spell, ended
from vault.domain.steps import Act, Step


@dataclass(frozen=True)
class _Times:
    """When the case began, and all moments at which sessions could have been ended since."""

    begun: datetime
    deeds: tuple[datetime, ...]


Removal = Callable[[Registry, Step, _Times], Changes]


def without_waived(registry: Registry, case: Case, at: datetime) -> Registry:
    """Return a registry in which the leaver lost all that is waived when the case began.

    So what they came to know since by a role or membership that was waived is taken out with it,
    and so is a secret that was waived, whatever became of it since.
    """
    done = sorted({p.applied_at for p in case.progress if p.applied_at})
    times = _Times(case.opened_at, (case.opened_at, *done, at))
    for step in (p.step for p in case.progress if p.state == "waived"):
        remove = _REMOVALS.get(step.act)
        named = (each for each in (step.account, step.target) if each)
        if remove is not None and all(each in registry for each in named):
            registry = registry.apply(remove(registry, step, times))
    return registry


def _as_if_done(registry: Registry, step: Step, times: _Times) -> Changes:
    return effect(registry, step, times.begun, step.assignee)


def _seat(registry: Registry, step: Step, times: _Times) -> Changes:
    """Of an ownership that nobody takes over the seat is what the leaver keeps."""
    seat = registry.get(step.target, Seat)
    return changes(msgspec.structs.replace(seat, until=times.begun))


def _login_mail(registry: Registry, step: Step, times: _Times) -> Changes:
    account = registry.account(step.account)
    left = ended(account.login_mailboxes, times.begun, (step.target,))
    return changes(msgspec.structs.replace(account, login_mailboxes=left))


def _secret(registry: Registry, step: Step, times: _Times) -> Changes:
    """Nobody knows it; where changing it is known to end sessions, no step of its own does."""
    credential = registry.get(step.target, Credential)
    gone = changes(msgspec.structs.replace(credential, until=times.begun))
    ends = registry.platform(registry.account(step.account)).password_change_ends_sessions
    if credential.what in LOGIN_SECRETS and ends == "yes":
        return (*gone, *_sessions(registry, step, times))
    return gone


def _factor(registry: Registry, step: Step, times: _Times) -> Changes:
    """It is still asked for, and nobody has it: an account that asks for none is easier to open."""
    factor = registry.get(step.target, Factor)
    seed = registry.find(factor.credential)
    nobody: Id = ""
    held = msgspec.structs.replace(
        factor, holders=(Spell(nobody, times.begun),), phone="", mailbox="", credential=""
    )
    if not isinstance(seed, Credential):
        return changes(held)
    return changes(held, msgspec.structs.replace(seed, until=times.begun))


def _sessions(registry: Registry, step: Step, times: _Times) -> Changes:
    """They end whenever something was done: whoever lost the ability by that is out."""
    account = registry.account(step.account)
    moments = (*account.sessions_ended, *times.deeds)
    return changes(msgspec.structs.replace(account, sessions_ended=moments))


_REMOVALS: Final[Mapping[Act, Removal]] = {
    "transfer_ownership": _seat,
    "remove_seat": _seat,
    "change_login_mail": _login_mail,
    "change_recovery_mail": _as_if_done,
    "change_recovery_phone": _as_if_done,
    "end_role_assignment": _as_if_done,
    "remove_vault_member": _as_if_done,
    "remove_mailbox_reader": _as_if_done,
    "block_mailbox": _as_if_done,
    "release_mailbox": _as_if_done,
    "collect_device": _as_if_done,
    "remove_factor": _factor,
    "renew_recovery_codes": _secret,
    "rotate_password": _secret,
    "rotate_token": _secret,
    "end_sessions": _sessions,
    "revoke_app": _as_if_done,
    "reconnect_tool": _as_if_done,
}
"""How to take out what a step was to cut; the other acts give something, and leave nothing."""
