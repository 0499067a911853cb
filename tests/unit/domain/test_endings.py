"""What may end: the same whoever asks, by hand or as a step."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.unit.domain.company import NOW, account, company, days, since
from vault.domain.account import Account
from vault.domain.endings import refuse_ending, what_hangs_on
from vault.domain.factor import Factor
from vault.domain.grant import Grant
from vault.domain.guards import objection
from vault.domain.mailbox import Mailbox
from vault.domain.record import Record
from vault.domain.steps import Step
from vault.errors import RefusedError

CODES = Mailbox(id="codes", address="codes@acme.example", owner="webcare")


def may_end(*records: Record) -> bool:
    """Say whether the mailbox may be ended by hand, which is when it may be released by a step."""
    registry = company(*({"codes": CODES} | {each.id: each for each in records}).values())
    step = Step(id="release", act="release_mailbox", target="codes", person="jan")
    objected = objection(registry, step, NOW)
    if not objected:
        refuse_ending(registry, registry.get("codes", Mailbox), NOW)
        return True
    with pytest.raises(RefusedError):
        refuse_ending(registry, registry.get("codes", Mailbox), NOW)
    return False


def used(until: int | None) -> tuple[Account, Factor]:
    """Return an account that sends its codes to the mailbox, with the day on which it closed."""
    open_until = None if until is None else days(until)
    factor = Factor(id="f", account="acme", method="email", mailbox="codes", since=days(-9))
    return account(until=open_until), factor


def test_a_mailbox_that_only_a_closed_account_used_can_end() -> None:
    assert may_end()
    assert may_end(*used(-1))
    assert may_end(account(login_mailboxes=since("codes"), until=days(-1)))


def test_a_mailbox_that_is_in_use_or_to_be_kept_cannot_end() -> None:
    assert not may_end(*used(None))
    assert not may_end(*used(2))
    assert not may_end(account(recovery_mailboxes=since("codes")))
    kept = [replace(CODES, keep_until=days(day).date()) for day in (0, 1)]
    assert may_end(kept[0])
    assert not may_end(kept[1])


def test_a_tool_of_closed_accounts_only_can_end() -> None:
    posts = Grant(id="g", tool="tool", account="acme", level="post", since=days(-9))
    for until, ends in ((None, False), (days(-1), True)):
        registry = company(account(until=until), account("tool"), posts)
        hanging = list(what_hangs_on(registry, registry.account("tool"), NOW))
        assert (hanging == []) is ends
