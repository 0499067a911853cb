from __future__ import annotations

from vault.domain.horn import Clause, branches, derive, explain

A, B, C, D = ("a",), ("b",), ("c",), ("d",)


def test_a_fact_follows_when_all_it_needs_holds() -> None:
    rules = (Clause(C, (A, B), "a and b"), Clause(A, (), "given"))
    assert set(derive(rules)) == {A}
    assert set(derive((*rules, Clause(B, (), "given")))) == {A, B, C}


def test_facts_that_need_each_other_do_not_hold() -> None:
    assert derive((Clause(A, (B,), ""), Clause(B, (A,), ""))) == {}


def test_a_premise_named_twice_is_needed_once() -> None:
    assert set(derive((Clause(A, (), ""), Clause(B, (A, A), "")))) == {A, B}


def test_the_shortest_of_several_derivations_is_told() -> None:
    rules = (
        Clause(D, (C,), "the long way"),
        Clause(C, (B,), "on"),
        Clause(B, (A,), "on"),
        Clause(D, (A,), "the short way"),
        Clause(A, (), "given"),
    )
    assert explain(derive(rules), D) == ("given", "the short way")


def test_steps_without_words_are_left_out_of_the_explanation() -> None:
    rules = (Clause(A, (), "given"), Clause(B, (A,), ""), Clause(C, (B,), "so"))
    assert explain(derive(rules), C) == ("given", "so")


def test_a_premise_that_supports_twice_is_told_once() -> None:
    rules = (
        Clause(A, (), "given"),
        Clause(B, (A,), "left"),
        Clause(C, (A,), "right"),
        Clause(D, (B, C), "both"),
    )
    assert explain(derive(rules), D) == ("given", "left", "right", "both")


def test_a_derivation_as_a_tree_has_each_conclusion_above_what_it_follows_from() -> None:
    rules = (
        Clause(A, (), "given"),
        Clause(B, (A,), "left"),
        Clause(C, (A,), ""),
        Clause(D, (B, C), "both"),
    )
    assert branches(derive(rules), D) == ((0, "both"), (1, "left"), (2, "given"))
