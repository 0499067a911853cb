"""Two sessions on one vault: what the one has not seen yet is asked of the file all the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from vault.domain.account import Account
from vault.domain.person import Person
from vault.domain.role import Role
from vault.errors import RefusedError
from vault.services.editing import add_record, edit_record, end_record, fresh_id
from vault.services.people import add_person, edit_person
from vault.services.roles import assign_role
from vault.services.seats import add_seat
from vault.services.session import Session
from vault.services.vaults import open_with


@pytest.fixture
def earlier(session: Session) -> Iterator[Session]:
    """Return a second session on the vault, which does not look at it again by itself."""
    with open_with(str(session.path), lambda _: session._keys, session.env) as opened:
        yield opened


def test_two_writers_at_once_do_not_make_two_people_of_one_external_id(
    session: Session, earlier: Session
) -> None:
    add_person(session, "Bob", external_id="E-1")
    with pytest.raises(RefusedError, match="Bob has the external id"):
        add_person(earlier, "Robert", external_id="E-1")
    with pytest.raises(RefusedError, match="a person 'Bob' already"):
        add_person(earlier, "bob")


def test_two_writers_at_once_do_not_give_two_people_one_external_id(
    session: Session, earlier: Session
) -> None:
    cleo = add_person(earlier, "Cleo")
    add_person(session, "Dirk", external_id="E-2")
    with pytest.raises(RefusedError, match="Dirk has the external id"):
        edit_person(earlier, cleo, external_id="E-2")


def test_two_writers_at_once_do_not_give_anything_to_who_left_meanwhile(session: Session) -> None:
    eva = add_record(session, Person(id=fresh_id(session), name="Eva"))
    role = add_record(session, Role(id=fresh_id(session), name="Press"))
    page = add_record(session, Account(id=fresh_id(session), platform="linkedin_page", handles=()))
    now = session.env.now()
    with open_with(str(session.path), lambda _: session._keys, session.env) as earlier:
        edit_record(session, eva, last_day=now.date() - timedelta(days=2))
        with pytest.raises(RefusedError, match="Eva does not work here"):
            assign_role(earlier, role, eva, now)
        with pytest.raises(RefusedError, match="Eva has left"):
            add_seat(earlier, page, eva, "edit", now)


def test_two_writers_at_once_do_not_fill_a_role_that_ended_meanwhile(session: Session) -> None:
    fay = add_record(session, Person(id=fresh_id(session), name="Fay"))
    role = add_record(session, Role(id=fresh_id(session), name="Fax"))
    with open_with(str(session.path), lambda _: session._keys, session.env) as earlier:
        end_record(session, role)
        with pytest.raises(RefusedError, match="the role Fax ended"):
            assign_role(earlier, role, fay, session.env.now())
