"""Recovery codes: a list that is used up from its beginning, one code at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from vault.domain.changes import Change, Changes
from vault.domain.credential import Credential, Version
from vault.domain.registry import Registry
from vault.domain.secret import Secret
from vault.errors import ConflictError, NotFoundError, RefusedError, UsageError
from vault.services.session import Session

MOST_CODES: Final = 100  # platforms give five to twenty
LONGEST_CODE: Final = 128  # characters; the longest known has 24


class UsedCode(NamedTuple):
    """A recovery code that counts as used from now on, and how many are left."""

    code: Secret
    left: int


def as_list(secret: Secret) -> list[str]:
    """Return the codes of a list, one to a line; raises UsageError for what is no such list."""
    lines = (line.strip() for line in secret.reveal().splitlines())
    codes = list(dict.fromkeys(line for line in lines if line))
    if not codes or len(codes) > MOST_CODES:
        message = f"a list of recovery codes has 1 to {MOST_CODES} lines, not {len(codes)}"
        raise UsageError(message, "give one code to a line")
    number = next((n for n, code in enumerate(codes, 1) if not _is_code(code)), None)
    if number is not None:
        message = f"line {number} of the list is no recovery code"
        raise UsageError(message, f"give one code to a line, of at most {LONGEST_CODE} characters")
    return codes


def used_codes(credential: Credential, secret: Secret, stage: str, at: datetime) -> list[str]:
    """Return the codes of a list that count as used at a moment: the first ones of the current."""
    left = credential.unused_codes(at)
    if credential.what != "recovery_codes" or stage != "current" or left is None:
        return []
    codes = secret.reveal().splitlines()
    return codes[: max(len(codes) - left, 0)]


def marked(secret: Secret, used: Sequence[str]) -> Secret:
    """Return a list of codes with a mark behind the `used` ones; any other secret as it is."""
    if not used:
        return secret
    lines = secret.reveal().splitlines()
    return Secret("\n".join(f"{each}  (used)" if each in used else each for each in lines))


def use_code(session: Session, credential: Credential) -> UsedCode:
    """Return the next code of a list, after the journal says who took it.

    It counts as used even if it never reaches the screen: a code is never given out twice. Raises
    NotFoundError where no list is kept, and RefusedError where all are used.
    """

    def decide(registry: Registry, now: datetime) -> tuple[Changes, tuple[int, int]]:
        found = registry.get(credential.id, Credential)
        version = _current(registry, found, now)
        left = found.unused_codes(now) or 0
        if version.number != number:
            message = f"somebody else stored new codes of {registry.name_of(found.account)}"
            raise ConflictError(message, "try again: the next code is one of those")
        if left < 1:
            message = f"all recovery codes of {registry.name_of(found.account)} are used"
            raise RefusedError(message, "make new ones on the platform, and store that list")
        taken = Change(msgspec.structs.replace(found, codes_left=left - 1))
        return (taken,), (version.codes - left, left - 1)

    number = _current(session.registry, credential, session.env.now()).number
    wanted = (credential.id, number)
    (secret,), (place, left) = session.reveal_returning([wanted], "credential.use-code", decide)
    return UsedCode(Secret(secret.reveal().splitlines()[place]), left)


def _is_code(text: str) -> bool:
    return text.isprintable() and len(text) <= LONGEST_CODE


def _current(registry: Registry, credential: Credential, at: datetime) -> Version:
    version = credential.at_stage("current", at)
    if version is None or not version.codes:
        message = f"no list of recovery codes of {registry.name_of(credential.account)} is kept"
        hint = f"store it: safehands credential set {credential.account[:8]} --what recovery_codes"
        raise NotFoundError(message, f"{hint} --stdin --current")
    return version
