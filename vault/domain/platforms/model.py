"""What the catalogue knows about a platform: names, addresses, how it is held, what to click.

A fact that no source states is "unknown". Every fact carries its provenance, so that a person can
see how far to trust it and `stale` can list what needs looking at again.
"""

from __future__ import annotations

from datetime import date
from typing import Final, Literal, get_args

from msgspec import Struct

from vault.domain.levels import Level

Answer = Literal["yes", "no", "unknown"]
Confidence = Literal["high", "medium", "low"]
Status = Literal["living", "dead"]
OwnershipModel = Literal["login", "seats", "number", "tenant", "domain"]
FactorKind = Literal[
    "totp", "sms", "call", "email", "push", "security_key", "passkey", "recovery_codes"
]
CharacterClass = Literal["lower", "upper", "letter", "digit", "symbol"]
PlatformAct = Literal[
    "change_login_mail",
    "change_recovery_mail",
    "change_recovery_phone",
    "enrol_factor",
    "remove_factor",
    "renew_recovery_codes",
    "rotate_password",
    "rotate_token",
    "end_sessions",
    "revoke_app",
    "add_seat",
    "confirm_seat",
    "remove_seat",
    "transfer_ownership",
    "reconnect_tool",
    "deactivate",
    "delete",
]

ProbeKind = Literal["feed", "api_bluesky", "api_github", "api_mastodon"]

PLATFORM_ACTS: Final[tuple[PlatformAct, ...]] = get_args(PlatformAct)
"""The acts that happen on a platform and therefore have a playbook, in no order of work."""

ACCESS_ANSWERS: Final = (
    "resets_by_mail",
    "resets_by_phone",
    "reset_keeps_second_factor",
    "delegates_survive_password_change",
    "password_change_ends_sessions",
    "password_change_ends_tokens",
    "group_mailbox_may_own",
    "login_mail_changeable",
)
"""The questions every living platform answers with yes, no or unknown."""

NAMES: Final = frozenset(
    [
        *("also_known_as", "domains", "former_domains", "profile_url", "profile_paths"),
        *("handle_pattern", "handle_rule", "id_pattern", "handle_folds_case", "handle_ignores"),
        *("handle_in_host", "federated", "reserved"),
    ]
)
"""The fields whose provenance is said once for all, as "names"."""

NONE_FOUND: Final = "none found"
UNVERIFIED_SOURCES: Final = frozenset({"own", NONE_FOUND})


class Provenance(Struct, frozen=True, array_like=True):
    """Where a fact is from, when it was checked there (None: nobody looked), how good that is."""

    source: str
    checked_on: date | None
    confidence: Confidence


class Source(Struct, frozen=True):
    """Something facts are taken from, named once and referred to by its name."""

    what: str
    checked_on: date
    confidence: Confidence


class PasswordRules(Struct, frozen=True, omit_defaults=True):
    """What the platform accepts as a password, or as its PIN where it has none; in characters.

    `max_length` None: no limit is known; `allowed_symbols` None: any printable ASCII symbol is
    fine. All classes in `required` must be there, and at least `classes` of lower, upper, digit and
    symbol; none but those in `only` where it names any, and none of the characters in `forbidden`.
    `longest_run`: how often one character may follow itself, itself counted; None for no limit.
    """

    min_length: int
    max_length: int | None = None
    required: tuple[CharacterClass, ...] = ()
    allowed_symbols: str | None = None
    only: tuple[CharacterClass, ...] = ()
    forbidden: str = ""
    classes: int = 0
    longest_run: int | None = None
    first_letter: bool = False


class Play(Struct, frozen=True, omit_defaults=True):
    """How one act is done: the steps, where, how to see that it worked, what to have at hand."""

    steps: tuple[str, ...]
    check: str
    links: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


class ProfilePath(Struct, frozen=True, omit_defaults=True):
    """One shape a profile address can have.

    `path` is a regular expression searched in the decoded path and query (`/a/b?c=d`), with the
    named group `handle` or `id`. `url` is the address to use instead, with that placeholder.
    `prefix` tells apart handles of different name spaces of one platform, such as `r/`.
    """

    path: str
    url: str
    prefix: str = ""


class ProbeWay(Struct, frozen=True):
    """One public address that tells when an account last posted, and what answers there.

    In `url` stand `{id}` for the platform's own id, `{handle}` for the handle, `{server}` for the
    host of a handle `name@host`, and a prefix of `profile_paths` (`{r/}`) for the handle after it.
    """

    kind: ProbeKind
    url: str


