from __future__ import annotations

from itertools import chain

import pytest

from vault.domain.text import width
from vault.reports import table as laid_out
from vault.reports.lines import Line, prose, wrapped
from vault.reports.table import Column, table, table_of

ROWS: list[list[object]] = [["x/@acme", "Webcare", 12], ["instagram/@acme", "", None]]


def text_of(lines: object) -> list[str]:
    return [line.text for line in lines]  # type: ignore[attr-defined]


def test_columns_line_up_and_nothing_trails() -> None:
    columns = [Column("account"), Column("role"), Column("days", right=True)]
    assert text_of(table(columns, ROWS)) == [
        "ACCOUNT          ROLE     DAYS",
        "x/@acme          Webcare    12",
        "instagram/@acme",
    ]


def test_without_a_terminal_nothing_is_cut() -> None:
    lines = text_of(table([Column("a", wraps=True), "b"], [["word " * 100, "x" * 400]]))
    assert len(lines) == 2
    assert "x" * 400 in lines[1]


@pytest.mark.parametrize("room", [30, 40, 80, 200])
def test_a_table_keeps_to_its_room(room: int) -> None:
    columns = [Column("a"), Column("b", wraps=True), Column("on", fixed=True)]
    rows = [["name" * 20, "some words " * 20, "2026-11-21"], ["山田太郎" * 10, "", "2026-11-22"]]
    lines = text_of(table(columns, rows, room, indent=2))
    assert max(map(width, lines)) <= room
    assert sum("2026-11-2" in line for line in lines) == 2


def test_the_widest_column_gives_way_first() -> None:
    lines = text_of(table(["a", "b"], [["short", "x" * 50]], 30))
    assert lines[1] == "short  " + "x" * 22 + "…"


def test_a_wrapped_cell_loses_no_word() -> None:
    words = ["Move", "the", "log-in", "address", "of", "x/@acme", "to", "webcare@acme.example"]
    columns = [Column("step", wraps=True), Column("by", fixed=True)]
    lines = text_of(table(columns, [[" ".join(words), "2026-12-31"]], 40))
    assert [word for line in lines[1:] for word in line[:28].split()] == words


def test_a_heading_may_stand_among_the_rows() -> None:
    lines = list(table(["a"], [Line("Now", "quiet"), ["x"]]))
    assert lines == [Line("A", "heading"), Line("Now", "quiet"), Line("x")]


def test_headings_stand_where_they_stood_though_the_rows_around_them_are_broken() -> None:
    rows = [Line("First"), ["one two"], ["x"], Line("Second", "quiet"), ["three four"], Line("End")]
    lines = text_of(table([Column("a", wraps=True)], rows, 6))
    assert lines == ["A", "First", "one", "two", "x", "Second", "three", "four", "End"]


@pytest.mark.parametrize("room", [None, 12, 20])
def test_a_table_is_the_same_by_its_rows_and_by_its_columns(room: int | None) -> None:
    columns = [Column("a", wraps=True), Column("on", fixed=True), Column("days", right=True)]
    rows = [["one two three", "", "7"], ["山田太郎", "2026-11-21", "365"], ["", "x\x1b[0m", "0"]]
    blocks = [list(zip(*rows[:2], strict=True)), list(zip(*rows[2:], strict=True))]
    lines = chain.from_iterable(table_of(columns, blocks, room))
    assert list(lines) == text_of(table(columns, rows, room))


@pytest.mark.parametrize("room", [None, 12])
def test_a_column_in_which_no_block_has_anything_is_left_out(room: int | None) -> None:
    columns = [Column("a"), Column("never"), Column("once")]
    titles, *rows = table_of(columns, [[["x"], [""], [""]], [["y"], [""], ["z"]]], room)
    assert (titles, rows) == (["A  ONCE"], [["x"], ["y  z"]])


@pytest.mark.parametrize("room", [None, 18])
def test_rows_line_up_however_many_are_laid_out_together(
    monkeypatch: pytest.MonkeyPatch, room: int | None
) -> None:
    columns = [Column("a", wraps=True), Column("b", right=True)]
    rows: list[Line | list[object]] = [
        ["one two three four", 1],
        ["山", 22],
        Line("Heading"),
        ["x" * 30, None],
        ["é", 4444],
    ]
    together = list(table(columns, rows, room))
    monkeypatch.setattr(laid_out, "ROWS_AT_ONCE", 1)
    assert list(table(columns, rows, room)) == together


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        list(table_of([Column("a"), Column("b")], [[["x", "y"], ["z"]]]))


def test_a_row_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="2 cells, the table 1"):
        list(table(["a"], [["x", "y"]]))


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("山田太郎", 3, ["山", "田", "太", "郎"]),
        ("山", 1, ["山"]),
        ("", 5, [""]),
        ("in abcdefgh", 4, ["in", "abcd", "efgh"]),
    ],
)
def test_prose_is_broken_between_words(text: str, columns: int, lines: list[str]) -> None:
    assert wrapped(text, columns) == lines


def test_prose_hangs_below_its_bullet() -> None:
    assert list(prose("  - ", "one two three", 13, "bad")) == [
        Line("  - one two", "bad"),
        Line("    three", "bad"),
    ]
    assert list(prose("- ", "one two three", None)) == [Line("- one two three")]
