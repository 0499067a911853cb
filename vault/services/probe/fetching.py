"""One public address asked once: resolved, checked, pinned, and read no further than the limits.

Nothing is sent but the address, what this program is called, and what the same address told us to
ask with the next time (RFC 9110, section 13.1): no cookies, no credentials, no proxy's either.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from ssl import SSLCertVerificationError, SSLContext
from typing import Final, NamedTuple

import httpx

from vault import __version__
from vault.domain.counting import several
from vault.domain.probing import Outcome
from vault.services.probe.manners import IPAddress, Manners

USER_AGENT: Final = f"safehands/{__version__}"
_ACCEPT: Final = (
    "application/atom+xml, application/rss+xml, application/xml;q=0.9, application/json;q=0.9,"
    " text/xml;q=0.8, */*;q=0.1"
)
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_LAST_PORT: Final = 65535
_MOST_ADDRESSES: Final = 3  # of one host, tried one after the other


Conditions = Callable[[str], Mapping[str, str]]
"""Gives the headers by which an address, one that was redirected to as well, tells news only."""


class FetchError(Exception):
    """An answer that was not had, or not taken; `outcome` and `told` say what became of it."""

    def __init__(self, outcome: Outcome, told: str) -> None:
        super().__init__(told)
        self.outcome = outcome
        self.told = told


class Reply(NamedTuple):
    """An answer in full: its body as it was meant, at most `Manners.most_bytes` of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class Fetcher:
    """Asks the addresses of one source, one after the other, over one connection at a time."""

    def __init__(self, manners: Manners) -> None:
        self.requests = 0
        self._manners = manners
        self._transport: httpx.AsyncHTTPTransport | None = None
        self._connected: tuple[str, int] | None = None

    async def get(self, url: str, conditions: Conditions) -> Reply:
        """Return the answer of an address, after redirects; raises FetchError."""
        manners = self._manners
        try:
            async with asyncio.timeout(manners.total_seconds):
                for _ in range(manners.most_redirects + 1):
                    async with self._asked(url, conditions(url)) as response:
                        if response.status_code not in _REDIRECTS:
                            body = await self._body(response)
                            return Reply(response.status_code, response.headers, body, url)
                        url = self._redirected(url, response.headers.get("location", ""))
        except TimeoutError:
            told = f"no whole answer within {manners.total_seconds:g} s"
            raise FetchError("failed", told) from None
        told = f"redirected more than {several(manners.most_redirects, 'time')}"
        raise FetchError("unsafe", told)

    async def close(self) -> None:
        """Let go of the connection."""
        if self._transport is not None:
            await self._transport.aclose()
            self._transport = None

    @asynccontextmanager
    async def _asked(
        self, url: str, conditions: Mapping[str, str]
    ) -> AsyncIterator[httpx.Response]:
        try:
            target = httpx.URL(url)
            addresses = await self._addresses(target)
            transport = await self._transport_to(target)
            response = await self._first_answer(transport, target, addresses, conditions)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
            raise _as_fetch_error(error) from error
        try:
            yield response
        except httpx.HTTPError as error:
            raise _as_fetch_error(error) from error
        finally:
            await response.aclose()

    async def _addresses(self, target: httpx.URL) -> list[IPAddress]:
        """Return where a host is; raises FetchError unless every place is one to go to.

        The connection is made to these, so that a second look-up cannot lead elsewhere.
        """
        is_asked = target.scheme in self._manners.schemes and _port(target) <= _LAST_PORT
        if not is_asked or not target.host or target.userinfo:
            raise FetchError("unsafe", "an address that is not asked")
        try:
            found = await self._manners.look_up(target.raw_host.decode("ascii"), _port(target))
        except OSError as error:
            raise FetchError("failed", f"{target.host} is not found") from error
        if not found or not all(map(self._manners.may_reach, found)):
            raise FetchError("unsafe", f"{target.host} is not on the public internet")
        return found[:_MOST_ADDRESSES]

    async def _transport_to(self, target: httpx.URL) -> httpx.AsyncHTTPTransport:
        """Return the connection to a host, and no other's that happens to have its address."""
        place = (target.host, _port(target))
        if self._transport is not None and self._connected != place:
            await self.close()
        if self._transport is None:
            self._transport = httpx.AsyncHTTPTransport(
                verify=self._manners.trust or _usual_trust(),
                limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
            )
            self._connected = place
        return self._transport

    async def _first_answer(
        self,
        transport: httpx.AsyncHTTPTransport,
        target: httpx.URL,
        addresses: list[IPAddress],
        conditions: Mapping[str, str],
    ) -> httpx.Response:
        headers = {
            "Host": target.netloc.decode("ascii"),
            "User-Agent": USER_AGENT,
            "Accept": _ACCEPT,
            "Accept-Encoding": "gzip",
            **conditions,
        }
        manners = self._manners
        timeout = httpx.Timeout(manners.read_seconds, connect=manners.connect_seconds)
        extensions = {
            "sni_hostname": target.raw_host.decode("ascii"),  # the certificate must bear this name
            "timeout": timeout.as_dict(),
        }
        for number, address in enumerate(addresses, 1):
            pinned = target.copy_with(host=str(address))
            request = httpx.Request("GET", pinned, headers=headers, extensions=extensions)
            self.requests += 1
            try:
                return await transport.handle_async_request(request)
            except httpx.ConnectError as error:
                if number == len(addresses) or _certificate_trouble(error):
                    raise
        raise FetchError("failed", f"{target.host} has no address")

    async def _body(self, response: httpx.Response) -> bytes:
        """Return the body, decompressed here: httpx would first unfold a bomb and then hand it on.

        One layer of gzip is taken; a server that packs otherwise was not asked to.
        """
        most = self._manners.most_bytes
        coding = response.headers.get("content-encoding", "identity").strip().lower()
        if coding not in {"gzip", "x-gzip", "identity", ""}:
            raise FetchError("not_a_feed", "packed in a way that was not asked for")
        unpack = zlib.decompressobj(31) if coding.endswith("gzip") else None
        body, packed = bytearray(), 0
        async for chunk in response.aiter_raw():
            packed += len(chunk)
            try:
                body += unpack.decompress(chunk, most + 1 - len(body)) if unpack else chunk
            except zlib.error as error:
                raise FetchError("failed", "packed wrongly") from error
            if len(body) > most or packed > most:
                raise FetchError("unsafe", f"longer than {most:,} bytes")
        if unpack is not None and packed and not unpack.eof:
            raise FetchError("failed", "the answer breaks off")
        return bytes(body)

    def _redirected(self, url: str, location: str) -> str:
        """Return where a redirect leads; raises FetchError for a way back to an open line."""
        try:
            before, after = httpx.URL(url), httpx.URL(url).join(location)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise FetchError("unsafe", "redirected to what is no address") from error
        if not location or after.scheme not in {before.scheme, "https"}:
            raise FetchError("unsafe", "redirected to what is not asked")
        return str(after.copy_with(fragment=None))


def _port(target: httpx.URL) -> int:
    return target.port or (443 if target.scheme == "https" else 80)


@cache
def _usual_trust() -> SSLContext:
    """Return the authorities that come with httpx and those of the system: made once, in 30 ms."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


def _certificate_trouble(error: BaseException | None) -> str:
    """Return what is wrong with a certificate, or "" where that is not what went wrong."""
    while error is not None:
        if isinstance(error, SSLCertVerificationError):
            return error.verify_message
        error = error.__cause__ or error.__context__
    return ""


def _as_fetch_error(error: BaseException) -> FetchError:
    if wrong := _certificate_trouble(error):
        return FetchError("unsafe", f"its certificate is not valid: {wrong}")
    match error:
        case httpx.TimeoutException():
            return FetchError("failed", "no answer in time")
        case httpx.ConnectError():
            return FetchError("failed", "no connection")
        case httpx.InvalidURL() | UnicodeError():
            return FetchError("unsafe", "no web address")
        case _:
            return FetchError("failed", "the connection broke, or this is no web server")
