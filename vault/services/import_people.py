"""Importing people: known by their external id, else by their mail, else by their name."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from vault.domain.ids import Id, derived_id
from vault.domain.naming import folded
from vault.domain.person import Person
from vault.domain.role import Assignment
from vault.domain.text import clean
from vault.exchange.cleaning import parts
from vault.exchange.entries import Entry
from vault.services.import_records import RecordImport
from vault.services.matching import MOST_CANDIDATES
from vault.services.people import told_apart


class PeopleImport(RecordImport):
    """Brings the rows of a mapping for people into a run."""

    kind = "person"

    def bring(self, entries: Sequence[Entry]) -> None:
        """Stage the people of all rows and count them."""
        self._rows_named = Counter(folded(entry.get("name")) for entry in entries)
        super().bring(entries)

    def record(self, entry: Entry) -> Person | None:
        """Return the person a row means, or None where it means nobody new, with a problem."""
        external_id, address = entry.get("external_id"), entry.get("mail")
        name = self.name(entry, external_id, address)
        if not name:
            return None
        known = self._known(external_id, address, name)
        if self.is_second(known, entry):
            return None
        new = Person(id=self.run.fresh_id(), name=name, source=self.run.source)
        if known is None:
            row = msgspec.structs.replace(new, external_id=external_id, mail=address)
            alike = [p for p in self.directory.people_named(name) if not told_apart(p, row)]
            known = self._without_keys(name)
            if alike and known is None:
                self._report_alike(entry, row, alike)
                return None
        person = known or new
        values = self._values(person, entry)
        if entry.get("name"):
            values["name"] = name
        values["mail"] = self._own_mail(person, address, entry)
        person = msgspec.structs.replace(person, **self.directory.own(person, values))
        self.directory.file_person(person)
        if entry.get("role"):
            self._assign(person.id, entry)
        return person

    def finish(self, entries: Sequence[Entry]) -> None:
        """Tie people to their managers once all are in, and report roles named like people."""
        for field in ("name", "role"):
            self.directory.report_misnamed(entries, field)
        row_of = {(entry.file, entry.row): person for person, entry in self.seen.items()}
        for entry in entries:
            person = self.run.find(row_of.get((entry.file, entry.row), ""))
            if not isinstance(person, Person) or not entry.get("manager"):
                continue
            manager = self.person(entry, "manager", entry.get("manager"))
            if manager:
                self.stage(msgspec.structs.replace(person, manager=manager.id), entry)

    def _known(self, external_id: str, address: str, name: str) -> Person | None:
        with_key = self.directory.person_with
        found = with_key("external_id", external_id)
        if found is not None:
            return found
        found = with_key("mail", address)
        if found is not None and (not external_id or found.external_id in ("", external_id)):
            return found
        mapping = self.run.mapping
        if found is None and not (mapping.has("external_id") or mapping.has("mail")):
            return with_key("name", name)
        return None

    def _without_keys(self, name: str) -> Person | None:
        """The only one of a name who has no key to be known by, such as the founder; or None.

        Only where one row alone has that name, too: two people who share it are not made one.
        """
        named = self.directory.people_named(name)
        if len(named) != 1 or self._rows_named[folded(name)] != 1:
            return None
        only = named[0]
        has_key = only.mail or only.other_mails or only.external_id
        return None if has_key or only.source not in ("", self.run.source) else only

    def _report_alike(self, entry: Entry, row: Person, alike: Sequence[Person]) -> None:
        """Report a row that nothing tells apart from people of its name."""
        ids = [person.id[:8] for person in alike[:MOST_CANDIDATES]]
        what = f"same name as {clean(row.name)}, {' and '.join(ids)}"
        key = f"--mail {shlex.quote(row.mail)}" if row.mail else ""
        if row.external_id:
            key = f"--external-id {shlex.quote(clean(row.external_id))}"
        if key:
            named = shlex.quote(clean(row.name))
            what += f"; if it is the same person: safehands person edit {ids[0]} {key}"
            what += f"; if it is another: safehands person add {named} {key} --another"
        else:
            what += ", and neither external id nor mail address tells them apart"
        self.run.report(entry, "name", "same_name", what, "skipped")

    def _values(self, person: Person, entry: Entry) -> dict[str, Any]:
        values: dict[str, Any] = {
            field: entry.get(field) for field in ("external_id", "note") if entry.get(field)
        }
        others = parts(entry.get("other_mails"))
        if others:
            values["other_mails"] = others
        days: dict[str, date | None] = {
            field: entry.moments[field].date()
            for field in ("joined", "last_day")
            if field in entry.moments
        }
        joined = days.get("joined", person.joined)
        last_day = days.get("last_day", person.last_day)
        if joined and last_day and last_day < joined:
            # A leaver nobody hears of is worse than one too many: the last day is what is kept.
            what = f"the last day, {last_day}, is before the first, {joined}"
            self.run.report(entry, "last_day", "date", what, "the last day, and no first day")
            days["joined"] = None
        if person.last_day and person.last_day < self.run.as_of.date() and "last_day" not in days:
            what = f"{clean(person.name)} left on {person.last_day}, by the registry"
            self.run.report(entry, "last_day", "ended_here", what, "still gone")
        return values | days

    def _own_mail(self, person: Person, address: str, entry: Entry) -> str:
        holder = self.directory.person_with("mail", address)
        if holder is not None and holder.id != person.id:
            what = f"{address} is the address of {clean(holder.name)} already"
            self.run.report(entry, "mail", "contradiction", what, "no address")
            return person.mail
        return address or person.mail

    def _assign(self, person: Id, entry: Entry) -> None:
        """Give the person the role that the row names, unless they hold it."""
        role = self.directory.named_role(entry.get("role"), "")
        self.run.tally.read["assignment"] += 1
        held = self.run.registry.assignments_of.get(person, ())
        if any(each.role == role.id and each.until is None for each in held):
            self.run.tally.count("assignment", "unchanged")
            return
        assignment_id = derived_id("import", self.run.source, person, role.id)
        if self.run.find(assignment_id) is not None:  # it ended here, and the source is behind
            self.run.tally.count("assignment", "unchanged")
            return
        since = max(entry.moments.get("joined", self.run.as_of), self.run.as_of)
        given = Assignment(id=assignment_id, person=person, role=role.id, since=since)
        self.run.tally.count("assignment", self.run.put(given))
