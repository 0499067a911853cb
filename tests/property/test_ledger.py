"""The ledger against its definition asked moment by moment, on random registries."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import given

from tests.conftest import fewer
from tests.property.pasts import Past, Records
from tests.property.strategies import NOW, registries
from tests.property.told import accepted
from vault.domain.account import Account
from vault.domain.credential import LOGIN_SECRETS, Credential, Version
from vault.domain.knowledge import debts, knowledge_debt
from vault.domain.ledger import changed_since, obligations
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.registry import Registry


def owes(past: Past, person: Person, c: Credential, v: Version, at: datetime) -> bool:
    """Whether at that moment the version is to be changed because of the person."""
    accounts = [a for a in past.all(Account) if a.id == c.account]
    if not accepted(c, v, at) or not any(past.records.is_live(a, at) for a in accounts):
        return False
    works_here = person.last_day is None or at.date() <= person.last_day
    entitled = any(past.is_among(a.owner_roles, at) for a in accounts)
    reads = v.stored and past.is_member(at)
    mailed = c.what in LOGIN_SECRETS and any(
        past.records.is_the(a, m) and past.is_let_into(m, at)
        for a in accounts
        for m in past.all(Mailbox)
    )
    return past.could_know(c, v, at) and not (works_here and (entitled or reads or mailed))


def ever_knew(past: Past, c: Credential, v: Version) -> bool:
    return any(past.could_know(c, v, at) for at in (*past.moments, NOW) if at <= NOW)


@fewer
@given(registries())
def test_a_secret_is_owed_at_every_moment_at_which_the_records_say_so(registry: Registry) -> None:
    found = obligations(registry, NOW)
    records = Records(registry)
    for person in registry.all(Person):
        past = records.past(person.id)
        mine = [o for o in found if o.person == person.id]
        day = person.last_day or NOW.date()
        left = datetime.combine(day + timedelta(days=1), time(), UTC)
        for at in [m for m in (*past.moments, left) if m <= NOW]:
            told = {
                (o.credential, o.version)
                for o in mine
                if o.arose_at <= at and (o.closed_at is None or at < o.closed_at)
            }
            assert told == {
                (c.id, v.number)
                for c in past.all(Credential)
                for v in c.versions
                if owes(past, person, c, v, at)
            }


@given(registries())
def test_the_ledger_and_the_headline_count_the_same_debt(registry: Registry) -> None:
    for at in (NOW, NOW - timedelta(days=8)):
        gone = [p.id for p in registry.all(Person) if p.status(at) == "left"]
        owed = {(o.person, o.credential) for o in obligations(registry, at, gone) if o.is_open}
        listed = [(person.id, credential.id) for person, credential in debts(registry, at)]
        assert len(listed) == knowledge_debt(registry, at)
        assert set(listed) == {
            (person, credential)
            for person, credential in owed
            if registry.get(credential, Credential).what in LOGIN_SECRETS
        }


@fewer
@given(registries())
def test_what_was_told_of_the_past_stays_told_but_for_how_it_was_closed(registry: Registry) -> None:
    then = NOW - timedelta(days=8)
    before, after = obligations(registry, then), obligations(registry, NOW)
    kept = {(o.person, o.credential, o.version, o.arose_at) for o in after}
    for each in before:
        assert (each.person, each.credential, each.version, each.arose_at) in kept
    assert before == [o for o in before if o.closed_at is None or o.closed_at <= then]
    assert {o for o in before if o.closed_at} <= {o for o in after if o.closed_at}


@fewer
@given(registries())
def test_asking_about_some_people_leaves_the_others_out_and_nothing_else(
    registry: Registry,
) -> None:
    some = frozenset(sorted(p.id for p in registry.all(Person))[:2])
    everybody = obligations(registry, NOW)
    assert obligations(registry, NOW, some) == [o for o in everybody if o.person in some]


@given(registries())
def test_a_secret_has_changed_where_it_was_known_and_the_one_in_use_is_not(
    registry: Registry,
) -> None:
    person = min(registry.all(Person), key=lambda p: p.id)
    past = Records(registry).past(person.id)
    for account in registry.all(Account):
        for told in changed_since(registry, person.id, account, NOW):
            credential = registry.get(told.credential, Credential)
            known = {v.number for v in credential.versions if ever_knew(past, credential, v)}
            assert (told.answer == "never") == (not known)
            if told.answer in {"yes", "no"}:
                assert (told.current in known) == (told.answer == "no")
                assert told.version in known
