"""Who is a member, under which epoch and policy: the control entries, folded from the first on.

Rules: docs/file-format.md section 9. Nothing here trusts the database: each entry must be signed by
who was an admin when it was written, with the quorum of that time. Every breach is a
MembershipError; bytes that do not parse stay MalformedError or UnsupportedFormatError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import msgspec
from msgspec.structs import replace

from vault.crypto import hpke, signing
from vault.errors import IntegrityError, MembershipError, WrongVaultError
from vault.formats.control import (
    AcceptRestore,
    AddMember,
    Control,
    Genesis,
    NewEpoch,
    Policy,
    PolicyChange,
    Recovery,
    RecoveryChange,
    RemoveMember,
    cosign_message,
    parse_control,
)
from vault.formats.entry import FIRST_SEQ, NO_HASH, Entry, EntryKind
from vault.formats.epoch import KEY_BYTES, LADDER_BYTES, EpochBlock, Grant
from vault.formats.member import Member, MemberKind, join_message

_QUORUM_KINDS = frozenset(
    {
        EntryKind.ADD_MEMBER,
        EntryKind.REMOVE_MEMBER,
        EntryKind.POLICY,
        EntryKind.RECOVERY_CHANGE,
    }
)
_GRANT_BYTES = {
    MemberKind.ADMIN: hpke.OVERHEAD_BYTES + KEY_BYTES,
    MemberKind.REPORTER: hpke.OVERHEAD_BYTES + 3 * KEY_BYTES,
}


class Term(msgspec.Struct, frozen=True):
    """A member's time: he may author entries after `added_seq` and before `removed_seq`."""

    member: Member
    added_seq: int
    removed_seq: int | None = None


class EpochTerm(msgspec.Struct, frozen=True):
    """An epoch's block, with the grants of later joiners, and the entry it starts with."""

    block: EpochBlock
    since_seq: int


class Membership(msgspec.Struct, frozen=True):
    """What all verified control entries together say, as of the last of them.

    `terms` holds past and present members by id, `epochs` all epochs by number. `restores` are the
    journal positions given up for a backup. Do not change the mappings.
    """

    vault_id: bytes
    terms: dict[bytes, Term]
    epochs: dict[int, EpochTerm]
    recovery: Recovery | None
    policy: Policy
    used_keys: frozenset[bytes]
    last_seq: int
    last_hash: bytes
    needs_new_recovery: bool = False
    restores: tuple[AcceptRestore, ...] = ()

    @property
    def epoch(self) -> int:
        """Return the number of the current epoch."""
        return len(self.epochs)

    @property
    def members(self) -> dict[bytes, Member]:
        """Return the present members by id."""
        return {i: term.member for i, term in self.terms.items() if term.removed_seq is None}

    @property
    def admins(self) -> dict[bytes, Member]:
        """Return the present admins by id."""
        return {i: m for i, m in self.members.items() if m.kind is MemberKind.ADMIN}

    @property
    def grantees(self) -> dict[bytes, Member]:
        """Return by id everyone an epoch's key goes to: the members and the recovery pair."""
        if self.recovery is None:
            return self.members
        pair = self.recovery.member
        return {**self.members, pair.member_id: pair}

    def member_at(self, member_id: bytes, seq: int) -> Member | None:
        """Return who had this id when entry `seq` was written, or None if nobody had."""
        term = self.terms.get(member_id)
        if term is None or seq <= term.added_seq:
            return None
        if term.removed_seq is not None and seq >= term.removed_seq:
            return None
        return term.member

    def epoch_at(self, seq: int) -> int:
        """Return the epoch that entry `seq` belongs to."""
        return sum(term.since_seq <= seq for term in self.epochs.values())

    def grant_of(self, member_id: bytes, epoch: int) -> Grant | None:
        """Return the grant of `epoch` made out to `member_id`, or None if there is none."""
        grants = self.epochs[epoch].block.grants if epoch in self.epochs else ()
        return next((grant for grant in grants if grant.member_id == member_id), None)


def fold_control(entries: Iterable[Entry], vault_id: bytes) -> Membership:
    """Return what the control entries of the vault `vault_id` say, given all of them in order.

    Raises WrongVaultError if they start another vault, MembershipError at the first entry that
    breaks a rule, and MalformedError or UnsupportedFormatError if one does not parse.
    """
    membership: Membership | None = None
    for entry in entries:
        membership = (
            found_vault(entry, vault_id) if membership is None else follow(membership, entry)
        )
    if membership is None:
        raise MembershipError("The journal has no first entry.", "Restore the vault from a backup.")
    return membership


