"""`dormant probe`: what it asks, what it shows, and that nothing hostile gets through it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.cli.runner import Desk, refusal
from tests.integration.probing.certificates import certificate, serving_as, trusting
from tests.integration.probing.feed_server import NAME, FeedServer, Page, manners, rss, serving
from vault.services.probe.manners import Manners

PLATFORM = """
id = "forum"
name = "Forum"
kind = "social"
status = "living"

[sources]
us = {{ what = "we run it", checked_on = 2026-11-22, confidence = "high" }}

[names]
source = "us"
domains = ["forum.example"]
profile_url = "https://forum.example/{{handle}}"

[probe]
source = "us"
ways = [{{ kind = "{kind}", url = "https://{name}:{port}/{{handle}}.rss" }}]
"""


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"), NAME)


@pytest.fixture
def feeds(certified: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FeedServer]:
    usual = manners(trust=trusting(certified))
    given = {name: getattr(usual, name) for name in Manners.__dataclass_fields__}
    monkeypatch.setattr("vault.services.probe.manners.Manners", partial(Manners, **given))
    with serving(serving_as(certified)) as server:
        yield server


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("probe")
    folder.chmod(0o700)
    return Desk(folder).found()


@pytest.fixture
def desk(founded: Desk, feeds: FeedServer, request: pytest.FixtureRequest) -> Desk:
    """A vault that knows the platform; accounts of earlier tests are of others."""
    folder = founded.folder / "config" / "safehands" / "platforms"
    folder.mkdir(parents=True, exist_ok=True)
    kind = getattr(request, "param", "feed")
    text = PLATFORM.format(port=feeds.port, name=NAME, kind=kind)
    (folder / "forum.toml").write_text(text)
    for file in (founded.folder / "state").glob("*.probe.jsonl"):
        file.unlink()
    return founded.keep_open()


def test_a_probe_records_and_tells_by_source_and_account(desk: Desk, feeds: FeedServer) -> None:
    feeds.pages["/told.rss"] = Page(rss("Tue, 03 Nov 2020 08:00:00 GMT"))
    for handle in ("told", "lost"):
        desk.do("account", "add", f"forum/@{handle}")
    desk.do("account", "add", "x/@told")
    answer = desk.do("dormant", "probe", "forum/@told", "forum/@lost", "x/@told", code=1)
    assert "asking 1 source about 2 accounts" in answer.err
    assert "forum/@lost" in answer.out
    assert "HTTP status 404" in answer.out
    assert "feeds ended in 2013" in answer.out
    assert "1 gone, 1 not asked, 1 seen; 2 requests, 0 unchanged" in answer.out
    (told,) = [
        each
        for each in desk.ask("dormant", "report", code=None)["accounts"]
        if each["platform"] == "forum" and each["handle"] == "told"
    ]
    assert (told["verdict"], told["last_activity"]) == ("dormant", "2020-11-03T08:00:00Z")
    assert told["source"] == f"probe of {NAME}:{feeds.port}"


def test_a_dry_run_shows_the_addresses_and_asks_none(desk: Desk, feeds: FeedServer) -> None:
    desk.do("account", "add", "forum/@dry")
    answer = desk.do("dormant", "probe", "forum/@dry", "--dry-run")
    assert f"https://{NAME}:{feeds.port}/dry.rss" in answer.out
    document = desk.ask("dormant", "probe", "--dry-run")
    assert document["schema"] == "safehands.probe_plan/1"
    assert feeds.asked == []


def test_a_probe_answers_with_one_document(desk: Desk, feeds: FeedServer) -> None:
    feeds.pages["/json.rss"] = Page(rss("Tue, 03 Nov 2020 08:00:00 GMT"))
    desk.do("account", "add", "forum/@json")
    document = desk.ask("dormant", "probe", "forum/@json")
    assert list(document) == (
        [
            "schema",
            "asked_at",
            "is_complete",
            "requests",
            "unchanged",
            "counts",
            "sources",
            "accounts",
        ]
    )
    assert document["schema"] == "safehands.probe/1"
    assert document["counts"] == {"seen": 1}
    assert list(document["sources"][0]) == [
        "source",
        "asked",
        "outcomes",
        "updated",
        "withheld",
        "trouble",
    ]
    (account,) = document["accounts"]
    assert list(account) == (
        [
            "account",
            "platform",
            "handle",
            "source",
            "address",
            "outcome",
            "last",
            "told",
            "unchanged",
        ]
    )
    assert account["last"] == "2020-11-03T08:00:00Z"


def test_a_limit_gets_round_to_all_in_time(desk: Desk, feeds: FeedServer) -> None:
    for number in range(3):
        desk.do("account", "add", f"forum/@turn{number}")
        feeds.pages[f"/turn{number}.rss"] = Page(rss("Tue, 03 Nov 2020 08:00:00 GMT"))
    feeds.pages["/turn0.rss"] = Page(b"", 403)
    del feeds.pages["/turn1.rss"]
    turns = [f"forum/@turn{number}" for number in range(3)]
    for _ in range(3):
        desk.do("dormant", "probe", *turns, "--limit", "1", code=None)
    assert sorted(feeds.paths()) == ["/turn0.rss", "/turn1.rss", "/turn2.rss"]


def test_a_platform_is_named_as_everywhere(desk: Desk, feeds: FeedServer) -> None:
    assert "no platform 'forun'" in refusal(
        desk.do("dormant", "probe", "--platform", "forun", code=4)
    )
    assert desk.ask("dormant", "probe", "--platform", "Hyves")["accounts"] == []
    assert feeds.asked == []


@pytest.mark.parametrize("desk", ["api_bluesky"], indirect=True)
def test_what_a_source_says_does_not_write_to_the_terminal(desk: Desk, feeds: FeedServer) -> None:
    hostile = b'{"error": "\\u001b]52;c;cm0gLXJm\\u0007", "message": "\\u202e[/]\\u001b[2J"}'
    feeds.pages["/evil.rss"] = Page(hostile, 400)
    desk.do("account", "add", "forum/@evil")
    answer = desk.do("dormant", "probe", "forum/@evil", code=None)
    assert "refused" in answer.out
    assert "\x1b" not in answer.out + answer.err
    assert "\u202e" not in answer.out + answer.err
    assert "\x1b" not in desk.do("dormant", "probe", "forum/@evil", "--json", code=None).out


def test_a_source_that_is_not_asked_cannot_be_accepted(desk: Desk, feeds: FeedServer) -> None:
    said = refusal(desk.do("dormant", "probe", "--accept", "feed.test", code=4))
    assert said == "no account is asked about at 'feed.test'"
    assert feeds.asked == []


def test_the_past_is_not_probed(desk: Desk) -> None:
    refusal(desk.run("--as-of", "2020-01-01", "dormant", "probe"))
