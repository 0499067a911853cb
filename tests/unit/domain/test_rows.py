from __future__ import annotations

import pytest

from vault.domain.rows import Rows, beginning, holding

NAMES = ["Ana at Work", "Anabel at home", "Bé at work"]


def rows() -> Rows[str]:
    return Rows(NAMES, str, {"place": beginning(place), "name": holding(str)})


def place(name: str) -> str:
    return name.rpartition(" ")[2].lower()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [0, 1, 2]),
        ("ANA", [0, 1]),
        ("ana work", [0]),
        ("place:w", [0, 2]),
        ("place:w B\u00c9", [2]),
        ("name:bel place:home", [1]),
        ("place:", [0, 1, 2]),
        ("other:w", []),
        ("[/red] \x1b[31m", []),
    ],
)
def test_a_row_holds_all_words_and_passes_all_filters(text: str, found: list[int]) -> None:
    assert rows().find(text) == [NAMES[number] for number in found]


def test_what_was_prepared_is_not_asked_for_again() -> None:
    asked: list[str] = []

    def text(name: str) -> str:
        asked.append(name)
        return name

    known = Rows(NAMES, text)
    known.prepare()
    assert known.find("home") == [NAMES[1]]
    assert asked == NAMES


def test_rows_that_come_later_are_found_as_well() -> None:
    known = rows()
    assert known.find("home") == [NAMES[1]]
    known.add(["Tom at home"])
    assert known.find("home") == [NAMES[1], "Tom at home"]
