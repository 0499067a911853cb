"""Who reads a freemail mailbox knows its password: what that leaves to change, and where."""

from __future__ import annotations

from msgspec.structs import replace

from tests.unit.domain.company import (
    NOW,
    account,
    days,
    holds,
    of_jan,
    password,
    saw,
    since,
    version,
)
from tests.unit.domain.test_whose import MAIL, SHARED, firm
from vault.domain.knowledge import debts, knowledge_debt
from vault.domain.ledger import Obligation, changed_since, obligations
from vault.domain.neighbourhood import islands, reach, surroundings
from vault.domain.person import Person
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.rotation import rotations_due
from vault.domain.rotation_policy import USUAL
from vault.domain.ties import account_ties

PRESS = (Role(id="press", name="press"), holds("ann", "press"))
ITS = replace(MAIL, owner_roles=since("press"))
READ = replace(SHARED, readers=since("jan", until=days(-20)))
GONE = Person(id="jan", name="Jan", last_day=days(-5).date())
CHANGED = (version(1, days(-300), superseded_at=days(-2)), version(2, days(-2)))


def mailed(*records: Record) -> Registry:
    """Jan read a freemail mailbox, whose account is of a role that he never held."""
    return firm(*PRESS, ITS, READ, *records)


def owed(registry: Registry, at: int = 0) -> list[Obligation]:
    return [each for each in obligations(registry, days(at)) if each.person == "jan"]


def test_who_read_one_and_left_leaves_its_password_to_change_in_every_list() -> None:
    registry = mailed(GONE, password("mail"))
    [(person, credential)] = debts(registry, NOW)
    assert (person.id, credential.account) == ("jan", "mail")
    assert knowledge_debt(registry, NOW) == 1
    assert [due.credential.account for due in rotations_due(registry, NOW, USUAL)] == ["mail"]
    (one,) = owed(registry)
    assert (one.how, one.saw, one.arose_at) == (("mail",), False, days(-20))


def test_who_read_it_by_a_role_is_no_exception() -> None:
    by_role = replace(SHARED, readers=since("webcare"))
    registry = mailed(GONE, by_role, holds("jan", until=days(-20)), password("mail"))
    assert [credential.account for _, credential in debts(registry, NOW)] == ["mail"]
    assert [each.arose_at for each in owed(registry)] == [days(-20)]


def test_who_is_to_read_it_owes_nothing_and_who_is_taken_off_does_until_it_is_changed() -> None:
    reading = replace(SHARED, readers=since("jan"))
    assert owed(mailed(reading, password("mail"))) == []
    (one,) = owed(mailed(password("mail", *CHANGED)))
    assert (one.arose_at, one.closed_at, one.closed_how) == (days(-20), days(-2), "changed")
    assert owed(mailed(reading, GONE, password("mail")))[0].arose_at == days(-4).replace(hour=0)


def test_a_new_password_keeps_out_who_read_it_and_the_ledger_says_so() -> None:
    registry = mailed(GONE, password("mail", *CHANGED))
    assert [*debts(registry, NOW)] == []
    acme = registry.account("mail")
    assert [told.answer for told in changed_since(registry, "jan", acme, NOW)] == ["yes"]
    kinds = {tie.kind for tie in account_ties(registry, "jan", acme, NOW)}
    assert "password" not in kinds


def test_its_password_is_known_though_the_mailbox_is_in_use_no_more() -> None:
    registry = mailed(GONE, replace(READ, until=days(-1)), password("mail"))
    assert of_jan(registry).why("mail")[0].startswith("Jan could know the password of ident/")


def test_an_account_with_the_same_password_is_known_as_well_and_of_one_island_with_it() -> None:
    same = version(stored=True, fingerprint="f1")
    other = account("other", owner_roles=since("press"))
    third = (replace(other, id="third"), password("third", same, until=days(-9)))
    registry = mailed(GONE, password("mail", same), other, password("other", same), *third)
    assert {credential.account for _, credential in debts(registry, NOW)} == {"mail", "other"}
    assert {each.credential for each in owed(registry) if each.is_open} == {
        "password of mail", "password of other",
    }  # fmt: skip
    assert "other" in reach(registry, "jan")
    assert set(islands(registry).values()) == {frozenset({"mail", "other", "third"})}
    (tie,) = account_ties(surroundings(registry, ["other"]), "jan", other, NOW)
    assert tie.why[0].endswith(", the same as the password of ident/acme@gmail.com")


def test_only_a_password_is_known_by_it() -> None:
    registry = mailed(GONE, password("mail", what="api_token"))
    assert [*obligations(registry, NOW)] == []


def test_what_they_typed_in_as_well_is_told_beside_it() -> None:
    (one,) = owed(mailed(GONE, password("mail"), saw("jan", "mail", at=days(-30))))
    assert (one.how, one.saw) == (("mail", "entered"), True)
