"""What a script does a second time: nothing is written twice, and it is told that it is so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.runner import Desk, refusal


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("again")
    folder.chmod(0o700)
    desk = Desk(folder).found().keep_open().with_webcare()
    desk.do("account", "add", "x/@acme", "--role", "webcare")
    desk.do("credential", "set", "x/@acme", "--stdin", "--current", stdin="S3cret of acme")
    return desk


@pytest.fixture
def desk(founded: Desk, tmp_path: Path) -> Desk:
    return founded.copy(tmp_path)


def test_no_departure_takes_the_old_secret_for_a_new_one(desk: Desk) -> None:
    entries = desk.ask("status")["entries"]
    words = ("credential", "set", "x/@acme", "--stdin")
    again = desk.do(*words, "--current", stdin="S3cret of acme")
    assert again.out == "x/@acme: this password is current already\n"
    today = desk.now().date().isoformat()
    started = desk.ask("offboard", "start", "eva", "--last-day", today, code=None)
    refused = desk.do(*words, code=5, stdin="S3cret of acme")
    assert refusal(refused) == "that is the password x/@acme has, or had (version 2)"
    assert "S3cret" not in refused.err
    steps = {step["act"]: step["id"] for step in started["plan"]["steps"]}
    desk.do("case", "applied", started["case"], steps["end_role_assignment"])
    told = refusal(desk.do("case", "applied", started["case"], steps["rotate_password"], code=5))
    assert "no new password for x/@acme is pending" in told
    assert desk.ask("status")["entries"] == entries + 2  # the case, and its step
