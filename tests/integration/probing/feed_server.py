"""A real HTTP server on loopback that serves feeds, good and bad, and remembers who asked what."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address, ip_address
from threading import Event, Thread
from typing import Any

from vault.domain.platforms.model import ProbeKind
from vault.domain.probing import Sighting
from vault.exchange.feeds import last_post
from vault.services.probe.manners import IPAddress, Manners
from vault.services.probe.reading import Reader

RSS = {"Content-Type": "application/rss+xml; charset=utf-8"}
NAME = "feeds.test"


def rss(*dates: str) -> bytes:
    """Return a feed with an entry for each date."""
    items = "".join(f"<item><title>t</title><pubDate>{each}</pubDate></item>" for each in dates)
    return f'<rss version="2.0"><channel><title>A</title>{items}</channel></rss>'.encode()


@dataclass(frozen=True)
class Page:
    """What a path answers with; with an ETag it is "not modified" for who names it."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: RSS)


Behaviour = Callable[[Any], None]
"""Answers one request by hand: it is given the request's handler."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that hangs up is what many tests are about."""


class FeedServer:
    """The server: `pages` by path, and the headers of every request in `asked`."""

    def __init__(self) -> None:
        self.pages: dict[str, Page | list[Page] | Behaviour] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.stop = Event()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else each body waits 40 ms for the headers' receipt

            def do_GET(self) -> None:
                owner.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                with suppress(OSError):
                    owner.answer(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = _Server(("127.0.0.1", 0), Handler)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server.server_port

    def url(self, path: str, scheme: str = "http", host: str = NAME) -> str:
        """Return the address of a path."""
        return f"{scheme}://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        """Return the paths that were asked for, in order."""
        return [path for path, _ in self.asked]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        page = self.pages.get(handler.path, Page(b"no such page", 404))
        if isinstance(page, list):
            page = page.pop(0) if len(page) > 1 else page[0]
        if not isinstance(page, Page):
            handler.close_connection = True
            page(handler)
            return
        etag = page.headers.get("ETag")
        is_known = etag is not None and handler.headers.get("If-None-Match") == etag
        handler.send_response(304 if is_known else page.status)
        for name, value in page.headers.items():
            handler.send_header(name, value)
        body = b"" if is_known else page.body
        if not is_known:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[FeedServer]:
    """Serve on a free port of loopback until the end of the block; with a context, by TLS."""
    feeds = FeedServer()
    if context is not None:
        feeds.server.socket = context.wrap_socket(
            feeds.server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = Thread(target=feeds.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield feeds
    finally:
        feeds.stop.set()
        feeds.server.shutdown()
        feeds.server.server_close()
        thread.join()


async def to_loopback(host: str, _port: int) -> list[IPAddress]:
    """Find every name on loopback, and an address where it says."""
    try:
        return [ip_address(host)]
    except ValueError:
        return [IPv4Address("127.0.0.1")]


class ReadsHere(Reader):
    """Reads feeds in this process, since each other one takes 0.2 s to begin."""

    async def read(
        self, kind: ProbeKind, body: bytes, content_type: str, now: datetime
    ) -> Sighting:
        return last_post(kind, body, content_type, now)


def manners(**others: Any) -> Manners:
    """Return manners for loopback: in a hurry, and content with plain HTTP."""
    usual: dict[str, Any] = {
        "interval": 0.0,
        "schemes": ("http", "https"),
        "may_reach": lambda address: address.is_loopback,
        "look_up": to_loopback,
        "first_wait": 0.01,
        "longest_wait": 1.0,
        "reader": ReadsHere,
    }
    return Manners(**usual | others)
