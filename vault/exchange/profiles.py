"""Whose profile a row means: platform, handle, address and the platform's own id, made one."""

from __future__ import annotations

from typing import Final

import msgspec

from vault.domain.platforms import Catalogue, Handle, Platform, Recognised
from vault.domain.platforms.handles import canonical_handle, fits
from vault.domain.platforms.urls import full_address, take_apart
from vault.domain.text import clean
from vault.errors import NotFoundError
from vault.exchange.cleaning import tidied
from vault.exchange.mapping import Holds
from vault.exchange.problem import ProblemKind

Remark = tuple[str, ProblemKind, str, str]
"""A field, the kind of problem, what is wrong, and what was taken."""

_ADDRESS_LIMIT: Final = 2_000  # the longest address that browsers and servers agree on


class Profile(msgspec.Struct, frozen=True, gc=False):
    """One profile on one platform.

    `handle` is written as its owner writes it, `key` is what it compares as; both are "" where
    only `platform_id` or, failing that, `url` tells the profile from others.
    """

    platform: str
    handle: str = ""
    key: str = ""
    platform_id: str = ""
    url: str = ""


class UnreadableProfileError(Exception):
    """A row names no profile that could be an account; `remark` says why."""

    def __init__(self, remark: Remark) -> None:
        super().__init__(remark[2])
        self.remark = remark


class ProfileReader:
    """Reads profiles with the help of a catalogue; platform names are looked up once each."""

    def __init__(self, catalogue: Catalogue, *, keep_unknown: bool = False) -> None:
        self._catalogue = catalogue
        self._keep_unknown = keep_unknown
        self._named: dict[str, Platform | Remark] = {}

    def read(
        self, named: str, handle: str, platform_id: str, url: str
    ) -> tuple[Profile, tuple[Remark, ...]]:
        """Return the profile that a row's cells mean, and remarks on what did not fit.

        The address decides: where it contradicts the platform's name, the name was mistyped more
        often than the address. Raises UnreadableProfileError.
        """
        if "://" in handle and not url:
            url, handle = handle, ""
        remarks: list[Remark] = []
        platform = self._platform(named) if named else None
        found = self._recognised(url, remarks) if url else None
        if found is not None:
            if isinstance(platform, tuple):
                remarks.append((*platform[:3], f"the address: {found.platform.name}"))
            elif platform is not None and platform.id != found.platform.id:
                what = f"it says {platform.name}, the address is on {found.platform.name}"
                taken = f"the address: {found.platform.name}"
                remarks.append(("platform", "contradiction", what, taken))
            return self._of_address(found, handle, platform_id, remarks), tuple(remarks)
        if platform is None:
            return self._nowhere(url, remarks), tuple(remarks)
        if isinstance(platform, tuple):
            platform = self._unknown(named, platform, remarks)
        if url and not (handle or platform_id):
            if not full_address(url[:_ADDRESS_LIMIT].strip()):
                raise UnreadableProfileError(remarks[0])
            remarks[0] = (*remarks[0][:3], "kept by its address")
            return Profile(platform.id, url=clean(url, _ADDRESS_LIMIT)), tuple(remarks)
        return self._on(platform, handle, platform_id, remarks), tuple(remarks)

    def identified(
        self, platform_id: str, holds: Holds, value: str
    ) -> tuple[Profile, tuple[Remark, ...]]:
        """Return the profile that one identifier means; raises UnreadableProfileError."""
        remarks: list[Remark] = []
        platform = self._catalogue.get(platform_id)
        if holds == "handle":
            profile = self._on(platform, value, "", remarks, "identifier")
        else:
            profile = self._on(platform, "", value, remarks, "identifier")
        return profile, tuple(remarks)

    def _platform(self, named: str) -> Platform | Remark:
        if named not in self._named:
            self._named[named] = self._looked_up(named)
        return self._named[named]

    def _looked_up(self, named: str) -> Platform | Remark:
        try:
            return self._catalogue.named(named)
        except NotFoundError as error:
            what = f"{clean(named)!r} is no platform in the catalogue. {error.hint}".strip()
            return ("platform", "unknown_platform", what, "skipped")

    def _nowhere(self, url: str, remarks: list[Remark]) -> Profile:
        """The profile at an address that is no known platform's, where that is to be kept."""
        address = take_apart(url[:_ADDRESS_LIMIT]) if url else None
        if address is None or not self._keep_unknown:
            missing: Remark = ("platform", "missing", "no platform is named", "skipped")
            raise UnreadableProfileError(remarks[0] if remarks else missing)
        host = address.host.removeprefix("www.")
        remarks[0] = (*remarks[0][:3], f"kept, as the platform {host!r}")
        return Profile(host, url=clean(url, _ADDRESS_LIMIT))

    def _unknown(self, named: str, remark: Remark, remarks: list[Remark]) -> Platform:
        if not self._keep_unknown:
            raise UnreadableProfileError(remark)
        name = tidied(named)[0].casefold()
        remarks.append((*remark[:3], f"kept, as the platform {name!r}"))
        return Platform(id=name, name=name, kind="", status="living", handle_folds_case=True)

    def _recognised(self, url: str, remarks: list[Remark]) -> Recognised | None:
        try:
            return self._catalogue.of_url(url[:_ADDRESS_LIMIT])
        except NotFoundError as error:
            is_address = take_apart(url[:_ADDRESS_LIMIT]) is not None
            kind: ProblemKind = "unknown_platform" if is_address else "address"
            remarks.append(("url", kind, clean(error.message), "skipped"))
            return None

    def _of_address(
        self, found: Recognised, handle: str, platform_id: str, remarks: list[Remark]
    ) -> Profile:
        platform, url = found.platform, found.canonical_url
        if found.canonical_handle:
            kept = _checked_id(platform, platform_id, "platform_id", remarks)
            read = Handle(found.handle or "", found.canonical_handle, problem=found.problem)
            read = _checked_handle(platform, read, "url", remarks)
            return Profile(platform.id, read.written, read.canonical, kept, url)
        if found.platform_id:
            return Profile(platform.id, platform_id=found.platform_id, url=url)
        what = f"{clean(url)} is no {platform.name} profile"
        if handle or platform_id:
            remarks.append(("url", "no_profile", what, "the handle"))
            return self._on(platform, handle, platform_id, remarks)
        remarks.append(("url", "no_profile", what, "kept by its address"))
        return Profile(platform.id, url=url)

    def _on(
        self,
        platform: Platform,
        handle: str,
        platform_id: str,
        remarks: list[Remark],
        column: str = "",
    ) -> Profile:
        kept = _checked_id(platform, platform_id, column or "platform_id", remarks)
        read = self._handle(platform, handle[:_ADDRESS_LIMIT]) if handle else Handle("")
        if read.canonical:
            read = _checked_handle(platform, read, column or "handle", remarks)
        kept = kept or read.platform_id
        if read.canonical:
            return Profile(platform.id, read.written, read.canonical, kept)
        if kept:
            return Profile(platform.id, platform_id=kept)
        if remarks and not handle:
            raise UnreadableProfileError((*remarks[-1][:3], "skipped"))
        what = clean(read.problem) or "neither handle, id nor address is given"
        raise UnreadableProfileError(
            (column or "handle", "handle" if handle else "missing", what, "skipped")
        )

    def _handle(self, platform: Platform, text: str) -> Handle:
        # Only an address has a slash; telling that first spares most rows half of the reading.
        return (self._catalogue.handle if "/" in text else canonical_handle)(platform, text)


