"""Reads feeds, one after the other, until there are no more: a process of its own.

A feed can be made so that reading it takes hours. It then takes down this process, and nothing else
(`vault.services.probe.reading`): the kernel ends it within a feedparser's regular expression too.
"""

from __future__ import annotations

import resource
import signal
import sys
from datetime import UTC, datetime
from typing import Final

import msgspec

from vault.exchange.feeds import last_post

_MOST_MEMORY: Final = 1024**3  # bytes; a feed of 2 MB and 50,000 elements takes 150 MB


class Question(msgspec.Struct, frozen=True):
    """What `last_post` is asked, and for how many seconds the processor may think about it."""

    body: bytes
    content_type: str
    now: datetime
    seconds: float


def main() -> None:
    """Answer each line of standard input, a Question, by a line, a Sighting; both are JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who asks
    last_post("feed", b"<rss/>", "", datetime.now(UTC))  # feedparser's import is no feed's time
    for line in sys.stdin.buffer:
        asked = msgspec.json.decode(line, type=Question)
        # Nobody handles SIGPROF: it ends the process (setitimer(2), signal(7)).
        signal.setitimer(signal.ITIMER_PROF, asked.seconds)
        found = last_post("feed", asked.body, asked.content_type, asked.now)
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.buffer.write(msgspec.json.encode(found) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
