"""Whatever is wrong with a request or a vault: one message, the right code, and nothing changed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from tests.cli.runner import Desk, refusal


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("office")
    folder.chmod(0o700)
    desk = Desk(folder).found().keep_open()
    for name in ("Jan Bakker", "Jan de Wit", "Eva Jansen"):
        desk.do("person", "add", name, "--joined", "2020-01-01")
    for name in ("Webcare", "Empty"):
        desk.do("role", "add", name)
    desk.do("role", "assign", "webcare", "jan bakker")
    desk.do("mailbox", "add", "web@acme.example", "--role", "webcare")
    desk.do("account", "add", "google/web@acme.example")
    desk.do(
        "account",
        "add",
        "x/@acme",
        "--role",
        "webcare",
        "--signs-in-with",
        "google/web@acme.example",
    )
    desk.do("account", "add", "x/@lonely", "--role", "empty")
    desk.do("account", "add", "youtube/@acme")
    desk.do("seat", "add", "youtube/@acme", "eva", "--level", "owner")
    desk.do("phone", "add", "+31612345678")
    desk.do("grant", "add", "x/@acme", "youtube/@acme")
    desk.do("account", "add", "mastodon/@acme@social.example")
    assert desk.held is not None
    desk.held.close()
    desk.held = None
    return desk


@pytest.fixture
def desk(office: Desk) -> Desk:
    """The office, unlocked once for all the requests that are refused afterwards."""
    return office if office.held is not None else office.keep_open()


REFUSED = {
    "an ambiguous name": (4, ("person", "show", "jan")),
    "an unknown person": (4, ("person", "show", "nobody")),
    "an unknown role": (4, ("role", "assign", "press", "eva")),
    "an unknown account": (4, ("account", "who", "x/@acne")),
    "an unknown mailbox": (4, ("mailbox", "show", "x@acme.example")),
    "an unknown platform": (4, ("account", "add", "nosuchplatform/@acme")),
    "an unknown holder": (4, ("mailbox", "edit", "web@acme.example", "--reader", "ghost")),
    "an empty name": (4, ("person", "show", "")),
    "an unknown case": (4, ("case", "next", "nobody")),
    "an unknown entry": (4, ("journal", "show", "9999")),
    "a person without a name": (2, ("person", "add", " ")),
    "a role without a name": (2, ("role", "add", "")),
    "a role for nobody": (2, ("role", "add", "Press", "--min-holders", "0")),
    "a mailbox without a domain": (2, ("mailbox", "add", "web@")),
    "a phone without digits": (2, ("phone", "add", "call me")),
    "a phone of two digits": (2, ("phone", "add", "12")),
    "a phone without its country": (2, ("phone", "add", "0612345678")),
    "a mailbox to keep until the past": (
        *(2, ("mailbox", "edit", "web@acme.example", "--keep-until", "2001-01-01")),
    ),
    "an address that runs what it says": (
        *(2, ("account", "edit", "x/@acme", "--url", "javascript:alert(1)")),
    ),
    "two passphrases": (2, ("person", "list", "--passphrase-fd", "0")),
    "a malformed date": (2, ("person", "leave", "eva", "--last-day", "31-12-2026")),
    "a date that does not exist": (2, ("person", "leave", "eva", "--last-day", "2027-02-30")),
    "a malformed --as-of": (2, ("person", "list", "--as-of", "yesterday")),
    "--as-of without a day": (2, ("person", "list", "--as-of")),
    "a last day before the first": (2, ("person", "leave", "eva", "--last-day", "2019-12-31")),
    "a role ended before it began": (
        *(2, ("role", "unassign", "webcare", "jan bakker", "--from", "2001-01-01")),
    ),
    "a last day in the past": (2, ("offboard", "plan", "eva", "--last-day", "2021-01-01")),
    "no last day": (2, ("offboard", "plan", "eva")),
    "neither day nor calling off": (2, ("person", "leave", "eva")),
    "activity in the future": (2, ("dormant", "record", "x/@acme", "--last", "2999-01-01")),
    "--as-of with a change": (2, ("person", "add", "Tom", "--as-of", "2026-01-01")),
    "--as-of with a case": (2, ("case", "close", "x", "--as-of", "2026-01-01")),
    "--as-of with a secret": (2, ("credential", "reveal", "x/@acme", "--as-of", "2026-01-01")),
    "--as-of with an export": (2, ("export", "--as-of", "2026-01-01")),
    "an unknown command": (2, ("frobnicate",)),
    "an unknown verb": (2, ("person", "frobnicate")),
    "an unknown option": (2, ("person", "list", "--frobnicate")),
    "a missing argument": (2, ("person", "show")),
    "a level there is none of": (2, ("seat", "add", "youtube/@acme", "eva", "--level", "god")),
    "a handle that is none": (2, ("account", "add", "x/@no spaces allowed")),
    "an account without a platform": (2, ("account", "add", "acme")),
    "a seat where there are none": (2, ("seat", "add", "acme@social.example", "eva")),
    "nothing to change": (2, ("seat", "edit", "youtube/@acme", "eva")),
    "an empty secret": (2, ("credential", "set", "x/@acme", "--stdin")),
    "options that exclude each other": (
        *(2, ("credential", "set", "x/@acme", "--stdin", "--generate", "--stdout")),
    ),
    "two owners of one mailbox": (
        *(2, ("mailbox", "add", "a@acme.example", "--role", "webcare", "--owner", "person:eva")),
    ),
    "no terminal to type a secret on": (2, ("credential", "set", "x/@acme")),
    "a descriptor that is no number": (2, ("person", "list", "--passphrase-fd", "x")),
    "a tool on itself": (2, ("grant", "add", "x/@acme", "x/@acme")),
    "the same grant twice": (5, ("grant", "add", "x/@acme", "youtube/@acme")),
    "the same phone twice": (5, ("phone", "add", "+31 6 1234 5678")),
    "the same mailbox twice": (5, ("mailbox", "add", "WEB@acme.example")),
    "the same account twice": (5, ("account", "add", "https://x.com/acme")),
    "the same role twice": (5, ("role", "add", "webcare")),
    "a role held twice": (5, ("role", "assign", "webcare", "jan bakker")),
    "the same person twice": (5, ("person", "add", "eva  JANSEN")),
    "a person for a role": (2, ("role", "assign", "eva", "webcare")),
    "a person to be taken from a role": (2, ("role", "unassign", "jan bakker", "webcare")),
    "an account without a factor": (4, ("factor", "end", "x/acme")),
    "a seat held twice": (5, ("seat", "add", "youtube/@acme", "eva")),
    "a circle of sign-ins": (
        *(5, ("account", "edit", "google/web@acme.example", "--signs-in-with", "x/@acme")),
    ),
    "a container of itself": (5, ("account", "edit", "x/@acme", "--container", "x/@acme")),
    "a leaver who succeeds themselves": (
        *(5, ("offboard", "plan", "eva", "--last-day", "2099-01-01", "--successor", "eva")),
    ),
    "the last holder of a role that owns something": (
        *(5, ("role", "unassign", "webcare", "jan bakker")),
    ),
    "the last person with full rights": (5, ("seat", "end", "youtube/@acme", "eva")),
    "a lower level for the last one": (
        *(5, ("seat", "edit", "youtube/@acme", "eva", "--level", "post")),
    ),
    "a role that owns accounts": (5, ("role", "end", "empty")),
    "a mailbox that a role owns": (5, ("role", "end", "webcare")),
    "a sign-in that others need": (5, ("account", "end", "google/web@acme.example")),
    "a secret into a pipe": (5, ("credential", "set", "x/@acme", "--generate")),
    "a secret shown to a pipe": (5, ("credential", "reveal", "x/@acme")),
    "a code into a pipe": (5, ("credential", "totp", "x/@acme")),
    "a recovery code into a pipe": (5, ("credential", "use-code", "x/@acme")),
    "no recovery codes": (4, ("credential", "use-code", "x/@acme", "--stdout")),
    "no authenticator": (4, ("credential", "totp", "x/@acme", "--stdout")),
    "a code and a new seed": (2, ("credential", "totp", "x/@acme", "--new", "--code", "1")),
    "a label nobody gave": (
        *(4, ("credential", "reveal", "x/@acme", "--label", "ghost", "--stdout")),
    ),
    "a list that is not there": (8, ("credential", "breached", "--list", "nowhere.txt")),
    "words and standard input": (2, ("credential", "set", "x/@acme", "--words", "--stdin")),
    "a seed that is made as a password": (
        *(2, ("credential", "set", "x/@acme", "--what", "totp_seed", "--generate", "--stdout")),
    ),
    "--as-of with a check that opens": (*(2, ("credential", "breached", "--as-of", "2026-01-01")),),
    "a secret that was never stored": (4, ("credential", "reveal", "x/@acme", "--stdout")),
    "a proof nobody asked for": (
        *(5, ("mailbox", "prove", "web@acme.example", "--code", "ABCDEFGH")),
    ),
}


@pytest.mark.parametrize(("code", "argv"), REFUSED.values(), ids=REFUSED)
def test_a_refused_request_says_one_thing_and_changes_nothing(
    desk: Desk, code: int, argv: tuple[str, ...]
) -> None:
    assert desk.held is not None
    before = desk.held.head_hash
    told = refusal(desk.do(*argv, code=code))
    assert told[0] != "{"
    assert desk.held.refresh() is not None
    assert desk.held.head_hash == before


def test_an_ambiguous_name_lists_who_it_could_be(desk: Desk) -> None:
    err = desk.do("person", "show", "jan", code=4).err
    assert "Jan Bakker" in err
    assert "Jan de Wit" in err
    document = desk.run("person", "show", "jan", "--json").document["error"]
    assert (document["code"], document["kind"], len(document["candidates"])) == (4, "ambiguous", 2)


def test_a_role_that_nobody_holds_is_found_and_blocks_no_reading(desk: Desk) -> None:
    found = desk.ask("check", code=1)["findings"]
    about = {each["about"] for each in found if each["code"] == "role_without_holder"}
    assert desk.ask("role", "show", "empty")["id"] in about
    assert desk.ask("account", "who", "x/@lonely")["people"] == []


def digest(folder: Path) -> str:
    """Return what is in the vault's file; SQLite may keep more beside it."""
    return sha256((folder / "acme.safehands").read_bytes()).hexdigest()


