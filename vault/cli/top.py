"""The commands without a group: init, status, check, doctor, export."""

from __future__ import annotations

import getpass
import platform as machine
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click
import msgspec

from vault import __version__
from vault.cli import diagnostics
from vault.cli.arguments import kdf_option, pass_invocation
from vault.cli.invocation import Invocation
from vault.cli.listing import TEXT_LIMIT, whole
from vault.cli.places import config_folder
from vault.domain.account import Account
from vault.domain.counting import several
from vault.domain.passphrase import strength
from vault.domain.person import Person
from vault.domain.text import clean
from vault.errors import StorageError, UsageError
from vault.reports.lines import prose
from vault.reports.table import Column

if TYPE_CHECKING:
    from vault.services.session import Session


@click.command()
@click.option("--founder", help="Your name, as colleagues know it; asked for if not given.")
@kdf_option
@pass_invocation
def init(invocation: Invocation, founder: str | None, kdf: str) -> None:
    """Make a new vault, with you as its first member."""
    from vault.services.opening import check_new_place
    from vault.services.vaults import create_vault

    invocation.refuse_as_of()
    check_new_place(invocation.location)
    is_asked = not founder and sys.stdin.isatty()
    name = founder or (_asked_name() if is_asked else _own_name())
    passphrase = invocation.new_passphrase()
    session = create_vault(
        invocation.location, passphrase, name, invocation.environment(), cost=kdf
    )
    if not founder and not is_asked:
        hint = f"if that is not you: safehands person edit {session.person[:8]} --name NAME"
        diagnostics.warn(f"nobody said who you are; the system calls you {clean(name)}", hint)
    judged = strength(passphrase)
    if judged.word == "weak":
        hint = "take several words nobody would put together: safehands member passphrase"
        diagnostics.warn(judged.why, hint)
    if invocation.as_json:
        invocation.out.document(
            "safehands.vault/1",
            {"path": str(session.path.absolute()), "vault_id": session.vault_id},
        )
        return
    invocation.out.line(f"{invocation.location} is a new vault; {name} is its first member.")
    invocation.out.line("Nobody can open it without the passphrase: there is no way around it.")
    invocation.out.line("Next: safehands import --help, or safehands person add NAME")


def _own_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:  # a container's user may have no name
        message = "this system does not know your name"
        raise UsageError(message, "give it: --founder NAME") from error


def _asked_name() -> str:
    """Return the name that is typed on the terminal; the system's own is offered."""
    try:
        offered = _own_name()
    except UsageError:
        offered = None
    typed: str = click.prompt("Your name, as colleagues know it", default=offered, err=True)
    return typed.strip()


@click.command()
@pass_invocation
def status(invocation: Invocation) -> None:
    """Say what the vault holds. Opening verified its members, records and last entry."""
    from vault.domain.cases import Case
    from vault.domain.existence import had_begun, was_open
    from vault.domain.headline import headline

    session = invocation.reading()
    registry, at = session.registry, invocation.moment
    kinds = Counter(type(r).__name__.lower() for r in registry.records() if had_begun(r, at))
    numbers = headline(registry, at)
    entries, fingerprint = _journal_by_then(invocation, session)
    facts: dict[str, Any] = {
        "vault_id": session.vault_id,
        "entries": entries,
        "fingerprint": fingerprint,
        "first_sight": session.is_first_sight,
        "seen_from": session.seen_from or None,
        "records": dict(sorted(kinds.items())),
        "open_accounts": sum(a.is_open(at) for a in registry.all(Account)),
        "leaving": sum(p.status(at) == "leaving" for p in registry.all(Person)),
        "personal_accounts": numbers.personal,
        "knowledge_debt": numbers.knowledge_debt,
        "single_points": numbers.single_points,
        "dormant": numbers.dormant,
        "open_cases": sum(was_open(case, at) for case in registry.all(Case)),
    }
    if invocation.as_json:
        invocation.out.document("safehands.status/1", facts)
        return
    _tell_status(invocation, session, facts)


def _journal_by_then(invocation: Invocation, session: Session) -> tuple[int, str]:
    """Return how many entries the journal had at the moment asked about, and the last one's hash.

    Of a day before its first entry 0 and "".
    """
    if invocation.as_of is None:
        return session.seq, session.head_hash
    lines = (line for portion in session.journal_back() for line in portion)
    last = next((line for line in lines if line.at <= invocation.moment), None)
    return (last.seq, last.hash) if last else (0, "")


_NOUNS = {"reviewedtie": "reviewed tie"}
"""Kinds of records that are two words."""


def _tell_status(invocation: Invocation, session: Session, facts: Mapping[str, Any]) -> None:
    out, records = invocation.out, facts["records"]
    held = ", ".join(several(n, _NOUNS.get(kind, kind)) for kind, n in records.items())
    entries = several(facts["entries"], "entry", "entries")
    by_then = f" by {invocation.moment.date()}" if invocation.as_of else ", the last one verified"
    debt, leaving, cases = facts["knowledge_debt"], facts["leaving"], facts["open_cases"]
    for name, told in (
        ("vault", f"{invocation.location}, {facts['vault_id']}"),
        ("unlocked by", session.member_name),
        ("journal", entries + by_then),
        ("fingerprint", facts["fingerprint"] or "none yet"),
        *_since_when(facts["seen_from"]),
        ("records", held),
        ("open accounts", facts["open_accounts"]),
        ("leaving", several(leaving, "person", "people")),
        ("open cases", cases),
        (
            "personal",
            f"{several(facts['personal_accounts'], 'account')} on what is one person's own",
        ),
        ("knowledge debt", f"{several(debt, 'current secret')} that people who left could know"),
        (
            "single points",
            f"{several(facts['single_points'], 'account')} that one person takes along",
        ),
        ("dormant", several(facts["dormant"], "account")),
    ):
        out.lines(prose(f"{name:16}", clean(str(told), TEXT_LIMIT), out.room))
    if session.is_first_sight:
        out.line("This device has not seen this vault before.", "warn")
        out.line("Compare the fingerprint with a colleague before you trust what it says.")
    elif not facts["open_accounts"]:
        out.line("Next: safehands account add ADDRESS, or safehands import --help")
    else:
        out.line("Next: safehands check")


