"""What people who left could still get in with, in a few lines a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from vault.domain.account import Account
from vault.domain.cases import Case
from vault.domain.counting import few, several
from vault.domain.credential import Credential
from vault.domain.existence import was_open
from vault.domain.factor import Factor
from vault.domain.knowledge import is_of_unknown_holder
from vault.domain.mending import Names, Seen
from vault.domain.neighbourhood import touched
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.rotation import is_to_change
from vault.domain.rotation_cases import under_way
from vault.domain.ties import Tie, TieKind, account_ties, own_ties

_SECRETS: Final[frozenset[TieKind]] = frozenset(
    {"password", "totp_seed", "recovery_codes", "token"}
)
_MOST_NAMED: Final = 3  # a line's worth


def held_by_former(registry: Registry, names: Names, at: datetime) -> Iterator[Seen]:
    """Yield what who left could still get in with: a line for secrets, for seats, for all the rest.

    A secret that a case is changing is left out.
    """
    former = _Former(registry, names, at)
    for person in registry.all(Person):
        if person.status(at) == "left":
            yield from former.held_by(person)


class _Former:
    """Tells of one person after the other who left."""

    def __init__(self, registry: Registry, names: Names, at: datetime) -> None:
        self.registry = registry
        self.names = names
        self.at = at
        self.changing = under_way(registry, at)
        self.departures = {c.person: c for c in registry.all(Case) if c.person and was_open(c, at)}

    def held_by(self, person: Person) -> Iterator[Seen]:
        ties = _direct_ties(self.registry, person, self.at)
        held = [t for t in ties if t.kind not in _SECRETS or t.target not in self.changing]
        departure, to_do = self.departures.get(person.id), ""
        if departure is not None:
            to_do = f"go on with it: safehands case next {departure.id[:8]}"
        elif all(tie.kind in _SECRETS for tie in held):
            to_do = self._to_change(held)
        for code, told in _in_lines(self.registry, person.name, held):
            yield Seen(code, person, f"{person.name} has left{told}", to_do=to_do)

    def _to_change(self, secrets: Sequence[Tie]) -> str:
        """What changes secrets that are all somebody has left, "" where none of them can be.

        The rotation of a password changes what else of its account they could know as well.
        """
        left = [tie for tie in secrets if self._can_change(tie)]
        accounts = sorted({tie.account for tie in left}, key=self.registry.name_of)
        of_login = {tie.account for tie in left if tie.kind == "password"}
        if not accounts:
            return ""
        if of_login.issuperset(accounts) and len(accounts) <= _MOST_NAMED:
            return f"change them: safehands rotate start {' '.join(map(self.names.of, accounts))}"
        return "change all that are due: safehands rotate start --due"

    def _can_change(self, tie: Tie) -> bool:
        credential = self.registry.get(tie.target, Credential)
        return is_to_change(self.registry, credential, self.at)


def _in_lines(registry: Registry, name: str, held: Sequence[Tie]) -> Iterator[tuple[str, str]]:
    """Yield kinds of findings, and what is told of each behind the name of who left."""
    secrets = [tie for tie in held if tie.kind in _SECRETS]
    seats = sorted(registry.name_of(tie.account) for tie in held if tie.kind == "seat")
    rest = [tie.why[0] for tie in held if tie.kind not in {*_SECRETS, "seat"}]
    if secrets:
        yield "knowledge_debt", f" and could know {_known(registry, name, secrets)}"
    if seats:
        yield "seat_of_former", f" and still has {several(len(seats), 'seat')}: {few(seats)}"
    if rest:
        yield "ties_of_former", f", but {_listed(why.removeprefix(f'{name} ') for why in rest)}"


def _known(registry: Registry, name: str, secrets: Sequence[Tie]) -> str:
    """The passwords by their accounts, and what else there is."""
    owed = sorted({registry.name_of(tie.account) for tie in secrets if tie.kind == "password"})
    passwords = [f"{several(len(owed), 'current password')}: {few(owed)}"] if owed else []
    others = [tie.why[0] for tie in secrets if tie.kind != "password"]
    return _listed([*passwords, *(why.removeprefix(f"{name} could know ") for why in others)])


def _listed(told: Iterable[str]) -> str:
    """As many as a line has room for, and how many more there are."""
    every = list(told)
    more = [f"and {len(every) - _MOST_NAMED} more"] if every[_MOST_NAMED:] else []
    return "; ".join([*every[:_MOST_NAMED], *more])


def _direct_ties(registry: Registry, person: Person, at: datetime) -> Iterator[Tie]:
    """What a departure would have to cut, what is on no single account first.

    A factor of which nobody knows who has it is left out: it is a finding of its own.
    """
    yield from sorted(own_ties(registry, person.id, at), key=lambda tie: tie.why)
    by_name = sorted(touched(registry, person.id), key=lambda each: (registry.name_of(each), each))
    for account in map(registry.find, by_name):
        if isinstance(account, Account) and registry.is_live(account, at):
            tied = account_ties(registry, person.id, account, at)
            for tie in sorted(tied, key=lambda each: (each.why, each.target)):
                record = registry.find(tie.target)
                if not (isinstance(record, Factor) and is_of_unknown_holder(record)):
                    yield tie
