"""Fingerprints: equal secrets look equal, to whoever could open them, without opening any.

A fingerprint is 96 bits of HMAC-SHA256 under a key of the first epoch (docs/file-format.md section
4). It stands in the head, so that reuse is found by comparing; a reporter, who reads heads, does
not have the key and cannot try guesses.
"""

from __future__ import annotations

import msgspec

from vault.crypto.digest import keyed
from vault.domain.changes import Change
from vault.domain.credential import Credential
from vault.domain.secret import Secret
from vault.formats.epoch import derive_fingerprint_key
from vault.services.holding import Held

FINGERPRINT_BYTES = 12  # a million secrets collide by chance once in 10^17 vaults


def fingerprint(held: Held, secret: Secret) -> str:
    """Return a secret's fingerprint in hexadecimal; raises NotForReportersError for a reporter."""
    key = derive_fingerprint_key(held.position.membership.vault_id, held.keys.first)
    return keyed(key, secret.reveal().encode(errors="surrogatepass"))[:FINGERPRINT_BYTES].hex()


def fingerprinted(held: Held, change: Change) -> Change:
    """Return a change that stores secrets with the fingerprint of each in its version."""
    record = change.record
    if not isinstance(record, Credential):
        return change
    kept = {n: s for n, s in change.secrets.items() if n not in change.forget}
    versions = tuple(
        msgspec.structs.replace(version, fingerprint=fingerprint(held, kept[version.number]))
        if version.number in kept
        else version
        for version in record.versions
    )
    return Change(msgspec.structs.replace(record, versions=versions), change.secrets, change.forget)
