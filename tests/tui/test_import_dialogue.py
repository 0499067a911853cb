"""The dialogue that brings in a file: what it says of problems, and where its answers stay."""

from __future__ import annotations

from pathlib import Path

from textual.widgets import Input

from tests.tui.conftest import Hands, Interface
from tests.tui.test_rotation_case import said

MAPPING = '[source]\nname = "hr"\nkind = "people"\n[columns]\nname = "name"\nmail = "mail"\n'


async def preview(hands: Hands, file: str, mapping: str) -> None:
    await hands.press("ctrl+o")
    for box, path in (("#file", file), ("#mapping", mapping)):
        hands.page.query_one(box, Input).value = path
    hands.page.query_one("#preview").press()
    await hands.settle()


async def test_the_answers_stay_in_sight_below_a_path_of_ten_thousand_letters(
    interface: Interface,
) -> None:
    async with interface((80, 24)) as hands:
        await preview(hands, "people.csv", "x" * 10_000)
        assert "xxxx" in hands.page.query_one("#error").content.plain
        assert "Preview" in hands.shown()


async def test_a_problem_is_told_to_its_end_and_as_it_is_mended_here(
    interface: Interface, tmp_path: Path
) -> None:
    mapping, file = tmp_path / "people.toml", tmp_path / "people.csv"
    mapping.write_text(MAPPING, encoding="utf-8")
    file.write_text("name,mail\nJan Bakker,jan@new.example\nTess van Dijk,\n", encoding="utf-8")
    async with interface((80, 24)) as hands:
        await preview(hands, str(file), str(mapping))
        told = hands.page.query_one("#problem").content.plain
        assert told.startswith("same name as Jan Bakker, ")
        assert "before it comes in: Edit (e) on the person's page; so: taken as" in told
        assert "so: taken as another person" in said(hands)
