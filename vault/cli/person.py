"""`safehands person`: people, and what they hold."""

from __future__ import annotations

from typing import Any

import click

from vault.cli.arguments import optional_day, pass_invocation
from vault.cli.invocation import Invocation
from vault.cli.listing import added, short, show_list, show_record
from vault.domain.naming import folded, resolve
from vault.domain.person import Person


@click.group()
def person() -> None:
    """People: those who hold roles, and those who leave."""


@person.command("list")
@click.option("--status", type=click.Choice(["active", "leaving", "left"]), help="Only these.")
@click.argument("words", nargs=-1)
@pass_invocation
def list_(invocation: Invocation, status: str | None, words: tuple[str, ...]) -> None:
    """List people whose name or address holds all WORDS."""
    registry, at = invocation.registry(), invocation.moment
    wanted = [folded(word) for word in words]
    found = [
        p
        for p in registry.all(Person)
        if (status is None or p.status(at) == status)
        and all(word in folded(f"{p.name} {p.mail}") for word in wanted)
    ]
    found.sort(key=lambda p: folded(p.name))
    columns = {
        "id": lambda _r, p, _at: short(p.id),
        "name": lambda _r, p, _at: p.name,
        "mail": lambda _r, p, _at: p.mail,
        "status": lambda _r, p, at: p.status(at),
        "last day": lambda _r, p, _at: str(p.last_day or ""),
        "roles": lambda r, p, at: ", ".join(
            r.name_of(a.role) for a in r.assignments_of.get(p.id, ()) if a.holds(at)
        ),
    }
    show_list(invocation, registry, "people", found, columns, "nobody; add or import people first")


@person.command("show")
@click.argument("who")
@pass_invocation
def show(invocation: Invocation, who: str) -> None:
    """Show one person."""
    registry = invocation.registry()
    found = resolve(registry, Person, who)
    at = invocation.moment
    roles = [r for r in registry.assignments_of.get(found.id, ()) if r.holds(at)]
    more = {"status": found.status(at), "roles": [registry.name_of(a.role) for a in roles]}
    show_record(invocation, registry, found, more)


_FIELDS = [
    click.option("--mail", help="The work address."),
    click.option("--other-mail", "other_mails", multiple=True, help="Another address of theirs."),
    click.option("--external-id", help="The key that the HR source knows them by."),
    click.option("--manager", help="Who they report to."),
    click.option("--joined", metavar="DATE", help="Their first day."),
    click.option("--note", help="A remark."),
]


def _with_fields(command: Any) -> Any:  # click's decorators take any function
    for option in reversed(_FIELDS):
        command = option(command)
    return command


def _values(invocation: Invocation, registry: Any, given: dict[str, Any]) -> dict[str, Any]:
    values = {name: value for name, value in given.items() if value not in {None, ()}}
    if "manager" in values:
        values["manager"] = resolve(registry, Person, values["manager"]).id
    if "joined" in values:
        values["joined"] = optional_day(values["joined"], "--joined")
    invocation.refuse_as_of()
    return values


@person.command("add")
@click.argument("name")
@_with_fields
@pass_invocation
def add(invocation: Invocation, name: str, **given: Any) -> None:
    """Add somebody called NAME."""
    from vault.services.editing import add_record, fresh_id

    session = invocation.session()
    values = _values(invocation, session.registry, given)
    record = add_record(session, Person(id=fresh_id(session), name=name, **values))
    added(invocation, session.registry, record)


@person.command("edit")
@click.argument("who")
@click.option("--name", help="Another name.")
@_with_fields
@pass_invocation
def edit(invocation: Invocation, who: str, **given: Any) -> None:
    """Change what is known of a person."""
    from vault.services.editing import edit_record

    session = invocation.session()
    found = resolve(session.registry, Person, who)
    record = edit_record(session, found, **_values(invocation, session.registry, given))
    added(invocation, session.registry, record)


@person.command("leave")
@click.argument("who")
@click.option("--last-day", required=True, metavar="DATE", help="Their last day at work.")
@pass_invocation
def leave(invocation: Invocation, who: str, last_day: str) -> None:
    """Record that somebody leaves, and when."""
    from vault.services.editing import edit_record

    invocation.refuse_as_of()
    day = optional_day(last_day, "--last-day")
    session = invocation.session()
    found = resolve(session.registry, Person, who)
    record = edit_record(session, found, last_day=day)
    added(invocation, session.registry, record)
    if not invocation.as_json:
        invocation.out.line(f"next: safehands offboard plan {short(record.id)}")


@person.command("holds")
@click.argument("who")
@pass_invocation
def holds(invocation: Invocation, who: str) -> None:
    """Say what somebody holds, and what they get into with it."""
    from vault.services.access import what_they_hold

    registry = invocation.registry()
    found = resolve(registry, Person, who)
    held = what_they_hold(registry, found, invocation.moment)
    if invocation.as_json:
        invocation.out.document(
            "safehands.holdings/1",
            {
                "as_of": invocation.moment,
                "person": found.id,
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
            },
        )
        return
    invocation.out.table(
        ["gets into", "as", "because"],
        [[registry.name_of(a), level, " -> ".join(why)] for a, level, why in held.controls],
        empty=f"{found.name} gets into nothing",
    )
    invocation.out.line("")
    invocation.out.table(
        ["tie", "on", "only they", "how"],
        [
            [
                tie.kind.replace("_", " "),
                registry.name_of(tie.account) if tie.account else "",
                "yes" if tie.sole else "",
                " -> ".join(tie.why),
            ]
            for tie in held.ties
        ],
        empty="no ties",
    )