def _checked_id(platform: Platform, text: str, column: str, remarks: list[Remark]) -> str:
    """The platform's id, or "" with a remark where it cannot be one."""
    if not text:
        return ""
    pattern = platform.id_pattern
    if tidied(text)[0] == text and (not pattern or fits(pattern, text)):
        return text
    what = f"{clean(text)!r} is no {platform.name} id"
    remarks.append((column, "handle", what, "no id"))
    return ""


def _checked_handle(platform: Platform, read: Handle, column: str, remarks: list[Remark]) -> Handle:
    """The handle without what hides in it, and remarks on that and on what is wrong with it."""
    shown, hidden = tidied(read.written)
    if hidden:
        remarks.append((column, hidden, "hidden characters are in the handle", clean(shown)))
    elif read.problem:
        remarks.append((column, "handle", clean(read.problem), "kept as written"))
    if shown == read.written:
        return read
    return Handle(shown, handle_key(platform, shown), read.platform_id)


def handle_key(platform: Platform, handle: str) -> str:
    """Return what a handle from the registry compares as on its platform."""
    if not handle.isascii():
        return canonical_handle(platform, handle).canonical or handle
    # The long way takes ten microseconds, and this is asked for every handle ever held.
    key = handle.lower() if platform.handle_folds_case else handle
    for character in platform.handle_ignores:
        key = key.replace(character, "")
    return key
