"""Whom the program may connect to: the public internet, whatever form an address has."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from vault.services.probe.manners import Manners, is_public


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104  # an address to refuse, none to bind to
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:192.168.1.1",
        "64:ff9b::10.0.0.7",
        "64:ff9b::169.254.169.254",
        "2002:a00:7::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "ff02::1",
        "fec0::1",
        "192.0.0.9",
        "192.88.99.1",
        "168.63.129.16",
        "64:ff9b::168.63.129.16",
        "3fff:abc::1",
        "2001:4860::5efe:7f00:1",
        "2001:4860::200:5efe:a00:7",
    ],
)
def test_private_addresses_are_not_reached_in_any_form(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "64:ff9b::1.1.1.1"]
)
def test_public_addresses_are_reached(address: str) -> None:
    assert is_public(ip_address(address))


def test_what_is_usual_is_polite_and_careful() -> None:
    usual = Manners()
    assert usual.may_reach is is_public
    assert usual.schemes == ("https",)
    assert usual.interval >= 1
    assert usual.most_bytes == 2 * 1024 * 1024
