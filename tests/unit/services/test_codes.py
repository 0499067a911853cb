"""Recovery codes and authenticator seeds, on a real vault."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.services.test_credentials import account
from vault.domain.account import Account
from vault.domain.changes import Change
from vault.domain.credential import Credential, Version
from vault.domain.effects import effect
from vault.domain.role import Role
from vault.domain.secret import Secret
from vault.domain.spell import Spell
from vault.domain.steps import Step
from vault.errors import NotFoundError, RefusedError, UsageError
from vault.services import authenticator
from vault.services.credentials import find_credential, set_credential
from vault.services.editing import add_record, edit_record, fresh_id
from vault.services.recovery_codes import as_list, use_code
from vault.services.session import Session
from vault.services.totp import live_code, new_seed

CODES = Secret(" aaaa-1111\r\n\nbbbb 2222\ncccc-3333\naaaa-1111\n")


def test_codes_are_given_out_once_each_in_their_order(session: Session) -> None:
    found = account(session, "codes")
    stored = set_credential(session, found, CODES, what="recovery_codes", as_current=True)
    assert (stored.codes_left, stored.versions[-1].codes) == (3, 3)
    taken = [use_code(session, stored) for _ in range(3)]
    assert [t.code.reveal() for t in taken] == ["aaaa-1111", "bbbb 2222", "cccc-3333"]
    assert [t.left for t in taken] == [2, 1, 0]
    begin = session.seq
    with pytest.raises(RefusedError, match="are used"):
        use_code(session, stored)
    assert session.seq == begin
    acts = [line.act for line in session.journal()][-3:]
    assert acts == ["credential.use-code"] * 3


def test_a_list_that_is_pending_is_not_used_and_leaves_the_count_alone(session: Session) -> None:
    found = account(session, "pending")
    stored = set_credential(session, found, Secret("dddd\neeee"), what="recovery_codes")
    assert stored.codes_left is None
    with pytest.raises(NotFoundError, match="is kept"):
        use_code(session, stored)


@pytest.mark.parametrize("text", ["\n\n", "\n".join(map(str, range(200))), "a\x1b[2J"])
def test_what_is_no_list_of_codes_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        as_list(Secret(text))
    assert "\x1b" not in caught.value.message


def enrolled(session: Session, name: str) -> Account:
    found = account(session, name)
    authenticator.begin(session, found)
    return found


def test_a_seed_is_in_use_once_an_app_that_scanned_it_gave_its_code(session: Session) -> None:
    found = enrolled(session, "app")
    scanned = authenticator.address(session, found)
    assert scanned.reveal().startswith("otpauth://totp/X:app?secret=")
    code = live_code(scanned, session.env.now()).code.reveal()
    proved = authenticator.prove(session, found, code)
    assert proved.at_stage("current", session.env.now()) is not None
    (factor,) = session.registry.factors_of[found.id]
    assert (factor.method, factor.credential, factor.seed) == ("totp", proved.id, "vault")
    given = authenticator.code_now(session, found)
    assert given.code == live_code(scanned, session.env.now()).code


def test_an_authenticator_proved_by_hand_and_one_enrolled_by_a_step_leave_the_same_records(
    session: Session,
) -> None:
    role = add_record(session, Role(id=fresh_id(session), name="Webcare"))
    since = session.env.now() - timedelta(days=1)
    seed = new_seed(bytes(20))

    def one(handle: str) -> Account:
        found = account(session, handle)
        found = edit_record(session, found, owner_roles=(Spell(role.id, since),))
        version = Version(number=1, made_at=since, stored=True)  # by nobody who is on record
        kept = Credential(
            id=fresh_id(session), account=found.id, what="totp_seed", versions=(version,)
        )
        session.write("test", lambda *_: (Change(kept, secrets={1: seed}),))
        return found

    by_hand, by_step = one("by hand"), one("by step")
    authenticator.prove(session, by_hand, live_code(seed, session.env.now()).code.reveal())
    step = Step(id="s", act="enrol_factor", account=by_step.id, to=role.id)
    session.write("test", lambda registry, now: effect(registry, step, now, session.person))
    assert left_by(session, by_hand) == left_by(session, by_step)


def left_by(session: Session, account: Account) -> object:
    """What is on record of the one authenticator of an account, but for ids and moments."""
    registry = session.registry
    (kept,), (factor,) = registry.credentials_of[account.id], registry.factors_of[account.id]
    return (
        [(v.number, v.stage(session.env.now()), v.verified_by) for v in kept.versions],
        (factor.method, factor.seed, [spell.of for spell in factor.holders]),
        factor.credential == kept.id,
        [(seen.person, seen.version, seen.how) for seen in registry.exposures_of[kept.id]],
    )


def test_a_wrong_code_changes_nothing(session: Session) -> None:
    found = enrolled(session, "wrong")
    with pytest.raises(RefusedError, match="not the code"):
        authenticator.prove(session, found, "000000x")
    pending = find_credential(session.registry, found, "totp_seed")
    assert pending.at_stage("pending", session.env.now()) is not None
    assert found.id not in session.registry.factors_of


def test_a_new_seed_takes_the_place_of_the_old_one_and_the_factor_stays_one(
    session: Session,
) -> None:
    found = account(session, "again")
    for _ in range(2):
        authenticator.begin(session, found)
        code = live_code(authenticator.address(session, found), session.env.now()).code
        authenticator.prove(session, found, code.reveal())
    credential = find_credential(session.registry, found, "totp_seed")
    stages = [v.stage(session.env.now()) for v in credential.versions]
    assert stages == ["previous", "current"]
    assert len(session.registry.factors_of[found.id]) == 1


def test_a_code_is_journalled_and_is_no_exposure_of_the_seed(session: Session) -> None:
    found = enrolled(session, "exposed")
    credential = find_credential(session.registry, found, "totp_seed")
    before = session.registry.exposures_of[credential.id]
    authenticator.code_now(session, found)
    line = list(session.journal())[-1]
    assert (line.act, line.kind.name) == ("credential.code", "REVEAL")
    assert session.registry.exposures_of[credential.id] == before
    with pytest.raises(NotFoundError):
        authenticator.code_now(session, account(session, "none"))
