"""Secrets on the command line: made, told apart, used up, checked."""

from __future__ import annotations

import hashlib
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.runner import Desk, refusal
from vault.cli.drawing import qr_code
from vault.domain.secret import Secret
from vault.services.totp import live_code


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("credentials")
    folder.chmod(0o700)
    desk = Desk(folder).found().keep_open()
    desk.do("person", "add", "Jan Bakker")
    desk.do("role", "add", "Webcare")
    desk.do("role", "assign", "webcare", "jan")
    for handle in ("one", "two", "three", "four"):
        desk.do("account", "add", f"x/@{handle}", "--role", "webcare")
    return desk


def test_words_are_made_to_be_read_out_and_their_bits_are_said(desk: Desk) -> None:
    answer = desk.do("credential", "set", "x/@one", "--words", "--stdout")
    assert len(answer.out.strip().split("-")) == 5
    assert "65 bits" in answer.err
    desk.do("credential", "set", "x/@one", "--drop")


def test_a_weak_password_is_stored_with_a_warning_that_does_not_quote_it(desk: Desk) -> None:
    answer = desk.do("credential", "set", "x/@one", "--stdin", "--current", stdin="webcare1\n")
    assert "weak" in answer.err
    assert "webcare1" not in answer.err + answer.out
    findings = [f["code"] for f in desk.ask("check", code=1)["findings"]]
    assert "weak_password" in findings


def test_a_secret_is_made_in_one_way(desk: Desk) -> None:
    told = desk.do("credential", "set", "x/@one", "--words", "--generate", "--stdout", code=2)
    assert refusal(told) == "these options exclude each other"


def test_tokens_are_told_apart_by_label(desk: Desk) -> None:
    token = ("--what", "api_token", "--stdin", "--current", "--label")
    for label in ("Buffer", "Later"):
        desk.do("credential", "set", "x/@one", *token, label, stdin=f"of {label}")
    shown = desk.do("credential", "reveal", "x/@one", *token[:2], "--label", "later", "--stdout")
    assert shown.out == "of Later\n"
    several = desk.run("credential", "reveal", "x/@one", *token[:2], "--stdout")
    assert several.code == 4
    assert "--label Buffer\n" in several.err
    listed = desk.do("credential", "list", "--account", "x/@one").out
    assert "API token Buffer" in listed
    ending = ("credential", "end", "x/@one", *token[:2], "--label", "Later")
    assert "the API token Later of x/@one is in use" in refusal(desk.do(*ending, code=5))
    desk.do(*ending, "--does-not-work")
    ended = desk.ask("credential", "history", "x/@one", *ending[3:])["versions"]
    assert [version["stage"] for version in ended] == ["ended"]
    shown = desk.do("credential", "reveal", "x/@one", *ending[3:], "--version", "1", "--stdout")
    assert shown.out == "of Later\n"
    only = desk.ask("credential", "history", "x/@one", *token[:2], "--label", "Buffer")
    assert len(only["versions"]) == 1


def test_a_hostile_label_reaches_no_terminal(desk: Desk) -> None:
    label = "[/]\x1b[2J\u202e=cmd()"
    words = ("--what", "stream_key", "--label", label, "--stdin", "--current")
    answers = [desk.do("credential", "set", "x/@four", *words, stdin="key")]
    answers += [desk.do("credential", "list"), desk.do("journal", "list")]
    answers.append(desk.do("credential", "history", "x/@four", "--what", "stream_key"))
    revealed = desk.do("credential", "reveal", "x/@four", *words[:4], "--stdout")
    assert revealed.out == "key\n"
    for answer in (*answers, revealed):
        assert not {"\x1b", "\u202e"} & set(answer.out + answer.err)


def test_reuse_is_found_without_opening_anything(desk: Desk) -> None:
    for handle in ("two", "three"):
        desk.do("credential", "set", f"x/@{handle}", "--stdin", "--current", stdin="same again")
    before = desk.ask("status")["fingerprint"]
    (group,) = desk.ask("credential", "reuse", code=1)["groups"]
    assert [(u["what"], u["stage"]) for u in group] == [("password", "current")] * 2
    table = desk.do("credential", "reuse", code=1).out
    assert "x/@two" in table
    assert "x/@three" in table
    assert "same again" not in table
    assert desk.ask("status")["fingerprint"] == before
    desk.do("credential", "set", "x/@three", "--stdin", "--current", stdin="another one")
    ((_, old),) = desk.ask("credential", "reuse", code=1)["groups"]
    assert old["stage"] == "previous"
    desk.do("credential", "set", "x/@two", "--stdin", "--current", stdin="and another")
    assert desk.ask("credential", "reuse")["groups"] == []


