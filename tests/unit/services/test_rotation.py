"""Rotations as cases: begun once, given up knowingly, closed when nothing is left, tidied after."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from vault.domain.account import Account
from vault.domain.cases import Case
from vault.domain.changes import changes
from vault.domain.credential import Credential, Exposure
from vault.domain.person import Person
from vault.domain.platforms.model import PasswordRules
from vault.domain.records import decode_head, encode_head
from vault.domain.rotation import to_retire
from vault.domain.rotation_policy import USUAL, Policy, Rule
from vault.domain.secret import Secret
from vault.domain.spell import Spell
from vault.errors import NotFoundError, RefusedError, UsageError
from vault.services.case_ending import close_case
from vault.services.cases import apply_step, verify_step, waive_step
from vault.services.credentials import find_credential, reveal_credential, set_credential
from vault.services.editing import add_record, fresh_id
from vault.services.rotation import (
    Target,
    mark_unsure,
    replan_rotation,
    retire_previous,
    start_queue,
    start_rotation,
    stop_rotation,
    targets_due,
)
from vault.services.session import Session

OLD, NEW = "the old one", "the new one"


def own(account: Account, value: str) -> Secret:
    """Return a secret that no other account has."""
    return Secret(f"{value} of {account.id}")


def target(session: Session, handle: str) -> Target:
    """An account with a password that is in use."""
    now = session.env.now()
    made = Account(id=fresh_id(session), platform="x", handles=(Spell(handle, now),), since=now)
    account = add_record(session, made)
    stored = set_credential(session, account, own(account, OLD), as_current=True)
    return Target(account, stored)


def begun(session: Session, found: Target) -> Case:
    case = start_rotation(session, found, USUAL).case
    assert case is not None
    return case


def first(case: Case) -> str:
    return case.progress[0].step.id


def secrets(session: Session, found: Target) -> dict[str, str]:
    """Return the values that can be shown, by their stage."""
    now, stored = session.env.now(), find_credential(session.registry, found.account, "password")
    account = found.account.id
    return {
        stage: reveal_credential(session, stored, stage).reveal().removesuffix(f" of {account}")
        for stage in ("pending", "current", "previous")
        if stored.at_stage(stage, now)
    }


def proved(session: Session, found: Target, case: Case) -> Case:
    set_credential(session, found.account, own(found.account, NEW))
    apply_step(session, case, first(case), session.person)
    return verify_step(session, case, first(case), session.person)


def test_a_rotation_ends_with_the_new_secret_in_use_and_the_old_one_kept(session: Session) -> None:
    found = target(session, "whole")
    case = proved(session, found, begun(session, found))
    for each in case.progress[1:]:
        apply_step(session, case, each.step.id, session.person)
    closed, verdict = close_case(session, case)
    assert closed.closed_at is not None
    assert verdict.holds
    assert secrets(session, found) == {"current": NEW, "previous": OLD}


def test_both_secrets_can_be_read_at_every_moment_of_a_rotation(session: Session) -> None:
    found = target(session, "both")
    case = begun(session, found)
    assert secrets(session, found) == {"current": OLD}
    set_credential(session, found.account, own(found.account, NEW))
    assert secrets(session, found) == {"current": OLD, "pending": NEW}
    apply_step(session, case, first(case), session.person)
    assert secrets(session, found) == {"current": OLD, "pending": NEW}
    mark_unsure(session, case, "the browser hung")
    assert secrets(session, found) == {"current": OLD, "pending": NEW}


def test_a_second_rotation_of_the_same_secret_is_refused_with_who_and_since_when(
    session: Session,
) -> None:
    found = target(session, "twice")
    case = begun(session, found)
    with pytest.raises(RefusedError, match=r"Ana began to change x/@twice on 20\d\d-") as refused:
        start_rotation(session, found, USUAL)
    assert case.id[:8] in refused.value.hint


def test_a_version_that_somebody_else_made_and_did_not_prove_refuses_a_rotation(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = target(session, "theirs")
    set_credential(session, found.account, own(found.account, NEW))
    assert begun(session, found).progress[0].state == "todo"  # one's own is carried on with
    other = target(session, "others")
    stored = set_credential(session, other.account, own(other.account, NEW))
    bo = add_record(session, Person(id=fresh_id(session), name="Bo"))
    monkeypatch.setattr(Session, "person", property(lambda _: bo.id))
    with pytest.raises(RefusedError, match="Ana began to change x/@others"):
        start_rotation(session, Target(other.account, stored), USUAL)


def test_a_rotation_cannot_be_closed_while_the_old_secret_is_in_use(session: Session) -> None:
    found = target(session, "early")
    case = begun(session, found)
    for each in case.progress[1:]:
        waive_step(session, case, each.step.id, "not needed", session.person)
    with pytest.raises(RefusedError, match="1 step is not finished"):
        close_case(session, case)
    waived = waive_step(session, case, first(case), "the account ends tomorrow", session.person)
    assert close_case(session, waived)[0].closed_at is not None


def test_a_new_secret_is_given_up_only_after_a_log_in_with_the_old_one(session: Session) -> None:
    found = target(session, "stop")
    case = begun(session, found)
    set_credential(session, found.account, own(found.account, NEW))
    with pytest.raises(RefusedError, match="the platform may have taken it"):
        stop_rotation(session, case, "wrong account")
    stopped = stop_rotation(session, case, "wrong account", old_works=True)
    assert stopped.closed_at is not None
    assert {p.state for p in stopped.progress} == {"dropped"}
    assert secrets(session, found) == {"current": OLD}
    kept = reveal_credential(session, session.registry.get(case.credential, Credential), "dropped")
    assert kept.reveal() == own(found.account, NEW).reveal()
    assert begun(session, found).id != case.id


def test_a_rotation_whose_secret_was_changed_cannot_be_given_up(session: Session) -> None:
    found = target(session, "late")
    case = proved(session, found, begun(session, found))
    with pytest.raises(RefusedError, match="is verified already"):
        stop_rotation(session, case, "changed my mind", old_works=True)


def test_not_knowing_whether_it_was_taken_is_recorded_until_a_log_in_says(session: Session) -> None:
    found = target(session, "unsure")
    case = begun(session, found)
    with pytest.raises(RefusedError, match="no new secret"):
        mark_unsure(session, case, "nothing was made")
    set_credential(session, found.account, own(found.account, NEW))
    unsure = mark_unsure(session, case, "the browser hung")
    assert (unsure.progress[0].state, unsure.progress[0].reason) == ("pending", "the browser hung")
    sure = verify_step(session, unsure, first(case), session.person)
    assert (sure.progress[0].state, sure.progress[0].reason) == ("verified", "")
    assert secrets(session, found) == {"current": NEW, "previous": OLD}
    with pytest.raises(UsageError, match="no text"):
        mark_unsure(session, case, " ")


def test_where_the_policy_says_so_a_second_person_proves_the_new_secret(session: Session) -> None:
    found = target(session, "two")
    policy = Policy(classes=(Rule(name="all", hours=1, two_person=True),))
    case = start_rotation(session, found, policy).case
    assert case is not None
    set_credential(session, found.account, own(found.account, NEW))
    apply_step(session, case, first(case), session.person)
    with pytest.raises(RefusedError, match="somebody else must confirm it"):
        verify_step(session, case, first(case), session.person)
    bo = add_record(session, Person(id=fresh_id(session), name="Bo Second"))
    assert verify_step(session, case, first(case), bo.id).progress[0].verified_by == bo.id


def test_a_queue_goes_on_after_what_is_refused_and_is_resumed_by_asking_again(
    session: Session,
) -> None:
    found = [target(session, f"queue{n}") for n in range(3)]
    begun(session, found[0])
    queue = start_queue(session, found, USUAL)
    assert next(queue).refusal is not None
    assert next(queue).case is not None  # and here it is interrupted
    again = [*start_queue(session, found, USUAL)]
    assert [each.case is None for each in again] == [True, True, False]


def test_what_is_due_and_not_begun_is_the_queue(session: Session) -> None:
    found = target(session, "due")
    aged = Policy(classes=(Rule(name="all", hours=0, age_days=1),))
    later = session.env.now() + timedelta(days=2)
    due = {each.account.id for each in targets_due(session.registry, later, aged)}
    assert found.account.id in due
    begun(session, found)
    due = {each.account.id for each in targets_due(session.registry, later, aged)}
    assert found.account.id not in due


def test_a_clock_that_was_set_back_stops_a_rotation_and_loses_nothing(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = target(session, "clock")
    case = begun(session, found)
    set_credential(session, found.account, own(found.account, NEW))
    back = session.env.now() - timedelta(days=365)
    with monkeypatch.context() as patch:
        patch.setattr(session, "env", replace(session.env, now=lambda: back))
        with pytest.raises(RefusedError, match="the clock says"):
            apply_step(session, case, first(case), session.person)
        unsure = mark_unsure(session, case, "?")
        with pytest.raises(RefusedError, match="the clock says"):
            verify_step(session, unsure, first(case), session.person)
    assert secrets(session, found) == {"current": OLD, "pending": NEW}
    verify_step(session, case, first(case), session.person)
    assert secrets(session, found) == {"current": NEW, "previous": OLD}


def test_a_version_made_by_a_clock_that_was_ahead_is_given_up_and_another_made(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, now = target(session, "ahead"), session.env.now()
    case = begun(session, found)
    with monkeypatch.context() as patch:
        ahead = now + timedelta(days=3650)
        patch.setattr(session, "env", replace(session.env, now=lambda: ahead))
        set_credential(session, found.account, own(found.account, NEW))
    stop_rotation(session, case, "the clock was ten years ahead", old_works=True)
    again = begun(session, found)
    assert proved(session, found, again).progress[0].state == "verified"
    assert secrets(session, found)["current"] == NEW


def test_a_platform_whose_rules_cannot_be_met_is_refused_before_anything_is_begun(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = target(session, "rules")
    platform = session.registry.platform(found.account)
    monkeypatch.setattr(
        "vault.domain.registry.Registry.platform",
        lambda *_: platform.__class__(
            **{f: getattr(platform, f) for f in platform.__struct_fields__ if f != "password"},
            password=PasswordRules(min_length=1, max_length=4),
        ),
    )
    with pytest.raises(RefusedError, match="no password"):
        start_rotation(session, found, USUAL)


def test_a_retired_version_is_gone_and_who_knew_it_stays_on_record(session: Session) -> None:
    found = target(session, "retire")
    proved(session, found, begun(session, found))
    assert found.credential is not None
    at_once = Policy(keep_days=0)
    mine = [c.id for c, _ in to_retire(session.registry, session.env.now(), at_once)]
    assert found.credential.id not in mine  # its rotation is open still
    case = session.registry.open_cases[-1]
    for each in case.progress[1:]:
        apply_step(session, case, each.step.id, session.person)
    close_case(session, case)
    retired = {c.id: v.number for c, v in retire_previous(session, at_once)}
    assert retired[found.credential.id] == 1
    after = session.registry.get(found.credential.id, Credential)
    with pytest.raises(NotFoundError):
        reveal_credential(session, after, "retired")
    assert secrets(session, found) == {"current": NEW}
    assert {e.version for e in session.registry.exposures_of[after.id]} >= {1, 2}


def test_a_secret_that_a_departure_is_changing_is_not_changed_a_second_time(
    session: Session,
) -> None:
    found = target(session, "leaving")
    case = begun(session, found)
    set_credential(session, found.account, own(found.account, NEW))
    pending = apply_step(session, case, first(case), session.person)
    leaves = msgspec.structs.replace(pending, what="offboarding")
    session.write("case.edit", lambda *_: changes(leaves))
    with pytest.raises(RefusedError, match="Ana began to change x/@leaving"):
        start_rotation(session, found, USUAL)


def test_a_rotation_begun_by_an_earlier_release_is_planned_again_by_the_policy_of_this_device(
    session: Session,
) -> None:
    case = begun(session, target(session, "earlier"))
    earlier = encode_head(msgspec.structs.replace(case, terms=None))
    assert b"terms" not in earlier
    session.write("case.edit", lambda *_: changes(decode_head(earlier)))
    again, plan = replan_rotation(session, session.registry.get(case.id, Case))
    assert again.terms == plan.terms == case.terms


def test_a_rotation_is_planned_again_by_the_policy_that_somebody_gave_it_meanwhile(
    session: Session,
) -> None:
    case = begun(session, target(session, "meanwhile"))
    stricter = Policy(classes=(Rule(name="all", hours=1),))
    changed, _ = replan_rotation(session, case, stricter)
    assert changed.terms != case.terms
    again, _ = replan_rotation(session, case)
    assert again.terms == changed.terms


def test_a_new_secret_that_who_left_learnt_is_changed_once_more_in_the_same_case(
    session: Session,
) -> None:
    found = target(session, "learnt")
    case = proved(session, found, begun(session, found))
    for each in case.progress[1:]:
        apply_step(session, case, each.step.id, session.person)
    now = session.env.now()
    gone = Person(id=fresh_id(session), name="Bo", last_day=now.date() - timedelta(days=3))
    add_record(session, gone)
    credential = find_credential(session.registry, found.account, "password")
    fresh, of = fresh_id(session), credential.id
    told = Exposure(id=fresh, credential=of, version=2, person=gone.id, how="told", at=now)
    add_record(session, told)
    with pytest.raises(RefusedError, match="Bo has left, and could know") as caught:
        close_case(session, case)
    assert "case replan" in caught.value.hint
    again, plan = replan_rotation(session, case)
    assert (again.version, [p.state for p in again.progress].count("todo")) == (2, len(plan.steps))
    set_credential(session, found.account, Secret("a third one"))
    for step in plan.steps:
        apply_step(session, again, step.id, session.person)
        if step is plan.steps[0]:
            verify_step(session, again, step.id, session.person)
    closed, _ = close_case(session, again)
    assert closed.closed_at is not None
