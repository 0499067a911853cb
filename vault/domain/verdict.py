"""The verdict on a plan, from what happens when its steps are carried out in order.

Sealed: after the last step the leaver controls nothing, then and later. Never locked out: after
every step the company controls, as owner, whatever it controlled so before. Never reopened: what
the leaver lost, no later step gives back. No idle step: leaving any step out breaks one of these,
makes another step impossible, or leaves a tie uncut.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from copy import copy
from datetime import datetime
from functools import partial
from typing import Generic, Protocol, Self, TypeVar

import msgspec

from vault.domain.access import Access, leaver_side
from vault.domain.account import Account
from vault.domain.cases import Mode
from vault.domain.effects import effect
from vault.domain.guards import objection
from vault.domain.ids import Id
from vault.domain.neighbourhood import islands, surroundings
from vault.domain.registry import Registry
from vault.domain.simulation import TICK, Run, Simulation, Stuck, simulate
from vault.domain.steps import RESET, Step
from vault.domain.ties import account_ties, own_ties


class Remaining(msgspec.Struct, frozen=True, gc=False):
    """An account that the leaver still controls after the last step, or "", and how."""

    account: Id
    why: tuple[str, ...]


class Verdict(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """The four judgements, and what speaks against each.

    `lost` are accounts with the step after which the company no longer owned them, `reopened`
    likewise what the leaver got back, `idle` the ids of steps that change nothing.
    """

    sealed: bool
    never_locked_out: bool
    never_reopened: bool
    no_idle_step: bool
    remaining: tuple[Remaining, ...] = ()
    lost: tuple[tuple[Id, str], ...] = ()
    reopened: tuple[tuple[Id, str], ...] = ()
    idle: tuple[str, ...] = ()
    stuck: tuple[Stuck, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether all four judgements are good."""
        return self.sealed and self.never_locked_out and self.never_reopened and self.no_idle_step


def judge(
    registry: Registry, leaver: Id, steps: Sequence[Step], at: datetime, mode: Mode
) -> Verdict:
    """Return the verdict on a plan, over a registry that is best only what the plan concerns."""
    run = simulate(registry, leaver, steps, at, mode)
    remaining = (*_remaining(run, leaver), *returning(run.registry, leaver, run.at))
    lost = tuple(_lost(run))
    reopened = tuple(_reopened(run))
    hindered = {each.step for each in run.stuck}
    wanted = {earlier for s in steps if s.id in hindered for earlier in s.depends_on}
    idle = tuple(i for i in _idle(registry, leaver, run, at, mode) if i not in wanted)
    return Verdict(
        sealed=not remaining,
        never_locked_out=not lost,
        never_reopened=not reopened,
        no_idle_step=not idle,
        remaining=remaining,
        lost=lost,
        reopened=reopened,
        idle=idle,
        stuck=run.stuck,
    )


def _remaining(run: Simulation, leaver: Id) -> Iterator[Remaining]:
    access = Access(run.registry, leaver_side(leaver), run.at)
    for account in by_name(run.registry, access.controlled()):
        yield Remaining(account, access.why(account))
    person = run.registry.person(leaver)
    if person.is_member(run.at):
        yield Remaining("", (f"{person.name} can open the vault",))


def returning(registry: Registry, leaver: Id, at: datetime) -> Iterator[Remaining]:
    """Yield what the leaver will control because of what begins or ends after a moment."""
    known = Access(registry, leaver_side(leaver), at).controlled()
    for moment in _moments_after(registry, at):
        access = Access(registry, leaver_side(leaver), moment)
        for account in by_name(registry, access.controlled() - known):
            yield Remaining(account, (f"from {moment.date()} on", *access.why(account)))
        known |= access.controlled()


def by_name(registry: Registry, accounts: Iterable[Id]) -> list[Id]:
    """Return accounts in the order of their names, which is the same whatever ids they drew."""
    return sorted(accounts, key=lambda account: (registry.name_of(account), account))