class Probe(Struct, frozen=True, omit_defaults=True):
    """How public activity is asked for: `ways` in the order to try, or `none`, why there is none.

    The first way for which an account has what its address needs is asked, and the next one where
    that says nothing.
    """

    ways: tuple[ProbeWay, ...] = ()
    none: str = ""


class Inactivity(Struct, frozen=True, omit_defaults=True):
    """What the platform does with an account that nobody used for `days`, in words."""

    days: int
    what: str


class Platform(Struct, frozen=True, omit_defaults=True):
    """A place where a company may hold an account, living or dead.

    `waits`: act -> days a newcomer waits before it can be done. `grace`: "deactivate" or
    "delete" -> days in which it can be undone. `provenance`: fact name -> where it is from; the
    names are those of the fields, "names" for the spellings and addresses together, and
    `waits.ACT`, `grace.ACT` and `links.NAME` for single entries; "playbook" stands for all plays.

    `handle_pattern` is matched against the folded handle of the main name space: lower case where
    `handle_folds_case`, without the characters in `handle_ignores`; `handle_rule` says it in words.
    `reserved`: first parts of a path that are never a handle. `handle_in_host`: profiles are at
    HANDLE.domain. `federated`: any host may serve it, and a handle is name@host. `probe` is None
    where nobody has looked whether its public activity can be asked for.
    """

    id: str
    name: str
    kind: str
    status: Status
    note: str = ""
    without_login: str = ""
    successor: str = ""
    died_on: date | None = None

    also_known_as: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    former_domains: tuple[str, ...] = ()
    profile_url: str | None = None
    profile_paths: tuple[ProfilePath, ...] = ()
    handle_pattern: str | None = None
    handle_rule: str = ""
    id_pattern: str | None = None
    handle_folds_case: bool = False
    handle_ignores: str = ""
    handle_in_host: bool = False
    federated: bool = False
    reserved: tuple[str, ...] = ()

    models: tuple[OwnershipModel, ...] = ()
    signs_in_with: str | None = None
    login_level: Level = "owner"
    resets_by_mail: Answer = "unknown"
    resets_by_phone: Answer = "unknown"
    reset_keeps_second_factor: Answer = "unknown"
    delegates_survive_password_change: Answer = "unknown"
    password_change_ends_sessions: Answer = "unknown"
    password_change_ends_tokens: Answer = "unknown"
    group_mailbox_may_own: Answer = "unknown"
    login_mail_changeable: Answer = "unknown"

    password: PasswordRules | None = None
    factor_kinds: tuple[FactorKind, ...] = ()
    waits: dict[str, int] = {}
    grace: dict[str, int] = {}
    inactivity: Inactivity | None = None
    links: dict[str, str] = {}
    probe: Probe | None = None
    not_applicable: dict[str, str] = {}
    playbook: dict[str, Play] = {}
    provenance: dict[str, Provenance] = {}

    @property
    def has_seats(self) -> bool:
        """Whether people hold rights here by name, next to or instead of one shared login."""
        return "seats" in self.models

    @property
    def is_dead(self) -> bool:
        """Whether the service has ended."""
        return self.status == "dead"

    def applies(self, act: str) -> bool:
        """Whether `act` means anything here; `not_applicable[act]` says why it does not."""
        return act not in self.not_applicable


class StaleFact(Struct, frozen=True):
    """A fact to look up again, and the reason: its age, or that nothing confirms it."""

    platform_id: str
    fact: str
    provenance: Provenance
    reason: str


class Handle(Struct, frozen=True):
    """A handle as read: how it was written, what it compares as, and what is wrong with it.

    `canonical` is "" when the text is the platform's own id (then `platform_id` holds it) or when
    nothing usable is left; `problem` is "" when all is well.
    """

    written: str
    canonical: str = ""
    platform_id: str = ""
    problem: str = ""


class Recognised(Struct, frozen=True):
    """What an address says: the platform, and whose profile it is where it names one.

    `handle` keeps the case it was written in, `canonical_handle` is what it compares as. Two
    spellings of one profile have the same `canonical_url`.
    """

    platform: Platform
    handle: str | None
    canonical_handle: str | None
    platform_id: str | None
    canonical_url: str
    problem: str = ""
