"""The only writer to standard output: tables and lines for people, JSON for programs."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import Final, TextIO

from vault.domain.text import clean_all
from vault.errors import StorageError
from vault.reports.documents import to_json
from vault.reports.lines import Line, Tone
from vault.reports.table import Column, table, table_of

LINE_LIMIT: Final = 10_000  # characters; a line holds more than a name: a derivation, an address

# Select Graphic Rendition (ECMA-48, 8.3.117), from the eight colours every theme defines.
_COLOURS: Final[Mapping[Tone, str]] = {
    "heading": "1",
    "good": "32",
    "bad": "1;31",
    "warn": "33",
    "quiet": "2",
}


class Output:
    """Where a command's answer goes.

    `room` is the width of the terminal, or None where nothing is to be cut; `colour` paints whole
    lines. A reader who stops reading (`| head`) changes nothing about what a command does: the rest
    goes nowhere. A disk that is full raises StorageError.
    """

    def __init__(
        self, stream: TextIO, *, as_json: bool, room: int | None = None, colour: bool = False
    ) -> None:
        self.as_json = as_json
        self.room = room
        self._stream = stream
        self._colour = colour

    def document(self, schema: str, content: Mapping[str, object]) -> None:
        """Write one JSON document: `schema` first, such as `safehands.plan/1`, then the content.

        Dates are ISO 8601; data is kept as it is, with hidden characters as escapes.
        """
        fields = {key: value for key, value in content.items() if key != "schema"}
        self._write(to_json({"schema": schema, **fields}) + "\n")

    def table(
        self,
        columns: Sequence[Column | str],
        rows: Iterable[Sequence[object] | Line],
        *,
        empty: str = "",
    ) -> None:
        """Write a table; without rows the sentence `empty`, or the titles where there is none."""
        listed = list(rows)
        if not listed and empty:
            self.line(empty, "quiet")
        else:
            self.lines(table(columns, listed, self.room))

    def blocks(self, columns: Sequence[Column], blocks: Iterable[Sequence[Sequence[str]]]) -> None:
        """Write a long table given by blocks of rows, the cells of each column together."""
        tone: Tone = "heading"
        for lines in table_of(columns, blocks, self.room):
            self._lines(lines, repeat(tone))
            tone = "plain"

    def lines(self, lines: Iterable[Line]) -> None:
        """Write lines."""
        listed = list(lines)
        self._lines([line.text for line in listed], (line.tone for line in listed))

    def _lines(self, texts: Sequence[str], tones: Iterable[Tone]) -> None:
        shown = clean_all(texts, LINE_LIMIT)
        if self._colour:
            shown = list(map(_painted, shown, tones))
        self._write("\n".join((*shown, "")))

    def line(self, text: str = "", tone: Tone = "plain") -> None:
        """Write one line."""
        self.lines([Line(text, tone)])

    def text(self, rendered: str) -> None:
        """Write a finished report (Markdown, HTML, CSV, calendar), which its maker has escaped."""
        self._write(rendered if rendered.endswith("\n") else rendered + "\n")

    def finish(self) -> None:
        """Write what is still waiting; raises StorageError where it cannot be written."""
        self._write("")

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except BrokenPipeError:
            self._write_nowhere()
        except OSError as error:
            self._write_nowhere()
            message = f"standard output cannot be written: {error.strerror}"
            raise StorageError(message, "make room, or send the output elsewhere") from error

    def _write_nowhere(self) -> None:
        """Lead the stream to nowhere, so that what it still holds is not tried again at exit."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)


def _painted(shown: str, tone: Tone) -> str:
    code = _COLOURS.get(tone) if shown else None
    return f"\x1b[{code}m{shown}\x1b[0m" if code else shown


def standard_output(*, as_json: bool) -> Output:
    """Return the output of this process, as wide and as colourful as its terminal allows.

    https://no-color.org: any value of NO_COLOR but an empty one takes the colour away.
    """
    if sys.stdout is None:  # the caller closed it: `>&-`
        message = "standard output is closed"
        raise StorageError(message, "leave it open, or send it to /dev/null")
    stream = sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        # A terminal that is not UTF-8 shows the number of a letter it does not have.
        stream.reconfigure(errors="backslashreplace")
    if not stream.isatty():
        return Output(stream, as_json=as_json)
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    import shutil  # brings the compression libraries: 3 ms that a pipe need not wait for

    room = shutil.get_terminal_size().columns
    return Output(stream, as_json=as_json, room=room, colour=colour)
