"""Whole runs against a real server: what is recorded, asked again, and not believed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count
from pathlib import Path

import pytest

from tests.integration.probing.feed_server import (
    RSS,
    FeedServer,
    Page,
    manners,
    rss,
    serving,
)
from vault.domain.account import Account, Activity
from vault.domain.changes import Change
from vault.domain.probing import Address, Target
from vault.errors import RefusedError
from vault.services.activity import record_observations
from vault.services.editing import write_checked
from vault.services.environment import Environment
from vault.services.probe.manners import Manners
from vault.services.probe.memory import Memory
from vault.services.probing import Plan, ProbeReport, probe
from vault.services.session import Session
from vault.services.vaults import create_vault

BEGIN = datetime(2026, 11, 22, 9, tzinfo=UTC)
POSTED = datetime(2026, 11, 3, 8, tzinfo=UTC)
SOURCE = "feeds.test"


class Clock:
    """A clock that tests set, and that goes on by a millisecond whenever it is read."""

    def __init__(self) -> None:
        self.at = BEGIN

    def __call__(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at


class Company:
    """A vault with accounts whose feeds are on the server."""

    def __init__(self, session: Session, clock: Clock, feeds: FeedServer) -> None:
        self.session, self.clock, self.feeds = session, clock, feeds
        self.ids: list[str] = []
        self.numbers = count(1)

    def add(self, number: int, page: Page | list[Page] | None = None) -> list[Account]:
        """Add accounts, each with a page of its own at /ID."""
        made = [Account(id=self._id(), platform="forum") for _ in range(number)]
        write_checked(self.session, "account.add", tuple(Change(each) for each in made))
        self.ids += [each.id for each in made]
        for each in made:
            self.feeds.pages[f"/{each.id}"] = page or Page(rss(format_datetime(POSTED)))
        return made

    def ask(
        self, how: Manners | None = None, *, accepted: Sequence[str] = (), ids: Sequence[str] = ()
    ) -> ProbeReport:
        """Probe all accounts, or some."""
        targets = [
            Target(each, (Address("feed", self.feeds.url(f"/{each}"), SOURCE),))
            for each in ids or self.ids
        ]
        return probe(self.session, Plan({SOURCE: targets}), how or manners(), accepted=accepted)

    def known(self, account: Account) -> Activity | None:
        """Return what is recorded of an account."""
        return self.session.registry.account(account.id).last_activity

    def tomorrow(self) -> None:
        """Let a day pass."""
        self.clock.at += timedelta(days=1)

    def _id(self) -> str:
        return f"{next(self.numbers):032x}"


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Session, Clock]]:
    folder = tmp_path_factory.mktemp("probing")
    folder.chmod(0o700)
    clock = Clock()
    random = count(1)
    env = Environment(clock, lambda n: next(random).to_bytes(n, "big"), folder / "state")
    with create_vault(str(folder / "v"), "a passphrase", "Ana", env, cost="floor") as session:
        yield session, clock


@pytest.fixture
def company(vault: tuple[Session, Clock]) -> Iterator[Company]:
    session, clock = vault
    (session.env.state_folder / f"{session.vault_id}.probe.jsonl").unlink(missing_ok=True)
    with serving() as feeds:
        made = Company(session, clock, feeds)
        made.numbers = count(10_000 * (1 + len(session.registry)))
        yield made


def outcomes(report: ProbeReport) -> dict[str, int]:
    return {str(outcome): number for outcome, number in report.sources[0].outcomes.items()}


def test_what_feeds_say_is_recorded_with_source_and_moment(company: Company) -> None:
    first, second = company.add(2)
    company.feeds.pages[f"/{second.id}"] = Page(b"", 404)
    report = company.ask()
    assert outcomes(report) == {"seen": 1, "gone": 1}
    assert report.sources[0].updated == 1
    known = company.known(first)
    assert known is not None
    assert (known.moment, known.source) == (POSTED, "probe of feeds.test")
    assert known.checked_at > BEGIN
    assert company.known(second) is None  # gone says nothing of when it posted


def test_a_whole_source_is_one_entry_of_the_journal(company: Company) -> None:
    company.add(5)
    before = company.session.seq
    company.ask()
    assert company.session.seq == before + 1


def test_what_was_answered_today_is_not_asked_again(company: Company) -> None:
    company.add(3)
    company.ask()
    again = company.ask()
    assert (again.requests, outcomes(again), again.sources[0].updated) == (0, {"seen": 3}, 0)
    assert len(company.feeds.asked) == 3


def test_the_next_day_only_news_is_asked_for(company: Company) -> None:
    headers = {**RSS, "ETag": '"1"', "Last-Modified": "Tue, 03 Nov 2026 08:00:00 GMT"}
    (account,) = company.add(1, Page(rss(format_datetime(POSTED)), 200, headers))
    company.ask()
    company.tomorrow()
    report = company.ask()
    assert (report.requests, report.unchanged, outcomes(report)) == (1, 1, {"seen": 1})
    asked = company.feeds.asked[1][1]
    assert (asked["if-none-match"], asked["if-modified-since"]) == ('"1"', headers["Last-Modified"])
    known = company.known(account)
    assert known is not None
    assert known.moment == POSTED
    assert known.checked_at.date() == company.clock.at.date()


def test_a_feed_whose_validator_no_request_can_carry_is_read_all_the_same(
    company: Company,
) -> None:
    headers = {**RSS, "ETag": '"\xe9t\xe9"', "Last-Modified": "Tue, 03 Nov 2026 08:00:00 GMT"}
    company.add(1, Page(rss(format_datetime(POSTED)), 200, headers))
    company.ask()
    company.tomorrow()
    assert outcomes(company.ask()) == {"seen": 1}
    assert "if-none-match" not in company.feeds.asked[1][1]
    assert "if-modified-since" in company.feeds.asked[1][1]


def test_conditions_are_kept_over_a_failure_and_follow_the_redirect(company: Company) -> None:
    page = Page(rss(format_datetime(POSTED)), 200, {**RSS, "ETag": '"1"'})
    company.feeds.pages["/new"] = page
    moved = Page(b"", 301, {**RSS, "Location": "/new", "ETag": '"0"'})
    (account,) = company.add(1, moved)
    company.ask()
    company.tomorrow()
    company.feeds.pages["/new"] = Page(b"", 500)
    assert outcomes(company.ask()) == {"failed": 1}
    company.feeds.pages["/new"] = page
    assert company.ask().unchanged == 1
    conditions = [headers.get("if-none-match") for _, headers in company.feeds.asked]
    assert conditions[-2:] == [None, '"1"']
    assert company.known(account) is not None


def test_a_run_that_is_stopped_keeps_what_it_heard_and_goes_on_later(company: Company) -> None:
    company.add(6)
    heard = 0

    def stop_after_four(done: int) -> None:
        nonlocal heard
        heard = done
        if done == 4:
            raise KeyboardInterrupt

    targets = [
        Target(each, (Address("feed", company.feeds.url(f"/{each}"), SOURCE),))
        for each in company.ids
    ]
    plan = Plan({SOURCE: targets})
    report = probe(company.session, plan, manners(), tell=stop_after_four)
    assert not report.is_complete
    assert (len(report.accounts), report.sources[0].updated) == (4, 4)
    rest = company.ask()
    assert rest.is_complete
    assert (rest.requests, rest.sources[0].updated) == (2, 2)


def test_a_run_that_was_killed_loses_no_answer(company: Company) -> None:
    """As after SIGKILL: the lines are on the device, and nothing is in the vault yet."""
    company.add(3)
    file = company.session.env.state_folder / f"{company.session.vault_id}.probe.jsonl"
    company.ask(ids=company.ids[:2])
    kept = file.read_bytes()
    company.tomorrow()
    company.ask(ids=company.ids[:2])
    (third,) = company.ids[2:]
    file.write_bytes(file.read_bytes() + kept[:40])  # half a line, and no newline
    report = company.ask()
    assert (report.requests, outcomes(report)) == (1, {"seen": 3})
    assert company.known(company.session.registry.account(third)) is not None


def test_a_source_that_loses_many_at_once_changes_nothing_and_is_named(company: Company) -> None:
    accounts = company.add(20)
    company.ask()
    company.tomorrow()
    login = Page(b"<!doctype html><title>Log in</title>", 200, {"Content-Type": "text/html"})
    for each in accounts[:12]:
        company.feeds.pages[f"/{each.id}"] = login
    later = Page(rss(format_datetime(BEGIN)))
    company.feeds.pages[f"/{accounts[-1].id}"] = later
    before = [company.known(each) for each in accounts]
    (source,) = company.ask().sources
    assert (
        source.trouble == "12 of 20 accounts that are known to have posted are silent or gone there"
    )
    assert (source.updated, source.withheld) == (0, 8)
    assert [company.known(each) for each in accounts] == before
    (accepted,) = company.ask(accepted=[SOURCE]).sources
    assert accepted.updated == 8


def test_a_source_of_which_many_fall_silent_is_refused_as_an_import_would_be(
    company: Company,
) -> None:
    accounts = company.add(12, Page(rss(format_datetime(BEGIN))))
    company.ask()
    company.tomorrow()
    for each in accounts:
        company.feeds.pages[f"/{each.id}"] = Page(rss("Wed, 01 Jan 2014 00:00:00 GMT"))
    before = [company.known(each) for each in accounts]
    (source,) = company.ask().sources
    assert "fell silent at once" in source.trouble
    assert source.withheld == 12
    assert [company.known(each) for each in accounts] == before


def test_retry_after_is_waited_for(company: Company) -> None:
    busy = Page(b"", 429, {**RSS, "Retry-After": "0"})
    company.add(1, [busy, busy, Page(rss(format_datetime(POSTED)))])
    report = company.ask()
    assert (report.requests, outcomes(report)) == (3, {"seen": 1})


@pytest.mark.parametrize("after", ["3600", "Sun, 22 Nov 2099 12:00:00 GMT", "9" * 400])
def test_a_source_that_asks_for_a_long_pause_gets_it(company: Company, after: str) -> None:
    company.add(3, Page(b"", 503, {**RSS, "Retry-After": after}))
    report = company.ask()
    assert (report.requests, outcomes(report)) == (1, {"busy": 1, "not_asked": 2})
    assert report.sources[0].trouble.startswith("no answer: ")


@pytest.mark.parametrize("year", ["9" * 20, "2026 00:00:00 +" + "9" * 14])
def test_a_pause_until_a_day_that_no_calendar_has_is_none(company: Company, year: str) -> None:
    company.add(1, Page(b"", 503, {**RSS, "Retry-After": f"Mon, 1 Jan {year} 00:00:00 GMT"}))
    assert outcomes(company.ask(manners(attempts=1))) == {"failed": 1}


def test_a_source_that_fails_again_and_again_is_left_alone(company: Company) -> None:
    company.add(5, Page(b"", 500))
    report = company.ask(manners(attempts=1))
    assert outcomes(report) == {"failed": 3, "not_asked": 2}
    company.feeds.pages |= {f"/{each}": Page(rss(format_datetime(POSTED))) for each in company.ids}
    assert outcomes(company.ask()) == {"seen": 5}  # on the same day: a failure is no answer


def test_requests_to_one_source_keep_their_distance(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        waits.append(seconds)
        await sleep(0)

    monkeypatch.setattr("vault.services.probe.asking.asyncio.sleep", note)
    company.add(3)
    company.ask(manners(interval=50.0))
    assert waits[0] == 0
    assert [round(each) for each in waits[1:]] == [50, 100] or min(waits[1:]) > 49


def test_the_next_way_is_asked_where_one_says_nothing(company: Company) -> None:
    (account,) = company.add(1, Page(rss()))
    company.feeds.pages["/api"] = Page(b'{"statuses_count": 0}')
    addresses = (
        Address("feed", company.feeds.url(f"/{account.id}"), SOURCE),
        Address("api_mastodon", company.feeds.url("/api"), SOURCE),
    )
    report = probe(company.session, Plan({SOURCE: [Target(account.id, addresses)]}), manners())
    assert outcomes(report) == {"never_posted": 1}
    known = company.known(account)
    assert known is not None
    assert known.moment is None


def test_silence_of_a_feed_is_not_recorded_as_never_posted(company: Company) -> None:
    (account,) = company.add(1, Page(rss()))
    assert outcomes(company.ask()) == {"silent": 1}
    assert company.known(account) is None


def test_what_was_seen_by_hand_is_not_unseen_by_an_older_feed(company: Company) -> None:
    (account,) = company.add(1)
    seen = Activity(BEGIN, "seen by hand", company.clock())
    record_observations(company.session, [(account.id, seen)], "seen by hand")
    company.ask()
    known = company.known(account)
    assert known is not None
    assert known.moment == BEGIN


def test_who_may_not_write_is_told_before_anything_is_asked(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        message = "A reporter reads and reports, and changes nothing."
        raise RefusedError(message)

    company.add(1)
    monkeypatch.setattr(company.session, "write_returning", refuse)
    with pytest.raises(RefusedError, match="A reporter"):
        company.ask()
    assert company.feeds.asked == []


def test_two_runs_at_once_are_refused(company: Company) -> None:
    env = company.session.env
    with (
        Memory(env.state_folder, company.session.vault_id, env.now()),
        pytest.raises(RefusedError, match="another probing"),
    ):
        company.ask(ids=[])


def test_the_device_keeps_no_addresses_and_lets_nobody_else_read(company: Company) -> None:
    company.add(2)
    company.ask()
    folder: Path = company.session.env.state_folder
    (file,) = folder.glob("*.probe.jsonl")
    assert file.stat().st_mode & 0o077 == 0
    text = file.read_text()
    assert "feeds.test" not in text
    assert not [each for each in company.ids if each in text]


@pytest.mark.parametrize("content", [b"\xff\xfe\n{}\n[1]\n", b'{"key":1}\n', b"\0" * 100])
def test_a_memory_that_cannot_be_read_is_forgotten(company: Company, content: bytes) -> None:
    company.add(1)
    env = company.session.env
    file = env.state_folder / f"{company.session.vault_id}.probe.jsonl"
    file.touch(mode=0o600)
    file.write_bytes(content)
    assert outcomes(company.ask()) == {"seen": 1}


def test_answers_from_after_now_are_forgotten_when_the_clock_was_set_back(
    company: Company,
) -> None:
    company.add(1)
    company.clock.at += timedelta(hours=2)
    company.ask()
    env, before = company.session.env, company.clock.at - timedelta(hours=1)
    memory = Memory.glance(env.state_folder, company.session.vault_id, before)
    assert memory.today(company.feeds.url(f"/{company.ids[0]}")) is None
