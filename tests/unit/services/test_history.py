from __future__ import annotations

import pytest

from vault.domain.role import Role
from vault.domain.secret import Secret
from vault.errors import UnsupportedFormatError
from vault.services import writing
from vault.services.accounts import Links, add_account, edit_account
from vault.services.credentials import set_credential
from vault.services.editing import add_record, edit_record, fresh_id
from vault.services.history import history
from vault.services.session import Session


def test_what_happened_to_a_record_says_who_did_what_and_what_it_changed(session: Session) -> None:
    role = add_record(session, Role(id=fresh_id(session), name="Press"))
    edit_record(session, edit_record(session, role, purpose="news"), name="Media", purpose="")
    last, middle, first = history(session, role.id)
    assert [each.line.act for each in (first, middle, last)] == ["role.add", *["role.edit"] * 2]
    assert first.changes == ()
    assert [(c.name, c.before, c.after) for c in middle.changes] == [("purpose", "", "news")]
    assert {(c.name, c.before, c.after) for c in last.changes} == {
        ("name", "Press", "Media"),
        ("purpose", "news", ""),
    }
    assert last.line.author == "Ana"


def test_the_history_of_an_account_is_that_of_what_is_on_it_too_and_tells_no_secret(
    session: Session,
) -> None:
    owner = add_record(session, Role(id=fresh_id(session), name="Webcare"))
    account = add_account(session, session.registry.catalogue.get("x"), "acme", Links())
    set_credential(session, account, Secret("hunter2!"), as_current=True)
    edit_account(session, account, Links(owner_role=owner.id))
    told = history(session, account.id)
    assert [each.line.act for each in told] == ["account.edit", "credential.set", "account.add"]
    assert [(c.name, c.after) for c in told[0].changes] == [("owner roles", "Webcare")]
    assert "hunter2" not in repr(told)


def test_what_an_account_was_and_no_program_knows_is_said_to_be_so_and_holds_up_no_change(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = add_account(session, session.registry.catalogue.get("x"), "other", Links())
    deep = b'{"type":"account","other":' + b"[" * 2000 + b"]" * 2000 + b"}"
    with monkeypatch.context() as patch:
        patch.setattr(writing, "encode_head", lambda _: deep)
        account = edit_record(session, account, note="first")
    edit_record(session, account, note="second")
    assert len(session.pasts(account.id)[account.id]) == 2
    with pytest.raises(UnsupportedFormatError, match="does not know"):
        history(session, account.id)
