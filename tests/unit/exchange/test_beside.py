"""A cell for the handle beside an address: the address decides, and nothing is dropped quietly."""

from __future__ import annotations

import pytest

from vault.exchange.beside import beside_address
from vault.exchange.profiles import Profile, ProfileReader, Remark
from vault.services.catalogue import load_catalogue

CATALOGUE = load_catalogue()
CHANNEL = "UC0123456789abcdefghijkl"


def beside(cell: str, url: str) -> tuple[Profile, str, Remark | None]:
    profile, _ = ProfileReader(CATALOGUE).read("", cell, "", url)
    return beside_address(CATALOGUE, profile, cell)


@pytest.mark.parametrize(
    ("cell", "url"),
    [
        *(("acme", "x.com/acme"), ("@ACME", "x.com/Acme"), ("x.com/acme", "twitter.com/acme")),
        *(
            ("@", "x.com/acme"),
            ("acme", "linkedin.com/showcase/acme"),
            ("acme", "reddit.com/r/acme"),
        ),
        *(("@acme", "mastodon.social/@acme"), ("@acme@mastodon.social", "mastodon.social/@acme")),
        *(("acme", "bsky.app/profile/acme.bsky.social"), ("acme.tumblr.com", "acme.tumblr.com")),
        (CHANNEL, f"youtube.com/channel/{CHANNEL}"),
    ],
)
def test_another_way_of_writing_what_the_address_says_is_no_contradiction(
    cell: str, url: str
) -> None:
    _, called, remark = beside(cell, url)
    assert (called, remark) == ("", None)


@pytest.mark.parametrize(
    ("cell", "url"),
    [
        ("@tuinwinkelnl", "instagram.com/tuinwinkel"),
        ("@acme@other.example", "mastodon.social/@acme"),
        ("https://x.com/other", "x.com/acme"),
        ("https://facebook.com/acme", "x.com/acme"),
    ],
)
def test_another_handle_than_the_addresss_is_reported_with_what_was_taken(
    cell: str, url: str
) -> None:
    profile, called, remark = beside(cell, url)
    assert (called, remark) == (
        "",
        (
            "handle",
            "contradiction",
            f"{cell!r} is not what the address says",
            f"the address: {profile.handle}",
        ),
    )


def test_what_can_be_no_handle_is_a_display_name() -> None:
    profile, called, remark = beside("Tuinwinkel  Jobs", "instagram.com/tuinwinkeljobs")
    assert (profile.handle, called) == ("tuinwinkeljobs", "Tuinwinkel Jobs")
    assert remark is not None
    assert remark[1] == "handle"
    assert "'Tuinwinkel Jobs' as the display name" in remark[3]


def test_a_handle_beside_an_address_that_gives_only_an_id_is_taken() -> None:
    profile, called, remark = beside("@Acme", f"youtube.com/channel/{CHANNEL}")
    assert (profile.handle, profile.key, profile.platform_id) == ("Acme", "acme", CHANNEL)
    assert (called, remark) == ("", None)
