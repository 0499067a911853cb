"""Two admins at the same moment: one of them changes the password, the other is told who does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.conftest import REPOSITORY
from tests.faults import story

Racer = subprocess.Popen[str]


@contextmanager
def racers(folder: Path) -> Iterator[list[Racer]]:
    """Yield two processes that have the same vault open."""
    command = [sys.executable, "-m", "tests.faults.racer", str(folder)]
    with ExitStack() as stack:
        both = [
            stack.enter_context(
                subprocess.Popen(
                    [*command, name],
                    cwd=REPOSITORY,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for name in ("one", "other")
        ]
        assert [answer(racer) for racer in both] == ["ready", "ready"]
        yield both


def answer(racer: Racer) -> str:
    assert racer.stdout is not None
    return racer.stdout.readline().strip()


def raced(both: Sequence[Racer], what: str) -> list[str]:
    """Let both go at once; return what became of them, who won first."""
    for racer in both:
        assert racer.stdin is not None
        racer.stdin.write(f"{what}\n")
    for racer in both:
        assert racer.stdin is not None
        racer.stdin.flush()
    return sorted(answer(racer) for racer in both)


def test_of_two_processes_one_begins_and_the_other_is_told_who_and_when(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    unlock = story.found(tmp_path)
    with racers(tmp_path) as both:
        for what in ("rotation", "secret"):
            done, refused = raced(both, what)
            assert done == "done"
            assert refused.startswith("refused: Ana began to change")
    session = story.opened(tmp_path, unlock)
    assert [*story.violations(session, ["begun"])] == []
    assert len(list(session.registry.open_cases)) == 1
    assert story.pending(session) is not None
    session.close()
