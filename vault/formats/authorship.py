"""Whether a journal entry may stand: written by a member of that time, within his rights.

Rules: docs/file-format.md section 9.
"""

from __future__ import annotations

from vault.errors import JournalError
from vault.formats.entry import Entry, EntryKind
from vault.formats.member import MemberKind
from vault.formats.membership import Membership

REPORTER_KINDS = frozenset({EntryKind.EXPORT, EntryKind.UNLOCK, EntryKind.FAILED_UNLOCK})
"""What a reporter may write: that he exported, that he unlocked, and failed attempts to."""


def check_head(membership: Membership, head: Entry) -> None:
    """Return if `head` may be the journal's last entry, given all its control entries.

    Raises JournalError if its author was no member, may not write it or did not sign it, or if it
    does not stand on the last control entry: a withheld removal shows here.
    """
    if head.kind.is_control:
        if head.hash() != membership.last_hash:
            raise _refused(head, "is a control entry that the control chain does not end with")
        return
    check_author(membership, head)
    if head.prev_control != membership.last_hash or head.seq <= membership.last_seq:
        raise _refused(head, "does not stand on the last control entry")
    if membership.needs_new_recovery:
        raise _refused(head, "was written before the used recovery key was replaced")


def check_author(membership: Membership, entry: Entry) -> None:
    """Return if this data entry is signed by who was a member then, and could write it.

    Raises JournalError otherwise. Control entries are the business of `fold_control`.
    """
    if entry.kind.is_control:
        raise _refused(entry, "is a control entry, which is checked with its chain")
    if entry.vault_id != membership.vault_id:
        raise _refused(entry, "belongs to another vault")
    author = membership.member_at(entry.author, entry.seq)
    if author is None:
        raise _refused(entry, "is by someone who was no member then")
    if author.kind is MemberKind.REPORTER and entry.kind not in REPORTER_KINDS:
        raise _refused(entry, "is by a reporter, who may not write it")
    if entry.epoch != membership.epoch_at(entry.seq):
        raise _refused(entry, f"names epoch {entry.epoch}, which did not hold then")
    entry.verify(author.signing_public)


def _refused(entry: Entry, fault: str) -> JournalError:
    return JournalError(
        f"Journal entry {entry.seq} {fault}.",
        "An entry was forged, altered or withheld: compare the vault with a backup.",
    )