def found_vault(entry: Entry, vault_id: bytes) -> Membership:
    """Return what the genesis entry alone says; raises as `fold_control` does."""
    control = parse_control(entry.kind, entry.public)
    genesis = control.body
    if not isinstance(genesis, Genesis) or entry.seq != FIRST_SEQ:
        raise _refused(entry, "does not start a vault")
    if not entry.vault_id == genesis.vault_id() == vault_id:
        raise WrongVaultError(
            f"The journal starts another vault than {vault_id.hex()}.",
            "Check the path; if it is right, restore the vault from a backup.",
        )
    if entry.prev != NO_HASH or entry.prev_control != NO_HASH or control.cosignatures:
        raise _refused(entry, "claims something before it")
    founder = genesis.founder
    if founder.kind is not MemberKind.ADMIN or entry.author != founder.member_id:
        raise _refused(entry, "is not by the admin it names as founder")
    start = Membership(
        vault_id=vault_id,
        terms={founder.member_id: Term(founder, entry.seq)},
        epochs={},
        recovery=None,
        policy=genesis.policy,
        used_keys=_with_keys(frozenset(), founder, entry),
        last_seq=entry.seq,
        last_hash=entry.hash(),
    )
    _require_signature(entry, founder)
    _require_reachable(start, genesis.policy, entry)
    founded = _with_epoch(_with_recovery(start, genesis.recovery, entry), genesis.block, entry)
    _require_epoch(founded, entry)
    return founded


def follow(membership: Membership, entry: Entry) -> Membership:
    """Return `membership` after one more control entry; raises as `fold_control` does."""
    if entry.vault_id != membership.vault_id:
        raise _refused(entry, "belongs to another vault")
    if entry.seq <= membership.last_seq or entry.prev_control != membership.last_hash:
        raise _refused(entry, "does not follow the control entry before it")
    if entry.kind not in _RULES:
        raise _refused(entry, "cannot stand here")
    control = parse_control(entry.kind, entry.public)
    _require_mandate(membership, entry, control)
    if membership.needs_new_recovery:
        _require_new_recovery(membership, entry, control)
    changed = _RULES[entry.kind](membership, entry, control.body)
    _require_epoch(changed, entry)
    return replace(changed, last_seq=entry.seq, last_hash=entry.hash())


def _require_mandate(membership: Membership, entry: Entry, control: Control) -> None:
    """Check author, cosigners and quorum as of before the entry."""
    voters = dict(membership.admins)
    last_resort = None
    if membership.recovery is not None:
        last_resort = membership.recovery.member.member_id
        voters[last_resort] = membership.recovery.member
    if isinstance(control.body, RemoveMember):
        voters.pop(control.body.member_id, None)
    if entry.author not in voters:
        raise _refused(entry, "is by no one who may write it")
    _require_signature(entry, voters[entry.author])
    if entry.author == last_resort and not _is_rescue(control):
        raise _refused(entry, "uses the recovery key for more than adding an admin")
    signers = {entry.author}
    message = cosign_message(membership.vault_id, entry.seq, entry.prev, control.body)
    for cosignature in control.cosignatures:
        if cosignature.member_id in signers or cosignature.member_id not in voters:
            raise _refused(entry, "counts someone twice, or who may not sign it")
        try:
            public = voters[cosignature.member_id].signing_public
            signing.verify(public, cosignature.signature, message)
        except IntegrityError:
            raise _refused(entry, "bears a cosignature for something else") from None
        signers.add(cosignature.member_id)
    needed = membership.policy.quorum if entry.kind in _QUORUM_KINDS else 1
    # Shares of several holders made this key: it stands for any quorum.
    if last_resort not in signers and len(signers) < needed:
        raise _refused(entry, f"has {len(signers)} of the {needed} signatures its kind needs")


def _is_rescue(control: Control) -> bool:
    return isinstance(control.body, AddMember) and control.body.member.kind is MemberKind.ADMIN


def _require_new_recovery(membership: Membership, entry: Entry, control: Control) -> None:
    """After the recovery key was used, the very next entry replaces it."""
    body = control.body
    renews = isinstance(body, RecoveryChange) and body.recovery is not None
    if not renews or entry.seq != membership.last_seq + 1:
        raise _refused(entry, "comes where the used recovery key must first be replaced")


def _add_member(membership: Membership, entry: Entry, body: AddMember) -> Membership:
    member = body.member
    used_keys = _with_keys(membership.used_keys, member, entry)
    try:
        signing.verify(
            member.signing_public, body.join_signature, join_message(membership.vault_id, member)
        )
    except IntegrityError:
        raise _refused(entry, "adds someone who did not ask to join this vault") from None
    if body.epoch != membership.epoch:
        raise _refused(entry, f"grants epoch {body.epoch} where {membership.epoch} holds")
    _require_grant_length(entry, member, body.grant)
    term = membership.epochs[body.epoch]
    block = replace(term.block, grants=(*term.block.grants, body.grant))
    by_recovery = entry.author not in membership.admins
    return replace(
        membership,
        terms={**membership.terms, member.member_id: Term(member, entry.seq)},
        epochs={**membership.epochs, body.epoch: replace(term, block=block)},
        used_keys=used_keys,
        needs_new_recovery=by_recovery,
    )


