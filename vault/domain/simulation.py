"""The verdict: a plan is folded over the registry, step by step, and judged by what then holds.

Sealed: after the last step the leaver controls nothing. Never locked out: after every step the
company controls, as owner, whatever it controlled so before. Never reopened: what the leaver lost,
no later step gives back. No idle step: leaving any step out breaks one of these,
makes another step impossible, or leaves a tie uncut.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from vault.domain.access import Access, Party, company_side, leaver_side, with_help
from vault.domain.account import Account
from vault.domain.cases import Mode
from vault.domain.changes import Changes
from vault.domain.effects import effect
from vault.domain.guards import objection, obstacle
from vault.domain.ids import Id
from vault.domain.levels import Level
from vault.domain.neighbourhood import hanging_on, islands, surroundings
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.role import Assignment
from vault.domain.steps import Step
from vault.domain.ties import account_ties, own_ties

TICK = timedelta(
    seconds=1
)  # steps of a simulation follow each other; their dates are another matter

Levels = dict[Id, Level | None]


class Remaining(msgspec.Struct, frozen=True, gc=False):
    """An account that the leaver still controls after the last step, and how."""

    account: Id
    why: tuple[str, ...]


class Stuck(msgspec.Struct, frozen=True, gc=False):
    """A step that could not be done when its turn came, and why."""

    step: str
    account: Id
    why: str


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


@dataclass(frozen=True)
class Stage:
    """What one step changed: how far each side controls the accounts that it could affect."""

    step: Step
    company_before: Levels
    company_after: Levels
    leaver_before: Levels
    leaver_after: Levels


@dataclass(frozen=True)
class Simulation:
    """How a plan went: the registry and moment at the end, what was done, what was not possible."""

    registry: Registry
    at: datetime
    stages: tuple[Stage, ...]
    stuck: tuple[Stuck, ...]


class Run:
    """A fold of steps over a registry, which keeps what each side controls up to date.

    Only the islands that a step can affect are derived again, so a plan costs what it touches.
    """

    def __init__(self, registry: Registry, leaver: Id, at: datetime, mode: Mode) -> None:
        self.registry = registry
        self.leaver = leaver
        self.at = at
        self.mode = mode
        self.islands = islands(registry)
        self.stages: list[Stage] = []
        self.stuck: list[Stuck] = []
        self.company: Levels = {}
        self.leaver_levels: Levels = {}
        for island in dict.fromkeys(self.islands.values()):
            company, left = self._levels(island)
            self.company |= company
            self.leaver_levels |= left

    def of_company(self) -> Party:
        """Those who stay."""
        return company_side(self.registry, self.at, without=(self.leaver,))

    def helpers(self) -> Party:
        """Those who can do steps: in a planned departure the leaver still helps."""
        company = self.of_company()
        return with_help(company, self.leaver) if self.mode == "planned" else company

    def around(self, accounts: Iterable[Id]) -> Registry:
        """The part of the registry that decides about these accounts."""
        return surroundings(self.registry, accounts, (self.leaver,))

    def _levels(self, accounts: frozenset[Id]) -> tuple[Levels, Levels]:
        part = self.around(accounts)
        company = Access(part, company_side(part, self.at, without=(self.leaver,)), self.at)
        leaver = Access(part, leaver_side(self.leaver), self.at)
        return (
            {account: company.level(account) for account in sorted(accounts)},
            {account: leaver.level(account) for account in sorted(accounts)},
        )

    def do(self, step: Step) -> None:
        """Do one step, or note why it is not possible."""
        self.at += TICK
        why = objection(self.registry, step, self.at)
        if not why and step.account:
            island = self.islands.get(step.account, frozenset((step.account,)))
            part = self.around(island)
            why = obstacle(part, step, _within(part, self.helpers()), self.at)
        if why:
            self.stuck.append(Stuck(step.id, step.account, why))
            return
        done = effect(self.registry, step, self.at, step.assignee)
        self.registry = self.registry.apply(done)
        self._derive_again(step, self._affected(step, done))

    def _affected(self, step: Step, done: Changes) -> frozenset[Id]:
        accounts = {step.account} if step.account else set()
        for change in done:
            record = change.record
            if isinstance(record, Assignment):
                accounts |= hanging_on(self.registry, record.role)
            elif isinstance(record, Person):
                accounts |= set(self.islands)
            elif not step.account:
                accounts |= hanging_on(self.registry, record.id)
                accounts.add(getattr(record, "account", step.account))
        found = (self.islands.get(account, frozenset()) for account in accounts)
        return frozenset().union(*found)

    def _derive_again(self, step: Step, accounts: frozenset[Id]) -> None:
        company, leaver = self._levels(accounts)
        self.stages.append(
            Stage(
                step,
                {account: self.company.get(account) for account in company},
                company,
                {account: self.leaver_levels.get(account) for account in leaver},
                leaver,
            )
        )
        self.company |= company
        self.leaver_levels |= leaver


def _within(part: Registry, party: Party) -> Party:
    """The members of a party that a part of the registry knows."""
    return Party(frozenset(p for p in party.people if p in part), party.cautious, party.guessed)


def simulate(
    registry: Registry, leaver: Id, steps: Iterable[Step], at: datetime, mode: Mode
) -> Simulation:
    """Return what happens if these steps are done in this order, from a moment on.

    A step that is not possible when its turn comes is passed over and named in `stuck`.
    """
    run = Run(registry, leaver, at, mode)
    for step in steps:
        run.do(step)
    return Simulation(run.registry, run.at, tuple(run.stages), tuple(run.stuck))


def judge(
    registry: Registry, leaver: Id, steps: Sequence[Step], at: datetime, mode: Mode
) -> Verdict:
    """Return the verdict on a plan, over a registry that is best only what the plan concerns."""
    run = simulate(registry, leaver, steps, at, mode)
    remaining = (*_remaining(run, leaver), *_returning(run, leaver))
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
    for account in sorted(access.controlled()):
        yield Remaining(account, access.why(account))


def _returning(run: Simulation, leaver: Id) -> Iterator[Remaining]:
    """Accounts that the leaver would control again because of what begins or ends later."""
    known = Access(run.registry, leaver_side(leaver), run.at).controlled()
    for moment in _moments_after(run.registry, run.at):
        access = Access(run.registry, leaver_side(leaver), moment)
        for account in sorted(access.controlled() - known):
            yield Remaining(account, (f"from {moment.date()} on", *access.why(account)))
        known |= access.controlled()


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
        for account, level in stage.company_before.items():
            gone = level == "owner" and stage.company_after[account] != "owner"
            if gone and account not in told:
                told.add(account)
                yield account, stage.step.id


def _reopened(run: Simulation) -> Iterator[tuple[Id, str]]:
    """Accounts that the leaver did not control before a step, and did after it."""
    for stage in run.stages:
        for account, level in stage.leaver_before.items():
            if level is None and stage.leaver_after[account] is not None:
                yield account, stage.step.id


def _idle(
    registry: Registry, leaver: Id, run: Simulation, at: datetime, mode: Mode
) -> Iterator[str]:
    """Steps that were done and whose omission would change nothing that matters."""
    done = [stage.step for stage in run.stages]
    all_islands = islands(registry)
    trials: dict[frozenset[Id], _Trial] = {}
    for step in done:
        if required_by_policy(step):
            continue
        island = all_islands.get(step.account, frozenset((step.account,)))
        if island not in trials:
            trials[island] = _Trial.of(registry, leaver, island if step.account else None, done)
        trial = trials[island]
        rest = [s for s in trial.steps if s is not step]
        if trial.outcome(at) != _outcome(trial.part, leaver, rest, at):
            continue
        if trial.judgement(at, mode) == _judgement(trial.part, leaver, rest, at, mode):
            yield step.id


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
    return step.act == "advance_vault_keys"


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
