"""Findings against the ties of a departure plan, on random registries."""

from __future__ import annotations

from hypothesis import given

from tests.conftest import fewer
from tests.property.strategies import NOW, registries
from vault.domain.factor import Factor
from vault.domain.findings import findings
from vault.domain.knowledge import is_of_unknown_holder
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.ties import Tie, all_ties

SECRETS = ("password", "totp_seed", "recovery_codes", "token")
CODES = {**dict.fromkeys(SECRETS, "knowledge_debt"), "seat": "seat_of_former"}
OF_FORMER = {*CODES.values(), "ties_of_former"}


@fewer
@given(registries())
def test_who_left_is_found_as_long_as_a_departure_would_have_something_to_cut(
    registry: Registry,
) -> None:
    found = findings(registry, NOW)
    for person in registry.all(Person):
        told = {each.code for each in found if each.about == person.id}
        has_left = person.status(NOW) == "left"
        assert told & OF_FORMER == (codes_of(registry, person) if has_left else set())


def codes_of(registry: Registry, person: Person) -> set[str]:
    ties = all_ties(registry, person.id, NOW)
    return {CODES.get(tie.kind, "ties_of_former") for tie in ties if is_their_own(registry, tie)}


def is_their_own(registry: Registry, tie: Tie) -> bool:
    """Whether it is a tie of theirs and no guess: what leads on, and whose factor nobody knows."""
    record = registry.find(tie.target)
    guessed = isinstance(record, Factor) and is_of_unknown_holder(record)
    return tie.kind != "through" and not guessed
