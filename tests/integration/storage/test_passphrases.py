"""A member changes the passphrase: the old one holds until the new one does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.storage.builder import PASSPHRASE, Sample, environment, renamed
from vault.errors import RefusedError, StorageError, UsageError, WrongPassphraseError
from vault.services import members
from vault.services.members import add_reporter, change_passphrase
from vault.services.session import Session
from vault.services.vaults import open_vault
from vault.storage import crashpoints
from vault.storage.reading import Snapshot
from vault.storage.store import Writing

NEW = "four words and a verb"
MACHINES = "tin can with a string"


def opens(sample: Sample, passphrase: str) -> bool:
    try:
        open_vault(str(sample.path), lambda: passphrase, environment(sample.device)).close()
    except WrongPassphraseError:
        return False
    return True


@pytest.fixture
def running(sample: Sample) -> Iterator[Session]:
    with sample.open() as session:
        yield session


def test_the_new_passphrase_opens_the_vault_and_the_old_one_does_not(
    sample: Sample, running: Session
) -> None:
    before = running.seq
    with sample.open() as session:
        change_passphrase(session, NEW, cost="floor")
    assert (opens(sample, NEW), opens(sample, PASSPHRASE)) == (True, False)
    running.write("role.edit", renamed(1, "goes on"))  # whoever had it open has it open
    assert running.seq == before + 1
    assert running.audit() == before + 1


def test_an_old_keyslot_that_is_put_back_opens_the_vault_as_the_threat_model_says(
    sample: Sample,
) -> None:
    [old] = sample.sql("SELECT slot_id, member_id, slot FROM keyslots")
    with sample.open() as session:
        change_passphrase(session, NEW, cost="floor")
        session.write("role.edit", renamed(1, "later"))
    sample.sql("INSERT INTO keyslots VALUES (?, ?, ?)", values=old)
    assert (opens(sample, NEW), opens(sample, PASSPHRASE)) == (True, True)


def test_each_changes_its_own_alone(
    sample: Sample, running: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_reporter(running, "Monday mail", MACHINES, cost="floor")
    monkeypatch.setattr(members, "_check_unused", lambda *_: None)
    before = dict(sample.sql("SELECT member_id, slot FROM keyslots"))
    env = environment(sample.device.with_name("of the machine"))
    with open_vault(str(sample.path), lambda: MACHINES, env) as reporter:
        change_passphrase(reporter, NEW, cost="floor")
        assert reporter.member_name == "Monday mail"
    after = dict(sample.sql("SELECT member_id, slot FROM keyslots"))
    admin = sample.keys.public().member_id
    assert before.keys() == after.keys()
    assert {member for member, slot in after.items() if slot == before[member]} == {admin}


def test_a_change_that_stops_at_any_moment_leaves_a_passphrase_that_opens(
    sample: Sample, running: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "_check_unused", lambda *_: None)  # it derives what is known here
    before, found = set(sample.sql("SELECT slot FROM keyslots")), []

    def looking(name: crashpoints.CrashPoint) -> None:
        if name.startswith("write."):  # what is in the file now is what a stop would leave there
            found.append(set(sample.sql("SELECT slot FROM keyslots")))

    monkeypatch.setattr(crashpoints, "reached", looking)
    change_passphrase(running, NEW, cost="floor")
    after = set(sample.sql("SELECT slot FROM keyslots"))
    both = before | after
    assert found == [before, before, both, both, both, after]
    assert len(after) == 1 < len(both)


def test_the_old_one_stays_where_the_new_one_is_not_in_the_file(
    sample: Sample, running: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "_check_unused", lambda *_: None)
    before = sample.sql("SELECT slot FROM keyslots")
    monkeypatch.setattr(Snapshot, "keyslots", lambda _: [])
    with pytest.raises(StorageError, match="not in the file as written"):
        change_passphrase(running, NEW, cost="floor")
    assert set(before) < set(sample.sql("SELECT slot FROM keyslots"))


def test_an_old_keyslot_that_did_not_go_is_told(
    running: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "_check_unused", lambda *_: None)
    monkeypatch.setattr(Writing, "exchange_keyslots", lambda *_: None)
    with pytest.raises(StorageError, match="old passphrase may still open"):
        change_passphrase(running, NEW, cost="floor")


def test_none_and_one_that_opens_the_vault_already_are_refused(running: Session) -> None:
    with pytest.raises(RefusedError, match="opens the vault already"):
        change_passphrase(running, PASSPHRASE, cost="floor")
    with pytest.raises(UsageError, match="needs a passphrase"):
        change_passphrase(running, "", cost="floor")
