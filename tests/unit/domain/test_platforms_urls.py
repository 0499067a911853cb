"""An address says whose profile on which platform it is, in the spellings real lists hold."""

from __future__ import annotations

import pytest

from vault.errors import NotFoundError
from vault.services.catalogue import load_catalogue

CATALOGUE = load_catalogue()
CHANNEL = "UCabcdefghijklmnopqrstuv"


@pytest.mark.parametrize(
    ("url", "platform_id", "handle"),
    [
        ("https://x.com/Acme", "x", "acme"),
        ("http://www.twitter.com/Acme/", "x", "acme"),
        ("twitter.com/@acme", "x", "acme"),
        ("//mobile.twitter.com/acme?lang=nl#top", "x", "acme"),
        ("https://twitter.com/#!/acme", "x", "acme"),
        ("https://twitter.com/intent/user?screen_name=Acme", "x", "acme"),
        ("https://twitter.com/intent/follow?x=1&screen_name=acme", "x", "acme"),
        ("https://x.com/acme/status/12345", "x", "acme"),
        ("https://https://x.com/acme", "x", "acme"),
        ("http//x.com/acme", "x", "acme"),
        ("HTTPS://X.COM/ACME", "x", "acme"),
        ("https://jan:secret@x.com/acme", "x", "acme"),
        ("<https://x.com/acme>", "x", "acme"),
        ("https://x.com/acme),", "x", "acme"),
        ("https://x.com:443/acme", "x", "acme"),
        ("https://www.facebook.com/Acme.Shop", "facebook", "acmeshop"),
        ("https://nl-nl.facebook.com/pg/acme/about/?ref=page_internal", "facebook", "acme"),
        ("https://m.facebook.com/acme?_rdr", "facebook", "acme"),
        ("https://www.facebook.com/groups/acmefans/", "facebook", "groups/acmefans"),
        ("https://www.instagram.com/acme/?hl=en", "instagram", "acme"),
        ("https://instagram.com/stories/acme/1", "instagram", "acme"),
        ("https://www.threads.net/@acme", "threads", "acme"),
        ("https://ca.linkedin.com/company/acme-bv/about/", "linkedin", "acme-bv"),
        ("https://www.linkedin.com/showcase/acme-jobs/?viewAsMember=true", "linkedin",
         "showcase/acme-jobs"),
        ("https://www.linkedin.com/school/acme/", "linkedin", "school/acme"),
        ("https://nl.linkedin.com/in/jan-de-boer-%C3%A9", "linkedin", "in/jan-de-boer-é"),
        ("https://youtube.com/@Acme", "youtube", "acme"),
        ("https://www.youtube.com/user/Acme/featured", "youtube", "user/acme"),
        ("https://www.youtube.com/c/Acme", "youtube", "c/acme"),
        ("https://www.youtube.com/Acme", "youtube", "c/acme"),
        ("https://www.tiktok.com/@acme?lang=nl", "tiktok", "acme"),
        ("https://nl.pinterest.com/acme/", "pinterest", "acme"),
        ("https://www.pinterest.co.uk/acme/boards", "pinterest", "acme"),
        ("https://old.reddit.com/r/acme", "reddit", "r/acme"),
        ("https://www.reddit.com/u/acme", "reddit", "acme"),
        ("https://www.snapchat.com/add/acme", "snapchat", "acme"),
        ("https://www.flickr.com/photos/acme/albums", "flickr", "acme"),
        ("https://api.whatsapp.com/send?phone=%2B31612345678", "whatsapp", "31612345678"),
        ("https://wa.me/31612345678?text=hi", "whatsapp", "31612345678"),
        ("https://t.me/s/acme_nl", "telegram", "acme_nl"),
        ("https://acme.tumblr.com/archive", "tumblr", "acme"),
        ("https://www.tumblr.com/blog/view/acme", "tumblr", "acme"),
        ("http://acme.wordpress.com/2012/01/01/hello", "wordpress_com", "acme"),
        ("https://acme.medium.com", "medium", "acme"),
        ("https://medium.com/@acme", "medium", "acme"),
        ("https://bsky.app/profile/acme.example", "bluesky", "acme.example"),
        ("https://mastodon.social/@acme", "mastodon", "acme@mastodon.social"),
        ("https://mastodon.social/@acme@social.example", "mastodon", "acme@social.example"),
        ("https://social.example/@Acme/110", "mastodon", "acme@social.example"),
        ("https://weibo.com/n/acme", "weibo", "n/acme"),
        ("http://acme.hyves.nl/", "hyves", "acme"),
        ("https://klout.com/#/acme", "klout", "acme"),
        ("https://plus.google.com/+Acme/posts", "google_plus", "acme"),
        ("https://www.google.com/buzz/acme", "google_buzz", "acme"),
    ],
)  # fmt: skip
def test_a_profile_address_gives_platform_and_handle(
    url: str, platform_id: str, handle: str
) -> None:
    found = CATALOGUE.of_url(url)
    assert (found.platform.id, found.canonical_handle, found.problem) == (platform_id, handle, "")


