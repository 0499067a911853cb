"""Guards: what no step may do, whoever asks for it.

`objection` is what the simulation uses to see that a step is not possible yet, and what the
services raise as a refusal when somebody tries it all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from vault.domain.access import Access, Party, active_factors, company_side
from vault.domain.dependants import dependants
from vault.domain.endings import accounts_on, sending_codes_to, what_hangs_on, why_kept
from vault.domain.factor import Factor
from vault.domain.fate import why_not_into
from vault.domain.holders import holders
from vault.domain.ids import Id
from vault.domain.levels import at_least
from vault.domain.mailbox import Mailbox
from vault.domain.mailbox_choice import is_proven, why_not_to
from vault.domain.neighbourhood import surroundings
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.role import Assignment, Role
from vault.domain.seat import Seat
from vault.domain.staff import absence
from vault.domain.steps import LOGIN_ACTS, SEAT_ACTS, Act, Step

Objection = str
"""Why a step may not be done now; "" where nothing speaks against it."""


def objection(registry: Registry, step: Step, at: datetime) -> Objection:
    """Return what speaks against a step by what is written in the registry, "" for nothing."""
    check = _CHECKS.get(step.act)
    return check(registry, step, at) if check else ""


def obstacle(registry: Registry, step: Step, helpers: Party, at: datetime) -> Objection:
    """Return why nobody among the helpers can do a step at a moment, "" where somebody can."""
    if step.act not in LOGIN_ACTS and step.act not in SEAT_ACTS:
        return ""
    access = Access(registry, helpers, at)
    label = registry.name_of(step.account)
    if step.act in SEAT_ACTS and not access.controls(step.account, "full"):
        return f"nobody who stays has full rights on {label}"
    if step.act in LOGIN_ACTS and not (
        access.can_log_in(step.account) or access.controls(step.account, "full")
    ):
        return f"nobody who stays can log in to {label}"
    return ""


def _prove_mailbox(registry: Registry, step: Step, at: datetime) -> Objection:
    mailbox = registry.find(step.target)
    if not isinstance(mailbox, Mailbox) or not mailbox.exists(at):
        return "the mailbox is not there any more"
    return ""


def _mailbox_objection(registry: Registry, step: Step, at: datetime) -> Objection:
    """No new personal tie, and no move to an address that nobody has seen to work."""
    if not step.to:
        return ""
    mailbox = registry.get(step.to, Mailbox)
    why = why_not_to(registry, registry.account(step.account), mailbox, at)
    if not (why or is_proven(mailbox, at)):
        return f"nobody has proved yet that {mailbox.address} can be read"
    return why


def _new_holder_objection(registry: Registry, step: Step, at: datetime) -> Objection:
    if step.to == step.person:
        return "the leaver would hold it again"
    holder = registry.find(step.to)
    if not isinstance(holder, Person):
        return ""
    day = holder.last_day
    # Whoever is let go today is still here, and takes nothing over.
    if day == at.date() and any(case.person == holder.id for case in registry.open_cases):
        return f"{holder.name} leaves as well, on {day}"
    away = absence(holder, at)
    return f"{holder.name} {away}" if away else ""


def _enrol_factor(registry: Registry, step: Step, at: datetime) -> Objection:
    if not isinstance(registry.find(step.to), Role):
        return "a second factor is enrolled for a role, or it would be a new personal tie"
    return ""


def _somebody_knows(registry: Registry, step: Step, at: datetime) -> Objection:
    """A new secret that nobody who stays would know locks everybody out."""
    if not _stays(registry, step.assignee, step.person, at):
        return f"nobody who stays would know the new secret of {registry.name_of(step.account)}"
    return ""


def _remove_factor(registry: Registry, step: Step, at: datetime) -> Objection:
    factor = registry.get(step.target, Factor)
    account = registry.account(factor.account)
    if not account.is_open(at):
        return ""
    if all(other.id == factor.id for other in active_factors(registry, account, at)):
        return f"it is the only second factor of {account.label}: enrol another one first"
    return ""


def _remove_seat(registry: Registry, step: Step, at: datetime) -> Objection:
    """Never remove the last person with full rights, unless who stays owns the account without."""
    account = registry.account(step.account)
    seats = registry.seats_on.get(account.id, ())
    leaving = next((s for s in seats if s.id == step.target), None)
    if leaving is None:
        return "the ownership has not been transferred yet"
    if not at_least(leaving.level, "full") or not leaving.holds(at):
        return ""
    for seat in seats:
        if seat.id == leaving.id or not seat.is_confirmed(at):
            continue
        kept = at_least(seat.level, leaving.level)
        if kept and (
            _stays(registry, seat.person, step.person, at)
            or _is_usable(registry, seat.role_account, step.person, at)
        ):
            return ""
    if is_owned_without(registry, leaving, step.person, at):
        return ""
    return f"nobody else has confirmed rights ({leaving.level}) on {account.label}"


def is_owned_without(registry: Registry, seat: Seat, leaver: Id, at: datetime) -> bool:
    """Say whether who stays has the rights of a leaver's seat by other ways, such as a log-in.

    Where a platform has one owner, that is a person, and the ownership is handed on.
    """
    if has_one_owner(registry, seat):
        return False
    part = surroundings(registry, (seat.account,))
    company = Access(part, company_side(part, at, without=(leaver,)), at)
    return company.controls(seat.account, seat.level)


def has_one_owner(registry: Registry, seat: Seat) -> bool:
    """Say whether a seat is the one ownership of its account, as far as the platform tells."""
    waits = registry.platform(registry.account(seat.account)).waits
    return seat.level == "owner" and "transfer_ownership" in waits


def _is_usable(registry: Registry, role_account: Id, leaver: Id, at: datetime) -> bool:
    """Whether those who stay can log in to a role account; its seat is worth nothing otherwise."""
    if role_account not in registry:
        return False
    part = surroundings(registry, (role_account,))
    return Access(part, company_side(part, at, without=(leaver,)), at).can_log_in(role_account)


def _stays(registry: Registry, person: Id, leaver: Id, at: datetime) -> bool:
    record = registry.find(person)
    return isinstance(record, Person) and record.id != leaver and record.stays(at)


def _confirmed_seat_first(registry: Registry, step: Step, at: datetime) -> Objection:
    old = registry.find(step.target)
    if not isinstance(old, Seat) or not old.holds(at):
        return "the seat to take the ownership from is not there any more"
    for seat in registry.seats_on.get(step.account, ()):
        if seat.person == step.to and seat.is_confirmed(at):
            return _new_holder_objection(registry, step, at)
    return f"{registry.name_of(step.to)} has no confirmed seat yet"


def _confirm_seat(registry: Registry, step: Step, at: datetime) -> Objection:
    seat = registry.find(step.target)
    if not isinstance(seat, Seat):
        return "the seat has not been given yet"
    if not seat.holds(at):
        return "the seat to confirm is not there any more"
    return _new_holder_objection(registry, step, at)


def _end_role_assignment(registry: Registry, step: Step, at: datetime) -> Objection:
    """Never leave a role that owns something without a holder."""
    assignment = registry.get(step.target, Assignment)
    role = assignment.role
    if not assignment.holds(at) or not any(what_hangs_on(registry, registry.role(role), at)):
        return ""
    if any(_stays(registry, other, step.person, at) for other in holders(registry, role, at)):
        return ""
    return f"nobody else holds the role {registry.name_of(role)}"


def _remove_vault_member(registry: Registry, step: Step, at: datetime) -> Objection:
    """Never shut the vault for everybody."""
    leaver = registry.person(step.person)
    others = (p for p in registry.all(Person) if p.is_member(at))
    if not leaver.is_member(at) or any(_stays(registry, p.id, leaver.id, at) for p in others):
        return ""
    return "nobody who stays could open the vault"


def _release_mailbox(registry: Registry, step: Step, at: datetime) -> Objection:
    """Never release a mailbox that is still a log-in or recovery address."""
    mailbox = registry.get(step.target, Mailbox)
    kept = why_kept(mailbox, at)
    if kept:
        return kept
    for account in accounts_on(registry, mailbox.id, at):
        closing = ", which is being closed" if account.state == "closing" else ""
        return f"{mailbox.address} is still an address of {account.label}{closing}"
    for account in sending_codes_to(registry, mailbox.id, at):
        return f"{mailbox.address} still gets codes of {account.label}"
    return ""


def _archive_record(registry: Registry, step: Step, at: datetime) -> Objection:
    """Nothing may need an account that is closed; the seats on it end with it."""
    account = registry.account(step.account)
    needing = (d for d in dependants(registry, account, at) if not d.ends_with_it)
    return next((each.what for each in needing), "")


def _point_to_successor(registry: Registry, step: Step, at: datetime) -> Objection:
    return why_not_into(registry, registry.account(step.to), at)


_CHECKS: dict[Act, Callable[[Registry, Step, datetime], Objection]] = {
    "assign_role": _new_holder_objection,
    "prove_mailbox": _prove_mailbox,
    "add_seat": _new_holder_objection,
    "confirm_seat": _confirm_seat,
    "transfer_ownership": _confirmed_seat_first,
    "change_login_mail": _mailbox_objection,
    "change_recovery_mail": _mailbox_objection,
    "enrol_factor": _enrol_factor,
    "remove_factor": _remove_factor,
    "rotate_password": _somebody_knows,
    "rotate_token": _somebody_knows,
    "renew_recovery_codes": _somebody_knows,
    "remove_seat": _remove_seat,
    "end_role_assignment": _end_role_assignment,
    "remove_vault_member": _remove_vault_member,
    "remove_mailbox_reader": _new_holder_objection,
    "block_mailbox": _new_holder_objection,
    "reconnect_tool": _new_holder_objection,
    "release_mailbox": _release_mailbox,
    "point_to_successor": _point_to_successor,
    "archive_record": _archive_record,
}
