"""Feeds of every make are read for the last post, and hostile ones do no harm."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vault.domain.platforms.model import ProbeKind
from vault.domain.probing import Sighting
from vault.exchange.feeds import gone_actor, last_post

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LAST = datetime(2026, 11, 3, 13, 0, 5, tzinfo=UTC)

YOUTUBE = b"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns="http://www.w3.org/2005/Atom">
 <id>yt:channel:abc</id><title>Acme</title><published>2011-02-01T10:00:00+00:00</published>
 <entry><id>yt:video:1</id><title>New</title><published>2026-11-03T13:00:05+00:00</published>
  <updated>2026-11-20T01:00:00+00:00</updated></entry>
 <entry><id>yt:video:2</id><title>Old</title><published>2020-01-01T00:00:00+00:00</published>
  <updated>2026-11-21T01:00:00+00:00</updated></entry>
</feed>"""
MASTODON = b"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:webfeeds="http://webfeeds.org/rss/1.0"><channel><title>Acme</title>
<lastBuildDate>Fri, 20 Nov 2026 13:00:05 +0000</lastBuildDate><item><link>https://m.example/1</link>
<pubDate>Tue, 03 Nov 2026 13:00:05 +0000</pubDate><description>&lt;p&gt;Hi</description></item>
</channel></rss>"""
BLOGGER = b"""<feed xmlns="http://www.w3.org/2005/Atom"><updated>2026-11-21T00:00:00Z</updated>
<entry><updated>2026-11-03T08:00:05.123-05:00</updated></entry></feed>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>A</title></channel><item><title>t</title><dc:date>2026-11-03T13:00:05Z</dc:date>
</item></rdf:RDF>"""
BROKEN = MASTODON.replace(b"</item>", b"<img src=x & y></item>").removesuffix(b"</rss>")


def read(body: bytes, content_type: str = "application/xml") -> Sighting:
    return last_post("feed", body, content_type, NOW)


@pytest.mark.parametrize(
    "body",
    [
        YOUTUBE,
        MASTODON,
        BLOGGER,
        RDF,
        BROKEN,
        MASTODON.decode().encode("utf-16"),
        MASTODON.replace(b"UTF-8", b"windows-1252").replace(b"Acme", b"Caf\xe9"),
        b"\xef\xbb\xbf" + MASTODON,
        MASTODON.replace(
            b"<rss", b'<!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "http://x.test/r.dtd"><rss'
        ),
    ],
)
def test_the_last_post_is_found_in_every_kind_of_feed(body: bytes) -> None:
    assert read(body) == Sighting("seen", LAST)


def test_a_changed_entry_is_no_post() -> None:
    assert read(YOUTUBE).moment == LAST  # both videos changed later


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b"", "silent"),
        (b"<rss version='2.0'><channel><title>A</title></channel></rss>", "silent"),
        (b"<rss version='2.0'><channel><item><title>A</title></item></channel></rss>", "silent"),
        (b"<!doctype HTML><html><body>Log in</body></html>", "not_a_feed"),
        (b"\n <html><body>Log in</body></html>", "not_a_feed"),
        (b"Too many requests", "not_a_feed"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "not_a_feed"),
        (b"<opml><body/></opml>", "not_a_feed"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "not_a_feed"),
        (b"/etc/passwd", "not_a_feed"),
        (b"http://127.0.0.1:1/feed", "not_a_feed"),
    ],
)
def test_what_tells_of_no_post_is_not_taken_for_silence_of_the_account(
    body: bytes, outcome: str
) -> None:
    found = read(body)
    assert (found.outcome, found.moment) == (outcome, None)


def dated(*dates: str) -> bytes:
    items = "".join(f"<item><pubDate>{each}</pubDate></item>" for each in dates)
    return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()


def test_dates_in_the_future_and_before_there_were_feeds_are_ignored() -> None:
    ahead, epoch = format_datetime(NOW + timedelta(minutes=1)), "Thu, 01 Jan 1970 00:00:00 GMT"
    assert read(dated(ahead, format_datetime(LAST), epoch)) == Sighting("seen", LAST)
    assert read(dated(ahead)) == Sighting("silent", told="only dates in the future")
    assert read(dated(epoch, "yesterday", "31 Feb 99999")) == Sighting("silent", told="no dates")


def test_an_element_with_attributes_without_end_is_not_read() -> None:
    many = " ".join(f"a{n}='x'" for n in range(101))
    body = dated(format_datetime(LAST)).replace(b"<item>", f"<item {many}>".encode())
    assert read(body).outcome == "unsafe"


ENTITIES = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LAUGHS = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "lol">{ENTITIES}]><rss>&l9;</rss>'


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (LAUGHS.encode(), ""),
        (LAUGHS.encode("utf-16"), ""),
        (LAUGHS.encode("utf-16-be"), ""),
        (LAUGHS.encode("utf-16-le"), "text/xml; charset=utf-16-le"),
        (LAUGHS.replace("<!", "<<!").encode(), ""),
        (LAUGHS.replace("<", "+ADw-").encode(), "text/xml; charset=utf-7"),
        (LAUGHS.encode("cp037"), "text/xml; charset=cp037"),
        (LAUGHS.encode("cp037"), ""),
        (b"<rss version='2.0'><channel>" + b"<a>" * 600_000, ""),
        (b"<rss version='2.0'><channel>" + b"<item/>" * 60_000 + b"</channel></rss>", ""),
        (b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>', ""),
    ],
)
def test_a_bomb_is_not_read(body: bytes, content_type: str) -> None:
    assert read(body, content_type).outcome in {"unsafe", "not_a_feed"}


def test_what_is_no_xml_is_read_no_further_than_a_bit() -> None:
    later = b"<item><pubDate>Fri, 20 Nov 2026 13:00:05 GMT</pubDate></item>"
    broken = MASTODON.removesuffix(b"</channel></rss>") + b"<p>"
    assert read(broken + b" " * 1000 + later).moment != LAST
    # Its reader is quadratic in some of what is broken: 2 MB of this would take minutes.
    assert read(broken + b'<a b="' * 340_000 + later) == Sighting("seen", LAST)


@given(
    st.binary(max_size=300) | st.text(alphabet="<>/?![]&;\"'=ab-:0", max_size=80).map(str.encode),
    st.sampled_from(["feed", "api_bluesky", "api_github", "api_mastodon"]),
    st.sampled_from(["", "text/xml; charset=utf-16", "charset=rot13", "charset=idna", "charset=x"]),
)
@example(b"<", "feed", "charset=unicode_escape")
@example(b'{"feed": [{"post": {"indexedAt": "2026-01-01"}}]}', "api_bluesky", "")
@example(b'{"statuses_count": 3, "last_status_at": "tomorrow"}', "api_mastodon", "")
@example(b"[" * 100_000, "api_github", "")
def test_whatever_is_answered_something_is_made_of_it(
    body: bytes, kind: ProbeKind, content_type: str
) -> None:
    found = last_post(kind, body, content_type, NOW)
    assert (found.moment is not None) == (found.outcome == "seen")
    assert found.moment is None or found.moment <= NOW


REPOSTED = b"""{"feed": [
 {"post": {"indexedAt": "2020-01-01T00:00:00.000Z", "record": {}},
  "reason": {"$type": "x#reasonRepost", "indexedAt": "2026-11-03T13:00:05.000Z"}},
 {"post": {"indexedAt": "2026-11-01T00:00:00Z"}, "reason": {"$type": "x#reasonPin"}}]}"""


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        (
            "api_mastodon",
            b'{"statuses_count": 7, "last_status_at": "2026-11-03", "x": 1}',
            Sighting("seen", datetime(2026, 11, 3, tzinfo=UTC)),
        ),
        (
            "api_mastodon",
            b'{"statuses_count": 0, "last_status_at": null}',
            Sighting("never_posted"),
        ),
        (
            "api_mastodon",
            b'{"statuses_count": 7, "suspended": true}',
            Sighting("gone", told="suspended by its server"),
        ),
        ("api_mastodon", b'{"statuses_count": 7}', Sighting("silent", told="no dates")),
        (
            "api_bluesky",
            REPOSTED,
            Sighting("seen", LAST),
        ),
        ("api_bluesky", b'{"feed": []}', Sighting("never_posted")),
        (
            "api_github",
            b'[{"type": "P", "created_at": "2026-11-03T13:00:05Z"}]',
            Sighting("seen", LAST),
        ),
        ("api_github", b"[]", Sighting("silent", told="a feed without entries")),
    ],
)
def test_public_interfaces_are_understood(kind: ProbeKind, body: bytes, expected: Sighting) -> None:
    assert last_post(kind, body, "application/json", NOW) == expected


def test_an_actor_that_bluesky_does_not_know_is_gone() -> None:
    assert gone_actor(b'{"error":"InvalidRequest","message":"Profile not found"}').outcome == "gone"
    assert gone_actor(b'{"error":"AccountDeactivated"}').outcome == "gone"
    assert gone_actor(b'{"error":"InvalidRequest","message":"limit"}').outcome == "refused"
    assert gone_actor(b"<html>").outcome == "refused"
