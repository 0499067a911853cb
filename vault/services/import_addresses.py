"""Whose a mail address is once all rows of people are read, whatever the order of the rows.

Addresses pass from one person to another, and two may swap theirs, so that no row alone can tell.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

import msgspec

from vault.domain.ids import Id
from vault.domain.naming import folded
from vault.domain.person import Person


class Claim(msgspec.Struct, frozen=True):
    """The addresses that a row gives somebody; an empty cell takes nothing away."""

    before: Person
    mail: str
    others: tuple[str, ...]

    def addresses(self) -> Iterator[str]:
        """Yield all of them."""
        yield from filter(None, (self.mail, *self.others))

    def is_met(self, key: str) -> bool:
        """Say whether a folded address is where the claim would put it."""
        if key == folded(self.mail):
            return key == folded(self.before.mail)
        return key in map(folded, self.before.other_mails)

    def without(self, denied: Collection[tuple[Id, str]]) -> Person:
        """Return the person with the addresses that they may have; a mail that is not is kept."""

        def is_theirs(address: str) -> bool:
            return (self.before.id, folded(address)) not in denied

        mail = self.mail if self.mail and is_theirs(self.mail) else self.before.mail
        others = tuple(filter(is_theirs, self.others)) if self.others else self.before.other_mails
        return msgspec.structs.replace(self.before, mail=mail, other_mails=others)


def not_theirs(
    claims: Mapping[Id, Claim], having: Callable[[str], Mapping[Id, Id]]
) -> dict[tuple[Id, str], Id]:
    """Return whose address it is for each person and folded address of a claim that is not met.

    `having` gives the records that have an address before any claim is met, and for whom each
    stands (`one_with`). It stays with whoever has it and is given no other one, and goes to one
    claimant: who has it, else the first. Whose claim is not met keeps the old address, and so
    whoever claims that one goes without in turn.
    """
    taker = _takers(claims, having)
    denied: dict[tuple[Id, str], Id] = {}
    waiting = [
        (person, key, whose)
        for person, claim in claims.items()
        for key in map(folded, claim.addresses())
        for record, whose in ((taker[key], taker[key]), *having(key).items())
        if whose != person and (record == taker[key] or _keeps(claims.get(record), key))
    ]
    while waiting:
        person, key, whose = waiting.pop()
        claim = claims[person]
        if (person, key) in denied or claim.is_met(key):
            continue
        denied[person, key] = whose
        kept = folded(claim.before.mail)
        rival = taker.get(kept, person)
        if key == folded(claim.mail) and rival != person:
            waiting.append((rival, kept, person))
    return denied


def _takers(claims: Mapping[Id, Claim], having: Callable[[str], Mapping[Id, Id]]) -> dict[str, Id]:
    taker: dict[str, Id] = {}
    for person, claim in claims.items():
        for key in map(folded, claim.addresses()):
            first = taker.setdefault(key, person)
            have = having(key).values()
            if first != person and person in have and first not in have:
                taker[key] = person
    return taker


def _keeps(claim: Claim | None, key: str) -> bool:
    """Say whether a record that has an address keeps it if the claim is met; None claims none."""
    if claim is None:
        return True
    person = claim.without(())
    return key in map(folded, (person.mail, *person.other_mails))
