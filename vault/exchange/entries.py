"""Rows read through a mapping: typed entries, and the problems met on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from operator import itemgetter
from typing import Final

import msgspec

from vault.domain.platforms import Catalogue
from vault.domain.text import NAME_LIMIT, clean
from vault.errors import NotFoundError
from vault.exchange.beside import beside_address
from vault.exchange.cleaning import NOTE_LIMIT, mail, moment, parts, plain, tidied
from vault.exchange.csv_table import Row, Table
from vault.exchange.mapping import ImportMapping
from vault.exchange.problem import Problem, ProblemKind
from vault.exchange.profiles import Profile, ProfileReader, UnreadableProfileError

TEXTS: Final = ("display_name", "purpose", "audience", "brand", "country", "language", "note")
"""Fields of an account that are taken over as text, under the same name."""


class Entry(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A row of any kind, cell by cell: texts by field, "" left out.

    Mail addresses are in lower case, lists of them joined by semicolons, numbers in digits; what
    should be one of these and is not, was reported and left out.
    """

    file: str
    row: int
    texts: dict[str, str]
    moments: dict[str, datetime]

    def get(self, field: str) -> str:
        """Return a field's text, or ""."""
        return self.texts.get(field, "")


class AccountEntry(Entry, frozen=True, gc=False, kw_only=True):
    """A row that means a profile, held from `since` until `until` where the source says so.

    `called` is what stands where the handle should and can be none: a display name.
    """

    profile: Profile
    called: str = ""

    @property
    def since(self) -> datetime | None:
        """When the row begins to be true."""
        return self.moments.get("since")

    @property
    def until(self) -> datetime | None:
        """When the row stops being true."""
        return self.moments.get("until")


_Cell = str | tuple[str, ...]
"""A field's cell in a row, or all its cells where several are joined."""
_Column = tuple[str, Callable[[tuple[str, ...]], _Cell], dict[_Cell, str]]
"""A field, what takes its cell from a row, and what the cells met before said."""


