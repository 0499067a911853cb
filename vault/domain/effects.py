"""What each act changes in the registry, for simulation and deed alike: `effect` is the way in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

import msgspec

from vault.domain.account import Account
from vault.domain.changes import Changes, changes
from vault.domain.credential import TOKENS, Credential, Exposure, Version
from vault.domain.factor import Factor
from vault.domain.grant import Grant
from vault.domain.ids import Id, derived_id
from vault.domain.levels import LEVELS, Level
from vault.domain.mailbox import Mailbox
from vault.domain.numbers import numbers
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Assignment
from vault.domain.seat import Seat
from vault.domain.spell import Spell, Spells, begun, ended, replaced
from vault.domain.steps import Act, Step

R = TypeVar("R", bound=Record)
Effect = Callable[[Registry, Step, datetime, Id], Changes]


def effect(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    """Return what a step changes when `by` (a person) does it at a moment.

    Raises NotFoundError where a record that the step names is not there.
    """
    return _EFFECTS[step.act](registry, step, at, by)


def seat_added_by(step_id: str) -> Id:
    """Return the id of the seat that an add_seat step creates."""
    return derived_id(step_id, "seat")


def _assign_role(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    new = derived_id(step.id, "assignment")
    return changes(Assignment(id=new, person=step.to, role=step.target, since=at))


def _prove_mailbox(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    """A proof that came back keeps its own moment."""
    mailbox = registry.get(step.target, Mailbox)
    proven = mailbox.proven_at or at
    return changes(msgspec.structs.replace(mailbox, proven_at=min(proven, at)))


def _add_seat(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    return changes(
        Seat(
            id=seat_added_by(step.id),
            account=step.account,
            person=step.to,
            level=step.level,
            since=at,
            granted_by=by,
        )
    )


def _confirm_seat(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    seat = registry.get(step.target, Seat)
    return changes(msgspec.structs.replace(seat, confirmed_on=at))


def seat_after_transfer(step_id: str, who: str) -> Id:
    """Return the id of the seat that a transfer_ownership step leaves the `old` or `new` owner."""
    return derived_id(step_id, who)


def _transfer_ownership(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    """Both seats end and begin anew at their new level, so the past can still be asked."""
    old = registry.get(step.target, Seat)
    theirs = [s for s in registry.seats_on.get(step.account, ()) if s.person == step.to]
    new = min(
        (seat for seat in theirs if seat.is_confirmed(at)), key=lambda s: LEVELS.index(s.level)
    )
    return changes(
        msgspec.structs.replace(old, until=at),
        msgspec.structs.replace(new, until=at),
        _renewed(old, seat_after_transfer(step.id, "old"), "full", at),
        _renewed(new, seat_after_transfer(step.id, "new"), "owner", at),
    )


def _renewed(seat: Seat, seat_id: Id, level: Level, at: datetime) -> Seat:
    return msgspec.structs.replace(
        seat, id=seat_id, level=level, since=at, confirmed_on=at, until=None
    )


def _remove_seat(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    return changes(_ended(registry.get(step.target, Seat), at))


def _change_login_mail(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    account = registry.account(step.account)
    moved = replaced(account.login_mailboxes, step.to, at)
    return changes(msgspec.structs.replace(account, login_mailboxes=moved))


def _change_recovery_mail(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    account = registry.account(step.account)
    left = ended(account.recovery_mailboxes, at, (step.target,))
    left = begun(left, step.to, at) if step.to else left
    return changes(msgspec.structs.replace(account, recovery_mailboxes=left))


def _change_recovery_phone(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    account = registry.account(step.account)
    left = ended(numbers(registry, account), at, (step.target,))
    left = begun(left, step.to, at) if step.to else left
    return changes(msgspec.structs.replace(account, recovery_phones=left))


def _end_role_assignment(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    return changes(_ended(registry.get(step.target, Assignment), at))


def _remove_vault_member(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    person = registry.person(step.person)
    return changes(msgspec.structs.replace(person, memberships=ended(person.memberships, at)))


def _nothing(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    return ()


def _remove_mailbox_reader(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    mailbox = registry.get(step.target, Mailbox)
    return changes(msgspec.structs.replace(mailbox, readers=_handed_on(mailbox.readers, step, at)))


def _block_mailbox(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    """Its owner does not read it any more, and owns it until it is released."""
    mailbox = registry.get(step.target, Mailbox)
    return changes(
        msgspec.structs.replace(
            mailbox,
            readers=_handed_on(mailbox.readers, step, at),
            shut_out=(*mailbox.shut_out, Spell(step.person, at)),
        )
    )


def _handed_on(spells: Spells, step: Step, at: datetime) -> Spells:
    """What the leaver has goes to whom the step names, if anybody."""
    left = ended(spells, at, (step.person,))
    return begun(left, step.to, at) if step.to else left


def _collect_device(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    device = registry.find(step.target)
    if isinstance(device, Phone):
        carriers = _handed_on(device.carriers, step, at)
        return changes(msgspec.structs.replace(device, carriers=carriers))
    factor = registry.get(step.target, Factor)
    return changes(msgspec.structs.replace(factor, holders=_handed_on(factor.holders, step, at)))


def pending_seed(registry: Registry, account: Id, at: datetime) -> Credential | None:
    """Return the authenticator secret of an account that waits to be enrolled, if there is one."""
    for credential in registry.credentials_of.get(account, ()):
        if credential.what == "totp_seed" and credential.at_stage("pending", at):
            return credential
    return None


def _enrol_factor(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    seed = pending_seed(registry, step.account, at) or Credential(
        id=derived_id(step.id, "seed"), account=step.account, what="totp_seed"
    )
    return enrolled(registry, step.id, seed, at, by, holders=(step.to,))


def enrolled(
    registry: Registry, deed: Id, seed: Credential, at: datetime, by: Id, *, holders: Iterable[Id]
) -> Changes:
    """Return that an authenticator is in use: its seed, the account's factor, that `by` saw it.

    `deed` is the step or act that it is done by, of which the ids of new records are derived.
    """
    proved = promoted(seed, at, by)
    factor = Factor(
        id=derived_id(deed, "factor"),
        account=seed.account,
        method="totp",
        holders=tuple(Spell(holder, at) for holder in holders),
        credential=seed.id,
        seed="vault",
        since=at,
    )
    return changes(proved, factor, *learnt(registry, deed, (seed.id, _newest(proved)), at, by))


def learnt(
    registry: Registry, deed: Id, secret: tuple[Id, int], at: datetime, by: Id
) -> tuple[Exposure, ...]:
    """Return that `by` entered a credential's version, unless that is on record from before.

    Whoever types a secret in has seen it, and so has whoever proves it by a log-in. `deed` is the
    step or act by which they did.
    """
    credential, number = secret
    known = (e for e in registry.exposures_of.get(credential, ()) if e.how == "entered")
    if not by or any((e.person, e.version) == (by, number) and e.at <= at for e in known):
        return ()
    new = derived_id(deed, credential, str(number), by)
    return (
        Exposure(id=new, credential=credential, version=number, person=by, how="entered", at=at),
    )


def _remove_factor(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    factor = registry.get(step.target, Factor)
    gone: list[Record] = [_ended(factor, at)]
    seed = registry.find(factor.credential)
    if isinstance(seed, Credential) and (seed.until is None or at < seed.until):
        others = (f for f in registry.factors_on.get(factor.credential, ()) if f.id != factor.id)
        if not any(other.holds(at) for other in others):
            gone.append(msgspec.structs.replace(seed, until=at))
    return changes(*gone)


def promoted(credential: Credential, at: datetime, by: Id) -> Credential:
    """Return the credential with its pending version (or a new, unstored one) made current.

    The old current version is kept as previous, in the same change: at any moment there is exactly
    one current version.
    """
    pending = credential.at_stage("pending", at)
    if pending is None:
        number = max((v.number for v in credential.versions), default=0) + 1
        pending = Version(number=number, made_at=at, made_by=by)
    proved = msgspec.structs.replace(
        pending,
        applied_at=pending.applied_at or at,
        applied_by=pending.applied_by or by,
        verified_at=at,
        verified_by=by,
        current_from=at,
    )
    others = tuple(
        msgspec.structs.replace(v, superseded_at=at) if v.stage(at) == "current" else v
        for v in credential.versions
        if v.number != pending.number
    )
    return msgspec.structs.replace(credential, versions=(*others, proved))


def _rotate(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    credential = promoted(registry.get(step.target, Credential), at, by)
    seen = learnt(registry, step.id, (credential.id, _newest(credential)), at, by)
    records: list[Record] = [credential, *seen]
    account = registry.account(step.account)
    ends_sessions = registry.platform(account).password_change_ends_sessions == "yes"
    if credential.what not in TOKENS and ends_sessions:
        records.append(_sessions_ended(account, at))
    return changes(*records)


def _newest(credential: Credential) -> int:
    return credential.versions[-1].number


def _renew_codes(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    codes = promoted(registry.get(step.target, Credential), at, by)
    codes = msgspec.structs.replace(codes, codes_left=codes.versions[-1].codes or None)
    return changes(codes, *learnt(registry, step.id, (codes.id, _newest(codes)), at, by))


def _sessions_ended(account: Account, at: datetime) -> Account:
    return msgspec.structs.replace(account, sessions_ended=(*account.sessions_ended, at))


def _end_sessions(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    return changes(_sessions_ended(registry.account(step.account), at))


def _revoke_app(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    if not step.target:
        return ()  # a review of what nobody has recorded
    return changes(_ended(registry.get(step.target, Grant), at))


def _reconnect_tool(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    old = registry.get(step.target, Grant)
    new = msgspec.structs.replace(
        old, id=derived_id(step.id, "grant"), granted_by=step.to, since=at, until=None
    )
    return changes(_ended(old, at), new)


def _release_mailbox(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    return changes(msgspec.structs.replace(registry.get(step.target, Mailbox), until=at))


def _record_loss(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    return changes(msgspec.structs.replace(registry.account(step.account), state="lost"))


def _close(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    return changes(msgspec.structs.replace(registry.account(step.account), state="closing"))


def _retire_credentials(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    keys: list[Credential | Factor] = [*registry.credentials_of.get(step.account, ())]
    keys += registry.factors_of.get(step.account, ())
    return changes(*(_ended(key, at) for key in keys if key.until is None or at < key.until))


def _archive_record(registry: Registry, step: Step, at: datetime, by: Id) -> Changes:
    """Its seats and second factors end with it; what else needs it is in the way (`guards`)."""
    account = registry.account(step.account)
    closed = msgspec.structs.replace(account, state="closed", until=at)
    held: list[Seat | Factor] = [*registry.seats_on.get(account.id, ())]
    held += registry.factors_of.get(account.id, ())
    over = (_ended(each, max(at, each.since)) for each in held if not each.is_over(at))
    return changes(closed, *over)


def _ended(record: R, at: datetime) -> R:
    """The record, over from a moment on; one that was over before did not last any longer."""
    until: datetime | None = getattr(record, "until", None)
    return (
        record if until is not None and until <= at else msgspec.structs.replace(record, until=at)
    )


_EFFECTS: dict[Act, Effect] = {
    "assign_role": _assign_role,
    "prove_mailbox": _prove_mailbox,
    "add_seat": _add_seat,
    "confirm_seat": _confirm_seat,
    "transfer_ownership": _transfer_ownership,
    "remove_seat": _remove_seat,
    "change_login_mail": _change_login_mail,
    "change_recovery_mail": _change_recovery_mail,
    "change_recovery_phone": _change_recovery_phone,
    "end_role_assignment": _end_role_assignment,
    "remove_vault_member": _remove_vault_member,
    "advance_vault_keys": _nothing,
    "remove_mailbox_reader": _remove_mailbox_reader,
    "block_mailbox": _block_mailbox,
    "collect_device": _collect_device,
    "enrol_factor": _enrol_factor,
    "remove_factor": _remove_factor,
    "renew_recovery_codes": _renew_codes,
    "rotate_password": _rotate,
    "rotate_token": _rotate,
    "end_sessions": _end_sessions,
    "revoke_app": _revoke_app,
    "reconnect_tool": _reconnect_tool,
    "release_mailbox": _release_mailbox,
    "record_loss": _record_loss,
    "save_archive": _nothing,
    "note_followers": _nothing,
    "point_to_successor": _nothing,
    "stop_ads": _nothing,
    "park_handle": _nothing,
    "free_handle": _nothing,
    "deactivate": _close,
    "delete": _close,
    "verify_closed": _nothing,
    "retire_credentials": _retire_credentials,
    "archive_record": _archive_record,
}
