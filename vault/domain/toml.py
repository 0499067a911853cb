"""TOML that people write, or that somebody sends them: whatever is wrong with it is told alike."""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final, NamedTuple

import msgspec


def read_toml(text: str) -> dict[str, Any]:
    """Return the tables of a TOML text; raises ValueError that says why it is none.

    Also where the parser itself gives up: of a number of more digits than Python reads it tells by
    a plain ValueError, of brackets in brackets without end by a RecursionError.
    """
    try:
        return tomllib.loads(text)
    except RecursionError:
        message = "its brackets are nested too deep"
        raise ValueError(message) from None


class Misfit(NamedTuple):
    """Which key has another form than is wanted ("" where the whole does), and what is wrong."""

    key: str
    told: str


def misfit(error: msgspec.ValidationError) -> Misfit:
    """Return what msgspec found, in the words of whoever writes the file: it speaks of Python."""
    what, _, place = str(error).partition(" - at ")
    path = place.rpartition("$")[2].rstrip("`")
    if named := _FIELD.fullmatch(what):
        how, field = named.groups()
        told = "is missing" if how == "missing required" else "is no key here"
        return Misfit(_key(f"{path}.{field}"), told)
    key = _key(path)
    if typed := _TYPE.fullmatch(what):
        wanted, given = (_TYPES.get(each, each) for each in typed.groups())
        return Misfit(key, f"must be {wanted}, not {given}")
    if word := _WORD.fullmatch(what):
        return Misfit(key, f"is none of the words that it may be: {word[1]}")
    return Misfit(key, what)


def _key(path: str) -> str:
    """The key at a path such as ".report[0].day": people count from one, here "report 1 day"."""
    return _NUMBER.sub(lambda found: f" {int(found[1]) + 1} ", path).strip(". ")


_NUMBER: Final = re.compile(r"\[(\d+)\]\.?")
_FIELD: Final = re.compile(r"Object (contains unknown|missing required) field `([^`]+)`")
_TYPE: Final = re.compile(r"Expected `(\w+)(?: \| null)?`, got `(\w+)`")
_WORD: Final = re.compile(r"Invalid enum value (.+)")
_TYPES: Final = {
    "array": "a list",
    "bool": "true or false",
    "date": "a date",
    "float": "a number with a point",
    "int": "a whole number",
    "object": "a table",
    "str": "a text",
}
