from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.integration.keystore.fake import FakeRing, fake_ring
from tests.integration.storage.builder import (
    PASSPHRASE,
    Sample,
    environment,
    new_sample,
    record_id,
    renamed,
)
from vault.errors import (
    CannotUnlockError,
    KeyringError,
    NoKeyringError,
    RollbackError,
    SafehandsError,
    StorageError,
)
from vault.formats.member import MemberKeys
from vault.services.cautions import cautions
from vault.services.marks import Marks
from vault.services.remembering import forget, memory, open_remembered, remember
from vault.services.restoring import accept, set_back
from vault.services.session import Session
from vault.services.unlocking import Locked, with_device
from vault.services.vaults import open_vault, open_with
from vault.storage.verifying import Mark


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return new_sample(tmp_path_factory.mktemp("remembered") / "acme", records=3)


@pytest.fixture
def sample(made: Sample, tmp_path: Path) -> Sample:
    return made.copy(tmp_path / "acme")


@pytest.fixture
def ring() -> Iterator[type[FakeRing]]:
    with fake_ring() as ring:
        yield ring


@pytest.fixture
def remembered(sample: Sample, ring: type[FakeRing]) -> Sample:
    with sample.open() as session:
        remember(session)
    ring.asked.clear()
    return sample


def item(sample: Sample, name: str) -> str:
    """What the keyring calls an item of this vault."""
    return f"{vault_id(sample).hex()}/{name}"


def vault_id(sample: Sample) -> bytes:
    return bytes(sample.sql("SELECT vault_id FROM vault")[0][0])


def slot_of(sample: Sample) -> Path:
    (slot,) = sample.device.glob("*.device.slot")
    return slot


def by_device(sample: Sample) -> Session:
    return open_remembered(str(sample.path), environment(sample.device))


def by_either(sample: Sample, told: list[SafehandsError]) -> Session:
    """Open it as commands do: by this device, and with the passphrase where that fails."""
    env = environment(sample.device)
    return open_vault(str(sample.path), lambda: PASSPHRASE, env, told.append)


def change(sample: Sample, name: str) -> None:
    with sample.open() as session:
        session.write("role.edit", renamed(1, name))


def test_a_remembered_vault_opens_without_the_passphrase(remembered: Sample) -> None:
    with by_device(remembered) as session:
        assert session.member_name == "Ann"
        session.write("role.edit", renamed(1, "webcare"))
        assert session.registry.role(record_id(1)).name == "webcare"


def test_a_vault_that_was_not_remembered_asks_no_keyring(
    sample: Sample, ring: type[FakeRing]
) -> None:
    told: list[SafehandsError] = []
    with by_either(sample, told) as session:
        session.write("role.edit", renamed(1, "webcare"))
    assert (ring.asked, told) == ([], [])


def test_remembering_changes_nothing_in_the_vault(sample: Sample, ring: type[FakeRing]) -> None:
    before = sample.sql("SELECT * FROM keyslots"), sample.sql("SELECT hash FROM journal")
    with sample.open() as session:
        remember(session)
    assert (
        sample.sql("SELECT * FROM keyslots"),
        sample.sql("SELECT hash FROM journal"),
    ) == before
    assert set(ring.items) == {item(sample, "device"), item(sample, "mark")}


def test_items_are_short_and_name_nobody(remembered: Sample, ring: type[FakeRing]) -> None:
    assert len(ring.items[item(remembered, "device")]) == 43
    assert all(len(value) < 500 for value in ring.items.values())
    assert "Ann" not in str(ring.items)


def test_the_keyslot_is_ours_alone(remembered: Sample) -> None:
    slot = slot_of(remembered)
    assert stat.S_IMODE(slot.stat().st_mode) == 0o600
    assert len(slot.read_bytes()) == 190


def test_the_key_opens_nothing_without_the_keyslot(remembered: Sample) -> None:
    slot_of(remembered).unlink()
    with pytest.raises(CannotUnlockError):
        by_device(remembered)


def test_the_keyslot_opens_nothing_without_the_key(
    remembered: Sample, ring: type[FakeRing]
) -> None:
    del ring.items[item(remembered, "device")]
    with pytest.raises(CannotUnlockError, match="keyring"):
        by_device(remembered)


def test_the_keyslot_of_somebody_who_left_opens_nothing(remembered: Sample) -> None:
    left: list[Locked] = []

    def leave(locked: Locked) -> MemberKeys:
        membership = msgspec.structs.replace(locked.membership, terms={})
        left.append(locked._replace(membership=membership))
        return remembered.keys

    open_with(str(remembered.path), leave, environment(remembered.device)).close()
    with pytest.raises(CannotUnlockError, match="no member now"):
        with_device(remembered.device)(left[0])


