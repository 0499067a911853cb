from __future__ import annotations

import pytest

from tests.unit.domain.company import NOW, account, company, since
from vault.domain.counting import ago, few, several
from vault.domain.endings import refuse_ending
from vault.domain.mailbox import Mailbox
from vault.errors import RefusedError


@pytest.mark.parametrize(
    ("number", "told"), [(0, "no people"), (1, "1 person"), (2, "2 people"), (1000, "1000 people")]
)
def test_a_number_has_the_noun_that_goes_with_it(number: int, told: str) -> None:
    assert several(number, "person") == told


def test_most_nouns_take_an_s_and_others_are_given() -> None:
    assert [several(number, "step") for number in (1, 2)] == ["1 step", "2 steps"]
    assert several(2, "step is", "steps are") == "2 steps are"


@pytest.mark.parametrize("number", range(7))
def test_a_list_cut_short_says_how_many_it_leaves_out(number: int) -> None:
    names = [f"account {each}" for each in range(number)]
    told = few(names, 3)
    assert [name for name in names if name in told] == names[:3]
    assert told.endswith(f" and {number - 3} more") is (number > 3)


def test_what_hangs_on_something_that_is_to_end_is_counted() -> None:
    shared = Mailbox(id="box", address="box@acme.example")
    accounts = (account(str(n), login_mailboxes=since("box")) for n in range(5))
    with pytest.raises(RefusedError, match=r"net/@0, net/@1, net/@2 and 2 more hang on it"):
        refuse_ending(company(shared, *accounts), shared, NOW)


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (1, "1 day ago"),
        (59, "59 days ago"),
        (60, "2 months ago"),
        (729, "24 months ago"),
        (3650, "10 years ago"),
    ],
)
def test_how_long_ago_something_was_is_told_in_the_largest_unit_of_two(
    days: int, told: str
) -> None:
    assert ago(days) == told
