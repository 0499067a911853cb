"""What to do about a finding: a command to paste, with its records named as a shell takes them."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from vault.domain.account import Account
from vault.domain.cases import Case
from vault.domain.credential import Credential
from vault.domain.grant import Grant
from vault.domain.ids import Id
from vault.domain.naming import folded
from vault.domain.person import Person
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Assignment, Role
from vault.domain.seat import Seat
from vault.domain.text import is_clean

Severity = Literal["high", "medium", "low"]
Options = tuple[tuple[str, Record | str], ...]
"""Options of a command with their values; a text is a word for what nobody knows, such as WHO."""

_MOVE = "move it on the platform, then record it: safehands account edit {it} {options}"
_ASSIGN = "safehands role assign {it} PERSON"
_DEPARTURE = "plan the departure: safehands offboard plan {it}"
_ANOTHER = "change it: safehands rotate start {it} {options}"

KINDS: Final[Mapping[str, tuple[Severity, str]]] = {
    "personal_login_address": ("high", _MOVE),
    "fixed_login_address": (
        "high",
        "give it to the role, or make another account: safehands mailbox edit {options}",
    ),
    "personal_recovery_address": ("high", _MOVE),
    "personal_recovery_phone": ("high", _MOVE),
    "personal_number": (
        "high",
        "have its contract moved to the company: safehands phone edit {options} --contract ''",
    ),
    "personal_sign_in": (
        "high",
        "give it its own log-in, then record it: safehands account edit {it} --signs-in-with ''",
    ),
    "personal_account": (
        "medium",
        "let nothing hang on it, then take it off the list: safehands account end {it}",
    ),
    "address_gone": ("high", f"while somebody is logged in, {_MOVE}"),
    "phone_gone": ("high", f"while somebody is logged in, {_MOVE}"),
    "group_cannot_own": ("high", f"use a licensed mailbox of the role: {_MOVE}"),
    "no_owner_role": ("medium", "give it one: safehands account edit {it} --role ROLE"),
    "no_login_address": (
        "medium",
        "record it: safehands account edit {it} --login-mailbox ADDRESS",
    ),
    "factor_of_one_person": (
        "medium",
        "enrol it for the role as well, then record it: safehands factor edit {options}",
    ),
    "factor_of_unknown": ("medium", "say who has it: safehands factor edit {options}"),
    "factor_gone": (
        "high",
        "have the codes sent elsewhere, then record it: safehands factor edit {options}",
    ),
    "seed_of_no_factor": (
        "medium",
        "say that the account asks for it: safehands factor {options} --seed vault",
    ),
    "one_full_seat": (
        "high",
        "give somebody else full rights, then record it: safehands seat add {it} PERSON",
    ),
    "double_handle": (
        "medium",
        "look whose it is, then record the other's: safehands account edit {it} --handle NAME",
    ),
    "dead_platform": ("low", "retire all such: safehands deactivate start --dead"),
    "nobody_gets_in": ("high", "see what is recorded, and what is not: safehands account who {it}"),
    "role_without_holder": ("high", f"give it to somebody: {_ASSIGN}"),
    "role_below_minimum": ("medium", f"give it to one more: {_ASSIGN}"),
    "role_of_leavers": ("medium", f"give it to somebody who stays: {_ASSIGN}"),
    "departure_called_off": (
        "medium",
        "end it, what was done stays done: safehands case close {it} --called-off --reason TEXT",
    ),
    "departure_moved": ("high", "plan it again: safehands case replan {it}"),
    "successor_leaves": ("medium", "name another: safehands case replan {it} {options}"),
    "mailbox_unread": ("high", "add a reader: safehands mailbox edit {it} --reader WHO"),
    "mailbox_unproven": ("low", "prove it: safehands mailbox prove {it}"),
    "knowledge_debt": ("high", _DEPARTURE),
    "seat_of_former": ("high", _DEPARTURE),
    "ties_of_former": ("high", _DEPARTURE),
    "breached_password": ("high", _ANOTHER),
    "weak_password": ("medium", _ANOTHER),
    "few_recovery_codes": (
        "medium",
        "make new ones on the platform, then: safehands credential set {it} --what recovery_codes",
    ),
}
"""How bad each kind of finding is at worst, and what mends it: `{it}` is what it is about."""


class Seen(NamedTuple):
    """What a check saw about a record: its code in KINDS, and what the command to mend it names.

    `severity` and `to_do` say how bad it is, and what mends it, where that is not as usual.
    """

    code: str
    about: Record
    what: str
    options: Options = ()
    severity: Severity | None = None
    to_do: str = ""


class Names:
    """What the records of a registry are called in a command."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._called: dict[type[Record], Counter[str]] = {}

    def to_do(self, code: str, about: Record, options: Options) -> str:
        """Return what mends a finding of this kind about a record."""
        shown = (f"{option} {self._value(option, value)}".lstrip() for option, value in options)
        _, words = KINDS[code]
        return words.format(it=self.typed(about), options=" ".join(shown)).rstrip()

    def typed(self, record: Record, prefix: str = "") -> str:
        """Return how to type a record: its name where that is its alone, else its short id.

        A name is data: it is quoted, and one that hides something or reads as an option is not
        typed at all.
        """
        name = self._registry.name_of(record.id)
        is_own = self._bearers(type(record))[folded(name)] == 1 and name not in self._registry
        has_name = not isinstance(record, Account) or record.handle or record.platform_id
        if not (is_own and has_name and is_clean(name)) or name.startswith("-"):
            name = record.id[:8]
        return _quoted(prefix + name)

    def of(self, record_id: Id, prefix: str = "") -> str:
        """Return how to type the record of an id, as `typed` does; without one, the short id."""
        record = self._registry.find(record_id)
        return self.typed(record, prefix) if record else _quoted(prefix + record_id[:8])

    def arguments(self, record: Record) -> str:
        """Return the arguments by which a command takes a record: what ties two takes both."""
        match record:
            case Assignment():
                return f"{self.of(record.role)} {self.of(record.person)}"
            case Seat():
                return f"{self.of(record.account)} {self.holder(record)}"
            case Case() | Grant():  # which have no names to count
                return record.id[:8]
        return self.typed(record)

    def holder(self, seat: Seat) -> str:
        """Return how to type who holds a seat: a person, or a role account as one."""
        return self.of(seat.person) if seat.person else self.of(seat.role_account, "account:")

    def storing(self, credential: Credential) -> str:
        """Return the command that stores a new version of a secret; options may follow it."""
        return f"safehands credential set {self.of(credential.account)}{which_secret(credential)}"

    def _value(self, option: str, value: Record | str) -> str:
        if isinstance(value, str):
            return value
        is_either = option == "--holder" and isinstance(value, Person | Role)
        return self.typed(value, f"{type(value).__name__.lower()}:" if is_either else "")

    def _bearers(self, kind: type[Record]) -> Counter[str]:
        if kind not in self._called:
            records = self._registry.all(kind)
            self._called[kind] = Counter(folded(self._registry.name_of(r.id)) for r in records)
        return self._called[kind]


def which_secret(credential: Credential) -> str:
    """Return the options that tell a secret from the others of its account, each after a blank.

    LABEL stands for a label that hides something: it cannot be typed as it is read.
    """
    what = "" if credential.what == "password" else f" --what {credential.what}"
    label = _quoted(credential.label) if is_clean(credential.label) else "LABEL"
    return f"{what} --label {label}" if credential.label else what


def _quoted(text: str) -> str:
    """Return a text as one word of a shell; an apostrophe in it stays one where that is safe."""
    if "'" in text and not set(text) & set('"$`\\!'):
        return f'"{text}"'
    return shlex.quote(text)
