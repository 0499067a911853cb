"""`python -m bench.ledger [ACCOUNTS [PEOPLE]]`: what the ledger of exposure takes, in memory.

Five years of a company whose roles change hands: each role has three seats that go to somebody else
every nine months on average, each password is changed once a year and when it was typed in, and
twice more, somebody saw it. Three people are members of the vault, one after the other for a time.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from vault.domain.account import Account
from vault.domain.credential import Credential, Exposure, Version
from vault.domain.ids import derived_id
from vault.domain.ledger import changed_since, obligations
from vault.domain.person import Person
from vault.domain.platforms import Catalogue, Platform
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Assignment, Role
from vault.domain.spell import Spell

NOW = datetime(2026, 6, 1, tzinfo=UTC)
YEARS = 5
BEGIN = NOW - timedelta(days=365 * YEARS)
ACCOUNTS_A_ROLE = 20
SEATS_A_ROLE = 3
TENURE_DAYS = 270


def company(accounts: int, people: int) -> Iterator[Record]:
    """Yield the records, the same each time."""
    random = Random(4)
    staff = [derived_id("person", str(n)) for n in range(people)]
    for n, person in enumerate(staff):
        leaves = (BEGIN + timedelta(days=random.randint(200, 2500))).date()
        member = (Spell(f"member {n}", BEGIN, None if n else NOW - timedelta(days=400)),)
        yield Person(
            id=person,
            name=f"Person {n}",
            last_day=leaves if n % 3 == 0 else None,
            memberships=member if n < 3 else (),
        )
    roles = [derived_id("role", str(n)) for n in range(max(accounts // ACCOUNTS_A_ROLE, 1))]
    holders: dict[str, list[Assignment]] = {}
    for role in roles:
        yield Role(id=role, name=f"Role {role[:6]}")
        holders[role] = list(tenures(random, role, staff))
        yield from holders[role]
    for n in range(accounts):
        role = roles[n % len(roles)]
        made = BEGIN + timedelta(days=random.randint(0, 300))
        account = derived_id("account", str(n))
        owners = (Spell(role, made),)
        yield Account(
            id=account, platform="net", handles=(Spell(f"a{n}", made),), owner_roles=owners
        )
        yield from secrets(random, account, made, [a.person for a in holders[role]])


def tenures(random: Random, role: str, staff: list[str]) -> Iterator[Assignment]:
    """Yield who held a role when: its seats change hands one after the other."""
    for seat in range(SEATS_A_ROLE):
        since = BEGIN
        while since < NOW:
            until = since + timedelta(days=random.expovariate(1 / TENURE_DAYS))
            yield Assignment(
                id=derived_id(role, str(seat), str(since)),
                person=random.choice(staff),
                role=role,
                since=since,
                until=until if until < NOW else None,
            )
            since = until


def secrets(random: Random, account: str, made: datetime, seers: list[str]) -> Iterator[Record]:
    """Yield the password of an account with a version a year, and who saw each."""
    moments = [made]
    while moments[-1] < NOW:
        moments.append(moments[-1] + timedelta(days=random.randint(300, 430)))
    versions = tuple(
        Version(
            number=number,
            stored=True,
            made_at=begin,
            current_from=begin,
            superseded_at=end if end < NOW else None,
            retired_at=end + timedelta(days=90) if end + timedelta(days=90) < NOW else None,
        )
        for number, (begin, end) in enumerate(pairwise(moments), 1)
    )
    credential = derived_id(account, "password")
    yield Credential(id=credential, account=account, versions=versions)
    for version in versions:
        for nth in range(3):
            yield Exposure(
                id=derived_id(credential, str(version.number), str(nth)),
                credential=credential,
                version=version.number,
                person=random.choice(seers),
                how="revealed" if nth else "entered",
                at=version.made_at + timedelta(days=40 * nth),
            )


def main(accounts: int = 10_000, people: int = 200) -> None:
    """Print what the ledger holds and what it took."""
    net = Platform(id="net", name="Net", kind="social network", status="living")
    catalogue = Catalogue(platforms=(net,), generic={}, dead={}, sources={})
    registry = Registry(company(accounts, people), catalogue)
    before, start = peak_bytes(), time.process_time()
    found = obligations(registry, NOW)
    took = time.process_time() - start
    is_open = sum(o.closed_at is None for o in found)
    print(f"{accounts} accounts, {people} people, {YEARS} years, {len(registry)} records")
    print(f"obligations: {len(found)}, {is_open} of them open: {took:.2f} s of CPU")
    print(f"peak memory: {before >> 20} MiB with the registry, {peak_bytes() >> 20} MiB after")
    start = time.process_time()
    one = min(p.id for p in registry.all(Person))
    print(f"one person's: {len(obligations(registry, NOW, [one]))}: {since(start):.2f} s")
    start = time.process_time()
    asked = list(registry.all(Account))[:1000]
    answers = [c.answer for account in asked for c in changed_since(registry, one, account, NOW)]
    print(f"changed since, 1,000 accounts: {answers.count('yes')} yes: {since(start):.3f} s")


def since(start: float) -> float:
    """Return the seconds of CPU since `start`."""
    return time.process_time() - start


def peak_bytes() -> int:
    """Return the most memory this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
