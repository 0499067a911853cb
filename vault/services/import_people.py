"""Importing people: known by their external id, else by their mail, else by their name."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from typing import Final

import msgspec

from vault.domain.ids import Id
from vault.domain.naming import folded
from vault.domain.person import Person
from vault.domain.role import Assignment, Role
from vault.domain.text import clean
from vault.exchange.cleaning import parts
from vault.exchange.entries import Entry
from vault.services.import_addresses import Claim, not_theirs
from vault.services.import_days import dated, leaving_row
from vault.services.import_records import RecordImport
from vault.services.import_run import ImportRun
from vault.services.import_ties import is_ours, role_id
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
        self._settled = 0  # claims, of which there are never fewer
        self._denied: Mapping[tuple[Id, str], Id] = {}

    def bring(self, entries: Sequence[Entry]) -> None:
        """Stage the people of all rows and count them."""
        self._rows_named = Counter(folded(entry.get("name")) for entry in entries)
        self._mails = {folded(entry.get("mail")) for entry in entries}
        super().bring(entries)

    def in_order(self, entries: Sequence[Entry]) -> Iterator[Entry]:
        """Yield the rows that mean somebody for certain first, so that what they free is free.

        Whom an address means is seen when it has come to whoever it is.
        """
        keyed = [entry for entry in entries if entry.get("external_id")]
        bare = [entry for entry in entries if not entry.get("external_id")]
        certain, keyed = self._parted(keyed)
        yield from certain
        meant, keyed = self._parted(keyed, "mail")
        yield from meant
        known, bare = self._parted(bare, "mail", "name")
        yield from (*known, *keyed)
        if bare:
            self._settle()
        yield from bare

    def _parted(self, entries: Sequence[Entry], *by: str) -> tuple[list[Entry], list[Entry]]:
        """The rows that mean somebody by their external id or these fields, and those that do not.

        Rows of one key stay together.
        """
        if entries:
            self._settle()
        means: dict[str, bool] = {}
        parted: tuple[list[Entry], list[Entry]] = ([], [])
        for entry in entries:
            key, fields = entry.get("external_id"), (entry.get(f) if f in by else "" for f in _BY)
            row = folded(key) or f"{entry.file} {entry.row}"
            if row not in means:
                means[row] = self._known(key, *fields) is not None
            parted[not means[row]].append(entry)
        return parted

    def record(self, entry: Entry) -> Person | None:
        """Return the person a row means, or None where it means nobody new, with a problem."""
        external_id, address = entry.get("external_id"), entry.get("mail")
        name = self.name(entry, external_id, address)
        if not name:
            return None
        known = self._known(external_id, address, name)
        skipped = self._skipped(entry, known) if self._unsettled else None
        if skipped is not None:
            self._report_row([skipped], entry)
            self._leave(entry, skipped)
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
                self._leave(entry, entry)
                return None
        person = known or new
        values = {field: entry.get(field) for field in _TAKEN if entry.get(field)}
        person = self._with_values(person, values, entry)
        claimed = self.directory.own(person, {"mail": address}).get("mail", "")
        others = parts(entry.get("other_mails"))
        if others and not claimed:  # one that gave way to another address stays theirs
            kept = (m for m in person.other_mails if folded(m) == folded(address))
            others += tuple(m for m in kept if m not in others)
        if others and not external_id:
            others = self._added(person, others, entry)
        claim = Claim(person, claimed, others)
        self._rows[person.id], self._claims[person.id] = [entry], claim
        taken = filter(partial(self.directory.is_taken, person), claim.addresses())
        self.directory.file_person(claim.without([(person.id, folded(m)) for m in taken]))
        if entry.get("role"):
            self._assign(person, entry)
        return person

    def _skipped(self, entry: Entry, known: Person | None) -> Entry | None:
        """The row with which this one is skipped: of its external id, or new and of its address."""
        if entry.get("external_id"):
            return self._unsettled.get(f"external_id:{folded(entry.get('external_id'))}")
        return None if known else self._unsettled.get(f"mail:{folded(entry.get('mail'))}")

    def _leave(self, entry: Entry, skipped: Entry) -> None:
        """Note that a row is skipped, as are those by its external id, or new by its address."""
        for field in ("external_id", "mail"):
            if entry.get(field):
                self._unsettled.setdefault(f"{field}:{folded(entry.get(field))}", skipped)

    def _added(self, person: Person, others: Iterable[str], entry: Entry) -> tuple[str, ...]:
        """Other addresses with those of a row that is known by an address, and so takes none away.

        Whom an address means must not hang on what such rows say of it beside: one that another row
        has as its mail is left to that.
        """
        new = [m for m in others if m not in person.other_mails and m != entry.get("mail")]
        for address in new:
            if folded(address) in self._mails:
                what = f"{address} is the mail of another row"
                self.run.report(entry, "other_mails", "contradiction", what, "no address")
        return (*person.other_mails, *(m for m in new if folded(m) not in self._mails))

    def _with_values(self, person: Person, values: dict[str, str], entry: Entry) -> Person:
        """The person with what a row says, but for a name that was edited here since it said so."""
        own, name = self.directory.own(person, values), values.get("name", "")
        if not person.listed_as:
            return msgspec.structs.replace(person, **own)
        if name and folded(name) == folded(person.listed_as):
            what = f"the list says {clean(name)}, the vault says {clean(person.name)}"
            what += ", as somebody edited it"
            self.run.report(entry, "name", "edited_here", what, clean(person.name))
        elif folded(own.get("name", person.name)) != folded(person.name):
            own["listed_as"] = ""
        return msgspec.structs.replace(person, **own)

    def settled(self, made: Sequence[Person]) -> Iterator[Person]:
        """Yield the people with the addresses and the days that all rows together give them."""
        denied = self._settle()
        for (claimant, address), whose in denied.items():
            self._report_address(self._claims[claimant], address, whose)
        for person in made:
            rows = self._rows[person.id]
            for further in rows[1:]:
                self._report_row(rows, further)
                role = self.directory.role_with(further.get("role"), "")
                if role is not None:
                    self.directory.named.add(role.id)
                    self._holds(person, role)
            yield dated(self.run, self._claims[person.id].without(denied), rows)

    def _settle(self) -> Mapping[tuple[Id, str], Id]:
        """Let people be found by the addresses that are theirs by the rows until now."""
        if len(self._claims) > self._settled:
            self._settled = len(self._claims)
            self._denied = not_theirs(self._claims, self.directory.having)
            for claim in self._claims.values():
                self.directory.file_person(claim.without(self._denied))
        return self._denied

    def finish(self, entries: Sequence[Entry]) -> None:
        """Tie people to their managers once all are in, and report names that two have."""
        self._report_namesakes()
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

    def _report_namesakes(self) -> None:
        """Report who was added beside somebody of their name, told apart by addresses alone.

        Where a company changes its domain, everybody's address is another one.
        """
        for person_id, entry in self.seen.items():
            person = self.run.find(person_id)
            if not isinstance(person, Person) or person_id in self.run.registry:
                continue
            for other in self.directory.people_named(person.name):
                if not (person.external_id and other.external_id) and not other.one_with:
                    old, new = other.id[:8], shlex.quote(clean(person.mail))
                    what = f"same name as {clean(other.name)}, {old}, with another address"
                    what += f"; if it is the same person: safehands person merge {old} {new}"
                    what += f", or before it comes in: safehands person edit {old} --mail {new}"
                    self.run.report(entry, "mail", "same_name", what, "taken as another person")

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
            if entry.get(field) not in ("", first.get(field))
        ]
        more = f", with {', '.join(differing)}" if differing else ""
        is_taken = entry is leaving_row(rows)
        of_it = "the last day of this one" if is_taken else "this one skipped"
        self.report_second(first, entry, more, of_it)

    def _assign(self, person: Person, entry: Entry) -> None:
        """Give the person the role that the row names, unless they hold it."""
        role = self.directory.named_role(entry.get("role"), "")
        self.run.tally.read["assignment"] += 1
        if self._holds(person, role):
            self.run.tally.count("assignment", "unchanged")
            return
        given = list(self._given(person, role))
        if given and not self._is_back(given[-1], entry):
            self._report_ended(person, role, given[-1], entry)
            return
        since = max(entry.moments.get("joined", self.run.as_of), self.run.as_of)
        new = role_id(self.run, person.id, role.id, len(given))
        made = Assignment(id=new, person=person.id, role=role.id, since=since)
        self.run.tally.count("assignment", self.run.put(made))

    def _holds(self, person: Person, role: Role) -> bool:
        """Say whether somebody holds a role, and note that a row names it."""
        theirs = self.run.registry.assignments_of.get(person.id, ())
        held = [a.id for a in theirs if a.role == role.id and not a.is_over(self.run.as_of)]
        self.run.tied.update(held)
        return bool(held)

    def _given(self, person: Person, role: Role) -> Iterator[Assignment]:
        """Yield the assignments that the source made before of somebody to a role, in order."""
        for number in count():
            given = self.run.find(role_id(self.run, person.id, role.id, number))
            if not isinstance(given, Assignment):
                return
            yield given

    def _is_back(self, last: Assignment, entry: Entry) -> bool:
        """Say whether the source gives a role anew rather than not knowing that it ended.

        It does to who began after that end, or whom it gave another role meanwhile.
        """
        joined = entry.moments.get("joined")
        if joined and last.until and joined > last.until:
            return True
        theirs = self.run.registry.assignments_of.get(last.person, ())
        return any(
            each.role != last.role and each.since > last.since and is_ours(self.run, each)
            for each in theirs
        )

    def _report_ended(self, person: Person, role: Role, last: Assignment, entry: Entry) -> None:
        """Report a role that ended here though the source still names it, but for who leaves."""
        self.run.tally.count("assignment", "unchanged")
        if last.until is None or person.last_day or entry.get("last_day"):
            return
        again = f"safehands role assign {role.id[:8]} {person.id[:8]}"
        what = f"{clean(person.name)} held {clean(role.name)} until {last.until.date()}"
        what += f", by the registry; to give it back: {again}"
        self.run.report(entry, "role", "ended_here", what, "still ended")


_BY: Final = ("mail", "name")
_TAKEN: Final = ("external_id", "name", "note")
"""Fields that are taken over as they are, under the same name."""
