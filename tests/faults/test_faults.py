"""A rotation loses nothing, wherever the program or the power is cut off, or the disk fails.

A sample of what `make faults` tries in full.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.faults.rig import MODES, Rig, compiler, rig
from tests.faults.sweep import POINTS, Tally, calls_failing, moments_killed, power_cut

needs_compiler = pytest.mark.skipif(
    compiler() is None, reason="no C compiler: the failing disk of tests/faults cannot be built"
)


@pytest.fixture(scope="module")
def at_work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    folder: Path = tmp_path_factory.mktemp("faults")
    folder.chmod(0o700)
    with rig(folder) as made:
        yield made


@needs_compiler
def test_a_rotation_survives_a_failing_call_in_every_mode(at_work: Rig) -> None:
    tally = Tally()
    # Twelve calls, two in each mode.
    calls_failing(at_work, tally, zip(range(7, at_work.calls(), 15), cycle(MODES), strict=False))
    assert tally.wrong == []
    assert tally.names.keys() == MODES.keys()
    assert tally.killed
    assert tally.refused


@needs_compiler
def test_a_rotation_survives_being_killed_at_every_named_moment(at_work: Rig) -> None:
    tally = Tally()
    moments_killed(at_work, tally, 2)
    assert tally.wrong == []
    assert tally.names.keys() == set(POINTS)


@needs_compiler
def test_a_rotation_survives_a_power_cut(at_work: Rig) -> None:
    tally = Tally()
    power_cut(at_work, tally, mixed=1, every=23)
    assert tally.wrong == []
    assert tally.runs


@needs_compiler
def test_the_rig_sees_a_secret_that_is_lost(at_work: Rig) -> None:
    """What was shown and is not in the image must be told."""
    image = at_work.folder / "base"
    answer = at_work.ask({"image": str(image), "said": ["begun", "shown"]})
    assert "a secret that was shown is lost" in answer["wrong"]


def test_every_named_moment_is_said_at_one_place() -> None:
    said = [
        argument.value
        for path in (REPOSITORY / "vault").rglob("*.py")
        if "crashpoint(" in (source := path.read_text(encoding="utf-8"))
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "crashpoint"
        for argument in call.args
        if isinstance(argument, ast.Constant)
    ]
    assert sorted(map(str, said)) == sorted(POINTS)
