from __future__ import annotations

from tests.unit.domain.company import account, days
from vault.domain.span import ANYTIME, NEVER, complement, intersection, span, union
from vault.domain.spell import Spell, begun, coming, current, ended, replaced


def test_an_interval_of_no_length_is_no_time_at_all() -> None:
    assert span(days(0), days(0)) == NEVER
    assert span(days(1), days(0)) == NEVER
    assert span(None, None) == ANYTIME


def test_intervals_that_touch_become_one() -> None:
    joined = union((span(days(1), days(2)), span(days(5), None), span(days(0), days(1))))
    assert joined == (*span(days(0), days(2)), *span(days(5), None))


def test_an_interval_inside_another_changes_nothing() -> None:
    assert union((span(days(0), days(9)), span(days(3), days(4)))) == span(days(0), days(9))


def test_the_end_of_an_interval_is_not_in_it() -> None:
    assert intersection(span(days(0), days(2)), span(days(2), days(4))) == NEVER
    assert intersection(span(days(0), days(3)), span(days(2), None)) == span(days(2), days(3))


def test_the_complement_of_the_complement_is_the_span() -> None:
    some = union((span(days(0), days(1)), span(days(4), days(5))))
    assert complement(complement(some)) == some
    assert intersection(some, complement(some)) == NEVER
    assert union((some, complement(some))) == ANYTIME
    assert complement(NEVER) == ANYTIME


def test_a_spell_begins_with_its_first_moment_and_excludes_its_last() -> None:
    spell = Spell("web", days(0), days(2))
    assert [spell.holds(days(n)) for n in (-1, 0, 1, 2)] == [False, True, True, False]
    assert [spell.is_over(days(n)) for n in (-1, 0, 1, 2)] == [False, False, False, True]


def test_ending_spells_ends_what_was_to_begin_later_as_well() -> None:
    spells = (Spell("now", days(-2)), Spell("later", days(2)), Spell("past", days(-2), days(-1)))
    assert coming(spells, days(0)) == ("now", "later")
    over = ended(spells, days(0))
    assert coming(over, days(0)) == ()
    assert current(over, days(-1)) == ("now",)
    assert over[2] == spells[2]


def test_what_replaces_is_the_only_thing_that_holds_from_then_on() -> None:
    spells = (Spell("old", days(-2)), Spell("later", days(2)))
    after = replaced(spells, "new", days(0))
    assert [current(after, days(n)) for n in (-1, 0, 3)] == [("old",), ("new",), ("new",)]


def test_what_holds_already_does_not_begin_again() -> None:
    spells = (Spell("web", days(-2)),)
    assert begun(spells, "web", days(0)) is spells


def test_what_holds_at_a_moment_is_told_in_the_order_recorded() -> None:
    early, late = Spell("early", days(0), days(2)), Spell("late", days(1))
    spells = [(), (early,), (late,), (late, early)]
    assert [current(each, days(1)) for each in spells] == [
        (),
        ("early",),
        ("late",),
        ("late", "early"),
    ]
    assert [current(each, days(2)) for each in spells] == [(), (), ("late",), ("late",)]


def test_of_two_handles_at_one_moment_the_newer_is_told() -> None:
    handles = (Spell("old", days(0), days(3)), Spell("new", days(2)))
    found = account("a", handles=handles)
    assert [found.handle_at(days(n)) for n in (-1, 0, 2, 3)] == ["new", "old", "new", "new"]