def test_passwords_are_looked_up_in_a_local_list(desk: Desk, tmp_path: Path) -> None:
    desk.do("credential", "set", "x/@four", "--stdin", "--current", stdin="s3cret of four")
    digest = hashlib.sha1(b"s3cret of four", usedforsecurity=False).hexdigest().upper()
    (tmp_path / "list.txt").write_bytes(f"{digest}:42\r\n".encode())
    found = desk.ask("credential", "breached", "--list", str(tmp_path / "list.txt"), code=1)
    assert [each["times"] for each in found["found"]] == [42]
    answer = desk.do("credential", "breached", "--list", str(tmp_path / "list.txt"), code=1)
    assert "x/@four" in answer.out
    assert "s3cret of four" not in answer.out + answer.err
    assert "breached_password" in [f["code"] for f in desk.ask("check", code=1)["findings"]]
    (tmp_path / "none.txt").write_text("nothing of the kind\n", encoding="utf-8")
    assert desk.run("credential", "breached", "--list", str(tmp_path / "none.txt")).code == 2
    assert desk.run("credential", "breached", "--list", str(tmp_path / "gone.txt")).code == 8
    assert desk.do("credential", "breached", code=None).code in {0, 1}


def test_codes_are_used_one_by_one_with_a_warning_before_they_run_out(desk: Desk) -> None:
    words = ("credential", "set", "x/@two", "--what", "recovery_codes", "--stdin", "--current")
    desk.do(*words, stdin="aaaa\nbbbb\ncccc\ndddd\n")
    first = desk.do("credential", "use-code", "x/@two", "--stdout")
    assert (first.out, first.err) == ("aaaa\n", "3 codes left\n")
    second = desk.do("credential", "use-code", "x/@two", "--stdout")
    assert second.out == "bbbb\n"
    assert "warning: 2 recovery codes of x/@two left" in second.err
    reveal = ("credential", "reveal", "x/@two", "--what", "recovery_codes", "--stdout")
    assert desk.do(*reveal).out == "aaaa  (used)\nbbbb  (used)\ncccc\ndddd\n"
    assert desk.do(*reveal, "--version", "1").out.count("(used)") == 2
    shown = desk.ask(*reveal)
    assert (shown["secret"], shown["used"]) == ("aaaa\nbbbb\ncccc\ndddd", ["aaaa", "bbbb"])
    assert desk.ask("credential", "use-code", "x/@two", "--stdout")["codes_left"] == 1
    desk.do("credential", "use-code", "x/@two", "--stdout")
    assert "are used" in refusal(desk.do("credential", "use-code", "x/@two", "--stdout", code=5))
    assert refusal(desk.do("credential", "use-code", "x/@two", code=5)).startswith("the secret")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    "argv",
    [
        ("reveal", "x/@one"),
        ("set", "x/@one", "--generate"),
        ("totp", "x/@one"),
        ("totp", "x/@one", "--new"),
        ("use-code", "x/@one"),
    ],
    ids=" ".join,
)
def test_a_document_with_a_secret_does_not_stay_on_a_terminal_unasked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, argv: tuple[str, ...]
) -> None:
    before = desk.ask("status")["entries"]
    with monkeypatch.context() as patch:
        patch.setattr(io, "StringIO", Terminal)
        refused = desk.ask("credential", *argv, code=5)["error"]
    assert "--stdout" in refused["hint"]
    assert "stay on the terminal" in refused["message"]
    assert desk.ask("status")["entries"] == before


def test_a_document_with_a_secret_is_given_on_a_terminal_to_who_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.do("credential", "set", "x/@one", "--what", "pin", "--stdin", "--current", stdin="4711\n")
    monkeypatch.setattr(io, "StringIO", Terminal)
    shown = desk.ask("credential", "reveal", "x/@one", "--what", "pin", "--stdout")
    assert shown["secret"] == "4711"


def test_an_authenticator_is_enrolled_by_a_code_of_the_app_that_scanned_it(desk: Desk) -> None:
    made = desk.do("credential", "totp", "x/@three", "--new", "--stdout")
    address = Secret(made.out.strip())
    assert address.reveal().startswith("otpauth://totp/X:three?secret=")
    assert desk.run("credential", "totp", "x/@three", "--new", "--stdout").code == 5
    assert desk.run("credential", "totp", "x/@three", "--code", "12").code == 5
    desk.do(
        "credential", "totp", "x/@three", "--code", live_code(address, desk.now()).code.reveal()
    )
    shown = desk.ask("credential", "totp", "x/@three", "--stdout")
    assert shown["code"] == live_code(address, desk.now()).code.reveal()
    assert 1 <= shown["seconds_left"] <= 30
    again = desk.ask("credential", "totp", "x/@three", "--qr", "--stdout")["address"]
    assert again == address.reveal()
    assert "x/@three" in desk.do("factor", "list").out
    assert desk.run("credential", "totp", "x/@three", "--qr", "--code", "1").code == 2
    assert desk.run("credential", "totp", "x/@four", "--stdout").code == 4


