"""One address asked once, of a real server that means ill: what is taken, and what is refused."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.integration.probing.certificates import certificate, serving_as, trusting
from tests.integration.probing.feed_server import (
    NAME,
    RSS,
    FeedServer,
    Page,
    manners,
    rss,
    serving,
    to_loopback,
)
from vault.services.probe.fetching import USER_AGENT, Fetcher, FetchError, Reply
from vault.services.probe.manners import IPAddress, Manners

MIB = 1024 * 1024


@pytest.fixture
def feeds() -> Iterator[FeedServer]:
    with serving() as server:
        yield server


def get(url: str, how: Manners | None = None, **conditions: str) -> Reply:
    async def run() -> Reply:
        fetcher = Fetcher(how or manners())
        try:
            return await fetcher.get(url, lambda _: conditions)
        finally:
            await fetcher.close()

    return asyncio.run(run())


def refused(url: str, how: Manners | None = None) -> tuple[str, str]:
    with pytest.raises(FetchError) as caught:
        get(url, how)
    return caught.value.outcome, caught.value.told


def test_nothing_is_sent_but_the_address_and_the_name_of_the_program(feeds: FeedServer) -> None:
    feeds.pages["/a.rss?x=1"] = Page(rss("Tue, 3 Nov 2026 08:00:00 GMT"))
    assert get(feeds.url("/a.rss?x=1")).status == 200
    ((path, headers),) = feeds.asked
    assert path == "/a.rss?x=1"
    assert headers.keys() == {"host", "user-agent", "accept", "accept-encoding"}
    assert headers["user-agent"] == USER_AGENT
    assert headers["host"] == f"{NAME}:{feeds.port}"


def test_cookies_are_not_kept(feeds: FeedServer) -> None:
    feeds.pages["/a"] = Page(rss(), 302, {**RSS, "Set-Cookie": "who=you", "Location": "/b"})
    feeds.pages["/b"] = Page(rss())
    assert get(feeds.url("/a")).url == feeds.url("/b")
    assert [headers.get("cookie") for _, headers in feeds.asked] == [None, None]


def test_proxies_and_passwords_of_the_surroundings_are_not_used(
    feeds: FeedServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine {NAME} login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    feeds.pages["/a"] = Page(rss())
    assert get(feeds.url("/a")).status == 200
    assert "authorization" not in feeds.asked[0][1]


def endless(handler: Any) -> None:
    """Send 500 MB, as far as anybody reads them."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/rss+xml")
    handler.send_header("Connection", "close")
    handler.end_headers()
    for _ in range(500):
        handler.wfile.write(b"<item/>" * (MIB // 7))
        handler.server.sent = getattr(handler.server, "sent", 0) + 1


def test_a_feed_of_500_mb_is_left_after_2(feeds: FeedServer) -> None:
    feeds.pages["/big"] = endless
    assert refused(feeds.url("/big")) == ("unsafe", f"longer than {2 * MIB:,} bytes")
    assert getattr(feeds.server, "sent", 0) < 20  # what lies in the buffers of both sockets


def test_a_gzip_bomb_is_not_unfolded(feeds: FeedServer) -> None:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(MIB)) for _ in range(64)) + packer.flush()
    feeds.pages["/bomb"] = Page(bomb, 200, {**RSS, "Content-Encoding": "gzip"})
    tracemalloc.start()
    try:
        assert refused(feeds.url("/bomb")) == ("unsafe", f"longer than {2 * MIB:,} bytes")
        assert tracemalloc.get_traced_memory()[1] < 16 * MIB
    finally:
        tracemalloc.stop()


def test_a_gzip_within_a_gzip_is_not_taken(feeds: FeedServer) -> None:
    headers = {**RSS, "Content-Encoding": "gzip, gzip"}
    feeds.pages["/twice"] = Page(gzip.compress(gzip.compress(rss())), 200, headers)
    assert refused(feeds.url("/twice"))[0] == "not_a_feed"


def test_what_is_packed_is_unpacked(feeds: FeedServer) -> None:
    feeds.pages["/a"] = Page(gzip.compress(rss("now")), 200, {**RSS, "Content-Encoding": "gzip"})
    assert get(feeds.url("/a")).body == rss("now")


