"""Whatever names hold, a command that is printed for pasting runs nothing but Safehands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.cli.runner import Answer, Desk
from tests.cli.test_hints import COMMAND, refused
from tests.cli.test_hostile_text import planted
from vault.cli.demo import _tell_how
from vault.cli.invocation import Invocation
from vault.domain.cases import Case, Progress
from vault.domain.credential import Credential
from vault.domain.spell import Spell

FORUM = "old forum/@Shop;touch pwned"
LABEL = "it's $(touch pwned)"
PERSON = "O'Neil $(touch pwned)"
ROLE = "Care & `touch pwned`"
STEP = "0123;touch pwned"
FOLDER = "it's my $(touch pwned) folder"


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("pasting") / FOLDER
    folder.mkdir(mode=0o700)
    desk = Desk(folder).found().keep_open()
    desk.do("role", "add", ROLE)
    for name in (PERSON, "Eva Jansen"):
        desk.do("person", "add", name, "--another")
    desk.do("role", "assign", ROLE, PERSON)
    desk.do("mailbox", "add", "care@acme.example", "--role", ROLE)
    desk.do("account", "add", "x/@same")
    desk.do("account", "end", "x/@same")
    desk.do("account", "add", "x/@same", "--another", "--role", ROLE)
    forum = desk.id_of("account", "add", "x/@shop", "--role", ROLE)
    handles = (Spell("Shop;touch pwned", desk.now()),)
    planted(desk, forum, platform="old forum", handles=handles)  # as a list may bring it in
    desk.do("credential", "set", FORUM, "--stdin", "--current", stdin="password1\n")
    return desk


@pytest.fixture
def desk(founded: Desk, tmp_path: Path) -> Desk:
    folder = tmp_path / FOLDER
    folder.mkdir(mode=0o700)
    return founded.copy(folder)


def commands(answer: Answer) -> Iterator[list[str]]:
    """Yield the words of each command that an answer prints, after seeing that they are safe.

    What a shell expands or takes for the end of a command stands between apostrophes only.
    """
    for line in (answer.out + answer.err).splitlines():
        for found in COMMAND.finditer(line):
            rest = line[found.start() :]
            unquoted = re.sub(r"'[^']*'", "", re.sub(r'"[^"$`\\!]*"', "", rest))
            assert "pwned" not in unquoted, line
            words = shlex.split(found[1])
            assert refused(words) == "", line
            yield words


def pasted(answer: Answer) -> list[list[str]]:
    found = list(commands(answer))
    assert found, answer
    return found


TOKEN = ("--what", "api_token", "--label", LABEL)


def test_the_next_rotation_is_one_command_and_all_of_them_another(desk: Desk) -> None:
    told = desk.do("credential", "breached", code=1)
    assert pasted(told) == [["rotate", "start", FORUM]]
    due = desk.do("rotate", "due", code=1)
    assert pasted(due) == [["rotate", "start", FORUM], ["rotate", "start", "--due"]]


def test_a_secret_is_named_by_its_label_wherever_it_is_to_be_stored_or_dropped(desk: Desk) -> None:
    desk.do("credential", "set", FORUM, *TOKEN, "--stdin", stdin="one")
    again = desk.do("credential", "set", FORUM, *TOKEN, "--stdin", stdin="two", code=5)
    assert pasted(again) == [["credential", "set", FORUM, *TOKEN, "--drop"]]
    desk.do("credential", "set", FORUM, *TOKEN[:2], "--label", "z", "--stdin", stdin="three")
    which = desk.do("credential", "reveal", FORUM, *TOKEN[:2], "--stdout", code=4)
    labels = [f"  --label {shlex.quote(each)}" for each in (LABEL, "z")]
    assert which.err.splitlines()[1:3] == labels
    gone = desk.do("credential", "reveal", FORUM, *TOKEN[:3], "it's", "--stdout", code=4)
    assert pasted(gone) == [["credential", "set", FORUM, *TOKEN[:3], "it's"]]


def test_a_secret_that_somebody_else_began_to_change_is_dropped_by_its_label(desk: Desk) -> None:
    desk.do("credential", "set", FORUM, *TOKEN, "--stdin", stdin="one")
    listed = desk.ask("credential", "list")["credentials"]
    (token,) = [each["id"] for each in listed if each["label"] == LABEL]
    assert desk.held is not None
    version = desk.held.registry.get(token, Credential).versions[0]
    by = desk.id_of("person", "show", "eva")
    planted(desk, token, versions=(replace(version, made_by=by),))
    begun = desk.do("rotate", "start", FORUM, *TOKEN[:2], code=5)
    assert pasted(begun) == [["credential", "set", FORUM, *TOKEN, "--drop"]]


def test_what_a_step_asks_for_is_the_very_secret_that_it_changes(desk: Desk) -> None:
    desk.do("credential", "set", FORUM, *TOKEN, "--stdin", "--current", stdin="one")
    (begun,) = desk.ask("rotate", "start", FORUM, *TOKEN[:2], code=None)["rotations"]
    case, step = begun["case"], begun["plan"]["steps"][0]["id"]
    (asked,) = pasted(desk.do("case", "applied", case, step, code=5))
    assert asked == ["credential", "set", FORUM, *TOKEN]
    desk.do(*asked, "--stdin", stdin="two")
    desk.do("case", "applied", case, step)
    dropped = desk.do("credential", "set", FORUM, *TOKEN, "--drop", code=5)
    (prove,) = pasted(dropped)
    assert prove == ["case", "verify", case[:8], step]
    desk.do(*prove)


def test_what_is_refused_in_a_queue_says_what_to_do_instead(desk: Desk) -> None:
    (begun,) = desk.ask("rotate", "start", FORUM, code=None)["rotations"]
    case = begun["case"][:8]
    (_, second) = desk.ask("rotate", "start", "x/@same", FORUM, code=1)["rotations"]
    assert second["hint"] == f"go on with that: safehands case next {case}"
    both = desk.do("rotate", "start", "x/@same", FORUM, code=1)
    assert ["case", "next", case] in pasted(both)


def twin(desk: Desk) -> str:
    """Return the short id of the account that goes by the name of one that was closed."""
    return desk.id_of("account", "show", "x/@same")[:8]


def test_an_account_that_does_not_own_its_name_is_named_by_its_id(desk: Desk) -> None:
    desk.do("dormant", "record", "x/@same")
    assert pasted(desk.do("dormant", "report", code=1)) == [
        ["dormant", "decide", twin(desk), "--help"]
    ]
    decided = desk.do("dormant", "decide", FORUM, "--into", "x/@same")
    begin = ["deactivate", "start", FORUM, "--into", twin(desk)]
    assert pasted(decided) == [begin]
    desk.do(*begin, code=None)
    again = desk.do("dormant", "decide", FORUM, "--deactivate", code=5)
    assert pasted(again) == [["deactivate", "stop", FORUM, "--reason", "TEXT"]]
    decided = desk.do("dormant", "decide", "x/@same", "--deactivate")
    assert pasted(decided) == [["deactivate", "start", twin(desk)]]


def test_the_ways_out_of_a_closing_can_be_pasted(desk: Desk) -> None:
    desk.do("account", "edit", "x/@same", "--signs-in-with", FORUM, "--container", FORUM)
    seat = ("x/@same", f"account:{FORUM}")
    desk.do("seat", "add", *seat)
    again = desk.do("seat", "add", *seat, code=5)
    assert pasted(again) == [["seat", "edit", twin(desk), seat[1]]]
    desk.do("seat", "add", FORUM, PERSON)
    desk.do("grant", "add", "x/@same", FORUM)
    told = pasted(desk.do("deactivate", "plan", FORUM, code=1))
    same = twin(desk)
    for each in (
        ["account", "edit", same, "--signs-in-with", ""],
        ["account", "edit", same, "--container", ""],
        ["deactivate", "start", same],
        ["seat", "end", same, f"account:{FORUM}"],
    ):
        assert each in told
    desk.do("seat", "end", same, f"account:{FORUM}", "--force")


def test_what_cannot_end_yet_names_the_account_that_is_to_move(desk: Desk) -> None:
    for account in (FORUM, "x/@same"):
        desk.do("account", "edit", account, "--login-mailbox", "care@acme.example")
        told = desk.do("mailbox", "end", "care@acme.example", code=5)
        typed = FORUM if account == FORUM else twin(desk)
        assert pasted(told) == [["account", "edit", typed, "--login-mailbox", "ADDRESS"]]
        desk.do("account", "edit", account, "--login-mailbox", "")


def test_a_departure_prints_only_commands_that_can_be_pasted(desk: Desk) -> None:
    desk.do("factor", "add", FORUM, "totp", "--holder", f"person:{PERSON}")
    desk.do("seat", "add", FORUM, PERSON)
    plan = ("offboard", "start", PERSON, "--last-day", desk.now().date().isoformat())
    assert pasted(desk.do(*plan, code=1))
    (case,) = desk.ask("case", "list")["cases"]
    for argv in (("case", "next", case["id"]), ("check",), ("status",), ("rotate", "due")):
        list(commands(desk.do(*argv, code=None)))
    for progress in desk.ask("case", "show", case["id"])["progress"]:
        step = progress["step"]["id"]
        list(commands(desk.do("case", "show", case["id"], step)))
        list(commands(desk.run("case", "applied", case["id"], step)))


def test_the_id_of_a_step_is_data_as_well(desk: Desk) -> None:
    (begun,) = desk.ask("rotate", "start", FORUM, "--what", "password", code=None)["rotations"]
    case = renamed(desk, begun["case"])
    shown = desk.do("case", "show", case, STEP)
    assert ["case", "applied", case[:8], STEP] in pasted(shown)
    desk.do("credential", "set", FORUM, "--stdin", stdin="another\n")
    desk.do("case", "applied", case, STEP)
    verify = ["case", "verify", case[:8], STEP]
    assert pasted(desk.do("credential", "set", FORUM, "--drop", code=5)) == [verify]
    noted = desk.do("case", "block", case, STEP, "--reason", "x", code=5)
    assert pasted(noted) == [["case", "note", case[:8], "TEXT", "--step", STEP]]
    desk.do(*verify)


def test_a_departure_that_is_called_off_says_which_new_secret_is_to_be_proved(desk: Desk) -> None:
    desk.do("role", "assign", ROLE, "eva")
    day = desk.now().date().isoformat()
    begun = desk.ask("offboard", "start", PERSON, "--last-day", day)
    case = renamed(desk, begun["case"])
    desk.do("credential", "set", FORUM, "--stdin", stdin="another\n")
    desk.do("case", "applied", case, STEP)
    desk.do("person", "leave", PERSON, "--called-off")
    called_off = desk.do("case", "close", case, "--called-off", "--reason", "x", code=5)
    assert pasted(called_off) == [["case", "verify", case[:8], STEP]]


def test_an_authenticator_is_stored_for_the_very_account(desk: Desk) -> None:
    desk.do("factor", "add", "x/@same", "totp", "--holder", f"person:{PERSON}")
    day = desk.now().date().isoformat()
    begun = desk.ask("offboard", "start", PERSON, "--last-day", day, code=1)
    case = renamed(desk, begun["case"], "enrol_factor", "x/@same")
    asked = desk.do("case", "applied", case, STEP, code=5)
    assert pasted(asked) == [["credential", "set", twin(desk), "--what", "totp_seed", "--stdin"]]


def renamed(desk: Desk, case: str, act: str = "rotate_password", on: str = FORUM) -> str:
    """Give the step of an act on an account an id that nobody makes, and return the case."""
    assert desk.held is not None
    account = desk.id_of("account", "show", on)
    steps = [p.step for p in desk.held.registry.get(case, Case).progress]
    ids = [STEP if (step.act, step.account) == (act, account) else step.id for step in steps]
    renamed = (replace(step, id=i, depends_on=()) for step, i in zip(steps, ids, strict=True))
    planted(desk, case, progress=tuple(map(Progress, renamed)))
    return case


def test_a_file_that_others_may_read_is_closed_by_the_command_that_is_told(desk: Desk) -> None:
    desk.held = None
    desk.passphrase_file.chmod(0o644)
    told = desk.do("person", "list").err
    assert f"hint: run: chmod 600 {shlex.quote(str(desk.passphrase_file))}\n" in told
    desk.vault.chmod(0o666)
    told = desk.do("person", "list", code=8).err
    assert f"hint: Run: chmod go-w {shlex.quote(str(desk.vault))}\n" in told


def test_the_demo_names_its_vault_as_a_shell_takes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _tell_how(Invocation(), tmp_path / FOLDER)
    *_, first, second = capsys.readouterr().out.splitlines()
    for line, typed in ((first, ["offboard", "start"]), (second, ["case", "next"])):
        (*program, option, vault, group, command, name) = shlex.split(line.removeprefix("  $ "))
        assert (option, vault, name) == ("--vault", str(tmp_path / FOLDER), "Jan Bakker")
        assert [group, command] == typed
        assert len(program) == 1
