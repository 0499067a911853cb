"""`safehands member`, and what a reporter is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.runner import PASSPHRASE, Answer, Desk, refusal


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("member")
    folder.chmod(0o700)
    desk = Desk(folder).found().keep_open()
    desk.do("role", "add", "Webcare")
    desk.do("account", "add", "x/@acme", "--role", "webcare")
    desk.do("credential", "set", "x/@acme", "--stdin", "--current", stdin="hunter2\n")
    secret = written(folder / "reporter", "tin can with a string")
    desk.do("member", "add-reporter", "Monday mail", *FLOOR, "--new-passphrase-file", secret)
    return desk


FLOOR = ("--kdf", "floor")


def written(file: Path, secret: str) -> str:
    file.touch(mode=0o600)
    file.write_text(secret, encoding="utf-8")
    return str(file)


def as_reporter(desk: Desk, *argv: str) -> Answer:
    return with_passphrase_of(desk, str(desk.folder / "reporter"), *argv)


def with_passphrase_of(desk: Desk, file: str, *argv: str) -> Answer:
    """Run a command that unlocks the vault itself."""
    return Desk(desk.folder).bare("--vault", str(desk.vault), "--passphrase-file", file, *argv)


def test_members_are_listed_with_what_they_are(desk: Desk) -> None:
    told = desk.ask("member", "list")
    assert told["schema"] == "safehands.members/1"
    assert [(each["name"], each["kind"], each["is_you"]) for each in told["members"]] == [
        ("Ana Kramer", "admin", True),
        ("Monday mail", "reporter", False),
    ]
    assert "Monday mail (you)" in as_reporter(desk, "member", "list").out


def test_a_reporter_reads_and_reveals_nothing(desk: Desk) -> None:
    assert "acme" in as_reporter(desk, "account", "list").out
    refused = as_reporter(desk, "credential", "reveal", "x/@acme", "--stdout")
    assert (refused.code, refused.out) == (3, "")
    assert "is a reporter" in refusal(refused)
    refused = as_reporter(desk, "role", "add", "Press")
    assert refused.code == 5
    assert "is a reporter" in refusal(refused)


def test_the_last_admin_stays(desk: Desk) -> None:
    assert "last admin" in refusal(desk.do("member", "remove", "Ana Kramer", code=5))
    assert "No member" in refusal(desk.do("member", "remove", "Nobody", code=4))


def test_a_reporter_needs_a_passphrase_of_its_own(desk: Desk, tmp_path: Path) -> None:
    same = written(tmp_path / "same", PASSPHRASE)
    add = ("member", "add-reporter", "Other", *FLOOR, "--new-passphrase-file")
    assert "opens the vault already" in refusal(desk.do(*add, same, code=5))
    assert "cannot be read" in refusal(desk.do(*add, str(tmp_path / "none"), code=8))


def test_a_new_passphrase_says_whom_it_does_not_shut_out(desk: Desk, tmp_path: Path) -> None:
    old, new = written(tmp_path / "old", "a third tin"), written(tmp_path / "new", "a fourth tin")
    desk.do("member", "add-reporter", "Wednesday", *FLOOR, "--new-passphrase-file", old)
    change = ("member", "passphrase", *FLOOR, "--new-passphrase-file", new)
    told = with_passphrase_of(desk, old, *change).out
    assert "a copy of the vault from before" in told
    assert "this vault too" in told
    assert "remove this member" in told
    own = desk.folder / "own.pass"
    told = with_passphrase_of(desk, written(own, PASSPHRASE), *change[:-1], old).out
    assert "new vault: safehands init" in told
    back = (*change[:-1], written(tmp_path / "back", PASSPHRASE))
    assert with_passphrase_of(desk, old, *back).code == 0


def test_who_is_removed_does_not_come_in_again(desk: Desk, tmp_path: Path) -> None:
    secret = written(tmp_path / "tuesday", "a spare tin can")
    made = desk.ask("member", "add-reporter", "Tuesday", *FLOOR, "--new-passphrase-file", secret)
    assert made["became"] == "added"
    fresh = written(tmp_path / "fresh", "another tin can")
    new = ("--new-passphrase-file", fresh)
    changed = with_passphrase_of(desk, secret, "member", "passphrase", *FLOOR, *new, "--json")
    assert (changed.document["name"], changed.document["kind"]) == ("Tuesday", "reporter")
    assert with_passphrase_of(desk, secret, "member", "list").code == 3
    secret = fresh
    assert desk.ask("member", "remove", made["id"][:8])["became"] == "removed"
    assert with_passphrase_of(desk, secret, "member", "list").code == 3
    assert as_reporter(desk, "account", "list").code == 0
