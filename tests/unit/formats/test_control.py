from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.unit.formats.builder import NEW_RECOVERY, RECOVERY, Journal, recovery_of
from vault.errors import MalformedError
from vault.formats.control import Control, Genesis, RecoveryChange, kind_of, parse_control
from vault.formats.entry import EntryKind


@pytest.fixture
def journal() -> Journal:
    made = Journal()
    made.found()
    return made


def test_a_control_entry_survives_its_bytes(journal: Journal) -> None:
    control = Control(journal.renewing(NEW_RECOVERY))
    assert parse_control(EntryKind.RECOVERY_CHANGE, control.encode()) == control
    assert kind_of(control.body) is EntryKind.RECOVERY_CHANGE


@pytest.mark.parametrize(("threshold", "shares"), [(0, 0), (0, 3), (4, 3)])
def test_a_recovery_that_no_shares_can_make_is_refused(
    journal: Journal, threshold: int, shares: int
) -> None:
    change = journal.renewing(NEW_RECOVERY)
    impossible = recovery_of(NEW_RECOVERY, threshold, shares)
    public = Control(RecoveryChange(impossible, change.block)).encode()
    with pytest.raises(MalformedError, match=f"needs {threshold} of {shares}"):
        parse_control(EntryKind.RECOVERY_CHANGE, public)


def test_a_data_kind_has_no_public_part_to_parse() -> None:
    with pytest.raises(MalformedError, match="changes no members"):
        parse_control(EntryKind.UNLOCK, b"")


def test_the_vault_id_commits_to_founder_recovery_and_policy(journal: Journal) -> None:
    genesis = journal.genesis
    policy = genesis.policy
    others: list[Genesis] = [
        replace(genesis, nonce=bytes(16)),
        replace(genesis, founder=RECOVERY.public()),
        replace(genesis, recovery=None),
        replace(genesis, recovery=recovery_of(RECOVERY, 3, 3)),
        replace(genesis, policy=replace(policy, quorum=2)),
        replace(genesis, policy=replace(policy, min_memory_kib=8)),
        replace(genesis, policy=replace(policy, min_passes=1)),
    ]
    found = {one.vault_id() for one in others}
    assert len(found) == len(others)
    assert genesis.vault_id() not in found


def test_a_nonce_of_another_length_founds_no_vault(journal: Journal) -> None:
    with pytest.raises(MalformedError, match="16 bytes"):
        replace(journal.genesis, nonce=bytes(15)).vault_id()