def _moments_after(registry: Registry, at: datetime) -> list[datetime]:
    """The later moments at which a record begins or ends."""
    found: set[datetime] = set()
    for record in registry.records():
        for name in record.__struct_fields__:
            value = getattr(record, name)
            for each in (record, *value) if isinstance(value, tuple) else (record,):
                ends = (getattr(each, bound, None) for bound in ("since", "until"))
                found.update(m for m in ends if isinstance(m, datetime) and m > at)
    return sorted(found)


def _lost(run: Simulation) -> Iterator[tuple[Id, str]]:
    """Accounts that the company owned and, after some step, did not."""
    told: set[Id] = set()
    for stage in run.stages:
        owned = {a for a, level in stage.company_before.items() if level == "owner"}
        gone = {a for a in owned - told if stage.company_after[a] != "owner"}
        told |= gone
        yield from ((account, stage.step.id) for account in by_name(run.registry, gone))


def _reopened(run: Simulation) -> Iterator[tuple[Id, str]]:
    """Accounts that the leaver did not control before a step, and did after it."""
    for stage in run.stages:
        shut = (a for a, level in stage.leaver_before.items() if level is None)
        opened = (a for a in shut if stage.leaver_after[a] is not None)
        yield from ((account, stage.step.id) for account in by_name(run.registry, opened))


def _idle(
    registry: Registry, leaver: Id, run: Simulation, at: datetime, mode: Mode
) -> Iterator[str]:
    """Steps that were done and whose omission would change nothing that matters."""
    trials = _Trials(registry, leaver, [stage.step for stage in run.stages], at, mode)
    for stage in run.stages:
        step = stage.step
        if not required_by_policy(step) and trials.of(step).is_idle(step):
            yield step.id


def without_idle(
    registry: Registry,
    leaver: Id,
    steps: Sequence[Step],
    verdict: Verdict,
    at: datetime,
    mode: Mode,
) -> tuple[Step, ...]:
    """Return the steps less those that the verdict found idle and that still are as others go.

    Two steps may each be idle only because of the other, so they are left out one at a time, the
    last first: what a step makes possible comes after it.
    """
    hindered = {each.step for each in verdict.stuck}
    done = [step for step in steps if step.id not in hindered]
    trials = _Trials(registry, leaver, done, at, mode)
    gone: set[str] = set()
    for step in reversed(done):
        if step.id in verdict.idle:
            trial = trials.of(step)
            if trial.is_whole(gone) or trial.is_idle(step, gone):  # the verdict has tried the first
                gone.add(step.id)
    return tuple(step for step in steps if step.id not in gone)


class _Trials:
    """The trials of all islands, made when first asked for."""

    def __init__(
        self, registry: Registry, leaver: Id, done: Sequence[Step], at: datetime, mode: Mode
    ) -> None:
        self.registry = registry
        self.leaver = leaver
        self.done = done
        self.at = at
        self.mode = mode
        self.islands = islands(registry)
        self._trials: dict[frozenset[Id], _Trial] = {}

    def of(self, step: Step) -> _Trial:
        """Return the trial of a step."""
        island = self.islands.get(step.account, frozenset((step.account,)))
        if island not in self._trials:
            within = island if step.account else None
            self._trials[island] = _Trial.of(
                self.registry, self.leaver, within, self.done, self.at, self.mode
            )
        return self._trials[island]


