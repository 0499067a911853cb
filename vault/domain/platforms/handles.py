"""Handles as people write them, read into what they compare as."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote

from vault.domain.platforms.model import Handle, Platform

_SAFE_IN_PATH: Final = "-._~!$&'()*+,;=:@/"
_INVISIBLE: Final = frozenset({"Cf", "Cc"})
_EDGES: Final = " \u00a0\t\r\n/"
_ESCAPE: Final = re.compile(r"%[0-9A-Fa-f]{2}")


def canonical_handle(platform: Platform, text: str) -> Handle:
    """`text` read as a handle on `platform`: without "@", blanks and escapes, in one Unicode form (NFC).

    Case goes where the platform ignores it, and so do the characters it ignores. Text that is the
    platform's own id comes back as `platform_id`. What does not fit the platform's pattern comes
    back with a `problem` that says so; nothing is raised, because an import reports and goes on.
    """
    written = tidy(text)
    prefix, name = split_prefix(platform, written)
    name = name.removeprefix("@")
    if not name:
        return Handle(written=written, problem="there is no handle in it")
    folded = fold_handle(platform, name)
    if not platform.handle_pattern or compiled(platform.handle_pattern).fullmatch(folded):
        return Handle(written=prefix + name, canonical=prefix + folded)
    if platform.id_pattern and not prefix and compiled(platform.id_pattern).fullmatch(name):
        return Handle(written=name, platform_id=name)
    return Handle(
        written=prefix + name,
        canonical=prefix + folded,
        problem=_what_is_wrong(platform, folded),
    )


def tidy(text: str) -> str:
    """`text` with escapes decoded, in NFC, without invisible characters, blanks around and slashes."""
    decoded = _without_escapes(text)
    visible = "".join(c for c in decoded if unicodedata.category(c) not in _INVISIBLE)
    return unicodedata.normalize("NFC", visible).strip(_EDGES)


def _without_escapes(text: str) -> str:
    # Lists hold addresses that were escaped twice; bytes that are no UTF-8 stay as they are.
    while _ESCAPE.search(text):
        try:
            text = unquote(text, errors="strict")
        except UnicodeDecodeError:
            break
    return text


def split_prefix(platform: Platform, text: str) -> tuple[str, str]:
    """The name space `text` names (such as "r/", or "") and the rest."""
    for profile in platform.profile_paths:
        if profile.prefix and text.casefold().startswith(profile.prefix):
            return profile.prefix, text[len(profile.prefix) :]
    return "", text


def fold_handle(platform: Platform, name: str) -> str:
    """What `name` compares as on `platform`."""
    folded = name.lower() if platform.handle_folds_case else name
    for character in platform.handle_ignores:
        folded = folded.replace(character, "")
    return unicodedata.normalize("NFC", folded)


def profile_address(platform: Platform, handle: str = "", platform_id: str = "") -> str:
    """The profile's address for a canonical handle or a platform id; "" where the platform has none."""
    if platform_id:
        with_id = (p.url for p in platform.profile_paths if "{id}" in p.url and not p.prefix)
        return next(with_id, "").replace("{id}", quote(platform_id, safe=_SAFE_IN_PATH))
    prefix, name = split_prefix(platform, handle)
    template = platform.profile_url or ""
    if prefix:
        template = next(
            p.url for p in platform.profile_paths if p.prefix == prefix and "{handle}" in p.url
        )
    if platform.federated:
        name, _, server = name.partition("@")
        template = template.replace("{server}", server)
    return template.replace("{handle}", quote(name, safe=_SAFE_IN_PATH))


@lru_cache(maxsize=512)  # more than the catalogue has patterns
def compiled(pattern: str) -> re.Pattern[str]:
    """`pattern`, compiled once."""
    return re.compile(pattern)


def _what_is_wrong(platform: Platform, folded: str) -> str:
    blanks = " (it contains a blank)" if re.search(r"\s", folded) else ""
    return f"{folded!r} is no {platform.name} handle{blanks}: it must match {platform.handle_pattern}"
