"""What is to stand in one place stands there and nowhere else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.conftest import REPOSITORY

SPACED = re.compile(r"""\.replace\((['"])_\1, (['"]) \2\)""")


def test_stored_names_become_words_in_one_module_only() -> None:
    places = {
        str(path.relative_to(REPOSITORY))
        for folder in ("vault", "tui")
        for path in (REPOSITORY / folder).rglob("*.py")
        if SPACED.search(path.read_text(encoding="utf-8"))
    }
    assert places == {"vault/domain/wording.py"}


FILLING = frozenset({"append", "extend", "insert", "clear", "add", "update", "setdefault"})


def filled_from_inside(decide: ast.FunctionDef) -> Iterator[str]:
    """Yield what a function changes that is not its own: a list, a set, a dictionary."""
    own = {node.arg for node in ast.walk(decide) if isinstance(node, ast.arg)}
    own |= {n.id for n in ast.walk(decide) if isinstance(n, ast.Name) and not _is_read(n)}
    held = [
        node.value
        for node in ast.walk(decide)
        if (isinstance(node, ast.Attribute) and node.attr in FILLING)
        or (isinstance(node, ast.Subscript) and not _is_read(node))
    ]
    yield from (each.id for each in held if isinstance(each, ast.Name) and each.id not in own)


def _is_read(node: ast.Name | ast.Subscript) -> bool:
    return isinstance(node.ctx, ast.Load)


def test_what_a_decision_finds_is_returned_by_the_write_and_never_left_outside_of_it() -> None:
    left = {
        f"{path.name}: {name}"
        for path in (REPOSITORY / "vault" / "services").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.returns is not None
        if "Changes" in ast.unparse(node.returns)
        for name in filled_from_inside(node)
    }
    assert left == set()
