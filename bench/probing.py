"""`python -m bench.probing`: a thousand feeds of a real server on loopback, asked twice.

The shapes are those of the feeds that platforms send, with their entries, lengths and headers
(ETag, Last-Modified, gzip); names and texts are made up. The second run is a day later by the clock
it is given, so that every feed is asked for news, of which one in twenty has some. The pace of the
program's own, one request a second to a source, is turned off: it would be all that is measured.
docs/probing.md says how to read the figures.
"""

from __future__ import annotations

import argparse
import gzip
import multiprocessing
import os
import resource
import socket
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import IPv4Address
from pathlib import Path

from tests.integration.probing.feed_server import FeedServer, Page
from vault.domain.account import Account
from vault.domain.changes import Change
from vault.domain.probing import Address, Target
from vault.services.editing import write_checked
from vault.services.environment import Environment
from vault.services.probe.manners import IPAddress, Manners
from vault.services.probing import Plan, ProbeReport, probe
from vault.services.vaults import create_vault

BEGIN = datetime(2026, 11, 22, 9, tzinfo=UTC)
TEXT = "<p>A post of the kind that companies write, with a link and a picture.</p>" * 4

# Platform: entries in its feed, characters of an entry's text, how it is written.
SHAPES: dict[str, tuple[int, int, str]] = {
    "youtube": (15, 300, "atom"),
    "mastodon": (20, 600, "rss"),
    "tumblr": (20, 1500, "rss"),
    "wordpress": (10, 6000, "rss"),
    "medium": (10, 9000, "rss"),
    "reddit": (25, 900, "atom"),
    "blogger": (25, 4000, "atom"),
}


def feed(shape: str, number: int, *, is_news: bool) -> Page:
    """Return a platform's feed of one account: its last post lies `number` hours back, or now."""
    entries, length, form = SHAPES[shape]
    newest = BEGIN - timedelta(hours=0 if is_news else number)
    moments = [newest - timedelta(days=3 * each) for each in range(entries)]
    text = (TEXT * (length // len(TEXT) + 1))[:length].replace("<", "&lt;")
    if form == "rss":
        items = "".join(
            f"<item><title>Post {n}</title><link>https://{shape}.test/{number}/{n}</link>"
            f"<pubDate>{format_datetime(each)}</pubDate><description>{text}</description></item>"
            for n, each in enumerate(moments)
        )
        body = f'<rss version="2.0"><channel><title>A{number}</title>{items}</channel></rss>'
    else:
        items = "".join(
            f"<entry><id>{number}-{n}</id><title>Post {n}</title><published>{each.isoformat()}"
            f"</published><updated>{BEGIN.isoformat()}</updated><summary>{text}</summary></entry>"
            for n, each in enumerate(moments)
        )
        body = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>A{number}</title>{items}</feed>'
    headers = {
        "Content-Type": f"application/{form}+xml; charset=utf-8",
        "Content-Encoding": "gzip",
        "ETag": f'W/"{number}-{is_news}"',
        "Last-Modified": format_datetime(newest, usegmt=True),
        "Cache-Control": "max-age=900",
    }
    return Page(gzip.compress(f'<?xml version="1.0"?>{body}'.encode(), 6), 200, headers)


def serve(feeds: FeedServer, count: int, *, is_later: bool) -> None:
    """Serve the feeds until this process is ended."""
    shapes = list(SHAPES)
    for number in range(count):
        is_news = is_later and number % 20 == 0
        feeds.pages[f"/{number}"] = feed(shapes[number % len(shapes)], number, is_news=is_news)
    feeds.server.serve_forever()


def run(
    feeds: FeedServer, plan: Plan, session: object, *, is_later: bool
) -> tuple[str, ProbeReport]:
    """Ask all feeds once, and return a line of the table."""
    fork = multiprocessing.get_context("fork")
    child = fork.Process(target=serve, args=(feeds, plan.asked), kwargs={"is_later": is_later})
    child.start()
    try:
        _await(feeds.port)
        cpu, wall = _cpu(), time.perf_counter()
        manners = Manners(
            interval=0,
            schemes=("http",),
            may_reach=lambda address: address.is_loopback,
            look_up=_to_loopback,
        )
        report = probe(session, plan, manners)  # type: ignore[arg-type]
        cpu, wall = _cpu() - cpu, time.perf_counter() - wall
    finally:
        child.terminate()
        child.join()
    updated = sum(each.updated for each in report.sources)
    name = "a day later" if is_later else "first"
    line = f"{name:12} {wall:7.2f} {cpu:7.2f} {report.requests:9,} {report.unchanged:10,}"
    return f"{line} {updated:9,} {len(report.sources):8}", report


def _cpu() -> float:
    """Return the seconds of this process and of those that have ended: the one that reads feeds."""
    return sum(os.times()[:4])


async def _to_loopback(_host: str, _port: int) -> list[IPAddress]:
    return [IPv4Address("127.0.0.1")]


def _await(port: int) -> None:
    """Wait until the other process accepts: it makes its pages first."""
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=60) as asked:
                asked.sendall(b"GET /0 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                if asked.recv(1):
                    return
        except OSError:
            time.sleep(0.05)


def main() -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.probing", description=__doc__)
    parser.add_argument("--feeds", type=int, default=1000, metavar="N")
    count = parser.parse_args().feeds
    clock = [BEGIN]

    def now() -> datetime:
        clock[0] += timedelta(milliseconds=1)
        return clock[0]

    feeds = FeedServer()
    with tempfile.TemporaryDirectory(prefix="safehands-bench-") as made:
        folder = Path(made)
        env = Environment(now, os.urandom, folder / "state")
        with create_vault(str(folder / "v"), "a passphrase", "Ana", env, cost="floor") as session:
            accounts = [Account(id=os.urandom(16).hex(), platform="x") for _ in range(count)]
            write_checked(session, "account.add", tuple(map(Change, accounts)))
            plan = _plan(feeds, accounts)
            print("run             wall     CPU  requests  unchanged  recorded  sources")
            for is_later in (False, True):
                line, _ = run(feeds, plan, session, is_later=is_later)
                print(line)
                clock[0] += timedelta(days=1)
            (kept,) = (folder / "state").glob("*.probe.jsonl")
            print(f"the device keeps {kept.stat().st_size:,} bytes of it")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"most memory: {peak} MiB" if sys.platform != "darwin" else "")
    return 0


def _plan(feeds: FeedServer, accounts: list[Account]) -> Plan:
    shapes = list(SHAPES)
    sources: dict[str, list[Target]] = {f"{shape}.test": [] for shape in shapes}
    for number, account in enumerate(accounts):
        host = f"{shapes[number % len(shapes)]}.test"
        address = Address("feed", feeds.url(f"/{number}", host=host), host)
        sources[host].append(Target(account.id, (address,)))
    return Plan(sources)


if __name__ == "__main__":
    raise SystemExit(main())
