"""The keys of a vault's epochs as one member holds them, ready for use."""

from __future__ import annotations

from vault.crypto.aead import Cipher
from vault.errors import NotAMemberError, NotForReportersError, RecordTamperedError
from vault.formats.epoch import (
    EpochKeys,
    Grant,
    ReadingKeys,
    descend_ladder,
    open_admin_grant,
    open_reporter_grant,
)
from vault.formats.member import MemberKeys, MemberKind
from vault.formats.membership import Membership


class VaultKeys:
    """What a member may open with: ciphers by epoch, of bodies only for an admin.

    It holds keys, and so shows nothing of itself.
    """

    __slots__ = ("_keys", "bodies", "heads")

    def __init__(self, keys: dict[int, ReadingKeys]) -> None:
        self._keys = keys
        self.heads = {epoch: Cipher(each.head) for epoch, each in keys.items()}
        self.bodies = {
            epoch: Cipher(each.body) for epoch, each in keys.items() if isinstance(each, EpochKeys)
        }

    def __repr__(self) -> str:
        return "<VaultKeys: hidden>"

    @property
    def epoch(self) -> int:
        """Return the newest epoch: what is sealed now is sealed under its keys."""
        return max(self._keys)

    def body(self, epoch: int) -> Cipher:
        """Return the cipher of an epoch's bodies; raises NotForReportersError for a reporter."""
        if not self.bodies:
            raise not_for_reporters()
        if epoch not in self.bodies:
            raise RecordTamperedError(f"A record names epoch {epoch}, which there never was.")
        return self.bodies[epoch]

    @property
    def snapshot(self) -> Cipher:
        """Return the cipher of what a device keeps of a state of the newest epoch."""
        return Cipher(self._keys[self.epoch].snap)

    @property
    def newest(self) -> EpochKeys:
        """Return all keys of the newest epoch; raises NotForReportersError for a reporter."""
        keys = self._keys[self.epoch]
        if not isinstance(keys, EpochKeys):
            raise not_for_reporters()
        return keys

    def followed_by(self, keys: EpochKeys) -> VaultKeys:
        """Return these keys and those of the epoch that comes next."""
        return VaultKeys({**self._keys, self.epoch + 1: keys})

    @property
    def first(self) -> EpochKeys:
        """Return all keys of the first epoch; raises NotForReportersError for a reporter."""
        keys = self._keys.get(1)
        if not isinstance(keys, EpochKeys):
            raise not_for_reporters()
        return keys

    def log(self, epoch: int) -> bytes | None:
        """Return the key of an epoch's journal texts, or None for one this member never had."""
        keys = self._keys.get(epoch)
        return None if keys is None else keys.log


def open_epochs(membership: Membership, keys: MemberKeys) -> VaultKeys:
    """Return the keys of all epochs the owner of `keys` may read (docs/file-format.md section 9).

    Raises NotAMemberError for someone who is no member now, and EpochKeyError where a grant, or a
    rung of the ladder, does not give the key the members committed to.
    """
    member_id = keys.public().member_id
    member = membership.members.get(member_id)
    newest = membership.grant_of(member_id, membership.epoch)
    if member is None or newest is None:
        raise NotAMemberError(
            "These keys are genuine, but their owner is no member of the vault now.",
            "Ask an admin to invite you again.",
        )
    if member.kind is MemberKind.REPORTER:
        return VaultKeys(_reporter_keys(membership, keys, member_id))
    block = membership.epochs[membership.epoch].block
    blocks = {number: term.block for number, term in membership.epochs.items()}
    current = open_admin_grant(membership.vault_id, block, keys, newest)
    return VaultKeys({**descend_ladder(membership.vault_id, current, blocks, membership.epoch)})


def _reporter_keys(
    membership: Membership, keys: MemberKeys, member_id: bytes
) -> dict[int, ReadingKeys]:
    granted: dict[int, Grant] = {
        number: grant
        for number in membership.epochs
        if (grant := membership.grant_of(member_id, number)) is not None
    }
    return {
        number: open_reporter_grant(
            membership.vault_id, membership.epochs[number].block, keys, grant
        )
        for number, grant in granted.items()
    }


def not_for_reporters() -> NotForReportersError:
    """Return the error that tells a reporter what kind of member it is."""
    return NotForReportersError(
        "This member is a reporter: it reads names and dates, and holds no key to any secret.",
        "Open the vault as an admin: give another passphrase.",
    )
