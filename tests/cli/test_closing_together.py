"""Closing accounts that hang on each other, by command."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.runner import Desk
from tests.cli.test_deactivate import made, next_step


@pytest.mark.parametrize("order", [("x/@aaa", "x/@bbb"), ("x/@bbb", "x/@aaa")])
def test_accounts_that_hang_on_each_other_and_close_together_are_archived_in_any_order(
    tmp_path: Path, order: tuple[str, str]
) -> None:
    desk: Desk = made(tmp_path)
    for each in ("x/@aaa", "x/@bbb"):
        desk.do("account", "add", each, "--role", "webcare")
    desk.do("account", "edit", "x/@aaa", "--signs-in-with", "x/@bbb")
    desk.do("account", "edit", "x/@bbb", "--container", "x/@aaa")
    desk.do("deactivate", "start", "x/@aaa", "x/@bbb")
    for name in ("x/@aaa", "x/@bbb"):
        while (step := next_step(desk, name))["act"] != "archive_record":
            desk.do("case", "applied", name, step["id"], "--evidence", "noted")
            desk.ahead += timedelta(days=60 * (step["act"] == "deactivate"))
    for name in order:
        desk.do("case", "applied", name, next_step(desk, name)["id"])
        desk.do("case", "close", name)
