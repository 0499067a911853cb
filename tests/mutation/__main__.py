"""Break each rule in turn and see which test notices: `python -m tests.mutation [--only WORD]`.

Each mutant is made in a copy of the repository, and the tests of the heart are run there until one
fails. A mutant that survives is a missing test or a needless rule; the exit status is then 1. A run
takes fifteen minutes of processor time, so it is no part of `make check`.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutation.belonging import BELONGING
from tests.mutation.closing_mutants import CLOSING
from tests.mutation.in_time import IN_TIME
from tests.mutation.knowing import EQUAL, KNOWING, UNSEEN
from tests.mutation.mutants import GUARDS_AND_VERDICT, ORDERS, RULES, Mutant

EVERY = (
    *RULES,
    *KNOWING,
    *EQUAL,
    *UNSEEN,
    *BELONGING,
    *ORDERS,
    *GUARDS_AND_VERDICT,
    *CLOSING,
    *IN_TIME,
)
ROOT = Path(__file__).resolve().parents[2]
COPIED = ("vault", "tests", "pyproject.toml")

# The quick ones first: most mutants die by an example, and only the rest need the properties.
TESTS = (
    *(
        f"tests/unit/domain/test_{name}.py"
        for name in (
            "access",
            "knowledge",
            "equal_secrets",
            "knowing_mail",
            "numbers",
            "rotation_leavers",
            "sessions",
            "span",
            "horn",
            "registry",
            "departure",
            "pending_secrets",
            "ways_out",
            "guards",
            "endings",
            "mailbox_choice",
            "order",
            "horizon",
            "leavers_mailbox",
            "grace",
            "replanning",
            "verdict",
            "whose",
            "cautions",
            "case_ending",
        )
    ),
    "tests/property/test_access.py",
    "tests/property/test_equal_secrets.py",
    "tests/property/test_departure.py",
    "tests/property/test_departure_days.py",
    "tests/property/test_closing.py",
)


def main() -> int:
    """Run every mutant and print who noticed it; return the exit status."""
    options = _parser().parse_args()
    mutants = [m for m in EVERY if options.only in m.name]
    survivors = 0
    with ThreadPoolExecutor(options.jobs) as pool:
        for mutant, test in zip(mutants, pool.map(noticed_by, mutants), strict=True):
            fate = "killed  " if test else "SURVIVED"
            where = Path(mutant.file).name
            sys.stdout.write(f"{fate}  {where:18} {mutant.name}: {test or '-'}\n")
            sys.stdout.flush()
            survivors += not test
    sys.stdout.write(f"{len(mutants)} mutants, {survivors} survived\n")
    return 1 if survivors else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--only", default="", help="only mutants with this in their name")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time")
    return parser


def noticed_by(mutant: Mutant) -> str:
    """Return the first test that fails with the mistake in place, or "" where none does."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        _copy_to(copy)
        source = copy / mutant.file
        text = source.read_text(encoding="utf-8")
        if text.count(mutant.old) < 1:
            raise SystemExit(f"{mutant.name}: {mutant.file} does not contain {mutant.old!r}")
        source.write_text(text.replace(mutant.old, mutant.new, 1), encoding="utf-8")
        for chosen in _stages():
            found = subprocess.run(
                [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *chosen],
                cwd=copy,
                capture_output=True,
                text=True,
                check=False,
                env={**os.environ, "HYPOTHESIS_PROFILE": "quick", "PYTHONPATH": str(copy)},
            )
            if found.returncode:
                failed = re.search(
                    r"^(?:FAILED|ERROR) \S*?(?:::(\w+)|(\S+))", found.stdout, re.MULTILINE
                )
                return (failed[1] or failed[2]) if failed else "the tests do not start"
    return ""


def _stages() -> Iterator[list[str]]:
    yield [test for test in TESTS if "/unit/" in test]
    for _ in range(3):  # quick examples are few and differ each time
        yield [test for test in TESTS if "/property/" in test]


def _copy_to(folder: Path) -> None:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", ".*")
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy(source, folder / name)


if __name__ == "__main__":
    sys.exit(main())
