"""`safehands credential reuse`, `breached` and `changed`: what is wrong with secrets in use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vault.cli import diagnostics
from vault.cli.arguments import pass_invocation
from vault.cli.diagnostics import ExitCode
from vault.cli.invocation import Invocation
from vault.cli.listing import with_accounts
from vault.domain.account import Account
from vault.domain.counting import several
from vault.domain.credential import Credential
from vault.domain.naming import resolve
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.reports.table import Column

if TYPE_CHECKING:
    from vault.domain.ledger import Changed
    from vault.domain.reuse import Use
    from vault.services.breached import Checked


@click.command("reuse")
@pass_invocation
def reuse(invocation: Invocation) -> int:
    """List the secrets that are used in more than one place; none is opened for that."""
    from vault.domain.reuse import not_compared, reused

    registry, at = invocation.registry(), invocation.moment
    groups, left_out = reused(registry, at), not_compared(registry, at)
    if invocation.as_json:
        told = [[_use(use) for use in group] for group in groups]
        content = {"as_of": at, "not_compared": left_out, "groups": told}
        invocation.out.document("safehands.reuse/1", content)
        return ExitCode.FINDINGS if groups else ExitCode.DONE
    rows = [
        [str(number), registry.name_of(u.credential.account), u.credential.called, _version(u)]
        for number, group in enumerate(groups, 1)
        for u in group
    ]
    columns = (Column("same", fixed=True), "account", "secret", Column("version", fixed=True))
    invocation.out.table(columns, rows, empty="no secret is used in two places")
    if left_out:
        kept = "is" if left_out == 1 else "are"
        diagnostics.note(f"{several(left_out, 'secret')} {kept} not kept here, and not compared")
    return ExitCode.FINDINGS if groups else ExitCode.DONE


def _version(use: Use) -> str:
    return f"{use.version.number}, {use.stage}"


def _use(use: Use) -> dict[str, object]:
    credential = use.credential
    return {
        "account": credential.account,
        "credential": credential.id,
        "what": credential.what,
        "label": credential.label,
        "version": use.version.number,
        "stage": use.stage,
    }


@click.command("breached")
@click.option("--list", "listed", metavar="FILE", help="SHA-1 hashes with counts, ordered by hash.")
@pass_invocation
def breached(invocation: Invocation, listed: str | None) -> int:
    """Look the passwords in use up in a list of breached ones, offline.

    Without --list among the 30,000 most common ones.
    """
    from vault.services.breached import check_breached, counting_in

    invocation.refuse_as_of()
    with counting_in(Path(listed) if listed else None) as counting:
        session = invocation.writing()
        total = len(session.registry.all(Credential))
        with diagnostics.progress("Looking passwords up", total) as tell:
            checked = check_breached(session, counting, tell)
    if invocation.as_json:
        invocation.out.document("safehands.breached/1", _as_document(checked, listed))
    else:
        _tell_breached(invocation, session.registry, checked, is_list=bool(listed))
    return ExitCode.FINDINGS if checked.found else ExitCode.DONE


def _tell_breached(
    invocation: Invocation, registry: Registry, checked: Checked, *, is_list: bool
) -> None:
    rows = [
        [
            registry.name_of(f.credential.account),
            f.credential.called,
            str(f.version),
            f"{f.times:,}",
        ]
        for f in checked.found
    ]
    number = Column("seen" if is_list else "place", right=True)
    looked_up = several(checked.checked, "password")
    empty = f"{looked_up} looked up; none is in the list"
    invocation.out.table(
        ["account", "secret", Column("version", fixed=True), number], rows, empty=empty
    )
    if rows:
        change = with_accounts(
            "rotate start", registry, (f.credential.account for f in checked.found)
        )
        diagnostics.note(f"{looked_up} looked up")
        invocation.out.line(f"Change these: {change}")
    if checked.not_kept:
        diagnostics.note(
            f"{several(checked.not_kept, 'password')} not kept here, and not looked up"
        )


def _as_document(checked: Checked, listed: str | None) -> dict[str, object]:
    found = [
        {
            "account": each.credential.account,
            "credential": each.credential.id,
            "what": each.credential.what,
            "version": each.version,
            "times": each.times,
        }
        for each in checked.found
    ]
    told = {"list": listed, "checked": checked.checked, "not_kept": checked.not_kept}
    return {**told, "found": found}


@click.command("changed")
@click.argument("who", metavar="PERSON")
@click.argument("which", metavar="[ACCOUNT]", required=False)
@pass_invocation
def changed(invocation: Invocation, who: str, which: str | None) -> int:
    """Say which secrets have changed since PERSON last could know them.

    Of one account, or of all that PERSON ever could know. Exit 1 where one has not, or nobody can
    tell; of an account that was not in use there is nothing to tell.
    """
    from vault.domain.ledger import accounts_known, changed_since

    registry, at = invocation.registry(), invocation.moment
    person = resolve(registry, Person, who)
    accounts = (
        [resolve(registry, Account, which)] if which else accounts_known(registry, person.id, at)
    )
    in_use = [account for account in accounts if registry.is_live(account, at)]
    told = [each for a in in_use for each in changed_since(registry, person.id, a, at)]
    if invocation.as_json:
        content = {
            "as_of": at,
            "person": person.id,
            "secrets": [_answer(registry, c) for c in told],
        }
        invocation.out.document("safehands.changed/1", content)
    else:
        rows = [_changed_row(registry, each) for each in told]
        on = accounts[0].label if which else "any account"
        empty = f"no secret of {on} is recorded that {person.name} could know"
        if which and not in_use:
            empty = f"{on} was not in use on {at:%Y-%m-%d}: there is nothing to know"
        columns = ["account", "secret", "changed", "could know", "on"]
        invocation.out.table([columns[0], columns[1], *map(_fixed, columns[2:])], rows, empty=empty)
    settled = all(each.answer in {"yes", "never"} for each in told) and (
        told or not (which and in_use)
    )
    return ExitCode.DONE if settled else ExitCode.FINDINGS


def _fixed(title: str) -> Column:
    return Column(title, fixed=True)


_WORDS = {"yes": "yes", "no": "no", "never": "never knew it", "unknown": "nobody knows"}


def _changed_row(registry: Registry, told: Changed) -> list[str]:
    credential = registry.get(told.credential, Credential)
    known = f"version {told.version}, {told.known_since:%Y-%m-%d}" if told.known_since else ""
    return [
        registry.name_of(credential.account),
        credential.called,
        _WORDS[told.answer],
        known,
        f"{told.changed_at:%Y-%m-%d}" if told.changed_at else "",
    ]


def _answer(registry: Registry, told: Changed) -> dict[str, object]:
    credential = registry.get(told.credential, Credential)
    return {
        "account": credential.account,
        "credential": credential.id,
        "what": credential.what,
        "label": credential.label,
        "answer": told.answer,
        "version": told.version,
        "known_since": told.known_since,
        "current": told.current,
        "changed_at": told.changed_at,
    }
