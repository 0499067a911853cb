"""Lists and details of records, alike in every group."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from vault.cli import diagnostics
from vault.cli.invocation import Invocation
from vault.domain.ids import Id
from vault.domain.mending import Names
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.telling import NOT_FOR_PEOPLE, label_of, value_in_words
from vault.domain.text import clean
from vault.domain.wording import in_words
from vault.reports.lines import prose
from vault.reports.table import ROWS_AT_ONCE, Column

if TYPE_CHECKING:
    from vault.domain.rows import Rows
    from vault.domain.ways_out import Blocker
    from vault.services.session import Session

R = TypeVar("R", bound=Record)
Cell = Callable[[Registry, Any, datetime], str]

UNCUT = frozenset({"id", "since", "last day", "proven", "confirmed", "status", "state"})
"""Titles of columns whose cells say nothing when they are cut."""

PASTED_BYTES = 3500  # of a command to paste: a line of a terminal takes 4,095 (termios(3))

TEXT_LIMIT = 10_000  # characters of one field: a note may be long, a megabyte is no note


def show_list(
    invocation: Invocation,
    registry: Registry,
    plural: str,
    records: Sequence[R],
    columns: Mapping[str, Cell],
    empty: str,
    more: Callable[[R], Mapping[str, object]] = lambda _: {},
) -> None:
    """Print records as a table, or as a document with all their fields and `more` of each."""
    if invocation.as_json:
        listed = [{**record_dict(each), **more(each)} for each in records]
        told = {"as_of": invocation.moment, plural: listed}
        invocation.out.document(f"safehands.{plural}/1", told)
        return
    if not records:
        invocation.out.line(empty, "quiet")
        return
    at = invocation.moment
    some = (records[i : i + ROWS_AT_ONCE] for i in range(0, len(records), ROWS_AT_ONCE))
    cells = ([[make(registry, r, at) for r in rows] for make in columns.values()] for rows in some)
    invocation.out.blocks([Column(title, fixed=title in UNCUT) for title in columns], cells)


def show_words(  # as `show_list`, of what words find
    invocation: Invocation,
    registry: Registry,
    plural: str,
    rows: Rows[R],
    words: Sequence[str],
    columns: Mapping[str, Cell],
    empty: str,
    more: Callable[[R], Mapping[str, object]] = lambda _: {},
) -> None:
    """Print the rows that words and filters find, as `show_list` does."""
    found = rows.find(" ".join(words))
    why = nothing_fits(words, empty, rows.filters)
    show_list(invocation, registry, plural, found, columns, why, more)


def nothing_fits(words: Sequence[str], empty: str, filters: Collection[str] | None = ()) -> str:
    """Return what an empty list says: `empty`, or of words that were given why nothing fits."""
    from vault.domain.query import no_filter

    if not words:
        return empty
    return no_filter(" ".join(words), filters) or "nothing fits all of that"


def show_record(
    invocation: Invocation,
    registry: Registry,
    record: Record,
    more: Mapping[str, object] | None = None,
    **ids: Sequence[Id],
) -> None:
    """Print everything about one record: its fields with names for ids, then `more`.

    What `more` calls like a field takes its place; `ids` of what it names are for documents.
    """
    extra = dict(more or {})
    if invocation.as_json:
        kind = type(record).__name__.lower()
        told = {"as_of": invocation.moment, **record_dict(record), **whole_values(extra | ids)}
        invocation.out.document(f"safehands.{kind}/1", told)
        return
    told_rows = [
        (in_words(name), text)
        for name, value in {**dict(_fields(record)), **extra}.items()
        if (text := value if name == "id" else value_in_words(registry, value, invocation.moment))
    ]
    broad = max(len(name) for name, _ in told_rows)
    for name, text in told_rows:
        shown = clean(str(text), TEXT_LIMIT)
        invocation.out.lines(prose(f"{name:{broad}}  ", shown, invocation.out.room))


def _fields(record: Record) -> Iterator[tuple[str, object]]:
    for name in record.__struct_fields__:
        if name not in NOT_FOR_PEOPLE:
            yield name, getattr(record, name)


def whole(value: object) -> object:
    """Return a value for a document: of a record every field, those at their defaults too."""
    if isinstance(value, msgspec.Struct):
        return record_dict(value)
    if isinstance(value, tuple | list):
        return [whole(each) for each in value]
    if isinstance(value, dict):
        return whole_values(value)
    return value


def whole_values(values: Mapping[str, object]) -> dict[str, object]:
    """Return a mapping with its values as a document has them."""
    return {name: whole(value) for name, value in values.items()}


def record_dict(struct: msgspec.Struct) -> dict[str, object]:
    """Return a record, or a part of one, by its fields; a record says its kind first."""
    tag = struct.__struct_config__.tag
    fields = {
        name: value if isinstance(value, str) else whole(value)
        for name, value in msgspec.structs.asdict(struct).items()
    }
    return {"kind": tag, **fields} if tag else fields


def blocker_dict(blocker: Blocker) -> dict[str, object]:
    """Return what stands in the way by its fields, each way out of it as one text."""
    return {**record_dict(blocker), "ways_out": [way.text for way in blocker.ways_out]}


def short(record_id: Id) -> str:
    """Return as much of an id as a person wants to see."""
    return record_id[:8]


def with_accounts(command: str, registry: Registry, accounts: Iterable[Id]) -> str:
    """Return a command to paste that names accounts, or the word for them where they are many.

    It is to be printed by `Output.line`: a message or hint is cut after fewer characters.
    """
    names = Names(registry)
    named = " ".join(names.of(each) for each in dict.fromkeys(accounts))
    whole = f"safehands {command} {named}"
    return whole if len(whole.encode()) <= PASTED_BYTES else f"safehands {command} ACCOUNT..."


def tell(invocation: Invocation, session: Session, record: Record, became: str = "") -> None:
    """Tell which record was added, edited or ended; `became` is a word for what it is now."""
    if invocation.as_json:
        invocation.out.document(f"safehands.{type(record).__name__.lower()}/1", record_dict(record))
        return
    label = label_of(session.registry, record)
    invocation.out.line(f"{short(record.id)}  {label}{', ' if became else ''}{became}")


def warn_of_leavers(session: Session, new: Record, old: Record | None = None) -> None:
    """Warn where a record now gives something to somebody who leaves, and did not as `old`."""
    from vault.domain.handing import handed_to_leavers

    for told in handed_to_leavers(session.registry, old, new, session.env.now()):
        diagnostics.warn(*told)


def warn_of_what_hangs(session: Session, ended: Record) -> None:
    """Warn where something in use still hangs on a record that ended."""
    from vault.domain.counting import few
    from vault.domain.endings import what_hangs_on

    users = sorted(set(what_hangs_on(session.registry, ended, session.env.now())))
    if users:
        still = f"still {'hang' if users[1:] else 'hangs'} on {session.registry.name_of(ended.id)}"
        diagnostics.warn(f"{few(users)} {still}", "see what to do: safehands check")
