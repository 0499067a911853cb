from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.unit.formats.builder import (
    COLLEAGUE,
    FOUNDER,
    NEW_RECOVERY,
    OUTSIDER,
    POLICY,
    RECOVERY,
    THIRD,
    Journal,
    recovery_of,
)
from vault.errors import MembershipError
from vault.formats.control import (
    Control,
    Cosignature,
    NewEpoch,
    PolicyChange,
    cosign_message,
)
from vault.formats.entry import EntryKind
from vault.formats.member import MemberKeys, MemberKind


@pytest.fixture
def journal() -> Journal:
    made = Journal()
    made.found()
    return made


@pytest.fixture
def three(journal: Journal) -> Journal:
    """Three admins, of whom two must sign."""
    journal.control(journal.joining(COLLEAGUE))
    journal.control(journal.joining(THIRD))
    journal.control(PolicyChange(replace(POLICY, quorum=2)))
    return journal


def refused(journal: Journal, because: str) -> None:
    with pytest.raises(MembershipError, match=because):
        _ = journal.membership


def test_two_signers_reach_a_quorum_of_two(three: Journal) -> None:
    three.control(three.leaving(THIRD), FOUNDER, (COLLEAGUE,))
    assert THIRD.public().member_id not in three.membership.members


def test_a_quorum_short_by_one_is_refused(three: Journal) -> None:
    three.control(three.joining(OUTSIDER))
    refused(three, "has 1 of the 2 signatures")


def test_a_new_epoch_needs_no_quorum(three: Journal) -> None:
    three.control(NewEpoch(three.next_block(list(three.membership.grantees.values()))))
    assert three.membership.epoch == 2


@pytest.mark.parametrize(
    "cosigners", [(FOUNDER,), (COLLEAGUE, COLLEAGUE), (OUTSIDER,), (COLLEAGUE, OUTSIDER)]
)
def test_cosigners_are_other_admins_counted_once(
    three: Journal, cosigners: tuple[MemberKeys, ...]
) -> None:
    three.control(PolicyChange(POLICY), FOUNDER, cosigners)
    refused(three, "counts someone twice, or who may not sign")


def test_the_leaver_does_not_consent_to_his_own_removal(three: Journal) -> None:
    three.control(three.leaving(THIRD), FOUNDER, (THIRD,))
    refused(three, "counts someone twice, or who may not sign")


def test_consent_to_one_change_is_no_consent_to_another(three: Journal) -> None:
    other = PolicyChange(replace(POLICY, quorum=1))
    meant = PolicyChange(replace(POLICY, quorum=3))
    seq, prev = len(three.entries) + 1, three.entries[-1].hash()
    consent = three.cosigned(COLLEAGUE, cosign_message(three.vault_id, seq, prev, meant))
    three.write(EntryKind.POLICY, public=Control(other, (consent,)).encode())
    refused(three, "cosignature for something else")


def test_consent_is_bound_to_its_place_in_the_journal(three: Journal) -> None:
    body, prev = PolicyChange(POLICY), three.entries[-1].hash()
    message = cosign_message(three.vault_id, len(three.entries) + 1, prev, body)
    consent: Cosignature = three.cosigned(COLLEAGUE, message)
    three.write()
    three.write(EntryKind.POLICY, public=Control(body, (consent,)).encode())
    refused(three, "cosignature for something else")


def test_the_recovery_pair_stands_for_any_quorum(three: Journal) -> None:
    three.control(three.leaving(THIRD), FOUNDER, (RECOVERY,))
    assert THIRD.public().member_id not in three.membership.members


def test_the_recovery_pair_adds_an_admin_and_must_then_be_renewed(three: Journal) -> None:
    three.control(three.joining(OUTSIDER), RECOVERY)
    assert three.membership.needs_new_recovery
    three.control(three.renewing(NEW_RECOVERY), OUTSIDER, (RECOVERY,))
    membership = three.membership
    assert not membership.needs_new_recovery
    assert membership.recovery == recovery_of(NEW_RECOVERY)
    assert OUTSIDER.public().member_id in membership.admins


def test_the_recovery_pair_does_nothing_else_as_an_author(journal: Journal) -> None:
    journal.control(PolicyChange(POLICY), RECOVERY)
    refused(journal, "recovery key for more than")


def test_the_recovery_pair_adds_no_reporter(journal: Journal) -> None:
    journal.control(journal.joining(OUTSIDER, MemberKind.REPORTER), RECOVERY)
    refused(journal, "recovery key for more than")


def test_after_the_recovery_pair_was_used_nothing_comes_before_its_renewal(
    journal: Journal,
) -> None:
    journal.control(journal.joining(OUTSIDER), RECOVERY)
    journal.control(PolicyChange(POLICY))
    refused(journal, "must first be replaced")


def test_no_data_entry_comes_between_rescue_and_renewal(journal: Journal) -> None:
    journal.control(journal.joining(OUTSIDER), RECOVERY)
    journal.write()
    journal.control(journal.renewing(NEW_RECOVERY))
    refused(journal, "must first be replaced")


def test_a_used_recovery_pair_is_not_replaced_by_none(journal: Journal) -> None:
    journal.control(journal.joining(OUTSIDER), RECOVERY)
    journal.control(journal.renewing(None))
    refused(journal, "must first be replaced")


def test_a_replaced_recovery_pair_is_worth_nothing(journal: Journal) -> None:
    journal.control(journal.renewing(NEW_RECOVERY))
    journal.control(journal.joining(OUTSIDER), RECOVERY)
    refused(journal, "by no one who may write it")


def test_a_vault_can_do_without_a_recovery_pair() -> None:
    journal = Journal(recovery=None)
    journal.found()
    assert journal.membership.recovery is None
    journal.control(journal.renewing(RECOVERY))
    assert journal.membership.recovery == recovery_of(RECOVERY)
