"""Cells made into values: text without what hides in it, moments, days, mail addresses, numbers.

A cell that begins like a formula stays the text it is: it is made harmless where it is written
out (security.md 11.4 is kept by the exporters), never on the way in.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final
from unicodedata import normalize

from vault.domain.text import NAME_LIMIT, clean, is_clean
from vault.exchange.problem import ProblemKind

NOTE_LIMIT: Final = 4_000
MAIL_LIMIT: Final = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets
NOTHING: Final = frozenset({"-", "–", "—", "n/a", "null", "none", "n.v.t."})
"""What people write, in any case, to say that a cell is empty."""

_FORMULA: Final = re.compile(r"'[=+\-@\t\r\n]")
_MAIL: Final = re.compile(r"[^@\s<>\"(),:;]+@[^@\s<>\"(),:;]+\.[^@\s<>\"(),:;.]{2,}")
_LIST: Final = re.compile(r"[;,|\n]")
_SOME_MOMENT: Final = datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
_LONGEST_NOTHING: Final = max(map(len, NOTHING))


def plain(cell: str) -> str:
    """Return a cell's text without blanks around it, or "" where it only says that it is empty.

    The apostrophe with which spreadsheets and Safehands' own exports disarm a formula goes.
    """
    text = cell.strip()
    if text[:1] == "'" and _FORMULA.match(text):
        text = text[1:]
    return "" if len(text) <= _LONGEST_NOTHING and text.casefold() in NOTHING else text


def tidied(text: str, limit: int = NAME_LIMIT) -> tuple[str, ProblemKind | None]:
    """Return a name as a reader sees it, on one line, in NFC, and what had to be done to it.

    Control characters, direction marks and characters without width are left out, and what is
    longer than `limit` is cut, with an ellipsis; runs of blanks become one without a word.
    """
    if len(text) <= limit and text.isascii() and text.isprintable() and "  " not in text:
        return text, None
    begun = text[: 4 * limit]
    shown = normalize("NFC", " ".join(begun.split()))
    problem: ProblemKind | None = None
    if not is_clean(shown, len(shown) + limit):
        shown = "".join(letter for letter in shown if is_clean(letter))
        shown = " ".join(clean(shown, len(shown) + limit).split())
        problem = "hidden_characters"
    if len(shown) > limit or len(begun) < len(text):
        return clean(shown, limit), "too_long"
    return shown, problem


def moment(text: str, date_format: str = "") -> datetime:
    """Return the aware UTC moment a text names; a day alone means its first moment.

    ISO 8601, or `date_format` in the manner of `strptime`. A time without a zone is taken as UTC.
    Raises ValueError.
    """
    read = datetime.strptime(text, date_format) if date_format else datetime.fromisoformat(text)  # noqa: DTZ007  # the zone comes below
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def check_format(date_format: str) -> None:
    """Return if `moment` reads by this format what is written by it; raises ValueError if not."""
    try:
        moment(_SOME_MOMENT.strftime(date_format), date_format)
    except re.error as error:  # what names a part twice makes an expression that cannot be
        raise ValueError(str(error)) from None


def mail(text: str) -> str:
    """Return a mail address in lower case, without `mailto:` and angle brackets; raises ValueError.

    Local parts are compared without case by every mail provider that a company would use, though
    RFC 5321, section 2.4, lets them differ.
    """
    address = text.strip().lower().removeprefix("mailto:")
    if address.endswith(">"):
        address = address.rpartition("<")[2].removesuffix(">")
    if len(address) > MAIL_LIMIT or not _MAIL.fullmatch(address) or not is_clean(address, 254):
        message = f"{clean(text)!r} is no mail address"
        raise ValueError(message)
    return address


def parts(text: str) -> tuple[str, ...]:
    """Return the parts of a cell that lists several things, between semicolons, commas or lines."""
    return tuple(dict.fromkeys(part.strip() for part in _LIST.split(text) if part.strip()))
