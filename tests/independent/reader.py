"""A second reader of the vault format, written from docs/file-format.md alone.

It shares no code and no cryptographic library with the program. Run as
`python tests/independent/reader.py FILE --passphrase-file F` it verifies the vault and prints one
JSON line a record; it says what is wrong, and ends with 1, where a vault must be refused.
"""

from __future__ import annotations

import argparse
import hmac
import json
import sqlite3
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from argon2.low_level import Type, hash_secret_raw
from nacl.bindings import crypto_scalarmult_base
from nacl.signing import SigningKey

if not __package__:  # run as a script
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.independent.journal import ADMIN, REPORTER, Member, Vault, verified_journal
from tests.independent.primitives import (
    RefusedError,
    expand,
    extract,
    hpke_open,
    require,
    sha256,
    unseal,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def open_slot(slot: bytes, passphrase: str) -> tuple[bytes, bytes]:
    """Return (Ed25519 seed, X25519 private)."""
    require(len(slot) == 190 and slot[:4] == b"SMRK", "no keyslot")
    require(slot[4] == 1 and slot[5] == 1, "unknown version, or not for a passphrase alone")
    memory, passes, lanes = (int.from_bytes(slot[i : i + 4], "big") for i in (38, 42, 46))
    require(65536 <= memory <= 2097152, "memory cost out of bounds")
    require(3 <= passes <= 16 and 1 <= lanes <= 16, "passes or lanes out of bounds")
    secret = unicodedata.normalize("NFKC", passphrase).encode()
    ikm = hash_secret_raw(secret, slot[50:66], passes, memory, lanes, 32, Type.ID, 0x13)
    prk = extract(slot[:66], ikm)
    commitment = expand(prk, b"smr1/keyslot/commit\0")
    require(hmac.compare_digest(commitment, slot[66:98]), "wrong passphrase")
    bundle = unseal(expand(prk, b"smr1/keyslot/key\0"), slot[98:], slot[:98], "keyslot")
    seed, private = bundle[:32], bundle[32:]
    own = Member(ADMIN, bytes(SigningKey(seed).verify_key), crypto_scalarmult_base(private))
    require(own.id == slot[6:22], "keyslot of someone else")
    return seed, private


def epoch_prk(vault_id: bytes, epoch: int, epoch_key: bytes) -> bytes:
    return extract(b"smr1/epoch\0" + vault_id + epoch.to_bytes(4, "big"), epoch_key)


def head_keys(vault: Vault, member: Member, private: bytes) -> dict[int, bytes]:
    """Return the head key of every epoch this member can open, by number."""
    granted = {
        e: dict(b.grants)[member.id] for e, b in vault.blocks.items() if member.id in dict(b.grants)
    }
    require(vault.epoch in granted, "no grant for the current epoch")

    def plain(epoch: int) -> bytes:
        info = b"smr1/grant\0" + vault.id + epoch.to_bytes(4, "big") + member.id
        return hpke_open(granted[epoch], private, info + bytes([member.kind]))

    if member.kind == REPORTER:
        return {epoch: plain(epoch)[:32] for epoch in granted}
    keys, epoch_key = {}, plain(vault.epoch)
    for epoch in range(vault.epoch, 0, -1):
        block, prk = vault.blocks[epoch], epoch_prk(vault.id, epoch, epoch_key)
        require(expand(prk, b"commit\0") == block.commitment, f"epoch {epoch}: another key")
        keys[epoch] = expand(prk, b"head\0")
        if epoch > 1:
            aad = b"SMRD\x01" + vault.id + epoch.to_bytes(4, "big") + (epoch - 1).to_bytes(4, "big")
            epoch_key = unseal(expand(prk, b"ladder\0"), block.ladder, aad, "ladder")
    return keys


def state_root(leaves: list[bytes]) -> bytes:
    buckets = (
        sha256(b"smr1/bucket\0" + bytes([i]) + b"".join(sorted(x for x in leaves if x[0] == i)))
        for i in range(256)
    )
    return sha256(b"smr1/root\0" + b"".join(buckets))


def leaf(rid: bytes, version: int, epoch: int, head: bytes, body: bytes) -> bytes:
    place = rid + version.to_bytes(8, "big") + epoch.to_bytes(4, "big")
    return place + sha256(head) + sha256(body)


def read_vault(path: Path, passphrase: str) -> Iterator[dict[str, Any]]:
    """Yield the head of every record as a dict, after everything has been verified."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        db.execute("BEGIN")
        [(vault_id, version)] = db.execute("SELECT vault_id, format FROM vault")
        slots = db.execute("SELECT slot FROM keyslots ORDER BY slot_id").fetchall()
        journal = db.execute("SELECT seq, hash, entry FROM journal ORDER BY seq").fetchall()
        records = db.execute(
            "SELECT rid, version, epoch, head, body FROM records ORDER BY rid"
        ).fetchall()
    db.close()
    require(version == 1, "unknown format")
    vault, head = verified_journal(journal, vault_id)
    member, private = unlock(vault, [slot for (slot,) in slots], passphrase)
    keys = head_keys(vault, member, private)
    require(len(records) == head.n_records, "another number of records than signed")
    require(state_root([leaf(*row) for row in records]) == head.root, "another state than signed")
    for rid, version, epoch, blob, _ in records:
        aad = b"SMRR\x01\x01" + vault.id + epoch.to_bytes(4, "big") + rid
        require(epoch in keys, "record of an epoch without a key")
        yield json.loads(unseal(keys[epoch], blob, aad + version.to_bytes(8, "big"), rid.hex()))


def unlock(vault: Vault, slots: list[bytes], passphrase: str) -> tuple[Member, bytes]:
    require(len(slots) <= 8 * len(vault.members), "more keyslots than members can have")
    for slot in slots:
        try:
            _, private = open_slot(slot, passphrase)
        except RefusedError as error:
            if str(error) == "wrong passphrase":
                continue
            raise
        require(slot[6:22] in vault.members, "no member now")
        return vault.members[slot[6:22]], private
    raise RefusedError("wrong passphrase")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--passphrase-file", type=Path, required=True)
    options = parser.parse_args()
    passphrase = options.passphrase_file.read_text(encoding="utf-8").rstrip("\r\n")
    try:
        for record in read_vault(options.file, passphrase):
            sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
    except RefusedError as error:
        sys.stderr.write(f"{options.file}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