@pytest.mark.parametrize(
    "body",
    [gzip.compress(rss("now"), mtime=0)[:-9], b"\x1f\x8b nonsense"],
    ids=["breaks off", "nonsense"],
)
def test_what_is_packed_wrongly_or_breaks_off_is_no_answer(feeds: FeedServer, body: bytes) -> None:
    feeds.pages["/a"] = Page(body, 200, {**RSS, "Content-Encoding": "gzip"})
    assert refused(feeds.url("/a"))[0] == "failed"


def test_redirects_are_followed_five_times_and_no_more(feeds: FeedServer) -> None:
    for number in range(7):
        location = {**RSS, "Location": f"/{number + 1}"}
        feeds.pages[f"/{number}"] = Page(b"", 301, location)
    assert refused(feeds.url("/0")) == ("unsafe", "redirected more than 5 times")
    assert len(feeds.asked) == 6
    feeds.pages["/6"] = Page(rss())
    assert get(feeds.url("/1")).url == feeds.url("/6")


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.7/feed",
        "http://[::ffff:10.0.0.7]/feed",
        "file:///etc/passwd",
        "ftp://feeds.test/a",
        "http://user:password@feeds.test/a",
        "http://[::1",
        "http://feeds.test:99999999/",
        "",
    ],
)
def test_a_redirect_to_a_private_place_or_to_nowhere_is_not_followed(
    feeds: FeedServer, location: str
) -> None:
    feeds.pages["/a"] = Page(b"", 302, {**RSS, "Location": location})
    assert refused(feeds.url("/a"))[0] == "unsafe"
    assert feeds.paths() == ["/a"]


@given(st.text(max_size=30) | st.text(alphabet=":/@[]%.#?a1\\\t\n\u0130", max_size=20))
@example("http://a.test:\u0660/")
@example("https://" + "a" * 64 + ".test/")
@example("https://xn--a.test/")
def test_wherever_a_redirect_leads_it_is_asked_with_care_or_refused(location: str) -> None:
    asked = []

    async def nowhere(host: str, port: int) -> list[IPAddress]:
        asked.append((host, port))
        return [IPv4Address("10.0.0.1")]

    async def follow() -> None:
        fetcher = Fetcher(manners(look_up=nowhere))
        await fetcher.get(fetcher._redirected("https://a.test/x", location), lambda _: {})

    with pytest.raises(FetchError):
        asyncio.run(follow())
    assert all(host.isascii() and 0 < port < 2**16 for host, port in asked)


def test_a_name_that_leads_to_a_private_address_is_not_asked(feeds: FeedServer) -> None:
    usual = Manners(look_up=to_loopback, schemes=("http",))
    told = f"{NAME} is not on the public internet"
    assert refused(feeds.url("/a"), usual) == ("unsafe", told)
    assert feeds.asked == []


def test_a_name_with_one_private_address_among_others_is_not_asked(feeds: FeedServer) -> None:
    async def mixed(_host: str, _port: int) -> list[IPAddress]:
        return [IPv4Address("127.0.0.1"), IPv4Address("192.168.0.1")]

    assert refused(feeds.url("/a"), manners(look_up=mixed))[0] == "unsafe"
    assert feeds.asked == []


def test_the_address_that_was_checked_is_the_one_connected_to(feeds: FeedServer) -> None:
    looked_up = []

    async def rebinding(host: str, _port: int) -> list[IPAddress]:
        looked_up.append(host)
        return [IPv4Address("127.0.0.1" if len(looked_up) == 1 else "192.168.0.1")]

    feeds.pages["/a"] = Page(rss())
    # No resolver knows the name, so a second look-up, by whoever connects, would find nothing.
    assert get(feeds.url("/a"), manners(look_up=rebinding)).status == 200
    assert looked_up == [NAME]


def test_the_next_address_is_tried_where_one_is_dead(feeds: FeedServer) -> None:
    async def two(_host: str, _port: int) -> list[IPAddress]:
        return [IPv4Address("127.0.0.2"), IPv4Address("127.0.0.1")]

    feeds.pages["/a"] = Page(rss())
    assert get(feeds.url("/a"), manners(look_up=two)).status == 200


