from __future__ import annotations

from datetime import timedelta

from vault.domain.account import Account
from vault.domain.changes import Change
from vault.domain.credential import Credential, Version
from vault.domain.headline import WEEKS
from vault.domain.role import Role
from vault.domain.rotation_policy import USUAL, Policy, Rule
from vault.domain.spell import Spell
from vault.services.editing import add_record, fresh_id
from vault.services.overview import overview_of
from vault.services.session import Session


def test_what_needs_someone_is_there_as_soon_as_it_is_worked_out(
    session: Session,
) -> None:
    add_role(session, "a")
    overview = overview_of(session.registry, session.env.now(), USUAL)
    assert overview.needs() == []
    before = overview.headline
    pieces = list(overview.work_out())
    assert pieces[-1] == "how it was"
    assert (before is None, overview.headline is None) == (True, False)
    assert any("nobody holds the role" in need.what for need in overview.needs())
    assert len(overview.past) == WEEKS - 1


def test_it_is_worked_out_once_until_the_vault_changes(session: Session) -> None:
    overview = overview_of(session.registry, session.env.now(), USUAL)
    list(overview.work_out())
    assert overview_of(session.registry, session.env.now(), USUAL, overview) is overview
    assert list(overview.work_out()) == []
    assert overview.findings is overview.findings
    add_role(session, "b")
    changed = overview_of(session.registry, session.env.now(), USUAL, overview)
    assert changed is not overview
    assert changed.past == overview.past, "the past is what it was"
    assert changed.needs() == overview.needs(), "until it is worked out anew"
    assert changed.headline == overview.headline
    list(changed.work_out())
    assert changed.needs() != overview.needs()


def test_rotations_are_due_by_the_policy_that_is_given(session: Session) -> None:
    now = session.env.now
    account = Account(id=fresh_id(session), platform="x", handles=(Spell("old", now()),))
    add_record(session, account)
    long_ago = now() - timedelta(days=400)
    old = Version(number=1, made_at=long_ago, current_from=long_ago)
    add_record(session, Credential(id=fresh_id(session), account=account.id, versions=(old,)))
    assert overview_of(session.registry, now(), USUAL).rotations_due == []
    strict = Policy(classes=(Rule(name="all", hours=1, age_days=90),))
    (due,) = overview_of(session.registry, now(), policy=strict).rotations_due
    assert (due.credential.account, due.terms.name) == (account.id, "all")


def test_replaced_secrets_need_someone_once_the_policy_keeps_them_no_longer(
    session: Session,
) -> None:
    now = session.env.now()
    account = Account(id=fresh_id(session), platform="x", handles=(Spell("kept", now),))
    add_record(session, account)
    then = now - timedelta(days=10)
    old = Version(number=1, made_at=then, current_from=then, superseded_at=now)
    new = Version(number=2, made_at=now, current_from=now)
    add_record(session, Credential(id=fresh_id(session), account=account.id, versions=(old, new)))

    def told(policy: Policy) -> list[str]:
        overview = overview_of(session.registry, now, policy=policy)
        list(overview.work_out())
        return [need.what for need in overview.needs()]

    text = "1 replaced secret is kept for too long: rotate retire"
    assert text not in told(Policy())
    assert text in told(Policy(keep_days=0))


def add_role(session: Session, digit: str) -> None:
    role = Role(id=digit * 32, name=f"role {digit}")
    session.write("role.add", lambda *_: (Change(role),))
