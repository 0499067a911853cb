"""Changing who can open the vault: adding a reporter, removing a member.

What a member holds is docs/file-format.md sections 2 to 4. A reporter is a machine's member: an
admin makes its keys and its keyslot, and it holds no key to any secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime

from msgspec.structs import replace

from vault.crypto.signing import SigningKey
from vault.domain.changes import Changes, changes
from vault.domain.naming import folded
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.spell import current, ended
from vault.domain.text import clean
from vault.errors import (
    AlreadyError,
    AmbiguousError,
    NotFoundError,
    RefusedError,
    StorageError,
    UsageError,
    WrongPassphraseError,
)
from vault.formats.control import AddMember, RemoveMember
from vault.formats.epoch import KEY_BYTES, derive_epoch_keys, seal_grant, seal_ladder, start_epoch
from vault.formats.keyslot import Keyslot, by_passphrase, open_slot, seal_slot
from vault.formats.keyslot_prefix import SlotKind
from vault.formats.member import MemberKind, join_message, new_member_keys
from vault.formats.membership import Membership
from vault.services.founding import cost_named
from vault.services.holding import Held
from vault.services.roster import MemberLine
from vault.services.session import Session
from vault.services.unlocking import read_slots
from vault.services.writing import Ruling
from vault.storage.reading import Snapshot
from vault.storage.sealing import Sealer
from vault.storage.store import Store


def find_member(session: Session, text: str) -> MemberLine:
    """Return the present member whom `text` names: by name, or by the beginning of an id.

    Raises NotFoundError and AmbiguousError.
    """
    present = session.members()
    found = [each for each in present if folded(each.name) == folded(text)] or [
        each
        for each in present
        if len(text) >= 4 and each.id.startswith(text.lower())  # noqa: PLR2004
    ]
    if not found:
        raise NotFoundError(f"No member is called {clean(text)!r}.", "See: safehands member list")
    if len(found) > 1:
        told = tuple(f"{each.id[:8]}  {each.name}  {each.kind}" for each in found)
        raise AmbiguousError(f"{clean(text)!r} could be {len(found)} members", told, "use an id")
    return found[0]


def add_reporter(
    session: Session, name: str, passphrase: str, *, cost: str = "strong"
) -> MemberLine:
    """Add a reporter who opens the vault with `passphrase`; return it as it is listed.

    `cost` is what a guess at the passphrase costs, as `create_vault` has it. Raises UsageError for
    an empty name or passphrase, AlreadyError for a name that a member has, RefusedError for a
    passphrase that opens the vault already, and otherwise as `Session.govern` does.
    """
    if not name.strip() or not passphrase:
        raise UsageError("A reporter needs a name and a passphrase.", "Give both.")
    _refuse_namesake(session.members(), name)
    chosen = cost_named(cost)
    hint = "Make a new one for the reporter: it will lie on a machine, in a file."
    _check_unused(session, passphrase, hint)
    keys = new_member_keys(session.env.random)
    slot = seal_slot(keys, by_passphrase(passphrase), session.env.random, chosen)
    member = keys.public(MemberKind.REPORTER)

    def rule(held: Held, _now: datetime) -> Ruling:
        membership = _governed(held)
        _refuse_namesake(session.members(), name)  # who was added meanwhile is one of them
        vault_id, epoch = membership.vault_id, membership.epoch
        grant = seal_grant(vault_id, epoch, member, held.keys.newest)
        wish = SigningKey(keys.signing_seed).sign(join_message(vault_id, member))
        body = AddMember(member, epoch, grant.suite, grant.wrapped, wish)
        return Ruling(body, member.member_id, slot, name.strip(), held.sealer)

    session.govern("member.add", rule)
    return find_member(session, member.member_id.hex())


def change_passphrase(session: Session, passphrase: str, *, cost: str = "strong") -> None:
    """Let the member of this session open the vault by a new passphrase, and by no other.

    The new keyslot is on the disk, and was opened as it stands there, before the old ones go: at
    every moment one of them opens. That they are gone is read back as well. Devices that remember
    the vault have keyslots of their own, and go on. Raises UsageError for an empty passphrase,
    RefusedError for one that opens the vault already, StorageError where the file does not hold
    what was written, and as `Session.refresh` and `Store.writing` do.
    """
    if not passphrase:
        raise UsageError("A member needs a passphrase.", "Give one.")
    chosen, secret = cost_named(cost), by_passphrase(passphrase)
    _check_unused(session, passphrase, "Choose another one.")
    slot = session.new_slot(secret, chosen)
    with closing(Store(session.path)) as store:
        with store.writing() as writing:
            session.refresh()  # who was removed meanwhile gets no keyslot any more
            writing.put_keyslot(slot)
        found = [each for each in _slots_of(session, slot.member_id) if each == slot]
        if not found:
            raise StorageError(
                "The new keyslot is not in the file as written.",
                "The old passphrase still holds: check the disk, and try again.",
            )
        open_slot(found[0], secret)
        with store.writing() as writing:
            writing.exchange_keyslots(slot.member_id, slot)
        if _slots_of(session, slot.member_id) != [slot]:
            raise StorageError(
                "The file holds not the new keyslot alone: the old passphrase may still open it.",
                "Find out who else could write to the file, and change the passphrase again.",
            )


def _slots_of(session: Session, member_id: bytes) -> list[Keyslot]:
    """Return a member's keyslots as the file has them now."""
    with Snapshot(session.path) as snapshot:
        return [each for each in read_slots(snapshot.keyslots()) if each.member_id == member_id]


