"""A program of its own: write what no CSV file carries into a vault with the company in it.

    python -m bench.ties SIZE VAULT PASSPHRASE-FILE STATE-FOLDER

A second holder for each role, and everything that the leaver's accounts hang on: a personal mailbox
and phone, factors, a sign-in account, a container, a tool, a token. Seats and passwords came with
the import.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

import msgspec

from bench.company import LEAVER_ID, Company, account_name
from bench.opening import opened
from vault.domain.account import Account
from vault.domain.changes import Changes, changes
from vault.domain.credential import Credential, Exposure, Version
from vault.domain.factor import Factor
from vault.domain.grant import Grant
from vault.domain.ids import Id, derived_id
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Assignment, Role
from vault.domain.seat import Seat
from vault.domain.spell import Spell

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
_DEVICE_METHODS = ("totp", "security_key", "passkey", "recovery_codes")


def further_records(registry: Registry, company: Company) -> Changes:
    """Return the assignments and the leaver's ties, as changes to the imported registry."""
    people = {person.external_id: person.id for person in registry.all(Person)}
    roles = {role.external_id: role.id for role in registry.all(Role)}
    assignments = [
        Assignment(id=_id("holds", p, r), person=people[p], role=roles[r], since=SINCE)
        for p, r in company.assignments()
    ]
    labels = {account.label: account for account in registry.all(Account)}
    own = [labels[account_name(number)] for number in range(12)]
    return changes(*assignments, *_Ties(people[LEAVER_ID], roles["R0"], own).records())


class _Ties:
    """The leaver's ties of every kind, to accounts they hold."""

    def __init__(self, leaver: Id, role: Id, own: list[Account]) -> None:
        self.leaver = leaver
        self.role = role
        self.own = own
        self.held = (Spell(leaver, SINCE),)

    def records(self) -> list[Record]:
        """Return the new records, and the accounts as they are with them."""
        gmail = Mailbox(
            id=_id("mailbox"), address="robin@mail.example", type="personal", owner=self.leaver
        )
        phone = Phone(
            id=_id("phone"), number="+31612345678", contract=self.leaver, carriers=self.held
        )
        return [gmail, phone, *self._token(), *self._factors(phone), *self._linked(gmail, phone)]

    def _factors(self, phone: Phone) -> list[Record]:
        sms = Factor(
            id=_id("sms"), account=self.own[4].id, method="sms", phone=phone.id, since=SINCE
        )
        on_devices = [
            Factor(
                id=_id(method),
                account=self.own[5 + number].id,
                method=method,  # type: ignore[arg-type]  # the tuple above holds known ones
                holders=self.held,
                seed="device",
                since=SINCE,
            )
            for number, method in enumerate(_DEVICE_METHODS)
        ]
        return [sms, *on_devices]

    def _token(self) -> list[Record]:
        token = Credential(
            id=_id("token"),
            account=self.own[9].id,
            what="api_token",
            versions=(Version(number=1, made_at=SINCE, current_from=SINCE),),
        )
        known = Exposure(
            id=_id("exposure"),
            credential=token.id,
            version=1,
            person=self.leaver,
            how="entered",
            at=SINCE,
        )
        return [token, known]

    def _seat(self, account: Id) -> Seat:
        return Seat(
            id=_id("seat", account),
            account=account,
            level="owner",
            person=self.leaver,
            since=SINCE,
            confirmed_on=SINCE,
        )

    def _linked(self, gmail: Mailbox, phone: Phone) -> list[Record]:
        """Accounts of the role that others of the role sign in with, lie in, or are posted by."""
        mail, number = (Spell(gmail.id, SINCE),), (Spell(phone.id, SINCE),)
        owned = (Spell(self.role, SINCE),)
        sign_in, container, tool = (
            Account(
                id=_id("account", platform),
                platform=platform,
                handles=(Spell("bench", SINCE),),
                owner_roles=owned,
                since=SINCE,
            )
            for platform in ("google_account", "facebook", "hootsuite")
        )
        changed: list[tuple[Account, dict[str, Any]]] = [
            (self.own[0], {"login_mailboxes": mail}),
            (self.own[1], {"recovery_mailboxes": mail, "recovery_phones": number}),
            (self.own[2], {"containers": (Spell(container.id, SINCE),)}),
            (self.own[10], {"sign_in_accounts": (Spell(sign_in.id, SINCE),)}),
            (sign_in, {"login_mailboxes": mail}),
            (container, {}),
            (tool, {}),
        ]
        grant = Grant(
            id=_id("grant"),
            tool=tool.id,
            account=self.own[11].id,
            granted_by=self.leaver,
            since=SINCE,
        )
        accounts = [msgspec.structs.replace(account, **values) for account, values in changed]
        return [*accounts, grant, self._seat(container.id), self._seat(tool.id)]


def _id(*parts: str) -> Id:
    return derived_id("bench", *parts)


def main(size: int, vault: str, passphrase_file: str, state_folder: str) -> None:
    """Write the records in one entry."""
    with opened(vault, passphrase_file, state_folder) as session:
        session.write("bench.ties", lambda registry, _now: further_records(registry, Company(size)))


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:5])
