from __future__ import annotations

from tests.unit.domain.company import NOW, account, company, days, holds, mailbox, password, since
from vault.domain.account import Activity
from vault.domain.headline import WEEKS, Headline, headline, past_moments
from vault.domain.person import Person
from vault.domain.record import Record


def test_it_counts_what_hangs_on_persons_what_they_know_and_what_nobody_uses() -> None:
    idle = Activity(days(-200), "profile page", days(-1))
    registry = company(
        account("own", login_mailboxes=since("post"), last_activity=idle),
        account("shared"),
        mailbox("post", "ann", owner="ann"),
        password("shared"),
        Person(id="jan", name="Jan", last_day=days(-10).date()),
        holds("jan", until=days(-10)),
        holds("ann"),
    )
    found = headline(registry, NOW)
    assert found == Headline(personal=1, knowledge_debt=1, single_points=1, dormant=1)


def test_the_past_is_told_as_it_was_then() -> None:
    moved = (*since("post", until=days(-20)), *since("box", at=days(-20)))
    records: tuple[Record, ...] = (mailbox("post", "ann", owner="ann"), mailbox("box", "webcare"))
    registry = company(account(login_mailboxes=moved), *records)
    assert headline(registry, NOW).personal == 0
    assert headline(registry, days(-21)).personal == 1


def test_an_account_was_dormant_before_somebody_looked() -> None:
    idle = Activity(days(-200), "profile page", days(-1))
    registry = company(account(last_activity=idle))
    assert headline(registry, days(-30)).dormant == 0, "nobody knew it then"
    assert headline(registry, days(-30), known_at=NOW).dormant == 1
    assert headline(registry, days(-150), known_at=NOW).dormant == 0, "idle for 50 days only"
    assert headline(registry, days(-250), known_at=NOW).dormant == 0, "it posted later"


def test_the_charts_go_back_a_quarter_week_by_week() -> None:
    moments = past_moments(NOW)
    assert len(moments) == WEEKS - 1
    assert moments[0] == days(-7)
    assert moments[-1] == days(-84)


def test_the_charts_go_back_to_when_the_vault_was_made_and_no_further() -> None:
    assert past_moments(NOW, NOW) == []
    assert past_moments(NOW, days(-20)) == [days(-7), days(-14)]
