"""When secrets have to be changed: a policy, by the class of the account they belong to.

An account is in the first class that takes it. What arises (somebody leaves who could know a
secret, a secret has its age) is to be dealt with in the hours of that class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Final, TypeVar

import msgspec

from vault.domain.credential import CredentialKind
from vault.domain.platforms.catalogue import Catalogue
from vault.domain.toml import misfit, read_toml
from vault.errors import NotFoundError, UsageError

WEEK: Final = 7 * 24

_HINT: Final = "docs/rotation.md says what may stand there"

T = TypeVar("T")

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

    @property
    def takes_all(self) -> bool:
        """Say whether it takes every account."""
        return not (self.opens_others or self.kinds or self.platforms)

    def takes(self, platform: str, kind: str, *, opens_others: bool) -> bool:
        """Say whether an account on such a platform is of this class."""
        if self.takes_all:
            return True
        named = platform in self.platforms or kind in self.kinds
        return named or (self.opens_others and opens_others)


class Breach(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That a platform lost its users' secrets: those in use `on` that day are to be changed."""

    platform: Word
    on: date


class Terms(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What a policy says of one secret; a case keeps it, and goes by the policy it was begun with.

    `name`, `hours` and `two_person` are those of its class, `age_days` is the age of this kind of
    secret, and `breached_on` the last breach of its platform.
    """

    name: str
    hours: int
    age_days: int = 0
    two_person: bool = False
    breach_hours: int = 0
    unfinished_hours: int = 24
    breached_on: date | None = None


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

    def terms(
        self, platform: str, kind: str, what: CredentialKind | None, *, opens_others: bool
    ) -> Terms:
        """Return what it says of a kind of secret of an account, None for an account without."""
        rule = self.rule_for(platform, kind, opens_others=opens_others)
        age_days = self.ages.get(what, rule.age_days) if what else 0
        on = [breach.on for breach in self.breaches if breach.platform == platform]
        return Terms(
            name=rule.name,
            hours=rule.hours,
            age_days=age_days,
            two_person=rule.two_person,
            breach_hours=self.breach_hours,
            unfinished_hours=self.unfinished_hours,
            breached_on=max(on, default=None),
        )


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


def check_policy(policy: Policy, catalogue: Catalogue, today: date, where: str) -> None:
    """Raise UsageError where a policy would never apply; `where` is its file.

    That is where it names a platform, or a kind of one, that nobody knows, or a breach of a day
    that has not come.
    """
    kinds = {platform.kind for platform in catalogue.platforms}
    for number, rule in enumerate(policy.classes, 1):
        table = _table("class", number, rule.name)
        for name in rule.platforms:
            _check_platform(name, catalogue, f"{where}: {table} platforms")
        for name in set(rule.kinds) - kinds:
            message = f"{where}: {table} kinds: no platform is of the kind {name!r}"
            raise UsageError(message, f"one of: {', '.join(sorted(kinds))}")
    for number, breach in enumerate(policy.breaches, 1):
        table = f"{where}: {_table('breach', number, breach.platform)}"
        _check_platform(breach.platform, catalogue, f"{table} platform")
        if breach.on > today:
            raise UsageError(f"{table} on: {breach.on} has not come yet", _HINT)


def _check_platform(name: str, catalogue: Catalogue, where: str) -> None:
    try:
        catalogue.get(name)
    except NotFoundError as error:
        raise UsageError(f"{where}: no platform is called {name!r}", error.hint) from error


def read_policy(text: str) -> Policy:
    """Return the policy in a TOML text; what it leaves out is as usual.

    Raises UsageError that says where it is not understood: table and key.
    """
    try:
        given = read_toml(text)
    except ValueError as error:
        message = f"the rotation policy is not valid TOML: {error}"
        raise UsageError(message, "docs/rotation.md has one to begin with") from error
    for name, form in (("class", Rule), ("breach", Breach)):
        tables = given.get(name)
        for number, table in enumerate(tables if isinstance(tables, list) else (), 1):
            named = table.get("name") or table.get("platform") if isinstance(table, dict) else ""
            _converted(table, form, _table(name, number, named))
    if isinstance(given.get("ages"), dict):
        given["ages"] = {**USUAL.ages, **given["ages"]}
    policy = _converted({**msgspec.to_builtins(USUAL), **given}, Policy, "")
    _refuse_dead_classes(policy.classes)
    return policy


def _table(name: str, number: int, called: object) -> str:
    """What a message calls one of several tables: its number, and its name where it has one."""
    return f"[[{name}]] {number}" + (f" ({called})" if called and isinstance(called, str) else "")


def _converted(value: object, form: type[T], table: str) -> T:
    try:
        return msgspec.convert(value, form)
    except msgspec.ValidationError as error:
        key, told = misfit(error)
        where = " ".join(filter(None, (table, key))) or "at the top"
        raise UsageError(f"{where}: {told}", _HINT) from error


def _refuse_dead_classes(classes: Sequence[Rule]) -> None:
    """Raise UsageError for classes that no account could be in, or that are told apart by nothing.

    An account is in the first class that takes it, and goes by the name of that.
    """
    names: dict[str, int] = {}
    for number, rule in enumerate(classes, 1):
        table, first = _table("class", number, rule.name), names.setdefault(rule.name, number)
        if first != number:
            message = f"{table} name: is that of [[class]] {first} too"
            raise UsageError(message, "give each class a name of its own")
        if rule.takes_all and number < len(classes):
            message = f"{table}: takes every account, so none is left for what comes after it"
            raise UsageError(message, "put it last, or name its kinds or platforms")
