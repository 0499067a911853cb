from __future__ import annotations

import pytest

from tests.unit.domain.company import NOW, company
from tests.unit.domain.company import account as owned
from vault.domain.account import Account
from vault.domain.credential import Credential, Exposure, How, Version
from vault.domain.knowledge import could_know, did_see
from vault.domain.person import Person
from vault.domain.secret import Secret
from vault.domain.spell import Spell
from vault.errors import AmbiguousError, NotFoundError, RefusedError, UsageError
from vault.services.credentials import (
    also_of,
    drop_pending,
    end_credential,
    find_credential,
    find_version,
    reveal_credential,
    set_credential,
)
from vault.services.editing import add_record, end_record, fresh_id
from vault.services.session import Session


def account(session: Session, handle: str) -> Account:
    now = session.env.now()
    made = Account(id=fresh_id(session), platform="x", handles=(Spell(handle, now),), since=now)
    return add_record(session, made)


def test_a_new_secret_is_pending_journalled_and_readable(session: Session) -> None:
    found = account(session, "one")
    stored = set_credential(session, found, Secret("of one"))
    now = session.env.now()
    pending = stored.at_stage("pending", now)
    assert pending is not None
    assert (pending.number, pending.stored) == (1, True)
    assert reveal_credential(session, stored, "pending").reveal() == "of one"
    kinds = [line.kind.name for line in session.journal()][-2:]
    assert kinds == ["RECORD_CHANGE", "REVEAL"]
    seen = session.registry.exposures_of[stored.id]
    assert [(e.how, e.person) for e in seen] == [
        ("entered", session.person),
        ("revealed", session.person),
    ]


def test_a_second_change_waits_for_the_first_to_be_finished_or_dropped(session: Session) -> None:
    found = account(session, "two")
    stored = set_credential(session, found, Secret("two, first"))
    with pytest.raises(RefusedError, match="Ana began to change this"):
        set_credential(session, found, Secret("two, second"))
    drop_pending(session, stored)
    with pytest.raises(RefusedError, match="no pending version"):
        drop_pending(session, stored)
    again = set_credential(session, found, Secret("two, second"))
    assert again.id == stored.id
    assert [v.stage(session.env.now()) for v in again.versions] == ["dropped", "pending"]


def test_what_is_in_use_already_is_current_at_once(session: Session) -> None:
    found = account(session, "three")
    set_credential(session, found, Secret("old"), as_current=True)
    stored = set_credential(session, found, Secret("new"), as_current=True)
    assert [v.stage(session.env.now()) for v in stored.versions] == ["previous", "current"]
    assert reveal_credential(session, stored).reveal() == "new"
    assert reveal_credential(session, stored, "previous").reveal() == "old"


def test_an_empty_secret_is_no_secret(session: Session) -> None:
    with pytest.raises(UsageError):
        set_credential(session, account(session, "four"), Secret(""))


def test_an_account_that_ended_gets_no_new_secret(session: Session) -> None:
    closed = end_record(session, account(session, "five"))
    with pytest.raises(RefusedError, match="ended"):
        set_credential(session, closed, Secret("late"))


def test_what_was_never_stored_cannot_be_shown(session: Session) -> None:
    found = account(session, "six")
    with pytest.raises(NotFoundError) as caught:
        find_credential(session.registry, found, "pin")
    assert "--what pin" in caught.value.hint
    stored = set_credential(session, found, Secret("never shown"))
    begin = session.seq
    with pytest.raises(NotFoundError):
        reveal_credential(session, stored, "current")
    assert session.seq == begin


def test_an_account_has_several_secrets_of_a_kind_told_apart_by_their_labels(
    session: Session,
) -> None:
    found = account(session, "seven")
    for label in ("Buffer", "Hootsuite"):
        secret = Secret(f"token of {label}")
        set_credential(session, found, secret, what="api_token", label=label, as_current=True)
    again = Secret("token of Buffer, newer")
    set_credential(session, found, again, what="api_token", label="BUFFER", as_current=True)
    stored = find_credential(session.registry, found, "api_token", "buffer")
    assert (stored.label, len(stored.versions)) == ("Buffer", 2)
    assert reveal_credential(session, stored).reveal() == "token of Buffer, newer"
    with pytest.raises(AmbiguousError) as caught:
        find_credential(session.registry, found, "api_token")
    assert caught.value.candidates == ("--label Buffer", "--label Hootsuite")
    with pytest.raises(NotFoundError, match="'Later'"):
        find_credential(session.registry, found, "api_token", "Later")
    end_record(session, stored)
    assert find_credential(session.registry, found, "api_token").label == "Hootsuite"


def test_a_password_is_judged_when_it_is_stored_and_knows_whose_it_is(session: Session) -> None:
    found = account(session, "brugmanbikes")
    scores = []
    for text in ("hunter2", "brugmanbikes1", "unstitch-mayflower-backstage-wifi-decal"):
        stored = set_credential(session, found, Secret(text), as_current=True)
        scores.append(stored.versions[-1].strength)
    assert scores[0] in {0, 1}
    assert scores[1] in {0, 1}
    assert scores[2] == 4
    pin = set_credential(session, found, Secret("1234"), what="pin")
    assert pin.versions[-1].strength is None


def test_what_makes_no_codes_is_not_stored_as_a_seed(session: Session) -> None:
    found = account(session, "eight")
    begin = session.seq
    with pytest.raises(UsageError, match="no seed"):
        set_credential(session, found, Secret("otpauth://hotp/x"), what="totp_seed")
    assert session.seq == begin


