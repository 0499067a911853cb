"""What a new vault begins with: its founder, the first epoch, and the founder's own record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from vault.crypto import kdf
from vault.crypto.kdf import KdfCost
from vault.crypto.randomness import Random
from vault.crypto.signing import SigningKey
from vault.domain.ids import Id, new_id
from vault.domain.person import Person
from vault.domain.records import Body
from vault.domain.spell import Spell
from vault.domain.text import one_line
from vault.errors import UsageError
from vault.formats.control import NONCE_BYTES, Control, Genesis, Policy, derive_vault_id
from vault.formats.entry import FIRST_SEQ, NO_HASH, Entry, EntryKind
from vault.formats.epoch import KEY_BYTES, derive_epoch_keys, start_epoch
from vault.formats.keyslot import Keyslot, by_passphrase, seal_slot
from vault.formats.member import MemberKeys, new_member_keys
from vault.formats.record import RecordRow
from vault.formats.state import leaf_of
from vault.services.writing import deed_of, milliseconds
from vault.storage.keys import VaultKeys
from vault.storage.leaves import NO_LEAVES, Leaves
from vault.storage.sealing import Sealer

COSTS: dict[str, KdfCost] = {"strong": kdf.STRONG, "floor": kdf.FLOOR}
"""What a passphrase may cost, by the name the command line has for it."""


def cost_named(name: str) -> KdfCost:
    """Return what a passphrase costs by its name; raises UsageError for an unknown one."""
    if name not in COSTS:
        raise UsageError(
            f"There is no passphrase cost {name!r}.", f"Choose from {', '.join(COSTS)}."
        )
    return COSTS[name]


@dataclass(frozen=True)
class Foundation:
    """All rows of a new vault, and the keys of its founder."""

    vault_id: bytes
    keys: MemberKeys
    slot: Keyslot
    record: RecordRow
    leaves: Leaves
    entry: Entry


def found(passphrase: str, founder: str, cost: str, now: datetime, random: Random) -> Foundation:
    """Return what a vault founded by the person called `founder` begins with.

    The founder's record is part of the state that the first entry signs. Raises UsageError for an
    unknown cost, an empty passphrase or an empty name.
    """
    chosen = cost_named(cost)
    if not passphrase or not founder:
        raise UsageError("A vault needs a passphrase and the name of its founder.", "Give both.")
    keys = new_member_keys(random)
    slot = seal_slot(keys, by_passphrase(passphrase), random, chosen)
    genesis, epoch = _genesis(keys, random)
    vault_id = genesis.vault_id()
    sealer = Sealer(vault_id, epoch, random)
    membership = Spell(keys.public().member_id.hex(), now)
    person = Person(id=new_id(random), name=one_line(founder), memberships=(membership,))
    digests: dict[Id, str] = {}
    record = next(sealer.seal([(person, Body(), 1)], digests))
    leaves, _ = NO_LEAVES.put([leaf_of(record)])
    unsealed = Entry(
        vault_id=vault_id,
        seq=FIRST_SEQ,
        kind=EntryKind.GENESIS,
        time_ms=milliseconds(now),
        author=keys.public().member_id,
        epoch=1,
        prev=NO_HASH,
        prev_control=NO_HASH,
        root=leaves.root,
        n_records=len(leaves),
        public=Control(genesis).encode(),
    )
    deed = deed_of("vault.init", "", {person.id: ("", digests[person.id])})
    entry = sealer.with_deed(unsealed, deed).signed_by(SigningKey(keys.signing_seed))
    return Foundation(vault_id, keys, slot, record, leaves, entry)


def _genesis(keys: MemberKeys, random: Random) -> tuple[Genesis, VaultKeys]:
    member, nonce = keys.public(), random(NONCE_BYTES)
    # Whatever the founder's own slot costs, later ones need not cost more than the floor.
    policy = Policy(quorum=1, min_memory_kib=kdf.FLOOR.memory_kib, min_passes=kdf.FLOOR.passes)
    vault_id = derive_vault_id(nonce, member, None, policy)
    epoch = derive_epoch_keys(vault_id, 1, random(KEY_BYTES))
    block = start_epoch(vault_id, 1, epoch, [member])
    return Genesis(nonce, member, None, policy, block), VaultKeys({1: epoch})
