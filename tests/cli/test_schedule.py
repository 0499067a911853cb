"""`safehands schedule`: what is brought where, and with which exit code."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.runner import Desk, refusal
from tests.integration.delivery.server import free_port

DORMANT = '[[report]]\nname = "dormant"\nformat = "csv"\n'
MAIL = (
    '[mail]\nhost = "127.0.0.1"\nsecurity = "none"\n'
    'from = "a@acme.example"\nto = ["b@acme.example"]\n'
)


needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None,
    reason="systemd-analyze is not here to judge units and times",
)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("schedule")
    folder.chmod(0o700)
    desk = Desk(folder).found().keep_open()
    desk.do("role", "add", "Webcare")
    desk.do("account", "add", "x/@acme", "--role", "webcare")
    desk.do("dormant", "record", "x/@acme", "--last", "2020-01-05")
    return desk


@pytest.fixture
def desk(founded: Desk) -> Desk:
    """Return a vault with one dormant account, a day after the last test."""
    founded.ahead += timedelta(days=1)
    for parcel in founded.folder.glob("state/outbox-*/*"):
        parcel.unlink()
    return founded


def asked(folder: Path, text: str, name: str = "reports.toml") -> str:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return str(file)


def into(folder: Path) -> str:
    return asked(folder, f'{DORMANT}[folder]\npath = "out"\n')


def test_a_report_is_put_into_the_folder_once(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    for _ in range(2):
        told = desk.ask("schedule", "run", into(tmp_path), code=1)
        assert [(p["report"], p["way"], p["is_waiting"]) for p in told["parcels"]] == [
            ("dormant", "folder", False)
        ]
        desk.ahead += timedelta(minutes=2)  # a file made anew would be called otherwise
    (written,) = (tmp_path / "out").iterdir()
    assert "acme" in written.read_text(encoding="utf-8")
    assert written.stat().st_mode & 0o777 == 0o600
    desk.do("schedule", "run", into(tmp_path), "--again", code=1)
    desk.ahead += timedelta(hours=7)
    desk.do("schedule", "run", into(tmp_path), code=1)
    assert len(list((tmp_path / "out").iterdir())) >= 2


def test_the_journal_says_what_was_handed_out(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    desk.do("schedule", "run", into(tmp_path), code=1)
    assert f"dormant (csv) to {tmp_path}/out" in desk.do("journal", "list", "--limit", "1").out


@pytest.mark.parametrize("verb", ["run", "send", "systemd", "cron"])
def test_a_file_of_reports_that_others_may_write_to_sends_nothing_anywhere(
    desk: Desk, tmp_path: Path, verb: str
) -> None:
    (tmp_path / "out").mkdir()
    file = into(tmp_path)
    Path(file).chmod(0o666)
    argv = ("--when", "@daily") if verb in {"systemd", "cron"} else ()
    answer = desk.do("schedule", verb, file, *argv, code=8)
    assert "Others may write" in refusal(answer)
    assert f"chmod go-w {file}" in answer.err
    assert [*(tmp_path / "out").iterdir()] == []


def test_a_report_without_findings_ends_with_0(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    file = asked(tmp_path, '[[report]]\nname = "dormant"\ndays = 36500\n[folder]\npath = "out"\n')
    desk.do("schedule", "run", file, code=0)


def test_without_a_way_reports_are_printed(desk: Desk, tmp_path: Path) -> None:
    answer = desk.do("schedule", "run", asked(tmp_path, DORMANT), code=1)
    assert answer.out.startswith('"section"')
    assert "x" in answer.out


@pytest.mark.parametrize("what", ["a link", "a file", "nothing", "a name that is taken"])
def test_a_folder_that_cannot_be_used_is_told_and_the_report_waits(
    desk: Desk, tmp_path: Path, what: str
) -> None:
    folder, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    if what == "a link":
        folder.symlink_to(elsewhere)
    elif what == "a file":
        folder.write_text("", encoding="utf-8")
    elif what == "a name that is taken":
        folder.mkdir()
        for minute in range(2):
            at = desk.now() + timedelta(minutes=minute)
            (folder / f"dormant-{at:%Y-%m-%d-%H%M}.csv").symlink_to(elsewhere / "victim")
    answer = desk.do("schedule", "run", into(tmp_path), code=8)
    assert "1 of 1 reports could not be brought" in answer.err
    told = desk.ask("schedule", "send", into(tmp_path), code=8)["error"]
    assert (told["kind"], [each["is_waiting"] for each in told["parcels"]]) == (
        "not_delivered",
        [True],
    )
    assert list(elsewhere.iterdir()) == []
    (waiting,) = desk.ask("schedule", "outbox")["parcels"]
    assert waiting["is_waiting"]
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder)
    else:
        folder.unlink(missing_ok=True)
    folder.mkdir()
    desk.ahead += timedelta(minutes=5)
    desk.do("schedule", "send", into(tmp_path), code=1)
    assert len(list(folder.iterdir())) == 1


def test_a_full_folder_leaves_nothing_half(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr("vault.services.delivery.write_private", _full)
        assert "No space" in desk.do("schedule", "run", into(tmp_path), code=8).err
    assert list((tmp_path / "out").iterdir()) == []


def _full(*_: object, **__: object) -> None:
    raise OSError(28, os.strerror(28))


def test_reports_of_one_kind_lie_side_by_side_each_under_its_own_name(
    desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    reports = (
        *(DORMANT, f"{DORMANT}days = 30\nmonths = 1\n", f"{DORMANT}days = 36500\nchanges = true\n"),
        *("[[report]]\nname = 'exposure'\n", "[[report]]\nname = 'exposure'\nclosed = true\n"),
    )
    desk.do(
        "schedule", "run", asked(tmp_path, f'{"".join(reports)}[folder]\npath = "out"\n'), code=1
    )
    moment = "-2???-??-??-????."
    noted = desk.do("journal", "list", "--limit", "1").out
    assert "dormant (csv, 30 days, 1 month) to " in noted
    for name in (
        "dormant",
        "dormant-30-days-1-month",
        "dormant-36500-days-changes",
        "exposure",
        "exposure-closed-too",
    ):
        assert len(list((tmp_path / "out").glob(f"{name}{moment}*"))) == 1, name


def test_a_file_of_another_vault_is_left_alone_and_ours_called_otherwise(
    desk: Desk, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    for minute in range(2):
        at = desk.now() + timedelta(minutes=minute)
        (folder / f"dormant-{at:%Y-%m-%d-%H%M}.csv").write_text("theirs", encoding="utf-8")
    (told,) = desk.ask("schedule", "run", into(tmp_path), code=1)["parcels"]
    (ours,) = (file for file in folder.iterdir() if file.read_bytes() != b"theirs")
    assert len(list(folder.iterdir())) == 3
    assert (told["name"], told["is_waiting"]) == (ours.name, False)


def test_two_policies_of_one_name_make_two_reports_and_a_policy_that_is_not_there_is_told(
    desk: Desk, tmp_path: Path
) -> None:
    ask = "[[report]]\nname = 'rotation'\nformat = 'json'\npolicy = '{}/strict.toml'\n".format
    file = asked(tmp_path, ask("a") + ask("b") + '[folder]\npath = "out"\n')
    missing = desk.do("schedule", "run", file, code=8)
    assert f"the policy file {tmp_path}/a/strict.toml is not there" in missing.err
    for each in ("a", "b", "out"):
        (tmp_path / each).mkdir()
    (tmp_path / "a/strict.toml").write_text("keep_days = 9", encoding="utf-8")
    (tmp_path / "b/strict.toml").write_text('[[class]]\nname = "all"\nsize = 1', encoding="utf-8")
    assert "size" in desk.do("schedule", "run", file, code=2).err
    (tmp_path / "b/strict.toml").write_text("[ages]\npassword = 1", encoding="utf-8")
    desk.do("schedule", "run", file, code=None)
    assert [each.name[:23] for each in (tmp_path / "out").iterdir()] == [
        "rotation-policy-strict-"
    ] * 2


def test_sending_tries_a_folder_at_once_and_tells_only_what_it_did(
    desk: Desk, tmp_path: Path
) -> None:
    failed = desk.do("schedule", "run", into(tmp_path), code=8)
    (waiting,) = desk.ask("schedule", "outbox")["parcels"]
    at = f"{waiting['not_before'][:10]} {waiting['not_before'][11:16]} UTC"
    assert f"No such file or directory; tried again from {at} on" in failed.err
    assert at in desk.do("schedule", "outbox").out
    (tmp_path / "out").mkdir()
    desk.do("schedule", "run", into(tmp_path), code=8)
    assert f"dormant to {tmp_path}/out" in desk.do("schedule", "send", into(tmp_path), code=1).out
    again = desk.do("schedule", "send", into(tmp_path))
    assert (again.out, again.err) == ("", "")


def test_sending_leaves_mail_to_its_time(desk: Desk, tmp_path: Path) -> None:
    file = asked(tmp_path, f"{DORMANT}{MAIL}port = {free_port()}\n")
    desk.do("schedule", "run", file, code=8)
    desk.do("schedule", "send", file, code=8)
    (waiting,) = desk.ask("schedule", "outbox")["parcels"]
    assert waiting["attempts"] == 1


def test_what_waits_for_a_folder_that_was_mistyped_is_told_and_dropped_by_its_name(
    desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    wrong = asked(tmp_path, f'{DORMANT}[folder]\npath = "uot"\n')
    desk.do("schedule", "run", wrong, code=8)
    answer = desk.do("schedule", "run", into(tmp_path), code=8)
    assert f"dormant to {tmp_path}/out" in answer.err
    drop = f"schedule outbox --drop {shlex.quote(str(tmp_path / 'uot'))}"
    assert f"give it up: safehands {drop}" in answer.err
    assert drop in desk.do("schedule", "outbox").out
    dropped = desk.do(*shlex.split(drop)).out
    assert "uot" not in dropped
    assert "arrived" in dropped
    desk.do("schedule", "run", into(tmp_path), code=1)


def test_what_waits_for_a_folder_that_is_still_named_is_not_to_be_given_up(
    desk: Desk, tmp_path: Path
) -> None:
    answer = desk.do("schedule", "run", into(tmp_path), code=8)
    assert "the next run brings them" in answer.err
    assert "--drop" not in answer.err


def test_mail_that_is_down_ends_with_8_and_can_be_dropped(desk: Desk, tmp_path: Path) -> None:
    file = asked(tmp_path, f"{DORMANT}{MAIL}port = {free_port()}\n")
    answer = desk.do("schedule", "run", file, code=8)
    assert "dormant waits for b@acme.example: 127.0.0.1: Connection refused" in answer.err
    assert "b@acme.example" in desk.do("schedule", "outbox").out
    (waiting,) = desk.ask("schedule", "outbox")["parcels"]
    assert "is called" in refusal(desk.do("schedule", "outbox", "--drop", "x", code=4))
    desk.do("schedule", "outbox", "--drop", waiting["id"])
    assert desk.do("schedule", "outbox").out == "nothing waits\n"
    assert desk.do("schedule", "send", file).out == ""


def test_what_waits_holds_no_password(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "secret").touch(mode=0o600)
    (tmp_path / "secret").write_text("postbode", encoding="utf-8")
    secured = MAIL.replace("none", "starttls") + 'user = "u"\npassword_file = "secret"\n'
    desk.do("schedule", "run", asked(tmp_path, f"{DORMANT}{secured}port = {free_port()}\n"), code=8)
    files = [file for file in desk.folder.rglob("*") if file.is_file()]
    kept = [file for file in files if "outbox-" in str(file.parent)]
    assert all(b"postbode" not in file.read_bytes() for file in files)
    assert {file.stat().st_mode & 0o777 for file in kept} == {0o600}
    assert kept[0].parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "report is missing"),
        ("report = [", "not TOML"),
        ("[[report]]\nname = 'nothing'\n", "no report 'nothing'"),
        ("[[report]]\nname = 'dormant'\nformat = 'pdf'\n", "no format 'pdf'"),
        ("[[report]]\nname = 'ownership'\ndays = 9\n", "days goes with dormant"),
        (DORMANT + "closed = true\n", "closed goes with exposure, not with dormant"),
        (DORMANT + "policy = 'x.toml'\n", "policy goes with rotation, not with dormant"),
        (DORMANT + "changes = true\n", "changes needs"),
        (DORMANT + DORMANT, "asked for twice"),
        (DORMANT + "size = 1\n", "report 1 size is no key here"),
        (DORMANT + MAIL.replace("127.0.0.1", "mail.acme.example"), "without encryption"),
        (DORMANT + MAIL.replace("b@acme", "b@ac me"), "no mail address"),
        (DORMANT + MAIL.replace("b@acme", "b@a, c@acme"), "no mail address"),
        (DORMANT + MAIL.replace("b@acme", "b\\r\\nBcc: x@acme"), "mail.to"),
        (DORMANT + MAIL.replace("none", "starttls") + 'user = "u"\n', "go together"),
        (DORMANT + MAIL + 'ca_file = "a\\u0000"\n', "mail.ca_file"),
    ],
)
def test_a_file_that_is_not_understood_says_where(
    desk: Desk, tmp_path: Path, text: str, said: str
) -> None:
    answer = desk.run("schedule", "run", asked(tmp_path, text))
    assert (answer.code, said in refusal(answer)) == (2, True), answer.err


def test_the_units_are_what_systemd_takes(desk: Desk, tmp_path: Path) -> None:
    strange = tmp_path / "per cent 100% $HOME \"x\" 'y'"
    strange.mkdir()
    file = asked(strange, DORMANT + MAIL)
    desk.do("schedule", "systemd", file, "--when", "Mon 07:00", "--out", str(tmp_path))
    service = (tmp_path / "safehands-reports.service").read_text(encoding="utf-8")
    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes", "MemoryMax=1G"):
        assert f"\n{line}\n" in service
    assert f"LoadCredential=passphrase:{desk.passphrase_file}" in service
    assert '100%% $$HOME \\"x\\"' in service


def test_a_service_reads_a_policy_that_lies_in_a_home(desk: Desk, tmp_path: Path) -> None:
    for home, protected in (("/home/ana/", "read-only"), ("/etc/", "yes")):
        text = f"[[report]]\nname = 'rotation'\npolicy = '{home}strict.toml'\n"
        units = desk.ask("schedule", "systemd", asked(tmp_path, text))["files"]
        assert f"\nProtectHome={protected}\n" in units[0]["content"]


@needs_systemd
def test_systemd_finds_nothing_wrong_with_the_units(desk: Desk, tmp_path: Path) -> None:
    file = asked(tmp_path, DORMANT + MAIL)
    desk.do("schedule", "systemd", file, "--when", "Mon 07:00", "--out", str(tmp_path))
    units = [str(unit) for unit in tmp_path.glob("safehands-reports.*")]
    assert len(units) == 2
    found = subprocess.run(
        ["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False
    )
    assert "safehands-reports" not in found.stderr


@pytest.mark.parametrize("ending", ["\\", "\n"])
@pytest.mark.parametrize("name", ["reports.toml", "password", "out"])
def test_a_path_that_would_take_in_the_next_line_of_a_unit_is_refused(
    desk: Desk, tmp_path: Path, name: str, ending: str
) -> None:
    named = {each: each for each in ("reports.toml", "password", "out")} | {name: name + ending}
    secured = (
        MAIL.replace("none", "tls")
        + f"user = 'u'\npassword_file = {json.dumps(named['password'])}\n"
    )
    file = tmp_path / named["reports.toml"]
    file.write_text(f"{DORMANT}{secured}[folder]\npath = {json.dumps(named['out'])}\n")
    answer = desk.do("schedule", "systemd", str(file), "--when", "Mon 07:00", code=2)
    assert "characters that a unit cannot hold" in refusal(answer)


def test_a_crontab_runs_the_command_that_was_meant(desk: Desk, tmp_path: Path) -> None:
    strange = tmp_path / "100% 'y'"
    strange.mkdir()
    file = asked(strange, DORMANT + MAIL)
    told = desk.do("schedule", "cron", file, "--when", "5 7 * * 1").out
    _, run, send = told.splitlines()
    assert run.startswith("5 7 * * 1 ")
    assert "%" not in run.replace("\\%", "")
    words = shlex.split(run.removeprefix("5 7 * * 1 ").replace("\\%", "%"))
    assert words[-4:] == ["schedule", "run", file, ">/dev/null"]
    assert " schedule send " in send


@pytest.mark.parametrize("when", ["", "x", "1 2 3", "* * * * *\n* * * * * rm"])
def test_a_time_that_is_none_is_refused(desk: Desk, tmp_path: Path, when: str) -> None:
    desk.do("schedule", "cron", asked(tmp_path, DORMANT), "--when", when, code=2)


@needs_systemd
def test_a_time_that_systemd_does_not_take_is_refused(desk: Desk, tmp_path: Path) -> None:
    file = asked(tmp_path, DORMANT)
    answer = desk.do("schedule", "systemd", file, "--when", "every monday", code=2)
    assert "systemd does not take 'every monday' for a time" in answer.err


def test_no_unit_is_handed_the_passphrase_that_a_variable_names(desk: Desk, tmp_path: Path) -> None:
    named = {"SAFEHANDS_PASSPHRASE_FILE": str(desk.passphrase_file)}
    file = asked(tmp_path, DORMANT)
    for kind in ("systemd", "cron"):
        answer = desk.bare("--vault", str(desk.vault), "schedule", kind, file, **named)
        assert (answer.code, "the reporter's passphrase" in answer.err) == (2, True)
        assert "SAFEHANDS_PASSPHRASE_FILE may name an admin's" in answer.err
