from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from os import urandom
from pathlib import Path

import pytest

from vault.domain.person import Person
from vault.domain.seat import Seat
from vault.errors import AlreadyError, RefusedError
from vault.services.accounts import Links, add_account
from vault.services.editing import add_record, fresh_id
from vault.services.environment import Environment
from vault.services.members import add_reporter
from vault.services.seats import add_seat, edit_seat, end_seat
from vault.services.session import Session
from vault.services.vaults import create_vault, open_vault

PASSPHRASE = "two people at two desks"


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[tuple[Session, Session]]:
    """Two sessions on one vault, as two admins have it open at the same time."""
    env = Environment(lambda: datetime.now(UTC), urandom, tmp_path / "state")
    location = str(tmp_path / "vault")
    first = create_vault(location, PASSPHRASE, "Ana", env, cost="floor")
    second = open_vault(location, lambda: PASSPHRASE, env)
    yield first, second
    first.close()
    second.close()


def _page_with_two_owners(session: Session) -> tuple[str, str]:
    page = add_account(session, session.registry.catalogue.get("linkedin"), "acme", Links())
    now = session.env.now()
    people = [
        add_record(session, Person(id=fresh_id(session), name=name)) for name in ("Bo", "Cor")
    ]
    seats = [add_seat(session, page, person, "owner", now) for person in people]
    return seats[0].id, seats[1].id


def test_two_admins_cannot_each_end_one_of_the_last_two_owner_seats(
    desks: tuple[Session, Session],
) -> None:
    first, second = desks
    one, other = _page_with_two_owners(first)
    second.refresh()
    seats = {seat.id: seat for seat in second.registry.all(Seat)}
    end_seat(first, seats[one])
    with pytest.raises(RefusedError, match="Nobody else has confirmed rights"):
        end_seat(second, seats[other])
    with pytest.raises(RefusedError, match="Nobody else has confirmed rights"):
        edit_seat(second, seats[other], level="edit")


def test_two_who_add_one_reporter_at_once_make_one(desks: tuple[Session, Session]) -> None:
    first, second = desks
    made = add_reporter(first, "cron", "tin can with a string", cost="floor")
    with pytest.raises(AlreadyError, match="a member called 'Cron' already") as refused:
        add_reporter(second, "Cron", "another tin can", cost="floor")
    assert refused.value.details == {"id": made.id}
    assert [each.name for each in second.members()] == ["Ana", "cron"]
