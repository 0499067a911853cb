"""A platform's TOML file read into a `Platform`; docs/catalogue.md describes the form.

The file is written by people, so every refusal names the file, the table and the key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Final, NoReturn

import msgspec
from msgspec import Meta, convert
from msgspec.structs import replace

from vault.domain.levels import Level
from vault.domain.platforms.model import (
    ACCESS_ANSWERS,
    NONE_FOUND,
    PLATFORM_ACTS,
    Answer,
    Confidence,
    FactorKind,
    Inactivity,
    OwnershipModel,
    PasswordRules,
    Platform,
    Play,
    Probe,
    ProfilePath,
    Provenance,
    Source,
    Status,
)
from vault.domain.platforms.password_rules import faults
from vault.domain.platforms.patterns import fault_of
from vault.domain.platforms.urls import is_web_address
from vault.domain.toml import misfit, read_toml
from vault.errors import UsageError

_Days = Annotated[int, Meta(ge=0, le=3650)]  # more than ten years would be a slip of the pen
_TOP: Final[dict[str, Any]] = {
    "id": str,
    "name": str,
    "kind": str,
    "status": Status,
    "note": str,
    "without_login": str,
    "successor": str,
}
_NAMES: Final[dict[str, Any]] = {
    "also_known_as": tuple[str, ...],
    "domains": tuple[str, ...],
    "former_domains": tuple[str, ...],
    "profile_url": str,
    "profile_paths": tuple[ProfilePath, ...],
    "handle_pattern": str,
    "handle_rule": str,
    "id_pattern": str,
    "handle_folds_case": bool,
    "handle_ignores": str,
    "handle_in_host": bool,
    "federated": bool,
    "reserved": tuple[str, ...],
}
_ACCESS: Final[dict[str, Any]] = {
    "models": tuple[OwnershipModel, ...],
    "signs_in_with": str,
    "login_level": Level,
    **dict.fromkeys(ACCESS_ANSWERS, Answer),
}
_PASSWORD: Final[dict[str, Any]] = {
    field.name: field.type for field in msgspec.structs.fields(PasswordRules)
}
_PROBE: Final[dict[str, Any]] = {field.name: field.type for field in msgspec.structs.fields(Probe)}
_TABLES: Final = frozenset(
    [
        "sources",
        "names",
        "end",
        "access",
        "password",
        "factors",
        "waits",
        "grace",
        "inactivity",
        "links",
        "probe",
        "not_applicable",
        "playbook",
    ]
)
_SAID_OF_A_FACT: Final = ("source", "checked_on", "confidence")
_ID: Final = re.compile(r"^[a-z][a-z0-9_]*$")
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_HINT: Final = "docs/catalogue.md describes the form of a platform's file."


def parse_platform(
    text: str,
    where: str,
    sources: Mapping[str, Source] | None = None,
    known: Mapping[str, Platform] | None = None,
    today: date | None = None,
) -> Platform:
    """The platform a TOML file describes.

    `where` is the file's name for messages; `sources` are the shared ones the file may name besides
    its own. `known` are the platforms, by id, that the file may extend: then what it leaves out
    stays as it is there. Facts about access that a living platform's own file leaves out are
    "unknown", and their provenance says that no source was found. A fact cannot have been checked
    after `today` (None: any day will do). Raises UsageError naming file, table and key.
    """
    reader = _Reader(where, _decode(text, where), sources or {}, today or date.max)
    return reader.platform(known or {})


def parse_plays(text: str, where: str) -> dict[str, Play]:
    """The plays of a file that holds nothing but acts; their links stay the names of links.

    Raises UsageError as `parse_platform` does.
    """
    reader = _Reader(where, {"playbook": _decode(text, where)}, {})
    return reader.playbook(None)


def parse_sources(text: str, where: str) -> dict[str, Source]:
    """The sources of a file that holds nothing else; raises UsageError as `parse_platform` does."""
    return _Reader(where, {"sources": _decode(text, where)}, {}).sources


def _decode(text: str, where: str) -> dict[str, Any]:
    try:
        return read_toml(text)
    except ValueError as error:
        raise UsageError(f"{where}: this is not TOML: {error}", _HINT) from error


class _Reader:
    """One file being read: its tables, the sources it may name, the provenance gathered so far."""

    def __init__(
        self,
        where: str,
        tables: dict[str, Any],
        shared: Mapping[str, Source],
        today: date = date.max,
    ) -> None:
        self.where = where
        self.today = today
        self.tables = tables
        self.provenance: dict[str, Provenance] = {}
        own = {
            name: self._convert(value, Source, "sources", name)
            for name, value in self._table("sources").items()
        }
        for name, source in own.items():
            self._not_later(source.checked_on, "sources", name)
        self.sources = dict(shared) | own

    def platform(self, known: Mapping[str, Platform]) -> Platform:
        for key in self.tables:
            if key not in _TOP and key not in _TABLES and key != "extends":
                self._refuse("", key, "is not a key or table of the form")
        base = self._base(known)
        fields = self._top(base)
        status = base.status if base else fields["status"]
        fields |= self._facts("names", _NAMES, one_source="names")
        fields |= self._end(status)
        fields |= self._facts("access", _ACCESS)
        fields |= self._password()
        fields |= self._factors()
        for table, keys in (("waits", PLATFORM_ACTS), ("grace", ("deactivate", "delete"))):
            fields[table] = self._facts(table, dict.fromkeys(keys, _Days), prefix=table + ".")
        fields |= self._inactivity()
        wanted = {name: str for name in self._table("links") if name not in _SAID_OF_A_FACT}
        fields["links"] = self._facts("links", wanted, prefix="links.")
        for name, link in fields["links"].items():
            self._on_the_web(link, "links", name)
        fields |= self._probe()
        fields["not_applicable"] = self._reasons()
        fields["playbook"] = self.playbook((base.links if base else {}) | fields["links"])
        if status == "living" and base is None:
            for fact in (*ACCESS_ANSWERS, "factor_kinds", "probe"):
                self.provenance.setdefault(fact, Provenance(NONE_FOUND, None, "low"))
        fields["provenance"] = self.provenance
        platform = _extended(base, fields) if base else Platform(**fields)
        self._check_patterns(platform)
        return platform

    def _base(self, known: Mapping[str, Platform]) -> Platform | None:
        name = self._convert(self.tables.get("extends", ""), str, "", "extends")
        if name and name not in known:
            self._refuse("", "extends", f"there is no platform {name!r} to extend")
        if name and (fixed := self.tables.keys() & {"id", "status"}):
            self._refuse("", min(fixed), "is that of the platform the file extends")
        return known[name] if name else None

    def _top(self, base: Platform | None) -> dict[str, Any]:
        fields = {
            key: self._convert(self.tables[key], wanted, "", key)
            for key, wanted in _TOP.items()
            if key in self.tables
        }
        if base is None:
            for key in ("id", "name", "kind", "status"):
                if not fields.get(key):
                    self._refuse("", key, "is missing")
            if not _ID.match(fields["id"]):
                self._refuse("", "id", "must be lower-case letters, digits and _, a letter first")
        return fields

    def playbook(self, links: Mapping[str, str] | None) -> dict[str, Play]:
        table = self._table("playbook")
        acts = {act: value for act, value in table.items() if act not in _SAID_OF_A_FACT}
        if acts and links is not None:
            said = {name: table.get(name) for name in _SAID_OF_A_FACT}
            self.provenance["playbook"] = self._provenance(said, "playbook", "source")
        return {act: self._play(act, value, links) for act, value in acts.items()}

    def _play(self, act: str, value: Any, links: Mapping[str, str] | None) -> Play:
        if act not in PLATFORM_ACTS:
            self._refuse("playbook", act, "is no act: " + ", ".join(PLATFORM_ACTS))
        if not isinstance(value, dict) or value.keys() - {"steps", "check", "links", "needs"}:
            self._refuse("playbook", act, "takes steps, check, links and needs")
        play: Play = self._convert(value, Play, "playbook", act)
        if links is None:
            return play
        for name in play.links:
            if name not in links:
                self._refuse("playbook", act, f"names the link {name!r}, which [links] lacks")
        return replace(play, links=tuple(dict.fromkeys(links[name] for name in play.links)))

    def _facts(
        self, table: str, form: Mapping[str, Any], prefix: str = "", one_source: str = ""
    ) -> dict[str, Any]:
        values = {}
        group = self._table(table)
        for key, given in group.items():
            if key in _SAID_OF_A_FACT:
                continue
            if key not in form:
                self._refuse(table, key, "is not a key of this table: " + ", ".join(form))
            own = given if isinstance(given, dict) and "value" in given else {"value": given}
            if unknown := own.keys() - {"value", *_SAID_OF_A_FACT}:
                self._refuse(table, key, f"takes value and {', '.join(_SAID_OF_A_FACT)}; {unknown}")
            values[key] = self._convert(own["value"], form[key], table, key)
            said = {name: own.get(name, group.get(name)) for name in _SAID_OF_A_FACT}
            if "source" in own:
                said |= {name: own.get(name) for name in _SAID_OF_A_FACT}
            self.provenance[one_source or prefix + key] = self._provenance(said, table, key)
        return values

    def _provenance(self, said: Mapping[str, Any], table: str, key: str) -> Provenance:
        name = said["source"]
        if name is None:
            self._refuse(table, key, "no source is named, here or for the whole table")
        if name not in self.sources:
            self._refuse(table, key, f"names the source {name!r}, which [sources] lacks")
        source = self.sources[name]
        confidence = said["confidence"] or source.confidence
        checked_on = self._convert(said["checked_on"] or source.checked_on, date, table, key)
        self._not_later(checked_on, table, key)
        return Provenance(
            source.what,
            checked_on,
            self._convert(confidence, Confidence, table, "confidence"),
        )

    def _end(self, status: str) -> dict[str, Any]:
        if status == "living" and "end" in self.tables:
            self._refuse("end", "died_on", "is for dead platforms")
        return self._facts("end", {"died_on": date})

    def _password(self) -> dict[str, Any]:
        if "password" not in self.tables:
            return {}
        given = self._facts("password", _PASSWORD, one_source="password")
        rules = self._convert(given, PasswordRules, "password", "")
        for key, wrong in faults(rules):
            self._refuse("password", key, wrong)
        return {"password": rules}

    def _inactivity(self) -> dict[str, Any]:
        given = self._facts("inactivity", {"days": _Days, "what": str}, one_source="inactivity")
        return {"inactivity": self._convert(given, Inactivity, "inactivity", "")} if given else {}

    def _factors(self) -> dict[str, Any]:
        found = self._facts("factors", {"kinds": tuple[FactorKind, ...]}, one_source="factor_kinds")
        return {"factor_kinds": found["kinds"]} if found else {}

    def _probe(self) -> dict[str, Any]:
        given = self._facts("probe", _PROBE, one_source="probe")
        if not given:
            return {}
        probe = Probe(**given)
        if bool(probe.ways) == bool(probe.none):
            self._refuse("probe", "ways", "either these, or `none` with the reason, is needed")
        return {"probe": probe}

    def _reasons(self) -> dict[str, str]:
        reasons = self._table("not_applicable")
        for act, reason in reasons.items():
            if act not in PLATFORM_ACTS:
                self._refuse("not_applicable", act, "is no act: " + ", ".join(PLATFORM_ACTS))
            self._convert(reason, str, "not_applicable", act)
            if act in self._table("playbook"):
                self._refuse("not_applicable", act, "has a playbook too: one of them is wrong")
        return reasons

    def _check_patterns(self, platform: Platform) -> None:
        patterns = [
            ("handle_pattern", platform.handle_pattern),
            ("id_pattern", platform.id_pattern),
        ]
        patterns += [("profile_paths", profile.path) for profile in platform.profile_paths]
        for key, pattern in patterns:
            is_path = key == "profile_paths"
            if pattern and (fault := fault_of(pattern, searched=is_path)):
                self._refuse("names", key, fault)
            if is_path and not re.compile(pattern or "").groupindex.keys() & {"handle", "id"}:
                self._refuse("names", key, "needs a group named handle or id")
        for profile in platform.profile_paths:
            self._on_the_web(profile.url, "names", "profile_paths")
        if platform.profile_url is not None:
            self._on_the_web(platform.profile_url, "names", "profile_url")
            if "{handle}" not in platform.profile_url:
                self._refuse("names", "profile_url", "needs the placeholder {handle}")
        self._check_probe(platform)

    def _check_probe(self, platform: Platform) -> None:
        known = {"id", "handle", "server"} | {p.prefix for p in platform.profile_paths if p.prefix}
        for way in platform.probe.ways if platform.probe else ():
            if not way.url.startswith("https://"):
                self._refuse("probe", "ways", "an address must begin with https://")
            found = set(_PLACEHOLDER.findall(way.url))
            if unknown := found - known:
                self._refuse("probe", "ways", f"there is no placeholder {{{min(unknown)}}}")
            if not found - {"server"}:
                self._refuse("probe", "ways", "an address needs {handle}, {id} or a {prefix}")

    def _on_the_web(self, address: str, table: str, key: str) -> None:
        if not is_web_address(address):
            self._refuse(table, key, f"{address!r} is no address with http:// or https://")

    def _not_later(self, checked_on: date, table: str, key: str) -> None:
        # A day of grace: where it is tomorrow already, somebody may have looked tomorrow.
        if checked_on - self.today > timedelta(days=1):
            self._refuse(table, key, f"checked_on {checked_on} is in the future")

    def _table(self, name: str) -> dict[str, Any]:
        table = self.tables.get(name, {})
        if not isinstance(table, dict):
            self._refuse("", name, "must be a table")
        return table

    def _convert(self, value: Any, wanted: Any, table: str, key: str) -> Any:
        try:
            return convert(value, wanted)
        except msgspec.ValidationError as error:
            named, told = misfit(error)
            self._refuse(table, " ".join(filter(None, (key, named))), told)

    def _refuse(self, table: str, key: str, what: str) -> NoReturn:
        place = f"[{table}] {key}" if table else key
        raise UsageError(f"{self.where}: {place}: {what}.", _HINT)


def _extended(base: Platform, fields: dict[str, Any]) -> Platform:
    merged = {
        name: getattr(base, name) | value if isinstance(value, dict) else value
        for name, value in fields.items()
    }
    # An act that got a playbook applies, and one that got a reason does not.
    for act in fields["playbook"]:
        merged["not_applicable"].pop(act, None)
    for act in fields["not_applicable"]:
        merged["playbook"].pop(act, None)
    return replace(base, **merged)