def _since_when(entry: int | None) -> Iterator[tuple[str, str]]:
    """From which entry on this device would have noticed a vault set back, if not from the first.

    Whether it was set back by then shows what somebody else saw, and is not in this journal.
    """
    if entry and entry > 1:
        told = f"since entry {entry}, and not set back since; of before, ask a colleague: the last"
        what = "entry of their status is in this journal too: safehands journal show NUMBER"
        yield "seen here", f"{told} {what}"


@click.command()
@click.option(
    "--severity", type=click.Choice(["high", "medium", "low"]), help="Only this bad, or worse."
)
@pass_invocation
def check(invocation: Invocation, severity: str | None) -> int:
    """List what is wrong with how accounts are held, the worst first. Exit 1 if anything is."""
    from vault.domain.findings import SEVERITIES, findings
    from vault.domain.rotation import late_else, rotations_due, to_retire
    from vault.services.rotation import policy_of

    session, at = invocation.reading(), invocation.moment
    registry, policy = session.registry, policy_of(session)
    old = len(to_retire(registry, at, policy))
    late = late_else(rotations_due(registry, at, policy), at)
    found = findings(registry, at)
    if severity:
        worst = SEVERITIES[: [*SEVERITIES].index(severity) + 1]  # type: ignore[arg-type]  # one of the choices
        found = [f for f in found if f.severity in worst]
    counts = Counter(f.severity for f in found)
    if invocation.as_json:
        invocation.out.document(
            "safehands.check/1",
            {
                "as_of": at,
                "counts": dict.fromkeys(SEVERITIES, 0) | counts,
                "findings": msgspec.to_builtins(found),
                "overdue": late,
                "to_retire": old,
            },
        )
    else:
        invocation.out.table(
            [
                Column("how bad", fixed=True),
                Column("what", wraps=True),
                Column("to do", wraps=True),
            ],
            [[f.severity, f.what, f.to_do] for f in found],
            empty="nothing found",
        )
        if found:
            invocation.out.line(", ".join(f"{counts[s]} {s}" for s in SEVERITIES if counts[s]))
        _tell_rotations(invocation, late, old)
    return 1 if found else 0


def _tell_rotations(invocation: Invocation, late: int, old: int) -> None:
    from vault.domain.rotation import told_late, told_old

    if late:
        invocation.out.line(f"{told_late(late)}: safehands rotate due", "warn")
    if old:
        invocation.out.line(f"{told_old(old)}: safehands rotate retire", "quiet")


@click.command()
@pass_invocation
def doctor(invocation: Invocation) -> int:
    """Check this installation, the catalogue and the vault's files, changing nothing."""
    from vault.services.catalogue import load_catalogue
    from vault.services.doctor import examine

    invocation.refuse_as_of()
    own = invocation.environment().catalogue_folder
    lines = examine(invocation.location, own, invocation.moment.date())
    try:
        catalogue = invocation.catalogue()
    except (StorageError, UsageError):
        catalogue = load_catalogue()  # what is wrong with the user's own is among the checks
    facts = {
        "version": __version__,
        "python": machine.python_version(),
        "platforms": len(catalogue.platforms),
        "configuration": str(config_folder()),
    }
    if invocation.as_json:
        invocation.out.document(
            "safehands.doctor/1", {**facts, "checks": [msgspec.to_builtins(each) for each in lines]}
        )
    else:
        for name, value in facts.items():
            invocation.out.line(f"{name:13} {value}")
        invocation.out.table(
            [Column("check", wraps=True), "result", Column("to do", wraps=True)],
            [[each.what, "ok" if each.ok else each.found, each.to_do] for each in lines],
        )
    return 0 if all(each.ok for each in lines) else 1


@click.command()
@click.option(
    "--unverified",
    is_flag=True,
    help="Of a vault that does not verify: what still opens in it, for comparing. Exit 7.",
)
@pass_invocation
def export(invocation: Invocation, unverified: bool) -> int:  # noqa: FBT001  # click passes flags so
    """Write all records, without secrets, as one JSON document; the journal says so."""
    from vault.services.exporting import export_records

    if unverified:
        return _export_unverified(invocation)
    records = export_records(invocation.writing())
    invocation.out.document("safehands.export/1", {"records": [whole(each) for each in records]})
    return 0


def _export_unverified(invocation: Invocation) -> int:
    from vault.services.salvaging import salvage

    invocation.refuse_as_of()
    by = invocation.by_passphrase()
    found = salvage(invocation.location, by, invocation.environment())
    warning = "NOTHING HERE IS VERIFIED: records may be old, missing, or planted by who had the key"
    diagnostics.warn(f"{warning}. {found.fault.message}", found.fault.hint)
    content = {
        "warning": warning,
        "fault": found.fault.message,
        "records": [whole(each) for each in found.records],
        "unopened": [{"id": rid, "why": why} for rid, why in found.unopened],
    }
    invocation.out.document("safehands.unverified_export/1", content)
    return int(diagnostics.ExitCode.INTEGRITY)
