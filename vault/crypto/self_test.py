"""A few known answers, so that a bad build of the library is named before it seals anything."""

from __future__ import annotations

from collections.abc import Callable

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from vault.crypto import hpke
from vault.crypto.aead import Cipher
from vault.crypto.signing import SigningKey, verify
from vault.errors import CannotUnlockError, IntegrityError

_ARGON2ID_TAG = bytes.fromhex("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659")
_GCM_SEALED = bytes.fromhex("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919")
_ED25519_SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
_ED25519_SIGNATURE = bytes.fromhex(
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
)


def run_self_test() -> None:
    """Return if the installed library gives the published answers, in a few milliseconds.

    Raises CannotUnlockError naming the primitive that is missing or wrong. A build against
    OpenSSL before 3.2, for one, has no Argon2id.
    """
    for name, gives_known_answer in _CHECKS.items():
        try:
            passed = gives_known_answer()
        # Whatever a broken build raises, also from its native half, means the same: do not use it.
        except Exception:  # noqa: BLE001
            passed = False
        if not passed:
            raise CannotUnlockError(
                f"The installed cryptography library gives no correct {name}.",
                "Install the published wheel: python -m pip install --force-reinstall cryptography",
            )


def _argon2id() -> bool:
    """RFC 9106 section 5.3."""
    kdf = Argon2id(
        salt=b"\2" * 16,
        length=32,
        iterations=3,
        lanes=4,
        memory_cost=32,
        secret=b"\3" * 8,
        ad=b"\4" * 12,
    )
    return kdf.derive(b"\1" * 32) == _ARGON2ID_TAG


def _aes_gcm() -> bool:
    """Test case 14 of the GCM specification (McGrew and Viega, appendix B)."""
    cipher = Cipher(bytes(32))
    sealed = cipher.seal(bytes(12), bytes(16), b"")
    return sealed == bytes(12) + _GCM_SEALED and cipher.open(sealed, b"") == bytes(16)


def _ed25519() -> bool:
    """RFC 8032 section 7.1, test 1."""
    key = SigningKey(_ED25519_SEED)
    verify(key.public, _ED25519_SIGNATURE, b"")
    return key.sign(b"") == _ED25519_SIGNATURE


def _hpke() -> bool:
    """A round trip, and a refusal under another context."""
    private = bytes(range(32))
    wrapped = hpke.wrap(b"epoch key", hpke.public_key(private), b"context")
    try:
        hpke.unwrap(wrapped, private, b"another context")
    except IntegrityError:
        return hpke.unwrap(wrapped, private, b"context") == b"epoch key"
    return False


_CHECKS: dict[str, Callable[[], bool]] = {
    "Argon2id": _argon2id,
    "AES-256-GCM": _aes_gcm,
    "Ed25519": _ed25519,
    "HPKE": _hpke,
}
