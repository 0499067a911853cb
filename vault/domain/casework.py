"""The rules of a case: which step can be done when and by whom."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal

import msgspec

from vault.domain.cases import DONE, Case, Progress
from vault.domain.counting import few
from vault.domain.credential import LOGIN_SECRETS, Credential
from vault.domain.guards import objection
from vault.domain.ids import Id
from vault.domain.instructions import called, title
from vault.domain.mending import Names
from vault.domain.naming import folded
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.rotation import refuse_clock_set_back, unproved
from vault.domain.staff import absence
from vault.domain.steps import STAGED, Step
from vault.errors import AlreadyError, RefusedError

NAME_ANOTHER: Final = "let somebody who stays do it, and name them"


def ready_on(case: Case, progress: Progress) -> date | None:
    """Return the first day on which a step's waiting time is over, or None where none runs."""
    if not progress.step.wait_days:
        dated = progress.step.act in {"release_mailbox", "block_mailbox"}
        kept = progress.step.not_before if dated else None
        return max(filter(None, (kept, progress.wait_until)), default=None)
    ends = [
        p.applied_at.date() + timedelta(days=progress.step.wait_days)
        for p in case.progress
        if p.step.id in progress.step.depends_on and p.applied_at is not None
    ]
    if progress.wait_until is not None:
        ends.append(progress.wait_until)
    return max(ends, default=progress.step.not_before)


def open_needs(case: Case, progress: Progress) -> list[Progress]:
    """Return the steps that a step waits for and that are not done."""
    return [
        p for p in case.progress if p.step.id in progress.step.depends_on and p.state not in DONE
    ]


def next_steps(case: Case, at: datetime) -> Iterator[Progress]:
    """Yield the steps that can be done now, in order."""
    for progress in case.progress:
        if progress.state not in {"todo", "waiting", "pending"} or open_needs(case, progress):
            continue
        ready = ready_on(case, progress)
        if ready is None or ready <= at.date():
            yield progress


def next_after(case: Case, step_id: str, at: datetime, *, leave: bool = False) -> str:
    """Return the id of the step to go on with after something was done about a step, or "".

    That is the step itself while it can still be done or confirmed (unless one wants to `leave`
    it), else the next one in order, from the first again after the last.
    """
    able = {p.step.id for p in (*next_steps(case, at), *to_confirm(case))}
    order = [p.step.id for p in case.progress]
    here = order.index(step_id) if step_id in order else 0
    first = here + 1 if leave else here
    return next((each for each in (*order[first:], *order[:first]) if each in able), "")


def held_up(case: Case, at: datetime) -> list[Progress]:
    """Return the steps that nobody can do or confirm yet, in order."""
    possible = {p.step.id for p in (*next_steps(case, at), *to_confirm(case))}
    return [p for p in case.progress if p.step.id not in possible and not is_finished(case, p)]


def next_day(case: Case, at: datetime) -> date | None:
    """Return the first day on which a step becomes possible that waits for that day only."""
    waits = (p for p in held_up(case, at) if p.state != "blocked" and not open_needs(case, p))
    return min(filter(None, (ready_on(case, each) for each in waits)), default=None)


def titled(registry: Registry, step: Step, message: str) -> str:
    """Return a message about a step behind its title: the interface shows no ids."""
    return f"{title(registry, step)}: {message}"


def refuse_applying(
    registry: Registry, case: Case, progress: Progress, by: Id, at: datetime
) -> None:
    """Raise RefusedError where a step may not be recorded as done by somebody now."""
    step, following = progress.step, f"safehands case next {case.id[:8]}"
    replan = f"make the plan again: safehands case replan {case.id[:8]}"
    _refuse_twice(registry, case, progress)
    if progress.state in {"blocked", "dropped"}:
        why_not = progress.reason or "no longer planned"
        message = titled(registry, step, f"step {step.id} is {progress.state}: {why_not}")
        raise RefusedError(message, replan)
    needs = open_needs(case, progress)
    if needs:
        message = titled(registry, step, f"step {step.id} waits for {_in_words(registry, needs)}")
        raise RefusedError(message, f"do those first: {following}")
    ready = ready_on(case, progress)
    if ready is not None and at.date() < ready:
        why = progress.reason or "the platform makes newcomers wait"
        if step.act == "release_mailbox" and not progress.reason:
            why = "the mailbox must be kept until then"
        if step.act == "block_mailbox" and not progress.reason:
            why = "until then they work here and read it"
        if case.what == "deactivation" and not progress.reason:
            why = "until then it can be undone"
        message = titled(registry, step, f"step {step.id} is possible from {ready} on: {why}")
        raise RefusedError(message, f"come back then; what can be done now: {following}")
    refuse_leaver(registry, case, by, "do this alone", at)
    refuse_clock_set_back(registry.find(step.target), at)
    why = objection(registry, msgspec.structs.replace(step, assignee=by or step.assignee), at)
    if why:
        raise RefusedError(why[0].upper() + why[1:], replan)


