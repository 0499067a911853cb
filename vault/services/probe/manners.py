"""How politely, and how carefully, the world outside is asked."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Final

from vault.services.probe.reading import Reader

if TYPE_CHECKING:
    from ssl import SSLContext

IPAddress = IPv4Address | IPv6Address

_NAT64: Final = ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in its last 32 bits
_V4_BITS: Final = 0xFFFFFFFF
_ISATAP: Final = frozenset({0x00005EFE, 0x02005EFE})  # RFC 5214: before the IPv4 address
_NOT_REACHED: Final = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",  # RFC 6890: of protocols, not of hosts
            "168.63.129.16/32",  # Azure: the host of a virtual machine, and what it hands out
            "192.88.99.0/24",  # RFC 7526: relays of 6to4, which are no more
            "3fff::/20",  # RFC 9637: for documentation
            "fec0::/10",  # RFC 3879: site-local, as private as fc00::/7
        ),
    )
)


def is_public(address: IPAddress) -> bool:
    """Say whether an address is of the public internet, also where it stands for an IPv4 one.

    Private, loopback, link-local and shared addresses are not, nor are 169.254.169.254 and
    168.63.129.16, at which clouds hand their machines' secrets out.
    """
    if isinstance(address, IPv6Address):
        within = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        before = int(address) >> 32 & _V4_BITS
        if within is None and (address in _NAT64 or before in _ISATAP):
            within = IPv4Address(int(address) & _V4_BITS)
        if within is not None:
            return is_public(within)
    if any(address in each for each in _NOT_REACHED):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


async def look_up(host: str, port: int) -> list[IPAddress]:
    """Return the addresses of a host; raises OSError where it has none."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


@dataclass(frozen=True)
class Manners:
    """Limits, in seconds, bytes and counts; tests and benches give others.

    `interval` lies between two requests to one source, and `parallel` sources are asked at once,
    each over one connection. A source that fails `failures_in_row` times is left alone. A feed
    may take the processor `thinking_seconds`: the largest that is read takes 3. `trust` is what
    certificates are checked with, the usual authorities if None.
    """

    interval: float = 1.0
    parallel: int = 8
    connect_seconds: float = 10.0
    read_seconds: float = 10.0
    total_seconds: float = 30.0
    thinking_seconds: float = 10.0
    most_bytes: int = 2 * 1024 * 1024
    most_redirects: int = 5
    attempts: int = 3
    first_wait: float = 5.0
    longest_wait: float = 60.0
    failures_in_row: int = 3
    schemes: tuple[str, ...] = ("https",)
    may_reach: Callable[[IPAddress], bool] = is_public
    look_up: Callable[[str, int], Awaitable[list[IPAddress]]] = look_up
    trust: SSLContext | None = None
    reader: Callable[[float], Reader] = Reader
