"""`safehands credential history`: the versions of a secret, and who could know and did see each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import click

from vault.cli.arguments import pass_invocation
from vault.cli.credential_parts import LABEL, WHAT, stage_of
from vault.cli.invocation import Invocation
from vault.domain.account import Account
from vault.domain.credential import Credential, CredentialKind, Exposure, Stage, Version
from vault.domain.naming import folded, resolve
from vault.domain.person import Person
from vault.domain.wording import in_words
from vault.reports.table import Column

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from vault.domain.ids import Id
    from vault.domain.registry import Registry


@click.command("history")
@click.argument("which", metavar="ACCOUNT")
@WHAT
@LABEL
@pass_invocation
def history(invocation: Invocation, which: str, what: CredentialKind, label: str) -> None:
    """List the versions of a secret, and who could know and did see each."""
    registry = invocation.registry()
    found = resolve(registry, Account, which)
    told = [
        _known(registry, stored, version, invocation.moment)
        for stored in registry.credentials_of.get(found.id, ())
        if stored.what == what and folded(label) in {"", folded(stored.label)}
        for version in stored.versions
        if version.stage(invocation.moment) != "unmade"
    ]
    if invocation.as_json:
        versions = [_as_document(each) for each in told]
        content = {"as_of": invocation.moment, "account": found.id, "versions": versions}
        invocation.out.document("safehands.credential_history/1", content)
        return
    rows = [
        [
            str(each.version.number),
            each.stage,
            "yes" if each.version.stored and each.stage != "retired" else "no",
            f"{each.version.made_at:%Y-%m-%d}",
            ", ".join(p.name for p in each.could),
            ", ".join(_how_seen(registry, each.saw)),
        ]
        for each in told
    ]
    made = Column("made", fixed=True)
    columns: list[Column | str] = ["version", "stage", "kept here", made, "could know", "did see"]
    if any(each.credential.label for each in told):
        columns.insert(0, "label")
        rows = [[k.credential.label, *row] for k, row in zip(told, rows, strict=True)]
    invocation.out.table(columns, rows, empty=f"{found.label} has no {in_words(what)} here")


def _how_seen(registry: Registry, saw: Sequence[Exposure]) -> Iterator[str]:
    """Yield each person who did see a version once, with the ways in which they came to see it."""
    ways: dict[Id, dict[str, None]] = {}
    for each in saw:
        ways.setdefault(each.person, {})[in_words(each.how)] = None
    for person, how in ways.items():
        yield f"{registry.name_of(person)} ({', '.join(how)})"


class _Known(NamedTuple):
    """A version, and who could know and did see it."""

    credential: Credential
    version: Version
    stage: Stage | Literal["ended"]
    could: list[Person]
    saw: list[Exposure]


def _known(registry: Registry, stored: Credential, version: Version, at: datetime) -> _Known:
    from vault.services.access import knowers

    stage = stage_of(stored, version.number, at)
    return _Known(stored, version, stage, *knowers(registry, stored, version, at))


def _as_document(known: _Known) -> dict[str, object]:
    version = known.version
    return {
        "credential": known.credential.id,
        "version": version.number,
        "stage": known.stage,
        "stored": version.stored,
        "made_at": version.made_at,
        "current_from": version.current_from,
        "superseded_at": version.superseded_at,
        "could_know": [person.id for person in known.could],
        "did_see": [{"person": e.person, "how": e.how, "at": e.at} for e in known.saw],
    }
