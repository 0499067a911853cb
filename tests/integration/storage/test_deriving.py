"""A key is derived before the vault is opened; that changes nothing of what opening says."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.storage.builder import PASSPHRASE, Sample, environment
from vault.crypto import kdf
from vault.crypto.kdf import FLOOR, STRONG, KdfCost
from vault.errors import CannotUnlockError, KdfPolicyError, WrongPassphraseError
from vault.formats.keyslot import by_passphrase as secret_of
from vault.formats.keyslot import parse_slot, seal_slot
from vault.services.deriving import Derivation, derive_ahead
from vault.services.members import add_reporter, change_passphrase
from vault.services.vaults import open_vault

SALT = bytes(16)
Asked = tuple[str, bytes, KdfCost]


@pytest.fixture
def derived(monkeypatch: pytest.MonkeyPatch) -> list[Asked]:
    """What keys are derived from, one after the other."""
    asked: list[Asked] = []
    stretch = kdf.stretch

    def counted(*of: object) -> bytes:
        asked.append(of)  # type: ignore[arg-type]
        return stretch(*of)  # type: ignore[arg-type]

    monkeypatch.setattr(kdf, "stretch", counted)
    return asked


def begun(sample: Sample, passphrase: str = PASSPHRASE) -> Derivation:
    derivation = derive_ahead(str(sample.path), passphrase, sample.device)
    assert derivation is not None
    return derivation


def opened(sample: Sample, derivation: Derivation | None, passphrase: str = PASSPHRASE) -> str:
    """Return who opens the vault."""
    env = environment(sample.device)
    with open_vault(str(sample.path), lambda: passphrase, env, None, derivation) as session:
        return session.member_name


def rewritten(sample: Sample, change: Callable[[bytes], bytes]) -> None:
    [(slot,)] = sample.sql("SELECT slot FROM keyslots")
    sample.sql("UPDATE keyslots SET slot = ?", values=(change(slot),))


def with_cost(cost: KdfCost) -> Callable[[bytes], bytes]:
    numbers = b"".join(number.to_bytes(4, "big") for number in cost)
    return lambda slot: slot[:38] + numbers + slot[50:]


def test_the_vault_opens_by_the_key_that_was_begun_and_no_other_is_derived(
    sample: Sample, derived: list[Asked]
) -> None:
    opened(sample, begun(sample))
    assert len(derived) == 1


def test_a_passphrase_that_is_another_by_the_time_it_is_read_is_derived_anew(
    sample: Sample, derived: list[Asked]
) -> None:
    opened(sample, begun(sample, "what the file said before"))
    assert [passphrase for passphrase, *_ in derived] == ["what the file said before", PASSPHRASE]
    with pytest.raises(WrongPassphraseError):
        opened(sample, begun(sample), "wrong")


def test_a_wrong_passphrase_is_told_as_ever(sample: Sample, derived: list[Asked]) -> None:
    with pytest.raises(WrongPassphraseError, match="opens none"):
        opened(sample, begun(sample, "wrong"), "wrong")
    assert len(derived) == 1


def test_the_passphrase_that_was_changed_meanwhile_opens_the_vault_no_more(
    sample: Sample,
) -> None:
    old, new = begun(sample), begun(sample, "four words and a verb")
    with sample.open() as session:
        change_passphrase(session, "four words and a verb", cost="floor")
    with pytest.raises(WrongPassphraseError):
        opened(sample, old)
    opened(sample, new, "four words and a verb")


def test_the_slot_of_who_was_here_last_is_guessed(sample: Sample, derived: list[Asked]) -> None:
    for number in range(5):
        with sample.open() as session:
            add_reporter(session, f"Machine {number}", f"tin can {number}", cost="floor")
    for passphrase in ("tin can 3", "tin can 1", PASSPHRASE):
        name = opened(sample, None, passphrase)
        derived.clear()
        assert opened(sample, begun(sample, passphrase), passphrase) == name
        assert len(derived) == 1


@pytest.mark.parametrize(
    "cost",
    [
        STRONG._replace(memory_kib=STRONG.memory_kib + 1),
        STRONG._replace(passes=STRONG.passes + 1),
        STRONG._replace(lanes=STRONG.lanes + 1),
    ],
)
def test_a_slot_that_asks_for_more_than_is_usual_waits_until_the_journal_is_verified(
    sample: Sample, cost: KdfCost, derived: list[Asked]
) -> None:
    rewritten(sample, with_cost(cost))
    assert derive_ahead(str(sample.path), PASSPHRASE, sample.device) is None
    assert not derived


def test_a_slot_that_was_weakened_is_refused_as_ever(sample: Sample) -> None:
    rewritten(sample, with_cost(FLOOR._replace(memory_kib=8)))
    with pytest.raises(KdfPolicyError, match="less work than accepted"):
        opened(sample, begun(sample))


@pytest.mark.parametrize("content", [None, b"", b"no database at all"])
def test_where_no_vault_can_be_read_nothing_is_begun_and_nothing_said(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "some.file"
    if content is not None:
        path.write_bytes(content)
    assert derive_ahead(str(path), PASSPHRASE, tmp_path) is None


@pytest.mark.parametrize(
    "location", ["", "postgresql://x", "~nobody-of-that-name/v", "\udcff", "\0"]
)
def test_a_location_that_is_none_is_left_to_who_opens_it(tmp_path: Path, location: str) -> None:
    assert derive_ahead(location, PASSPHRASE, tmp_path) is None


def test_a_file_that_is_not_safe_to_open_is_not_opened(sample: Sample, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(sample.path)
    assert derive_ahead(str(tmp_path / "link"), PASSPHRASE, sample.device) is None
    sample.path.chmod(0o666)
    assert derive_ahead(str(sample.path), PASSPHRASE, sample.device) is None


@pytest.mark.parametrize("of", [0, 20, 65, 190])
def test_slots_that_are_none_are_left_to_who_opens_the_vault(sample: Sample, of: int) -> None:
    rewritten(sample, lambda slot: b"\xff" * of + slot[of + of : of])
    assert derive_ahead(str(sample.path), PASSPHRASE, sample.device) is None


def test_a_process_that_may_have_no_thread_derives_when_it_opens(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        message = "can't start new thread"
        raise RuntimeError(message)

    with monkeypatch.context() as patch:
        patch.setattr("vault.services.deriving.Thread.start", refuse)
        assert derive_ahead(str(sample.path), PASSPHRASE, sample.device) is None


def test_a_derivation_that_fails_is_tried_again_and_told_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def too_much(*_: object) -> bytes:
        raise CannotUnlockError("This machine cannot spare the memory.")

    with monkeypatch.context() as patch:
        patch.setattr(kdf, "stretch", too_much)
        derivation = Derivation("x", SALT, FLOOR)
        derivation._thread.join()
        with pytest.raises(CannotUnlockError, match="cannot spare"):
            derivation.key("x", SALT, FLOOR)
    assert derivation.key("x", SALT, FLOOR) == kdf.stretch("x", SALT, FLOOR)


@pytest.mark.parametrize("asked", ["canary", "something else"])
def test_the_first_who_asks_is_given_the_key_and_nothing_is_kept(asked: str) -> None:
    derivation = Derivation("canary", SALT, FLOOR)
    assert "canary" not in repr(derivation)
    assert derivation.key(asked, SALT, FLOOR) == kdf.stretch(asked, SALT, FLOOR)
    derivation._thread.join()
    assert (derivation._asked, derivation._made) == (None, [])
    assert "canary" not in str(vars(derivation._thread))


def test_what_a_derivation_is_begun_with_is_what_the_slot_says(sample: Sample) -> None:
    slot = seal_slot(sample.keys, secret_of("x"), os.urandom, FLOOR)
    rewritten(sample, lambda _: slot.encode())
    parsed = parse_slot(slot.encode())
    derivation = derive_ahead(str(sample.path), "x", sample.device)
    assert derivation is not None
    assert derivation._asked == ("x", parsed.salt, parsed.cost)
