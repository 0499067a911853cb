from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import fewer
from tests.unit.domain.company import account, company, since
from vault.domain.credential import WEAK
from vault.domain.person import Person
from vault.domain.secret import Secret
from vault.services.generating import STRENGTH, generate_password, generate_words
from vault.services.strength import judge, words_around


@pytest.mark.parametrize("password", ["", "hunter2", "123456", "a" * 5000, "abc" * 1000])
def test_a_weak_password_is_told_with_the_reason(password: str) -> None:
    strength = judge(Secret(password))
    assert strength.score <= WEAK
    assert strength.why.endswith(".") or not password


@fewer
@given(st.text(min_size=1, max_size=100))
def test_any_text_is_judged_and_not_quoted(password: str) -> None:
    strength = judge(Secret(f"qX7{password}"))
    assert 0 <= strength.score <= 4
    assert f"qX7{password}" not in strength.why


def test_what_a_guesser_knows_of_the_company_makes_a_password_weaker() -> None:
    registry = company(
        account(handles=since("zwetschgenkiosk")), Person(id="wim", name="Wim Oudgenoeg")
    )
    known = words_around(registry, registry.account("acme"))
    assert {"zwetschgenkiosk", "oudgenoeg", "webcare", "net"} <= known
    for password in ("zwetschgenkiosk", "Oudgenoeg1"):
        assert judge(Secret(password), known).score <= 1 < judge(Secret(password)).score


def test_what_is_made_here_is_as_strong_as_it_is_noted_to_be() -> None:
    for made in (generate_password(None), generate_words(None)):
        assert judge(made.secret).score == STRENGTH
