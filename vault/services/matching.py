"""Finding the record that a source means among those of the registry, and making it if need be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Final

from vault.domain.freemail import is_freemail
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox, MailboxKind
from vault.domain.naming import folded
from vault.domain.person import Person
from vault.domain.record import Record
from vault.domain.role import Role
from vault.domain.text import clean
from vault.errors import AmbiguousError, NotFoundError
from vault.exchange.entries import Entry
from vault.services.import_report import Kind
from vault.services.import_run import ImportRun

MOST_CANDIDATES: Final = 5


class Directory:
    """People, roles and mailboxes by what a source calls them, those of this import included.

    `named` are the ids of roles and mailboxes that rows about something else name.
    """

    def __init__(self, run: ImportRun) -> None:
        self._run = run
        self._filed: dict[Id, Person] = {}
        self.named: set[Id] = set()

    # -- people ----------------------------------------------------------------------------------

    @cached_property
    def _people(self) -> dict[str, dict[str, Person]]:
        """People by external id, by mail and by name, each text giving those it fits by id."""
        index: defaultdict[str, dict[str, Person]] = defaultdict(dict)
        for person in self._run.registry.all(Person):
            if not person.one_with:
                _file(index, person, self._others[person.id])
        return index

    @cached_property
    def _others(self) -> defaultdict[Id, set[str]]:
        """What else people go by: what others did, who turned out to be one with them."""
        keys: defaultdict[Id, set[str]] = defaultdict(set)
        for person in self._run.registry.all(Person):
            if person.one_with:
                keys[person.one_with].update(_keys(person))
        return keys

    def file_person(self, person: Person) -> None:
        """Let a new or changed person be found, and no more by what they went by before."""
        before = self._filed.get(person.id) or self._run.registry.find(person.id)
        if isinstance(before, Person):
            for key in _keys(before):
                self._people.get(key, {}).pop(person.id, None)
        self._filed[person.id] = person
        _file(self._people, person, self._others[person.id])

    def having(self, address: str) -> Mapping[Id, Id]:
        """Return the records of people that have a mail address, and for whom each stands."""
        return self._having.get(folded(address), {})

    @cached_property
    def _having(self) -> dict[str, dict[Id, Id]]:
        having: defaultdict[str, dict[Id, Id]] = defaultdict(dict)
        for person in self._run.registry.all(Person):
            for mail in filter(None, (person.mail, *person.other_mails)):
                having[folded(mail)][person.id] = person.one_with or person.id
        return having

    def own(self, person: Person, values: dict[str, Any]) -> dict[str, Any]:
        """Return the values for a person but those that are what else they go by."""
        others = {*self._others[person.id], *(f"mail:{folded(m)}" for m in person.other_mails)}
        if person.listed_as:
            others.add(f"name:{folded(person.listed_as)}")
        if not others:
            return values
        return {
            name: value
            for name, value in values.items()
            if not (isinstance(value, str) and f"{name}:{folded(value)}" in others)
        }

    def person_with(self, key: str, text: str) -> Person | None:
        """Return the one person whose external_id, mail or name (`key`) is `text`, or None."""
        found = self._people.get(f"{key}:{folded(text)}", {}) if text else {}
        current = {each.id: each for each in found.values()}
        return next(iter(current.values())) if len(current) == 1 else None

    def is_taken(self, person: Person, address: str) -> bool:
        """Say whether anybody but a person goes by a mail address."""
        return not self._people.get(f"mail:{folded(address)}", {}).keys() <= {person.id}

    def people_named(self, name: str) -> list[Person]:
        """Return the people of a name who were in the registry before this import."""
        named = self._people.get(f"name:{folded(name)}", {})
        return [person for known, person in named.items() if known in self._run.registry]

    def person(self, text: str) -> Person:
        """Return the person a source means by an external id, a mail address or a name.

        Raises NotFoundError or AmbiguousError.
        """
        for key in ("external_id", "mail", "name"):
            found = self._people.get(f"{key}:{folded(text)}", {})
            if len(found) == 1:
                return next(iter(found.values()))
            if found:
                names = tuple(f"{p.name} {p.mail}".strip() for p in found.values())
                message = f"{text!r} could be {len(found)} people"
                raise AmbiguousError(message, names[:MOST_CANDIDATES])
        message = f"nobody goes by {text!r}"
        raise NotFoundError(message, "import the people first")

    # -- roles -----------------------------------------------------------------------------------

    @cached_property
    def _roles(self) -> dict[str, Role]:
        index: dict[str, Role] = {}
        # An ended role gives way to one that is in use under the same name.
        for role in sorted(self._run.registry.all(Role), key=lambda role: role.until is None):
            self._file_role(index, role)
        return index

    @staticmethod
    def _file_role(index: dict[str, Role], role: Role) -> None:
        index[f"name:{folded(role.name)}"] = role
        if role.external_id:
            index[f"external_id:{role.external_id}"] = role

    def file_role(self, role: Role) -> None:
        """Let a new or changed role be found."""
        self._file_role(self._roles, role)

    def role_with(self, name: str, external_id: str) -> Role | None:
        """Return the role with that external id or, where neither has another one, that name."""
        if external_id:
            found = self._roles.get(f"external_id:{external_id}")
            if found is not None:
                return found
        named = self._roles.get(f"name:{folded(name)}") if name else None
        if named is not None and external_id and named.external_id:
            return None
        return named

    def free_name(self, name: str, role: Role | None, external_id: str) -> str:
        """Return the name, told apart by the external id where another role in use has it."""
        named = self._roles.get(f"name:{folded(name)}")
        if named is None or named.until is not None or (role and named.id == role.id):
            return name
        return f"{name} ({external_id})"

    # -- mailboxes -------------------------------------------------------------------------------

    @cached_property
    def _mailboxes(self) -> dict[str, Mailbox]:
        known = sorted(self._run.registry.all(Mailbox), key=lambda mailbox: mailbox.until is None)
        return {folded(mailbox.address): mailbox for mailbox in known}

    def mailbox_at(self, address: str) -> Mailbox | None:
        """Return the mailbox with an address, or None."""
        return self._mailboxes.get(folded(address))

    def file_mailbox(self, mailbox: Mailbox) -> None:
        """Let a new or changed mailbox be found."""
        self._mailboxes[folded(mailbox.address)] = mailbox

    def new_mailbox(self, address: str) -> Mailbox:
        """Return a mailbox nobody described: a person's where the address is known as theirs."""
        person = self.person_with("mail", address)
        kind: MailboxKind = "licensed" if person else "shared"
        if is_freemail(address):
            kind = "personal"
        return Mailbox(
            id=self._run.fresh_id(),
            address=address,
            type=kind,
            owner=person.id if person else "",
            source=self._run.source,
        )

    # -- what rows about something else name -----------------------------------------------------

    def named_role(self, name: str, external_id: str) -> Role:
        """Return the role a row names, made if it is not there; each is read and counted once."""
        found = self.role_with(name, external_id)
        if found is not None and found.id in self.named:
            return found
        if found is None:
            free = self.free_name(name or external_id, None, external_id)
            found = Role(
                id=self._run.fresh_id(),
                name=free,
                external_id=external_id,
                source=self._run.source,
            )
            self.file_role(found)
        self._count("role", found)
        return found

    def named_mailbox(self, address: str) -> Mailbox:
        """Return the mailbox of an address a row names, made if need be; counted once."""
        found = self.mailbox_at(address)
        if found is not None and found.id in self.named:
            return found
        if found is None:
            found = self.new_mailbox(address)
            self.file_mailbox(found)
        self._count("mailbox", found)
        return found

    def report_misnamed(self, entries: Iterable[Entry], field: str, instead: str = "") -> None:
        """Report names in a field that are both a role's and a person's, each where it is first.

        Lists name people in the column of the team; `instead` is the field that people belong in.
        """
        first: dict[str, Entry] = {}
        for entry in entries:
            first.setdefault(entry.get(field), entry)
        for name, entry in first.items():
            role = self._roles.get(f"name:{folded(name)}") if name else None
            if role is None or role.until or f"name:{folded(name)}" not in self._people:
                continue
            what = f"there is a role named like the person {clean(name)}"
            taken = (
                f"both; if the person is meant, map the column to {instead}" if instead else "both"
            )
            self._run.report(entry, field, "same_name", what, taken)

    def _count(self, kind: Kind, record: Record) -> None:
        self.named.add(record.id)
        self._run.tally.read[kind] += 1
        self._run.tally.count(kind, self._run.put(record))


def _file(index: dict[str, dict[str, Person]], person: Person, others: Iterable[str]) -> None:
    for key in (*_keys(person), *others):
        index.setdefault(key, {})[person.id] = person


def _keys(person: Person) -> tuple[str, ...]:
    mails = [f"mail:{folded(mail)}" for mail in (person.mail, *person.other_mails) if mail]
    external = [f"external_id:{folded(person.external_id)}"] if person.external_id else []
    names = [f"name:{folded(name)}" for name in (person.name, person.listed_as) if name]
    return (*external, *mails, *names)
