from __future__ import annotations

import msgspec
import pytest

from tests.unit.domain.company import account, company, days, holds, mailbox, password, seat, since
from vault.domain.changes import changes
from vault.domain.person import Person
from vault.domain.role import Role
from vault.errors import NotFoundError


def test_applying_changes_leaves_the_registry_as_it_was() -> None:
    before = company(account(), seat("jan", "full"))
    assert before.seats_on["acme"][0].level == "full"
    after = before.apply(changes(seat("jan", "edit"), seat("ann", "full")))
    assert [s.level for s in before.seats_on["acme"]] == ["full"]
    assert [s.level for s in after.seats_on["acme"]] == ["edit", "full"]
    assert "ann on acme" not in before


def test_an_index_forgets_what_a_record_no_longer_names() -> None:
    before = company(account(login_mailboxes=since("old")), mailbox("old"), mailbox("new"))
    assert [a.id for a in before.accounts_on["old"]] == ["acme"]
    moved = msgspec.structs.replace(before.account("acme"), login_mailboxes=since("new"))
    after = before.apply(changes(moved))
    assert after.accounts_on.get("old", ()) == ()
    assert [a.id for a in after.accounts_on["new"]] == ["acme"]


def test_a_new_record_is_among_all_of_its_kind() -> None:
    before = company()
    assert {p.id for p in before.all(Person)} == {"jan", "ann"}
    after = before.apply(changes(Person(id="eve", name="Eve")))
    assert {p.id for p in after.all(Person)} == {"jan", "ann", "eve"}
    assert {p.id for p in before.all(Person)} == {"jan", "ann"}


def test_more_changes_than_there_were_records_are_in_every_index_that_was_made_before() -> None:
    before = company(account(login_mailboxes=since("old")), mailbox("old"), mailbox("new"))
    assert [a.id for a in before.accounts_on["old"]] == ["acme"]
    assert {p.id for p in before.all(Person)} == {"jan", "ann"}
    moved = msgspec.structs.replace(before.account("acme"), login_mailboxes=since("new"))
    hired = [Person(id=f"eve{n}", name="Eve") for n in range(len(before))]
    after = before.apply(changes(moved, *hired))
    assert len(after) == len(before) + len(hired)
    assert after.account("acme") is moved
    assert [a.id for a in after.accounts_on["new"]] == ["acme"]
    assert after.accounts_on.get("old", ()) == ()
    assert len(after.all(Person)) == 2 + len(hired)
    assert len(before.all(Person)) == 2


def test_an_index_keeps_what_has_ended() -> None:
    registry = company(account(), holds("jan", until=days(-9)))
    assert [a.person for a in registry.assignments_of["webcare"]] == ["jan"]
    assert [a.role for a in registry.assignments_of["jan"]] == ["webcare"]


def test_a_record_of_another_kind_is_not_found_under_its_id() -> None:
    with pytest.raises(NotFoundError, match="there is no role with id acme"):
        company(account()).get("acme", Role)


def test_registries_are_equal_by_what_is_in_them() -> None:
    registry = company(account(), password())
    assert registry == company(password(), account())
    assert registry.without(["acme"]) != registry
    assert len(registry.without(["acme"])) == len(registry) - 1


def test_nothing_is_known_of_a_platform_that_the_catalogue_does_not_list() -> None:
    foreign = msgspec.structs.replace(account(), platform="elsewhere")
    registry = company(foreign)
    assert registry.platform(foreign).resets_by_mail == "unknown"
    assert registry.is_live(foreign, days(0))
