"""Two records of one person made one: who gets in where, at any moment, on random registries."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.conftest import fewer
from tests.property.strategies import NOW, registries
from tests.property.test_access import TOLD
from vault.domain.access import Access, Party, company_side, leaver_side
from vault.domain.changes import changes
from vault.domain.levels import LEVELS
from vault.domain.merging import _on, _rights, merged
from vault.domain.person import Person
from vault.domain.records import decode_head, encode_head
from vault.domain.registry import Registry
from vault.domain.span import intersection, span

MOMENTS = [NOW + timedelta(days=days, hours=1) for days in (-31, -15, -3, 0, 4, 35)]
moments = st.sampled_from(MOMENTS)


def two_of_one(registry: Registry) -> Registry:
    """A registry of which the first two people may be one: both have the days of the first."""
    keep, other = sorted(registry.all(Person), key=lambda each: each.id)[:2]
    days = {"joined": keep.joined, "last_day": keep.last_day}
    return registry.apply(changes(replace(other, memberships=(), **days)))


def as_one(registry: Registry, at: datetime = NOW) -> Registry:
    keep, other = sorted(registry.all(Person), key=lambda each: each.id)[:2]
    fresh = map("new-{}".format, count())
    return registry.apply(changes(*merged(registry, keep, other, at, lambda: next(fresh))))


def renamed(registry: Registry) -> Registry:
    """The same company as if whoever wrote it down had known one of the two names only.

    They would have known the addresses of both.
    """
    told = [
        decode_head(encode_head(record).replace(b'"person-1"', b'"person-0"'))
        for record in registry.records()
        if record.id != "person-1"
    ]
    keep, other = registry.person("person-0"), registry.person("person-1")
    theirs = (*keep.other_mails, other.mail, *other.other_mails)
    one = Registry(told, registry.catalogue)
    return one.apply(changes(replace(one.person("person-0"), other_mails=theirs)))


def facts(registry: Registry, party: Party, at: datetime) -> set[object]:
    """What is true of them, and of an account all levels up to the best one."""
    access = Access(registry, party, at)
    controls = {("control", a, level) for level in LEVELS for a in access.controlled(level)}
    return controls | {fact for fact in access.derived if fact[0] in TOLD - {"control"}}


@fewer
@given(registries(), moments)
def test_who_was_two_gets_in_as_one_who_was_always_written_down_as_one(
    registry: Registry, at: datetime
) -> None:
    before = two_of_one(registry)
    after = as_one(before)
    party = leaver_side("person-0")
    assert facts(after, party, at) == facts(renamed(before), party, at)
    assert facts(after, party, at) >= facts(before, leaver_side("person-0", "person-1"), at)
    nobody = after.apply(changes(Person(id="nobody", name="Nobody")))
    gone, never = leaver_side("person-1"), leaver_side("nobody")
    assert facts(after, gone, at) == facts(nobody, never, at)


@fewer
@given(registries(), moments)
def test_nobody_else_gets_in_otherwise(registry: Registry, at: datetime) -> None:
    before = two_of_one(registry)
    after = as_one(before)
    for person in before.all(Person):
        if person.id not in {"person-0", "person-1"}:
            party = leaver_side(person.id)
            assert facts(after, party, at) == facts(before, party, at)


@fewer
@given(registries())
def test_the_company_never_owns_more_and_no_two_rights_overlap(registry: Registry) -> None:
    before = two_of_one(registry)
    after = as_one(before)
    old = Access(before, company_side(before, NOW), NOW)
    new = Access(after, company_side(after, NOW), NOW)
    assert new.controlled("full") <= old.controlled("full")
    given_away = {_on(right) for right in _rights(before, "person-1")}
    for right in _rights(after, "person-0"):
        for each in _rights(after, "person-0"):
            if right.id < each.id and _on(right) == _on(each) and _on(right) in given_away:
                spans = (span(r.since, r.until) for r in (right, each))
                assert not intersection(*spans)


@fewer
@given(registries())
def test_what_is_one_already_is_changed_no_further(registry: Registry) -> None:
    after = as_one(two_of_one(registry))
    assert not list(_rights(after, "person-1"))
    again = as_one(after)
    gone = {"person-0", "person-1"}
    assert [r for r in again.records() if r.id not in gone] == [
        r for r in after.records() if r.id not in gone
    ]
