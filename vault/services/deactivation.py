"""Closing accounts for good: a case each, several as one act; dead platforms in one go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from vault.domain.account import Account
from vault.domain.cases import DONE, Case, Progress
from vault.domain.changes import Change, Changes, changes
from vault.domain.counting import several
from vault.domain.deactivation import (
    Closing,
    Wish,
    closings,
)
from vault.domain.deciding import decision_on
from vault.domain.dependants import Dependant, dependants
from vault.domain.effects import effect
from vault.domain.existence import refuse_before
from vault.domain.fate import open_closings, reversible_until
from vault.domain.grant import Grant
from vault.domain.ids import Id
from vault.domain.mending import Names
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.seat import Seat
from vault.domain.steps import Step
from vault.domain.worklists import on_dead_platforms
from vault.errors import AlreadyError, RefusedError, UsageError
from vault.services.cases import open_case
from vault.services.deciding import Choice, decision, refuse_gone, refuse_successor
from vault.services.editing import fresh_id
from vault.services.offboarding import merged
from vault.services.session import Session


def planned(registry: Registry, accounts: Sequence[Id], wish: Wish, at: datetime) -> list[Closing]:
    """Return the plan of closing each of some accounts as one wishes for all of them.

    Where that names no account to go on in, each goes on where it was decided that it does. Raises
    RefusedError for one that cannot be closed so: it is closed, its platform is dead, or the
    account it would go on in does not stay; UsageError for a day that is over.
    """
    if wish.close_by is not None and wish.close_by < at.date():
        message = f"{wish.close_by} is over"
        raise UsageError(message, "give a day from today on: --by DATE")
    wishes = []
    for each in dict.fromkeys(accounts):
        account = registry.account(each)
        _refuse(registry, account, at)
        into = wish.into or _decided(registry, account, at)
        if into in accounts:
            message = f"{registry.name_of(into)} is to be closed itself"
            raise RefusedError(message, "name an account that stays, or leave that one out")
        if into:
            refuse_successor(registry, account, into, at)
        wishes.append(msgspec.structs.replace(wish, account=each, into=into))
    return closings(registry, wishes, at)


def left_out(registry: Registry, accounts: Sequence[Id], at: datetime) -> dict[Id, RefusedError]:
    """Return the accounts that cannot be closed at all, each with why: the others can be planned.

    Raises the first of them where it is all.
    """
    refused: dict[Id, RefusedError] = {}
    for each in dict.fromkeys(accounts):
        try:
            _refuse(registry, registry.account(each), at)
        except RefusedError as why:
            refused[each] = why
    if refused and refused.keys() == {*accounts}:
        raise next(iter(refused.values()))
    return refused


def _decided(registry: Registry, account: Account, at: datetime) -> Id:
    """The account that it was decided to go on in, or ""."""
    decided = decision_on(registry, account, at)
    return decided.into if decided is not None and decided.stands(at) else ""


def _refuse(registry: Registry, account: Account, at: datetime) -> None:
    refuse_before(account, at)
    if not account.is_open(at):
        message = f"{account.label} is closed already"
        raise AlreadyError(message, "nothing to do", there=account.id)
    refuse_gone(registry, account, at)


def start_closing(
    session: Session, accounts: Sequence[Id], wish: Wish
) -> list[tuple[Case, Closing]]:
    """Open a case for closing each account, as one act, and return it with its plan.

    What is thereby decided about each is recorded too. Raises as `planned` does, and RefusedError
    where such a case is open.
    """

    def decide(registry: Registry, now: datetime) -> tuple[Changes, list[tuple[Case, Closing]]]:
        plans = planned(registry, accounts, wish, now)
        _refuse_second_case(registry, plans)
        made = [(_case(session, each, now), each) for each in plans]
        decisions = (
            decision(session, each.account, _choice(each), now)
            for each in plans
            if _needs_decision(registry, each, now)
        )
        return changes(*(case for case, _ in made), *decisions), made

    note = several(len(set(accounts)), "account")
    return session.write_returning("deactivate.start", decide, note=note)


def _refuse_second_case(registry: Registry, plans: Sequence[Closing]) -> None:
    begun = open_closings(registry)
    for account in (each.account for each in plans if each.account in begun):
        case = begun[account].id
        message = f"{registry.name_of(account)} is being closed already: case {case[:8]}"
        raise AlreadyError(message, f"go on with it: safehands case next {case[:8]}", there=case)


def _case(session: Session, plan: Closing, now: datetime) -> Case:
    return Case(
        id=fresh_id(session),
        what="deactivation",
        account=plan.account,
        last_day=plan.close_by,
        opened_at=now,
        opened_by=session.person,
        progress=tuple(map(Progress, plan.steps)),
    )


def _choice(plan: Closing) -> Choice:
    if plan.into:
        return Choice(what="consolidate", into=plan.into)
    return Choice(what="deactivate")


def _needs_decision(registry: Registry, plan: Closing, now: datetime) -> bool:
    """Whether nothing that stands says the same already."""
    known = decision_on(registry, registry.account(plan.account), now)
    wanted = _choice(plan)
    if known is None or not known.stands(now):
        return True
    return (known.what, known.into) != (wanted.what, wanted.into)


def replan_closing(session: Session, case: Case) -> tuple[Case, Closing]:
    """Make the plan of a closing again from what was really done; done steps keep their evidence.

    Raises RefusedError for a case that is over.
    """

    def decide(registry: Registry, now: datetime) -> tuple[Changes, tuple[Case, Closing]]:
        found = open_case(registry, case.id)
        made = _planned_again(registry, found, now)
        progress = merged(found.progress, made.steps, now)
        changed = msgspec.structs.replace(found, progress=progress)
        return (Change(changed),), (changed, made)

    label = session.registry.name_of(case.account)
    return session.write_returning("case.replan", decide, note=label)


def _planned_again(registry: Registry, case: Case, now: datetime) -> Closing:
    """The plan as it would be made today for the same wish; a day that is over counts as today."""
    steps = {p.step.act: p.step for p in case.progress}
    pointer = steps.get("point_to_successor")
    wish = Wish(
        account=case.account,
        into=pointer.to if pointer else "",
        handle="park" if "park_handle" in steps else "free",
        close_by=max(case.last_day or now.date(), now.date()),
    )
    (made,) = closings(registry, [wish], now)
    return made


def stop_closing(session: Session, case: Case, reason: str) -> Case:
    """Give a closing up and return its case, closed; an account that was deactivated lives again.

    What was decided so is taken back with it: the account is to be decided about again.
    Raises UsageError without a reason, RefusedError where it cannot be undone any more.
    """
    if not reason.strip():
        message = "there is no reason"
        raise UsageError(message, "say why the account stays: --reason TEXT")

    def decide(registry: Registry, now: datetime) -> Changes:
        found = open_case(registry, case.id)
        account = registry.account(found.account)
        _refuse_final(account, found, now)
        over: list[Record] = [
            found.given_up(now, session.person, reason),
            *_taken_back(registry, account, now),
        ]
        if account.state == "closing":
            over.append(msgspec.structs.replace(account, state="living"))
        return changes(*over)

    label = session.registry.name_of(case.account)
    registry = session.write("deactivate.stop", decide, note=f"{label}: {reason}")
    return registry.get(case.id, Case)


def _taken_back(registry: Registry, account: Account, now: datetime) -> Iterator[Record]:
    """The decisions that closed the account, as nobody made them: those before it hold again."""
    for made in registry.decisions_on.get(account.id, ()):
        if made.counts(now) and made.what in {"consolidate", "deactivate"}:
            yield msgspec.structs.replace(made, taken_back=now)


def _refuse_final(account: Account, case: Case, now: datetime) -> None:
    """Raise RefusedError where an account is gone, as far as anybody knows."""
    until = reversible_until(case) if account.state == "closing" else None
    seen = any(p.step.act == "verify_closed" and p.state in DONE for p in case.progress)
    if seen or not account.is_open(now) or (until is not None and until < now.date()):
        when = f" since {until + timedelta(1)}" if until else ""
        message = f"{account.label} is gone for good{when}"
        raise RefusedError(message, f"finish its case: safehands case next {case.id[:8]}")


def retire_dead(session: Session) -> tuple[list[Account], list[Dependant]]:
    """Record the accounts on platforms that are gone as closed, with all that hung on them.

    One act for all; returns those retired, and why others were not: accounts in use still sign in
    with them, or are contained in them, by what is recorded.
    """

    def decide(
        registry: Registry, now: datetime
    ) -> tuple[Changes, tuple[list[Account], list[Dependant]]]:
        made: list[Change] = []
        retired: list[Account] = []
        needing: list[Dependant] = []
        names = Names(registry)
        for account in on_dead_platforms(registry, now):
            ends = _retired(registry, account, now)
            left = list(dependants(registry.apply(ends), account, now, names))
            needing.extend(left)
            if not left:
                retired.append(account)
                made.extend(ends)
        return tuple(made), (retired, needing)

    note = "accounts on platforms that are gone"
    return session.write_returning("deactivate.dead", decide, note=note)


def _retired(registry: Registry, account: Account, now: datetime) -> Changes:
    keys = Step(id="keys", act="retire_credentials", account=account.id)
    record = Step(id="record", act="archive_record", account=account.id)
    grants = {*registry.grants_on.get(account.id, ()), *registry.grants_by.get(account.id, ())}
    held: list[Grant | Seat] = [each for each in grants if account.id in {each.tool, each.account}]
    held += (s for s in registry.seats_of.get(account.id, ()) if s.role_account == account.id)
    over = (msgspec.structs.replace(each, until=now) for each in held if each.holds(now))
    return (*effect(registry, keys, now, ""), *effect(registry, record, now, ""), *changes(*over))
