"""Codes of an authenticator app (TOTP, RFC 6238), from a seed that the vault keeps.

A seed is stored as whoever has it gave it: in base32, or as an otpauth address, which is what the
QR code of a platform says (https://github.com/google/google-authenticator/wiki/Key-Uri-Format).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from vault.domain.secret import Secret
from vault.errors import UsageError

if TYPE_CHECKING:
    from pyotp import TOTP

LONGEST: Final = 2048  # characters; the longest real address holds a seed of 512 bits and two names
SEED_BYTES: Final = range(8, 129)  # RFC 4226 asks for 16; platforms that give 10 exist
PERIODS: Final = range(1, 121)  # seconds; 30 nearly everywhere, and NIST SP 800-63B-4 allows 120
DIGITS: Final = range(6, 9)
ALGORITHMS: Final = ("SHA1", "SHA256", "SHA512")
FIELDS: Final = 20  # of an address; seven have a meaning
NEW_SEED_BYTES: Final = 20  # the length of the hash, as RFC 4226 section 4 recommends
DRIFT: Final = 1  # steps to either side, for a phone whose clock is half a minute off


class Code(NamedTuple):
    """The code that an account accepts now, and for how many seconds more."""

    code: Secret
    seconds_left: int


def check_seed(seed: Secret) -> None:
    """Return if codes can be made of a seed; raises UsageError with the reason where not."""
    _totp(seed)


def live_code(seed: Secret, at: datetime) -> Code:
    """Return the code of a moment (aware); raises UsageError for what is no seed."""
    totp = _totp(seed)
    seconds = int(at.timestamp())
    return Code(Secret(totp.at(seconds)), totp.interval - seconds % totp.interval)


def matches(seed: Secret, code: str, at: datetime) -> bool:
    """Say whether a typed code is that of a moment, half a minute to either side included.

    Raises UsageError for what is no seed.
    """
    from hmac import compare_digest

    totp = _totp(seed)
    typed = "".join(code.split()).encode()
    steps = range(-DRIFT, DRIFT + 1)
    return any(
        compare_digest(totp.at(int(at.timestamp()), counter_offset=step).encode(), typed)
        for step in steps
    )


def new_seed(random: bytes) -> Secret:
    """Return a seed of these random bytes, in base32."""
    return Secret(base64.b32encode(random).decode().rstrip("="))


def as_address(seed: Secret, name: str, issuer: str) -> Secret:
    """Return the otpauth address of a seed, however it was stored, for an app to scan.

    Raises UsageError for what is no seed.
    """
    return Secret(_totp(seed).provisioning_uri(name=name or "?", issuer_name=issuer))


class _Seed(NamedTuple):
    """What codes are made of."""

    base32: Secret
    digits: int = 6
    algorithm: str = "SHA1"
    period: int = 30


def _totp(seed: Secret) -> TOTP:
    import hashlib

    from pyotp import TOTP

    read = _read(seed.reveal().strip())
    base32 = read.base32.reveal()
    key = _key(base32)

    class WithSeedAsGiven(TOTP):
        """Takes 80 bits, which platforms still hand out; pyotp refuses fewer than 112."""

        def byte_secret(self) -> bytes:
            return key

    digest = getattr(hashlib, read.algorithm.lower())
    return WithSeedAsGiven(base32, digits=read.digits, digest=digest, interval=read.period)


def _read(text: str) -> _Seed:
    if len(text) > LONGEST:
        raise _refused(f"it is longer than {LONGEST} characters")
    if not text.isascii() or not text.isprintable():
        raise _refused("it holds characters that no seed has")
    return _from_address(text) if text.lower().startswith("otpauth:") else _Seed(_unspaced(text))


def _from_address(text: str) -> _Seed:
    try:
        parts = urlsplit(text)
        fields = parse_qsl(parts.query, max_num_fields=FIELDS)
    except ValueError:
        raise _refused("its address cannot be read") from None
    given = dict(fields)
    if len(given) < len(fields):
        raise _refused("its address says something twice")
    if parts.netloc.lower() == "hotp":
        raise _refused("it counts (HOTP): two people who use it would lose step with the platform")
    if parts.netloc.lower() != "totp" or "encoder" in given:
        raise _refused("it is of a kind that only its own app knows")
    algorithm = given.get("algorithm", "SHA1").upper()
    if algorithm not in ALGORITHMS:
        raise _refused(f"its algorithm is none of {', '.join(ALGORITHMS)}")
    return _Seed(
        _unspaced(given.get("secret", "")),
        _number(given, "digits", DIGITS, 6),
        algorithm,
        _number(given, "period", PERIODS, 30),
    )


def _number(given: Mapping[str, str], name: str, fit: range, usual: int) -> int:
    text = given.get(name, str(usual))
    if not (text.isdecimal() and len(text) <= len(str(fit[-1])) and int(text) in fit):
        raise _refused(f"its {name} is not {fit[0]} to {fit[-1]}")
    return int(text)


def _key(base32: str) -> bytes:
    try:
        key = base64.b32decode(base32 + "=" * (-len(base32) % 8))
    except ValueError:
        raise _refused("the seed is not base32: letters A to Z and digits 2 to 7") from None
    if len(key) not in SEED_BYTES:
        raise _refused(
            f"the seed has {len(key)} bytes, and not {SEED_BYTES[0]} to {SEED_BYTES[-1]}"
        )
    return key


def _unspaced(seed: str) -> Secret:
    """Platforms print seeds in groups, in either case."""
    return Secret("".join(seed.split()).replace("-", "").rstrip("=").upper())


def _refused(why: str) -> UsageError:
    return UsageError(
        f"this is no seed of an authenticator app: {why}",
        "give what the platform shows: its otpauth:// address, or the letters beside the QR code",
    )