@pytest.fixture
def copy(office: Desk, tmp_path: Path) -> Desk:
    """A copy of the office on a device that has seen it."""
    folder = tmp_path / "copy"
    shutil.copytree(office.folder, folder)
    folder.chmod(0o700)
    for beside in (*(folder / "state").glob("*.place.json"), *folder.glob("*-wal")):
        beside.unlink()
    return Desk(folder)


def wrong_passphrase(desk: Desk) -> None:
    desk.passphrase_file.write_text("another one", encoding="utf-8")


def empty_passphrase(desk: Desk) -> None:
    desk.passphrase_file.write_text("", encoding="utf-8")


def passphrase_gone(desk: Desk) -> None:
    desk.passphrase_file.unlink()


def passphrase_too_long(desk: Desk) -> None:
    desk.passphrase_file.write_text("x" * 5000, encoding="utf-8")


def passphrase_no_text(desk: Desk) -> None:
    desk.passphrase_file.write_bytes(b"\xff\xfe")


def other_file(desk: Desk) -> None:
    desk.vault.write_text("people and accounts\n" * 100, encoding="utf-8")


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def other_database(desk: Desk) -> None:
    desk.vault.unlink()
    change(desk.vault, "create table accounts (name text)")


def folder_instead(desk: Desk) -> None:
    desk.vault.unlink()
    desk.vault.mkdir()


