"""A handle is read into what it compares as, and says what is wrong with it."""

from __future__ import annotations

import pytest

from vault.domain.platforms import Platform
from vault.domain.platforms.handles import canonical_handle, profile_address
from vault.services.catalogue import load_catalogue

CATALOGUE = load_catalogue()


@pytest.mark.parametrize(
    ("platform_id", "text", "canonical"),
    [
        ("x", " @AcmeNL ", "acmenl"),
        ("x", "\u200b@acme\u200e", "acme"),
        ("facebook", "Acme.Shop", "acmeshop"),
        ("linkedin", "augstsprieguma-ti\u0304kls-as", "augstsprieguma-t\u012bkls-as"),
        ("linkedin", "%E1%83%9C%E1%83%90", "ნა"),
        ("linkedin", "acme/", "acme"),
        ("linkedin", "company/acme", "acme"),
        ("linkedin", "showcase/acme", "showcase/acme"),
        ("youtube", "Acme?feature=mhee", "acme"),
        ("reddit", "/r/Acme/", "r/acme"),
        ("reddit", "u/Acme", "acme"),
        ("mastodon", "@Acme@Social.Example", "acme@social.example"),
        ("whatsapp", "+31 6 1234 5678", "31612345678"),
        ("foursquare", "Acme", "Acme"),
    ],
)
def test_a_handle_compares_the_way_its_platform_does(
    platform_id: str, text: str, canonical: str
) -> None:
    handle = canonical_handle(CATALOGUE.get(platform_id), text)
    assert (handle.canonical, handle.problem) == (canonical, "")


@pytest.mark.parametrize("platform", CATALOGUE.platforms, ids=lambda platform: platform.id)
@pytest.mark.parametrize("text", ["Acme", "231704375141", "UCabcdefghijklmnopqrstuv", "x" * 300])
def test_what_needs_no_tidying_is_read_as_if_it_did(platform: Platform, text: str) -> None:
    assert canonical_handle(platform, text) == canonical_handle(platform, f" /{text}?lang=nl")


def test_a_handle_is_shown_in_one_unicode_form() -> None:
    assert canonical_handle(CATALOGUE.get("quora"), "Zoe\u0308").written == "Zo\u00eb"


def test_a_group_with_a_number_is_not_taken_for_a_page_with_that_number() -> None:
    handle = canonical_handle(CATALOGUE.get("facebook"), "groups/231704375141")
    assert (handle.canonical, handle.platform_id) == ("groups/231704375141", "")
    assert not handle.problem
    assert canonical_handle(CATALOGUE.get("facebook"), "groups/two words").problem


@pytest.mark.parametrize(
    ("platform_id", "text", "number"),
    [
        ("facebook", "231704375141", "231704375141"),
        ("linkedin", "12599001", "12599001"),
        ("weibo", "u/2005342162", "2005342162"),
        ("youtube", "UCabcdefghijklmnopqrstuv", "UCabcdefghijklmnopqrstuv"),
    ],
)
def test_the_platforms_own_id_is_not_taken_for_a_handle(
    platform_id: str, text: str, number: str
) -> None:
    handle = canonical_handle(CATALOGUE.get(platform_id), text)
    assert (handle.platform_id, handle.canonical, handle.problem) == (number, "", "")


@pytest.mark.parametrize(
    ("platform_id", "text"),
    [("x", "too_long_for_this_place"), ("x", "two words"), ("mastodon", "acme"), ("x", "@ ")],
)
def test_what_cannot_be_a_handle_says_so_instead_of_raising(platform_id: str, text: str) -> None:
    assert canonical_handle(CATALOGUE.get(platform_id), text).problem


def test_an_address_in_the_handle_column_is_read_as_the_profile_it_is() -> None:
    linkedin = CATALOGUE.get("linkedin")
    handle = CATALOGUE.handle(linkedin, "https://www.linkedin.com/company/s%C3%BCdhessen/")
    assert (handle.canonical, handle.problem) == ("südhessen", "")


def test_an_address_of_another_platform_in_the_handle_column_is_a_problem() -> None:
    handle = CATALOGUE.handle(CATALOGUE.get("x"), "https://www.facebook.com/acme")
    assert "Facebook" in handle.problem


def test_an_address_that_is_no_profile_in_the_handle_column_is_a_problem() -> None:
    assert CATALOGUE.handle(CATALOGUE.get("x"), "https://x.com/home").problem
    assert CATALOGUE.handle(CATALOGUE.get("x"), "https://acme.example/").problem


@pytest.mark.parametrize(
    ("platform_id", "handle", "url"),
    [
        ("x", "acme", "https://x.com/acme"),
        ("reddit", "r/acme", "https://www.reddit.com/r/acme/"),
        ("mastodon", "acme@a.example", "https://a.example/@acme"),
        ("linkedin", "südhessen", "https://www.linkedin.com/company/s%C3%BCdhessen"),
        ("canva", "acme", ""),
    ],
)
def test_a_canonical_handle_leads_to_its_profile(platform_id: str, handle: str, url: str) -> None:
    assert profile_address(CATALOGUE.get(platform_id), handle) == url


def test_a_platform_id_leads_to_its_profile() -> None:
    address = profile_address(CATALOGUE.get("facebook"), platform_id="231704375141")
    assert address == "https://www.facebook.com/231704375141"
