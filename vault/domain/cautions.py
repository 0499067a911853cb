"""What is worth knowing before a departure or a closing although it stops no step.

Each caution is a sentence without its full stop, and never begins with a name; names are as they
are stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from vault.domain.account import Account
from vault.domain.cases import Mode
from vault.domain.counting import few, several
from vault.domain.deactivation import Closing
from vault.domain.endings import accounts_on, sending_codes_to
from vault.domain.fate import UNKNOWN_GRACE
from vault.domain.grant import Grant
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.resets import accounts_reset_by, first_of_all
from vault.domain.role import Assignment, Role
from vault.domain.spell import coming
from vault.domain.staff import Staff
from vault.domain.steps import Step
from vault.domain.ties import Tie
from vault.domain.verdict import Verdict
from vault.domain.whose import owners


def continuity(
    registry: Registry, ties: Iterable[Tie], steps: Iterable[Step], verdict: Verdict
) -> Iterator[str]:
    """Yield what cutting somebody off at once risks, section 5 of docs/access-model.md."""
    risked = {tie.account for tie in ties if tie.sole}
    risked |= {account for account, _ in verdict.lost} | {each.account for each in verdict.stuck}
    names = [registry.name_of(account) for account in risked if account]
    if names:
        yield f"cutting off at once, the company risks to lose its own way in to {_named(names)}"
    else:
        yield "cutting off at once locks nobody out: who stays has full control of every account"
    tools: dict[Id, list[str]] = {}
    for step in steps:
        grant = registry.find(step.target)
        if step.act == "reconnect_tool" and isinstance(grant, Grant):
            tools.setdefault(grant.tool, []).append(registry.name_of(step.account))
    for tool, accounts in tools.items():
        where = f"{registry.name_of(tool)} may stop posting to {_named(accounts)}"
        yield f"until it is connected again, {where}"


def resets_in_between(
    registry: Registry, leaver: Id, steps: Sequence[Step], at: datetime
) -> Iterator[str]:
    """Yield how who is cut off at once may undo a new password while that is being done."""
    name, label = registry.name_of(leaver), registry.name_of
    renewed = {step.account for step in steps if step.act == "rotate_password"}
    first = first_of_all(registry, steps)
    moved = {s.account for s in steps if s.id in first and s.account in renewed}
    if moved:
        what = f"change addresses and password of {_named(map(label, moved))} in one sitting"
        yield f"{what}: until the password is new, {name} may take an address back"
    for step in steps:
        if step.act == "collect_device":
            accounts = filter(renewed.__contains__, accounts_reset_by(registry, step.target, at))
            names = [*map(label, accounts)]
            if names:
                what = f"{name} may reset the password of {_named(names)} by it"
                until = f"until {label(step.target)} is collected"
                yield f"{until}, {what}: have its operator block it first"


def before_closing(registry: Registry, plans: Sequence[Closing]) -> Iterator[str]:
    """Yield what closing accounts takes for good, and whose log-in is missing, each said once."""
    graces = {registry.platform(registry.account(p.account)).name: p.grace_days for p in plans}
    for platform, grace in graces.items():
        if not grace:
            undone = UNKNOWN_GRACE if grace is None else "it cannot be undone"
            yield f"on {platform}, {undone}"
    locked = [registry.name_of(each.account) for each in plans if not each.can_get_in]
    if locked:
        yield f"nobody who works here is known to get in to {_named(locked)}"


def _named(names: Iterable[str]) -> str:
    return few(sorted(names), 5)  # the ties name them all


def who_has_left(person: Person, mode: Mode, at: datetime) -> Iterator[str]:
    """Yield that the plan of who has left already cannot count on their help."""
    if mode == "immediate" and person.status(at) == "left":
        yield f"the plan counts on no help, and is for now: {person.name} left on {person.last_day}"


def only_member(registry: Registry, leaver: Id, at: datetime) -> Iterator[str]:
    """Yield that nobody but the leaver can record what is done in their own departure."""
    members = [person.id for person in registry.all(Person) if person.is_member(at)]
    if members == [leaver]:
        name = registry.name_of(leaver)
        yield f"nobody but {name} opens the vault, so each step is marked as recorded by the leaver"


def of_unknown_readers(registry: Registry, leaver: Id, at: datetime) -> Iterator[str]:
    """Yield which mailboxes that accounts hang on the leaver may read as well as anybody else."""
    unknown = {
        mailbox.address: users
        for mailbox in registry.all(Mailbox)
        if mailbox.exists(at)
        and not (mailbox.owner or coming(mailbox.readers, at) or owners(registry, mailbox))
        and (users := {a.id for a in _hanging_on(registry, mailbox.id, at)})
    }
    if unknown:
        accounts = set[Id]().union(*unknown.values())
        hang = several(len(accounts), "account hangs", "accounts hang")
        who = f"nobody knows who reads {_named(unknown)}, which {hang} on"
        yield f"{who}: it may be {registry.name_of(leaver)}"


def _hanging_on(registry: Registry, mailbox: Id, at: datetime) -> Iterator[Account]:
    for account in (*accounts_on(registry, mailbox, at), *sending_codes_to(registry, mailbox, at)):
        if registry.is_live(account, at):
            yield account


def carried_by_role(
    registry: Registry, leaver: Id, ties: Iterable[Tie], at: datetime
) -> Iterator[str]:
    """Yield which phones the leaver may have by a role only: nobody recorded in whose hands one is.

    The end of the role is the end of it in the records, and the phone itself may be taken along.
    """
    held = (registry.find(tie.target) for tie in ties if tie.kind == "role")
    roles = {assignment.role for assignment in held if isinstance(assignment, Assignment)}
    phones = {phone.id: phone for role in roles for phone in registry.phones_of.get(role, ())}
    for phone in sorted(phones.values(), key=lambda each: (each.number, each.id)):
        carriers = coming(phone.carriers, at)
        by = [registry.name_of(role) for role in carriers if role in roles]
        if phone.exists(at) and by and leaver not in carriers and phone.contract != leaver:
            whose = f"{phone.number} is carried by {few(sorted(by))}"
            yield f"collect the phone, or its SIM, if {registry.name_of(leaver)} has it: {whose}"


def thinned_roles(
    staff: Staff, ties: Iterable[Tie], steps: Iterable[Step], last_day: date
) -> Iterator[str]:
    """Yield which roles a departure leaves with too few holders, or with one who leaves soon.

    `staff` is that of the last day, without those who are gone by then.
    """
    given = {(step.target, step.to) for step in steps if step.act == "assign_role"}
    registry = staff.registry
    held = (registry.find(tie.target) for tie in ties if tie.kind == "role")
    roles = {assignment.role for assignment in held if isinstance(assignment, Assignment)}
    for role_id in sorted(roles, key=lambda each: (registry.name_of(each), each)):
        role, taker = registry.get(role_id, Role), staff.takes_over(role_id)
        left = {*staff.holders(role_id), *(to for target, to in given if target == role_id)}
        if len(left) < role.min_holders:
            few = f"{len(left)} of at least {role.min_holders} holders"
            yield f"the role {role.name} is left with {few}"
        ends = registry.person(taker).last_day if taker else None
        if ends is not None and ends > last_day:
            later = several((ends - last_day).days, "day")
            then = "" if any(not staff.leaves(p) for p in left) else ", and then nobody holds it"
            goes = f"the role {role.name} goes to {registry.name_of(taker)}"
            yield f"{goes}, who leaves {later} later, on {ends}{then}"