def test_a_copy_is_journalled_as_a_copy_before_anybody_has_it(session: Session) -> None:
    found = account(session, "nine")
    stored = set_credential(session, found, Secret("first"), as_current=True)
    reveal_credential(session, stored, how="copied")
    assert [e.how for e in session.registry.exposures_of[stored.id]] == ["entered", "copied"]
    assert list(session.journal())[-1].act == "credential.reveal"


def test_a_secret_equal_to_the_one_in_use_is_no_change(session: Session) -> None:
    """Recording it again writes nothing, and no departure's step takes it for a new one."""
    found = account(session, "same")
    set_credential(session, found, Secret("hunter2!"), as_current=True)
    before = session.seq
    again = set_credential(session, found, Secret("hunter2!"), as_current=True)
    assert (session.seq, len(again.versions)) == (before, 1)
    with pytest.raises(RefusedError, match="has, or had") as refused:
        set_credential(session, found, Secret("hunter2!"))
    assert "hunter2" not in refused.value.message + refused.value.hint
    assert session.seq == before


def test_a_secret_that_was_in_use_before_is_no_new_one(session: Session) -> None:
    found = account(session, "returning")
    set_credential(session, found, Secret("first"), as_current=True)
    drop_pending(session, set_credential(session, found, Secret("returning")))
    drop_pending(
        session, set_credential(session, found, Secret("returning"))
    )  # it never was in use
    stored = set_credential(session, found, Secret("third"), as_current=True)
    for old in ("first", "third"):
        with pytest.raises(RefusedError, match="has, or had"):
            set_credential(session, found, Secret(old))
    end_credential(session, stored, does_not_work=True)
    with pytest.raises(RefusedError, match="version 4"):
        set_credential(session, found, Secret("third"))
    codes = Secret("aaaa\nbbbb")
    set_credential(session, found, codes, what="recovery_codes", as_current=True)
    with pytest.raises(RefusedError, match="recovery codes"):
        set_credential(session, found, codes, what="recovery_codes")


def test_what_another_account_has_or_had_is_no_new_secret(session: Session) -> None:
    theirs, ours = account(session, "theirs"), account(session, "ours")
    set_credential(session, theirs, Secret("shared, old"), as_current=True)
    set_credential(session, theirs, Secret("shared, new"), as_current=True)
    pending = set_credential(session, theirs, Secret("shared, next"), what="api_token")
    drop_pending(session, pending)
    for value, number in (("old", 1), ("new", 2), ("next", 1)):
        before = session.seq
        with pytest.raises(RefusedError, match=rf"theirs has, or had \(version {number}\)") as told:
            set_credential(session, ours, Secret(f"shared, {value}"))
        assert "shared" not in told.value.message + told.value.hint
        assert session.seq == before
    as_it_is = set_credential(session, ours, Secret("shared, old"), as_current=True)
    assert also_of(session.registry, as_it_is) == ["the password of x/@theirs"]
    changed = set_credential(session, ours, Secret("of ours alone"))
    assert also_of(session.registry, changed) == []


def test_who_knew_a_secret_knows_it_when_it_is_in_use_again(session: Session) -> None:
    found = account(session, "back")
    first = set_credential(session, found, Secret("first"), as_current=True)
    saw, could = (add_record(session, Person(id=fresh_id(session), name=n)) for n in ("Kim", "Bo"))
    now = session.env.now()
    for person, how in ((saw, "told"), (could, "assumed")):
        seen = Exposure(
            id=fresh_id(session),
            credential=first.id,
            version=1,
            person=person.id,
            how=how,  # type: ignore[arg-type]  # one of the ways
            at=now,
        )
        add_record(session, seen)
    second = set_credential(session, found, Secret("second"), as_current=True)
    assert not did_see(session.registry, saw.id, second, 2)
    third = set_credential(session, found, Secret("first"), as_current=True)
    (seen,) = did_see(session.registry, saw.id, third, 3)
    assert seen.how == "told"
    assert not did_see(session.registry, could.id, third, 3)
    later = session.env.now()
    for person in (saw, could):
        assert could_know(session.registry, person.id, third, third.versions[-1], later)


def test_that_somebody_did_see_a_secret_outlives_what_is_assumed_of_a_later_time(
    session: Session,
) -> None:
    found = account(session, "twice back")
    first = set_credential(session, found, Secret("first"), as_current=True)
    kim = add_record(session, Person(id=fresh_id(session), name="Kim twice"))

    def knows(how: How, version: int) -> None:
        seen = Exposure(
            id=fresh_id(session),
            credential=first.id,
            version=version,
            person=kim.id,
            how=how,
            at=session.env.now(),
        )
        add_record(session, seen)

    for secret in ("second", "first"):
        set_credential(session, found, Secret(secret), as_current=True)
    knows("assumed", 3)
    knows("told", 1)
    set_credential(session, found, Secret("second"), as_current=True)
    last = set_credential(session, found, Secret("first"), as_current=True)
    (seen,) = did_see(session.registry, kim.id, last, 5)
    assert seen.how == "told"


def test_of_two_ended_secrets_with_a_version_of_one_number_the_later_is_found() -> None:
    kept = Version(number=1, made_at=NOW, stored=True, current_from=NOW)
    ended = [
        Credential(id=name, account="acme", versions=(kept,), until=NOW) for name in ("a", "b")
    ]
    registry = company(owned("acme"), *ended)
    assert find_version(registry, registry.account("acme"), "password", 1).id == "b"
