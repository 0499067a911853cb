from __future__ import annotations

from tests.unit.domain.company import NOW, account, company, days, password, version
from vault.domain.record import Record
from vault.domain.reuse import not_compared, reused


def groups(*records: Record) -> list[list[tuple[str, int, str]]]:
    return [
        [(use.credential.account, use.version.number, use.stage) for use in group]
        for group in reused(company(*records), NOW)
    ]


def test_one_secret_in_two_accounts_is_reuse() -> None:
    found = groups(
        account(),
        account("other"),
        account("third"),
        password("acme", version(fingerprint="f1")),
        password("other", version(fingerprint="f1")),
        password("third", version(fingerprint="f2")),
    )
    assert found == [[("acme", 1, "current"), ("other", 1, "current")]]


def test_an_old_password_that_is_in_use_again_is_reuse_and_two_old_ones_are_not() -> None:
    versions = (
        version(1, days(-60), superseded_at=days(-30), fingerprint="f1"),
        version(2, days(-30), superseded_at=days(-10), fingerprint="f2"),
        version(3, days(-10), fingerprint="f1"),
    )
    old = version(1, days(-60), superseded_at=days(-30), fingerprint="f2")
    found = groups(account(), account("other"), password("acme", *versions), password("other", old))
    assert found == [[("acme", 3, "current"), ("acme", 1, "previous")]]


def test_what_is_gone_or_was_dropped_is_no_reuse() -> None:
    same = version(fingerprint="f1")
    dropped = version(1, days(-60), current_from=None, dropped_at=days(-50), fingerprint="f1")
    assert (
        groups(account(), account("other"), password("acme", same), password("other", dropped))
        == []
    )
    closed = account("other", until=days(-1))
    assert groups(account(), closed, password("acme", same), password("other", same)) == []
    ended = password("other", same, until=days(-1))
    assert groups(account(), account("other"), password("acme", same), ended) == []


def test_what_has_no_fingerprint_is_counted_and_never_equal() -> None:
    registry = company(account(), account("other"), password(), password("other"))
    assert reused(registry, NOW) == []
    assert not_compared(registry, NOW) == 2
