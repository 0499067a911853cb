"""Importing people: known by their external id, else by their mail, else by their name."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from vault.domain.ids import Id, derived_id
from vault.domain.naming import folded
from vault.domain.person import Person
from vault.domain.role import Assignment
from vault.domain.text import clean
from vault.exchange.cleaning import parts
from vault.exchange.entries import Entry
from vault.services.import_addresses import Claim, not_theirs
from vault.services.import_days import dated, leaving_row
from vault.services.import_records import RecordImport
from vault.services.import_run import ImportRun
from vault.services.matching import MOST_CANDIDATES, Directory
from vault.services.people import told_apart


class PeopleImport(RecordImport[Person]):
    """Brings the rows of a mapping for people into a run."""

    kind = "person"

    def __init__(self, run: ImportRun, directory: Directory) -> None:
        super().__init__(run, directory)
        self._rows: dict[Id, list[Entry]] = {}
        self._claims: dict[Id, Claim] = {}
        self._unsettled: dict[str, Entry] = {}
        self._places: dict[str, int] = {}
        self._are_settled = False
        self._denied: Mapping[tuple[Id, str], Id] = {}

    def bring(self, entries: Sequence[Entry]) -> None:
        """Stage the people of all rows and count them."""
        self._rows_named = Counter(folded(entry.get("name")) for entry in entries)
        super().bring(sorted(entries, key=self._uncertainty))

    def record(self, entry: Entry) -> Person | None:
        """Return the person a row means, or None where it means nobody new, with a problem."""
        external_id, address = entry.get("external_id"), entry.get("mail")
        name = self.name(entry, external_id, address)
        if not name:
            return None
        if not external_id:
            self._settle()  # whom an address means is seen when it has come to whoever it is
        known = self._known(external_id, address, name)
        skipped = self._unsettled.get(folded(external_id)) if external_id else None
        if skipped is not None:
            self._report_row([skipped], entry)
            return None
        if known is not None and known.id in self._rows:
            self._rows[known.id].append(entry)
            return None
        new = Person(id=self.run.fresh_id(), name=name, source=self.run.source)
        if known is None:
            row = msgspec.structs.replace(new, external_id=external_id, mail=address)
            alike = [p for p in self.directory.people_named(name) if not told_apart(p, row)]
            known = self._without_keys(name)
            if alike and known is None:
                self._report_alike(entry, row, alike)
                self._unsettled.setdefault(folded(external_id), entry)
                return None
        person = known or new
        values = {field: entry.get(field) for field in _TAKEN if entry.get(field)}
        person = msgspec.structs.replace(person, **self.directory.own(person, values))
        claimed = self.directory.own(person, {"mail": address}).get("mail", "")
        claim = Claim(person, claimed, parts(entry.get("other_mails")))
        self._rows[person.id], self._claims[person.id] = [entry], claim
        self.directory.file_person(claim.without(()))
        if entry.get("role"):
            self._assign(person.id, entry)
        return person

    def settled(self, made: Sequence[Person]) -> Iterator[Person]:
        """Yield the people with the addresses and the days that all rows together give them."""
        self._are_settled = False
        denied = self._settle()
        for (claimant, address), whose in denied.items():
            self._report_address(self._claims[claimant], address, whose)
        for person in made:
            rows = self._rows[person.id]
            for further in rows[1:]:
                self._report_row(rows, further)
            yield dated(self.run, self._claims[person.id].without(denied), rows)

    def _settle(self) -> Mapping[tuple[Id, str], Id]:
        """Let people be found by the addresses that are theirs by the rows until now."""
        if not self._are_settled:
            self._are_settled = True
            self._denied = not_theirs(self._claims, self.directory.having)
            for claim in self._claims.values():
                self.directory.file_person(claim.without(self._denied))
        return self._denied

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
            if manager and manager.id == person.id:
                what = f"{clean(person.name)} cannot be their own manager"
                self.run.report(entry, "manager", "contradiction", what, "nobody")
            elif manager:
                self.stage(msgspec.structs.replace(person, manager=manager.id), entry)

    def _uncertainty(self, entry: Entry) -> int:
        """How late a row is told who it means: those who are known for certain come first."""
        external_id = entry.get("external_id")
        if not external_id:
            return 3
        key = folded(external_id)
        if key not in self._places:  # rows of one key stay in their order
            certain = self.directory.person_with("external_id", external_id) is not None
            meant = certain or self._known(external_id, entry.get("mail"), "") is not None
            self._places[key] = 0 if certain else 1 if meant else 2
        return self._places[key]

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

    def _report_address(self, claim: Claim, address: str, whose: Id) -> None:
        """Report an address that a row gives somebody though it is somebody else's."""
        entry = self._rows[claim.before.id][0]
        field = "mail" if folded(claim.mail) == address else "other_mails"
        owner = self._claims[whose].before if whose in self._claims else self.run.find(whose)
        name = clean(owner.name) if isinstance(owner, Person) else whose[:8]
        taken = claim.before.mail if field == "mail" else ""
        what = f"{address} is the address of {name} already"
        self.run.report(entry, field, "contradiction", what, taken or "no address")

    def _report_row(self, rows: Sequence[Entry], entry: Entry) -> None:
        """Report a further row of one person, with what it says otherwise."""
        first = rows[0]
        differing = [
            f"{field} {clean(entry.get(field))!r} instead of {clean(first.get(field))!r}"
            for field in (*_TAKEN, "mail", "role", "manager", "joined", "last_day")
            if entry.get(field) != first.get(field)
        ]
        more = f", with {', '.join(differing)}" if differing else ""
        is_taken = entry is leaving_row(rows)
        of_it = "the last day of this one" if is_taken else "this one skipped"
        self.report_second(first, entry, more, of_it)

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


_TAKEN: Final = ("external_id", "name", "note")
"""Fields that are taken over as they are, under the same name."""
