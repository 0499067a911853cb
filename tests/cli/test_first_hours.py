"""What somebody meets on their first day with an empty vault."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from tests.cli.runner import Desk, refusal
from vault.errors import StorageError
from vault.services.device_files import write


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("first")
    folder.chmod(0o700)
    return Desk(folder).found().keep_open()


def test_a_second_init_says_that_a_vault_is_there_before_it_asks_for_anything(desk: Desk) -> None:
    answer = desk.bare("--vault", str(desk.vault), "init")
    assert answer.code == 5
    assert f"There is something at {desk.vault} already" in refusal(answer)


def test_a_weak_passphrase_is_mended_without_another_vault(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    desk = Desk(tmp_path)
    desk.passphrase_file.touch(mode=0o600)
    desk.passphrase_file.write_text("short\n", encoding="utf-8")
    answer = desk.do("init", "--kdf", "floor", "--founder", "Ana")
    assert "soon guessed" in answer.err
    assert "safehands member passphrase" in answer.err


def test_where_there_are_no_phones_the_command_that_adds_one_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    answer = Desk(tmp_path).found().do("phone", "show", "+31201234567", code=4)
    assert "add one: safehands phone add NUMBER" in answer.err


def test_a_phone_is_found_by_its_number_however_it_is_written(desk: Desk) -> None:
    added = desk.id_of("phone", "add", "+31 6 1234 5678", "--note", "at the desk")
    for text in ("+31612345678", "0031 6 1234 5678", "+31-6-12345678", "6 1234", "desk"):
        assert desk.id_of("phone", "show", text) == added, text
    for word in ("+31612345678", "0031612345678", "12345678", "5678"):
        assert [each["id"] for each in desk.ask("phone", "list", word)["phones"]] == [added], word
    answer = desk.do("phone", "show", "+31687654321", code=4)
    assert "safehands phone list" in answer.err


def test_nobody_is_given_the_address_or_the_external_id_of_somebody_else(desk: Desk) -> None:
    jan = desk.id_of("person", "add", "Jan Bakker", "--external-id", "1001")
    desk.do("person", "edit", jan, "--other-mail", "jan@home.example")
    eva = desk.id_of("person", "add", "Eva Jansen")
    for options in (("--external-id", "1001"), ("--mail", "JAN@home.example")):
        for command in (("edit", eva), ("add", "Kees Kok")):
            answer = desk.do("person", *command, *options, code=5)
            assert "Jan Bakker has the" in refusal(answer)
            assert f"safehands person edit {jan[:8]}" in answer.err
    desk.do("person", "edit", jan, "--external-id", "1001", "--note", "who keeps it may be edited")


def test_a_file_of_reports_is_told_its_mistakes_in_words(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "reports.toml"
    mail = '[mail]\nhost = "mail.acme.example"\nfrom = "a@acme.example"\nto = "b@acme.example"\n'
    for text, said, hint in (
        ('[[report]]\nname = "dormant"\n' + mail, "mail.to must be a list", 'to = ["ana@'),
        ('[report]\nname = "dormant"\n', "report must be a list", "[[report]]"),
        (
            '[[report]]\nname = "dormant"\ndays = "9"\n',
            "report 1 days must be a whole number, not a text",
            "docs/",
        ),
        ('[[report]]\nname = "dormant"\nday = 9\n', "report 1 day is no key here", "docs/"),
        ('[[report]]\nformat = "csv"\n', "report 1 name is missing", "docs/"),
        ('[[report]]\nname = "dormant"\n[post]\n', "post is no key here", "docs/"),
        ('[[report]]\nname = "dormant"\n[mail]\n', "mail.host is missing", "docs/"),
    ):
        file.write_text(text, encoding="utf-8")
        answer = desk.do("schedule", "run", str(file), code=2)
        assert (said in refusal(answer), hint in answer.err) == (True, True), answer.err


def test_the_founder_of_a_list_of_staff_is_the_one_who_opens_the_vault(
    desk: Desk, tmp_path: Path
) -> None:
    staff, mapping = tmp_path / "staff.csv", tmp_path / "staff.toml"
    staff.write_text("Nr,Naam\n2001,Ana Kramer\n", encoding="utf-8")
    mapping.write_text(
        '[source]\nname = "hr"\nkind = "people"\n[columns]\nexternal_id = "Nr"\nname = "Naam"\n',
        encoding="utf-8",
    )
    refused = desk.do("import", str(staff), code=2)
    assert "--mapping FILE" in refused.err
    assert "docs/import.md" in refused.err
    assert "examples/" in refused.err
    desk.do("import", str(staff), "--mapping", str(mapping))
    assert desk.ask("person", "show", "2001")["vault_member"]


def test_a_dash_names_no_file_and_what_does_is_said(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for words, hint in (
        (("report", "ownership", "--out", "-"), "leave --out out"),
        (("offboard", "plan", "ana", "--out", "-"), "leave --out out"),
        (("schedule", "systemd", "f.toml", "--out", "-"), "leave --out out"),
        (("import", "-", "--mapping", "m.toml"), "/dev/stdin"),
    ):
        answer = desk.do(*words, code=2)
        assert "is '-'" in refusal(answer)
        assert hint in answer.err
    assert list(tmp_path.iterdir()) == []


def test_a_new_vault_is_named_by_its_whole_path(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.chdir(tmp_path)
    words = ("--vault", "here.safehands", "--passphrase-file", str(desk.passphrase_file))
    answer = desk.bare(*words, "init", "--kdf", "floor", "--founder", "Ana", "--json")
    assert answer.document["path"] == str(tmp_path / "here.safehands")


def test_a_full_disk_below_the_state_folder_asks_for_room_and_not_for_another_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    tmp_path.chmod(0o700)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space") as failed:
        write(tmp_path / "mark.json", b"{}")
    assert failed.value.hint.endswith(": make room.")
