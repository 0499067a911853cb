"""`safehands demo`: a believable company, and one departure walked through."""

from __future__ import annotations

import shlex
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vault.cli import diagnostics
from vault.cli.arguments import pass_invocation
from vault.cli.invocation import Invocation
from vault.domain.account import Account
from vault.domain.credential import Credential
from vault.domain.dormancy import TELLING, dormancy
from vault.domain.findings import findings
from vault.domain.knowledge import did_see
from vault.domain.ledger import accounts_known, changed_since
from vault.domain.mailbox import Mailbox
from vault.domain.naming import resolve
from vault.domain.offboarding import Departure, Plan
from vault.domain.offboarding import plan as make_plan
from vault.domain.person import Person
from vault.domain.role import Assignment, Role
from vault.domain.spell import Spell, begun
from vault.domain.wording import in_words
from vault.errors import UsageError
from vault.services.editing import add_record, edit_record, fresh_id

if TYPE_CHECKING:
    from vault.services.session import Session

PASSPHRASE = "brugman rides on"  # a demo that nobody keeps secrets in
MOST_SHOWN = 12


@click.command()
@click.option("--keep", type=click.Path(dir_okay=False), help="Keep the company's vault there.")
@pass_invocation
def demo(invocation: Invocation, keep: str | None) -> None:
    """Build a believable company and walk through a departure. Needs nothing, leaves nothing."""
    from vault.services.demo import DemoBuilder, found

    invocation.refuse_as_of()
    if invocation.as_json:
        message = "the demo is a story for people: there is no JSON document of it"
        raise UsageError(message, "keep its vault with --keep PATH, and ask that one")
    folder = Path(tempfile.mkdtemp(prefix="safehands-demo-"))
    try:
        path = Path(keep) if keep else folder / "brugman.safehands"
        env = invocation.environment()
        if not keep:
            env = replace(env, state_folder=folder / "state")
        session = found(str(path), PASSPHRASE, env)
        invocation.out.line("Brugman Bikes, a company that does not exist", "heading")
        DemoBuilder(session, lambda what: diagnostics.note(f"building {what} ...")).build()
        walk(invocation, session, kept=bool(keep), path=path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def walk(invocation: Invocation, session: Session, *, kept: bool, path: Path) -> None:
    """Tell of the company that was built, and of one departure; closes the vault at `path`."""
    out = invocation.out
    _tell_company(invocation, session)
    _tell_check(invocation, session)
    _tell_known(invocation, session)
    made = _plan(session)
    out.line()
    out.line("Jan Bakker leaves. What does he hold, and what does it take?", "heading")
    _tell_plan(invocation, session, made, whole=True)
    out.line()
    out.line("Three things stand in the way, so somebody mends them:", "heading")
    _mend(session)
    out.line("  $ safehands role assign press 'Eva Jansen'")
    out.line("  $ safehands mailbox add pers@brugman.example --role press")
    out.line("  $ safehands factor edit pinterest/@brugman --holder role:webcare")
    out.line()
    again = _plan(session)
    out.line(f"The same plan, made again, has {len(again.steps)} steps, and now:", "heading")
    _tell_plan(invocation, session, again, whole=False)
    _tell_dormant(invocation, session)
    _go_on(invocation, session, kept=kept, path=path)


def _tell_company(invocation: Invocation, session: Session) -> None:
    registry, at = session.registry, session.env.now()
    accounts = [a for a in registry.all(Account) if a.is_open(at)]
    platforms = {a.platform for a in accounts}
    people = [p for p in registry.all(Person) if p.stays(at)]
    leaving = [p for p in people if p.last_day is not None]
    invocation.out.line(
        f"{len(people)} people, {len(registry.all(Role))} roles, {len(accounts)} accounts on "
        f"{len(platforms)} platforms; {len(leaving)} people leave within five weeks."
    )


def _tell_check(invocation: Invocation, session: Session) -> None:
    found = findings(session.registry, session.env.now())
    invocation.out.line()
    invocation.out.line("What is wrong today (safehands check):", "heading")
    invocation.out.table(
        ["how bad", "what", "to do"],
        [[f.severity, f.what, f.to_do] for f in found[:MOST_SHOWN]],
    )
    invocation.out.line(f"and {len(found) - MOST_SHOWN} more, the less bad ones")


def _tell_known(invocation: Invocation, session: Session) -> None:
    registry, at = session.registry, session.env.now()
    pieter = resolve(registry, Person, "Pieter Jonker")
    known = (
        (account, told)
        for account in accounts_known(registry, pieter.id, at)
        for told in changed_since(registry, pieter.id, account, at)
    )
    rows = []
    for account, told in known:
        credential, number = registry.get(told.credential, Credential), told.version or 0
        saw = "yes" if did_see(registry, pieter.id, credential, number) else ""
        since = told.known_since.date() if told.known_since else ""
        rows.append([account.label, since, saw, told.answer])
    heading = (
        "What Pieter Jonker, who left, could know (safehands credential changed 'Pieter Jonker'):"
    )
    invocation.out.line()
    invocation.out.line(heading, "heading")
    invocation.out.table(["account", "since", "did see it", "changed since"], rows)


def _plan(session: Session) -> Plan:
    registry = session.registry
    jan = resolve(registry, Person, "Jan Bakker")
    assert jan.last_day is not None  # noqa: S101  # the demo gives him one
    return make_plan(registry, Departure(jan.id, jan.last_day), session.env.now())


def _tell_plan(invocation: Invocation, session: Session, made: Plan, *, whole: bool) -> None:
    from vault.reports import plan as report

    view = report.view(session.registry, made)
    tell = report.as_lines if whole else report.outcome
    invocation.out.lines(tell(view, invocation.out.room))


def _mend(session: Session) -> None:
    now = session.env.now()
    press = resolve(session.registry, Role, "Press")
    eva = resolve(session.registry, Person, "Eva Jansen")
    add_record(session, Assignment(id=fresh_id(session), person=eva.id, role=press.id, since=now))
    mailbox = Mailbox(
        id=fresh_id(session),
        address="pers@brugman.example",
        owner=press.id,
        readers=(Spell(press.id, now),),
    )
    add_record(session, mailbox)
    webcare = resolve(session.registry, Role, "Webcare")
    pinterest = resolve(session.registry, Account, "pinterest/brugman")
    for factor in session.registry.factors_of[pinterest.id]:
        edit_record(session, factor, holders=begun(factor.holders, webcare.id, now))


def _tell_dormant(invocation: Invocation, session: Session) -> None:
    registry, at = session.registry, session.env.now()
    judged = [(a, dormancy(registry, a, at)) for a in registry.all(Account) if a.is_open(at)]
    silent = [each for each in judged if each[1].verdict in TELLING]
    silent.sort(key=lambda each: (each[1].verdict, -(each[1].idle_days or 0)))
    out = invocation.out
    out.line()
    out.line("The accounts nobody uses (safehands dormant report):", "heading")
    rows = [
        [a.label, in_words(d.verdict), "" if d.idle_days is None else str(d.idle_days)]
        for a, d in silent
    ]
    out.table(["account", "verdict", "idle days"], rows)


def _go_on(invocation: Invocation, session: Session, *, kept: bool, path: Path) -> None:
    session.close()
    out = invocation.out
    out.line()
    if kept:
        _tell_how(invocation, path)
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        out.line(f"To keep this company and go on: {_program()} demo --keep brugman.safehands")
        return
    answer = click.prompt(
        "Keep this company to try things on? Name a file for it, or press Enter to let it go",
        default="",
        show_default=False,
    )
    if answer.lower() not in {"", "n", "no"}:
        wanted = Path(answer).expanduser()
        if wanted.exists():
            diagnostics.warn(f"{wanted} is there already", "safehands demo --keep ANOTHER-NAME")
            return
        shutil.move(path, wanted)
        _tell_how(invocation, wanted)


def _tell_how(invocation: Invocation, path: Path) -> None:
    out = invocation.out
    out.line(f"The company is in {path}; its passphrase is: {PASSPHRASE}")
    program = f"{_program()} --vault {shlex.quote(str(path))}"
    out.line(f"  $ {program} offboard start 'Jan Bakker'")
    out.line(f"  $ {program} case next 'Jan Bakker'")


def _program() -> str:
    """How to call this program from here: by its name if the shell finds it, else by its path."""
    return "safehands" if shutil.which("safehands") else shlex.quote(sys.argv[0])
