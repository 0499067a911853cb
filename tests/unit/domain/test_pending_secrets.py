"""A new secret that is under way, and that the leaver could know: nothing is changed for it."""

from __future__ import annotations

from tests.unit.domain.company import (
    account,
    company,
    days,
    holds,
    mailbox,
    password,
    saw,
    since,
    totp,
    version,
)
from vault.domain.credential import Credential, Exposure
from vault.domain.offboarding import Departure, Plan, plan
from vault.domain.registry import Registry
from vault.domain.steps import Act

SEED = Credential(
    id="seed", account="acme", what="totp_seed", versions=(version(current_from=None),)
)
SAW_SEED = Exposure(
    id="saw", credential="seed", version=1, person="jan", how="entered", at=days(-1)
)


def of(registry: Registry) -> Plan:
    return plan(registry, Departure("jan", days(30).date()), days(0))


def acts(made: Plan) -> list[Act]:
    return [step.act for step in made.steps]


def test_a_new_secret_that_the_leaver_could_know_already_is_a_blocker() -> None:
    pending = version(2, days(-1), current_from=None)
    registry = company(
        account(),
        password("acme", version(), pending),
        holds("ann"),
        saw("jan"),
        saw("jan", number=2),
    )
    made = of(registry)
    assert "rotate_password" not in acts(made)
    assert made.blockers[0].what == "a new password of net/@acme is pending, and Jan could know it"


def test_what_a_reset_may_have_set_is_not_changed_for_what_the_leaver_could_know_already() -> None:
    registry = company(
        account(login_mailboxes=since("home")),
        password("acme", version(), version(2, days(-1), current_from=None)),
        mailbox("home", owner="jan", type="personal"),
        mailbox("web", "webcare", owner="webcare"),
        holds("ann"),
        saw("jan", number=2),
        resets_by_mail="yes",
    )
    made = of(registry)
    assert "rotate_password" not in acts(made)
    told = "a new password of net/@acme is pending, and Jan could know it"
    assert [blocker.what for blocker in made.blockers] == [told]


def test_no_second_factor_is_made_from_a_secret_that_the_leaver_could_know_already() -> None:
    registry = company(account(), totp("acme", "jan"), SEED, SAW_SEED, holds("ann"))
    made = of(registry)
    assert "enrol_factor" not in acts(made)
    told = "a new authenticator secret of net/@acme is pending, and Jan could know it"
    assert told in [blocker.what for blocker in made.blockers]
    assert "enrol_factor" in acts(of(registry.without([SAW_SEED.id])))
