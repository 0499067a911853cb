"""Accounts that hang on unconfirmed seats, against the access model with those seats confirmed."""

from __future__ import annotations

from hypothesis import given
from msgspec.structs import replace

from tests.conftest import fewer
from tests.property.strategies import NOW, registries
from vault.domain.access import Access, company_side
from vault.domain.changes import changes
from vault.domain.ids import Id
from vault.domain.registry import Registry
from vault.domain.seat import Seat
from vault.domain.unconfirmed import is_unconfirmed, on_unconfirmed_seats


def in_full(registry: Registry) -> frozenset[Id]:
    return Access(registry, company_side(registry, NOW), NOW).controlled("full")


@fewer
@given(registries())
def test_what_hangs_on_unconfirmed_seats_is_what_the_company_gains_once_they_work(
    registry: Registry,
) -> None:
    found = on_unconfirmed_seats(registry, NOW)
    doubted = [seat for seat in registry.all(Seat) if is_unconfirmed(seat, NOW)]
    works = registry.apply(changes(*(replace(seat, confirmed_on=NOW) for seat in doubted)))
    assert set(found) == in_full(works) - in_full(registry)
    assert on_unconfirmed_seats(works, NOW) == {}
    for account, seats in found.items():
        assert seats
        for seat in seats:  # any one of them will do
            sure = registry.apply(changes(replace(seat, confirmed_on=NOW)))
            assert account in in_full(sure)
