from __future__ import annotations

import io
import json
import os
import sys
from datetime import date
from pathlib import Path

import pyte
import pytest

from vault.cli.output import Output, standard_output
from vault.errors import StorageError
from vault.reports.documents import to_json
from vault.reports.lines import Line
from vault.reports.table import Column

HOSTILE = "\x1b]52;c;QUJD\x07\x9b2J\u202e\u200b"


def output(room: int | None = None, *, colour: bool = False) -> tuple[Output, io.StringIO]:
    stream = io.StringIO()
    return Output(stream, as_json=False, room=room, colour=colour), stream


def test_a_document_is_one_json_value_that_begins_with_its_schema() -> None:
    out, stream = output()
    out.document("safehands.x/1", {"on": date(2026, 11, 21), "schema": "other", "n": None})
    assert stream.getvalue() == (
        '{\n  "schema": "safehands.x/1",\n  "on": "2026-11-21",\n  "n": null\n}\n'
    )


def test_json_keeps_data_and_shows_nothing_hidden() -> None:
    text = to_json({"name": HOSTILE + "é\U000e0041"})
    assert json.loads(text) == {"name": HOSTILE + "é\U000e0041"}
    assert "é" in text
    assert not set(text) & set("\x1b\x07\x9b\u202e\u200b\U000e0041")


def test_a_file_name_that_is_no_text_still_makes_valid_json() -> None:
    name = os.fsdecode(b"caf\xe9.csv")
    assert json.loads(to_json({"files": [name, {name: (name,)}]})) == {
        "files": ["caf?.csv", {"caf?.csv": ["caf?.csv"]}]
    }


def test_lines_and_tables_are_cleaned() -> None:
    out, stream = output()
    out.line(HOSTILE)
    out.table(["name"], [[HOSTILE]])
    assert not set(stream.getvalue()) & set("\x1b\x07\x9b\u202e\u200b")


def test_a_table_by_blocks_is_cleaned_and_its_titles_alone_are_painted() -> None:
    out, stream = output(colour=True)
    out.blocks([Column("name")], [[[HOSTILE]], [["x"]]])
    assert stream.getvalue() == (
        "\x1b[1mNAME\x1b[0m\n\ufffd]52;c;QUJD\ufffd\ufffd2J<U+202E><U+200B>\nx\n"
    )


def test_one_hostile_line_is_cleaned_among_many_plain_ones() -> None:
    out, stream = output(colour=True)
    out.lines([Line("plain"), Line(f"a{HOSTILE}", "bad"), Line()])
    assert stream.getvalue() == (
        "plain\n\x1b[1;31ma\ufffd]52;c;QUJD\ufffd\ufffd2J<U+202E><U+200B>\x1b[0m\n\n"
    )
    out.lines([])
    assert stream.getvalue().endswith("\x1b[0m\n\n")


def test_a_table_without_rows_says_so() -> None:
    out, stream = output()
    out.table(["name"], [], empty="there are no accounts")
    assert stream.getvalue() == "there are no accounts\n"


def test_colour_paints_whole_lines_and_only_where_asked() -> None:
    painted, stream = output(colour=True)
    painted.lines([Line("good", "good"), Line("plain"), Line("", "bad")])
    assert stream.getvalue() == "\x1b[32mgood\x1b[0m\nplain\n\n"
    plain, stream = output()
    plain.line("good", "good")
    assert stream.getvalue() == "good\n"


def test_a_table_lines_up_on_a_real_terminal() -> None:
    out, stream = output(room=40)
    rows = [["山田太郎", "2026-01-02"], ["Zoe\u0308", "2026-01-03"], ["x" * 60, "2026-01-04"]]
    out.table([Column("name"), Column("since", fixed=True)], rows)
    screen = pyte.Screen(40, 10)
    pyte.Stream(screen).feed(stream.getvalue().replace("\n", "\r\n"))
    columns = {screen.buffer[line][30].data + screen.buffer[line][39].data for line in (1, 2, 3)}
    assert columns == {"22", "23", "24"}
    assert screen.display[4].strip() == ""


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("variable", "painted"), [("", True), ("1", False)])
def test_no_color_takes_the_colour_away(
    monkeypatch: pytest.MonkeyPatch, variable: str, painted: bool
) -> None:
    stream = Terminal(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setenv("NO_COLOR", variable)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "72")
    out = standard_output(as_json=False)
    out.line("good", "good")
    stream.seek(0)
    assert ("\x1b" in stream.read()) is painted
    assert out.room == 72


def test_nothing_is_cut_or_painted_where_stdout_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    out = standard_output(as_json=False)
    out.table(["name"], [["ż" + "x" * 500]])
    stream.seek(0)
    assert stream.read() == "NAME\n\\u017c" + "x" * 500 + "\n"


def test_a_reader_who_stops_reading_changes_nothing() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        out = Output(stream, as_json=False)
        for _ in range(3):
            out.line("x" * 100_000)
        out.finish()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_told_once_and_not_again_at_exit() -> None:
    with Path("/dev/full").open("w") as stream:
        out = Output(stream, as_json=False)
        with pytest.raises(StorageError, match="No space left"):
            out.line("x")
        out.finish()
