"""Files of reports for one vault: a run ends by what its own asked for, and says who opened it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.cli.runner import Desk
from tests.cli.test_schedule import DORMANT, asked, desk, founded, into

__all__ = ["desk", "founded"]  # fixtures

EXPOSURE = '[[report]]\nname = "exposure"\n[folder]\n'


def test_two_files_for_one_vault_leave_each_others_reports_alone(
    desk: Desk, tmp_path: Path
) -> None:
    desk.do("schedule", "run", into(tmp_path), code=8)
    other = asked(tmp_path, f"{EXPOSURE}path = 'out'\n", "other.toml")
    answer = desk.do("schedule", "run", other, code=8)
    left = f"waits for {tmp_path}/out: another file of reports asked for it, {tmp_path}/reports"
    assert f"dormant {left}" in answer.err
    assert "1 of 1 reports could not be brought" in answer.err
    assert "--drop" not in answer.err
    (tmp_path / "out").mkdir()
    told = desk.do("schedule", "send", other)
    assert (told.code, "exposure to" in told.out, f"dormant {left}" in told.err) == (0, True, True)
    assert [file.name[:8] for file in (tmp_path / "out").iterdir()] == ["exposure"]
    (theirs,) = desk.ask("schedule", "send", other)["others"]
    assert (theirs["report"], theirs["is_waiting"]) == ("dormant", True)
    desk.do("schedule", "send", into(tmp_path), code=1)
    assert len([*(tmp_path / "out").iterdir()]) == 2


def test_a_run_ends_by_the_reports_of_its_own_file_alone(desk: Desk, tmp_path: Path) -> None:
    desk.do("schedule", "run", into(tmp_path), code=8)
    (tmp_path / "there").mkdir()
    other = asked(tmp_path, f"{EXPOSURE}path = 'there'\n", "other.toml")
    for argv in ((), ("--again",)):
        answer = desk.do("schedule", "run", other, *argv, code=0)
        assert f"dormant waits for {tmp_path}/out: another file" in answer.err
        desk.ahead += timedelta(minutes=2)
    desk.do("schedule", "run", into(tmp_path), code=8)


def test_what_a_file_does_not_ask_for_any_more_is_named_by_its_id_where_more_waits_there(
    desk: Desk, tmp_path: Path
) -> None:
    desk.do("schedule", "run", into(tmp_path), code=8)
    (old,) = desk.ask("schedule", "outbox")["parcels"]
    now = asked(tmp_path, f"{EXPOSURE}path = 'out'\n")
    answer = desk.do("schedule", "run", now, code=8)
    assert "the file of reports does not ask for it" in answer.err
    assert f"if no other does, give it up: safehands schedule outbox --drop {old['id']}" in (
        answer.err
    )


def test_a_run_that_an_admin_opens_is_told_to_leave_it_to_a_reporter(
    desk: Desk, tmp_path: Path
) -> None:
    answer = desk.do("schedule", "run", asked(tmp_path, DORMANT), code=1)
    assert "the passphrase of this run opens every secret" in answer.err
    assert "member add-reporter" in answer.err
