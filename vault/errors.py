"""Every exception Safehands raises on purpose: its message says where, its hint what to do.

Exit codes are the command line's business (`vault.cli.diagnostics`); an error says what it is.
"""

from __future__ import annotations


class SafehandsError(Exception):
    """The base of all errors; never raised itself.

    `message` is one sentence that says where and what; `hint` is one that says what to do, or "".
    Both may quote values from data: whoever prints them cleans them first. `details` are what a
    program is told beside them, by the keys of the error's document.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details: dict[str, object] = {}


class UsageError(SafehandsError):
    """The request makes no sense as given: a bad date, options that exclude each other."""


class CannotUnlockError(SafehandsError):
    """The vault exists and is a vault, but this caller cannot open it."""


class WrongPassphraseError(CannotUnlockError):
    """The passphrase does not open any of the vault's slots."""


class KdfPolicyError(CannotUnlockError):
    """A slot asks for less work than is safe (a downgrade), or for more than is sane."""


class NotForReportersError(CannotUnlockError):
    """This member is a reporter, and holds no key for what is sealed deeper than names."""


class NotAMemberError(CannotUnlockError):
    """The keys are genuine, but the journal says their owner is no member now."""


class NotFoundError(SafehandsError):
    """Nothing goes by that name."""


class AmbiguousError(SafehandsError):
    """Several things go by that name; `candidates` lists them as a person would tell them apart."""

    def __init__(self, message: str, candidates: tuple[str, ...], hint: str = "") -> None:
        super().__init__(message, hint)
        self.candidates = candidates
        self.details["candidates"] = candidates


class RefusedError(SafehandsError):
    """A guard or the policy says no; the hint says what would make it a yes."""


class AlreadyError(RefusedError):
    """It is so already; `there` is the id of the record, step or member by which it is."""

    def __init__(self, message: str, hint: str = "", *, there: str = "") -> None:
        super().__init__(message, hint)
        self.details["id"] = there


class ConflictError(SafehandsError):
    """Someone else changed the vault meanwhile, and the change no longer fits."""


class IntegrityError(SafehandsError):
    """The vault's content is not what its members signed. The base of the nine cases below."""


class WrongVaultError(IntegrityError):
    """The vault's id is not the one this device knows."""


class MembershipError(IntegrityError):
    """The chain of control entries is broken, or signed by someone who was no member then."""


class RollbackError(IntegrityError):
    """The journal is older than, or differs from, what this device has already seen."""


class JournalError(IntegrityError):
    """An entry of the journal is altered, missing, or not signed by a member."""


class SlotTamperedError(IntegrityError):
    """A key slot was altered: its passphrase fits, its content does not."""


class EpochKeyError(IntegrityError):
    """The granted epoch key is not the one the members committed to."""


class RecordTamperedError(IntegrityError):
    """A record does not open under its key, id and version."""


class StateMismatchError(IntegrityError):
    """The records together are not the state the last entry signed."""


class RecordCountError(StateMismatchError):
    """Records were added or removed behind the journal's back."""


class UnsupportedFormatError(SafehandsError):
    """The bytes are of a version, kind or suite that this program does not know."""


class MalformedError(IntegrityError):
    """Bytes that should be ours do not parse: wrong magic, wrong length, trailing bytes."""


class StorageError(SafehandsError):
    """A file or database cannot be read or written; nothing was half done."""


class NotAVaultError(StorageError):
    """The path holds something else than a vault."""


class NewerVaultError(StorageError):
    """The vault was written by a newer program."""


class UnsafePathError(StorageError):
    """The file or its folder is open to others: wrong owner, or writable by group or world."""


class ImportRefusedError(RefusedError):
    """The source cannot be taken as it stands (unreadable, or a large share is gone at once)."""


class NotDeliveredError(StorageError):
    """A report did not arrive; it waits in the outbox."""


class KeyringError(StorageError):
    """The keyring of the operating system is locked, does not answer, or lost what it was given."""


class NoKeyringError(KeyringError):
    """This system has no keyring that is safe to use."""
