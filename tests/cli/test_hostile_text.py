"""Whatever names and notes hold, only text that a reader sees reaches the terminal."""

from __future__ import annotations

from datetime import datetime, timedelta
from unicodedata import category

import msgspec
import pytest

from tests.cli.runner import Answer, Desk
from vault.domain.changes import Change, Changes
from vault.domain.record import Record
from vault.domain.registry import Registry

KINDS = {
    "markup": "[/] [@click=app.quit]x[/]",
    "clipboard": "\x1b]52;c;QUJD\x07",
    "erase": "a\x1b[2Jb\x9b2J",
    "backwards": "gpj.\u202eexe",
    "nul": "a\x00b",
    "lines": "one\r\ntwo\u2028three\x0bfour",
    "unseen": "ad\u200bmin\ufeff",
    "formula": "=HYPERLINK(1)\t|%s{0}",
}
HOSTILE = {
    "all": " ".join(KINDS.values()),
    "marks": "z" + "\u0301" * 3000,
    "long": "x" * 1_000_000,
}


MOST = 5000  # characters of most texts: a megabyte in every field only costs time


def hidden_in(text: str) -> set[str]:
    """Return the characters of a text that a reader does not see as they are."""
    return {
        each
        for each in set(text)
        if category(each) in {"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"} and each != "\n"
    }


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("hostile")
    folder.chmod(0o700)
    desk = Desk(folder).found("Ana\x1b[31m Kramer").keep_open()
    for number, text in enumerate(HOSTILE.values()):
        fill(desk, number, text[:MOST])
    desk.do("person", "add", HOSTILE["long"], "--note", HOSTILE["long"])
    desk.do("role", "add", HOSTILE["long"])
    return desk


def fill(desk: Desk, number: int, text: str) -> None:
    """Put a text wherever a text can be, in records that are found by their ids."""
    person = desk.id_of("person", "add", f"p{number} {text}", "--note", text)
    other = desk.id_of("person", "add", f"q{number} {text}")
    role = desk.id_of("role", "add", f"r{number} {text}", "--purpose", text)
    for each in (person, other):
        desk.do("role", "assign", role, each)
    mailbox = desk.id_of(
        "mailbox", "add", f"m{number}@acme.example", "--role", role, "--note", text
    )
    phone = desk.id_of("phone", "add", f"+3161234567{number}", "--carrier", role)
    account = desk.id_of(
        *("account", "add", f"x/@acme{number}", "--role", role, "--login-mailbox", mailbox),
        *("--name", text, "--purpose", text, "--recovery-phone", phone),
    )
    planted(desk, phone, number=f"+3161234567{number} {text[:500]}")
    planted(desk, account, url=text)
    tool = desk.id_of("account", "add", f"youtube/@acme{number}", "--name", text, "--role", role)
    desk.do("factor", "add", account, "totp", "--holder", person, "--label", text)
    desk.do("seat", "add", tool, person)
    desk.do("grant", "add", account, tool, "--by", person, "--scope", text)
    desk.do("dormant", "record", account, "--source", text)
    day = (desk.now() + timedelta(days=60)).date().isoformat()
    case = desk.ask("offboard", "start", person, "--last-day", day, code=None)["case"]
    step = desk.ask("case", "show", case)["progress"][0]["step"]["id"]
    desk.do("case", "note", case, f"n {text}")
    desk.do("case", "block", case, step, "--reason", f"b {text}")


def planted(desk: Desk, record: str, **values: object) -> None:
    """Put into a record what no command takes: another program may have written it."""
    assert desk.held is not None

    def decide(registry: Registry, _now: datetime) -> Changes:
        return (Change(msgspec.structs.replace(registry.get(record, Record), **values)),)

    desk.held.write("record.edit", decide)


COMMANDS = [
    ("status",),
    ("check",),
    ("doctor",),
    ("export",),
    ("person", "list"),
    ("role", "list"),
    ("mailbox", "list"),
    ("account", "list"),
    ("phone", "list"),
    ("seat", "list"),
    ("factor", "list"),
    ("grant", "list"),
    ("credential", "list"),
    ("credential", "reuse"),
    ("credential", "breached"),
    ("case", "list"),
    ("rotate", "due"),
    ("dormant", "report", "--everything"),
    ("journal", "list", "--limit", "500"),
    ("platform", "list"),
]


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["table", "json"])
@pytest.mark.parametrize("argv", COMMANDS, ids=" ".join)
def test_no_list_shows_a_hidden_character(
    desk: Desk, argv: tuple[str, ...], form: tuple[str, ...]
) -> None:
    assert_clean(desk.run(*argv, *form))


@pytest.mark.parametrize("form", [(), ("--json",)], ids=["table", "json"])
@pytest.mark.parametrize("number", range(len(HOSTILE)), ids=HOSTILE)
def test_nothing_about_one_record_shows_a_hidden_character(
    desk: Desk, number: int, form: tuple[str, ...]
) -> None:
    account, tool = f"x/@acme{number}", f"youtube/@acme{number}"
    registry = desk.held.registry if desk.held else None
    assert registry is not None
    (case,) = [c for c in registry.open_cases if registry.name_of(c.person)[:2] == f"p{number}"]
    for argv in (
        ("person", "show", case.person),
        ("person", "holds", case.person),
        ("role", "show", f"r{number}"),
        ("mailbox", "show", f"m{number}@acme.example"),
        ("phone", "show", f"+3161234567{number}"),
        ("account", "show", account),
        ("account", "who", account),
        ("account", "link", account),
        ("factor", "show", account),
        ("grant", "show", account),
        ("seat", "show", tool, case.person),
        ("credential", "history", account),
        ("credential", "changed", case.person, account),
        ("offboard", "plan", case.person),
        ("offboard", "plan", case.person, "--format", "markdown"),
        ("offboard", "plan", case.person, "--format", "html"),
        ("rotate", "plan", account),
        ("case", "show", case.id),
        ("case", "show", case.id, case.progress[0].step.id),
        ("case", "next", case.id),
        ("journal", "show", "2"),
    ):
        answer = desk.run(*argv, *(() if "--format" in argv else form))
        assert answer.code in {0, 1}, (argv, answer.err)
        assert_clean(answer)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize(
    "argv",
    [
        ("{}",),
        ("person", "{}"),
        ("person", "show", "{}"),
        ("person", "list", "--as-of", "{}"),
        ("person", "leave", "{}", "--last-day", "{}"),
        ("account", "add", "{}"),
        ("account", "add", "x/@{}"),
        ("account", "add", "https://{}"),
        ("mailbox", "add", "{}"),
        ("mailbox", "edit", "m1@acme.example", "--reader", "{}"),
        ("case", "show", "p1", "{}"),
        ("rotate", "plan", "{}"),
        ("seat", "add", "youtube/@acme1", "p1", "--level", "{}"),
        ("platform", "show", "{}"),
        ("platform", "show", "x", "--act", "{}"),
        ("journal", "show", "{}"),
        ("--{}",),
    ],
    ids=" ".join,
)
def test_no_answer_to_a_text_shows_a_hidden_character(
    desk: Desk, text: str, argv: tuple[str, ...]
) -> None:
    typed = [each.replace("{}", text) for each in argv]
    for form in ((), ("--json",)):
        answer = desk.run(*typed, *form)
        assert_clean(answer)


def assert_clean(answer: Answer) -> None:
    assert hidden_in(answer.out) == set()
    assert hidden_in(answer.err) == set()
    assert answer.code != 9, answer.err
