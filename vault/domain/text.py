"""Text from data, made fit to be read: nothing hidden in it, no longer than its place.

Names, notes and messages come from imports and from other members, so they are hostile until
cleaned (docs/threat-model.md): a control sequence writes to the clipboard of a terminal, U+202E
makes a name read backwards, a zero-width letter makes two names look the same. Every value that
leaves for a terminal, a report, a log or an error message passes through `clean`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Final
from unicodedata import category, east_asian_width, normalize

NAME_LIMIT: Final = 200  # more than any platform allows in a display name
MARKS_LIMIT: Final = 4  # on one letter; Hebrew with vowels and cantillation stays below it
ELLIPSIS: Final = "…"
_REPLACEMENT: Final = "�"  # U+FFFD, which every font shows
_JOINER: Final = "\u200d"

_CONTROLS: Final = "\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
# By number, so that the source shows them: separators, direction marks, and whatever takes no room.
_UNSEEN: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_EMOJI: Final = "\u2190-\u21ff\u25a0-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_LOOSE_JOINER: Final = f"(?<![{_EMOJI}\ufe0f]){_JOINER}|{_JOINER}(?![{_EMOJI}])"
_PLAIN_ASCII: Final = bytes(range(0x20, 0x7F))
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f]")
_HIDDEN: Final = re.compile(f"([{_CONTROLS}])|[{_UNSEEN}]|{_LOOSE_JOINER}")
# Below the first mark, so in normal form; none is wide. An ellipsis ends each cell that was cut.
_SIMPLE: Final = re.compile(f"[\x00-\u02ff{ELLIPSIS}]*")


def clean(text: str, limit: int = NAME_LIMIT) -> str:
    """Return the text on one line as a reader may see it: at most `limit` characters, none hidden.

    Control characters, lone surrogates and non-characters become U+FFFD; what only steers
    direction or takes no room becomes a mark that names it, such as `<U+202E>`. A zero-width
    joiner stays inside an emoji. The rest is in normal form C (UAX #15) with at most `MARKS_LIMIT`
    combining marks in a row, and ends in an ellipsis where it was longer. Cleaning twice changes
    nothing more.
    """
    if len(text) <= limit and _is_plain(text):
        return text
    return _cleaned(text, limit)


def clean_all(texts: Sequence[str], limit: int = NAME_LIMIT) -> Sequence[str]:
    """Return the texts, each as `clean` returns it.

    Texts are plain where all of them together are, since that is asked of each character: in a
    list of ten thousand rows it takes half the time.
    """
    if max(map(len, texts), default=0) <= limit:
        together = "".join(texts)
        if is_plain_ascii(together) or _is_plain(together):
            return texts
    return [clean(text, limit) for text in texts]


def _is_plain(text: str) -> bool:
    """Whether a glance is enough to see that there is nothing to clean but the length."""
    return text.isprintable() and is_simple(text)


def _cleaned(text: str, limit: int) -> str:
    begun = text[: 4 * limit]
    shown = _HIDDEN.sub(_mark, begun)
    if not is_simple(shown):
        # Before normalising, which takes time in the square of a run of marks; and after, since
        # one mark may become two.
        shown = _with_few_marks(normalize("NFC", _with_few_marks(shown)))
        shown = _HIDDEN.sub(_mark, shown)  # a joiner may have lost its emoji
    if len(shown) <= limit and len(begun) == len(text):
        return shown
    return shown[: limit - 1].rstrip(_JOINER) + ELLIPSIS


def one_line(text: str) -> str:
    """Return a text that was typed or pasted with each run of blanks and controls as one space.

    A name that was copied from two cells has a tab in it, under which nobody would find it.
    """
    if text.isprintable() and "  " not in text:  # a no-break space is not printable
        return text.strip()
    return " ".join(_CONTROL.sub(" ", text).split())


def legible(text: str) -> str:
    """Return a whole text line by line, each as `clean` returns it: a secret is shown uncut."""
    longest = len("<U+100000>")  # what one hidden character may become
    return "\n".join(clean(line, longest * len(line) + 1) for line in text.split("\n"))


def said_of_hidden(text: str) -> str:
    """Return what to say beside a text that `legible` shows otherwise than it is, else ""."""
    return "" if legible(text) == text else "It contains invisible characters."


def is_clean(text: str, limit: int = NAME_LIMIT) -> bool:
    """Say whether a reader sees the text as it is stored."""
    return clean(text, limit) == text


def escaped(text: str) -> str:
    r"""Return JSON without a hidden character: each is its `\uXXXX` (RFC 8259, section 7).

    The document means the same, since in JSON without white space they occur within strings only.
    """
    if is_plain_ascii(text):  # a glance at what may be many megabytes
        return text
    return _HIDDEN.sub(_as_escape, text)


def width(text: str) -> int:
    """Return how many columns of a terminal a cleaned text takes (UAX #11; an emoji takes two)."""
    return len(text) if is_simple(text) else sum(_widths(text))


def is_plain_ascii(text: str) -> bool:
    """Say whether the text is ASCII without controls: in a sixth of the time, where it is long."""
    return text.isascii() and not text.encode().translate(None, _PLAIN_ASCII)


def is_simple(text: str) -> bool:
    """Say whether a glance shows that each character takes one column and combines with none."""
    return text.isascii() or _SIMPLE.fullmatch(text) is not None


def fit(text: str, columns: int) -> str:
    """Return a cleaned text in at most that many columns, with an ellipsis where it was cut."""
    if width(text) <= columns:
        return text
    return beginning(text, columns - 1) + ELLIPSIS


def beginning(text: str, columns: int) -> str:
    """Return as much of a cleaned text, from its start, as that many columns hold."""
    if is_simple(text):
        return text[: max(columns, 0)]
    for count, wide in enumerate(_widths(text)):
        columns -= wide
        if columns < 0:
            return text[:count].rstrip(_JOINER)
    return text


def _mark(found: re.Match[str]) -> str:
    return _REPLACEMENT if found[1] else f"<U+{ord(found[0]):04X}>"


def _as_escape(found: re.Match[str]) -> str:
    # Two UTF-16 units, a surrogate pair, for what lies beyond U+FFFF.
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))


def _with_few_marks(text: str) -> str:
    """The text with runs of combining marks cut short, and the cut shown."""
    parts: list[str] = []
    for is_mark, run in groupby(text, _is_mark):
        letters = "".join(run)
        if is_mark and len(letters) > MARKS_LIMIT:
            letters = letters[:MARKS_LIMIT] + _REPLACEMENT
        parts.append(letters)
    return "".join(parts)


def _is_mark(character: str) -> bool:
    return category(character)[0] == "M"


def _joins(character: str) -> bool:
    """Whether a character stands on the one before it: a mark, or the colour of a skin."""
    is_skin = "\U0001f3fb" <= character <= "\U0001f3ff"
    return is_skin or category(character) in {"Mn", "Me"}


def _widths(text: str) -> list[int]:
    """The columns each character adds to those before it."""
    widths: list[int] = []
    before = ""
    for character in text:
        if character == "\ufe0f":  # asks for the emoji form, which takes two columns
            wide = 1 if before and east_asian_width(before) not in "WF" and widths[-1] == 1 else 0
        elif _JOINER in (before, character) or _joins(character):
            wide = 0
        else:
            wide = 2 if east_asian_width(character) in "WF" else 1
        widths.append(wide)
        before = character
    return widths