def test_forgetting_under_an_open_session_ends_its_use_of_the_keyring(
    remembered: Sample, ring: type[FakeRing]
) -> None:
    with by_device(remembered) as session:
        forget(str(remembered.path), environment(remembered.device))
        session.write("role.edit", renamed(1, "webcare"))
    assert ring.items == {}


def test_a_forgotten_vault_leaves_nothing_behind(remembered: Sample, ring: type[FakeRing]) -> None:
    where, env = str(remembered.path), environment(remembered.device)
    assert forget(where, env) == (True, "")
    assert ring.items == {}
    assert list(remembered.device.glob("*.slot")) == []
    assert forget(where, env) == (False, "")
    with pytest.raises(CannotUnlockError):
        by_device(remembered)


def test_a_locked_keyring_cannot_stop_forgetting(remembered: Sample, ring: type[FakeRing]) -> None:
    ring.is_locked = True
    was_remembered, left = forget(str(remembered.path), environment(remembered.device))
    assert was_remembered
    assert "locked" in left
    ring.is_locked = False
    with pytest.raises(CannotUnlockError):
        by_device(remembered)


@pytest.mark.parametrize("value", ["", "A" * 43, "A" * 42, "é" * 43, "A" * 100_000, "null"])
def test_an_altered_key_falls_back_to_the_passphrase_and_says_so(
    remembered: Sample, ring: type[FakeRing], value: str
) -> None:
    ring.items[item(remembered, "device")] = value
    told: list[SafehandsError] = []
    with by_either(remembered, told) as session:
        assert session.member_name == "Ann"
    assert len(told) == 1
    assert told[0].hint
    assert value not in told[0].message or not value


def test_the_key_of_another_vault_opens_nothing(
    remembered: Sample, ring: type[FakeRing], tmp_path: Path
) -> None:
    other = new_sample(tmp_path / "other")
    with other.open() as session:
        remember(session)
    ring.items[item(remembered, "device")] = ring.items[item(other, "device")]
    with pytest.raises(CannotUnlockError):
        by_device(remembered)


@pytest.mark.parametrize("content", [b"", b"x" * 190, b"x" * 100_000])
def test_a_damaged_keyslot_falls_back_to_the_passphrase(remembered: Sample, content: bytes) -> None:
    slot_of(remembered).write_bytes(content)
    told: list[SafehandsError] = []
    by_either(remembered, told).close()
    assert len(told) == 1


def test_a_keyslot_that_others_could_have_written_is_not_used(remembered: Sample) -> None:
    slot_of(remembered).chmod(0o666)
    told: list[SafehandsError] = []
    by_either(remembered, told).close()
    assert len(told) == 1


def test_the_last_byte_of_a_keyslot_counts(remembered: Sample) -> None:
    slot = slot_of(remembered)
    raw = slot.read_bytes()
    slot.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    with pytest.raises(SafehandsError, match="altered"):
        by_device(remembered)


def test_a_locked_keyring_falls_back_and_the_mark_stays_in_the_file(
    remembered: Sample, ring: type[FakeRing]
) -> None:
    ring.is_locked = True
    told: list[SafehandsError] = []
    with by_either(remembered, told) as session:
        session.write("role.edit", renamed(1, "webcare"))
        (caution,) = cautions(session)
        mark = session.seq
    assert "locked" in told[0].message
    assert "weaker" in caution.text
    ring.is_locked = False
    seen = Marks(remembered.device).seen(vault_id(remembered))
    assert seen is not None
    assert seen.seq == mark


def test_errors_of_a_keyring_quote_nothing_of_what_is_in_it(
    remembered: Sample, ring: type[FakeRing]
) -> None:
    ring.is_locked = True
    with pytest.raises(KeyringError) as caught:
        by_device(remembered)
    assert ring.items[item(remembered, "device")] not in str(caught.getrepr(showlocals=False))
    assert caught.value.__suppress_context__


def test_a_keyring_that_keeps_nothing_is_found_out(sample: Sample, ring: type[FakeRing]) -> None:
    ring.keeps_nothing = True
    with sample.open() as session, pytest.raises(KeyringError, match="did not keep"):
        remember(session)
    assert list(sample.device.glob("*.slot")) == []


def test_without_a_keyring_there_is_nothing_to_remember_with(
    sample: Sample, ring: type[FakeRing]
) -> None:
    ring.viable = False
    with sample.open() as session, pytest.raises(NoKeyringError):
        remember(session)
    kept = memory(str(sample.path), environment(sample.device))
    assert not kept.is_remembered
    assert (kept.keyring, kept.marked_in_keyring) == ("", False)
    assert kept.trouble


