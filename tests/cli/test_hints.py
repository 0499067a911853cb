"""A command that a hint names can be pasted: it is there, and has its arguments."""

from __future__ import annotations

import ast
import io
import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stdout
from itertools import product
from pathlib import Path

import click
import pytest

import vault
from tests.cli.runner import Desk, refusal
from vault.cli.root import COMMANDS, root

HOME = Path(vault.__file__).parent
WORD = r"""(?:'[^']*'|"[^"]*"|[^\s,;`'"()])+"""  # as a shell reads it
COMMAND = re.compile(rf"(?<!`)safehands ((?:{'|'.join(COMMANDS)})(?: {WORD})+)")
HOLE = "X"  # stands for a value that is filled in: one word, several, or none


def told(home: Path = HOME) -> Iterator[tuple[str, str]]:
    """Yield where a command is told in a text of ours, and the command with its holes."""
    for file in sorted(home.rglob("*.py")):
        source = file.read_text(encoding="utf-8")
        nodes = list(ast.walk(ast.parse(source))) if "safehands " in source else []
        parts = {id(part) for n in nodes if isinstance(n, ast.JoinedStr) for part in n.values}
        docs = {id(n.value) for n in nodes if isinstance(n, ast.Expr)}
        for node in nodes:
            if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in parts | docs:
                for found in COMMAND.finditer(text_of(node)):
                    yield f"{file.relative_to(home)}:{node.lineno}", found[1]


def text_of(node: ast.Constant | ast.JoinedStr) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    text = "".join(str(p.value) if isinstance(p, ast.Constant) else HOLE for p in parts)
    return re.sub(r"\{[a-z_]+\}", HOLE, text)


def lacks(command: str) -> str:
    """Return what the command line says against a command, "" where it takes it in some way."""
    first, *others = command.split(HOLE)
    said = []
    for filled in product((HOLE, f"{HOLE} {HOLE}", ""), repeat=len(others)):
        pairs = zip(filled, others, strict=True)
        said.append(refused(shlex.split(first + "".join(map("".join, pairs)))))
        if not said[-1]:
            return ""
    return said[0]


def refused(words: list[str]) -> str:
    """Return what the command line says against a command, or "", without running it."""
    here: click.Command = root
    context = click.Context(root, info_name="safehands")
    while isinstance(here, click.Group):
        if not words or words[0] == HOLE:
            return ""  # any of them
        found = here.get_command(context, words[0])
        if found is None:
            return f"there is no command {words[0]}"
        here, words = found, words[1:]
    try:
        with redirect_stdout(io.StringIO()):
            here.make_context(here.name, [*words], context)
    except click.exceptions.Exit:
        return ""  # it asks for help
    except click.UsageError as error:
        is_missing = isinstance(error, click.MissingParameter)
        is_value = isinstance(error, click.BadParameter) and not is_missing
        # A word in capitals stands for one of the values that the command line lists.
        return "" if is_value and any(map(str.isupper, words)) else error.format_message()
    return ""


def test_every_command_that_a_text_names_is_there_and_has_its_arguments() -> None:
    commands = list(told())
    assert len(commands) > 90
    assert {f"{where} {text}": why for where, text in commands if (why := lacks(text))} == {}


def test_a_command_without_its_arguments_is_found() -> None:
    assert "CASE" in lacks("case next")
    assert lacks("case next X") == ""
    assert "--reason" in lacks("deactivate stop X")
    assert "no command" in lacks("case go X")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("persn", "list"), "No such command 'persn'. Did you mean 'person'?"),
        (("person", "lst"), "No such command 'lst'. Did you mean 'list'?"),
        (("qqqq",), "No such command 'qqqq'."),
    ],
)
def test_the_nearest_command_is_named_at_every_level(
    tmp_path: Path, typed: tuple[str, ...], said: str
) -> None:
    assert refusal(Desk(tmp_path).do(*typed, code=2)) == said
