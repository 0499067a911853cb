"""Mappings: TOML files that say which column of a source means what (docs/import.md)."""

from __future__ import annotations

from typing import Any, Final, Literal, NoReturn, TypeVar

import msgspec

from vault.domain.toml import misfit, read_toml
from vault.errors import UsageError
from vault.exchange.cleaning import check_format

Kind = Literal["people", "roles", "mailboxes", "accounts"]
Holds = Literal["handle", "platform_id"]
T = TypeVar("T")

FIELDS: Final[dict[Kind, tuple[str, ...]]] = {
    "people": (
        *("external_id", "name", "mail", "other_mails", "manager", "role"),
        *("joined", "last_day", "note"),
    ),
    "roles": ("external_id", "name", "purpose", "min_holders", "until", "note"),
    "mailboxes": ("address", "type", "owner_role", "owner", "readers", "since", "until", "note"),
    "accounts": (
        *("platform", "handle", "platform_id", "url", "external_id", "identifier"),
        *("identifier_type", "holder", "since", "until", "role", "role_id", "login_mailbox"),
        *("recovery_mailbox", "display_name", "purpose", "audience", "brand", "country"),
        *("language", "tags", "cadence_days", "last_activity", "posts", "checked_at", "note"),
    ),
}
"""The fields a mapping of each kind may fill."""

_NEEDED: Final[dict[Kind, tuple[frozenset[str], ...]]] = {
    "people": (frozenset({"name", "external_id", "mail"}),),
    "roles": (frozenset({"name", "external_id"}),),
    "mailboxes": (frozenset({"address"}),),
    "accounts": (frozenset({"platform_id", "handle", "url", "identifier"}),),
}
_TABLES: Final = ("source", "columns", "constants", "values", "identifiers")
_HINT: Final = "docs/import.md describes the form of a mapping"


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where rows come from: `name` is how later imports know what this source brought in."""

    name: str
    kind: Kind
    delimiter: str = ""
    date_format: str = ""
    until: Literal["holder", "account"] = "holder"
    unknown_platform: Literal["skip", "keep"] = "skip"
    unknown_account: Literal["add", "skip"] = "add"


class Identifier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a row's identifier is, for one value of the column `identifier_type`."""

    platform: str
    holds: Holds


class ImportMapping(msgspec.Struct, frozen=True, kw_only=True):
    """A mapping as read. `columns` gives each field the columns it is joined from, in order."""

    where: str
    source: Source
    columns: dict[str, tuple[str, ...]]
    constants: dict[str, str]
    values: dict[str, dict[str, str]]
    identifiers: dict[str, Identifier]

    def has(self, field: str) -> bool:
        """Say whether the mapping fills a field."""
        return field in self.columns or field in self.constants

    def refuse(self, table: str, key: str, what: str) -> NoReturn:
        """Raise the UsageError that names file, table and key."""
        place = f"[{table}] {key}" if key else f"[{table}]"
        raise UsageError(f"{self.where}: {place}: {what}", _HINT)


def read_mapping(text: str, where: str) -> ImportMapping:
    """Return the mapping in a TOML text; `where` is what messages call it.

    Raises UsageError that names file, table and key for anything not of the form.
    """
    try:
        tables = read_toml(text)
    except ValueError as error:
        raise UsageError(f"{where}: this is not TOML: {error}", _HINT) from None
    for name, table in tables.items():
        if name not in _TABLES:
            raise UsageError(f"{where}: [{name}]: is none of {', '.join(_TABLES)}", _HINT)
        if not isinstance(table, dict):
            raise UsageError(f"{where}: {name}: must be a table", _HINT)
    mapping = ImportMapping(
        where=where,
        source=_converted(where, "source", tables.get("source", {}), Source),
        columns={
            field: (value,)
            if isinstance(value, str)
            else _converted(where, "columns", value, _Names)
            for field, value in tables.get("columns", {}).items()
        },
        constants=_converted(where, "constants", tables.get("constants", {}), dict[str, str]),
        values=_converted(where, "values", tables.get("values", {}), dict[str, dict[str, str]]),
        identifiers=_converted(
            where, "identifiers", tables.get("identifiers", {}), dict[str, Identifier]
        ),
    )
    _check(mapping)
    return mapping


_Names = tuple[str, ...]


def _converted(where: str, table: str, value: Any, wanted: type[T]) -> T:
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        key, told = misfit(error)
        place = f"[{table}] {key}" if key else f"[{table}]"
        raise UsageError(f"{where}: {place}: {told}", _HINT) from None


def _check(mapping: ImportMapping) -> None:
    source = mapping.source
    if not source.name.strip():
        mapping.refuse("source", "name", "must not be empty")
    if len(source.delimiter) > 1:
        mapping.refuse("source", "delimiter", "must be one character")
    _check_date_format(mapping)
    _check_fields(mapping)
    if mapping.has("checked_at") and not mapping.has("last_activity"):
        mapping.refuse("columns", "checked_at", "says when last_activity was seen")
    for needed in _NEEDED[source.kind]:
        if not any(mapping.has(field) for field in needed):
            mapping.refuse("columns", "", f"needs one of {', '.join(sorted(needed))}")
    if mapping.has("identifier") or mapping.has("identifier_type") or mapping.identifiers:
        _check_identifiers(mapping)
    elif source.kind == "accounts" and not (mapping.has("platform") or mapping.has("url")):
        mapping.refuse("columns", "platform", "is needed beside handle or platform_id")


def _check_date_format(mapping: ImportMapping) -> None:
    if form := mapping.source.date_format:
        try:
            check_format(form)
        except ValueError as error:
            mapping.refuse("source", "date_format", f"{form!r} reads no moment: {error}")


def _check_fields(mapping: ImportMapping) -> None:
    kind = mapping.source.kind
    for table in ("columns", "constants", "values"):
        for field in getattr(mapping, table):
            if field not in FIELDS[kind]:
                known = ", ".join(FIELDS[kind])
                mapping.refuse(table, field, f"is no field of {kind}: {known}")
    for field in mapping.values.keys() - mapping.columns.keys():
        mapping.refuse("values", field, "is not filled by [columns]")
    for field in mapping.columns.keys() & mapping.constants.keys():
        mapping.refuse("constants", field, "is in [columns] too")
    for field, names in mapping.columns.items():
        if not names or not all(names):
            mapping.refuse("columns", field, "names no column")


def _check_identifiers(mapping: ImportMapping) -> None:
    if mapping.has("identifier") != mapping.has("identifier_type"):
        mapping.refuse("columns", "identifier", "and identifier_type go together")
    if not mapping.has("identifier"):
        mapping.refuse("identifiers", "", "is for mappings with an identifier column")
    if not mapping.identifiers:
        mapping.refuse("identifiers", "", "must say what each identifier_type holds")
    for field in ("platform", "handle", "platform_id", "url"):
        if mapping.has(field):
            mapping.refuse("columns", field, "comes from the identifier here")
