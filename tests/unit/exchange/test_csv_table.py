"""What a CSV file may be, and what is refused with a place and a way out."""

from __future__ import annotations

import codecs

import pytest

from vault.errors import ImportRefusedError
from vault.exchange import csv_table
from vault.exchange.csv_table import read_table


def cells(raw: bytes, delimiter: str = "") -> list[tuple[str, ...]]:
    return [row.cells for row in read_table(raw, "list.csv", delimiter).rows]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_rows_are_numbered_as_a_spreadsheet_does(newline: str) -> None:
    text = newline.join(["a,b", "1,2", "", '"two', 'lines",4', "5,6"])
    table = read_table(text.encode(), "list.csv")
    assert table.header == ("a", "b")
    assert [row.number for row in table.rows] == [2, 4, 5]
    assert table.rows[1].cells[1] == "4"


@pytest.mark.parametrize(
    "raw",
    [
        "naam,plaats\nJosé,Zoë\n".encode(),
        codecs.BOM_UTF8 + "naam,plaats\nJosé,Zoë\n".encode(),
        codecs.BOM_UTF16_LE + "naam,plaats\nJosé,Zoë\n".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "naam,plaats\nJosé,Zoë\n".encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16 little", "utf-16 big"],
)
def test_unicode_files_read_the_same_in_every_encoding(raw: bytes) -> None:
    assert cells(raw) == [("José", "Zoë")]


def test_bytes_of_another_encoding_are_refused_at_their_place() -> None:
    with pytest.raises(
        ImportRefusedError, match=r"list\.csv is not UTF-8: byte 7 is 0xe9"
    ) as error:
        read_table("naam\nJosé\n".encode("latin-1").replace(b"Jos", b"J"), "list.csv")
    assert "UTF-8" in error.value.hint


def test_utf16_without_a_mark_is_refused_as_such() -> None:
    with pytest.raises(ImportRefusedError, match=r"NUL character at byte 2.*without a byte order"):
        read_table("a,b\n1,2\n".encode("utf-16-le"), "list.csv")


def test_a_broken_utf16_file_is_refused() -> None:
    with pytest.raises(ImportRefusedError, match="UTF-16-LE"):
        read_table(codecs.BOM_UTF16_LE + b"a\x00\x00\xd8", "list.csv")


def test_a_nul_character_is_refused_at_its_byte() -> None:
    with pytest.raises(ImportRefusedError, match=r"NUL character at byte 8$"):
        read_table("né\nJan\0\n".encode(), "list.csv")


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("sep=;\na;b,c\n1;2\n", ""),
        ("SEP=|\r\na|b,c\r\n1|2\r\n", ""),
        ("a;b,c;\n1;2;\n", ""),
        ("a\tb,c\n1\t2\n", "\t"),
        ('"a,b";"b,c"\n1;2\n', ""),
    ],
)
def test_the_delimiter_is_told_or_seen(text: str, delimiter: str) -> None:
    assert cells(text.encode(), delimiter)[0][:2] == ("1", "2")


def test_a_delimiter_that_is_given_wins_over_the_look_of_the_header() -> None:
    assert cells(b"a;b;c,d\n1;2;3,4\n", ",") == [("1;2;3", "4")]


def test_rows_with_other_numbers_of_cells_are_refused_with_the_first_row() -> None:
    with pytest.raises(
        ImportRefusedError, match=r"row 3 has 3 cells, the header 2; so with 1 more row$"
    ):
        read_table(b"a,b\n1,2\n1,2,3\n4\n", "list.csv")


@pytest.mark.parametrize("text", ['a,b\n1,"2\n', 'a,b\n1,"2"x\n'])
def test_stray_quotes_are_refused_with_row_and_line(text: str) -> None:
    with pytest.raises(ImportRefusedError, match=r"row 2, line 2"):
        read_table(text.encode(), "list.csv")


def test_separators_of_other_scripts_do_not_break_a_row() -> None:
    assert cells("a,b\none\u2028two,\x0b\x1c\x85\n".encode()) == [("one\u2028two", "\x0b\x1c\x85")]


def test_a_column_named_twice_is_refused() -> None:
    with pytest.raises(ImportRefusedError, match="two columns named 'a'"):
        read_table(b"a,b,a \n1,2,3\n", "list.csv")


@pytest.mark.parametrize("raw", [b"", codecs.BOM_UTF8, b"sep=;\n"])
def test_an_empty_file_is_refused(raw: bytes) -> None:
    with pytest.raises(ImportRefusedError, match="is empty"):
        read_table(raw, "list.csv")


def test_a_long_cell_is_read_and_a_longer_one_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cells(b"a\n" + b"x" * 200_000)[0][0] == "x" * 200_000
    with pytest.raises(ImportRefusedError, match="field larger than field limit"):
        read_table(b"a\n" + b"x" * (csv_table.MAX_CHARACTERS + 1), "list.csv")


@pytest.mark.parametrize(
    ("limit", "message"), [("MAX_BYTES", "bytes"), ("MAX_ROWS", "rows"), ("MAX_COLUMNS", "columns")]
)
def test_what_is_over_a_limit_is_refused(
    monkeypatch: pytest.MonkeyPatch, limit: str, message: str
) -> None:
    read_table(b"a,b\n1,2\n", "list.csv")
    monkeypatch.setattr(csv_table, limit, 1)
    with pytest.raises(ImportRefusedError, match=message):
        read_table(b"a,b\n1,2\n", "list.csv")
