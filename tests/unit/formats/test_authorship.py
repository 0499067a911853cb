from __future__ import annotations

import pytest

from tests.unit.formats.builder import COLLEAGUE, FOUNDER, NEW_RECOVERY, OUTSIDER, RECOVERY, Journal
from vault.errors import JournalError
from vault.formats.authorship import REPORTER_KINDS, check_author, check_head
from vault.formats.entry import Entry, EntryKind
from vault.formats.member import MemberKind

DATA_KINDS = [kind for kind in EntryKind if not kind.is_control]


@pytest.fixture
def journal() -> Journal:
    made = Journal()
    made.found()
    return made


def refused_head(journal: Journal, head: Entry, because: str) -> None:
    with pytest.raises(JournalError, match=because):
        check_head(journal.membership, head)


def test_a_members_signed_entry_may_be_the_last(journal: Journal) -> None:
    check_head(journal.membership, journal.write())


def test_the_last_control_entry_may_be_the_last(journal: Journal) -> None:
    check_head(journal.membership, journal.entries[-1])


def test_a_control_entry_beside_the_chain_is_no_last_entry(journal: Journal) -> None:
    membership = journal.membership
    beside = journal.control(journal.joining(COLLEAGUE))
    with pytest.raises(JournalError, match="control chain does not end with"):
        check_head(membership, beside)


def test_a_withheld_control_entry_shows_in_the_last_entry(journal: Journal) -> None:
    membership = journal.membership
    journal.control(journal.joining(COLLEAGUE))
    head = journal.write()
    with pytest.raises(JournalError, match="does not stand on the last control entry"):
        check_head(membership, head)


def test_a_last_entry_older_than_a_control_entry_is_refused(journal: Journal) -> None:
    head = journal.write()
    journal.control(journal.joining(COLLEAGUE))
    refused_head(journal, head, "does not stand on the last control entry")


def test_a_last_entry_in_the_place_of_a_control_entry_is_refused(journal: Journal) -> None:
    added = journal.control(journal.joining(COLLEAGUE))
    membership = journal.membership
    with pytest.raises(JournalError, match="does not stand on the last control entry"):
        check_head(membership, journal.write(seq=added.seq))


def test_nothing_is_written_between_rescue_and_renewal(journal: Journal) -> None:
    journal.control(journal.joining(COLLEAGUE), RECOVERY)
    refused_head(journal, journal.write(), "recovery key was replaced")
    journal.entries.pop()
    journal.control(journal.renewing(NEW_RECOVERY), COLLEAGUE)
    check_head(journal.membership, journal.write())


@pytest.mark.parametrize("kind", DATA_KINDS)
def test_an_admin_writes_every_data_kind(journal: Journal, kind: EntryKind) -> None:
    check_author(journal.membership, journal.write(kind))


@pytest.mark.parametrize("kind", DATA_KINDS)
def test_a_reporter_writes_exports_and_unlocks_only(journal: Journal, kind: EntryKind) -> None:
    journal.control(journal.joining(COLLEAGUE, MemberKind.REPORTER))
    entry = journal.write(kind, COLLEAGUE)
    if kind in REPORTER_KINDS:
        check_author(journal.membership, entry)
    else:
        refused_head(journal, entry, "by a reporter")


def test_a_stranger_writes_nothing(journal: Journal) -> None:
    refused_head(journal, journal.write(author=OUTSIDER), "no member then")


def test_the_recovery_pair_writes_no_data(journal: Journal) -> None:
    refused_head(journal, journal.write(author=RECOVERY), "no member then")


def test_nobody_writes_before_he_was_added_or_after_he_was_removed(journal: Journal) -> None:
    early = journal.write(author=COLLEAGUE)
    journal.control(journal.joining(COLLEAGUE))
    timely = journal.write(author=COLLEAGUE)
    journal.control(journal.leaving(COLLEAGUE))
    late = journal.write(author=COLLEAGUE)
    check_author(journal.membership, timely)
    for entry in (early, late):
        with pytest.raises(JournalError, match="no member then"):
            check_author(journal.membership, entry)


def test_an_entry_names_the_epoch_of_its_time(journal: Journal) -> None:
    journal.control(journal.joining(COLLEAGUE))
    old = journal.write()
    journal.control(journal.leaving(COLLEAGUE))
    check_author(journal.membership, old)
    refused_head(journal, journal.write(epoch=1), "names epoch 1")


def test_a_signature_by_another_is_refused(journal: Journal) -> None:
    refused_head(journal, journal.write(signer=OUTSIDER), "not signed by the member")


def test_an_entry_of_another_vault_is_refused(journal: Journal) -> None:
    refused_head(journal, journal.write(vault_id=bytes(16)), "another vault")


def test_a_control_entry_is_not_judged_by_its_author_alone(journal: Journal) -> None:
    with pytest.raises(JournalError, match="checked with its chain"):
        check_author(journal.membership, journal.control(journal.joining(COLLEAGUE), FOUNDER))