def test_plain_http_is_not_asked_unless_it_was_said_so(feeds: FeedServer) -> None:
    assert refused(feeds.url("/a"), manners(schemes=("https",)))[0] == "unsafe"


def drip_headers(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    drip(handler, b"X-Slow: 1\r\n")


def drip_body(handler: Any) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    drip(handler, b"<item/>")


def drip(handler: Any, drop: bytes) -> None:
    while not handler.server.owner.stop.wait(0.01):
        handler.wfile.write(drop)


@pytest.mark.parametrize("behaviour", [drip_headers, drip_body])
def test_a_server_that_drips_is_left_when_the_time_is_up(feeds: FeedServer, behaviour: Any) -> None:
    feeds.server.owner = feeds  # type: ignore[attr-defined]
    feeds.pages["/slow"] = behaviour
    outcome, told = refused(feeds.url("/slow"), manners(total_seconds=0.1))
    assert (outcome, told) == ("failed", "no whole answer within 0.1 s")


def test_a_server_that_says_nothing_is_left_when_the_time_is_up(feeds: FeedServer) -> None:
    def say_nothing(_handler: Any) -> None:
        feeds.stop.wait(5)

    feeds.pages["/mute"] = say_nothing
    assert refused(feeds.url("/mute"), manners(read_seconds=0.05))[0] == "failed"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<rss",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000,
    ],
)
def test_half_an_answer_is_none(feeds: FeedServer, answer: bytes) -> None:
    feeds.pages["/half"] = lambda handler: handler.wfile.write(answer) and None
    assert refused(feeds.url("/half"))[0] == "failed"


def test_nobody_listening_is_told(feeds: FeedServer) -> None:
    with serving() as other:
        dead = other.url("/a")
    assert refused(dead) == ("failed", "no connection")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("tls")
    return {name: certificate(folder, name) for name in (NAME, "other.test")}


def test_a_certificate_is_checked_for_the_name_and_not_for_the_number(
    certificates: dict[str, Path],
) -> None:
    with serving(serving_as(certificates[NAME])) as feeds:
        feeds.pages["/a"] = Page(rss())
        how = manners(trust=trusting(certificates[NAME]))
        assert get(feeds.url("/a", "https"), how).status == 200


@pytest.mark.parametrize("trusted", [NAME, "other.test"])
def test_a_bad_certificate_is_told_and_nothing_is_asked(
    certificates: dict[str, Path], trusted: str
) -> None:
    with serving(serving_as(certificates["other.test"])) as feeds:
        how = manners(trust=trusting(certificates[trusted]))
        outcome, told = refused(feeds.url("/a", "https"), how)
        assert outcome == "unsafe"
        assert told.startswith("its certificate is not valid: ")
        assert feeds.asked == []


def test_a_redirect_from_https_to_http_is_not_followed(certificates: dict[str, Path]) -> None:
    with serving(serving_as(certificates[NAME])) as feeds:
        feeds.pages["/a"] = Page(b"", 302, {**RSS, "Location": f"http://{NAME}/b"})
        how = manners(trust=trusting(certificates[NAME]))
        assert refused(feeds.url("/a", "https"), how)[0] == "unsafe"


def test_one_hosts_connection_is_not_used_for_another_at_the_same_address(
    certificates: dict[str, Path],
) -> None:
    with serving(serving_as(certificates[NAME])) as feeds:
        feeds.pages["/a"] = feeds.pages["/b"] = Page(rss())

        async def ask_both() -> None:
            fetcher = Fetcher(manners(trust=trusting(certificates[NAME])))
            try:
                await fetcher.get(feeds.url("/a", "https"), lambda _: {})
                await fetcher.get(feeds.url("/b", "https", "b.test"), lambda _: {})
            finally:
                await fetcher.close()

        with pytest.raises(FetchError, match="its certificate is not valid"):
            asyncio.run(ask_both())
        assert feeds.paths() == ["/a"]
