"""What was shown is never out of reach, and whoever typed it in is known to know it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from vault.domain.account import Account
from vault.domain.cases import Case
from vault.domain.credential import Credential
from vault.domain.knowledge import did_see
from vault.domain.offboarding import Departure
from vault.domain.person import Person
from vault.domain.rotation_policy import USUAL
from vault.domain.secret import Secret
from vault.domain.spell import Spell
from vault.errors import AmbiguousError, NotFoundError, RefusedError
from vault.services.accounts import end_account
from vault.services.case_ending import close_case
from vault.services.cases import apply_step, verify_step, waive_step
from vault.services.credentials import (
    drop_pending,
    end_credential,
    find_version,
    reveal_credential,
    reveal_version,
    set_credential,
)
from vault.services.editing import add_record, fresh_id
from vault.services.offboarding import start_offboarding
from vault.services.rotation import Target, mark_unsure, start_rotation
from vault.services.session import Session

OLD, NEW = "the old one", "the new one"


def account(session: Session, handle: str) -> Account:
    now = session.env.now()
    made = Account(id=fresh_id(session), platform="x", handles=(Spell(handle, now),), since=now)
    return add_record(session, made)


def own(account: Account, value: str) -> Secret:
    """Return a secret that no other account has."""
    return Secret(f"{value} of {account.id}")


def person(session: Session, name: str) -> Person:
    """Somebody without a role, who is no member of the vault."""
    return add_record(session, Person(id=fresh_id(session), name=name))


def rotating(session: Session, handle: str) -> tuple[Account, Credential, Case, str]:
    """An account whose new password is made; the rotation, and its step that sets it."""
    found = account(session, handle)
    stored = set_credential(session, found, own(found, OLD), as_current=True)
    case = start_rotation(session, Target(found, stored), USUAL).case
    assert case is not None
    return found, set_credential(session, found, own(found, NEW)), case, case.progress[0].step.id


def newest(session: Session, credential: Credential) -> Credential:
    return session.registry.get(credential.id, Credential)


def leaving(session: Session, who: Person) -> Case:
    today = session.env.now().date()
    departure = Departure(who.id, today + timedelta(days=30), "planned", {})
    return start_offboarding(session, departure)[0]


def test_whoever_typed_a_new_password_in_did_see_it_and_is_not_out_when_they_leave(
    session: Session,
) -> None:
    kim = person(session, "Kim Smit")
    _, stored, case, step = rotating(session, "typed")
    apply_step(session, case, step, kim.id)
    first = did_see(session.registry, kim.id, stored, 2)
    verify_step(session, case, step, session.person)
    assert [e.how for e in first] == ["entered"]
    assert did_see(session.registry, kim.id, stored, 2) == first
    departure = leaving(session, kim)
    assert stored.id in {progress.step.target for progress in departure.progress}
    with pytest.raises(RefusedError, match="not finished"):
        close_case(session, departure)


def test_who_types_in_and_proves_a_secret_saw_it_from_when_they_typed(session: Session) -> None:
    kim = person(session, "Kim Bos")
    _, stored, case, step = rotating(session, "both")
    apply_step(session, case, step, kim.id)
    first = did_see(session.registry, kim.id, stored, 2)
    verify_step(session, case, step, kim.id)
    assert did_see(session.registry, kim.id, stored, 2) == first


def test_whoever_tried_a_secret_and_is_not_sure_did_see_it(session: Session) -> None:
    kim = person(session, "Kim Vos")
    _, stored, case, _ = rotating(session, "tried")
    mark_unsure(session, case, "the line went dead", kim.id)
    assert [e.how for e in did_see(session.registry, kim.id, stored, 2)] == ["entered"]


def test_a_leaver_does_proves_and_waives_nothing_in_any_case(session: Session) -> None:
    jan = person(session, "Jan Bakker")
    _, _, case, step = rotating(session, "theirs")
    leaving(session, jan)
    with pytest.raises(RefusedError, match="Jan Bakker is leaving and cannot waive"):
        waive_step(session, case, step, "no need", jan.id)
    with pytest.raises(RefusedError, match="Jan Bakker is leaving and cannot do"):
        apply_step(session, case, step, jan.id)
    apply_step(session, case, step, session.person)
    with pytest.raises(RefusedError, match="Jan Bakker is leaving and cannot confirm"):
        verify_step(session, case, step, jan.id)
    assert verify_step(session, case, step, session.person).progress[0].state == "verified"


@pytest.mark.parametrize("applied", [False, True])
def test_what_the_platform_may_have_taken_is_given_up_only_when_the_old_one_works(
    session: Session, applied: bool
) -> None:
    found, stored, case, step = rotating(session, f"taken-{applied}")
    if applied:
        apply_step(session, case, step, session.person)
    with pytest.raises(RefusedError, match="may have taken it") as refused:
        drop_pending(session, stored)
    assert "--old-works" in refused.value.hint
    dropped = drop_pending(session, stored, old_works=True)
    *_, newest = session.journal()
    assert (newest.act, newest.note) == ("credential.drop", found.label)
    assert reveal_version(session, dropped, 2).reveal() == own(found, NEW).reveal()
    again = set_credential(session, found, own(found, "a third"))
    assert apply_step(session, case, step, session.person).progress[0].state == "pending"
    assert again.versions[-1].number == 3


def test_a_secret_does_not_end_while_a_new_one_is_pending(session: Session) -> None:
    _, stored, _, _ = rotating(session, "half")
    with pytest.raises(RefusedError, match="a new version of the password of x/@half is pending"):
        end_credential(session, stored, does_not_work=True)


def test_a_secret_in_use_ends_only_when_somebody_says_that_it_does_not_work(
    session: Session,
) -> None:
    found = account(session, "used")
    stored = set_credential(session, found, own(found, OLD), as_current=True)
    with pytest.raises(RefusedError, match="in use") as refused:
        end_credential(session, stored)
    assert "--does-not-work" in refused.value.hint
    assert end_credential(session, stored, does_not_work=True).until is not None


def test_the_secrets_of_an_account_that_is_gone_end_without_a_word(session: Session) -> None:
    found = account(session, "gone")
    stored = set_credential(session, found, own(found, OLD), as_current=True)
    end_account(session, found)
    assert end_credential(session, newest(session, stored)).until is not None


def test_an_ended_secret_is_read_by_its_number_which_no_other_takes(session: Session) -> None:
    found = account(session, "ended")
    stored = set_credential(session, found, own(found, OLD), as_current=True)
    end_credential(session, stored, does_not_work=True)
    after = set_credential(session, found, own(found, NEW), as_current=True)
    assert (after.id != stored.id, after.versions[-1].number) == (True, 2)
    begin = session.seq
    for number, value in ((1, OLD), (2, NEW)):
        kept = find_version(session.registry, found, "password", number)
        assert reveal_version(session, kept, number).reveal() == own(found, value).reveal()
    assert session.seq == begin + 2
    assert list(session.journal())[-2].note == "x/@ended, password version 1"
    assert [e.how for e in session.registry.exposures_of[stored.id]] == ["entered", "revealed"]
    with pytest.raises(NotFoundError, match="no version 3"):
        find_version(session.registry, found, "password", 3)


def test_a_number_that_several_secrets_have_is_asked_for_with_a_label(session: Session) -> None:
    found = account(session, "several")
    for label in ("Buffer", "Later"):
        secret = Secret(f"of {label}")
        set_credential(session, found, secret, what="api_token", label=label, as_current=True)
    with pytest.raises(AmbiguousError):
        find_version(session.registry, found, "api_token", 1)
    kept = find_version(session.registry, found, "api_token", 1, "later")
    assert reveal_version(session, kept, 1).reveal() == "of Later"


@pytest.mark.parametrize("back", [timedelta(days=1), timedelta(minutes=1)])
def test_a_clock_that_was_set_back_passes_no_old_secret_off_as_the_one_in_use(
    session: Session, monkeypatch: pytest.MonkeyPatch, back: timedelta
) -> None:
    found = account(session, f"back-{back.seconds}")
    clock = session.env.now()
    right = clock + timedelta(minutes=3)
    monkeypatch.setattr(session, "env", replace(session.env, now=lambda: clock))
    set_credential(session, found, own(found, OLD), as_current=True)
    stored = set_credential(session, found, own(found, NEW))
    clock = right
    case = start_rotation(session, Target(found, stored), USUAL).case
    assert case is not None
    apply_step(session, case, case.progress[0].step.id, session.person)
    verify_step(session, case, case.progress[0].step.id, session.person)
    clock, begin = right - back, session.seq
    stored = newest(session, stored)
    with pytest.raises(RefusedError, match="the clock says"):
        reveal_credential(session, stored)
    with pytest.raises(RefusedError, match="the clock says"):
        set_credential(session, found, own(found, "a third"), as_current=True)
    assert session.seq == begin
    assert reveal_version(session, stored, 2).reveal() == own(found, NEW).reveal()


def test_a_pending_version_is_dropped_by_whatever_clock_it_was_made(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = account(session, "ahead")
    stored = set_credential(session, found, own(found, OLD), as_current=True)
    with monkeypatch.context() as patch:
        ahead = session.env.now() + timedelta(days=3650)
        patch.setattr(session, "env", replace(session.env, now=lambda: ahead))
        set_credential(session, found, own(found, NEW))
    drop_pending(session, stored)
    assert reveal_credential(session, newest(session, stored)).reveal() == own(found, OLD).reveal()
