"""`safehands platform`: what the catalogue knows about platforms."""

from __future__ import annotations

import click
import msgspec

from vault.cli.arguments import pass_invocation
from vault.cli.invocation import Invocation, config_folder
from vault.cli.listing import TEXT_LIMIT
from vault.domain.naming import folded
from vault.domain.platforms.model import Play
from vault.domain.text import clean
from vault.reports.lines import prose
from vault.reports.table import Column


@click.group()
def platform() -> None:
    """Platforms: facts with their source, and playbooks. Needs no vault."""


@platform.command("list")
@click.option("--status", type=click.Choice(["living", "dead"]), help="Only these.")
@click.argument("words", nargs=-1)
@pass_invocation
def list_(invocation: Invocation, status: str | None, words: tuple[str, ...]) -> None:
    """List platforms whose name holds all WORDS."""
    from vault.services.catalogue import load_catalogue

    catalogue = load_catalogue(config_folder() / "platforms")
    wanted = [folded(word) for word in words]
    found = [
        p
        for p in catalogue.platforms
        if (status is None or p.status == status)
        and all(w in folded(" ".join((p.id, p.name, *p.also_known_as))) for w in wanted)
    ]
    if invocation.as_json:
        rows = [
            {"id": p.id, "name": p.name, "kind": p.kind, "status": p.status, "models": p.models}
            for p in found
        ]
        invocation.out.document("safehands.platforms/1", {"platforms": rows})
        return
    invocation.out.table(
        ["id", "name", "kind", "held by", "waits", "ended"],
        [
            [
                p.id,
                p.name,
                p.kind,
                ", ".join(p.models),
                ", ".join(f"{act.replace('_', ' ')} {days} d" for act, days in p.waits.items()),
                str(p.died_on or "") if p.is_dead else "",
            ]
            for p in found
        ],
        empty="no such platform",
    )


@platform.command("show")
@click.argument("name")
@click.option("--act", help="Only the playbook of this act, such as rotate_password.")
@pass_invocation
def show(invocation: Invocation, name: str, act: str | None) -> None:
    """Show the facts and playbooks of one platform, each with source and date."""
    from vault.services.catalogue import load_catalogue

    catalogue = load_catalogue(config_folder() / "platforms")
    found = catalogue.named(name)
    if act:
        play = catalogue.play(found, act.replace("-", "_"))
        if invocation.as_json:
            content = {"platform": found.id, "act": act, **msgspec.to_builtins(play)}
            invocation.out.document("safehands.play/1", content)
        else:
            _show_play(invocation, act, play)
        return
    if invocation.as_json:
        invocation.out.document("safehands.platform/1", msgspec.to_builtins(found))
        return
    rows = []
    for field in found.__struct_fields__:
        value = getattr(found, field)
        if field in {"playbook", "provenance", "profile_paths"} or not value:
            continue
        source = found.provenance.get(field)
        text = _in_words(value)
        checked = (
            f"{source.source}, {source.checked_on or 'not checked'}, {source.confidence}"
            if source
            else ""
        )
        rows.append([field.replace("_", " "), text, checked])
    source_of = Column("source, checked, confidence", wraps=True)
    invocation.out.table([Column("fact", wraps=True), Column("value", wraps=True), source_of], rows)
    for each, play in found.playbook.items():
        invocation.out.line("")
        _show_play(invocation, each, play)


def _in_words(value: object) -> str:
    if isinstance(value, msgspec.Struct):
        value = {name: getattr(value, name) for name in value.__struct_fields__}
    if isinstance(value, dict):
        told = ((str(key).replace("_", " "), _in_words(each)) for key, each in value.items())
        return ", ".join(f"{key}: {each}" for key, each in told if each)
    if isinstance(value, tuple):
        return ", ".join(map(_in_words, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _show_play(invocation: Invocation, act: str, play: Play) -> None:
    out = invocation.out
    out.line(act.replace("_", " ").capitalize(), "heading")
    for number, step in enumerate(play.steps, 1):
        out.lines(prose(f"  {number}. ", clean(step, TEXT_LIMIT), out.room))
    if play.check:
        out.lines(prose("  Check: ", clean(play.check, TEXT_LIMIT), out.room))
    for link in play.links:
        out.line(f"  {link}")


@platform.command("stale")
@pass_invocation
def stale(invocation: Invocation) -> int:
    """List facts older than a year or verified by nobody. Exit 1 if there are any."""
    from vault.services.catalogue import load_catalogue

    catalogue = load_catalogue(config_folder() / "platforms")
    day = invocation.moment.date()
    found = catalogue.stale(day)
    if invocation.as_json:
        invocation.out.document(
            "safehands.stale_facts/1", {"as_of": day, "facts": msgspec.to_builtins(found)}
        )
    else:
        why = Column("why", wraps=True)
        invocation.out.table(
            ["platform", "fact", "source", Column("checked", fixed=True), "confidence", why],
            [
                [
                    f.platform_id,
                    f.fact,
                    f.provenance.source,
                    str(f.provenance.checked_on or "never"),
                    f.provenance.confidence,
                    f.reason,
                ]
                for f in found
            ],
            empty="every fact is fresh and verified",
        )
    return 1 if found else 0
