from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.unit.formats.builder import (
    COLLEAGUE,
    FOUNDER,
    OUTSIDER,
    POLICY,
    RECOVERY,
    Journal,
    recovery_of,
)
from vault.errors import MembershipError, WrongVaultError
from vault.formats.control import (
    AcceptRestore,
    NewEpoch,
    PolicyChange,
    RemoveMember,
)
from vault.formats.member import MemberKeys, MemberKind
from vault.formats.membership import fold_control


@pytest.fixture
def journal() -> Journal:
    made = Journal()
    made.found()
    return made


def refused(journal: Journal, because: str) -> None:
    with pytest.raises(MembershipError, match=because):
        _ = journal.membership


def test_a_founded_vault_has_its_founder_as_only_admin(journal: Journal) -> None:
    membership = journal.membership
    assert list(membership.admins) == [FOUNDER.public().member_id]
    assert membership.epoch == 1
    assert membership.recovery == recovery_of(RECOVERY)
    assert set(membership.grantees) == {FOUNDER.public().member_id, RECOVERY.public().member_id}


def test_an_added_member_is_one_from_the_next_entry_on(journal: Journal) -> None:
    added = journal.control(journal.joining(COLLEAGUE))
    membership, member_id = journal.membership, COLLEAGUE.public().member_id
    assert membership.member_at(member_id, added.seq) is None
    assert membership.member_at(member_id, added.seq + 1) == COLLEAGUE.public()
    assert membership.grant_of(member_id, 1) is not None


def test_a_removed_member_is_none_from_that_entry_on(journal: Journal) -> None:
    journal.control(journal.joining(COLLEAGUE))
    journal.write()
    removal = journal.control(journal.leaving(COLLEAGUE))
    membership, member_id = journal.membership, COLLEAGUE.public().member_id
    assert membership.member_at(member_id, removal.seq - 1) is not None
    assert membership.member_at(member_id, removal.seq) is None
    assert member_id not in membership.members
    assert membership.epoch == 2
    assert membership.epoch_at(removal.seq - 1) == 1
    assert membership.epoch_at(removal.seq) == 2
    assert membership.grant_of(member_id, 2) is None


def test_a_reporter_is_granted_and_is_no_admin(journal: Journal) -> None:
    journal.control(journal.joining(COLLEAGUE, MemberKind.REPORTER))
    journal.control(NewEpoch(journal.next_block(list(journal.membership.grantees.values()))))
    membership = journal.membership
    assert COLLEAGUE.public().member_id in membership.members
    assert COLLEAGUE.public().member_id not in membership.admins
    assert membership.grant_of(COLLEAGUE.public().member_id, 2) is not None


def test_an_accepted_restore_is_remembered(journal: Journal) -> None:
    restore = AcceptRestore(old_seq=9, old_hash=b"\x09" * 32)
    journal.control(restore)
    assert journal.membership.restores == (restore,)


def test_another_vaults_journal_is_named_as_such(journal: Journal) -> None:
    with pytest.raises(WrongVaultError):
        fold_control(journal.entries, bytes(16))


def test_a_genesis_with_another_recovery_key_is_another_vault(journal: Journal) -> None:
    forged = Journal(recovery=OUTSIDER)
    forged.vault_id = journal.vault_id
    forged.found()
    with pytest.raises(WrongVaultError):
        fold_control(forged.entries, journal.vault_id)


def test_an_empty_journal_is_no_vault() -> None:
    with pytest.raises(MembershipError, match="no first entry"):
        fold_control([], bytes(16))


def test_a_journal_that_starts_with_another_kind_is_refused(journal: Journal) -> None:
    journal.control(PolicyChange(POLICY))
    with pytest.raises(MembershipError, match="does not start a vault"):
        fold_control(journal.entries[1:], journal.vault_id)


def test_a_second_genesis_is_refused(journal: Journal) -> None:
    journal.found()
    refused(journal, "cannot stand here")


@pytest.mark.parametrize("field", ["prev", "prev_control"])
def test_a_genesis_with_a_predecessor_is_refused(field: str) -> None:
    journal = Journal()
    forced: dict[str, Any] = {field: b"\x01" * 32}
    journal.found(**forced)
    refused(journal, "claims something before it")


