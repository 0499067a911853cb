"""Whose profile a row means, and what is said where its cells disagree."""

from __future__ import annotations

import pytest

from vault.exchange.mapping import Holds
from vault.exchange.profiles import Profile, ProfileReader, UnreadableProfileError, handle_key
from vault.services.catalogue import load_catalogue

CATALOGUE = load_catalogue()


@pytest.fixture
def reader() -> ProfileReader:
    return ProfileReader(CATALOGUE)


@pytest.mark.parametrize("named", ["X", "twitter", "Twitter / X", "x (formerly Twitter)"])
@pytest.mark.parametrize("handle", ["@Acme", "acme", " ACME ", "https://twitter.com/Acme?lang=nl"])
def test_spellings_of_one_profile_are_one(reader: ProfileReader, named: str, handle: str) -> None:
    profile, remarks = reader.read(named, handle, "", "")
    assert (profile.platform, profile.key) == ("x", "acme")
    assert remarks == ()


def test_the_address_wins_over_the_name_of_the_platform_and_that_is_said(
    reader: ProfileReader,
) -> None:
    profile, remarks = reader.read("Facebook", "", "", "http://www.instagram.com/Acme/?hl=en")
    assert (profile.platform, profile.key) == ("instagram", "acme")
    ((field, kind, message, taken),) = remarks
    assert (field, kind) == ("platform", "contradiction")
    assert "Facebook" in message
    assert taken == "the address: Instagram"


def test_an_address_makes_up_for_a_platform_nobody_knows(reader: ProfileReader) -> None:
    profile, remarks = reader.read("Instagrem?", "", "", "instagram.com/acme")
    assert profile.platform == "instagram"
    assert [remark[1] for remark in remarks] == ["unknown_platform"]


def test_an_address_that_is_no_profile_gives_way_to_the_handle_or_is_kept(
    reader: ProfileReader,
) -> None:
    address = "https://www.youtube.com/watch?v=abcdefghijk"
    profile, (remark,) = reader.read("YouTube", "acme", "", address)
    assert (profile.key, remark[1], remark[3]) == ("acme", "no_profile", "the handle")
    profile, (remark,) = reader.read("YouTube", "", "", address)
    assert (profile.key, remark[3]) == ("", "kept by its address")
    assert profile.url.endswith("watch?v=abcdefghijk")


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (("Nonesuch", "acme", "", ""), "unknown_platform"),
        (("", "", "", "https://nonesuch.example/acme"), "unknown_platform"),
        (("", "", "", "javascript:alert(1)"), "address"),
        (("", "acme", "", ""), "missing"),
        (("X", "", "", ""), "missing"),
        (("YouTube", "", "list=abc", ""), "handle"),
    ],
)
def test_what_names_no_account_is_refused_with_a_reason(
    reader: ProfileReader, cells: tuple[str, str, str, str], kind: str
) -> None:
    with pytest.raises(UnreadableProfileError) as error:
        reader.read(*cells)
    assert error.value.remark[1] == kind
    assert error.value.remark[3] == "skipped"


def test_unknown_platforms_are_kept_where_the_mapping_says_so() -> None:
    reader = ProfileReader(CATALOGUE, keep_unknown=True)
    profile, (remark,) = reader.read("Nonesuch", "Acme", "", "")
    assert (profile.platform, profile.key, remark[1]) == ("nonesuch", "acme", "unknown_platform")
    profile, (remark,) = reader.read("", "", "", "https://www.nonesuch.example/acme")
    assert (profile.platform, profile.url) == (
        "nonesuch.example",
        "https://www.nonesuch.example/acme",
    )


def test_a_handle_that_does_not_fit_is_kept_as_written_and_reported(reader: ProfileReader) -> None:
    profile, (remark,) = reader.read("X", "a_name_longer_than_x_allows", "", "")
    assert profile.key == "a_name_longer_than_x_allows"
    assert remark[1] == "handle"


@pytest.mark.parametrize(
    ("platform", "holds", "value", "expected"),
    [
        ("x", "handle", "12345", Profile("x", "12345", "12345")),
        ("x", "platform_id", "12345", Profile("x", platform_id="12345")),
        ("facebook", "handle", "123456789", Profile("facebook", platform_id="123456789")),
        ("facebook", "handle", "Jan.de.Vries", Profile("facebook", "Jan.de.Vries", "jandevries")),
        (
            "youtube",
            "handle",
            "channel/UC0123456789abcdefghijkl",
            Profile("youtube", platform_id="UC0123456789abcdefghijkl"),
        ),
    ],
)
def test_an_identifier_is_what_the_mapping_says_it_holds(
    reader: ProfileReader, platform: str, holds: Holds, value: str, expected: Profile
) -> None:
    assert reader.identified(platform, holds, value) == (expected, ())


@pytest.mark.parametrize(
    ("platform", "handle"),
    [
        *(("facebook", "Jan.de.Vries"), ("youtube", "user/Acme"), ("reddit", "r/Acme")),
        *(("linkedin", "showcase/Acmé"), ("mastodon", "Acme@social.example"), ("x", "ACME")),
    ],
)
def test_a_handle_of_the_registry_compares_as_one_that_is_read(platform: str, handle: str) -> None:
    found = CATALOGUE.get(platform)
    assert handle_key(found, handle) == CATALOGUE.handle(found, handle).canonical


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "\x01java:a@b.cd"])
def test_an_address_that_is_not_the_webs_is_not_kept(reader: ProfileReader, url: str) -> None:
    with pytest.raises(UnreadableProfileError) as unread:
        reader.read("X", "", "", url)
    assert unread.value.remark[0] == "url"
    profile, remarks = reader.read("X", "acme", "", url)
    assert (profile.key, profile.url) == ("acme", "")
    assert [field for field, *_ in remarks] == ["url"]