def _refuse_twice(registry: Registry, case: Case, progress: Progress) -> None:
    """Raise RefusedError for a step that was recorded as done, or as not to be done."""
    step, message = progress.step, f"step {progress.step.id} is {progress.state} already"
    hint = f"see what is left: safehands case next {case.id[:8]}"
    if progress.state == "waived":
        raise RefusedError(titled(registry, step, message), hint)
    if _waits_for_proof(registry, progress):
        message = f"step {step.id} is done already, and to be proved by a log-in"
        prove = f"safehands case verify {case.id[:8]} {shlex.quote(step.id)}"
        hint = f"log in with the new one, then: {prove}"
    elif progress.state not in DONE:
        return
    raise AlreadyError(titled(registry, step, message), hint, there=step.id)


def _waits_for_proof(registry: Registry, progress: Progress) -> bool:
    """Whether the new secret of a step was typed in: one in doubt, or made since, may yet be."""
    credential = registry.find(progress.step.target)
    if progress.state != "pending" or not isinstance(credential, Credential):
        return False
    new = unproved(credential)
    return new is not None and new.applied_at is not None


def _in_words(registry: Registry, needs: Sequence[Progress]) -> str:
    return few([f"{title(registry, p.step)} ({p.step.id})" for p in needs])


def refuse_leaver(registry: Registry, case: Case, person: Id, deed: str, at: datetime) -> None:
    """Raise RefusedError where somebody who is leaving or has left would do a `deed`, in any case.

    What they know is also changed by rotations and closings, which are cases of their own.
    """
    record = registry.find(person)
    cases = (each for each in (case, *registry.open_cases) if person and each.person == person)
    theirs = next(cases, None)
    if theirs is not None:
        message, hint = f"{registry.name_of(person)} is leaving and cannot {deed}", NAME_ANOTHER
        if isinstance(record, Person) and record.last_day is None:
            end = f"safehands case close {theirs.id[:8]} --called-off --reason TEXT"
            hint = f"{hint}; if they stay after all: {end}"
        raise RefusedError(message, hint)
    away = absence(record, at) if isinstance(record, Person) else ""
    if away:
        raise RefusedError(f"{registry.name_of(person)} {away}", "name somebody who does")


def hand(
    registry: Registry, case: Case, actor: Id, deed: str, at: datetime, *, named: Id = ""
) -> str:
    """Return what to keep as evidence of who is at the keyboard, "" where that is who is `named`.

    Who leaves types in what others did, and is marked. Raises RefusedError for a `deed` of theirs
    that is not "", unless nobody who stays can open the vault (docs/access-model.md, section 5).
    """
    # Rotations and closings are about nobody, as a member without a record is: that is no match.
    leaving = {each.person for each in (case, *registry.open_cases)} - {""}
    if actor not in leaving:
        who = registry.name_of(actor) if actor else "a member whom no record names"
        return f"recorded by {who}" if named and named != actor else ""
    name, members = registry.name_of(actor), (p for p in registry.all(Person) if p.is_member(at))
    others = [p for p in members if p.stays(at) and p.id not in leaving]
    if others and deed:
        message = f"{name} is leaving and cannot {deed}, for others either"
        names = " or ".join(sorted(other.name for other in others))
        raise RefusedError(message, f"let another member record it: {names}")
    whom = "the leaver" if actor == case.person else f"{name}, who is leaving"
    return f"recorded by {whom}" + ": nobody who stays can open the vault" * (not others)


def namesake(registry: Registry, case: Case, person: Id, progress: Progress | None = None) -> str:
    """Return what is to be kept where somebody is called like one who could not do this, else "".

    That is the leaver, and of a step that is to be confirmed or waived whoever did it.
    """
    others = {case.person: "the leaver", progress.applied_by if progress else "": "whoever did it"}
    name = registry.name_of(person)
    for other, role in others.items():
        if other and person not in {"", other} and folded(name) == folded(registry.name_of(other)):
            return f"{name} ({person[:8]}) is called like {role}: see that it is somebody else"
    return ""


