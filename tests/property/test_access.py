"""Who can get in: the rules against an oracle, on random registries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.conftest import fewer
from tests.property.oracle import Oracle
from tests.property.pasts import Records
from tests.property.strategies import LARGE, NOW, Maker, Sizes, registries, sizes
from vault.domain.access import Access, Party, company_side, leaver_side, with_help
from vault.domain.account import Account
from vault.domain.changes import changes
from vault.domain.horn import Clause, Fact, derive, explain
from vault.domain.neighbourhood import islands, reach, surroundings
from vault.domain.person import Person
from vault.domain.platforms import Catalogue
from vault.domain.record import Record
from vault.domain.registry import _INDEXES, Registry

TOLD = frozenset({"reads", "receives", "knows", "has", "login", "control"})

seeds = st.integers(0, 2**32)


def leaver_of(registry: Registry) -> str:
    return min(person.id for person in registry.all(Person))


def parties(registry: Registry) -> Iterator[Party]:
    leaver = leaver_of(registry)
    company = company_side(registry, NOW, without=(leaver,))
    yield from (company, leaver_side(leaver), with_help(company, leaver))


@given(registries())
def test_the_closure_is_what_the_rules_say(registry: Registry) -> None:
    records = Records(registry)
    for party in parties(registry):
        derived = Access(registry, party, NOW).derived
        guessed = party.guessed
        oracle = Oracle(records, party.people, NOW, cautious=party.cautious, guessed=guessed)
        assert {f for f in derived if f[0] in TOLD} == {f for f in oracle.facts if f[0] in TOLD}


@fewer
@given(registries())
def test_the_company_are_those_who_have_come_and_have_not_left(registry: Registry) -> None:
    staying = {
        p.id
        for p in registry.all(Person)
        if (p.joined is None or p.joined <= NOW.date())
        and (p.last_day is None or p.last_day >= NOW.date())
    }
    assert company_side(registry, NOW).people == staying
    leaver = leaver_of(registry)
    assert company_side(registry, NOW, without=(leaver,)).people == staying - {leaver}


@fewer
@given(registries())
def test_why_is_a_derivation_in_which_every_premise_holds(registry: Registry) -> None:
    for party in parties(registry):
        access = Access(registry, party, NOW)
        seen: set[Fact] = set()
        for fact, clause in access.derived.items():
            assert clause.head == fact
            assert seen.issuperset(clause.body), "a premise is derived after what it supports"
            seen.add(fact)
        for account in registry.all(Account):
            level = access.level(account.id)
            told = set(_texts(access, account.id)) if level else set()
            assert set(access.why(account.id)) == told - {""}
            assert bool(access.why(account.id)) is (level is not None)


def _texts(access: Access, account: str) -> Iterator[str]:
    """The texts of all clauses in the derivation of the best control of an account."""
    waiting: list[Fact] = [("control", account, str(access.level(account)))]
    while waiting:
        clause = access.derived[waiting.pop()]
        waiting.extend(clause.body)
        yield clause.text


@fewer
@given(registries())
def test_the_surroundings_of_what_a_leaver_reaches_decide_it(registry: Registry) -> None:
    leaver = leaver_of(registry)
    reached = reach(registry, leaver)
    part = surroundings(registry, reached, (leaver,))
    whole = Access(registry, leaver_side(leaver), NOW)
    assert whole.controlled() <= reached
    near = Access(part, leaver_side(leaver), NOW)
    company = Access(registry, company_side(registry, NOW, without=(leaver,)), NOW)
    staying = Access(part, company_side(part, NOW, without=(leaver,)), NOW)
    for account in reached:
        assert near.level(account) == whole.level(account)
        assert near.can_log_in(account) == whole.can_log_in(account)
        assert staying.level(account) == company.level(account)
        assert staying.can_log_in(account) == company.can_log_in(account)


@fewer
@given(registries())
def test_an_island_decides_about_its_accounts_alone(registry: Registry) -> None:
    leaver = leaver_of(registry)
    whole = Access(registry, leaver_side(leaver), NOW)
    company = Access(registry, company_side(registry, NOW, without=(leaver,)), NOW)
    for island in set(islands(registry).values()):
        part = surroundings(registry, island, (leaver,))
        near = Access(part, leaver_side(leaver), NOW)
        staying = Access(part, company_side(part, NOW, without=(leaver,)), NOW)
        for account in island:
            assert near.level(account) == whole.level(account)
            assert staying.level(account) == company.level(account)


@given(registries(), seeds)
def test_what_is_unknown_may_let_a_leaver_in_and_never_the_company(
    registry: Registry, seed: int
) -> None:
    known = Registry(registry.records(), _answered(registry.catalogue, Random(seed)))
    leaver, staying = leaver_side(leaver_of(registry)), company_side(registry, NOW)
    feared = Access(registry, leaver, NOW).controlled()
    assert Access(known, leaver, NOW).controlled() <= feared
    relied_on = Access(registry, staying, NOW).controlled()
    assert relied_on <= Access(known, staying, NOW).controlled()


def _answered(catalogue: Catalogue, random: Random) -> Catalogue:
    """The catalogue with every unknown answer about resets made known, this way or that."""
    questions = ("resets_by_mail", "resets_by_phone", "reset_keeps_second_factor")
    platforms = []
    for platform in catalogue.platforms:
        unknown = [name for name in questions if getattr(platform, name) == "unknown"]
        answers = {name: random.choice(("yes", "no")) for name in unknown}
        platforms.append(replace(platform, **answers))
    return replace(catalogue, platforms=tuple(platforms))


@fewer
@given(sizes(LARGE), seeds, seeds, st.data())
def test_indexes_carried_over_are_those_made_anew(
    size: Sizes, before: int, after: int, data: st.DataObject
) -> None:
    first = Maker(size, before).registry()
    other = Maker(size, after).registry()
    for name in _INDEXES:
        getattr(first, name)
    everyone = len(first.all(Person))
    changed = data.draw(st.sets(st.sampled_from(sorted(r.id for r in other.records()))))
    for part in (sorted(changed)[::2], sorted(changed)[1::2]):
        records = [r for r in other.records() if r.id in part]
        first, previous = first.apply(changes(*records)), first
        for name in _INDEXES:
            assert _sorted(first, name) == _sorted(Registry(first.records(), first.catalogue), name)
            assert _sorted(previous, name) == _sorted(
                Registry(previous.records(), previous.catalogue), name
            )
    assert len(first.all(Person)) == everyone


def _sorted(registry: Registry, name: str) -> dict[str, list[Record]]:
    index: Mapping[str, tuple[Record, ...]] = getattr(registry, name)
    return {key: sorted(found, key=lambda r: r.id) for key, found in index.items() if found}


facts = st.sampled_from([(letter,) for letter in "abcdefgh"])
clauses = st.lists(
    st.builds(
        Clause,
        facts,
        st.lists(facts, max_size=3).map(tuple),
        st.sampled_from(("", "so", "thus")),
    ),
    max_size=25,
)


@fewer
@given(clauses)
def test_a_derivation_is_the_cheapest_there_is(rules: list[Clause]) -> None:
    """By Bellman and Ford's relaxation: the cost of a clause is one more than that of its body."""
    cheapest: dict[Fact, int] = {}
    for _ in range(len(rules) + 1):
        for rule in rules:
            if all(fact in cheapest for fact in rule.body):
                cost = 1 + sum(cheapest[fact] for fact in rule.body)
                cheapest[rule.head] = min(cost, cheapest.get(rule.head, cost))
    derived = derive(rules)
    found: dict[Fact, int] = {}
    for fact, clause in derived.items():
        found[fact] = 1 + sum(found[premise] for premise in clause.body)
    assert found == cheapest


@fewer
@given(clauses)
def test_an_explanation_tells_each_premise_once_and_before_what_it_supports(
    rules: list[Clause],
) -> None:
    named = [rule._replace(text=str(number)) for number, rule in zip(count(), rules, strict=False)]
    derived = derive(named)
    by_text = {rule.text: rule for rule in named}
    for fact in derived:
        told = [by_text[text] for text in explain(derived, fact)]
        heads = [rule.head for rule in told]
        assert heads[-1] == fact
        assert len(set(heads)) == len(heads)
        for place, rule in enumerate(told):
            assert set(rule.body) <= set(heads[:place])