def test_a_genesis_with_a_cosignature_is_refused() -> None:
    journal = Journal()
    journal.found(cosigners=(COLLEAGUE,))
    refused(journal, "claims something before it")


def test_a_genesis_that_is_not_the_first_entry_is_refused() -> None:
    journal = Journal()
    journal.found(seq=2)
    refused(journal, "does not start a vault")


def test_a_reporter_founds_no_vault() -> None:
    journal = Journal()
    journal.genesis = replace(journal.genesis, founder=FOUNDER.public(MemberKind.REPORTER))
    journal.vault_id = journal.genesis.vault_id()
    journal.found()
    refused(journal, "is not by the admin it names")


def test_a_genesis_by_someone_else_is_refused() -> None:
    journal = Journal()
    journal.found(OUTSIDER)
    refused(journal, "is not by the admin it names")


def test_a_genesis_signed_by_someone_else_is_refused() -> None:
    journal = Journal()
    journal.found(signer=OUTSIDER)
    refused(journal, "is not signed by the author")


def test_a_genesis_in_another_epoch_than_the_first_is_refused() -> None:
    journal = Journal()
    journal.found(epoch=2)
    refused(journal, "names epoch 2 where 1 begins")


def test_a_quorum_out_of_reach_is_refused_at_genesis_and_later(journal: Journal) -> None:
    founding = Journal(policy=replace(POLICY, quorum=2))
    founding.found()
    refused(founding, "quorum of 2")
    journal.control(PolicyChange(replace(POLICY, quorum=0)))
    refused(journal, "quorum of 0")


def test_control_entries_by_others_than_admins_are_refused(journal: Journal) -> None:
    journal.control(PolicyChange(POLICY), OUTSIDER)
    refused(journal, "by no one who may write it")


def test_a_reporter_writes_no_control_entry(journal: Journal) -> None:
    journal.control(journal.joining(COLLEAGUE, MemberKind.REPORTER))
    journal.control(PolicyChange(POLICY), COLLEAGUE)
    refused(journal, "by no one who may write it")


def test_a_removed_admin_writes_no_control_entry(journal: Journal) -> None:
    journal.control(journal.joining(COLLEAGUE))
    journal.control(journal.leaving(COLLEAGUE))
    journal.control(PolicyChange(POLICY), COLLEAGUE)
    refused(journal, "by no one who may write it")


def test_who_joins_later_cannot_have_signed_earlier(journal: Journal) -> None:
    journal.control(PolicyChange(POLICY), COLLEAGUE)
    joining = journal.joining(COLLEAGUE)
    journal.control(joining)
    refused(journal, "Control entry 2 is by no one")


def test_nobody_removes_himself(journal: Journal) -> None:
    journal.control(journal.joining(COLLEAGUE))
    journal.control(journal.leaving(COLLEAGUE), COLLEAGUE)
    refused(journal, "by no one who may write it")


def test_an_entry_signed_with_another_key_is_refused(journal: Journal) -> None:
    journal.control(PolicyChange(POLICY), signer=OUTSIDER)
    refused(journal, "is not signed by the author")


def test_a_dropped_control_entry_breaks_the_chain(journal: Journal) -> None:
    journal.control(PolicyChange(POLICY))
    journal.control(PolicyChange(POLICY))
    del journal.entries[1]
    refused(journal, "does not follow")


def test_control_entries_out_of_order_are_refused(journal: Journal) -> None:
    journal.control(PolicyChange(POLICY), seq=1)
    refused(journal, "does not follow")


def test_a_control_entry_of_another_vault_is_refused(journal: Journal) -> None:
    journal.control(PolicyChange(POLICY), vault_id=bytes(16))
    refused(journal, "another vault")


def test_an_entry_that_names_another_epoch_is_refused(journal: Journal) -> None:
    journal.control(PolicyChange(POLICY), epoch=2)
    refused(journal, "names epoch 2")


def test_an_unasked_joiner_is_refused(journal: Journal) -> None:
    other = journal.joining(OUTSIDER)
    journal.control(replace(journal.joining(COLLEAGUE), join_signature=other.join_signature))
    refused(journal, "did not ask to join")


