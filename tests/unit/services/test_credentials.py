from __future__ import annotations

import pytest

from vault.domain.account import Account
from vault.domain.platforms.model import PasswordRules
from vault.domain.secret import Secret
from vault.domain.spell import Spell
from vault.errors import NotFoundError, RefusedError, UsageError
from vault.services.credentials import (
    AMBIGUOUS,
    drop_pending,
    find_credential,
    generate_password,
    reveal_credential,
    set_credential,
)
from vault.services.editing import add_record, end_record, fresh_id
from vault.services.session import Session


def account(session: Session, handle: str) -> Account:
    now = session.env.now()
    made = Account(id=fresh_id(session), platform="x", handles=(Spell(handle, now),), since=now)
    return add_record(session, made)


def test_a_generated_password_is_long_mixed_and_can_be_read_out() -> None:
    made = {generate_password(None).reveal() for _ in range(200)}
    assert len(made) == 200
    for each in made:
        assert len(each) == 20
        assert not AMBIGUOUS & set(each)
        assert any(c.islower() for c in each)
        assert any(c.isupper() for c in each)
        assert any(c.isdigit() for c in each)
        assert any(not c.isalnum() for c in each)


def test_a_generated_password_keeps_the_rules_of_the_platform() -> None:
    long = PasswordRules(min_length=32, max_length=64, required=(), allowed_symbols="-_")
    made = generate_password(long).reveal()
    assert len(made) == 32
    assert {c for c in made if not c.isalnum()} <= {"-", "_"}
    short = PasswordRules(min_length=6, max_length=12, required=(), allowed_symbols="")
    assert len(generate_password(short).reveal()) == 12
    assert generate_password(short).reveal().isalnum()
    with pytest.raises(RefusedError):
        generate_password(PasswordRules(min_length=1, max_length=6))


def test_a_new_secret_is_pending_journalled_and_readable(session: Session) -> None:
    found = account(session, "one")
    stored = set_credential(session, found, Secret("first"))
    now = session.env.now()
    pending = stored.at_stage("pending", now)
    assert pending is not None
    assert (pending.number, pending.stored) == (1, True)
    assert reveal_credential(session, stored, "pending").reveal() == "first"
    kinds = [line.kind.name for line in session.journal()][-2:]
    assert kinds == ["RECORD_CHANGE", "REVEAL"]
    seen = session.registry.exposures_of[stored.id]
    assert [(e.how, e.person) for e in seen] == [
        ("entered", session.person),
        ("revealed", session.person),
    ]


def test_a_second_change_waits_for_the_first_to_be_finished_or_dropped(session: Session) -> None:
    found = account(session, "two")
    stored = set_credential(session, found, Secret("first"))
    with pytest.raises(RefusedError, match="Ana began to change this"):
        set_credential(session, found, Secret("second"))
    drop_pending(session, stored)
    with pytest.raises(RefusedError, match="no pending version"):
        drop_pending(session, stored)
    again = set_credential(session, found, Secret("second"))
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
    stored = set_credential(session, found, Secret("first"))
    begin = session.seq
    with pytest.raises(NotFoundError):
        reveal_credential(session, stored, "current")
    assert session.seq == begin
