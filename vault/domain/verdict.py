"""The verdict on a plan, from what happens when its steps are carried out in order.

Sealed: after the last step the leaver controls nothing, then and later. Never locked out: after
every step the company controls, as owner, whatever it controlled so before. Never reopened: what
the leaver lost, no later step gives back. No idle step: leaving any step out breaks one of these,
makes another step impossible, or leaves a tie uncut.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from vault.domain.access import Access, leaver_side
from vault.domain.account import Account
from vault.domain.cases import Mode
from vault.domain.effects import effect
from vault.domain.guards import objection
from vault.domain.ids import Id
from vault.domain.neighbourhood import islands, surroundings
from vault.domain.registry import Registry
from vault.domain.simulation import TICK, Simulation, Stuck, simulate
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
        if trials.without(stage.step) is not None:
            yield stage.step.id


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
            trial = trials.without(step)
            if trial is not None:
                trial.leave_out(step)
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

    def without(self, step: Step) -> _Trial | None:
        """Return the trial of a step where leaving it out changes nothing, else None."""
        if required_by_policy(step):
            return None
        island = self.islands.get(step.account, frozenset((step.account,)))
        if island not in self._trials:
            within = island if step.account else None
            self._trials[island] = _Trial.of(self.registry, self.leaver, within, self.done)
        trial = self._trials[island]
        return trial if trial.is_idle(step, self.at, self.mode) else None


class _Trial:
    """The part of a registry that a step can affect, and what the steps that matter there do."""

    def __init__(self, part: Registry, leaver: Id, steps: Sequence[Step]) -> None:
        self.part = part
        self.leaver = leaver
        self.steps = steps
        self._outcome: object = None
        self._judgement: object = None

    @classmethod
    def of(
        cls, registry: Registry, leaver: Id, island: frozenset[Id] | None, done: Sequence[Step]
    ) -> _Trial:
        """Make the trial of an island; None is for steps on no account, which matter anywhere."""
        if island is None:
            return cls(registry, leaver, done)
        people = {leaver, *(s.to for s in done), *(s.assignee for s in done)}
        part = surroundings(registry, island, people)
        near = [s for s in done if s.account in island or (not s.account and s.target in part)]
        return cls(part, leaver, near)

    def is_idle(self, step: Step, at: datetime, mode: Mode) -> bool:
        """Say whether leaving the step out changes nothing; the cheap reasons are asked first."""
        rest = [s for s in self.steps if s is not step]
        if self.outcome(at) != _outcome(self.part, self.leaver, rest, at):
            return False
        return self.judgement(at, mode) == _judgement(self.part, self.leaver, rest, at, mode)

    def leave_out(self, step: Step) -> None:
        """Go on without an idle step: what all the steps do stays the same."""
        self.steps = [s for s in self.steps if s is not step]

    def outcome(self, at: datetime) -> object:
        """What `_outcome` says of all the steps."""
        if self._outcome is None:
            self._outcome = _outcome(self.part, self.leaver, self.steps, at)
        return self._outcome

    def judgement(self, at: datetime, mode: Mode) -> object:
        """What `_judgement` says of all the steps."""
        if self._judgement is None:
            self._judgement = _judgement(self.part, self.leaver, self.steps, at, mode)
        return self._judgement


def required_by_policy(step: Step) -> bool:
    """Say whether a step is there because policy says so, whatever the verdict would be without."""
    wanted = {"advance_vault_keys", "assign_role", "block_mailbox"}
    return step.act in wanted or step.reason == RESET


def _outcome(
    registry: Registry, leaver: Id, steps: Sequence[Step], at: datetime
) -> tuple[frozenset[tuple[str, str]], tuple[str, ...]]:
    """The ties left and the steps that were not allowed: cheap, since nothing is derived."""
    blocked: list[str] = []
    for step in steps:
        at += TICK
        if objection(registry, step, at):
            blocked.append(step.id)
        else:
            registry = registry.apply(effect(registry, step, at, step.assignee))
    ties = [(tie.kind, tie.target) for tie in own_ties(registry, leaver, at)]
    for account in registry.all(Account):
        if registry.is_live(account, at):
            ties += [(tie.kind, tie.target) for tie in account_ties(registry, leaver, account, at)]
    return frozenset(ties), tuple(blocked)


def _judgement(
    registry: Registry, leaver: Id, steps: Sequence[Step], at: datetime, mode: Mode
) -> object:
    run = simulate(registry, leaver, steps, at, mode)
    left = tuple(each.account for each in _remaining(run, leaver))
    lost = tuple(account for account, _ in _lost(run))
    return left, lost, tuple(_reopened(run)), tuple(each.step for each in run.stuck)
