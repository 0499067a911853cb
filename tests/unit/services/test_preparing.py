from __future__ import annotations

import pytest

from vault.domain.account import Account
from vault.domain.cases import Progress
from vault.domain.mailbox import Mailbox
from vault.domain.secret import Secret
from vault.domain.spell import Spell
from vault.domain.steps import Step
from vault.errors import RefusedError
from vault.services.credentials import find_credential, reveal_credential, set_credential
from vault.services.editing import add_record, edit_record, fresh_id
from vault.services.preparing import (
    label_for,
    mailbox_to_prove,
    make_secret,
    secret_to_store,
    secrets_for,
    store_secret,
)
from vault.services.session import Session


def account(session: Session, handle: str) -> Account:
    now = session.env.now()
    made = Account(id=fresh_id(session), platform="x", handles=(Spell(handle, now),), since=now)
    return add_record(session, made)


def test_a_step_wants_its_new_password_first_and_then_works_with_both(session: Session) -> None:
    acme = account(session, "acme")
    set_credential(session, acme, Secret("the old one"), as_current=True)
    credential = find_credential(session.registry, acme, "password")
    step = Step(id="s", act="rotate_password", account=acme.id, target=credential.id)
    progress, now = Progress(step), session.env.now
    assert secret_to_store(session.registry, progress, now()) == "password"
    assert [k.stage for k in secrets_for(session.registry, step, now())] == ["current"]
    made = make_secret(session, acme.id)
    assert secret_to_store(session.registry, progress, now()) is None
    assert [k.stage for k in secrets_for(session.registry, step, now())] == ["pending", "current"]
    assert len(reveal_credential(session, made, "pending").reveal()) >= 20


def test_a_pin_is_made_of_digits_and_kept_as_a_pin(session: Session) -> None:
    acme = account(session, "acme_pin")
    made = make_secret(session, acme.id, "pin")
    assert made.what == "pin"
    assert reveal_credential(session, made, "pending").reveal().isdigit()


def test_a_second_factor_wants_its_seed_first(session: Session) -> None:
    acme = account(session, "acme_2fa")
    progress = Progress(Step(id="s", act="enrol_factor", account=acme.id))
    assert secret_to_store(session.registry, progress, session.env.now()) == "totp_seed"
    store_secret(session, acme.id, "totp_seed", Secret("JBSWY3DPEHPK3PXP"))
    assert secret_to_store(session.registry, progress, session.env.now()) is None
    kept = list(secrets_for(session.registry, progress.step, session.env.now()))
    assert [k.credential.what for k in kept] == ["totp_seed"]


def test_of_several_secrets_of_a_kind_the_one_of_the_step_is_stored(session: Session) -> None:
    acme = account(session, "acme_tokens")
    for label in ("Buffer", "Zapier"):
        secret = Secret(f"token of {label}")
        set_credential(session, acme, secret, what="api_token", label=label, as_current=True)
    zapier = find_credential(session.registry, acme, "api_token", "Zapier")
    step = Step(id="s", act="rotate_token", account=acme.id, target=zapier.id)
    label = label_for(session.registry, step)
    stored = store_secret(session, acme.id, "api_token", Secret("a new one"), label)
    assert stored.id == zapier.id
    assert secret_to_store(session.registry, Progress(step), session.env.now()) is None


def test_a_step_that_is_over_wants_nothing(session: Session) -> None:
    acme = account(session, "acme_over")
    step = Step(id="s", act="enrol_factor", account=acme.id)
    over = Progress(step, state="waived")
    assert secret_to_store(session.registry, over, session.env.now()) is None


def test_a_mailbox_is_to_be_proved_until_it_is(session: Session) -> None:
    box = add_record(session, Mailbox(id=fresh_id(session), address="a@acme.example"))
    progress = Progress(Step(id="s", act="prove_mailbox", target=box.id))
    assert mailbox_to_prove(session.registry, progress, session.env.now()) == box
    edit_record(session, box, proven_at=session.env.now())
    assert mailbox_to_prove(session.registry, progress, session.env.now()) is None
    other = Progress(Step(id="t", act="release_mailbox", target=box.id))
    assert mailbox_to_prove(session.registry, other, session.env.now()) is None


def test_what_the_interface_stores_is_compared_with_what_is_in_use(session: Session) -> None:
    found = account(session, "twice")
    set_credential(session, found, Secret("hunter2!"), as_current=True)
    with pytest.raises(RefusedError, match="has, or had"):
        store_secret(session, found.id, "password", Secret("hunter2!"))
