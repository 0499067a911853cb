"""Stretches of time, half open: from `since` up to, not including, `until`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

import msgspec

ALWAYS = datetime(1, 1, 1, tzinfo=UTC)
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)


class Spell(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """That something (`of`: an id or a handle) was so from `since` (aware UTC) until `until`."""

    of: str
    since: datetime
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """Say whether the moment lies in the spell."""
        return self.since <= at and (self.until is None or at < self.until)

    def is_over(self, at: datetime) -> bool:
        """Say whether the spell holds neither at the moment nor later."""
        return self.until is not None and self.until <= max(at, self.since)


Spells = tuple[Spell, ...]


def midnight(day: date) -> datetime:
    """Return the first moment of a day, UTC."""
    return datetime.combine(day, time(), UTC)


def current(spells: Spells, at: datetime) -> tuple[str, ...]:
    """Return what holds at a moment, in the order recorded."""
    if len(spells) == 1:  # nearly always; half of what asking each takes
        [spell] = spells
        until = spell.until
        return (spell.of,) if spell.since <= at and (until is None or at < until) else ()
    return tuple(spell.of for spell in spells if spell.holds(at))


def coming(spells: Spells, at: datetime) -> tuple[str, ...]:
    """Return what holds at a moment or will hold later, in the order recorded."""
    return tuple(spell.of for spell in spells if not spell.is_over(at))


def begun(spells: Spells, of: str, at: datetime) -> Spells:
    """Return the spells with one more beginning at `at`, unless it holds already."""
    if of in current(spells, at):
        return spells
    return (*spells, Spell(of, at))


def ended(spells: Spells, at: datetime, of: Iterable[str] | None = None) -> Spells:
    """Return the spells with those of `of` (all, if not given) over at `at`.

    What was to begin only later is ended where it begins, so that it never holds.
    """
    wanted = None if of is None else frozenset(of)
    return tuple(
        Spell(spell.of, spell.since, max(at, spell.since))
        if not spell.is_over(at) and (wanted is None or spell.of in wanted)
        else spell
        for spell in spells
    )


def replaced(spells: Spells, of: str, at: datetime) -> Spells:
    """Return the spells with `of` alone holding from `at` on."""
    others = {spell.of for spell in spells} - {of}
    return begun(ended(spells, at, others), of, at)


def exactly(spells: Spells, targets: Iterable[str], at: datetime) -> Spells:
    """Return the spells with the targets, and no others, holding from `at` on."""
    wanted = tuple(targets)
    kept = ended(spells, at, {spell.of for spell in spells}.difference(wanted))
    for target in wanted:
        kept = begun(kept, target, at)
    return kept
