"""When secrets have to be changed: a policy, by the class of the account they belong to.

An account is in the first class that takes it. What arises (somebody leaves who could know a
secret, a secret has its age) is to be dealt with in the hours of that class.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final

import msgspec

from vault.domain.credential import CredentialKind
from vault.domain.platforms.catalogue import Catalogue
from vault.errors import NotFoundError, UsageError

WEEK: Final = 7 * 24

Hours = Annotated[int, msgspec.Meta(ge=0, le=366 * 24)]
Days = Annotated[int, msgspec.Meta(ge=0, le=36_600)]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A class of accounts, and what holds for their secrets.

    It takes an account on one of the `platforms`, of one of the `kinds` of platform, or one that
    `opens_others`: others are signed in to with it, or are contained in it. A class that names none
    of these takes every account. `hours` are those in which a secret is changed once a cause arose;
    `age_days` is the age at which it is changed in any case, 0 for never. `two_person`: a second
    person proves the new secret by a log-in.
    """

    name: Word
    hours: Hours
    age_days: Days = 0
    two_person: bool = False
    opens_others: bool = False
    kinds: tuple[Word, ...] = ()
    platforms: tuple[Word, ...] = ()

    def takes(self, platform: str, kind: str, *, opens_others: bool) -> bool:
        """Say whether an account on such a platform is of this class."""
        if not (self.opens_others or self.kinds or self.platforms):
            return True
        named = platform in self.platforms or kind in self.kinds
        return named or (self.opens_others and opens_others)


class Breach(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That a platform lost its users' secrets: those in use `on` that day are to be changed."""

    platform: Word
    on: date


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which secrets are to be changed within which time, and how long old ones are kept.

    `breach_hours` hold for a secret that strangers may know, `unfinished_hours` for a change that
    was begun. `ages` are for kinds of secret that no age makes weaker (0) or that are changed more
    often, in days. A replaced secret is kept for `keep_days`, and no more than `keep_versions`.
    """

    classes: tuple[Rule, ...] = msgspec.field(default=(), name="class")
    breaches: tuple[Breach, ...] = msgspec.field(default=(), name="breach")
    ages: Mapping[CredentialKind, Days] = {}
    breach_hours: Hours = 0
    unfinished_hours: Hours = 24
    keep_days: Days = 90
    keep_versions: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 5

    def rule_for(self, platform: str, kind: str, *, opens_others: bool) -> Rule:
        """Return the class of an account; one that no class takes has a week."""
        for rule in self.classes:
            if rule.takes(platform, kind, opens_others=opens_others):
                return rule
        return _OTHERS

    def age_days(self, rule: Rule, what: CredentialKind) -> int:
        """Return the age in days at which such a secret is changed, 0 for never."""
        return self.ages.get(what, rule.age_days)


_OTHERS: Final = Rule(name="a week", hours=WEEK)

USUAL: Final = Policy(
    classes=(
        Rule(name="at once", hours=0, age_days=365, opens_others=True, kinds=("identity",)),
        Rule(
            name="24 hours",
            hours=24,
            kinds=("social", "video", "audio", "messaging", "publishing_tool", "newsletter"),
        ),
        Rule(
            name="72 hours",
            hours=72,
            kinds=("publishing", "review", "workplace", "events", "photo", "links", "automation"),
        ),
        _OTHERS,
    ),
    # A seed and a set of codes do not wear out. A token lies in other systems, and no log-in shows
    # who else has it.
    ages={
        "totp_seed": 0,
        "recovery_codes": 0,
        "api_token": 365,
        "app_password": 365,
        "stream_key": 365,
    },
)
"""The policy where nobody wrote another: what opens other accounts comes first, then what speaks
for the company to all. An ordinary password is not changed by age (NIST SP 800-63B, 3.1.1.2), only
one that opens other accounts: several people share it, and not everybody who learns it is recorded.
"""


def refuse_unknown_names(policy: Policy, catalogue: Catalogue) -> None:
    """Raise UsageError where a policy names a platform, or a kind of one, that nobody knows.

    It would be a rule, or a breach, that never applies.
    """
    named = [name for rule in policy.classes for name in rule.platforms]
    for name in (*named, *(breach.platform for breach in policy.breaches)):
        try:
            catalogue.get(name)
        except NotFoundError as error:
            message = f"the rotation policy names a platform that is not known: {name!r}"
            raise UsageError(message, error.hint) from error
    kinds = {platform.kind for platform in catalogue.platforms}
    for name in (kind for rule in policy.classes for kind in rule.kinds):
        if name not in kinds:
            message = f"the rotation policy names a kind of platform that is not known: {name!r}"
            raise UsageError(message, f"one of: {', '.join(sorted(kinds))}")


def read_policy(text: str) -> Policy:
    """Return the policy in a TOML text; what it leaves out is as usual.

    Raises UsageError that says where it is not understood.
    """
    try:
        given: dict[str, Any] = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        message = f"the rotation policy is not valid TOML: {error}"
        raise UsageError(message, "docs/rotation.md has one to begin with") from error
    if isinstance(given.get("ages"), dict):
        given["ages"] = {**USUAL.ages, **given["ages"]}
    try:
        return msgspec.convert({**msgspec.to_builtins(USUAL), **given}, Policy)
    except msgspec.ValidationError as error:
        message = f"the rotation policy is not understood: {error}"
        raise UsageError(message, "docs/rotation.md says what may stand there") from error
