"""The main pages as they looked when `make screenshots` was last run."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY
from tests.tui.pictures import FOLDER, SHOTS


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The pictures drawn now, in a process whose sets have the order they had then."""
    folder = tmp_path_factory.mktemp("pictures")
    command = (sys.executable, "-m", "tests.tui.pictures", str(folder))
    subprocess.run(command, check=True, cwd=REPOSITORY, env={**os.environ, "PYTHONHASHSEED": "0"})
    return {name: (folder / f"{name}.svg").read_text(encoding="utf-8") for name in SHOTS}


@pytest.mark.parametrize("name", SHOTS)
def test_a_page_looks_as_its_picture_shows_it(drawn: dict[str, str], name: str) -> None:
    kept = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert drawn[name] == kept, "look at it, then: make screenshots"


@pytest.mark.parametrize("name", SHOTS)
def test_a_picture_fetches_nothing_from_elsewhere(drawn: dict[str, str], name: str) -> None:
    assert set(re.findall(r'"?\bhttps?://[^"\s)]+', drawn[name])) <= {
        '"http://www.w3.org/2000/svg',
        "https://www.textualize.io",  # a comment that says what drew it
    }