class Sheet:
    """A table seen through a mapping; reading it gathers `problems` and counts rows `read`."""

    def __init__(self, table: Table, mapping: ImportMapping) -> None:
        self.mapping = mapping
        self.table = table
        self.problems: list[Problem] = []
        self.read = 0
        self._columns: list[_Column] = [
            (field, itemgetter(*self._indexes(field)), {}) for field in mapping.columns
        ]
        self._meanings = {
            field: {written.strip().casefold(): meant for written, meant in values.items()}
            for field, values in mapping.values.items()
        }
        constants = ((field, self._constant(field)) for field in mapping.constants)
        self._blank = dict.fromkeys(mapping.columns, "")
        self._blank |= {field: text for field, text in constants if text}
        self._moments: dict[str, datetime | None] = {}
        self._dates = [field for field in _MOMENTS if mapping.has(field)]

    def entries(self) -> Iterator[Entry]:
        """Yield the rows as entries; one that ends before it begins leaves a problem."""
        for row, texts, moments in self._rows():
            yield Entry(file=self.table.name, row=row, texts=texts, moments=moments)

    def account_entries(self, catalogue: Catalogue) -> Iterator[AccountEntry]:
        """Yield the rows that mean a profile; the others leave a problem."""
        reader = ProfileReader(
            catalogue, keep_unknown=self.mapping.source.unknown_platform == "keep"
        )
        self._check_identifiers(catalogue)
        for row, texts, moments in self._rows():
            profile = self._profile(reader, row, texts)
            if profile is None:
                continue
            called = ""
            if texts.get("handle") and texts.get("url") and (profile.handle or profile.platform_id):
                profile, called, remark = beside_address(catalogue, profile, texts["handle"])
                if remark:
                    self.report(row, *remark)
            yield AccountEntry(
                file=self.table.name,
                row=row,
                texts=texts,
                moments=moments,
                profile=profile,
                called=called,
            )

    def report(self, row: int, field: str, kind: ProblemKind, message: str, taken: str) -> None:
        """Add a problem with a field of a row; the column is named as the source names it."""
        column = " + ".join(self.mapping.columns.get(field, ()))
        self.problems.append(Problem(self.table.name, row, column, kind, message, taken))

    def _rows(self) -> Iterator[tuple[int, dict[str, str], dict[str, datetime]]]:
        for row in self.table.rows:
            self.read += 1
            texts = self._texts(row)
            moments = self._dated(row, texts)
            since, until = moments.get("since"), moments.get("until")
            if since is not None and until is not None and until <= since:
                what = f"it ends on {until.date()}, not after it begins on {since.date()}"
                self.report(row.number, "until", "no_time", what, "skipped")
                continue
            yield row.number, texts, moments

    def _profile(self, reader: ProfileReader, row: int, texts: dict[str, str]) -> Profile | None:
        get = texts.get
        try:
            if self.mapping.identifiers:
                written = get("identifier_type", "")
                meant = self.mapping.identifiers.get(written)
                if meant is None:
                    what = f"{clean(written)!r} is not in [identifiers] of the mapping"
                    self.report(row, "identifier_type", "unknown_identifier", what, "skipped")
                    return None
                found, remarks = reader.identified(
                    meant.platform, meant.holds, get("identifier", "")
                )
            else:
                found, remarks = reader.read(
                    get("platform", ""), get("handle", ""), get("platform_id", ""), get("url", "")
                )
        except UnreadableProfileError as error:
            self.report(row, *error.remark)
            return None
        for remark in remarks:
            self.report(row, *remark)
        return found

    def _check_identifiers(self, catalogue: Catalogue) -> None:
        for name, identifier in self.mapping.identifiers.items():
            try:
                catalogue.get(identifier.platform)
            except NotFoundError as error:
                self.mapping.refuse("identifiers", f"{name}.platform", error.message)

    def _indexes(self, field: str) -> tuple[int, ...]:
        found = []
        for name in self.mapping.columns[field]:
            if name not in self.table.header:
                known = ", ".join(clean(column) for column in self.table.header)
                what = f"{self.table.name} has no column {name!r}; it has {known}"
                self.mapping.refuse("columns", field, what)
            found.append(self.table.header.index(name))
        return tuple(found)

    def _texts(self, row: Row) -> dict[str, str]:
        texts = self._blank.copy()  # with room for all fields: growing takes a seventh of the time
        cells = row.cells
        for field, cell_of, known in self._columns:
            cell = cell_of(cells)
            text = known.get(cell)
            if text is None:
                complaints = len(self.problems)
                text = self._text(row.number, field, cell)
                # Most columns repeat a few things: 10,000 rows take 50 ms for it, instead of 88.
                if len(known) < _REMEMBERED and len(self.problems) == complaints:
                    known[cell] = text
            if text:
                texts[field] = text
            else:
                del texts[field]
        return texts

    def _text(self, row: int, field: str, cell: _Cell) -> str:
        """What a field's cell says, or its cells together; "" and problems where that is wrong."""
        text = plain(cell) if isinstance(cell, str) else " ".join(filter(None, map(plain, cell)))
        if not text:
            return ""
        meanings = self._meanings.get(field)
        if meanings:
            text = meanings.get(text.casefold(), text)
        if field not in _READ_AS_WRITTEN:
            text, problem = tidied(text, _LIMITS.get(field, NAME_LIMIT))
            if problem:
                self._report_tidied(row, field, problem, text)
        return self._checked(row, field, text) if field in _OF_A_FORM else text

    def _constant(self, field: str) -> str:
        """A constant in the form its field needs; one that is not is the mapping's fault."""
        text = self._checked(0, field, plain(self.mapping.constants[field]))
        if self.problems:
            self.mapping.refuse("constants", field, self.problems[0].message)
        return text

    def _checked(self, row: int, field: str, text: str) -> str:
        """The text, if it is of the form its field needs; otherwise "", and a problem."""
        if field in _MAILS:
            try:
                return mail(text)
            except ValueError as error:
                self.report(row, field, "mail", str(error), "no address")
                return ""
        if field == "other_mails":
            return ";".join(
                filter(None, (self._checked(row, "mail", part) for part in parts(text)))
            )
        if field in _NUMBERS and not _NUMBERS[field].fullmatch(text):
            what = f"{clean(text)!r} is no whole number{'' if field == 'posts' else ' above 0'}"
            self.report(row, field, "number", what, "no number")
            return ""
        return text

    def _report_tidied(self, row: int, field: str, problem: ProblemKind, text: str) -> None:
        if problem == "too_long":
            what, taken = "the text is too long", f"its first {len(text):,} characters"
        else:
            what, taken = "hidden characters are in the text", f"without them: {clean(text)!r}"
        self.report(row, field, problem, what, taken)

    def _dated(self, row: Row, texts: dict[str, str]) -> dict[str, datetime]:
        moments = {}
        for field in self._dates:
            text = texts.get(field)
            if text is None:
                continue
            if text not in self._moments:
                self._moments[text] = self._moment(text)
            found = self._moments[text]
            if found is None:
                form = self.mapping.source.date_format
                missed = f"not in date_format {form}" if form else "no date such as 2024-01-31"
                what = f"{clean(text)!r} is {missed}"
                self.report(row.number, field, "date", what, "no date")
            else:
                moments[field] = found
        return moments

    def _moment(self, text: str) -> datetime | None:
        try:
            return moment(text, self.mapping.source.date_format)
        except (ValueError, OverflowError):
            return None


_REMEMBERED: Final = 4_000  # texts of a column: enough for roles, too few to weigh anything
_MOMENTS: Final = ("since", "until", "joined", "last_day", "last_activity", "checked_at")
_READ_AS_WRITTEN: Final = frozenset({"handle", "platform_id", "url", "identifier"})
"""Fields that the catalogue cleans itself."""
_MAILS: Final = frozenset({"mail", "address", "login_mailbox", "recovery_mailbox"})
_COUNT: Final = re.compile(r"[1-9][0-9]{0,4}")
_NUMBERS: Final = {
    "min_holders": _COUNT,
    "cadence_days": _COUNT,
    "posts": re.compile(r"[0-9]{1,12}"),
}
_OF_A_FORM: Final = _MAILS | _NUMBERS.keys() | {"other_mails"}
_LIMITS: Final = {
    "note": NOTE_LIMIT,
    "purpose": NOTE_LIMIT,
    "tags": NOTE_LIMIT,
    "other_mails": NOTE_LIMIT,
    "readers": NOTE_LIMIT,
}
