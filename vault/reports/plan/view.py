"""A plan as plain values in words, for every report of it and for the terminal interface."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final

import msgspec

from vault.domain.account import Account
from vault.domain.cases import Mode
from vault.domain.counting import several
from vault.domain.ids import Id
from vault.domain.instructions import called, instructions, title
from vault.domain.offboarding import Plan
from vault.domain.registry import Registry
from vault.domain.schedule import due_from, late
from vault.domain.steps import Act, Step
from vault.domain.text import clean
from vault.domain.ties import Tie, TieKind
from vault.domain.ways_out import Blocker, Way
from vault.reports.plan.words import NAMED_TIES, POLICIES, REASONS, TIES, lateness, phases_of

SENTENCE_LIMIT: Final = 600  # characters; a sentence of a plan quotes two or three names


@dataclass(frozen=True)
class AccountView:
    """The account something is about: its id and its names, all "" where it is about none."""

    id: Id = ""
    label: str = ""
    platform: str = ""
    handle: str = ""


@dataclass(frozen=True)
class TieView:
    """One tie. `what` is its kind in words, `of` what it is by, such as a mailbox, by name.

    `why` is its derivation, premises first.
    """

    account: AccountView
    kind: TieKind
    what: str
    of: str
    sole: bool
    why: tuple[str, ...]


@dataclass(frozen=True)
class StepView:
    """One step, `number` in the plan. `after` are the numbers of the steps it depends on.

    `todo`, `check`, `needs` and `links` are its instructions; `wait_days` pass before the platform
    allows it. Where the day by which it should have been done is over, or before it can be done, it
    is `late`, and `due` is the first day on which it can be; `lateness` says which in words.
    """

    id: str
    number: int
    act: Act
    account: AccountView
    title: str
    phase: str
    todo: tuple[str, ...]
    check: str
    needs: tuple[str, ...]
    links: tuple[str, ...]
    assignee: Id
    assignee_name: str
    depends_on: tuple[str, ...]
    after: tuple[int, ...]
    wait_days: int
    not_before: date | None
    due: date | None
    late: bool
    lateness: str
    reason: str
    two_person: bool


@dataclass(frozen=True)
class BlockerView:
    """What stands in the way, and what can be tried."""

    account: AccountView
    what: str
    ways_out: tuple[Way, ...]


@dataclass(frozen=True)
class RemainingView:
    """An account within the leaver's reach after the last step, and by which derivation."""

    account: AccountView
    why: tuple[str, ...]


@dataclass(frozen=True)
class Judgement:
    """One part of the verdict: its name, whether it is good, and what that means here."""

    name: str
    is_good: bool
    meaning: str


@dataclass(frozen=True)
class PlanView:
    """A whole plan. `phases` are its steps under their headings, in order.

    `cautions` are sentences on what is worth knowing although it stops no step.
    """

    person: Id
    person_name: str
    last_day: date
    mode: Mode
    made_at: datetime
    ties: tuple[TieView, ...]
    steps: tuple[StepView, ...]
    blockers: tuple[BlockerView, ...]
    judgements: tuple[Judgement, ...]
    remaining: tuple[RemainingView, ...]
    cautions: tuple[str, ...]

    @property
    def leaves(self) -> str:
        """What the person does on the last day, as a verb: of who has left already, in the past."""
        return "left" if self.last_day < self.made_at.date() else "leaves"

    @property
    def holds(self) -> bool:
        """Whether all four judgements are good."""
        return all(judgement.is_good for judgement in self.judgements)

    @property
    def answer(self) -> str:
        """The verdict in a sentence: whether it holds, and where that is late, from when on."""
        if not self.holds:
            return "The verdict does not hold."
        if self.blockers and not self.waits:
            return "The verdict holds, though not every step can be done: see what is in the way."
        if not self.waits:
            return "The verdict holds."
        waiting = several(len(self.waits), "step has", "steps have")
        until = max(self.waits)
        return f"The verdict holds, but not before {until}: {waiting} to wait beyond the last day."

    @property
    def waits(self) -> tuple[date, ...]:
        """The days beyond the last one before which steps cannot be done."""
        days = (step.not_before for step in self.steps)
        return tuple(day for day in days if day and day > self.last_day)

    @property
    def phases(self) -> tuple[tuple[str, tuple[StepView, ...]], ...]:
        """The steps by the heading they stand under."""
        return tuple(
            (heading, tuple(steps)) for heading, steps in groupby(self.steps, lambda s: s.phase)
        )

    @property
    def counts(self) -> dict[str, int]:
        """How much there is of everything; `accounts` are those with a tie."""
        return {
            "ties": len(self.ties),
            "sole": sum(tie.sole for tie in self.ties),
            "accounts": len({tie.account.id for tie in self.ties if tie.account.id}),
            "steps": len(self.steps),
            "waiting": sum(step.not_before is not None for step in self.steps),
            "blockers": len(self.blockers),
            "remaining": len(self.remaining),
        }