def gone(desk: Desk) -> None:
    desk.vault.unlink()


def cut_short(desk: Desk) -> None:
    desk.vault.write_bytes(desk.vault.read_bytes()[:20_000])


def emptied(desk: Desk) -> None:
    desk.vault.write_bytes(b"")


def written_by_others(desk: Desk) -> None:
    desk.vault.chmod(0o666)


def in_an_open_folder(desk: Desk) -> None:
    desk.folder.chmod(0o777)


def linked(desk: Desk) -> None:
    desk.vault.rename(desk.folder / "elsewhere")
    desk.vault.symlink_to(desk.folder / "elsewhere")


def newer(desk: Desk) -> None:
    change(desk.vault, "update alembic_version set version_num = 'from-the-future'")


def altered(desk: Desk) -> None:
    change(desk.vault, "update records set head = cast(head || x'00' as blob)")


def robbed(desk: Desk) -> None:
    change(desk.vault, "delete from records where rowid = (select max(rowid) from records)")


def set_back(desk: Desk) -> None:
    """The state folder remembers a longer journal than the file has."""
    change(desk.vault, "delete from journal where seq = (select max(seq) from journal)")


BROKEN: dict[str, tuple[int, Callable[[Desk], None]]] = {
    "wrong passphrase": (3, wrong_passphrase),
    "empty passphrase": (3, empty_passphrase),
    "passphrase file gone": (8, passphrase_gone),
    "passphrase file of another kind": (2, passphrase_too_long),
    "passphrase that is no text": (2, passphrase_no_text),
    "some other file": (8, other_file),
    "some other database": (8, other_database),
    "a folder": (8, folder_instead),
    "no file": (8, gone),
    "an empty file": (8, emptied),
    "a file cut short": (7, cut_short),
    "a file that others may write": (8, written_by_others),
    "a folder that others may write": (8, in_an_open_folder),
    "a link": (8, linked),
    "an altered record": (7, altered),
    "a record less": (7, robbed),
    "a vault set back": (7, set_back),
    "a vault of a newer program": (8, newer),
}


