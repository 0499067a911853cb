"""Closing an account for good: steps in order, dates, and whether anything still needs it.

Section 7 of docs/access-model.md; docs/dormancy.md says it for those who do it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Final, Literal

import msgspec

from vault.domain.access import Access, company_side
from vault.domain.cases import Case
from vault.domain.dependants import Dependant, dependants
from vault.domain.effects import effect
from vault.domain.fate import UNKNOWN_GRACE, reversible_until, until_when, why_not_into
from vault.domain.ids import Id, derived_id
from vault.domain.mending import Names
from vault.domain.neighbourhood import surroundings
from vault.domain.platforms.model import Platform
from vault.domain.registry import Registry
from vault.domain.staff import Staff
from vault.domain.steps import Act, Step
from vault.domain.ways_out import way

Handle = Literal["park", "free"]

PREPARE_DAYS: Final = 14  # to save, announce and end things, where nobody names a day
ASSUMED_GRACE: Final = 30  # the longest that is usual, where the catalogue knows of none
VERIFY_DAYS: Final = 7  # from the end of the grace period to when the rest is done


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """How an account is to be closed: by which day (in two weeks, if not given), what becomes of
    its handle, and in which account its audience goes on.
    """

    account: Id = ""
    into: Id = ""
    handle: Handle = "free"
    close_by: date | None = None


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """The plan of closing one account.

    `grace_days` is how long it can be undone after `close_by`, None where nobody knows;
    `reversible_until` the last day of that, the day before `close_by` where there are none.
    `blockers` are what would still need the account after the last step; `can_get_in` is whether
    somebody who works here is known to get in to it now.
    """

    account: Id
    into: Id
    handle: Handle
    act: Act
    close_by: date
    grace_days: int | None
    reversible_until: date | None
    steps: tuple[Step, ...]
    blockers: tuple[Dependant, ...]
    can_get_in: bool

    @property
    def holds(self) -> bool:
        """Whether nothing needs the account after the last step."""
        return not self.blockers

    @property
    def undoing(self) -> str:
        """Whether and until when it can be undone, in a few words."""
        is_final = self.grace_days == 0
        return "which cannot be undone" if is_final else until_when(self.reversible_until)


def closing_act(platform: Platform) -> Act:
    """Return how an account there ends for good: by deactivating it where that runs out, else by
    deleting it.
    """
    ends_itself = "deactivate" in platform.grace or "delete" not in platform.grace
    return "deactivate" if platform.applies("deactivate") and ends_itself else "delete"


def grace_of(platform: Platform) -> int | None:
    """Return in how many days a closing there can be undone, None where nobody knows."""
    return platform.grace.get(closing_act(platform))


def closings(registry: Registry, wishes: Sequence[Wish], at: datetime) -> list[Closing]:
    """Return the plan of closing each account; what closes with others is in nobody's way.

    No step builds on what another one changes, so all are carried out at once.
    """
    made = [_Steps(registry, wish, at) for wish in wishes]
    effects = (effect(registry, step, at, "") for steps in made for step in steps.made)
    after = registry.apply(tuple(chain.from_iterable(effects)))
    part = surroundings(registry, [wish.account for wish in wishes])
    company = Access(part, company_side(part, at), at)
    names = Names(registry)
    return [
        Closing(
            account=steps.account.id,
            into=steps.wish.into,
            handle=steps.wish.handle,
            act=steps.act,
            close_by=steps.day,
            grace_days=steps.grace,
            reversible_until=None
            if steps.grace is None
            else steps.day + timedelta(steps.grace or -1),
            steps=tuple(steps.made),
            blockers=(
                *_lost_successor(registry, steps.wish, at),
                *dependants(after, after.account(steps.account.id), at, names),
            ),
            can_get_in=company.controls(steps.account.id, "full"),
        )
        for steps in made
    ]


def _lost_successor(registry: Registry, wish: Wish, at: datetime) -> Iterator[Dependant]:
    why = why_not_into(registry, registry.account(wish.into), at) if wish.into else ""
    if why:
        what = f"{registry.name_of(wish.account)} cannot go on there: {why}"
        anew = way(Names(registry), "close_anew", "", registry.account(wish.account))
        yield Dependant(wish.account, what, (anew,))


class _Steps:
    """The steps of one closing, in `made`; each depends on all that must come before it."""

    def __init__(self, registry: Registry, wish: Wish, at: datetime) -> None:
        self.registry = registry
        self.wish = wish
        self.account = registry.account(wish.account)
        self.day = wish.close_by or at.date() + timedelta(PREPARE_DAYS)
        platform = registry.platform(self.account)
        self.act, self.grace = closing_act(platform), grace_of(platform)
        self.made: list[Step] = []
        self._steward = Staff(registry, "", {}, at).steward(wish.account)
        self._prepare(at)
        self._close()

    def _prepare(self, at: datetime) -> None:
        """What comes before it is closed: tools and advertisements first, the handle last."""
        for grant in self.registry.grants_on.get(self.account.id, ()):
            if grant.holds(at):
                self._add("revoke_app", "a tool would go on posting", target=grant.id)
        self._add("stop_ads", "money would go on flowing")
        self._add("save_archive", "what was posted goes with the account")
        self._add("note_followers", "links to it will lead nowhere, or to a stranger")
        if self.wish.into:
            why = "those who follow it are told where it goes on"
            self._add("point_to_successor", why, to=self.wish.into)
        if self.wish.handle == "park":
            self._add("park_handle", "nobody else is to have the handle")
        else:
            self._add("free_handle", "anybody may take the handle when it is free")

    def _close(self) -> None:
        """The end, and what follows when it cannot be undone any more."""
        undone = UNKNOWN_GRACE if self.grace is None else _undone(self.grace)
        days = ASSUMED_GRACE if self.grace is None else self.grace
        wait = days + 1 if days else 0  # on the last day of the grace period it is still there
        final = self.day + timedelta(wait)
        late = final + timedelta(VERIFY_DAYS)
        self._add(self.act, undone, after=self._ids())
        self._add(
            "verify_closed",
            undone,
            after=self._ids()[-1:],
            due=late,
            wait_days=wait,
            not_before=final if wait else None,
        )
        self._add(
            "retire_credentials", "nothing opens it any more", after=self._ids()[-1:], due=late
        )
        self._add("archive_record", "the record stays, as closed", after=self._ids()[-1:], due=late)

    def _ids(self) -> tuple[str, ...]:
        return tuple(step.id for step in self.made)

    def _add(
        self,
        act: Act,
        reason: str,
        *,
        target: Id = "",
        to: Id = "",
        after: tuple[str, ...] = (),
        due: date | None = None,
        wait_days: int = 0,
        not_before: date | None = None,
    ) -> None:
        step = Step(
            id=derived_id("closing", act, self.account.id, target, to)[:8],
            act=act,
            account=self.account.id,
            target=target,
            to=to,
            assignee=self._steward,
            depends_on=after,
            wait_days=wait_days,
            not_before=not_before,
            due=due or self.day,
            reason=reason,
        )
        self.made.append(step)


def _undone(grace: int) -> str:
    if not grace:
        return "it cannot be undone"
    return f"for {grace} days after it a log-in brings it back"


def still_open(registry: Registry, case: Case, at: datetime) -> Iterator[str]:
    """Yield, as sentences, what is in the way of closing the case of a closing."""
    account, until = registry.account(case.account), reversible_until(case)
    if account.is_open(at):
        undo = (
            f", and closing it can be undone until {until}" if until and until >= at.date() else ""
        )
        yield f"{account.label} is recorded as open{undo}"
    yield from (each.what for each in dependants(registry, account, at))
