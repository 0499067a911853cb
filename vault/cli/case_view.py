"""How cases and their steps are told, to people and to programs."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from vault.cli.invocation import Invocation
from vault.cli.listing import TEXT_LIMIT, record_dict, short
from vault.domain.case_ending import verdict_of_deeds
from vault.domain.cases import Case, Progress
from vault.domain.casework import (
    held_up,
    is_finished,
    is_unsure,
    next_day,
    next_steps,
    open_needs,
    ready_on,
    refuse_applying,
    to_confirm,
)
from vault.domain.closing_plays import TOLD
from vault.domain.credential import LOGIN_SECRETS, Credential
from vault.domain.instructions import instructions, title
from vault.domain.mending import Names, which_secret
from vault.domain.naming import resolve
from vault.domain.rotation import unproved
from vault.domain.steps import STAGED, Step
from vault.domain.text import clean
from vault.errors import NotFoundError, RefusedError
from vault.reports.case import duty, said, state_of
from vault.reports.lines import prose

if TYPE_CHECKING:
    from datetime import datetime

    from vault.domain.registry import Registry


MOST_REMAINING = 5  # what is left is a reminder here; the steps above are the work


def case_at(invocation: Invocation, registry: Registry, which: str) -> Case:
    """Return the case that goes by a text, as it was at the moment asked about.

    Raises NotFoundError also for one that was opened later.
    """
    found = resolve(registry, Case, which)
    if found.opened_at > invocation.moment:
        message = f"case {short(found.id)} was opened on {found.opened_at:%Y-%m-%d %H:%M}"
        raise NotFoundError(message, "ask about a later moment, or without --as-of")
    return found.as_of(invocation.moment)


def case_dict(registry: Registry, found: Case, invocation: Invocation) -> dict[str, Any]:
    """Return a case with the verdict on what was done so far."""
    verdict = verdict_of_deeds(registry, found, invocation.moment)
    told = {
        "sealed": verdict.sealed,
        "never_locked_out": verdict.never_locked_out,
        "never_reopened": verdict.never_reopened,
        "holds": verdict.holds,
        "remaining": [{"account": r.account, "why": " -> ".join(r.why)} for r in verdict.remaining],
        "lost": [account for account, _ in verdict.lost],
        "reopened": [account for account, _ in verdict.reopened],
    }
    return {**record_dict(found), "verdict": told}


def next_dict(registry: Registry, found: Case, at: datetime) -> dict[str, Any]:
    """Return what can be done and confirmed now, and what the rest waits for, until when."""

    def told(progress: Progress) -> dict[str, Any]:
        return {
            "id": progress.step.id,
            "act": progress.step.act,
            "state": progress.state,
            "title": title(registry, progress.step, str),
            "account": progress.step.account,
            "assignee": progress.step.assignee,
            "due": progress.step.due,
        }

    def waiting(progress: Progress) -> dict[str, Any]:
        after = [each.step.id for each in open_needs(found, progress)]
        begins = ready_on(found, progress)
        why = progress.reason
        return {**told(progress), "after": after, "not_before": begins, "reason": why}

    return {
        "case": found.id,
        "steps": [told(each) for each in next_steps(found, at)],
        "to_confirm": [told(each) for each in to_confirm(found)],
        "waiting": [waiting(each) for each in held_up(found, at)],
        "next_on": next_day(found, at),
    }


def tell_verdict(invocation: Invocation, registry: Registry, found: Case) -> None:
    """Tell what the leaver still has, or stands in the way; and what went wrong on the way."""
    verdict = verdict_of_deeds(registry, found, invocation.moment)
    out = invocation.out
    if not found.person:
        for remaining in verdict.remaining:
            why = clean(" -> ".join(remaining.why), TEXT_LIMIT)
            out.lines(prose("Not to be closed yet: ", why, out.room))
        return
    if verdict.sealed:
        out.line("As things are, the leaver is out of everything.", "good")
    else:
        out.line("As things are, the leaver still has:", "warn")
    for remaining in verdict.remaining[:MOST_REMAINING]:
        out.lines(prose("  ", clean(" -> ".join(remaining.why), TEXT_LIMIT), out.room))
    if verdict.remaining[MOST_REMAINING:]:
        more = len(verdict.remaining) - MOST_REMAINING
        out.line(f"  and {more} more: safehands person holds {short(found.person)}")
    for account, _ in verdict.lost:
        out.line(f"The company lost {registry.name_of(account)} on the way.", "bad")
    for account, _ in verdict.reopened:
        out.line(f"The leaver got {registry.name_of(account)} back on the way.", "bad")


def show_step(invocation: Invocation, registry: Registry, found: Case, progress: Progress) -> None:
    """Show a step: what to do, how to check it, and the commands it takes."""
    play = instructions(registry, progress.step)
    titled = title(registry, progress.step, str)
    if invocation.as_json:
        told = {"title": titled, "instructions": play.steps, "links": play.links}
        content = {"case": found.id, **told, **record_dict(progress)}
        invocation.out.document("safehands.step/1", content)
        return
    out = invocation.out
    out.line(f"{titled}  [{progress.step.id}, {state_of(found, progress)}]", "heading")
    if not is_finished(found, progress):
        out.line(f"  For {duty(registry, progress, invocation.moment.date(), found.last_day)}")
    if progress.reason and not any(progress.reason in e.what for e in progress.evidence):
        state = "not sure" if is_unsure(progress) else progress.state
        out.line(f"  {state}: {progress.reason}")
    for number, line in enumerate(play.steps, 1):
        out.lines(prose(f"  {number}. ", clean(line, TEXT_LIMIT), out.room))
    if play.check:
        out.lines(prose("  Check: ", clean(play.check, TEXT_LIMIT), out.room))
    for link in play.links:
        out.line(f"  {link}")
    for each in progress.evidence:
        out.line(f"  {said(registry, each)}")
    refused = _refusal(registry, found, progress, invocation.moment)
    if refused and _is_at_hand(found, progress):
        why = refused.message.removeprefix(f"{title(registry, progress.step)}: ")
        saying = refused.hint if progress.reason else f"{why}. To go on, {refused.hint}"
        out.lines(prose("  Not now: ", clean(saying, TEXT_LIMIT), out.room))
    for command in commands_of(registry, found, progress, invocation.moment):
        out.line(f"  $ {command}")


def commands_of(registry: Registry, found: Case, progress: Progress, at: datetime) -> Iterator[str]:
    """Yield the commands that a step takes from here on; none for one that is not possible yet."""
    if not _is_at_hand(found, progress) or _refusal(registry, found, progress, at) is not None:
        return
    from vault.services.preparing import mailbox_to_prove, secret_to_store

    step, where = progress.step, f"{short(found.id)} {shlex.quote(progress.step.id)}"
    credential, mailbox = registry.find(step.target), mailbox_to_prove(registry, progress, at)
    wanted, is_pending = secret_to_store(registry, progress, at), progress.state == "pending"
    if step.act in STAGED and isinstance(credential, Credential):
        yield _secret_command(step, credential)
    elif wanted and progress.state != "applied":
        yield f"safehands credential set {short(step.account)} --what {wanted} --stdin"
    if mailbox is not None:
        prove = f"safehands mailbox prove {Names(registry).typed(mailbox)}"
        yield from (prove, f"{prove} --code CODE")
    if progress.state != "applied" and (wanted or not is_pending):
        yield f"safehands case applied {where}" + " --evidence TEXT" * (step.act in TOLD)
    if is_unsure(progress) and found.what == "rotation":
        yield f"safehands rotate stop {short(found.id)} --old-works --reason TEXT"
    if step.act in STAGED or found.two_person or step.two_person:
        by = " --by PERSON" if found.two_person or step.two_person else ""
        yield f"safehands case verify {where}{by}"


def _is_at_hand(found: Case, progress: Progress) -> bool:
    """Whether something is left to record about a step."""
    return found.closed_at is None and not is_finished(found, progress)


def _refusal(
    registry: Registry, found: Case, progress: Progress, at: datetime
) -> RefusedError | None:
    """Why a step cannot be recorded as done now, or None where it can or was."""
    if progress.state in {"applied", "pending"}:
        return None
    try:
        refuse_applying(registry, found, progress, "", at)
    except RefusedError as refused:
        return refused
    return None


def _secret_command(step: Step, credential: Credential) -> str:
    """The command that makes a new secret, or shows the one that was made."""
    of = short(step.account) + which_secret(credential)
    if unproved(credential) is not None:
        return f"safehands credential reveal {of} --stage pending"
    return f"safehands credential set {of}" + " --generate" * (credential.what in LOGIN_SECRETS)