def _remove_member(membership: Membership, entry: Entry, body: RemoveMember) -> Membership:
    if body.member_id not in membership.members:
        raise _refused(entry, "removes someone who is no member")
    term = replace(membership.terms[body.member_id], removed_seq=entry.seq)
    remaining = replace(membership, terms={**membership.terms, body.member_id: term})
    return _with_epoch(remaining, body.block, entry)


def _new_epoch(membership: Membership, entry: Entry, body: NewEpoch) -> Membership:
    return _with_epoch(membership, body.block, entry)


def _change_policy(membership: Membership, entry: Entry, body: PolicyChange) -> Membership:
    _require_reachable(membership, body.policy, entry)
    return replace(membership, policy=body.policy)


def _change_recovery(membership: Membership, entry: Entry, body: RecoveryChange) -> Membership:
    renewed = _with_recovery(membership, body.recovery, entry)
    return _with_epoch(replace(renewed, needs_new_recovery=False), body.block, entry)


def _accept_restore(membership: Membership, _entry: Entry, body: AcceptRestore) -> Membership:
    return replace(membership, restores=(*membership.restores, body))


_Rule: TypeAlias = Callable[[Membership, Entry, Any], Membership]
_RULES: dict[EntryKind, _Rule] = {
    EntryKind.ADD_MEMBER: _add_member,
    EntryKind.REMOVE_MEMBER: _remove_member,
    EntryKind.NEW_EPOCH: _new_epoch,
    EntryKind.POLICY: _change_policy,
    EntryKind.RECOVERY_CHANGE: _change_recovery,
    EntryKind.ACCEPT_RESTORE: _accept_restore,
}


def _with_recovery(membership: Membership, recovery: Recovery | None, entry: Entry) -> Membership:
    used_keys = membership.used_keys
    if recovery is not None:
        used_keys = _with_keys(used_keys, recovery.member, entry)
    return replace(membership, recovery=recovery, used_keys=used_keys)


def _with_epoch(membership: Membership, block: EpochBlock, entry: Entry) -> Membership:
    """Check a new epoch's block against who is entitled to it, and take it over."""
    number = membership.epoch + 1
    if block.epoch != number:
        raise _refused(entry, f"opens epoch {block.epoch} where {number} is next")
    if len(block.ladder) != (0 if number == 1 else LADDER_BYTES):
        raise _refused(entry, "has a ladder of a wrong length")
    grantees = membership.grantees
    # Compared as sorted lists, so that a grant given twice is refused as well.
    if sorted(grant.member_id for grant in block.grants) != sorted(grantees):
        raise _refused(
            entry, "does not grant its epoch to exactly the members and the recovery key"
        )
    for grant in block.grants:
        _require_grant_length(entry, grantees[grant.member_id], grant)
    term = EpochTerm(block, entry.seq)
    return replace(membership, epochs={**membership.epochs, number: term})


def _with_keys(used: frozenset[bytes], member: Member, entry: Entry) -> frozenset[bytes]:
    """Return `used` and the member's keys; refuse weak keys, and keys ever used before."""
    try:
        signing.refuse_small_order(member.signing_public)
        hpke.refuse_small_order(member.wrapping_public)
    except IntegrityError:
        raise _refused(entry, "enrols a key under which anything verifies or opens") from None
    keys = {member.signing_public, member.wrapping_public}
    if keys & used:
        raise _refused(entry, "enrols a key that was used before")
    return used | keys


def _require_signature(entry: Entry, author: Member) -> None:
    try:
        entry.verify(author.signing_public)
    except IntegrityError:
        raise _refused(entry, "is not signed by the author it names") from None


def _require_epoch(changed: Membership, entry: Entry) -> None:
    if entry.epoch != changed.epoch:
        raise _refused(entry, f"names epoch {entry.epoch} where {changed.epoch} begins or holds")


def _require_reachable(membership: Membership, policy: Policy, entry: Entry) -> None:
    if not 1 <= policy.quorum <= len(membership.admins):
        raise _refused(entry, f"asks for a quorum of {policy.quorum}, which no one can reach")


def _require_grant_length(entry: Entry, member: Member, grant: Grant) -> None:
    if len(grant.wrapped) != _GRANT_BYTES[member.kind]:
        raise _refused(entry, "has a grant of a wrong length")


def _refused(entry: Entry, fault: str) -> MembershipError:
    return MembershipError(
        f"Control entry {entry.seq} {fault}.",
        "Do not use this vault: compare it with a backup, and ask the other members.",
    )
