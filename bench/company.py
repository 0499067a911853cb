"""A company of any size, the same each time: what both programs are given to hold.

Accounts have one role each and the role's mailbox as their log-in address; one in four has a holder
by name. Nobody stores a password: what is compared is the registry, and CSV files carry none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

ACCOUNTS_A_PERSON = 50
ACCOUNTS_A_ROLE = 20
HOLDERS_A_ROLE = 2
ONE_HOLDER_IN = 4

LEAVER = "Robin Vertrek"
LEAVER_ID = "P0"
LEAVER_OWN_ACCOUNTS = 12
"""Accounts that the leaver holds by name, beside the twenty of the role."""

DOMAIN = "bench.example"
LAST_DAY = "2099-12-31"
"""Far off, so that the same plan is made whenever it is measured."""

_PLATFORMS = (
    *("x", "instagram", "facebook", "linkedin", "tiktok", "youtube", "pinterest", "x"),
    *("instagram", "facebook", "linkedin", "github", "reddit", "x", "instagram", "facebook"),
)
_WORDS = ("aster", "birch", "cedar", "daisy", "elder", "fern", "gorse", "hazel", "iris", "juniper")
_PURPOSES = ("campaigns and offers", "answers to customers", "vacancies", "news of the house")
_COUNTRIES = ("NL", "BE", "DE", "FR", "GB")
_LANGUAGES = ("nl", "nl", "de", "fr", "en")


class AccountRow(NamedTuple):
    """An account; `holder` is a person's id, or ""."""

    platform: str
    handle: str
    display_name: str
    role: str
    login_mailbox: str
    holder: str
    purpose: str
    country: str
    language: str
    since: str
    note: str


class PersonRow(NamedTuple):
    """A person, and the role they hold first."""

    external_id: str
    name: str
    mail: str
    role: str


class RoleRow(NamedTuple):
    """A role."""

    external_id: str
    name: str
    purpose: str


class MailboxRow(NamedTuple):
    """A mailbox that a role owns."""

    address: str
    owner_role: str


@dataclass(frozen=True)
class Company:
    """A company with `size` accounts."""

    size: int

    @property
    def people_count(self) -> int:
        """How many people there are: the leaver, who is the first, and at least a successor."""
        return max(3, self.size // ACCOUNTS_A_PERSON)

    @property
    def role_count(self) -> int:
        """How many roles there are."""
        return max(2, self.size // ACCOUNTS_A_ROLE)

    def accounts(self) -> Iterator[AccountRow]:
        """Yield the accounts, in the order of their numbers."""
        for number in range(self.size):
            word = _WORDS[number % len(_WORDS)]
            role = number % self.role_count
            yield AccountRow(
                platform=_PLATFORMS[number % len(_PLATFORMS)],
                handle=handle(number),
                display_name=f"{word.capitalize()} {number}",
                role=_role(role),
                login_mailbox=_mailbox(role),
                holder=self._holder(number),
                purpose=_PURPOSES[number % len(_PURPOSES)],
                country=_COUNTRIES[number % len(_COUNTRIES)],
                language=_LANGUAGES[number % len(_LANGUAGES)],
                since=f"{2012 + number % 12}-{1 + number % 12:02}-{1 + number % 28:02}",
                note=f"Taken over from the {word} team; ask {_mailbox(role)} before posting.",
            )

    def people(self) -> Iterator[PersonRow]:
        """Yield the people; the first is the leaver."""
        for number in range(self.people_count):
            name = LEAVER if number == 0 else person_name(number)
            yield PersonRow(
                f"P{number}", name, f"p{number}@{DOMAIN}", _role(number % self.role_count)
            )

    def roles(self) -> Iterator[RoleRow]:
        """Yield the roles."""
        for number in range(self.role_count):
            yield RoleRow(f"R{number}", _role(number), _PURPOSES[number % len(_PURPOSES)])

    def mailboxes(self) -> Iterator[MailboxRow]:
        """Yield the mailboxes: one a role."""
        for number in range(self.role_count):
            yield MailboxRow(_mailbox(number), _role(number))

    def assignments(self) -> Iterator[tuple[str, str]]:
        """Yield the ids of person and role for the holders that the people's rows leave out."""
        for role in range(self.role_count):
            given = {p for p in (role,) if p < self.people_count}
            others = (1 + (role * 7 + turn) % (self.people_count - 1) for turn in range(3))
            for person in others:
                if len(given) < HOLDERS_A_ROLE and person not in given:
                    given.add(person)
                    yield f"P{person}", f"R{role}"

    def _holder(self, number: int) -> str:
        if number < LEAVER_OWN_ACCOUNTS:
            return LEAVER_ID
        if number % ONE_HOLDER_IN:
            return ""
        return f"P{1 + number // ONE_HOLDER_IN % (self.people_count - 1)}"


def handle(number: int) -> str:
    """Return the handle of an account by its number."""
    return f"{_WORDS[number % len(_WORDS)]}{number:05}"


def account_name(number: int) -> str:
    """Return what a person types for an account: platform and handle."""
    return f"{_PLATFORMS[number % len(_PLATFORMS)]}/@{handle(number)}"


def person_name(number: int) -> str:
    """Return the name of a person by their number."""
    return f"{_WORDS[number % len(_WORDS)].capitalize()} Person{number}"


def _role(number: int) -> str:
    return f"Desk {number}"


def _mailbox(number: int) -> str:
    return f"desk{number}@{DOMAIN}"
