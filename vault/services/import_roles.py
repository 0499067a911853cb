"""Importing roles and mailboxes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import msgspec

from vault.domain.mailbox import Mailbox, MailboxKind
from vault.domain.role import Role
from vault.domain.text import clean
from vault.exchange.cleaning import parts
from vault.exchange.entries import Entry
from vault.services.import_records import RecordImport
from vault.services.import_run import begun_beside


class RoleImport(RecordImport[Role]):
    """Brings the rows of a mapping for roles into a run."""

    kind = "role"

    def record(self, entry: Entry) -> Role | None:
        """Return the role a row means, known by its external id, else by its name."""
        external_id = entry.get("external_id")
        name = self.name(entry, external_id)
        if not name:
            return None
        role = self.directory.role_with(name, external_id)
        if self.is_second(role, entry):
            return None
        if role is None:
            role = Role(id=self.run.fresh_id(), name="", source=self.run.source)
        free = self.directory.free_name(name, role, external_id)
        if free not in {name, role.name}:
            what = f"another role is named {clean(name)!r}"
            self.run.report(entry, "name", "same_name", what, f"named {clean(free)!r}")
        values: dict[str, Any] = {
            field: entry.get(field)
            for field in ("external_id", "purpose", "note")
            if entry.get(field)
        }
        if entry.get("min_holders"):
            values["min_holders"] = int(entry.get("min_holders"))
        if "until" in entry.moments:
            values["until"] = entry.moments["until"]
        role = msgspec.structs.replace(role, name=free, **values)
        self.directory.file_role(role)
        return role

    def finish(self, entries: Sequence[Entry]) -> None:
        """Report roles that are named like people."""
        self.directory.report_misnamed(entries, "name")


class MailboxImport(RecordImport[Mailbox]):
    """Brings the rows of a mapping for mailboxes into a run."""

    kind = "mailbox"

    def record(self, entry: Entry) -> Mailbox | None:
        """Return the mailbox a row means, known by its address."""
        address = entry.get("address")
        if not address:
            self.run.report(entry, "address", "missing", "no address is given", "skipped")
            return None
        known = self.directory.mailbox_at(address)
        if self.is_second(known, entry):
            return None
        mailbox = known or self.directory.new_mailbox(address)
        values: dict[str, Any] = {
            field: entry.moments[field] for field in ("since", "until") if field in entry.moments
        }
        if entry.get("note"):
            values["note"] = entry.get("note")
        values["type"] = self._type(mailbox, entry)
        values["owner"] = self._owner(mailbox, entry)
        readers = mailbox.readers
        for name in parts(entry.get("readers")):
            reader = self.person(entry, "readers", name)
            if reader:
                readers = begun_beside(readers, reader.id, self.run.as_of)
        mailbox = msgspec.structs.replace(mailbox, readers=readers, **values)
        self.directory.file_mailbox(mailbox)
        return mailbox

    def finish(self, entries: Sequence[Entry]) -> None:
        """Report owners that are roles named like people."""
        self.directory.report_misnamed(entries, "owner_role", "owner")

    def _type(self, mailbox: Mailbox, entry: Entry) -> MailboxKind:
        given = entry.get("type").casefold()
        for kind in get_args(MailboxKind):
            if given == kind:
                return self._not_personal(kind, entry)
        if given:
            what = f"{clean(given)!r} is none of {', '.join(get_args(MailboxKind))}"
            self.run.report(entry, "type", "value", what, mailbox.type)
        return self._not_personal(mailbox.type, entry)

    def _not_personal(self, kind: MailboxKind, entry: Entry) -> MailboxKind:
        """The kind, but shared where the mailbox would be personal and owned by a role."""
        if kind != "personal" or not entry.get("owner_role"):
            return kind
        what = f"{entry.get('address')} cannot be personal and owned by a role"
        self.run.report(entry, "owner_role", "contradiction", what, "shared")
        return "shared"

    def _owner(self, mailbox: Mailbox, entry: Entry) -> str:
        if entry.get("owner_role"):
            return self.directory.named_role(entry.get("owner_role"), "").id
        if entry.get("owner"):
            owner = self.person(entry, "owner", entry.get("owner"))
            return owner.id if owner else mailbox.owner
        return mailbox.owner
