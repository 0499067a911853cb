"""The mistakes of tests/mutation are still mistakes: what each changes is in the code it names."""

from __future__ import annotations

import ast
from collections import Counter

import pytest

from tests.conftest import REPOSITORY
from tests.mutation.__main__ import EVERY, TESTS
from tests.mutation.mutants import Mutant


@pytest.mark.parametrize("mutant", EVERY, ids=lambda mutant: mutant.name)
def test_a_mistake_changes_what_the_code_does_and_not_whether_it_is_code(mutant: Mutant) -> None:
    text = (REPOSITORY / mutant.file).read_text(encoding="utf-8")
    assert mutant.old in text
    mistaken = ast.parse(text.replace(mutant.old, mutant.new, 1))
    assert ast.dump(mistaken) != ast.dump(ast.parse(text))


def test_mistakes_go_by_names_of_their_own() -> None:
    assert [name for name, times in Counter(m.name for m in EVERY).items() if times > 1] == []


def test_the_tests_that_are_to_notice_are_there() -> None:
    assert [test for test in TESTS if not (REPOSITORY / test).is_file()] == []
