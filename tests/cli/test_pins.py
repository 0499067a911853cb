"""PINs, and secrets that nobody can type, on the command line."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.cli.runner import Desk, refusal

PIN = ("--what", "pin")


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("pins")
    folder.chmod(0o700)
    desk = Desk(folder).found().keep_open().with_webcare()
    desk.do("account", "add", "whatsapp/31612345678", "--role", "webcare")
    desk.do("credential", "set", WHATSAPP, *PIN, "--stdin", "--current", stdin="271828\n")
    return desk


WHATSAPP = "whatsapp/@31612345678"


@pytest.fixture
def desk(founded: Desk, tmp_path: Path) -> Desk:
    """A number on WhatsApp whose PIN is known."""
    return founded.copy(tmp_path)


def test_a_pin_is_made_of_as_many_digits_as_the_platform_wants(desk: Desk) -> None:
    made = desk.do("credential", "set", WHATSAPP, *PIN, "--generate", "--stdout")
    assert made.out.strip().isdigit()
    assert len(made.out.strip()) == 6
    assert "20 bits" in made.err
    no_words = desk.do("credential", "set", WHATSAPP, *PIN, "--words", "--stdout", code=2)
    assert refusal(no_words) == "a PIN has no words"


def test_the_rotation_of_a_pin_is_told_as_one(desk: Desk) -> None:
    (plan,) = desk.ask("rotate", "plan", WHATSAPP, code=None)["plans"]
    change = plan["steps"][0]
    assert change["title"] == f"Change the PIN of {WHATSAPP}"
    assert "six-digit PIN" in change["instructions"][0]
    case = str(desk.ask("rotate", "start", WHATSAPP)["rotations"][0]["case"])[:8]
    told = desk.do("case", "next", case).out
    assert "--what pin --generate" in told
    assert "assword" not in told
    none_yet = desk.do("case", "applied", case, change["id"], code=5)
    assert refusal(none_yet).startswith("no new PIN for")


def test_a_breached_pin_is_changed_by_the_rotation_that_check_names(desk: Desk) -> None:
    digest = hashlib.sha1(b"271828", usedforsecurity=False).hexdigest().upper()
    listed = desk.folder / "list.txt"
    listed.write_bytes(f"{digest}:42\r\n".encode())
    desk.ask("credential", "breached", "--list", str(listed), code=1)
    found = desk.ask("check", code=1)["findings"]
    (breached,) = [each for each in found if each["code"] == "breached_password"]
    assert breached["to_do"] == f"change it: safehands rotate start {WHATSAPP} --what pin"
    desk.do("rotate", "start", WHATSAPP, *PIN)


@pytest.mark.parametrize(
    "typed", ["two\nlines", "a tab\tin it", "a\x1b[2Jb", "an\x00end", "x\u2028y"]
)
def test_a_password_that_nobody_can_type_is_refused(desk: Desk, typed: str) -> None:
    told = desk.do("credential", "set", WHATSAPP, *PIN, "--stdin", stdin=f"{typed}\n", code=2)
    assert refusal(told) == "the PIN has a line break or control character in it"
    assert typed.split("\n", maxsplit=1)[0] not in told.err


def test_the_line_ending_of_what_is_piped_in_is_no_part_of_it(desk: Desk) -> None:
    desk.do("credential", "set", WHATSAPP, *PIN, "--stdin", stdin="314159\r\n")
    shown = desk.ask("credential", "reveal", WHATSAPP, *PIN, "--stage", "pending", "--stdout")
    assert shown["secret"] == "314159"


def test_a_token_may_be_a_key_of_several_lines(desk: Desk) -> None:
    token = ("--what", "api_token", "--stdin")
    desk.do("credential", "set", WHATSAPP, *token, stdin="-----BEGIN\nabc\n-----END\n")
    shown = desk.ask("credential", "reveal", WHATSAPP, *token[:2], "--stage", "pending", "--stdout")
    assert shown["secret"] == "-----BEGIN\nabc\n-----END"
