"""`safehands rotate`: change passwords and other secrets so that none is ever lost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from vault.cli import diagnostics
from vault.cli.arguments import pass_invocation
from vault.cli.credential_parts import OLD_WORKS
from vault.cli.invocation import Invocation
from vault.cli.listing import short
from vault.cli.rotate_view import (
    begun_dict,
    due_dict,
    plan_dict,
    show_blockers,
    show_due,
    show_plan,
)
from vault.domain.account import Account
from vault.domain.cases import KINDS, Case
from vault.domain.counting import several
from vault.domain.credential import CredentialKind
from vault.domain.naming import resolve
from vault.domain.wording import in_words
from vault.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from vault.domain.registry import Registry
    from vault.domain.rotation_policy import Policy
    from vault.services.rotation import Target
    from vault.services.session import Session


@click.group()
def rotate() -> None:
    """Rotation: what is to be changed by when, and each change as a case of its own.

    CASE is its id, or the account whose secret it changes. It is carried on by safehands case next.
    """


_POLICY = click.option(
    "--policy",
    metavar="FILE",
    help="A policy of your own (docs/rotation.md).  [default: rotation.toml, see doctor]",
)
_WHAT = click.option(
    "--what",
    type=click.Choice(get_args(CredentialKind)),
    help="Which secret; without it, what one logs in with, and with --due all.",
)


def _opened(
    invocation: Invocation, policy: str | None, *, to_write: bool = False
) -> tuple[Session, Policy]:
    """Return the vault, open, and the policy."""
    from vault.services.rotation import policy_of

    session = invocation.writing() if to_write else invocation.reading()
    return session, policy_of(session, Path(policy) if policy else None)


@rotate.command("due")
@_POLICY
@pass_invocation
def due(invocation: Invocation, policy: str | None) -> int:
    """List the secrets to be changed, why and by when. Exit 1 when one is overdue."""
    from vault.domain.rotation import rotations_due, to_retire, told_old

    session, rules = _opened(invocation, policy)
    registry, at = session.registry, invocation.moment
    found = rotations_due(registry, at, rules)
    overdue = sum(each.is_overdue(at) for each in found)
    old = len(to_retire(registry, at, rules))
    if invocation.as_json:
        counts = {
            "due": len(found),
            "overdue": overdue,
            "under_way": sum(each.case is not None or each.pending is not None for each in found),
        }
        secrets = [due_dict(registry, each, at) for each in found]
        content = {"as_of": at, "counts": counts, "secrets": secrets, "to_retire": old}
        invocation.out.document("safehands.rotation_due/1", content)
    else:
        show_due(invocation, registry, found, at)
        if old:
            invocation.out.line(f"{told_old(old)}: safehands rotate retire", "warn")
    return 1 if overdue else 0


def _targets(
    registry: Registry, accounts: tuple[str, ...], what: CredentialKind | None, at: datetime
) -> list[Target]:
    from vault.domain.rotation import before_others
    from vault.services.rotation import targets_of

    named = {found.id: found for found in (resolve(registry, Account, each) for each in accounts)}
    in_order = sorted(named.values(), key=lambda each: before_others(registry, each, at))
    return [target for each in in_order for target in targets_of(registry, each, at, what)]


@rotate.command("plan")
@click.argument("accounts", nargs=-1, required=True, metavar="ACCOUNT...")
@_WHAT
@_POLICY
@pass_invocation
def plan(
    invocation: Invocation,
    accounts: tuple[str, ...],
    what: CredentialKind | None,
    policy: str | None,
) -> int:
    """Show what changing the secrets of ACCOUNT takes. Exit 1 when something stands in the way."""
    from vault.domain.rotation_steps import plan_rotation

    session, rules = _opened(invocation, policy)
    registry, at = session.registry, invocation.moment
    plans = [
        plan_rotation(registry, t.account, t.credential, at=at, by=session.person, policy=rules)
        for t in _targets(registry, accounts, what, at)
    ]
    if invocation.as_json:
        told = [plan_dict(registry, each) for each in plans]
        invocation.out.document("safehands.rotation_plan/1", {"as_of": at, "plans": told})
    else:
        for each in plans:
            show_plan(invocation, registry, each)
    return 1 if any(each.blockers for each in plans) else 0


@rotate.command("start")
@click.argument("accounts", nargs=-1, metavar="[ACCOUNT]...")
@click.option("--due", "all_due", is_flag=True, help="All that are due, in the order to do them.")
@_WHAT
@_POLICY
@pass_invocation
def start(invocation: Invocation, /, **given: Any) -> int:
    """Open a case for each secret of ACCOUNT that is to be changed.

    Such as: safehands rotate start x/@acme; safehands rotate start --due --what api_token.

    What is refused stops no other. Exit 1 where one was, 5 where it was the only one; and 1 where
    something stands in the way of what was begun.
    """
    from vault.services.rotation import start_queue, start_rotation, targets_due

    if bool(given["accounts"]) == given["all_due"]:
        message = "name the accounts, or all that are due" if not given["accounts"] else "both"
        raise UsageError(f"what is to be changed: {message}?", "rotate start ACCOUNT..., or --due")
    session, rules = _opened(invocation, given["policy"], to_write=True)
    if given["all_due"]:
        targets = targets_due(session.registry, invocation.moment, rules, given["what"])
    else:
        targets = _targets(session.registry, given["accounts"], given["what"], invocation.moment)
    if len(targets) == 1:
        begun = [start_rotation(session, targets[0], rules)]
    else:
        with diagnostics.progress("rotations", len(targets)) as step:
            begun = []
            for each in start_queue(session, targets, rules):
                begun.append(each)
                step(len(begun))
    registry = session.registry
    if invocation.as_json:
        told = [begun_dict(registry, each) for each in begun]
        invocation.out.document("safehands.rotation_started/1", {"rotations": told})
    else:
        _tell_begun(invocation, registry, begun)
    in_the_way = any(each.refusal or (each.plan and each.plan.blockers) for each in begun)
    return 1 if in_the_way else 0


def _tell_begun(invocation: Invocation, registry: Registry, begun: list[Any]) -> None:
    from vault.domain.casework import subject

    out = invocation.out
    for each in begun:
        if each.case is not None:
            steps = several(len(each.case.progress), "step")
            out.line(f"{short(each.case.id)}  {subject(registry, each.case)}: {steps}")
            show_blockers(invocation, each.plan.blockers)
        else:
            out.line(f"not begun  {each.target.account.label}: {each.refusal.message}", "warn")
            out.line(f"            hint: {each.refusal.hint}")
    opened = [each.case for each in begun if each.case is not None]
    if opened:
        out.line(f"Next: safehands case next {short(opened[0].id)}")
    elif not begun:
        out.line("Nothing is due.", "good")


_CASE = click.argument("which", metavar="CASE")


def _rotation(registry: Registry, which: str) -> Case:
    found = resolve(registry, Case, which)
    if found.what != "rotation":
        message = f"case {found.id[:8]} is no rotation but a {KINDS[found.what]}"
        raise RefusedError(message, "see the rotations: safehands case list")
    return found


@rotate.command("unsure")
@_CASE
@click.option("--reason", required=True, help="What happened.")
@pass_invocation
def unsure(invocation: Invocation, which: str, reason: str) -> None:
    """Record that nobody knows whether the platform took the new secret: both are kept."""
    from vault.domain.rotation import kept_of
    from vault.services.rotation import in_doubt, mark_unsure

    session = invocation.writing()
    found = mark_unsure(session, _rotation(session.registry, which), reason)
    _told(invocation, session.registry, found)
    if not invocation.as_json:
        out, where = invocation.out, short(found.id)
        secret = in_doubt(session.registry, found)
        out.line(f"{kept_of(secret)} Log in with each." if secret else "Log in with each.")
        out.line(f"If the new one works: safehands case next {where}")
        out.line(f"If the old one does: safehands rotate stop {where} --old-works --reason TEXT")


@rotate.command("stop")
@_CASE
@click.option("--reason", required=True, help="Why it is given up.")
@OLD_WORKS
@pass_invocation
def stop(invocation: Invocation, which: str, reason: str, old_works: bool) -> None:  # noqa: FBT001
    """Give a rotation up; its new secret is kept as dropped, the old one stays in use."""
    from vault.services.rotation import stop_rotation

    session = invocation.writing()
    found = _rotation(session.registry, which)
    stopped = stop_rotation(session, found, reason, old_works=old_works)
    _told(invocation, session.registry, stopped)


def _told(invocation: Invocation, registry: Registry, found: Case) -> None:
    from vault.cli.case_view import case_dict
    from vault.domain.casework import subject

    if invocation.as_json:
        invocation.out.document("safehands.case/1", case_dict(registry, found, invocation))
        return
    state = "given up" if found.closed_at else "unsure"
    invocation.out.line(f"{short(found.id)}  {subject(registry, found)}: {state}")


@rotate.command("retire")
@click.option("--dry-run", is_flag=True, help="Say what would be retired, and retire nothing.")
@_POLICY
@pass_invocation
def retire(invocation: Invocation, dry_run: bool, policy: str | None) -> None:  # noqa: FBT001
    """Remove the values of replaced secrets whose time is over; that they were stays on record."""
    from vault.domain.rotation import to_retire
    from vault.services.rotation import retire_previous

    session, rules = _opened(invocation, policy, to_write=not dry_run)
    if dry_run:
        found = to_retire(session.registry, invocation.moment, rules)
    else:
        found = retire_previous(session, rules)
    if invocation.as_json:
        versions = [
            {"credential": c.id, "account": c.account, "version": v.number} for c, v in found
        ]
        content = {"as_of": invocation.moment, "dry_run": dry_run, "versions": versions}
        invocation.out.document("safehands.rotation_retired/1", content)
        return
    for credential, version in found:
        label = session.registry.name_of(credential.account)
        name = f"{label}, {in_words(credential.what)}"
        replaced = f"{version.superseded_at:%Y-%m-%d}" if version.superseded_at else ""
        invocation.out.line(f"{name} version {version.number}, replaced {replaced}")
    done = "to be retired" if dry_run else "retired"
    invocation.out.line(f"{several(len(found), 'version')} {done}", "quiet")
