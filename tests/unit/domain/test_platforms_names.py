"""A platform is found by whatever people call it."""

from __future__ import annotations

import pytest

from vault.domain.platforms.names import fold_name
from vault.errors import NotFoundError
from vault.services.catalogue import load_catalogue

CATALOGUE = load_catalogue()


@pytest.mark.parametrize(
    ("text", "platform_id"),
    [
        ("X (Twitter)", "x"),
        ("Twitter", "x"),
        ("twitter.com", "x"),
        ("Twitter / X", "x"),
        ("X, formerly Twitter", "x"),
        ("Twitter (now called X)", "x"),
        ("you tube", "youtube"),
        ("You-Tube kanaal", "youtube"),
        ("YOUTUBE CHANNEL", "youtube"),
        ("LinkedIn Page", "linkedin"),
        ("Linked In company page", "linkedin"),
        ("Facebook-pagina", "facebook"),
        ("  facebook  ", "facebook"),
        ("page Facebook", "facebook"),
        ("Fácebook", "facebook"),
        ("Google+", "google_plus"),
        ("Google Plus", "google_plus"),
        ("Google My Business", "google_business_profile"),
        ("WhatsApp", "whatsapp"),
        ("WordPress.com", "wordpress_com"),
        ("www.hyves.nl", "hyves"),
        ("Yammer", "viva_engage"),
        ("微博", "weibo"),
        ("bit.ly", "bitly"),
    ],
)
def test_a_platform_is_found_in_any_spelling(text: str, platform_id: str) -> None:
    assert CATALOGUE.named(text).id == platform_id


def test_google_plus_is_not_google() -> None:
    assert fold_name("Google+") != fold_name("Google")
    assert CATALOGUE.named("Google").id == "google_account"


def test_a_misspelt_name_is_not_guessed_but_answered_with_the_likely_one() -> None:
    with pytest.raises(NotFoundError) as refused:
        CATALOGUE.named("Intagram")
    assert "Instagram" in refused.value.hint


@pytest.mark.parametrize("text", ["", "   ", "page", "()", "/"])
def test_a_name_that_says_nothing_finds_nothing(text: str) -> None:
    with pytest.raises(NotFoundError):
        CATALOGUE.named(text)


def test_an_unknown_id_names_the_ids_most_like_it() -> None:
    with pytest.raises(NotFoundError) as refused:
        CATALOGUE.get("you_tube")
    assert "youtube" in refused.value.hint


def test_no_two_platforms_go_by_one_name() -> None:
    owners: dict[str, str] = {}
    for platform in CATALOGUE.platforms:
        for name in (platform.id, platform.name, *platform.also_known_as):
            folded = fold_name(name)
            assert owners.setdefault(folded, platform.id) == platform.id, name