def test_joining_as_a_reporter_is_no_request_to_join_as_an_admin(journal: Journal) -> None:
    asked = journal.joining(COLLEAGUE, MemberKind.REPORTER)
    journal.control(replace(journal.joining(COLLEAGUE), join_signature=asked.join_signature))
    refused(journal, "did not ask to join")


@pytest.mark.parametrize(
    "weak",
    [bytes(32), b"\x01" + bytes(31), b"\xec" + b"\xff" * 30 + b"\x7f", b"\xee" + b"\xff" * 31],
)
def test_a_signing_key_under_which_anything_verifies_is_refused(
    journal: Journal, weak: bytes
) -> None:
    body = journal.joining(COLLEAGUE)
    journal.control(replace(body, member=replace(body.member, signing_public=weak)))
    refused(journal, "anything verifies")


def test_a_wrapping_key_of_small_order_is_refused(journal: Journal) -> None:
    body = journal.joining(COLLEAGUE)
    journal.control(replace(body, member=replace(body.member, wrapping_public=bytes(32))))
    refused(journal, "anything verifies or opens")


def test_a_former_members_keys_never_come_back(journal: Journal) -> None:
    journal.control(journal.joining(COLLEAGUE))
    journal.control(journal.leaving(COLLEAGUE))
    journal.control(journal.joining(COLLEAGUE))
    refused(journal, "used before")


@pytest.mark.parametrize(
    "half_new",
    [
        MemberKeys(FOUNDER.signing_seed, COLLEAGUE.wrapping_private),
        MemberKeys(COLLEAGUE.signing_seed, FOUNDER.wrapping_private),
        RECOVERY,
    ],
)
def test_no_key_serves_twice(journal: Journal, half_new: MemberKeys) -> None:
    journal.control(journal.joining(half_new))
    refused(journal, "used before")


def test_a_grant_for_another_epoch_is_refused(journal: Journal) -> None:
    journal.control(replace(journal.joining(COLLEAGUE), epoch=2))
    refused(journal, "grants epoch 2")


def test_a_reporter_with_an_admins_grant_is_refused(journal: Journal) -> None:
    admin = journal.joining(COLLEAGUE)
    journal.control(replace(journal.joining(COLLEAGUE, MemberKind.REPORTER), wrapped=admin.wrapped))
    refused(journal, "grant of a wrong length")


def test_removing_a_stranger_is_refused(journal: Journal) -> None:
    journal.control(journal.leaving(OUTSIDER))
    refused(journal, "no member")


def test_an_epoch_must_be_granted_to_everyone_who_stays(journal: Journal) -> None:
    journal.control(NewEpoch(journal.next_block([FOUNDER.public()])))
    refused(journal, "exactly the members")


def test_an_epoch_must_not_be_granted_to_the_one_who_leaves(journal: Journal) -> None:
    journal.control(journal.joining(COLLEAGUE))
    grantees = list(journal.membership.grantees.values())
    leaver = COLLEAGUE.public().member_id
    journal.control(RemoveMember(leaver, journal.next_block(grantees)))
    refused(journal, "exactly the members")


def test_an_epoch_with_a_grant_of_a_wrong_length_is_refused(journal: Journal) -> None:
    block = journal.next_block(list(journal.membership.grantees.values()))
    first, *others = block.grants
    short = replace(first, wrapped=first.wrapped[:-1])
    journal.control(NewEpoch(replace(block, grants=(short, *others))))
    refused(journal, "grant of a wrong length")


def test_an_epoch_granted_twice_to_one_member_is_refused(journal: Journal) -> None:
    grantees = [*journal.membership.grantees.values(), FOUNDER.public()]
    journal.control(NewEpoch(journal.next_block(grantees)))
    refused(journal, "exactly the members")


def test_epochs_count_up_by_one(journal: Journal) -> None:
    block = journal.next_block(list(journal.membership.grantees.values()))
    journal.control(NewEpoch(replace(block, epoch=3)))
    refused(journal, "opens epoch 3 where 2 is next")


def test_an_epoch_without_its_ladder_is_refused(journal: Journal) -> None:
    block = journal.next_block(list(journal.membership.grantees.values()))
    journal.control(NewEpoch(replace(block, ladder=b"")))
    refused(journal, "ladder")
