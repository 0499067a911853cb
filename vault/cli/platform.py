"""`safehands platform`: what the catalogue knows about platforms."""

from __future__ import annotations

from collections.abc import Iterator

import click
import msgspec

from vault.cli.arguments import pass_invocation
from vault.cli.invocation import Invocation
from vault.cli.listing import TEXT_LIMIT, record_dict, whole
from vault.domain.naming import sought
from vault.domain.platforms.model import NAMES, Platform, Play
from vault.domain.text import clean
from vault.domain.wording import in_words
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
    invocation.refuse_as_of()
    catalogue = invocation.catalogue()
    wanted = [sought(word) for word in words]
    found = [
        p
        for p in catalogue.platforms
        if (status is None or p.status == status)
        and all(w in sought(" ".join((p.id, p.name, *p.also_known_as))) for w in wanted)
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
                ", ".join(f"{in_words(act)} {days} d" for act, days in p.waits.items()),
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
    invocation.refuse_as_of()
    catalogue = invocation.catalogue()
    found = catalogue.named(name)
    if act:
        play = catalogue.play(found, act.replace("-", "_"))
        if invocation.as_json:
            content = {"platform": found.id, "act": act, **record_dict(play)}
            invocation.out.document("safehands.play/1", content)
        else:
            _show_play(invocation, act, play)
        return
    if invocation.as_json:
        invocation.out.document("safehands.platform/1", record_dict(found))
        return
    _show_facts(invocation, found)
    for each, play in found.playbook.items():
        invocation.out.line("")
        _show_play(invocation, each, play)


def _show_facts(invocation: Invocation, platform: Platform) -> None:
    """Write the facts with the number of their source, and the sources below."""
    facts = [(*fact, platform.provenance.get(_source_of(fact[0]))) for fact in _facts(platform)]
    sources = list(dict.fromkeys(source for *_, source in facts if source))
    numbers = {source: str(number) for number, source in enumerate(sources, 1)}
    source = Column("source", right=True, fixed=True)
    rows = [
        [in_words(name).replace(".", ": "), numbers.get(said, "") if said else "", text]
        for name, text, said in facts
    ]
    out = invocation.out
    # The values come last: behind a long one, every other line would be filled with blanks.
    out.table([Column("fact", wraps=True), source, Column("value", wraps=True)], rows)
    out.line("")
    out.line("Sources", "heading")
    for each, number in numbers.items():
        checked = f"checked on {each.checked_on}" if each.checked_on else "never checked"
        told = f"{clean(each.source)}; {checked}, confidence {each.confidence}"
        out.lines(prose(f"  {number}. ", told, out.room))


def _facts(platform: Platform) -> Iterator[tuple[str, str]]:
    """Yield what is known, each with its name in `provenance`; of a table every entry."""
    for field in platform.__struct_fields__:
        value = getattr(platform, field)
        if field in {"playbook", "provenance", "profile_paths"} or not value:
            continue
        if isinstance(value, dict):
            yield from ((f"{field}.{name}", _in_words(each)) for name, each in value.items())
        else:
            yield field, _in_words(value)


def _source_of(fact: str) -> str:
    """The name in `provenance` of where a fact is from."""
    return "names" if fact in NAMES else fact


def _in_words(value: object) -> str:
    if isinstance(value, msgspec.Struct):
        value = msgspec.to_builtins(value)  # without what stands at its default
    if isinstance(value, dict):
        told = ((in_words(str(key)), _in_words(each)) for key, each in value.items())
        return ", ".join(f"{key}: {each}" for key, each in told if each)
    if isinstance(value, tuple | list):
        return ", ".join(map(_in_words, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _show_play(invocation: Invocation, act: str, play: Play) -> None:
    out = invocation.out
    out.line(in_words(act).capitalize(), "heading")
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
    catalogue = invocation.catalogue()
    day = invocation.moment.date()
    found = catalogue.stale(day)
    if invocation.as_json:
        invocation.out.document("safehands.stale_facts/1", {"as_of": day, "facts": whole(found)})
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