def view(registry: Registry, plan: Plan, *, verbatim: bool = False) -> PlanView:
    """Return a plan in words, cleaned for readers; `verbatim` leaves names as they are stored.

    Only what is made for programs takes a verbatim view: renderers for people expect a clean one.
    """
    return _Teller(registry, plan, str if verbatim else _cleaned).told()


def _cleaned(text: str) -> str:
    return clean(text, SENTENCE_LIMIT)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def because(registry: Registry, step: Step, say: Callable[[str], str]) -> str:
    """Return why a step is there: the tie it cuts, or the policy that wants it."""
    if step.reason in registry:
        return f"the leaver holds the role {say(called(registry, step.reason))}"
    return REASONS.get(step.reason) or POLICIES.get(step.reason) or say(step.reason)


class _Teller:
    def __init__(self, registry: Registry, plan: Plan, say: Callable[[str], str]) -> None:
        self.registry = registry
        self.plan = plan
        self.say = say
        self.person_name = say(called(registry, plan.person))
        self.numbers = {step.id: number for number, step in enumerate(plan.steps, 1)}
        self.phases = phases_of(plan.steps, plan.mode)

    def told(self) -> PlanView:
        plan = self.plan
        return PlanView(
            person=plan.person,
            person_name=self.person_name,
            last_day=plan.last_day,
            mode=plan.mode,
            made_at=plan.made_at,
            ties=tuple(self._tie(tie) for tie in plan.ties),
            steps=tuple(self._step(step) for step in plan.steps),
            blockers=tuple(self._blocker(each) for each in plan.blockers),
            judgements=tuple(self._judgements()),
            remaining=tuple(
                RemainingView(self._account(each.account), self._all(each.why))
                for each in plan.verdict.remaining
            ),
            cautions=tuple(f"{self.say(_capital(each))}." for each in plan.cautions),
        )

    def _all(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self.say(text) for text in texts)

    def _account(self, account_id: Id) -> AccountView:
        account = self.registry.find(account_id)
        if not isinstance(account, Account):
            return AccountView(account_id, self.say(called(self.registry, account_id)))
        return AccountView(
            id=account.id,
            label=self.say(account.label),
            platform=self.say(account.platform),
            handle=self.say(account.handle_at(self.plan.made_at)),
        )

    def _tie(self, tie: Tie) -> TieView:
        account = self._account(tie.account)
        of = self.say(called(self.registry, tie.target)) if tie.kind in NAMED_TIES else ""
        return TieView(account, tie.kind, TIES[tie.kind], of, tie.sole, self._all(tie.why))

    def _step(self, step: Step) -> StepView:
        play = instructions(self.registry, step)
        return StepView(
            id=step.id,
            number=self.numbers[step.id],
            act=step.act,
            account=self._account(step.account),
            title=title(self.registry, step, self.say),
            phase=self.phases[step.id],
            todo=self._all(play.steps),
            check=self.say(play.check),
            needs=self._all(play.needs),
            links=self._all(play.links),
            assignee=step.assignee,
            assignee_name=self.say(called(self.registry, step.assignee)),
            depends_on=step.depends_on,
            after=tuple(sorted(self.numbers[each] for each in step.depends_on)),
            wait_days=step.wait_days,
            not_before=step.not_before,
            due=due_from(step, self.plan.made_at.date()),
            late=late(step, self.plan.made_at.date()),
            lateness=lateness(step, self.plan.made_at.date(), self.plan.last_day),
            reason=because(self.registry, step, self.say),
            two_person=step.two_person,
        )

    def _blocker(self, blocker: Blocker) -> BlockerView:
        ways = (
            msgspec.structs.replace(way, says=self.say(way.says), text=self.say(way.text))
            for way in blocker.ways_out
        )
        return BlockerView(self._account(blocker.account), self.say(blocker.what), tuple(ways))

    def _judgements(self) -> Iterator[Judgement]:
        verdict = self.plan.verdict
        name = self.person_name
        held = len({each.account for each in verdict.remaining if each.account})
        left = several(held, "account") if held else "the vault"
        yield Judgement(
            "sealed",
            verdict.sealed,
            f"After the last step {name} controls nothing."
            if verdict.sealed
            else f"After the last step {name} still controls {left}.",
        )
        yield Judgement("never locked out", verdict.never_locked_out, self._lost())
        back = "; ".join(self._at(*each) for each in verdict.reopened)
        yield Judgement(
            "never reopened",
            verdict.never_reopened,
            f"{name} gets back: {back}." if back else "What is cut once stays cut.",
        )
        idle = ", ".join(str(self.numbers.get(each, each)) for each in verdict.idle)
        yield Judgement(
            "no idle step",
            verdict.no_idle_step,
            f"These steps change nothing: {idle}." if idle else "Every step is needed.",
        )

    def _lost(self) -> str:
        lost = "; ".join(self._at(*each) for each in self.plan.verdict.lost)
        if lost:
            return f"The company loses: {lost}."
        return "What the company owns now, it owns after every step."

    def _at(self, account: Id, step: str) -> str:
        number = self.numbers.get(step, step)
        return f"{self.say(called(self.registry, account))} at step {number}"
