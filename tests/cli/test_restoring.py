"""`safehands journal accept-older`: what it shows, asks, and leaves alone."""

from __future__ import annotations

from pathlib import Path

from tests.cli.runner import Desk, refusal


def test_a_restored_backup_is_accepted_by_its_fingerprint(tmp_path: Path) -> None:
    desk = Desk(tmp_path).found()
    backup = desk.vault.read_bytes()
    desk.do("role", "add", "Press")
    desk.vault.write_bytes(backup)
    take = ("journal", "accept-older", "--reason", "the disk broke")
    assert "device has seen entry 2" in refusal(desk.do("status", code=7))
    assert "--reason" in refusal(desk.do("journal", "accept-older", code=2))
    shown = desk.do(*take, code=2)
    fingerprint = next(
        line.removeprefix("Fingerprint: ")
        for line in shown.err.splitlines()
        if line.startswith("Fingerprint: ")
    )
    assert "no terminal" in shown.err
    assert desk.vault.read_bytes() == backup
    told = desk.ask(*take, "--fingerprint", fingerprint[:16])
    assert (told["schema"], told["given_up"], told["entries"]) == (
        "safehands.older_accepted/1",
        2,
        2,
    )
    assert desk.ask("status")["fingerprint"] == told["fingerprint"]


def test_a_new_device_says_once_that_it_cannot_know_and_goes_by_what_it_saw(tmp_path: Path) -> None:
    desk = Desk(tmp_path).found()
    assert desk.ask("status")["seen_from"] == 1
    desk.do("role", "add", "Webcare")
    assert "seen here" not in desk.do("status").out, "who founded it has seen it all"
    backup = desk.vault.read_bytes()
    desk.do("role", "add", "Press")
    newer = desk.vault.read_bytes()
    (desk.folder / "state").rename(desk.folder / "another device")
    desk.vault.write_bytes(backup)
    first = desk.do("role", "list")
    assert "cannot know whether it was set back, and takes it from now on as it is" in first.err
    assert "as is told by: safehands status" in first.err
    assert "set back" not in desk.do("role", "list").err
    desk.vault.write_bytes(newer)
    desk.do("role", "list")
    told = desk.do("status").out
    assert (
        "seen here       since entry 2, and not set back since; of before, ask a colleague" in told
    )
    assert desk.ask("status")["seen_from"] == 2
    last = desk.ask("status")
    assert desk.ask("journal", "show", str(last["entries"]))["hash"] == last["fingerprint"]
    desk.vault.write_bytes(backup)
    desk.do("role", "list", code=7)
