"""Credentials with numbered versions, and who could have learnt each version.

A version's stage is derived from its moments, so the past can be asked and exactly one stage
holds at any time (the stages are those of a staged rotation: pending, current, previous, retired).
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from vault.domain.ids import Id
from vault.domain.record import Record
from vault.domain.span import NEVER, Span, intersection, span
from vault.domain.wording import in_words

CredentialKind = Literal[
    "password", "totp_seed", "recovery_codes", "api_token", "app_password", "stream_key", "pin"
]
Stage = Literal["unmade", "pending", "current", "previous", "retired", "dropped"]
How = Literal["entered", "revealed", "copied", "imported", "told", "handed_over", "assumed"]

TOKENS: frozenset[CredentialKind] = frozenset({"api_token", "app_password", "stream_key"})
LOGIN_SECRETS: frozenset[CredentialKind] = frozenset({"password", "pin"})
WEAK = 2
"""Up to this strength a password is guessed within 10^8 tries; zxcvbn calls 3 unguessable."""
FEW_CODES = 2
"""Whoever has no more recovery codes than that should make new ones while they still get in."""


class Version(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One value a credential had. `stored` says that the secret itself is in the sealed body.

    `strength` is what zxcvbn makes of a password that somebody chose: 0 (guessed at once) to 4.
    `fingerprint` is equal for equal secrets of one vault, and `codes` how many recovery codes the
    list had. `breached_at` is when it was found in a list of breached passwords.
    """

    number: int
    stored: bool = False
    made_at: datetime
    made_by: Id = ""
    shown_at: datetime | None = None
    applied_at: datetime | None = None
    applied_by: Id = ""
    verified_at: datetime | None = None
    verified_by: Id = ""
    current_from: datetime | None = None
    superseded_at: datetime | None = None
    retired_at: datetime | None = None
    dropped_at: datetime | None = None
    strength: int | None = None
    fingerprint: str = ""
    codes: int = 0
    breached_at: datetime | None = None

    def stage(self, at: datetime) -> Stage:
        """Return the stage at a moment."""
        if at < self.made_at and (self.current_from is None or at < self.current_from):
            return "unmade"
        for moment, stage in (
            (self.dropped_at, "dropped"),
            (self.retired_at, "retired"),
            (self.superseded_at, "previous"),
            (self.current_from, "current"),
        ):
            if moment is not None and moment <= at:
                return stage  # type: ignore[return-value]  # mypy widens the tuple's literals
        return "pending"

    @property
    def current_span(self) -> Span:
        """When the version was at the stage current."""
        if self.current_from is None:
            return NEVER
        ends = filter(None, (self.superseded_at, self.retired_at, self.dropped_at))
        return span(self.current_from, min(ends, default=None))


class Credential(Record, frozen=True, kw_only=True):
    """A secret of an account, by its versions; the values are sealed apart, in the body."""

    account: Id
    what: CredentialKind = "password"
    label: str = ""
    versions: tuple[Version, ...] = ()
    codes_left: int | None = None
    until: datetime | None = None

    @property
    def called(self) -> str:
        """Return what people call it beside its account: its kind and label, "API token Buffer"."""
        return f"{in_words(self.what)} {self.label}".rstrip()

    def at_stage(self, stage: Stage, at: datetime) -> Version | None:
        """Return the newest version at that stage, or None where there is none."""
        if self.until is not None and self.until <= at:
            return None
        return next((v for v in reversed(self.versions) if v.stage(at) == stage), None)

    def accepted_span(self, version: Version) -> Span:
        """Return when the platform took this version: while current and the secret in use."""
        return intersection(version.current_span, span(None, self.until))

    def unused_codes(self, at: datetime) -> int | None:
        """Return how many codes of the current list nobody used, or None where nobody counted."""
        version = self.at_stage("current", at)
        if self.codes_left is not None or version is None:
            return self.codes_left
        return version.codes or None

    def version(self, number: int) -> Version | None:
        """Return a version by its number."""
        return next((v for v in self.versions if v.number == number), None)


class Exposure(Record, frozen=True, kw_only=True):
    """That a person came to know a version. `until` is only for what a source merely assumed."""

    credential: Id
    version: int
    person: Id
    how: How
    at: datetime
    until: datetime | None = None

    @property
    def was_seen(self) -> bool:
        """Say whether the person did see the secret, rather than could know it."""
        return self.how != "assumed"