def refuse_approver(
    registry: Registry, case: Case, progress: Progress, approver: Id, actor: Id
) -> None:
    """Raise RefusedError where one person would answer alone for a step that two see to.

    Waiving what was done stands in for the second look, so neither who did it nor who is at the
    keyboard answers for that.
    """
    step = progress.step
    if not (case.two_person or step.two_person) or not progress.applied_by:
        return
    if approver in {progress.applied_by, actor}:
        why = "did" if approver == progress.applied_by else "records this, and somebody did"
        answers = f"{registry.name_of(approver)} {why} step {step.id}"
        message = titled(registry, step, f"{answers}, so somebody else must answer for it")
        raise RefusedError(message, "let a second person look: --approver PERSON")


def refuse_verifying(
    registry: Registry, case: Case, progress: Progress, by: Id, at: datetime
) -> None:
    """Raise RefusedError where somebody may not confirm a step now."""
    step, case_id = progress.step, case.id[:8]
    applied = f"safehands case applied {case_id} {shlex.quote(step.id)}"
    if is_finished(case, progress) and progress.state != "applied":
        message = titled(registry, step, f"step {step.id} is {progress.state} already")
        hint = f"see what is left: safehands case next {case_id}"
        if progress.state != "verified":
            raise RefusedError(message, hint)
        raise AlreadyError(message, hint, there=step.id)
    if progress.state not in {"applied", "pending"}:
        message = titled(
            registry, step, f"step {step.id} is not done yet, so there is nothing to confirm"
        )
        raise RefusedError(message, f"record that it was done first: {applied}")
    refuse_leaver(registry, case, by, "confirm a step", at)
    if (case.two_person or step.two_person) and by == progress.applied_by:
        did = f"{registry.name_of(by)} did step {step.id}, so somebody else must confirm it"
        message = titled(registry, step, did)
        raise RefusedError(message, "let a second person look: --by PERSON")
    credential = registry.find(step.target)
    refuse_clock_set_back(credential, at)
    if (
        progress.state == "pending"
        and isinstance(credential, Credential)
        and credential.at_stage("pending", at) is None
    ):
        message = titled(registry, step, f"the new secret of step {step.id} was dropped")
        hint = f"make another: {Names(registry).storing(credential)}"
        raise RefusedError(message, f"{hint}, then: {applied}")


def is_finished(case: Case, progress: Progress) -> bool:
    """Say whether nothing is left to do about a step."""
    if progress.state in {"verified", "waived", "dropped"}:
        return True
    needs_proof = case.two_person or progress.step.two_person or progress.step.act in STAGED
    return progress.state == "applied" and not needs_proof


def steps_done(case: Case) -> tuple[int, int]:
    """Return how many steps are done, and how many were to be: none that is dropped or waived."""
    steps = [p for p in case.progress if p.state not in {"dropped", "waived"}]
    return sum(is_finished(case, p) for p in steps), len(steps)


Deed = Literal["apply", "verify", "wait", "block", "waive", "note"]


def deeds_open(case: Case, progress: Progress) -> tuple[Deed, ...]:
    """Return what can be recorded about a step as it is, the likely one first."""
    if case.closed_at is not None:
        return ()
    if is_finished(case, progress):
        return ("note",)
    if progress.state in {"applied", "pending"}:
        return ("verify", "waive", "note")
    if progress.state == "blocked" or open_needs(case, progress):
        return ("wait", "block", "waive", "note")
    return ("apply", "wait", "block", "waive", "note")


def to_confirm(case: Case) -> Iterator[Progress]:
    """Yield the steps that were done and that somebody else has yet to confirm, in order."""
    return (p for p in case.progress if p.state == "applied" and not is_finished(case, p))


def subject(registry: Registry, case: Case) -> str:
    """Return whom or what a case is about, as a list has room for: a person, an account, a secret.

    What one logs in with goes by the name of its account alone.
    """
    if case.person:
        return registry.name_of(case.person)
    label, credential = registry.name_of(case.account), registry.find(case.credential)
    if not isinstance(credential, Credential) or credential.what in LOGIN_SECRETS:
        return label
    return f"{label} ({called(registry, credential.id)})"


def is_unsure(progress: Progress) -> bool:
    """Say whether nobody knows if a platform took a new secret: then the old one is needed too."""
    return progress.state == "pending" and bool(progress.reason)
