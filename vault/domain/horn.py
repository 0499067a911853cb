"""Horn clauses: which facts follow, and by which shortest derivation.

Knuth's generalisation of Dijkstra's algorithm ("A Generalization of Dijkstra's Algorithm",
Information Processing Letters 6, 1977) over the counting scheme of Dowling and Gallier
("Linear-time algorithms for testing the satisfiability of propositional Horn formulae", 1984):
each clause is looked at once per premise, so cycles cost nothing, and the first derivation found
is the cheapest.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

Fact = tuple[str, ...]


class Clause(NamedTuple):
    """If all of `body` hold, so does `head`; `text` says how, in words."""

    head: Fact
    body: tuple[Fact, ...]
    text: str


Derived = Mapping[Fact, Clause]
"""Each fact that holds, with the last clause of its shortest derivation."""


def derive(clauses: Iterable[Clause]) -> Derived:
    """Return the least model of the clauses (those with an empty body are the givens)."""
    rules = tuple(clauses)
    watching: defaultdict[Fact, list[int]] = defaultdict(list)
    missing = [len(rule.body) for rule in rules]
    costs = [1] * len(rules)
    queue: list[tuple[int, int]] = []
    for number, rule in enumerate(rules):
        for fact in rule.body:
            watching[fact].append(number)
        if not rule.body:
            queue.append((1, number))
    heapq.heapify(queue)
    found: dict[Fact, Clause] = {}
    while queue:
        cost, number = heapq.heappop(queue)
        rule = rules[number]
        if rule.head in found:
            continue
        found[rule.head] = rule
        for waiting in watching.get(rule.head, ()):
            missing[waiting] -= 1
            costs[waiting] += cost
            if not missing[waiting]:
                heapq.heappush(queue, (costs[waiting], waiting))
    return found


def explain(derived: Derived, fact: Fact) -> tuple[str, ...]:
    """Return the derivation of a fact that holds, as the texts of its clauses, premises first."""
    told: set[Fact] = set()
    texts: list[str] = []
    stack: list[tuple[Fact, bool]] = [(fact, False)]
    while stack:
        current, premises_told = stack.pop()
        if current in told:
            continue
        rule = derived[current]
        if premises_told or not rule.body:
            told.add(current)
            if rule.text:
                texts.append(rule.text)
        else:
            stack.append((current, True))
            stack.extend((premise, False) for premise in reversed(rule.body))
    return tuple(texts)


def branches(derived: Derived, fact: Fact) -> tuple[tuple[int, str], ...]:
    """Return the derivation of a fact that holds as a tree: texts with their depths.

    Each stands above those that it follows from; a premise that several share is told once.
    """
    told: set[Fact] = set()
    lines: list[tuple[int, str]] = []
    stack: list[tuple[Fact, int]] = [(fact, 0)]
    while stack:
        current, depth = stack.pop()
        if current in told:
            continue
        told.add(current)
        rule = derived[current]
        if rule.text:
            lines.append((depth, rule.text))
        below = depth + bool(rule.text)
        stack.extend((premise, below) for premise in reversed(rule.body))
    return tuple(lines)