@pytest.mark.parametrize(
    ("url", "platform_id", "number"),
    [
        ("https://www.facebook.com/profile.php?id=100072520562001", "facebook", "100072520562001"),
        ("https://www.facebook.com/pages/Acme-BV/146269735565828?ref=hl", "facebook",
         "146269735565828"),
        ("https://www.facebook.com/people/Acm%C3%A9/61576901265741/", "facebook",
         "61576901265741"),
        ("https://www.facebook.com/Acm%C3%A9-BV-745106998847176/", "facebook", "745106998847176"),
        ("https://www.linkedin.com/company/12599001/admin/feed/posts/", "linkedin", "12599001"),
        ("https://www.linkedin.com/showcase/34904528/admin/", "linkedin", "34904528"),
        (f"https://youtube.com/channel/{CHANNEL}?view_as=subscriber", "youtube", CHANNEL),
        (f"https://studio.youtube.com/channel/{CHANNEL}/videos", "youtube", CHANNEL),
        ("https://flickr.com/photos/55677919@N02/", "flickr", "55677919@N02"),
        ("https://flickr.com/people/55677919%40N02/", "flickr", "55677919@N02"),
        ("https://twitter.com/i/user/76452765", "x", "76452765"),
        ("https://weibo.com/u/1743347041", "weibo", "1743347041"),
        ("https://bsky.app/profile/did:plc:abc123", "bluesky", "did:plc:abc123"),
    ],
)  # fmt: skip
def test_an_address_by_number_gives_the_platforms_own_id(
    url: str, platform_id: str, number: str
) -> None:
    found = CATALOGUE.of_url(url)
    assert (found.platform.id, found.platform_id, found.handle) == (platform_id, number, None)


@pytest.mark.parametrize(
    "url",
    [
        "https://twitter.com/intent/tweet?text=hello",
        "https://x.com/home",
        "https://www.facebook.com/sharer/sharer.php?u=https://acme.example",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "https://youtu.be",
        "https://www.linkedin.com/shareArticle?url=x",
        "https://www.instagram.com/p/Cabc/",
        "https://help.x.com/en/forms",
        "https://business.facebook.com/settings",
        "https://www.tumblr.com/dashboard",
        "https://accounts.google.com/signin",
        "https://x.com/",
        "https://a.b.tumblr.com/",
    ],
)
def test_an_address_on_a_platform_that_is_no_profile_names_nobody(url: str) -> None:
    found = CATALOGUE.of_url(url)
    assert (found.handle, found.platform_id) == (None, None)
    assert found.canonical_url.startswith("https://")


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.example/about",
        "https://x.com.evil.example/acme",
        "https://not-twitter.com/acme",
        "https://twitter.com@evil.example/acme",
        "mailto:jan@x.com",
        "ftp://x.com/acme",
        "javascript:alert(1)",
        "acme",
        "",
        "https://",
    ],
)
def test_a_foreign_or_broken_address_is_refused_and_never_guessed(url: str) -> None:
    with pytest.raises(NotFoundError):
        CATALOGUE.of_url(url)


def test_an_escaped_question_mark_does_not_begin_a_query() -> None:
    assert CATALOGUE.of_url("https://x.com/share%3Fscreen_name=acme").handle != "acme"


def test_a_part_of_a_site_is_found_in_any_case() -> None:
    assert CATALOGUE.of_url("https://www.google.com/Buzz/acme").platform.id == "google_buzz"


def test_spellings_of_one_profile_have_one_canonical_address() -> None:
    spellings = ["http://twitter.com/Acme", "x.com/@ACME/", "https://mobile.twitter.com/acme?s=20"]
    assert {CATALOGUE.of_url(url).canonical_url for url in spellings} == {"https://x.com/acme"}


def test_a_user_and_a_community_of_one_name_are_told_apart() -> None:
    user = CATALOGUE.of_url("https://reddit.com/user/acme")
    community = CATALOGUE.of_url("https://reddit.com/r/acme")
    assert user.canonical_handle != community.canonical_handle
    assert user.canonical_url != community.canonical_url


def test_an_unlisted_mastodon_server_is_recognised_by_the_shape_of_its_addresses() -> None:
    assert CATALOGUE.of_url("https://social.example/@acme").platform.id == "mastodon"
    with pytest.raises(NotFoundError):
        CATALOGUE.of_url("https://social.example/acme")


def test_the_handle_keeps_its_case_for_reading_and_loses_it_for_comparing() -> None:
    found = CATALOGUE.of_url("https://x.com/AcmeNL")
    assert (found.handle, found.canonical_handle) == ("AcmeNL", "acmenl")


def test_a_handle_the_platform_cannot_have_is_reported_with_the_reason() -> None:
    found = CATALOGUE.of_url("https://x.com/this_handle_is_too_long")
    assert found.handle == "this_handle_is_too_long"
    assert "is no X handle: 1 to 15 letters, digits or _" in found.problem


def test_no_two_platforms_claim_one_address() -> None:
    owners: dict[str, str] = {}
    for platform in CATALOGUE.platforms:
        for domain in (*platform.domains, *platform.former_domains):
            assert owners.setdefault(domain, platform.id) == platform.id, domain


def test_every_profile_address_is_read_back_as_the_same_platform() -> None:
    for platform in CATALOGUE.platforms:
        if platform.profile_url is None:
            continue
        url = platform.profile_url.replace("{handle}", "acme12").replace("{server}", "a.example")
        assert CATALOGUE.of_url(url).platform.id == platform.id, url


def test_an_address_with_more_behind_the_name_than_anybody_reads_is_still_that_profile() -> None:
    found = CATALOGUE.of_url("https://x.com/acme?utm=" + "a" * 1500)
    assert (found.platform.id, found.canonical_handle) == ("x", "acme")
