"""Lists and details of records, alike in every group."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

import msgspec

from vault.cli.invocation import Invocation
from vault.domain.ids import Id
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.spell import Spell, current

R = TypeVar("R", bound=Record)
Column = Callable[[Registry, Any, datetime], str]


def show_list(
    invocation: Invocation,
    registry: Registry,
    plural: str,
    records: Sequence[R],
    columns: Mapping[str, Column],
    empty: str,
) -> None:
    """Print records as a table, or as a document with all their fields."""
    if invocation.as_json:
        invocation.out.document(
            f"safehands.{plural}/1", {"as_of": invocation.moment, plural: list(records)}
        )
        return
    at = invocation.moment
    rows = [[make(registry, record, at) for make in columns.values()] for record in records]
    invocation.out.table(list(columns), rows, empty=empty)


def show_record(
    invocation: Invocation,
    registry: Registry,
    record: Record,
    more: Mapping[str, object] | None = None,
) -> None:
    """Print everything about one record: its fields with names for ids, then `more`."""
    kind = type(record).__name__.lower()
    if invocation.as_json:
        invocation.out.document(
            f"safehands.{kind}/1", {**msgspec.to_builtins(record), **(more or {})}
        )
        return
    at = invocation.moment
    rows: list[list[str]] = []
    for name in record.__struct_fields__:
        value = in_words(registry, getattr(record, name), at)
        if value:
            rows.append([name.replace("_", " "), value])
    for name, extra in (more or {}).items():
        value = in_words(registry, extra, at)
        if value:
            rows.append([name.replace("_", " "), value])
    invocation.out.table(["", ""], rows)


def in_words(registry: Registry, value: object, at: datetime) -> str:
    """Return a field's value as a person reads it: ids as names, spells as what holds now."""
    if value is None or value == ():
        return ""
    if isinstance(value, str):
        return registry.name_of(value) if _is_link(registry, value) else value
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        if all(isinstance(each, Spell) for each in value):
            return _spells(registry, value, at)
        return ", ".join(in_words(registry, each, at) for each in value)
    if isinstance(value, msgspec.Struct):
        fields = ((n, in_words(registry, getattr(value, n), at)) for n in value.__struct_fields__)
        return "; ".join(f"{name.replace('_', ' ')} {text}" for name, text in fields if text)
    return str(value)


def _spells(registry: Registry, spells: Iterable[Spell], at: datetime) -> str:
    told = []
    for spell in spells:
        name = registry.name_of(spell.of) if _is_link(registry, spell.of) else spell.of
        if spell.holds(at):
            told.append(name)
        elif spell.until is not None and spell.until <= at:
            told.append(f"{name} (until {spell.until.date()})")
        else:
            told.append(f"{name} (from {spell.since.date()})")
    return ", ".join(told)


def _is_link(registry: Registry, text: str) -> bool:
    return text in registry


def names(registry: Registry, spells: tuple[Spell, ...], at: datetime) -> str:
    """Return the names of what holds at a moment, with commas."""
    return ", ".join(registry.name_of(each) for each in current(spells, at))


def short(record_id: Id) -> str:
    """Return as much of an id as a person wants to see."""
    return record_id[:8]


def added(invocation: Invocation, registry: Registry, record: Record) -> None:
    """Tell what was added, edited or ended."""
    kind = type(record).__name__.lower()
    if invocation.as_json:
        invocation.out.document(f"safehands.{kind}/1", msgspec.to_builtins(record))
    else:
        invocation.out.line(f"{short(record.id)}  {registry.name_of(record.id)}")