def remove_member(session: Session, member: MemberLine) -> None:
    """Take a member out of the vault: its keyslots go, and all is sealed anew without it.

    One transaction: the epoch that begins has grants for all others, every record is sealed under
    it, and the person's record says that the membership is over. Raises RefusedError for the
    member who asks, since who makes the new keys knows them, and as `Session.govern` does.
    """
    member_id = bytes.fromhex(member.id)

    def rule(held: Held, now: datetime) -> Ruling:
        membership = _governed(held)
        _check_removable(membership, member)
        vault_id, number = membership.vault_id, membership.epoch + 1
        fresh = derive_epoch_keys(vault_id, number, session.env.random(KEY_BYTES))
        grantees = [each for i, each in membership.grantees.items() if i != member_id]
        ladder = seal_ladder(vault_id, number, fresh, held.keys.newest, session.env.random)
        return Ruling(
            body=RemoveMember(member_id, start_epoch(vault_id, number, fresh, grantees, ladder)),
            member_id=member_id,
            slot=None,
            note=member.name,
            sealer=Sealer(vault_id, held.keys.followed_by(fresh), session.env.random),
            changes=_ended(held.registry, member.id, now),
        )

    session.govern("member.remove", rule)


def _refuse_namesake(present: Sequence[MemberLine], name: str) -> None:
    for each in present:
        if folded(each.name) == folded(name):
            message = f"There is a member called {clean(name)!r} already."
            raise AlreadyError(message, "Name it apart.", there=each.id)


def _governed(held: Held) -> Membership:
    """Return the members as they stand; raises RefusedError where one signature is not enough."""
    membership = held.position.membership
    if membership.policy.quorum > 1:
        raise RefusedError(
            f"{membership.policy.quorum} admins must sign a change of members.",
            "This version cannot collect their signatures.",
        )
    return membership


def _check_unused(session: Session, passphrase: str, hint: str) -> None:
    """Refuse a passphrase that opens the vault: a machine would hold the key of a person."""
    with Snapshot(session.path) as snapshot:
        slots = read_slots(snapshot.keyslots())
    for slot in slots:
        if slot.kind is not SlotKind.PASSPHRASE:
            continue
        try:
            open_slot(slot, by_passphrase(passphrase))
        except WrongPassphraseError:
            continue
        raise RefusedError("This passphrase opens the vault already.", hint)


def _check_removable(membership: Membership, member: MemberLine) -> None:
    member_id = bytes.fromhex(member.id)
    if member_id not in membership.members:
        raise NotFoundError(f"{member.name} is no member any more.", "See: safehands member list")
    if set(membership.admins) == {member_id}:
        raise RefusedError(
            f"{member.name} is the last admin: nobody could open the secrets any more.",
            "Remove the others if you like; one admin stays.",
        )
    if member.is_you:
        raise RefusedError(
            "Whoever removes a member makes the new keys, and so nobody removes himself.",
            "Ask another admin.",
        )


def _ended(registry: Registry, member_id: str, now: datetime) -> Changes:
    return changes(
        *(
            replace(person, memberships=ended(person.memberships, now, (member_id,)))
            for person in registry.all(Person)
            if member_id in current(person.memberships, now)
        )
    )
