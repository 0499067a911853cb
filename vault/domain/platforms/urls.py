"""Profile addresses in the spellings real lists hold, read into platform, handle and id."""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import quote, urlsplit

from vault.domain.platforms.handles import (
    MATCHED_LIMIT,
    canonical_handle,
    match_profile,
    profile_address,
    tidy,
)
from vault.domain.platforms.model import Platform, Recognised

_WRAPPING: Final = " \t\r\n\"'<>“”‘’"
_SCHEME: Final = re.compile(r"^(?:h?t?tt?ps?(?::/{0,3}|/{2})|//)", re.IGNORECASE)
_OTHER_SCHEME: Final = re.compile(r"^[a-z][a-z0-9+.-]*:(?!\d+(?:/|$))", re.IGNORECASE)
_HOST: Final = re.compile(r"^(?:[\w-]+\.)+[\w-]{2,}$")
_PROFILE_SUBDOMAIN: Final = re.compile(
    r"^(?:www\d?|m|mobile|mbasic|touch|web|old|new|np|beta|amp|[a-z]{2}(?:-[a-z]{2})?)$"
)


class Address(NamedTuple):
    """An address taken apart: lower-case host without port, decoded path, raw query without "?"."""

    host: str
    path: str
    query: str


def is_web_address(text: str) -> bool:
    """Whether `text` is an address of the web, in full: a program that opens it runs a browser.

    No other scheme (javascript:, file:) and no control character, which browsers leave out before
    they look for the scheme.
    """
    if not text.isprintable():
        return False
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # a bracket that closes nothing
        return False


def full_address(text: str) -> str:
    """The address of the web that `text` is, with a scheme where it has none; "" for any other."""
    if is_web_address(text):
        return text
    full = f"https://{text}"
    return full if take_apart(text) is not None and is_web_address(full) else ""


def take_apart(text: str) -> Address | None:
    """The host, path and query of an address as people write it; None when it is not one.

    Missing, doubled and misspelt web schemes are forgiven; other schemes (mailto:) are not
    addresses. The hash routes of the years around 2011 (`/#!/name`, `/#/name`) count as the path.
    """
    rest = text.strip(_WRAPPING).rstrip(",;)")
    if not _SCHEME.match(rest) and _OTHER_SCHEME.match(rest):
        return None
    while match := _SCHEME.match(rest):
        rest = rest[match.end() :]
    rest, _, fragment = rest.partition("#")
    rest, _, query = rest.partition("?")
    authority, _, path = rest.replace("\\", "/").partition("/")
    if fragment.startswith("!") or (fragment.startswith("/") and not path):
        path, _, query = fragment.removeprefix("!").partition("?")
    host = authority.rpartition("@")[2].partition(":")[0].rstrip(".").lower()
    if not _HOST.match(host):
        return None
    segments = [tidy(segment) for segment in path.split("/")]
    decoded = "/".join(segment for segment in segments if segment).replace("?", "%3F")
    return Address(host, "/" + decoded, query)


def read_profile(platform: Platform, address: Address, subdomain: str) -> Recognised:
    """Whose profile on `platform` the address is; without handle and id where it is none.

    `subdomain` is what the host has in front of the platform's own domain, "" for nothing.
    """
    if platform.handle_in_host and _is_handle_label(platform, subdomain):
        return _with_handle(platform, "", subdomain)
    if subdomain and not _PROFILE_SUBDOMAIN.match(subdomain) and not platform.federated:
        return _no_profile(platform, address)
    subject = address.path + ("?" + address.query if address.query else "")
    if len(subject) > MATCHED_LIMIT:  # what follows a name is about who follows the link
        subject = address.path
    found = match_profile(platform, subject)
    if found is None:
        return _no_profile(platform, address)
    if found.platform_id:
        url = found.profile.url.replace("{id}", quote(found.platform_id, safe="-_.:@"))
        return Recognised(platform, None, None, found.platform_id, url)
    name = found.handle
    if platform.federated and "@" not in name.strip("@"):
        name = f"{name}@{address.host}"
    return _with_handle(platform, found.profile.prefix, name)


def _is_handle_label(platform: Platform, subdomain: str) -> bool:
    return bool(
        subdomain
        and "." not in subdomain
        and subdomain not in ("www", "m")
        and subdomain not in platform.reserved
    )


def _with_handle(platform: Platform, prefix: str, name: str) -> Recognised:
    handle = canonical_handle(platform, prefix + name)
    if handle.platform_id:
        url = profile_address(platform, platform_id=handle.platform_id)
        return Recognised(platform, None, None, handle.platform_id, url)
    url = profile_address(platform, handle.canonical)
    return Recognised(platform, handle.written, handle.canonical, None, url, handle.problem)


def _no_profile(platform: Platform, address: Address) -> Recognised:
    query = "?" + address.query if address.query else ""
    path = quote(address.path, safe="-._~!$&'()*+,;=:@/%")
    url = f"https://{address.host}{path}{query}"
    return Recognised(platform, None, None, None, url)
