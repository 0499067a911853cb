"""Asking many addresses: several sources at once, each at its own pace and over one connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import msgspec

from vault.domain.ids import Id
from vault.domain.probing import NEXT_WAY, UNFINISHED, Address, Outcome, Sighting, Target
from vault.exchange.feeds import gone_actor
from vault.services.probe.fetching import Fetcher, FetchError, Reply
from vault.services.probe.manners import Manners
from vault.services.probe.memory import Memory, Remembered
from vault.services.probe.reading import Reader

_NOT_MODIFIED: Final = 304
_TOO_MANY: Final = 429
_BUSY: Final = frozenset({_TOO_MANY, 500, 502, 503, 504})
_GONE: Final = frozenset({404, 410})
_OK: Final = 200
_BAD_REQUEST: Final = 400


@dataclass(frozen=True)
class Asked:
    """What came of asking about an account, when, and at which of its addresses."""

    account: Id
    address: Address
    sighting: Sighting
    asked_at: datetime
    is_unchanged: bool = False


@dataclass
class Tally:
    """What a run took: requests sent, and answers that said nothing had changed."""

    requests: int = 0
    unchanged: int = 0


class Asker:
    """One run: `now` is its clock, `tell` hears of each account as soon as it is done."""

    def __init__(
        self,
        manners: Manners,
        memory: Memory,
        now: Callable[[], datetime],
        tell: Callable[[Asked], None],
    ) -> None:
        self.tally = Tally()
        self._manners = manners
        self._memory = memory
        self._now = now
        self._tell = tell

    async def ask(self, sources: Mapping[str, Sequence[Target]]) -> None:
        """Ask about all targets; those of one source one after the other."""
        free = asyncio.Semaphore(self._manners.parallel)
        async with self._manners.reader(self._manners.thinking_seconds) as reader:
            # Not a TaskGroup: a disk that is full is told as one error, not as a group of one.
            await asyncio.gather(*(self._ask_source(t, free, reader) for t in sources.values()))

    async def _ask_source(
        self, targets: Sequence[Target], free: asyncio.Semaphore, reader: Reader
    ) -> None:
        async with free:
            source = _Source(self._manners, self._memory, self._now, reader)
            try:
                for target in targets:
                    self._tell(await source.ask(target))
            finally:
                self.tally.requests += source.fetcher.requests
                self.tally.unchanged += source.unchanged
                await source.fetcher.close()


class _Source:
    """One service while it is asked: its connection, its pace, and why to leave it alone."""

    def __init__(
        self, manners: Manners, memory: Memory, now: Callable[[], datetime], reader: Reader
    ) -> None:
        self.fetcher = Fetcher(manners)
        self.unchanged = 0
        self._manners = manners
        self._memory = memory
        self._now = now
        self._reader = reader
        self._next_at = 0.0
        self._failures = 0
        self._left_alone = ""

    async def ask(self, target: Target) -> Asked:
        """Return what the first address says that says anything."""
        first, *others = target.addresses
        asked = await self._ask_address(target.account, first)
        for address in others:
            if asked.sighting.outcome not in NEXT_WAY:
                break
            asked = await self._ask_address(target.account, address)
        return asked

    async def _ask_address(self, account: Id, address: Address) -> Asked:
        known = self._memory.recall(address.url)
        if again := self._memory.today(address.url):
            return Asked(account, address, again.sighting, again.asked_at)
        if self._left_alone:
            sighting = Sighting("not_asked", told=self._left_alone)
            return Asked(account, address, sighting, self._now())
        reply: Reply | None = None
        try:
            reply = await self._attempts(address.url, known)
        except FetchError as error:
            sighting = Sighting(error.outcome, told=error.told)
        else:
            sighting = await self._understood(address, reply, known)
        self._count(sighting.outcome)
        asked_at = self._now()
        self._memory.note(self._remembered(address.url, asked_at, sighting, reply))
        is_unchanged = reply is not None and reply.status == _NOT_MODIFIED
        self.unchanged += is_unchanged
        return Asked(account, address, sighting, asked_at, is_unchanged)

    async def _understood(
        self, address: Address, reply: Reply, known: Remembered | None
    ) -> Sighting:
        """Return what an answer means."""
        status = reply.status
        if status == _OK:
            named = reply.headers.get("content-type", "")
            return await self._reader.read(address.kind, reply.body, named, self._now())
        if status == _NOT_MODIFIED and known is not None:
            return known.sighting
        if status in _GONE:
            return Sighting("gone", told=f"HTTP status {status}")
        if status == _BAD_REQUEST and address.kind == "api_bluesky":
            return gone_actor(reply.body)
        return Sighting("refused", told=f"HTTP status {status}")

    async def _attempts(self, url: str, known: Remembered | None) -> Reply:
        """Return an answer; a source that is busy is asked again, later and later."""
        manners, wait, attempt = self._manners, self._manners.first_wait, 1
        while True:
            await self._pace()
            reply = await self._get(url, known)
            if reply.status not in _BUSY:
                return reply
            asked_for = _retry_after(reply, self._now())
            wait = max(wait, asked_for or 0.0)
            if attempt >= manners.attempts or wait > manners.longest_wait:
                break
            await asyncio.sleep(wait)
            wait, attempt = wait * 2, attempt + 1
        if reply.status == _TOO_MANY or asked_for is not None:
            self._left_alone = "the source asks to be left alone for a while"
            raise FetchError("busy", f"HTTP status {reply.status}: too many requests")
        raise FetchError("failed", f"HTTP status {reply.status}: the source is in trouble")

    async def _get(self, url: str, known: Remembered | None) -> Reply:
        def conditions(hop: str) -> Mapping[str, str]:
            is_same = known is not None and known.for_ == self._memory.digest(hop)
            return known.conditions if known and is_same else {}

        return await self.fetcher.get(url, conditions)

    async def _pace(self) -> None:
        clock = asyncio.get_running_loop().time
        await asyncio.sleep(max(self._next_at - clock(), 0))
        self._next_at = clock() + self._manners.interval

    def _count(self, outcome: Outcome) -> None:
        """Leave a source alone that fails again and again: it has trouble enough."""
        self._failures = self._failures + 1 if outcome == "failed" else 0
        if self._failures >= self._manners.failures_in_row:
            self._left_alone = f"the source failed {self._failures} times in a row"

    def _remembered(
        self, url: str, asked_at: datetime, sighting: Sighting, reply: Reply | None
    ) -> Remembered:
        key, known = self._memory.digest(url), self._memory.recall(url)
        plain = Remembered(key, asked_at, sighting.outcome, sighting.moment)
        if sighting.outcome in UNFINISHED and known is not None:
            return msgspec.structs.replace(known, tried_at=asked_at)
        if reply is None:
            return plain
        if reply.status == _NOT_MODIFIED and known is not None:
            return msgspec.structs.replace(known, asked_at=asked_at, tried_at=None)
        if reply.status != _OK:
            return plain
        return msgspec.structs.replace(
            plain,
            etag=reply.headers.get("etag", ""),
            modified=reply.headers.get("last-modified", ""),
            for_=self._memory.digest(reply.url),
        )


def _retry_after(reply: Reply, now: datetime) -> float | None:
    """Return the seconds a source asks for (RFC 9110, section 10.2.3), or None if it does not."""
    text = reply.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text[:10])
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # a year of twenty digits is the latter
        return None
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max((aware - now).total_seconds(), 0.0)
