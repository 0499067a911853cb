"""How much work a regular expression from a platform's file can make, before it is ever used.

Python's matcher tries all ways in which an expression can match: `^(a+)+$` has 2^n on n letters.
The ways are counted on the parsed expression. A repeat is taken as having one way where no
character of it can begin what follows it, so that stopping early fails at once.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from functools import cache, reduce
from re import _constants as op  # type: ignore[attr-defined]  # what `re` itself parses with
from re import _parser  # type: ignore[attr-defined]
from typing import Any, Final

from vault.domain.platforms.handles import MATCHED_LIMIT

PATTERN_LIMIT: Final = 300  # characters; the longest that is shipped has 95
WAYS_LIMIT: Final = 2 * MATCHED_LIMIT**2  # two repeats that overlap; at worst 0.2 s for a text
ASSIGNED: Final = 0x40000  # no letter, digit or space is beyond (Unicode 15)
_END: Final = -1
_ASCII: Final = frozenset(range(128))
_FLAGS: Final = re.compile(r"\(\?[a-zA-Z]*[aiL]")
_SAMPLE: Final = frozenset([*_ASCII, 0x80])  # one for all the others, where they are alike
_CLASSES: Final[dict[str, Callable[[str], bool]]] = {
    "DIGIT": str.isdecimal,
    "SPACE": str.isspace,
    "WORD": lambda c: c.isalnum() or c == "_",
}
_REPEATS: Final = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
_Chars = frozenset[int]


def fault_of(pattern: str, *, searched: bool) -> str:
    """What is wrong with a pattern for a file to hold, in words; "" where it is harmless.

    `searched` tells that it is tried at every place of a text, not only at its start.
    """
    if len(pattern) > PATTERN_LIMIT:
        return f"is longer than {PATTERN_LIMIT} characters"
    try:
        re.compile(pattern)
        items = _parser.parse(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return f"is no regular expression: {error}"
    try:
        ways = _Counter(items).ways(items, frozenset([_END]))
    except _TooMuchError:
        ways = WAYS_LIMIT + 1
    if searched and not (items and items[0] in _STARTS):
        ways *= MATCHED_LIMIT
    if ways > WAYS_LIMIT:
        return (
            "can match one text in too many ways, and would be tried for ever: repeat nothing "
            "that repeats itself or is optional, and nothing beside what looks alike"
        )
    return ""


_STARTS: Final = ((op.AT, op.AT_BEGINNING), (op.AT, op.AT_BEGINNING_STRING))


class _TooMuchError(Exception):
    """The expression has something whose work cannot be bounded."""


class _Counter:
    """Counts the ways of one expression, on one character of each kind that its sets tell apart.

    Between two characters next to each other in the sample no set of the expression begins or ends.
    Where its flags make one character another or a category smaller, all beyond ASCII are alike.
    """

    def __init__(self, items: Any) -> None:
        edges = {code + step for code in _codes(items) for step in (-1, 0, 1)}
        for name in set(re.findall(r"\\[dswDSW]", items.state.str)):
            edges |= _edges_of(name.lower())
        self._sample = _SAMPLE | {code for code in edges if 0 <= code <= sys.maxunicode}
        self._is_flagged = bool(_FLAGS.search(items.state.str))
        self._sets: dict[int, _Chars] = {}  # by the identity of a parsed item
        if items.state.flags & re.MULTILINE:
            raise _TooMuchError  # "$" would be true in many places

    def ways(self, items: Sequence[Any], after: _Chars) -> int:
        """In how many ways `items` match from one place, where one of `after` comes next."""
        ways = 1
        for item in reversed(list(items)):
            ways *= self._ways_of(item, after)
            if ways > WAYS_LIMIT:
                raise _TooMuchError
            after = self._first(item, after)
        return ways

    def _ways_of(self, item: Any, after: _Chars) -> int:
        kind, value = item
        if kind in _REPEATS:
            return self._ways_of_repeat(value, after)
        if kind is op.SUBPATTERN and not value[1] & re.MULTILINE:
            return self.ways(value[3], after)
        if kind is op.ATOMIC_GROUP:
            return self.ways(value, after)
        if kind in (op.ASSERT, op.ASSERT_NOT):
            return self.ways(value[1], self._sample | {_END})
        if kind is op.BRANCH:
            ways = [self.ways(branch, after) for branch in value[1]]
            firsts = [self._firsts(branch, after) for branch in value[1]]
            is_told = len(reduce(frozenset.union, firsts)) == sum(map(len, firsts))
            return max(ways) if is_told else sum(ways)
        if kind is op.AT or self._is_one_character(item):
            return 1
        raise _TooMuchError  # a reference to a group makes what it matches depend on the text

    def _ways_of_repeat(self, repeat: tuple[int, int, Any], after: _Chars) -> int:
        least, most, body = repeat
        first = self._firsts(body, frozenset())
        again = after | first if most > 1 else after
        inner = self.ways(body, again)
        times = min(most, MATCHED_LIMIT)
        if most > 1 and (inner > 1 or body.getwidth()[0] == 0):
            raise _TooMuchError
        stops = 1 if least == most or not first & after else max(1, times - least + 1)
        return stops if most > 1 else inner + stops - 1

    def _firsts(self, items: Sequence[Any], after: _Chars) -> _Chars:
        return reduce(lambda later, item: self._first(item, later), reversed(list(items)), after)

    def _first(self, item: Any, after: _Chars) -> _Chars:
        """The characters with which `item` and what comes after it can begin."""
        kind, value = item
        if kind in _REPEATS:
            least, _, body = value
            return self._firsts(body, after) | (after if least == 0 else frozenset())
        if kind in (op.SUBPATTERN, op.ATOMIC_GROUP):
            return self._firsts(value[3] if kind is op.SUBPATTERN else value, after)
        if kind is op.BRANCH:
            return frozenset().union(*(self._firsts(branch, after) for branch in value[1]))
        if kind is op.ASSERT and value[0] > 0:
            return self._firsts(value[1], self._sample | {_END})
        if kind is op.AT and value in (op.AT_END, op.AT_END_STRING):
            return frozenset([_END])
        return self._set_of(item) if self._is_one_character(item) else after

    def _set_of(self, item: Any) -> _Chars:
        if (known := self._sets.get(id(item))) is None:
            known = frozenset(code for code in self._sample if _is_in(item, code))
            if self._is_flagged and _goes_beyond_ascii(item):
                known |= self._sample - _ASCII
            self._sets[id(item)] = known
        return known

    def _is_one_character(self, item: Any) -> bool:
        return item[0] in (op.LITERAL, op.NOT_LITERAL, op.IN, op.ANY)


@cache
def _edges_of(category: str) -> frozenset[int]:
    r"""Where among all characters a category such as `\d` begins and ends; takes 0.03 s once."""
    every = "".join(map(chr, range(ASSIGNED)))
    spans = (found.span() for found in re.finditer(f"{category}+", every))
    return frozenset(edge for span in spans for edge in span)


def _goes_beyond_ascii(item: Any) -> bool:
    """Whether one that is described may fit a character beyond ASCII, whatever the flags say.

    In either case `i`, `k` and `s` have relatives there, and no other letter of ASCII has
    (`_EXTRA_CASES` of CPython's `re._casefix`, and the Kelvin sign).
    """
    kind, value = item
    members = value if kind is op.IN else [item]
    if any(each[0] not in (op.LITERAL, op.RANGE) for each in members):
        return True
    last = (each[1] if each[0] is op.LITERAL else each[1][1] for each in members)
    return max(last) > max(_ASCII) or any(_is_in(item, ord(letter)) for letter in "iks")


def _is_in(item: Any, code: int) -> bool:
    """Whether a character fits one that is described; in either case, since flags may say so."""
    kind, value = item
    if kind is op.ANY:
        return True
    if kind is op.NOT_LITERAL:
        return bool(code != value)
    members = value if kind is op.IN else [item]
    if members[0][0] is op.NEGATE:
        return not any(_is_member(member, code) for member in members[1:])
    letter = chr(code)
    cases = {ord(c) for c in (letter, letter.lower(), letter.upper()) if len(c) == 1} | {code}
    return any(_is_member(member, each) for member in members for each in cases)


def _is_member(member: Any, code: int) -> bool:
    kind, value = member
    if kind is op.LITERAL:
        return bool(code == value)
    if kind is op.RANGE:
        return bool(value[0] <= code <= value[1])
    name = str(value).removeprefix("CATEGORY_")
    negated, name = name.startswith("NOT_"), name.removeprefix("NOT_")
    return _CLASSES[name](chr(code)) is not negated


def _codes(items: Any) -> set[int]:
    """Every number in a parsed expression: the characters it names are among them."""
    found: set[int] = set()
    waiting: list[Any] = [items]
    while waiting:
        for each in list(waiting.pop()):
            if isinstance(each, int):
                found.add(int(each))
            elif each is not None:  # a tuple, a list, or another expression
                waiting.append(each)
    return found
