"""Which addresses are asked, and what is made of the answers."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vault.domain.account import Account, Activity
from vault.domain.platforms import Platform, Probe, ProbeWay, ProfilePath
from vault.domain.probing import Judged, Outcome, Sighting, activity, doubt, target
from vault.domain.spell import Spell
from vault.services.catalogue import load_catalogue

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CATALOGUE = load_catalogue()
BLUESKY = "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed"
PROBED = [p for p in CATALOGUE.platforms if p.probe and p.probe.ways]


def account(platform: str, handle: str = "", platform_id: str = "") -> Account:
    handles = (Spell(handle, datetime(2020, 1, 1, tzinfo=UTC)),) if handle else ()
    return Account(id="a" * 32, platform=platform, handles=handles, platform_id=platform_id)


@pytest.mark.parametrize(
    ("platform", "handle", "platform_id", "url", "source"),
    [
        (
            "youtube",
            "Acme",
            "UC0123456789abcdefABCDEF",
            "https://www.youtube.com/feeds/videos.xml?channel_id=UC0123456789abcdefABCDEF",
            "www.youtube.com",
        ),
        (
            "youtube",
            "user/acme",
            "",
            "https://www.youtube.com/feeds/videos.xml?user=acme",
            "www.youtube.com",
        ),
        ("mastodon", "@Acme@m.example", "", "https://m.example/@acme.rss", "m.example"),
        ("reddit", "Acme", "", "https://www.reddit.com/user/acme/.rss", "www.reddit.com"),
        ("reddit", "r/Acme", "", "https://www.reddit.com/r/acme/new/.rss", "www.reddit.com"),
        ("tumblr", "acme", "", "https://acme.tumblr.com/rss", "tumblr.com"),
        ("wordpress_com", "acme", "", "https://acme.wordpress.com/feed/", "wordpress.com"),
        ("medium", "publication/acme", "", "https://medium.com/feed/acme", "medium.com"),
        (
            "bluesky",
            "acme.example",
            "did:plc:abc",
            f"{BLUESKY}?actor=did%3Aplc%3Aabc&limit=5",
            "public.api.bsky.app",
        ),
    ],
)
def test_an_account_is_asked_for_where_its_platform_says(
    platform: str, handle: str, platform_id: str, url: str, source: str
) -> None:
    found = target(CATALOGUE.get(platform), account(platform, handle, platform_id), NOW)
    assert (found.addresses[0].url, found.addresses[0].source) == (url, source)


@pytest.mark.parametrize(
    ("platform", "handle", "why"),
    [
        ("youtube", "acme", "it is asked for by YouTube's own id: give it with --platform-id"),
        ("x", "acme", "feeds ended in 2013; its interface for programs needs a key"),
        ("hyves", "acme", "Hyves has ended"),
        ("tumblr", "acme.evil.example/", "'acme.evil.example' is no Tumblr handle"),
        ("mastodon", "acme", "'acme' is no Mastodon handle"),
        ("foreign", "acme", "the catalogue does not say how to ask"),
    ],
)
def test_it_is_told_why_an_account_is_not_asked_for(platform: str, handle: str, why: str) -> None:
    known = {p.id: p for p in CATALOGUE.platforms}
    place = known.get(platform) or Platform(platform, "Foreign", "social", "living")
    found = target(place, account(platform, handle), NOW)
    assert found.addresses == ()
    assert found.why.startswith(why)


def test_every_living_platform_says_how_it_is_asked_or_why_it_is_not() -> None:
    silent = [p.id for p in CATALOGUE.platforms if not p.is_dead and p.probe is None]
    assert silent == []
    assert len(PROBED) >= 10


HOSTS = {"https://x.test/{handle}": "x.test", "https://{handle}.x.test/": ".x.test"}


@example(handle="..", url="https://x.test/{handle}", is_id=False)
@example(handle="../../b", url="https://x.test/{handle}", is_id=True)
@given(handle=st.text(max_size=40), url=st.sampled_from([*HOSTS]), is_id=st.booleans())
def test_no_handle_leads_to_another_host_or_another_path(
    handle: str, url: str, is_id: bool
) -> None:
    template = url.replace("{handle}", "{id}") if is_id and not url.endswith("/") else url
    platform = Platform("x", "X", "social", "living", probe=Probe((ProbeWay("feed", template),)))
    found = target(platform, account("x", handle, handle if is_id else ""), NOW)
    for address in found.addresses:
        parts = urlsplit(address.url)
        assert (parts.hostname or "").endswith(HOSTS[url])
        assert "@" not in parts.netloc
        assert parts.port is None
        assert parts.path.count("/") == 1
        assert parts.path.strip("/") not in {".", ".."}
        assert address.url.isascii()
        assert not parts.query
        assert not parts.fragment


def test_a_server_that_is_no_host_name_is_not_asked() -> None:
    federated = Platform(
        "m",
        "M",
        "social",
        "living",
        federated=True,
        profile_paths=(ProfilePath("^/@(?P<handle>.+)", "https://{server}/@{handle}"),),
        probe=Probe((ProbeWay("feed", "https://{server}/@{handle}.rss"),)),
    )
    for server in (
        "a.example/x",
        "a.example:22",
        "u:p@a.example",
        "localhost",
        "[::1]",
        "a..b",
        "",
    ):
        assert target(federated, account("m", f"acme@{server}"), NOW).addresses == ()
    assert target(federated, account("m", "acme@a.example"), NOW).addresses != ()


def judged(outcome: Outcome, *, knew: bool = True) -> Judged:
    seen = Activity(NOW, "s", NOW) if knew else None
    return Judged(seen, Sighting(outcome, NOW if outcome == "seen" else None))


@pytest.mark.parametrize(
    ("answers", "is_doubted"),
    [
        ([judged("seen")] * 20, False),
        ([judged("seen")] * 28 + [judged("gone")] * 12, False),
        ([judged("seen")] * 20 + [judged("gone")] * 12, True),
        ([judged("seen")] * 20 + [judged("silent")] * 12, True),
        ([judged("seen")] * 20 + [judged("never_posted")] * 12, True),
        ([judged("seen")] * 20 + [judged("not_a_feed")] * 12, True),
        ([judged("seen")] * 20 + [judged("failed")] * 12, False),
        ([judged("gone", knew=False)] * 32, False),
        ([judged("gone")] * 2, True),
        ([judged("gone")], False),
        ([], False),
    ],
)
def test_a_source_that_loses_a_large_share_at_once_is_doubted(
    answers: list[Judged], is_doubted: bool
) -> None:
    assert bool(doubt(answers)) is is_doubted


def test_only_what_was_seen_or_counted_is_an_activity() -> None:
    assert activity(Sighting("silent"), "s.test", NOW) is None
    assert activity(Sighting("gone"), "s.test", NOW) is None
    never = Activity(None, "probe of s.test", NOW)
    assert activity(Sighting("never_posted"), "s.test", NOW) == never
    assert activity(Sighting("seen", NOW), "s.test", NOW) == Activity(NOW, "probe of s.test", NOW)
