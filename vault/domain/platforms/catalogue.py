"""The catalogue of platforms: found by id, by any spelling of the name, or by an address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from vault.domain.platforms.model import (
    PLATFORM_ACTS,
    UNVERIFIED_SOURCES,
    Handle,
    Platform,
    Play,
    Provenance,
    Recognised,
    Source,
    StaleFact,
)
from vault.domain.platforms.names import fold_name, spellings
from vault.domain.text import NAME_LIMIT, clean
from vault.errors import NotFoundError

FACTS_AGE: Final = timedelta(days=365)  # platforms change their screens and rules within a year


class Catalogue(Struct, frozen=True, dict=True):
    """All known platforms, with the playbooks for what a platform's own file leaves out.

    `sources` are the shared ones, by name. `generic` holds a play for every act on a living
    platform, `dead` one for every act on a service that has ended.
    """

    platforms: tuple[Platform, ...]
    generic: dict[str, Play]
    dead: dict[str, Play]
    sources: dict[str, Source]

    def get(self, platform_id: str) -> Platform:
        """The platform with this id. Raises NotFoundError that names the ids most like it."""
        try:
            return self._by_id[platform_id]
        except KeyError:
            raise self._not_found("platform id", platform_id, self._by_id) from None

    def known_of(self, platform_id: str) -> Platform:
        """What is known of the platform with this id: all unknown where there is none."""
        known = self._by_id.get(platform_id)
        return known or Platform(id=platform_id, name=platform_id, kind="", status="living")

    def named(self, text: str) -> Platform:
        """The platform of this name in any spelling: "X (Twitter)", "you tube", "LinkedIn Page".

        Misspellings are not guessed at: NotFoundError names the platforms most like it. A text
        longer than any name (200 characters) is no platform's: taking a cell of 1 MB apart and
        comparing it takes seconds.
        """
        for spelling in spellings(text) if len(text) <= NAME_LIMIT else ():
            if platform := self._by_name.get(spelling):
                return platform
        raise self._not_found("platform", text, [p.name for p in self.platforms])

    def of_url(self, url: str) -> Recognised:
        """The platform and the profile an address stands for, however it is written.

        An address on a platform that is no profile (a video, a share link) comes back without
        handle and id. Raises NotFoundError where the host is no platform's, or the text is no
        address.
        """
        from vault.domain.platforms.urls import read_profile, take_apart

        address = take_apart(url)
        if address is None:
            raise NotFoundError(
                f"{url!r} is not a web address.", "Give the profile's full address."
            )
        labels = address.host.split(".")
        for cut in range(len(labels) - 1):
            domain = ".".join(labels[cut:])
            for start, platform in self._by_domain.get(domain, ()):
                if (address.path.lower() + "/").startswith(start.rstrip("/") + "/"):
                    return read_profile(platform, address, ".".join(labels[:cut]))
        for platform in self.platforms:
            if platform.federated:
                guess = read_profile(platform, address, "")
                if guess.handle:
                    return guess
        raise NotFoundError(
            f"{address.host} is not the address of a platform in the catalogue.",
            "Name the platform, or add it with a file as docs/catalogue.md describes.",
        )

    def handle(self, platform: Platform, text: str) -> Handle:
        """`text` read as a handle on `platform`, also when it is the profile's address.

        Nothing is raised: what is wrong is in `problem`.
        """
        from vault.domain.platforms.handles import canonical_handle

        if not _may_be_address(platform, text):
            return canonical_handle(platform, text)
        try:
            found = self.of_url(text)
        except NotFoundError as error:
            return Handle(written=text, problem=error.message)
        if found.platform.id != platform.id:
            return Handle(
                written=text,
                problem=f"the address is on {found.platform.name}, not {platform.name}",
            )
        if found.handle is None and found.platform_id is None:
            return Handle(written=text, problem=f"the address is no {platform.name} profile")
        return Handle(
            written=found.handle or found.platform_id or "",
            canonical=found.canonical_handle or "",
            platform_id=found.platform_id or "",
            problem=found.problem,
        )

    def play(self, platform: Platform, act: str) -> Play:
        """How `act` is done on `platform`; the general plays stand in where its own file is silent.

        A general play points to whichever of the pages it names the platform has, each once.

        Raises NotFoundError for an act that has no playbook anywhere.
        """
        if own := platform.playbook.get(act):
            return own
        general = (self.dead if platform.is_dead else self.generic).get(act)
        if general is None:
            raise self._not_found("act", act, PLATFORM_ACTS)
        known = (platform.links[name] for name in general.links if name in platform.links)
        return replace(general, links=tuple(dict.fromkeys(known)))

    def stale(self, on: date) -> tuple[StaleFact, ...]:
        """The facts to look up again: checked over 365 days before `on`, or never confirmed."""
        return tuple(
            StaleFact(platform.id, fact, provenance, reason)
            for platform in self.platforms
            for fact, provenance in platform.provenance.items()
            if (reason := _why_stale(provenance, on))
        )

    def overlay(self, platforms: Iterable[Platform]) -> Catalogue:
        """This catalogue with `platforms` added, each in place of the one that has its id."""
        merged = self._by_id | {platform.id: platform for platform in platforms}
        return replace(self, platforms=tuple(merged[key] for key in sorted(merged)))

    @cached_property
    def _by_id(self) -> dict[str, Platform]:
        return {platform.id: platform for platform in self.platforms}

    @cached_property
    def _by_name(self) -> dict[str, Platform]:
        # A living platform keeps its name when a dead one had the same.
        by_name: dict[str, Platform] = {}
        for platform in sorted(self.platforms, key=lambda p: p.is_dead):
            for name in (platform.id, platform.name, *platform.also_known_as):
                by_name.setdefault(fold_name(name), platform)
        return by_name

    @cached_property
    def _by_domain(self) -> dict[str, list[tuple[str, Platform]]]:
        # A domain may be a part of a site ("google.com/buzz"): the longest path is tried first.
        by_domain: dict[str, list[tuple[str, Platform]]] = {}
        for platform in self.platforms:
            for domain in (*platform.domains, *platform.former_domains):
                host, _, path = domain.partition("/")
                by_domain.setdefault(host, []).append(("/" + path, platform))
        for entries in by_domain.values():
            entries.sort(key=lambda entry: -len(entry[0]))
        return by_domain

    def _not_found(self, what: str, text: str, known: Iterable[str]) -> NotFoundError:
        import difflib  # only a failed look-up needs it, and it takes longer than all look-ups

        names, shown = {fold_name(name): name for name in known}, clean(text)
        close = difflib.get_close_matches(fold_name(shown), names, n=3, cutoff=0.6)
        hint = "Did you mean " + " or ".join(names[name] for name in close) + "?" if close else ""
        return NotFoundError(
            f"There is no {what} {shown!r} in the catalogue.",
            hint or "`safehands platform list` shows them all.",
        )


def _why_stale(provenance: Provenance, on: date) -> str:
    if provenance.source in UNVERIFIED_SOURCES:
        return "no source confirms it"
    if provenance.confidence == "low":
        return "its source is weak"
    if provenance.checked_on is None:
        return "nobody has checked it"
    if on - provenance.checked_on > FACTS_AGE:
        return f"last checked on {provenance.checked_on.isoformat()}"
    return ""


def _may_be_address(platform: Platform, text: str) -> bool:
    if "/" not in text:
        return False
    hosts = (*platform.domains, *platform.former_domains)
    return "://" in text or any(f"{host}/" in text.lower() for host in hosts)
