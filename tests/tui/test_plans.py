"""What the interface says of plans that are only looked at."""

from __future__ import annotations

import pytest

from tests.unit.domain.company import NOW, account, company, password
from tui.plans import Look, closing_sections, rotation_title
from vault.domain.cautions import before_closing
from vault.domain.deactivation import Wish, closings
from vault.services.rotation import Target


@pytest.mark.parametrize("handles", [("acme",), ("acme", "other")])
def test_what_is_final_at_once_is_not_said_to_be_undoable(handles: tuple[str, ...]) -> None:
    registry = company(*map(account, handles), grace={"delete": 0})
    plans = closings(registry, [Wish(account=each) for each in handles], NOW)
    text = "\n".join(
        line for section in closing_sections(registry, plans, str) for _, line in section.lines
    )
    assert text.count("which cannot be undone") == len(handles)
    assert "reversible" not in text


def test_the_title_of_a_rotation_names_the_account_and_the_secret_in_full() -> None:
    long = account("brugman.marketing.and.sales.of.bxl")
    secret = password(long.id)
    told = rotation_title(company(long, secret), [Look(Target(long, secret))])
    assert told == f"Rotation of {long.label}, password"


def test_the_cautions_and_dates_of_a_closing_are_those_of_the_command_line() -> None:
    registry = company(account(), grace={"deactivate": 30})
    plans = closings(registry, [Wish(account="acme")], NOW)
    shown = [line for part in closing_sections(registry, plans, str) for _, line in part.lines]
    cautions = list(before_closing(registry, plans))
    assert cautions
    assert set(cautions) <= set(shown)
    assert plans[0].undoing == f"reversible until {plans[0].reversible_until}"
    assert any(plans[0].undoing in line for line in shown)
