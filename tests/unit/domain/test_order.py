"""The order of a plan's steps where another one would leave the leaver a way in."""

from __future__ import annotations

from tests.unit.domain.company import account, company, days, holds, password, saw, since, totp
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.record import Record


def of(*records: Record) -> Plan:
    registry = company(*records, holds("jan"), holds("ann"))
    return plan(registry, Departure(person="jan", last_day=days(30).date()), days(0))


def test_a_factor_is_enrolled_only_when_the_leaver_is_no_longer_entitled_to_it() -> None:
    steps = {step.act: step for step in of(account(), password(), totp("acme", "jan")).steps}
    order = list(steps)
    assert order.index("end_role_assignment") < order.index("enrol_factor")
    assert steps["end_role_assignment"].id in steps["enrol_factor"].depends_on


def test_what_others_sign_in_with_is_changed_first_whatever_its_name() -> None:
    accounts = (account("alpha", sign_in_accounts=since("zeta")), account("zeta"))
    known = (password("alpha"), password("zeta"), saw("jan", "alpha"), saw("jan", "zeta"))
    changed = [
        step.account for step in of(*accounts, *known).steps if step.act == "rotate_password"
    ]
    assert changed == ["zeta", "alpha"]
