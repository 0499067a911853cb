"""`safehands person`: people, and what they hold."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from vault.cli import diagnostics
from vault.cli.arguments import day, given, optional_day, pass_invocation
from vault.cli.invocation import Invocation
from vault.cli.listing import short, show_record, show_words, tell
from vault.domain.counting import ago
from vault.domain.holders import roles_of
from vault.domain.naming import resolve
from vault.domain.person import PERSON_STATUSES, Person
from vault.domain.verdict import by_name
from vault.errors import UsageError

if TYPE_CHECKING:
    from vault.domain.registry import Registry
    from vault.services.access import Holdings
    from vault.services.session import Session


@click.group()
def person() -> None:
    """People: those who hold roles, and those who leave."""


@person.command("list")
@click.option("--status", type=click.Choice(PERSON_STATUSES), help="Only these.")
@click.argument("words", nargs=-1)
@pass_invocation
def list_(invocation: Invocation, status: str | None, words: tuple[str, ...]) -> None:
    """List people whose name or addresses hold all WORDS.

    status:leaving and role:press narrow it down.
    """
    from vault.domain.directory import people

    registry, at = invocation.registry(), invocation.moment
    rows = people(registry, at, is_today=invocation.as_of is None)
    rows.all = [p for p in rows.all if status in {None, p.status(at)}]
    columns = {
        "id": lambda _r, p, _at: short(p.id),
        "name": lambda _r, p, _at: p.name,
        "mail": lambda _r, p, _at: p.mail,
        "status": lambda _r, p, at: p.status(at),
        "last day": lambda _r, p, _at: str(p.last_day or ""),
        "roles": lambda r, p, at: ", ".join(map(r.name_of, roles_of(r, p.id, at))),
    }
    empty = "nobody: safehands person add NAME, or safehands import"
    if status:
        empty = f"nobody has the status {status!r}"

    def more(each: Person) -> dict[str, object]:
        return {**_more(registry, each, at), "role_ids": roles_of(registry, each.id, at)}

    show_words(invocation, registry, "people", rows, words, columns, empty, more)


def _more(registry: Registry, found: Person, at: datetime) -> dict[str, object]:
    return {
        "status": found.status(at),
        "roles": [registry.name_of(role) for role in roles_of(registry, found.id, at)],
        "vault_member": found.is_member(at),
    }


@person.command("show")
@click.argument("who")
@pass_invocation
def show(invocation: Invocation, who: str) -> None:
    """Show one person."""
    registry, at = invocation.registry(), invocation.moment
    found = resolve(registry, Person, who)
    more, roles = _more(registry, found, at), roles_of(registry, found.id, at)
    others = by_name(registry, (p.id for p in registry.all(Person) if p.one_with == found.id))
    more["also_known_as"] = [registry.name_of(each) for each in others]
    ids = {"role_ids": roles, "also_known_as_ids": others}
    show_record(invocation, registry, found, more, **ids)


_FIELDS = [
    click.option("--mail", help="The work address."),
    click.option("--other-mail", "other_mails", multiple=True, help="Another address of theirs."),
    click.option("--external-id", help="The key that the HR source knows them by."),
    click.option("--manager", metavar="PERSON", help="Who they report to."),
    click.option("--joined", metavar="DATE", help="Their first day."),
    click.option("--note", help="A remark."),
]


def _with_fields(command: Any) -> Any:  # click's decorators take any function
    for option in reversed(_FIELDS):
        command = option(command)
    return command


def _values(registry: Registry, typed: dict[str, Any]) -> dict[str, Any]:
    values = given(**typed)
    if values.get("manager"):
        values["manager"] = resolve(registry, Person, values["manager"]).id
    if "joined" in values:
        values["joined"] = optional_day(values["joined"], "--joined")
    return values


@person.command("add")
@click.argument("name")
@_with_fields
@click.option("--another", is_flag=True, help="It is somebody else of a name that is known.")
@pass_invocation
def add(invocation: Invocation, name: str, another: bool, **typed: Any) -> None:  # noqa: FBT001
    """Add somebody called NAME."""
    from vault.services.people import add_person, namesakes

    session = invocation.writing()
    values = _values(session.registry, typed)
    record = add_person(session, name, another=another, **values)
    tell(invocation, session, record)
    for other in namesakes(session.registry, record):
        known = other.mail or other.external_id
        told = f"{short(other.id)} is called {other.name} too" + f" ({known})" * bool(known)
        diagnostics.warn(told, f"name this one by mail or id: {record.mail or short(record.id)}")


@person.command("edit")
@click.argument("who")
@click.option("--name", help="Another name.")
@_with_fields
@pass_invocation
def edit(invocation: Invocation, who: str, **typed: Any) -> None:
    """Change what is known of a person."""
    from vault.services.people import edit_person

    session = invocation.writing()
    found = resolve(session.registry, Person, who)
    record = edit_person(session, found, **_values(session.registry, typed))
    tell(invocation, session, record)


@person.command("merge")
@click.argument("keep")
@click.argument("other")
@pass_invocation
def merge(invocation: Invocation, keep: str, other: str) -> None:
    """Say that KEEP and OTHER are one person: all that ties OTHER to anything ties KEEP."""
    from vault.services.people import merge_people

    session = invocation.writing()
    one, two = (resolve(session.registry, Person, each) for each in (keep, other))
    tell(invocation, session, merge_people(session, one, two), f"also known as {two.name}")


@person.command("leave")
@click.argument("who")
@click.option("--last-day", metavar="DATE", help="Their last day at work.")
@click.option("--called-off", is_flag=True, help="They stay after all.")
@pass_invocation
def leave(invocation: Invocation, who: str, last_day: str | None, called_off: bool) -> None:  # noqa: FBT001  # click passes flags so
    """Record that somebody leaves and when, or that they stay after all."""
    from vault.services.editing import edit_record

    if bool(last_day) == called_off:
        message = "either the last day or its calling off is needed"
        raise UsageError(message, "give --last-day YYYY-MM-DD, or --called-off")
    ends = day(last_day, "--last-day") if last_day else None
    session = invocation.writing()
    found = resolve(session.registry, Person, who)
    record = edit_record(session, found, last_day=ends)
    tell(invocation, session, record, f"last day {ends}" if ends else "stays")
    if not invocation.as_json:
        _tell_next(invocation, session, record)


def _tell_next(invocation: Invocation, session: Session, leaver: Person) -> None:
    """Tell what follows from a last day, or from there being none any more."""
    from vault.services.offboarding import open_case_of

    registry = session.registry
    case, out = open_case_of(registry, leaver.id), invocation.out
    today = session.env.now().date()
    if leaver.last_day and leaver.last_day < today:
        when = ago((today - leaver.last_day).days)
        out.line(f"{leaver.name} has left, {when}; to take it back:", "warn")
        out.line(f"  $ safehands person leave {short(leaver.id)} --called-off")
    if case is None:
        if leaver.last_day:
            out.line(f"Next: safehands offboard plan {short(leaver.id)}")
        return
    if leaver.last_day is None:
        out.line(f"Their departure is open: case {short(case.id)}. To end it:", "warn")
        out.line(f"  $ safehands case close {short(case.id)} --called-off --reason TEXT")
    elif leaver.last_day != case.last_day:
        out.line(f"Their departure is open, planned for {case.last_day}. To plan it again:", "warn")
        out.line(f"  $ safehands case replan {short(case.id)}")
    else:
        out.line(f"Next: safehands case next {short(case.id)}")


@person.command("holds")
@click.argument("who")
@pass_invocation
def holds(invocation: Invocation, who: str) -> None:
    """Say what somebody holds, and what they get into with it."""
    from vault.services.access import what_they_hold

    registry = invocation.registry()
    held = what_they_hold(registry, resolve(registry, Person, who), invocation.moment)
    if invocation.as_json:
        invocation.out.document("safehands.holdings/1", _as_dict(invocation, held))
    else:
        _tell_holdings(invocation, registry, held)


def _as_dict(invocation: Invocation, held: Holdings) -> dict[str, object]:
    return {
        "as_of": invocation.moment,
        "person": held.person.id,
        "ties": [
            {
                "account": tie.account,
                "kind": tie.kind,
                "target": tie.target,
                "sole": tie.sole,
                "why": " -> ".join(tie.why),
            }
            for tie in held.ties
        ],
        "controls": [
            {"account": account, "level": level, "why": " -> ".join(why)}
            for account, level, why in held.controls
        ],
    }


def _tell_holdings(invocation: Invocation, registry: Registry, held: Holdings) -> None:
    from vault.reports.plan.words import TIES
    from vault.reports.table import Column

    why = Column("because", wraps=True)
    invocation.out.table(
        ["gets into", Column("as", fixed=True), why],
        [[registry.name_of(a), level, " -> ".join(path)] for a, level, path in held.controls],
        empty=f"{held.person.name} gets into nothing",
    )
    invocation.out.line()
    invocation.out.table(
        ["tie", "on", Column("only they", fixed=True), Column("how", wraps=True)],
        [
            [
                TIES[tie.kind],
                registry.name_of(tie.account) if tie.account else "",
                "yes" if tie.sole else "",
                " -> ".join(tie.why),
            ]
            for tie in held.ties
        ],
        empty="no ties",
    )
