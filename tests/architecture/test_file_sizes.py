"""Files and functions stay small enough to be read in one go."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LINES_A_FILE = 400
LINES_A_FUNCTION = 40

FOLDERS = ("vault", "tui", "migrations", "tests", "bench")
PRODUCT = ("vault", "tui")


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (REPOSITORY / folder).rglob("*.py"))


def long_functions(source: str) -> Iterator[tuple[str, int]]:
    """Yield name and length of each function over the limit, not counting its docstring."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            documented = ast.get_docstring(node) is not None and len(node.body) > 1
            docstring = node.body[0]
            explained = (docstring.end_lineno or 0) - docstring.lineno + 1 if documented else 0
            length = (node.end_lineno or 0) - node.lineno + 1 - explained
            if length > LINES_A_FUNCTION:
                yield node.name, length


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {
        str(path.relative_to(REPOSITORY)): len(path.read_text(encoding="utf-8").splitlines())
        for path in python_files(*FOLDERS)
    }
    assert lengths, "no Python file was found, so nothing was measured"
    assert {name: length for name, length in lengths.items() if length > LINES_A_FILE} == {}


def test_no_function_of_the_product_is_longer_than_40_lines() -> None:
    found = {
        f"{path.relative_to(REPOSITORY)}:{name}": length
        for path in python_files(*PRODUCT)
        for name, length in long_functions(path.read_text(encoding="utf-8"))
    }
    assert found == {}


@pytest.mark.parametrize(("statements", "is_long"), [(LINES_A_FUNCTION - 1, False), (40, True)])
def test_the_measure_of_a_function_is_its_lines_without_the_docstring(
    statements: int, is_long: bool
) -> None:
    source = 'def f():\n    """One.\n\n    Two.\n    """\n' + "    pass\n" * statements
    assert bool(list(long_functions(source))) is is_long
