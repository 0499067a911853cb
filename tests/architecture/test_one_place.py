"""A rule that was once written in many places, and drifted, stands in one."""

from __future__ import annotations

import re

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
