from __future__ import annotations

from vault.domain.changes import Change
from vault.domain.headline import WEEKS
from vault.domain.role import Role
from vault.services.overview import overview_of
from vault.services.session import Session


def test_what_needs_someone_is_there_as_soon_as_it_is_worked_out(
    session: Session,
) -> None:
    add_role(session, "a")
    overview = overview_of(session.registry, session.env.now())
    assert overview.needs() == []
    before = overview.headline
    pieces = list(overview.work_out())
    assert pieces[-1] == "how it was"
    assert (before is None, overview.headline is None) == (True, False)
    assert any("nobody holds the role" in need.what for need in overview.needs())
    assert len(overview.past) == WEEKS - 1


def test_it_is_worked_out_once_until_the_vault_changes(session: Session) -> None:
    overview = overview_of(session.registry, session.env.now())
    list(overview.work_out())
    assert overview_of(session.registry, session.env.now(), overview) is overview
    assert list(overview.work_out()) == []
    assert overview.findings is overview.findings
    add_role(session, "b")
    changed = overview_of(session.registry, session.env.now(), overview)
    assert changed is not overview
    assert changed.past == overview.past, "the past is what it was"
    assert changed.needs() == overview.needs(), "until it is worked out anew"
    assert changed.headline == overview.headline
    list(changed.work_out())
    assert changed.needs() != overview.needs()


def add_role(session: Session, digit: str) -> None:
    role = Role(id=digit * 32, name=f"role {digit}")
    session.write("role.add", lambda *_: (Change(role),))