@pytest.mark.parametrize(("code", "spoil"), BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("argv", [("person", "list"), ("person", "add", "Tom")], ids=["r", "w"])
def test_a_vault_that_does_not_open_says_why_and_stays_as_it_is(
    copy: Desk, code: int, spoil: Callable[[Desk], None], argv: tuple[str, ...]
) -> None:
    spoil(copy)
    before = digest(copy.folder) if copy.vault.is_file() else ""
    refusal(copy.do(*argv, code=code))
    assert (digest(copy.folder) if copy.vault.is_file() else "") == before
    copy.folder.chmod(0o700)


def test_no_vault_is_made_where_something_lies_already(copy: Desk) -> None:
    before = digest(copy.folder)
    refusal(copy.do("init", "--kdf", "floor", code=5))
    assert digest(copy.folder) == before


def test_no_vault_is_made_with_an_empty_passphrase(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    desk = Desk(tmp_path)
    desk.passphrase_file.touch(mode=0o600)
    desk.passphrase_file.write_text("\n", encoding="utf-8")
    refusal(desk.do("init", "--kdf", "floor", code=2))
    assert not desk.vault.exists()


def test_who_founds_a_vault_without_a_name_is_told_what_they_are_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setenv("LOGNAME", "svc-backup")
    desk = Desk(tmp_path)
    desk.passphrase_file.touch(mode=0o600)
    desk.passphrase_file.write_text("a b c d e f g\n", encoding="utf-8")
    answer = desk.do("init", "--kdf", "floor")
    assert "svc-backup is its first member" in answer.out
    assert "nobody said who you are; the system calls you svc-backup" in answer.err
    rename = answer.err.partition("if that is not you: safehands ")[2].splitlines()[0]
    desk.do(*rename.replace("NAME", "Ana").split())
    assert desk.ask("person", "show", "ana")["vault_member"]


def test_without_a_terminal_nobody_is_asked_for_a_passphrase(office: Desk) -> None:
    answer = Desk(office.folder).bare("--vault", str(office.vault), "person", "list")
    assert answer.code == 3
    assert "--passphrase-file" in answer.err
    refusal(answer)


def safehands(desk: Desk, script: str) -> subprocess.CompletedProcess[bytes]:
    """Run a shell script in which `safehands` is the command on this vault."""
    command = f"{sys.executable} -m vault --vault {desk.vault}"
    function = f'safehands() {{ {command} --passphrase-file {desk.passphrase_file} "$@"; }}\n'
    environment = {**os.environ, "SAFEHANDS_STATE": str(desk.folder / "state")}
    return subprocess.run(
        ["bash", "-c", function + script], capture_output=True, env=environment, check=False
    )


def test_a_reader_who_stops_reading_is_no_error(copy: Desk) -> None:
    done = safehands(copy, "set -o pipefail; safehands person list | head -1")
    assert done.returncode == 0
    assert done.stderr == b""
    assert done.stdout.count(b"\n") == 1


def test_an_output_that_is_full_is_told_and_ends_with_8(copy: Desk) -> None:
    done = safehands(copy, "safehands person list >/dev/full")
    assert done.returncode == 8
    assert done.stderr.startswith(b"safehands: standard output cannot be written")


def test_a_disk_that_is_full_changes_nothing_and_ends_with_8(copy: Desk) -> None:
    # A limit on the size of files stands for the full disk: the kernel refuses to write.
    before = safehands(copy, "safehands status --json").stdout
    note = "$(head -c 60000 /dev/zero | tr '\\0' x)"
    done = safehands(copy, f"trap '' XFSZ; ulimit -f 40; safehands person add Tom --note {note}")
    assert done.returncode == 8, done
    assert done.stderr.count(b"safehands: ") == 1
    assert safehands(copy, "safehands status --json").stdout == before
