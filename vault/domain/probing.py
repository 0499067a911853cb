"""Probing: which public addresses tell when an account last posted, and what is made of answers.

Asking is `vault.services.probing`; nothing here connects to anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal
from urllib.parse import quote

from msgspec import Struct

from vault.domain.account import Account, Activity
from vault.domain.counting import several
from vault.domain.dormancy import FEW, MOST_SILENT
from vault.domain.ids import Id
from vault.domain.platforms.handles import canonical_handle, fits
from vault.domain.platforms.model import Platform, ProbeKind

Outcome = Literal[
    "seen",  # the moment of the last post is known
    "never_posted",  # the source counts its posts, and there are none
    "silent",  # an answer that says nothing: no entry, or none with a usable date
    "gone",  # the source knows no such account
    "refused",  # the source does not tell us
    "not_a_feed",  # an answer of another kind, such as a page to log in
    "unsafe",  # an answer that is not read: a bomb, a private address, a bad certificate
    "busy",  # the source asks to be left alone for a while
    "failed",  # no answer, or half of one
    "not_asked",
]

NEXT_WAY: Final[frozenset[Outcome]] = frozenset({"silent", "refused", "not_a_feed"})
"""Outcomes after which the next address of the same account is asked."""

UNFINISHED: Final[frozenset[Outcome]] = frozenset({"busy", "failed", "not_asked"})
"""Outcomes that another attempt on the same day may change."""


_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_HOST: Final = re.compile(rf"(?:{_LABEL.pattern}\.)+{_LABEL.pattern}")
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_LONGEST_VALUE: Final = 300  # characters; a did:web may take 253


class Address(Struct, frozen=True):
    """One public address; `source` is the service that answers there, such as `tumblr.com`."""

    kind: ProbeKind
    url: str
    source: str


class Target(Struct, frozen=True):
    """An account to ask about, at these addresses in order, or `why` it cannot be asked about."""

    account: Id
    addresses: tuple[Address, ...] = ()
    why: str = ""


class Sighting(Struct, frozen=True, omit_defaults=True):
    """What asking about an account gave; `moment` is set where the outcome is `seen`.

    `told` says more in words; it may quote the source, so whoever shows it cleans it.
    """

    outcome: Outcome
    moment: datetime | None = None
    told: str = ""


def target(platform: Platform, account: Account, at: datetime) -> Target:
    """Return where an account's public activity is asked for."""
    probe = platform.probe
    if platform.is_dead:
        return Target(account.id, why=f"{platform.name} has ended")
    if probe is None or not probe.ways:
        why = probe.none if probe else "the catalogue does not say how to ask"
        return Target(account.id, why=why)
    values = _values(platform, account, at)
    filled = (_filled(way.kind, way.url, values) for way in probe.ways)
    addresses = tuple(address for address in filled if address)
    if addresses:
        return Target(account.id, addresses)
    return Target(account.id, why=_what_is_missing(platform, account, at))


def _values(platform: Platform, account: Account, at: datetime) -> dict[str, str]:
    """Return what fits into the placeholders of an address, each safe where it may stand."""
    read = canonical_handle(platform, account.handle_at(at))
    values: dict[str, str] = {}
    platform_id = account.platform_id or read.platform_id
    if platform_id and fits(platform.id_pattern or ".+", platform_id):
        values["id"] = platform_id
    if read.canonical and not read.problem:
        prefixes = (p.prefix for p in platform.profile_paths if p.prefix)
        prefix = next((p for p in prefixes if read.canonical.startswith(p)), "")
        name = read.canonical.removeprefix(prefix)
        if platform.federated:
            name, _, server = name.partition("@")
            values |= {"server": server} if _HOST.fullmatch(server) else {}
        values[prefix or "handle"] = name
    # Dots alone would be a step up in a path (RFC 3986, section 5.2.4).
    return {
        key: value
        for key, value in values.items()
        if value.strip(".") and len(value) <= _LONGEST_VALUE
    }


def _filled(kind: ProbeKind, template: str, values: Mapping[str, str]) -> Address | None:
    if not set(_PLACEHOLDER.findall(template)) <= values.keys():
        return None
    scheme, _, rest = template.partition("://")
    authority, slash, path = rest.partition("/")
    host = _PLACEHOLDER.sub(lambda found: values[found[1]], authority)
    name, _, port = host.partition(":")
    if not _HOST.fullmatch(name) or not (port.isdecimal() or not port):
        return None
    filled = _PLACEHOLDER.sub(lambda found: quote(values[found[1]], safe="-._~"), path)
    source = _PLACEHOLDER.sub("", authority).lstrip(".") if "{handle}" in authority else host
    return Address(kind, f"{scheme}://{host}{slash}{filled}", source)


def _what_is_missing(platform: Platform, account: Account, at: datetime) -> str:
    read = canonical_handle(platform, account.handle_at(at))
    if account.handle and read.problem:
        return read.problem
    ways = platform.probe.ways if platform.probe else ()
    if any("{id}" in way.url for way in ways) and not account.platform_id:
        return f"it is asked for by {platform.name}'s own id: give it with --platform-id"
    return "its handle cannot stand in a web address"


class Judged(Struct, frozen=True):
    """What was known of an account before, and what asking about it gave."""

    known: Activity | None
    sighting: Sighting


def doubt(judged: Sequence[Judged]) -> str:
    """Return why the answers of one source are not to be believed, or "" where they may be.

    A source that all at once does not tell of a large share of the accounts that are known to have
    posted is taken for faulty: a redesign or a block looks just like that. (That it tells of older
    posts than before is seen when they are recorded.)
    """
    before = [
        each
        for each in judged
        if each.known and each.known.moment and each.sighting.outcome not in UNFINISHED
    ]
    lost = sum(each.sighting.moment is None for each in before)
    if lost > MOST_SILENT * len(before) and (lost > FEW or lost == len(before) > 1):
        whole = several(len(before), "account")
        return f"{lost:,} of {whole} that are known to have posted are silent or gone there"
    return ""


def activity(sighting: Sighting, source: str, asked_at: datetime) -> Activity | None:
    """Return the activity to record, or None where the answer tells of none.

    Silence is no news: only a source that counts its posts can say that there never was one.
    """
    if sighting.outcome not in {"seen", "never_posted"}:
        return None
    return Activity(moment=sighting.moment, source=f"probe of {source}", checked_at=asked_at)
