from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.runner import Answer, Desk, refusal
from tests.integration.keystore.fake import FakeRing, fake_ring
from vault.services import kept_state


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("unlock")
    folder.chmod(0o700)
    return Desk(folder).found()


@pytest.fixture(autouse=True)
def ring(desk: Desk) -> Iterator[type[FakeRing]]:
    with fake_ring() as ring:
        yield ring
        ring.is_locked = False
        desk.do("unlock", "forget")


def without_passphrase(desk: Desk, *argv: str) -> Answer:
    return desk.bare("--vault", str(desk.vault), *argv)


def test_a_remembered_vault_is_not_asked_for_its_passphrase(desk: Desk) -> None:
    assert without_passphrase(desk, "person", "list").code == 3
    desk.do("unlock", "remember")
    answer = without_passphrase(desk, "person", "list")
    assert (answer.code, answer.err) == (0, "")
    assert "Ana Kramer" in answer.out


def test_who_names_a_passphrase_means_that_one(desk: Desk, tmp_path: Path) -> None:
    desk.do("unlock", "remember")
    wrong = tmp_path / "wrong"
    wrong.touch(mode=0o600)
    wrong.write_text("another passphrase", encoding="utf-8")
    answer = without_passphrase(desk, "person", "list", "--passphrase-file", str(wrong))
    assert answer.code == 3


def test_a_forgotten_vault_is_asked_for_its_passphrase_again(desk: Desk) -> None:
    desk.do("unlock", "remember")
    assert "again" in without_passphrase(desk, "unlock", "forget").out
    assert without_passphrase(desk, "person", "list").code == 3
    assert "did not remember" in without_passphrase(desk, "unlock", "forget").out


def test_a_forgotten_vault_leaves_nothing_of_its_records_on_the_device(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_state, "WORTH_KEEPING", 1)
    desk.do("person", "list")
    (kept,) = (desk.folder / "state").glob("*.kept")
    desk.do("unlock", "forget")
    assert not list((desk.folder / "state").glob("*.kept"))
    kept.with_name(f"{kept.name}.new").touch()  # a program was killed that kept it
    desk.do("unlock", "forget")
    assert not list((desk.folder / "state").glob("*.kept*"))
    assert list((desk.folder / "state").glob("*.mark.json"))


def test_what_of_a_vault_cannot_be_forgotten_is_told(desk: Desk) -> None:
    (mark,) = (desk.folder / "state").glob("*.mark.json")
    kept = mark.with_name(mark.name.replace(".mark.json", ".kept"))
    kept.mkdir()
    try:
        assert str(kept) in desk.do("unlock", "forget", code=8).err
    finally:
        kept.rmdir()


def test_a_locked_keyring_is_told_of_once(desk: Desk, ring: type[FakeRing]) -> None:
    desk.do("unlock", "remember")
    ring.is_locked = True
    answer = without_passphrase(desk, "person", "list")
    assert answer.code == 3  # nobody is at a terminal here
    assert answer.err.count("keyring") == 1
    answer = desk.do("person", "list")
    assert answer.err.count("keyring") == 1
    assert "weaker" in answer.err


def test_the_status_says_what_this_device_keeps(desk: Desk) -> None:
    before = without_passphrase(desk, "unlock", "status").out
    assert "remembered      no" in before
    assert "weaker" in before
    kept = desk.ask("unlock", "remember")
    assert kept == {
        "schema": "safehands.unlock/1",
        "vault": str(desk.vault),
        "is_remembered": True,
        "keyring": "Fake",
        "trouble": "",
        "marked_in_keyring": True,
    }
    after = without_passphrase(desk, "unlock", "status").out
    assert "remembered      yes" in after
    assert "weaker" not in after


def test_a_system_without_a_keyring_remembers_nothing(desk: Desk, ring: type[FakeRing]) -> None:
    ring.viable = False
    assert "no keyring" in refusal(desk.do("unlock", "remember", code=8))
    assert without_passphrase(desk, "unlock", "status").code == 0


def test_no_secret_is_in_any_answer(desk: Desk, ring: type[FakeRing]) -> None:
    told = desk.do("unlock", "remember").out
    (key,) = (value for name, value in ring.items.items() if name.endswith("/device"))
    told += without_passphrase(desk, "unlock", "status", "--json").out
    ring.is_locked = True
    told += without_passphrase(desk, "person", "list", "--json").err
    assert key not in told
