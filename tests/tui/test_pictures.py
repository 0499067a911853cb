"""The main pages as they looked when `make screenshots` was last run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.tui.pictures import FOLDER, SHOTS


def test_the_pages_look_as_their_pictures_show_them(tmp_path: Path) -> None:
    # In a process whose sets have the order they had when the pictures were kept.
    command = (sys.executable, "-m", "tests.tui.pictures", str(tmp_path))
    order = {**os.environ, "PYTHONHASHSEED": "0"}
    subprocess.run(command, check=True, cwd=REPOSITORY, env=order)
    differing = [
        name
        for name in SHOTS
        if (tmp_path / f"{name}.svg").read_bytes() != (FOLDER / f"{name}.svg").read_bytes()
    ]
    assert differing == [], "look at them, then: make screenshots"


@pytest.mark.parametrize("name", SHOTS)
def test_a_picture_fetches_nothing_from_elsewhere(name: str) -> None:
    kept = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert set(re.findall(r'"?\bhttps?://[^"\s)]+', kept)) <= {
        '"http://www.w3.org/2000/svg',
        "https://www.textualize.io",  # a comment that says what drew it
    }
