"""Carrying a case through: each call is one act, one transaction and one journal entry."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from datetime import date, datetime

import msgspec

from vault.domain.cases import Case, Evidence, Progress, StepState
from vault.domain.casework import (
    hand,
    is_finished,
    namesake,
    refuse_applying,
    refuse_approver,
    refuse_leaver,
    refuse_verifying,
    titled,
)
from vault.domain.changes import Change, Changes, changes
from vault.domain.closing_plays import TOLD
from vault.domain.credential import Credential
from vault.domain.effects import effect, learnt, pending_seed
from vault.domain.ids import Id
from vault.domain.instructions import title
from vault.domain.mailbox import Mailbox
from vault.domain.mailbox_choice import is_proven
from vault.domain.mending import Names
from vault.domain.registry import Registry
from vault.domain.rotation_ending import over_with
from vault.domain.steps import CLOSING, STAGED, Step
from vault.domain.wording import in_words
from vault.errors import AlreadyError, NotFoundError, RefusedError, SafehandsError, UsageError
from vault.services.session import Session

SHORTEST = 4  # digits that are the beginning of an id; no plan has a thousand steps

Deed = Callable[[Registry, Case, Progress, datetime], tuple[Progress, Changes]]
OnStep = Callable[[Session, Case, str], Case]
"""Records one act about the step of a case with that id, and returns the case as it is then."""


def find_step(case: Case, step: str) -> Progress:
    """Return the progress of a step by its id or the beginning of it; raises NotFoundError.

    A number of a plan is no beginning: another plan numbers its steps anew.
    """
    is_number = step.isdigit() and len(step) < SHORTEST
    if is_number:
        message = f"{step} is the number of a step in a plan, and plans are numbered anew"
        raise NotFoundError(message, f"give its id: safehands case show {case.id[:8]}")
    found = case.find(step)
    if found is None:
        message = f"case {case.id[:8]} has no single step {step!r}"
        raise NotFoundError(message, f"see its steps: safehands case show {case.id[:8]}")
    return found


def on_each(session: Session, case: Case, steps: Sequence[str], act: OnStep) -> Case:
    """Do one act on each of several steps, in their order, and return the case.

    Each is recorded by itself. Of several, those that are so already are passed over, so that a
    batch can be sent again; the error of the first that is refused also says which were recorded
    before it, and that the others were not.
    """
    recorded: list[Id] = []
    for step in steps:
        try:
            case = act(session, case, step)
        except SafehandsError as error:
            if len(steps) == 1:
                raise
            if not isinstance(error, AlreadyError):
                before = ", ".join(recorded) or "nothing"
                error.message += f"; recorded before it: {before}; after it nothing"
                error.details["recorded"] = recorded
                raise
        else:
            recorded.append(find_step(case, step).step.id)
    return case


def _on_step(
    session: Session, act: str, case: Case, step: str, deed: Deed, *, note: str, by: str = ""
) -> Case:
    """Write one act on a step; the entry says `by` whom, in words, where that is somebody else."""
    found_step = find_step(case, step).step
    step_id = found_step.id
    told = f"{step_id} {title(session.registry, found_step)}{by}"

    def decide(registry: Registry, now: datetime) -> Changes:
        found = open_case(registry, case.id)
        progress = find_step(found, step_id)
        done, changed = deed(registry, found, progress, now)
        changed_at = progress.changed_at if done.state == progress.state else now
        done = msgspec.structs.replace(done, changed_at=changed_at)
        all_progress = tuple(done if p.step.id == step_id else p for p in found.progress)
        return (*changed, Change(msgspec.structs.replace(found, progress=all_progress)))

    registry = session.write(act, decide, note=f"{told}: {note}" if note else told)
    return registry.get(case.id, Case)


def open_case(registry: Registry, case_id: Id) -> Case:
    """Return a case as it is now; raises RefusedError for one that is closed."""
    case = registry.get(case_id, Case)
    if case.closed_at is not None:
        message = f"case {case_id[:8]} was closed on {case.closed_at.date()}"
        raise RefusedError(message, "start a new one if there is more to do")
    return case


def _named(session: Session, did: str, person: Id) -> str:
    """Who is said to have done something, for the journal: its author is who is at the keyboard."""
    if person in {"", session.person}:
        return ""
    return f", {did} by {session.registry.name_of(person)}"


def _with_evidence(progress: Progress, at: datetime, by: Id, what: str) -> tuple[Evidence, ...]:
    return (*progress.evidence, Evidence(at, by, what)) if what else progress.evidence


def _witnessed(
    session: Session, case: Case, progress: Progress, at: datetime, *, named: Id, deed: str = ""
) -> Progress:
    """The step with what is to be kept of who is at the keyboard, and of who is `named`.

    Raises RefusedError where whoever is at the keyboard may not record a `deed` in this case.
    """
    registry, actor = session.registry, session.person
    done = progress if deed else None
    kept = hand(registry, case, actor, deed, at, named=named)
    for told in (kept, namesake(registry, case, named, done)):
        seen = _with_evidence(progress, at, actor, told)
        progress = msgspec.structs.replace(progress, evidence=seen)
    return progress


def apply_step(session: Session, case: Case, step: str, by: Id, evidence: str = "") -> Case:
    """Record that somebody did a step; its effect is the one that was simulated.

    A step that makes a new secret must have it pending in the vault first, and takes effect when a
    log-in proves it (`verify_step`). Raises RefusedError where a guard says no, and UsageError
    where all that is left of a step is what is written down, and that is nothing.
    """

    def deed(
        registry: Registry, found: Case, progress: Progress, now: datetime
    ) -> tuple[Progress, Changes]:
        refuse_applying(registry, found, progress, by, now)
        _refuse_untold(registry, progress, evidence)
        progress = _witnessed(session, found, progress, now, named=by)
        seen = _with_evidence(progress, now, by, evidence)
        if progress.step.act in STAGED:
            return msgspec.structs.replace(
                progress, state="pending", applied_by=by, evidence=seen
            ), _applied_pending(registry, found, progress, by, now)
        if progress.step.act == "enrol_factor":
            _refuse_without_seed(registry, found, progress.step.account, now)
        if progress.step.act == "prove_mailbox":
            _refuse_without_proof(registry, progress.step.target, now)
        if progress.step.act in {"remove_vault_member", "advance_vault_keys"}:
            _refuse_member(session, registry, found, progress.step)
        return (
            msgspec.structs.replace(
                progress, state="applied", applied_by=by, applied_at=now, evidence=seen
            ),
            (*effect(registry, progress.step, now, by), *_over(registry, progress.step, now, by)),
        )

    done = _named(session, "done", by)
    return _on_step(session, "case.applied", case, step, deed, note=evidence, by=done)


def _refuse_untold(registry: Registry, progress: Progress, evidence: str) -> None:
    what = TOLD.get(progress.step.act)
    if what and not evidence.strip():
        left = f"nothing else will be left of step {progress.step.id}"
        message = titled(registry, progress.step, f"nothing is written down, and {left}")
        raise UsageError(message, f"say {what}: --evidence TEXT")


def _over(registry: Registry, step: Step, now: datetime, by: Id) -> Changes:
    """What is over with an account that is closed: nobody changes its secrets any more."""
    if step.act not in CLOSING and step.act != "archive_record":
        return ()
    return changes(*over_with(registry, {step.account}, now, by))


def _refuse_without_seed(registry: Registry, case: Case, account: Id, now: datetime) -> None:
    """A factor whose secret nobody kept would lock everybody out once the old one is gone."""
    if pending_seed(registry, account, now) is None:
        label = registry.name_of(account)
        if _has_new_seed(registry, case, account, now):
            message = f"an authenticator secret of {label} was proved since this case began"
            raise RefusedError(message, _without(case))
        message = f"no new authenticator secret for {label} is pending in the vault"
        typed = Names(registry).of(account)
        command = f"safehands credential set {typed} --what totp_seed --stdin"
        raise RefusedError(message, f"store it there first, so that the role has it: {command}")


def _without(case: Case) -> str:
    """How to go on with a case where a step of it was done in another one."""
    if case.what == "rotation":
        return f"give this one up: safehands rotate stop {case.id[:8]} --reason TEXT"
    return f"make the plan again, without this step: safehands case replan {case.id[:8]}"


def _has_new_seed(registry: Registry, case: Case, account: Id, now: datetime) -> bool:
    seeds = (c for c in registry.credentials_of.get(account, ()) if c.what == "totp_seed")
    return any(_is_replaced(seed, case, now) for seed in seeds)


def _is_replaced(credential: Credential, case: Case, now: datetime) -> bool:
    """Whether the secret in use came into use since the case was opened."""
    version = credential.at_stage("current", now)
    begun = version.current_from if version else None
    return begun is not None and begun >= case.opened_at


def _refuse_without_proof(registry: Registry, target: Id, now: datetime) -> None:
    """Only a code that came back shows that accounts can move there (access model, section 4)."""
    mailbox = registry.get(target, Mailbox)
    if not is_proven(mailbox, now):
        message = f"nobody has proved yet that {mailbox.address} can be read"
        command = f"safehands mailbox prove {Names(registry).typed(mailbox)}"
        raise RefusedError(message, f"send a code there and type it back: {command}")


def _refuse_member(session: Session, registry: Registry, case: Case, step: Step) -> None:
    """Whoever is a member has the keys; to take them out begins an epoch without them."""
    leaver = registry.person(step.person)
    theirs = {spell.of for spell in leaver.memberships}
    if not any(member.id in theirs for member in session.members()):
        return
    message = f"{leaver.name} is a member of the vault, and has the keys of today"
    remove = f"safehands member remove {shlex.quote(leaver.name)}"
    where = f"{case.id[:8]} {shlex.quote(step.id)}"
    waive = f"safehands case waive {where} --reason TEXT --approver PERSON"
    hint = f"take the member out, which makes new keys: {remove}; or where nobody else can: {waive}"
    raise RefusedError(titled(registry, step, message), hint)


def _applied_pending(
    registry: Registry, case: Case, progress: Progress, by: Id, now: datetime
) -> Changes:
    credential = registry.get(progress.step.target, Credential)
    pending = credential.at_stage("pending", now)
    if pending is None:
        what, label = in_words(credential.what), registry.name_of(credential.account)
        if _is_replaced(credential, case, now):
            message = f"the {what} of {label} was changed since this case began"
            raise RefusedError(message, _without(case))
        message = f"no new {what} for {label} is pending in the vault"
        command = Names(registry).storing(credential)
        hint = f"make it there first, so that it cannot be lost: {command}"
        raise RefusedError(message, hint)
    versions = tuple(
        msgspec.structs.replace(v, applied_at=now, applied_by=by)
        if v.number == pending.number
        else v
        for v in credential.versions
    )
    applied = msgspec.structs.replace(credential, versions=versions)
    seen = learnt(registry, progress.step.id, (credential.id, pending.number), now, by)
    return changes(applied, *seen)


def verify_step(session: Session, case: Case, step: str, by: Id, evidence: str = "") -> Case:
    """Record that somebody saw that a step worked; a new secret becomes current now."""

    def deed(
        registry: Registry, found: Case, progress: Progress, now: datetime
    ) -> tuple[Progress, Changes]:
        refuse_verifying(registry, found, progress, by, now)
        progress = _witnessed(session, found, progress, now, named=by, deed="confirm a step")
        staged = progress.state == "pending"
        return (
            msgspec.structs.replace(
                progress,
                state="verified",
                verified_by=by,
                reason="",
                applied_at=now if staged else progress.applied_at,
                evidence=_with_evidence(progress, now, by, evidence),
            ),
            effect(registry, progress.step, now, by) if staged else (),
        )

    seen = _named(session, "confirmed", by)
    return _on_step(session, "case.verify", case, step, deed, note=evidence, by=seen)


def waive_step(session: Session, case: Case, step: str, reason: str, approver: Id) -> Case:
    """Record that a step will not be done, why, and who answers for it (not the leaver)."""
    refuse_empty(reason, "why it is not needed: --reason TEXT")

    def deed(
        registry: Registry, found: Case, progress: Progress, now: datetime
    ) -> tuple[Progress, Changes]:
        refuse_leaver(registry, found, approver, "waive a step", now)
        progress = _witnessed(session, found, progress, now, named=approver, deed="waive a step")
        if is_finished(found, progress):
            message = titled(
                registry, progress.step, f"step {progress.step.id} is {progress.state} already"
            )
            if progress.state != "waived":
                raise RefusedError(message, "nothing to do")
            raise AlreadyError(message, "nothing to do", there=progress.step.id)
        refuse_approver(registry, found, progress, approver, session.person)
        return (
            msgspec.structs.replace(progress, state="waived", reason=reason, approved_by=approver),
            (),
        )

    answers = _named(session, "waived", approver)
    return _on_step(session, "case.waive", case, step, deed, note=reason, by=answers)


def refuse_empty(text: str, what: str) -> None:
    """Raise UsageError where nothing was written; `what` is what to write."""
    if not text.strip():
        message = "there is no text"
        raise UsageError(message, f"say {what}")


def block_step(
    session: Session, case: Case, step: str, reason: str, until: date | None = None
) -> Case:
    """Record that a step cannot be done now, and why; with `until`, that it waits for that day.

    Without, it stays blocked until the plan is made again; the reason stays with the step.
    """
    refuse_empty(reason, "what stands in the way: --reason TEXT")

    def deed(
        registry: Registry, found: Case, progress: Progress, now: datetime
    ) -> tuple[Progress, Changes]:
        if progress.state not in {"todo", "waiting", "blocked"}:
            message = titled(
                registry, progress.step, f"step {progress.step.id} is {progress.state} already"
            )
            hint = f"safehands case note {case.id[:8]} TEXT --step {shlex.quote(progress.step.id)}"
            raise RefusedError(message, f"keep a remark instead: {hint}")
        if until is not None and until < now.date():
            message = f"{until} is over"
            raise UsageError(message, "give a day from today on")
        state: StepState = "waiting" if until else "blocked"
        kept = _with_evidence(progress, now, session.person, f"{state}: {reason}")
        return (
            msgspec.structs.replace(
                progress, state=state, reason=reason, wait_until=until, evidence=kept
            ),
            (),
        )

    return _on_step(session, "case.block", case, step, deed, note=reason)


def note_case(session: Session, case: Case, text: str, step: str = "") -> Case:
    """Keep a remark with a case, or with one of its steps."""
    refuse_empty(text, "what is to be remembered")
    if step:

        def deed(
            _registry: Registry, _found: Case, progress: Progress, now: datetime
        ) -> tuple[Progress, Changes]:
            seen = _with_evidence(progress, now, session.person, text)
            return msgspec.structs.replace(progress, evidence=seen), ()

        return _on_step(session, "case.note", case, step, deed, note=text)

    def decide(registry: Registry, now: datetime) -> Changes:
        found = open_case(registry, case.id)
        notes = (*found.notes, Evidence(now, session.person, text))
        return (Change(msgspec.structs.replace(found, notes=notes)),)

    return session.write("case.note", decide, note=text).get(case.id, Case)