class _Trial:
    """The part of a registry that a step can affect, and what the steps that matter there do."""

    def __init__(
        self, part: Registry, leaver: Id, steps: Sequence[Step], at: datetime, mode: Mode
    ) -> None:
        self.steps = steps
        self._answers = (  # the cheap one is asked first
            _Answer(lambda: _Doing(part, at), partial(_outcome, leaver=leaver)),
            _Answer(lambda: Run(part, leaver, at, mode), _judgement),
        )

    @classmethod
    def of(
        cls,
        registry: Registry,
        leaver: Id,
        island: frozenset[Id] | None,
        done: Sequence[Step],
        at: datetime,
        mode: Mode,
    ) -> _Trial:
        """Make the trial of an island; None is for steps on no account, which matter anywhere."""
        if island is None:
            return cls(registry, leaver, done, at, mode)
        people = {leaver, *(s.to for s in done), *(s.assignee for s in done)}
        part = surroundings(registry, island, people)
        near = [s for s in done if s.account in island or (not s.account and s.target in part)]
        return cls(part, leaver, near, at, mode)

    def is_whole(self, gone: Collection[str]) -> bool:
        """Say whether none of the steps that matter here is among those that were left out."""
        return not any(step.id in gone for step in self.steps)

    def is_idle(self, step: Step, gone: Collection[str] = ()) -> bool:
        """Say whether leaving the step out changes nothing, where others were left out before."""
        steps = [each for each in self.steps if each.id not in gone]
        number = next(n for n, each in enumerate(steps) if each is step)
        return not any(answer.changes_without(steps, number) for answer in self._answers)


class _Fold(Protocol):
    """What steps are done to, one after the other."""

    def do(self, step: Step) -> None:
        """Do one step."""

    def copy(self) -> Self:
        """Return one that goes on from here."""


F = TypeVar("F", bound=_Fold)


class _Answer(Generic[F]):
    """What is to be said of a fold when all steps are done, and when one of them was left out.

    The steps before that one are done once, where one step is asked about after the other: with
    many steps half of what all the trials take.
    """

    def __init__(self, begin: Callable[[], F], says: Callable[[F], object]) -> None:
        self._begin = begin
        self._says = says
        self._before: F | None = None
        self._number = 0
        self._of_all: object = None

    def changes_without(self, steps: Sequence[Step], number: int) -> bool:
        """Say whether leaving out the step of that number changes the answer."""
        before = self._before_step(steps, number)
        if self._of_all is None:
            self._of_all = self._says(_after(before, steps[number:]))
        return self._says(_after(before, steps[number + 1 :])) != self._of_all

    def _before_step(self, steps: Sequence[Step], number: int) -> F:
        if self._before is None or number < self._number:
            self._before, self._number = self._begin(), 0
        for step in steps[self._number : number]:
            self._before.do(step)
        self._number = number
        return self._before


def _after(before: F, steps: Iterable[Step]) -> F:
    after = before.copy()
    for step in steps:
        after.do(step)
    return after


def required_by_policy(step: Step) -> bool:
    """Say whether a step is there because policy says so, whatever the verdict would be without."""
    wanted = {"advance_vault_keys", "assign_role", "block_mailbox"}
    return step.act in wanted or step.reason == RESET


class _Doing:
    """The registry while steps are done, and those that were not allowed: nothing is derived."""

    def __init__(self, registry: Registry, at: datetime) -> None:
        self.registry = registry
        self.at = at
        self.blocked: tuple[str, ...] = ()

    def do(self, step: Step) -> None:
        """Do one step, or note that it is not allowed."""
        self.at += TICK
        if objection(self.registry, step, self.at):
            self.blocked = (*self.blocked, step.id)
        else:
            done = effect(self.registry, step, self.at, step.assignee)
            self.registry = self.registry.apply(done)

    def copy(self) -> Self:
        """Return one that goes on from here."""
        return copy(self)


def _outcome(doing: _Doing, leaver: Id) -> tuple[frozenset[tuple[str, Id, Id]], tuple[str, ...]]:
    """The ties left, and the steps that were not allowed."""
    registry, at = doing.registry, doing.at
    ties = [*own_ties(registry, leaver, at)]
    for account in registry.all(Account):
        if registry.is_live(account, at):
            ties += account_ties(registry, leaver, account, at)
    return frozenset((tie.kind, tie.account, tie.target) for tie in ties), doing.blocked


def _judgement(run: Run) -> object:
    done = run.so_far()
    left = tuple(each.account for each in _remaining(done, run.leaver))
    lost = tuple(account for account, _ in _lost(done))
    return left, lost, tuple(_reopened(done)), tuple(each.step for each in done.stuck)
