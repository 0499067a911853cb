"""Who left and what a rotation does about them: what they could know, and how they still get in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.unit.domain.company import (
    LONG_AGO,
    NOW,
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
from vault.domain.cases import Case, Progress
from vault.domain.credential import Credential
from vault.domain.effects import effect
from vault.domain.person import Person
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.rotation import knowing_leavers, rotations_due
from vault.domain.rotation_cases import under_way
from vault.domain.rotation_ending import standing, to_change_again
from vault.domain.rotation_policy import USUAL
from vault.domain.rotation_steps import RotationPlan, comes_with_login, plan_rotation
from vault.domain.spell import Spell
from vault.errors import RefusedError

LEFT = Person(id="jan", name="Jan", last_day=days(-5).date())
MEMBER = msgspec.structs.replace(LEFT, memberships=(Spell("key", LONG_AGO),))


def secret(what: Any, *, codes: int = 0) -> Credential:
    made = (version(stored=True, codes=codes),)
    return Credential(id=f"{what} of acme", account="acme", what=what, versions=made)


def planned(registry: Registry, **options: Any) -> RotationPlan:
    credential = registry.get("password of acme", Credential)
    account = registry.account("acme")
    return plan_rotation(registry, account, credential, at=NOW, by="ann", policy=USUAL, **options)


def changed(registry: Registry) -> tuple[Registry, Case]:
    """The registry after the first step of a rotation, and its case."""
    plan = planned(registry)
    after = registry.apply(effect(registry, plan.steps[0], NOW, "ann"))
    done = [Progress(step, "verified") for step in plan.steps]
    return after, Case(
        id="c", what="rotation", account="acme", credential="password of acme",
        version=plan.version, opened_at=NOW, progress=tuple(done),
    )  # fmt: skip


def test_a_rotation_after_the_last_day_is_over_though_nobody_ended_the_role() -> None:
    after, case = changed(company(account(), password(), LEFT, holds("jan"), holds("ann")))
    assert [*standing(after, case, NOW + timedelta(seconds=1))] == []
    assert rotations_due(after, NOW + timedelta(seconds=1), USUAL) == []


def test_who_left_and_still_reads_mail_by_a_role_is_told_before_a_secret_is_changed() -> None:
    shared = mailbox("care", "webcare", owner="webcare")
    facts = {"resets_by_mail": "unknown"}
    records = (account(login_mailboxes=since("care")), password(), shared, LEFT, holds("ann"))
    [blocker] = planned(company(*records, holds("jan"), **facts)).blockers
    assert blocker.what.startswith("Jan has left and would still get in: Jan (as webcare) reads")
    assert blocker.ways_out[0].text == "end their role first: safehands role unassign webcare Jan"
    ended = company(*records, holds("jan", until=days(-4)), **facts)
    assert planned(ended).blockers == ()
    with_factor = company(*records, holds("jan"), totp("acme", "ann"), **facts)
    assert planned(with_factor).blockers == ()


def test_who_left_and_can_open_the_vault_is_told_before_a_secret_is_changed() -> None:
    [blocker] = planned(company(account(), password(), MEMBER, holds("ann"))).blockers
    assert "can open the vault" in blocker.what
    (way,) = blocker.ways_out
    assert way.text == "plan the departure first: safehands offboard plan Jan"


def test_what_who_left_could_know_all_the_same_is_changed_once_more_by_steps_of_its_own() -> None:
    after, case = changed(company(account(), password(), LEFT, holds("ann")))
    learnt = after.apply(_records(saw("jan", number=2, at=NOW)))
    assert to_change_again(after, case, days(1)) == {}
    again = to_change_again(learnt, case, days(1))
    assert again == {"password of acme": 2}
    second = planned(learnt, replaced=2, again=again)
    assert not {s.id for s in second.steps} & {p.step.id for p in case.progress}


def _records(*records: Record) -> Any:
    from vault.domain.changes import changes

    return changes(*records)


SEED, CODES = secret("totp_seed"), secret("recovery_codes", codes=8)
FACTOR = totp("acme", credential=SEED.id)


def known_by_jan(*more: Record) -> Registry:
    held = holds("jan", until=days(-4))
    return company(account(), password(), SEED, CODES, LEFT, held, holds("ann"), *more)


def test_a_seed_and_unused_codes_that_who_left_could_know_are_due_as_a_password_is() -> None:
    registry = known_by_jan(FACTOR)
    assert {d.credential.what for d in rotations_due(registry, NOW, USUAL)} == {
        "password", "totp_seed", "recovery_codes",
    }  # fmt: skip
    assert knowing_leavers(registry, SEED, NOW) == [LEFT]


def test_used_codes_and_a_seed_that_makes_no_factor_are_worth_nothing_to_who_left() -> None:
    used = msgspec.structs.replace(CODES, codes_left=0)
    registry = known_by_jan(used)
    assert {d.credential.what for d in rotations_due(registry, NOW, USUAL)} == {"password"}
    assert knowing_leavers(registry, used, NOW) == knowing_leavers(registry, SEED, NOW) == []


def test_the_rotation_of_a_password_renews_the_factors_that_who_left_could_know() -> None:
    registry = known_by_jan(FACTOR)
    plan = planned(registry)
    assert [step.act for step in plan.steps if step.act not in {"end_sessions", "revoke_app"}] == [
        "rotate_password", "renew_recovery_codes", "enrol_factor", "remove_factor",
    ]  # fmt: skip
    assert all(comes_with_login(registry, each, NOW) for each in (SEED, CODES))
    case = Case(
        id="c", what="rotation", account="acme", credential="password of acme", version=1,
        opened_at=NOW, progress=tuple(map(Progress, plan.steps)),
    )  # fmt: skip
    busy = under_way(registry.apply(_records(case)))
    assert busy.keys() >= {SEED.id, CODES.id, "password of acme"}


def test_factors_that_nobody_who_left_could_know_stay_as_they_are() -> None:
    registry = company(account(), password(), SEED, CODES, FACTOR, holds("ann"))
    acts = {step.act for step in planned(registry).steps}
    assert not acts & {"renew_recovery_codes", "enrol_factor", "remove_factor"}


def test_a_seed_that_no_factor_is_made_from_yet_has_one_rotation_at_a_time() -> None:
    fresh = Credential(
        id="seed", account="acme", what="totp_seed",
        versions=(version(at=days(-1), current_from=None),),
    )  # fmt: skip
    registry = company(account(), password(), fresh, holds("ann"))
    acme = registry.account("acme")
    plan = plan_rotation(registry, acme, fresh, at=NOW, by="ann", policy=USUAL)
    case = Case(
        id="c", what="rotation", account="acme", credential="seed", opened_at=NOW,
        progress=tuple(map(Progress, plan.steps)),
    )  # fmt: skip
    assert under_way(registry.apply(_records(case)))["seed"] == case


def by_mail_alone(*more: Record, **facts: Any) -> Registry:
    """Jan left, and read by a role the mailbox that opens an account without a password."""
    none = {"rotate_password": "there is no password"}
    facts = {"resets_by_mail": "yes", "not_applicable": none, **facts}
    care = mailbox("care", "webcare", owner="webcare", proven_at=LONG_AGO)
    held = account(login_mailboxes=since("care"))
    return company(held, care, LEFT, holds("ann"), *more, **facts)


def taken(registry: Registry) -> RotationPlan:
    acme = registry.account("acme")
    return plan_rotation(registry, acme, None, at=NOW, by="ann", policy=USUAL)


def test_who_left_and_was_let_in_by_mail_is_logged_out_where_there_is_no_password() -> None:
    registry = by_mail_alone(holds("jan", until=days(-4)))
    plan = taken(registry)
    assert [step.act for step in plan.steps] == ["end_sessions"]
    assert plan.blockers == ()
    after = registry.apply(effect(registry, plan.steps[0], NOW, "ann"))
    with pytest.raises(RefusedError, match="nobody who left holds it"):
        taken(after)


def test_who_left_and_reads_that_mail_still_is_told_before_sessions_are_ended() -> None:
    plan = taken(by_mail_alone(holds("jan")))
    assert [step.act for step in plan.steps] == ["end_sessions"]
    (blocker,) = plan.blockers
    assert blocker.ways_out[0].text == "end their role first: safehands role unassign webcare Jan"


def test_sessions_are_ended_after_the_mailbox_of_who_left_is_taken_off() -> None:
    jans = mailbox("jans", owner="jan", type="personal")
    plan = taken(by_mail_alone(jans, account(login_mailboxes=since("jans"))))
    assert [step.act for step in plan.steps] == ["change_login_mail", "end_sessions"]
    assert plan.steps[1].depends_on == (plan.steps[0].id,)
    assert not any("would still get in" in blocker.what for blocker in plan.blockers)


@pytest.mark.parametrize(
    "facts",
    [{"not_applicable": {}}, {"not_applicable": {"rotate_password": "", "end_sessions": ""}}],
)
def test_no_sessions_are_ended_where_a_password_shows_or_nobody_can(facts: Any) -> None:
    with pytest.raises(RefusedError):
        taken(by_mail_alone(holds("jan", until=days(-4)), **facts))


def test_no_sessions_are_ended_while_another_account_lets_them_in_or_it_is_their_own() -> None:
    parent = account("top", login_mailboxes=since("care"))
    child = account(login_mailboxes=since("care"), sign_in_accounts=since("top"))
    with pytest.raises(RefusedError) as refused:
        taken(by_mail_alone(holds("jan", until=days(-4)), parent, child))
    assert refused.value.hint == "it is opened by net/@top: change that instead"
    jans = msgspec.structs.replace(LEFT, mail="jan@acme.example")
    own = account("acme", handles=since("jan@acme.example"), owner_roles=())
    with pytest.raises(RefusedError):
        taken(by_mail_alone(jans, own))
