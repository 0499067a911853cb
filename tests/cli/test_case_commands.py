"""The commands that a step of a case prints: what is shown can be done, in the order shown."""

from __future__ import annotations

import re
import shlex
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.runner import Desk
from vault.domain.cases import Case

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\n"
COMMAND = re.compile(r"^  \$ safehands (.+)$", re.MULTILINE)
CODE = re.compile(r"another address: (\S+)")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A company in which Jan's departure moves mail, proves a mailbox, and makes new secrets."""
    tmp_path.chmod(0o700)
    desk = Desk(tmp_path).found().keep_open().with_webcare()
    desk.do("role", "assign", "webcare", "ana")
    desk.do("mailbox", "add", "jan@acme.example", "--type", "personal", "--owner", "jan")
    desk.do("mailbox", "add", "web@acme.example", "--role", "webcare")
    own = ("--login-mailbox", "jan@acme.example")
    desk.do("account", "add", "instagram/@acme", "--role", "webcare", *own)
    desk.do("credential", "set", "instagram/@acme", "--stdin", "--current", stdin="the old one\n")
    desk.do("factor", "add", "instagram/@acme", "totp", "--holder", "person:jan")
    return desk


def shown(desk: Desk, case: Case, step: str) -> list[str]:
    return COMMAND.findall(desk.do("case", "show", case.id, step).out)


def do(desk: Desk, command: str, code: str) -> str:
    """Run a command as it is shown, with its holes filled; return the code that it sent."""
    holes = {"TEXT": "seen", "PERSON": "ana", "CODE": code}
    words = [holes.get(word, word) for word in shlex.split(command)]
    stdin = SEED if "totp_seed" in words else "a new one of twenty characters\n"
    words += ["--stdin"] * (words[:2] == ["credential", "set"] and not set(words) & INPUT)
    words += ["--by", "eva"] * (words[:2] == ["case", "applied"])
    words += ["--stdout"] * bool({"--generate", "reveal"} & set(words))  # this is no terminal
    found = CODE.search(desk.do(*words, code=None, stdin=stdin).out)
    return found[1] if found else code


INPUT = {"--stdin", "--generate"}


def walk(desk: Desk, case: str) -> list[str]:
    """Do all that the steps of a case show, until no step shows more; return what was done."""
    assert desk.held is not None
    done: list[str] = []
    moved = True
    while moved:
        moved, code = False, ""
        found = desk.held.registry.get(desk.id_of("case", "show", case), Case)
        for progress in found.progress:
            for command in shown(desk, found, progress.step.id):
                code = do(desk, command, code)
                done.append(command)
                moved = True
    return done


def test_no_command_that_a_step_shows_is_refused(desk: Desk) -> None:
    last_day = (desk.now() + timedelta(days=30)).date().isoformat()
    given = ("--last-day", last_day, "--two-person")
    case = str(desk.ask("offboard", "start", "jan", *given, code=None)["case"])
    seed = ("--what", "totp_seed", "--stdin")
    desk.do("credential", "set", "instagram/@acme", *seed, stdin=SEED)  # before its step
    done = walk(desk, case)
    kinds = {" ".join(each.split()[:2]) for each in done}
    assert {"case applied", "case verify", "credential set", "mailbox prove"} <= kinds
    assert any(each.endswith("--generate") for each in done)
    desk.do("case", "close", case)


def test_a_step_that_is_not_possible_yet_says_why_and_shows_no_command(desk: Desk) -> None:
    (begun,) = desk.ask("rotate", "start", "instagram/@acme", code=None)["rotations"]
    case, steps = begun["case"][:8], [each["id"] for each in begun["plan"]["steps"]]
    desk.do("case", "block", case, steps[0], "--reason", "nobody gets in")
    told = desk.do("case", "show", case, steps[0]).out
    assert COMMAND.findall(told) == []
    assert f"safehands case replan {case}" in " ".join(told.split())
    assert "Not now: " in told
    waits = desk.do("case", "show", case, steps[1]).out
    assert COMMAND.findall(waits) == []
    assert f"waits for Change the password of instagram/@acme ({steps[0]})" in " ".join(
        waits.split()
    )