def test_a_qr_code_fits_a_small_terminal() -> None:
    address = f"otpauth://totp/Mastodon%20Server:{'h' * 30}?secret={'A' * 32}&issuer=Mastodon"
    lines = qr_code(Secret(address)).splitlines()
    assert len(lines) <= 23
    assert all(line.startswith("\x1b[97;40m") and line.endswith("\x1b[0m") for line in lines)


def test_it_is_said_whether_a_password_changed_since_somebody_knew_it(desk: Desk) -> None:
    desk.do("credential", "set", "x/@one", "--stdin", "--current", stdin="old and known to jan")
    (told,) = passwords(desk, "x/@one")
    assert (told["answer"], told["changed_at"]) == ("no", None)
    desk.do("role", "unassign", "webcare", "jan", "--force")
    desk.do("credential", "set", "x/@one", "--stdin", "--current", stdin="new and not known to him")
    (told,) = passwords(desk, "x/@one")
    assert told["answer"] == "yes"
    assert told["current"] == told["version"] + 1
    everything = desk.do("credential", "changed", "jan", code=1)
    assert "x/@two" in everything.out


def test_of_an_account_that_was_not_there_yet_or_is_closed_nothing_was_known(
    desk: Desk, tmp_path: Path
) -> None:
    early = desk.do("credential", "changed", "jan", "x/@one", "--as-of", "2020-01-01").out
    assert early == "x/@one was not in use on 2020-01-01: there is nothing to know\n"
    desk = desk.copy(tmp_path)
    desk.do("account", "end", "x/@one")
    assert desk.ask("credential", "changed", "jan", "x/@one")["secrets"] == []
    desk.do("account", "add", "canva/@acme", "--role", "webcare")
    for secret in desk.ask("credential", "list", "--account", "canva/@acme")["credentials"]:
        desk.do("credential", "end", "canva/@acme", "--what", secret["what"], "--does-not-work")
    desk.do("credential", "changed", "jan", "canva/@acme", code=1)


def passwords(desk: Desk, account: str) -> list[dict[str, Any]]:
    """Return what is said of the passwords of an account and Jan."""
    told = desk.ask("credential", "changed", "jan", account, code=None)["secrets"]
    return [each for each in told if each["what"] == "password"]


def test_what_is_pending_is_dropped_by_the_command_that_the_refusal_names(desk: Desk) -> None:
    desk.do("credential", "totp", "x/@four", "--new", "--stdout")
    again = ("credential", "set", "x/@four", "--what", "totp_seed", "--stdin")
    answer = desk.do(*again, stdin="JBSWY3DPEHPK3PXP", code=5)
    hint = answer.err.strip().splitlines()[-1]
    assert hint.endswith("safehands credential set x/@four --what totp_seed --drop")
    desk.do(*hint.split("safehands ")[1].split())


def test_who_saw_a_secret_more_than_once_is_told_once_with_every_way(desk: Desk) -> None:
    desk.do("account", "add", "x/@seen")
    desk.do("credential", "set", "x/@seen", "--stdin", "--current", stdin="seen by many")
    for _ in range(2):
        desk.do("credential", "reveal", "x/@seen", "--stdout")
    saw = desk.ask("credential", "history", "x/@seen")["versions"][-1]["did_see"]
    assert len(saw) > 1
    told = desk.do("credential", "history", "x/@seen").out
    assert told.count("Ana Kramer (entered, revealed)") == 1


def test_a_secret_is_listed_as_of_a_day_on_which_it_had_not_ended_or_not_begun(desk: Desk) -> None:
    desk.do("account", "add", "x/@over")
    desk.do("credential", "set", "x/@over", "--stdin", "--current", stdin="no longer taken")
    made = desk.ask("credential", "history", "x/@over")["versions"][-1]
    desk.ahead += timedelta(days=1)
    desk.do("credential", "end", "x/@over", "--does-not-work")
    listed = ("credential", "list", "--account", "x/@over")
    assert desk.ask(*listed)["credentials"] == []
    then = desk.ask(*listed, "--as-of", made["made_at"])
    assert [each["until"] is None for each in then["credentials"]] == [False]
    earlier = desk.ask("credential", "history", "x/@over", "--as-of", "2001-01-01")
    assert earlier["versions"] == []
