"""Handles as people write them, read into what they compare as."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import quote, unquote

from vault.domain.platforms.model import Handle, Platform, ProfilePath

_SAFE_IN_PATH: Final = "-._~!$&'()*+,;=:@/"
_INVISIBLE: Final = frozenset({"Cf", "Cc"})
_EDGES: Final = " \u00a0\t\r\n/"
_SHOWN_LENGTH: Final = 60  # characters of a bad handle that a message repeats
_ESCAPE: Final = re.compile(r"%[0-9A-Fa-f]{2}")
MATCHED_LIMIT: Final = 500
"""Characters of a text that a platform's pattern is tried on; longer than any handle or path."""


class ProfileMatch(NamedTuple):
    """A path that is a profile's: its shape, and the handle or the id in it ("" for none)."""

    profile: ProfilePath
    handle: str
    platform_id: str


def canonical_handle(platform: Platform, text: str) -> Handle:
    """`text` read as a handle on `platform`: without "@", blanks and escapes, in NFC.

    Case goes where the platform ignores it, and so do the characters it ignores. A path such as
    "r/name" or "company/name" keeps its prefix where that tells name spaces apart. Text that is
    the platform's own id comes back as `platform_id`. What does not fit the platform's pattern has
    a `problem` that says so; nothing is raised, because an import reports and goes on.
    """
    if text.isalnum() and text.isascii():  # most are, and are tidy
        return _judged(platform, "", text)
    written = tidy(tidy(text).partition("?")[0])
    if "/" in written and (found := match_profile(platform, "/" + written)):
        if found.platform_id:
            return Handle(written=found.platform_id, platform_id=found.platform_id)
        return _judged(platform, found.profile.prefix, tidy(found.handle))
    return _judged(platform, "", written)


def tidy(text: str) -> str:
    """`text` with escapes decoded, in NFC, without invisible characters or blanks around."""
    if text.isascii() and text.isprintable() and "%" not in text:
        return text.strip(_EDGES)
    decoded = _without_escapes(text)
    visible = "".join(c for c in decoded if unicodedata.category(c) not in _INVISIBLE)
    return unicodedata.normalize("NFC", visible).strip(_EDGES)


def match_profile(platform: Platform, subject: str) -> ProfileMatch | None:
    """The first profile shape that `subject`, a decoded path with its query, has; None if none.

    None has a shape that is longer than MATCHED_LIMIT.
    """
    for profile in platform.profile_paths if len(subject) <= MATCHED_LIMIT else ():
        found = compiled(profile.path).search(subject)
        if found is None:
            continue
        groups = found.groupdict()
        handle = groups.get("handle") or ""
        if handle.lower() not in platform.reserved:
            return ProfileMatch(profile, handle, groups.get("id") or "")
    return None


def profile_address(platform: Platform, handle: str = "", platform_id: str = "") -> str:
    """The profile's address for a canonical handle or a platform id; "" where there is none."""
    if platform_id:
        with_id = (p.url for p in platform.profile_paths if "{id}" in p.url)
        return next(with_id, "").replace("{id}", quote(platform_id, safe=_SAFE_IN_PATH))
    template, name = platform.profile_url or "", handle
    for profile in platform.profile_paths:
        if profile.prefix and handle.startswith(profile.prefix):
            template, name = profile.url, handle.removeprefix(profile.prefix)
    if platform.federated:
        name, _, server = name.partition("@")
        template = template.replace("{server}", server)
    return template.replace("{handle}", quote(name, safe=_SAFE_IN_PATH))


def fold_handle(platform: Platform, handle: str) -> str:
    """What a handle compares as on `platform`: without the case and characters it ignores."""
    folded = handle.lower() if platform.handle_folds_case else handle
    for character in platform.handle_ignores:
        folded = folded.replace(character, "")
    return unicodedata.normalize("NFC", folded)


@lru_cache(maxsize=512)  # more than the catalogue has patterns
def compiled(pattern: str) -> re.Pattern[str]:
    """`pattern`, compiled once."""
    return re.compile(pattern)


def fits(pattern: str, text: str) -> bool:
    """Whether the whole of `text` matches a platform's pattern; what is too long never does."""
    return len(text) <= MATCHED_LIMIT and compiled(pattern).fullmatch(text) is not None


def _judged(platform: Platform, prefix: str, name: str) -> Handle:
    given, name = name, name.lstrip("@" + _EDGES).rstrip(_EDGES)
    if not name:
        return Handle(written=name, problem=f"there is no {platform.name} handle in {given!r}")
    folded = fold_handle(platform, name)
    if _fits(platform, prefix, folded):
        return Handle(written=prefix + name, canonical=prefix + folded)
    if platform.id_pattern and fits(platform.id_pattern, name):
        return Handle(written=name, platform_id=name)
    shown = name if len(name) <= _SHOWN_LENGTH else name[:_SHOWN_LENGTH] + "…"
    rule = platform.handle_rule or f"it must match {platform.handle_pattern}"
    problem = f"{shown!r} is no {platform.name} handle: {rule}"
    return Handle(written=prefix + name, canonical=prefix + folded, problem=problem)


def _fits(platform: Platform, prefix: str, folded: str) -> bool:
    # The pattern is that of the main name space; groups and old user names follow other rules.
    if prefix:
        return not any(character.isspace() for character in folded)
    return not platform.handle_pattern or fits(platform.handle_pattern, folded)


def _without_escapes(text: str) -> str:
    # Lists hold addresses that were escaped twice; bytes that are no UTF-8 stay as they are.
    while _ESCAPE.search(text):
        try:
            text = unquote(text, errors="strict")
        except UnicodeDecodeError:
            break
    return text
