"""Which records a day in the past had."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.domain.company import NOW, account, days, password, version
from vault.domain.cases import Case
from vault.domain.existence import had_begun, was_open
from vault.domain.person import Person
from vault.domain.record import Record
from vault.domain.role import Assignment, Role

BEGUN: dict[str, Record] = {
    "a person who joined": Person(id="p", name="P", joined=NOW.date()),
    "an account": account("a", since=NOW),
    "an assignment": Assignment(id="x", person="p", role="r", since=NOW),
    "a secret, by its first version": password("a", version(at=NOW)),
}


@pytest.mark.parametrize("record", BEGUN.values(), ids=BEGUN)
def test_a_record_is_there_from_its_beginning_on(record: Record) -> None:
    assert had_begun(record, NOW)
    assert not had_begun(record, NOW - timedelta(days=1))


def test_what_says_no_beginning_was_always_there() -> None:
    assert had_begun(Role(id="r", name="R"), days(-99999))
    assert had_begun(Person(id="p", name="P"), days(-99999))


def test_a_case_is_open_from_when_it_was_opened_until_it_was_closed() -> None:
    case = Case(id="c", what="offboarding", opened_at=days(-9), closed_at=days(-3))
    assert [was_open(case, days(day)) for day in (-10, -9, -4, -3)] == [False, True, True, False]