def test_a_key_without_its_keyslot_is_taken_back(sample: Sample, ring: type[FakeRing]) -> None:
    with sample.open() as session:
        (sample.device / f"{session.vault_id}.device.slot.new").mkdir()
        with pytest.raises(StorageError):
            remember(session)
    assert ring.items == {}


def test_what_a_device_keeps_can_be_asked_for(remembered: Sample) -> None:
    kept = memory(str(remembered.path), environment(remembered.device))
    assert kept == (True, "Fake", "", True)


def test_the_mark_in_the_keyring_goes_along_with_every_write(
    remembered: Sample, ring: type[FakeRing]
) -> None:
    change(remembered, "webcare")
    with remembered.open() as session:
        kept = msgspec.json.decode(ring.items[item(remembered, "mark")])
        assert kept == {"seq": session.seq, "hash": session.head_hash}


def test_a_vault_set_back_is_refused_although_the_file_was_set_back_too(
    remembered: Sample, tmp_path: Path
) -> None:
    old = tmp_path / "old"
    old.write_bytes(remembered.path.read_bytes())
    (mark,) = remembered.device.glob("*.mark.json")
    old_mark = mark.read_bytes()
    change(remembered, "webcare")
    remembered.path.write_bytes(old.read_bytes())
    mark.write_bytes(old_mark)
    with pytest.raises(RollbackError):
        by_device(remembered)


def test_a_mark_that_was_lowered_in_the_keyring_counts_for_nothing(
    remembered: Sample, ring: type[FakeRing], tmp_path: Path
) -> None:
    old, low = remembered.path.read_bytes(), ring.items[item(remembered, "mark")]
    change(remembered, "webcare")
    remembered.path.write_bytes(old)
    ring.items[item(remembered, "mark")] = low
    with pytest.raises(RollbackError):
        by_device(remembered)


def test_the_mark_in_the_keyring_only_grows(remembered: Sample, ring: type[FakeRing]) -> None:
    high = f'{{"seq":99,"hash":"{"a" * 64}"}}'
    with remembered.open() as session:
        ring.items[item(remembered, "mark")] = high  # by another program, after we looked
        session.write("role.edit", renamed(1, "webcare"))
    assert ring.items[item(remembered, "mark")] == high


def test_a_device_whose_file_is_gone_still_knows_the_vault(remembered: Sample) -> None:
    (mark,) = remembered.device.glob("*.mark.json")
    mark.unlink()
    with by_device(remembered) as session:
        assert not session.is_first_sight


@pytest.mark.parametrize("value", ["", "x", "x" * 100_000, "{}", '{"seq":0,"hash":""}', "[]", "é"])
def test_a_damaged_mark_in_the_keyring_is_refused_until_it_is_forgotten(
    remembered: Sample, ring: type[FakeRing], value: str
) -> None:
    ring.items[item(remembered, "mark")] = value
    with pytest.raises(StorageError, match="keyring's item"):
        by_device(remembered)
    forget(str(remembered.path), environment(remembered.device))
    remembered.open().close()


def test_remembering_again_makes_a_new_key(remembered: Sample, ring: type[FakeRing]) -> None:
    key, slot = ring.items[item(remembered, "device")], slot_of(remembered).read_bytes()
    with by_device(remembered) as session:
        remember(session)
    assert ring.items[item(remembered, "device")] != key
    assert slot_of(remembered).read_bytes() != slot
    by_device(remembered).close()


def test_the_mark_in_the_keyring_goes_back_with_a_backup_that_is_accepted(
    remembered: Sample, ring: type[FakeRing]
) -> None:
    old = remembered.path.read_bytes()
    change(remembered, "webcare")
    remembered.path.write_bytes(old)
    env = environment(remembered.device)
    with set_back(str(remembered.path), lambda _: remembered.keys, env) as older:
        accept(older, older.session.head_hash, "the disk broke", env)
    with by_device(remembered) as session:
        kept = msgspec.json.decode(ring.items[item(remembered, "mark")])
        assert kept == {"seq": session.seq, "hash": session.head_hash}


def test_a_keyring_that_is_locked_gives_nothing_up(
    remembered: Sample, ring: type[FakeRing]
) -> None:
    (file,) = remembered.device.glob("*.mark.json")
    before, ring.is_locked = file.read_bytes(), True
    with pytest.raises(KeyringError):
        Marks(remembered.device).give_up(vault_id(remembered), Mark(1, bytes(32)), "")
    assert file.read_bytes() == before
