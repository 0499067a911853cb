"""A sheet of text in sections: headings, and lines that are numbered or not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from textual.widgets import Static

from tui.widgets.plain import LONG, shown

TITLE_NAME = 40
"""How much of a name stands in a title: beside it there are other words, and 80 columns."""


def in_title(name: str) -> str:
    """Return a name as a title shows it."""
    return shown(name, TITLE_NAME)


class Section(NamedTuple):
    """A heading ("" for none) over lines, each behind a lead such as "1." or "✓"."""

    heading: str
    lines: Sequence[tuple[str, str]]


def section(heading: str, texts: Iterable[str], lead: str = "") -> Section:
    """Return a section whose lines all have the same lead."""
    return Section(heading, [(lead, text) for text in texts])


def numbered(heading: str, texts: Iterable[str]) -> Section:
    """Return a section whose lines are numbered from one."""
    return Section(heading, [(f"{n}.", text) for n, text in enumerate(texts, 1)])


class Sheet(Static):
    """Sections one below the other; what is in them is shown as itself, wrapped below its start."""

    DEFAULT_CSS = "Sheet { height: auto; }"

    def say(self, *sections: Section) -> None:
        """Show these sections; one without lines is left out."""
        parts: list[RenderableType] = []
        for each in sections:
            if each.lines:
                parts += [Text("")] * bool(parts)
                parts += _section(each)
        self.update(Group(*parts))
        self.display = bool(parts)


def _section(told: Section) -> list[RenderableType]:
    grid = Table.grid(padding=(0, 1, 0, 0))
    has_leads = any(lead for lead, _ in told.lines)
    if has_leads:
        grid.add_column(no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    for lead, text in told.lines:
        # Text is never read as markup, and cleaned it steers no terminal.
        cells = [Text(shown(lead))] * has_leads + [Text(shown(text, LONG))]
        grid.add_row(*cells)
    heading = [Text(shown(told.heading), style="bold")] if told.heading else []
    return [*heading, grid]
