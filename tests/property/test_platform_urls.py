"""However an address is dressed up, it says the same; and no text brings the reader down."""

from __future__ import annotations

import string
from datetime import UTC, datetime
from urllib.parse import quote

from hypothesis import assume, example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.conftest import fewer
from vault.domain.account import Account
from vault.domain.instructions import address_of
from vault.domain.platforms import Platform
from vault.domain.platforms.handles import canonical_handle, profile_address
from vault.domain.spell import Spell
from vault.errors import NotFoundError
from vault.services.catalogue import load_catalogue

CATALOGUE = load_catalogue()

HANDLES = st.text(string.ascii_letters + string.digits + "_", min_size=4, max_size=15).filter(
    lambda text: text[0].isalpha()
)
BARE = {
    "x": ("x.com", "twitter.com"),
    "instagram": ("instagram.com",),
    "pinterest": ("pinterest.com", "pinterest.co.uk", "pinterest.nl"),
    "twitch": ("twitch.tv",),
    "telegram": ("t.me",),
}
SCHEMES = ["https://", "http://", "//", "", "HTTPS://", "https://https://"]
SUBDOMAINS = ["", "www.", "m.", "mobile.", "nl.", "WWW."]
TAILS = ["", "/", "//", "?lang=nl", "/?hl=en", "#top", "/#:~:text=a/b", "?a=b#c"]
PLATFORMS = st.sampled_from(CATALOGUE.platforms)


@st.composite
def dressed_up(draw: st.DrawFn) -> tuple[str, str, str]:
    """A platform's id, a handle, and the handle's address in some spelling."""
    platform_id = draw(st.sampled_from(sorted(BARE)))
    reserved = CATALOGUE.get(platform_id).reserved
    handle = draw(HANDLES.filter(lambda text: text.lower() not in reserved))
    host = draw(st.sampled_from(SUBDOMAINS)) + draw(st.sampled_from(BARE[platform_id]))
    path = draw(st.sampled_from(["", "@"])) + handle + draw(st.sampled_from(TAILS))
    return platform_id, handle, f"{draw(st.sampled_from(SCHEMES))}{host}/{path}"


@fewer
@given(dressed_up())
def test_dressing_up_an_address_does_not_change_what_it_says(dressed: tuple[str, str, str]) -> None:
    platform_id, handle, url = dressed
    plain = CATALOGUE.of_url(f"https://{BARE[platform_id][0]}/{handle}")
    found = CATALOGUE.of_url(url)
    assert found.platform.id == platform_id
    assert found.canonical_handle == handle.lower()
    assert found.canonical_url == plain.canonical_url


@fewer
@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20))
def test_a_handle_in_any_script_survives_escaping(name: str) -> None:
    linkedin = CATALOGUE.get("linkedin")
    handle = canonical_handle(linkedin, name)
    assume(handle.canonical and not handle.problem)
    plain = CATALOGUE.of_url(f"https://www.linkedin.com/company/{name}")
    escaped = CATALOGUE.of_url(f"https://www.linkedin.com/company/{quote(name)}")
    assert plain.canonical_handle == handle.canonical
    assert escaped.canonical_url == plain.canonical_url


@given(PLATFORMS, st.text(max_size=40))
@example(CATALOGUE.get("linkedin"), "%2541cme")
@example(CATALOGUE.get("youtube"), "c/user/acme")
@example(CATALOGUE.get("facebook"), "..acme..")
def test_reading_a_canonical_handle_again_changes_nothing(platform: Platform, text: str) -> None:
    first = canonical_handle(platform, text)
    assume(first.canonical and not first.problem)
    second = canonical_handle(platform, first.canonical)
    assert (second.canonical, second.problem) == (first.canonical, "")


@given(PLATFORMS, HANDLES)
def test_the_address_of_a_handle_leads_back_to_the_handle(platform: Platform, text: str) -> None:
    handle = canonical_handle(platform, text + "@a.example" if platform.federated else text)
    assume(not handle.problem and text.lower() not in platform.reserved)
    url = profile_address(platform, handle.canonical)
    assume(url)
    found = CATALOGUE.of_url(url)
    assert found.platform == platform
    assert found.canonical_url == url
    assert found.canonical_handle == handle.canonical


def account(platform: str, handle: str) -> Account:
    """An account that has had one handle."""
    begun = datetime(2020, 1, 1, tzinfo=UTC)
    return Account(id="a", platform=platform, handles=(Spell(handle, begun),))


@st.composite
def accounts(draw: st.DrawFn) -> tuple[Platform, Account]:
    """An account on a platform with a profile address, by a handle of any of its name spaces."""
    platform = draw(PLATFORMS.filter(lambda each: each.profile_url is not None))
    prefix = draw(st.sampled_from(["", "@", *(p.prefix for p in platform.profile_paths)]))
    handle = draw(HANDLES.filter(lambda text: text.lower() not in platform.reserved))
    return platform, account(platform.id, prefix + handle + "@a.example" * platform.federated)


@given(accounts())
@example((CATALOGUE.get("mastodon"), account("mastodon", "@brugman@mastodon.nl")))
@example((CATALOGUE.get("reddit"), account("reddit", "r/brugman")))
def test_the_link_of_an_account_is_one_that_the_catalogue_reads_back_as_that_account(
    given: tuple[Platform, Account],
) -> None:
    platform, known = given
    handle = canonical_handle(platform, known.handle)
    assume(not handle.problem)
    found = CATALOGUE.of_url(address_of(known, platform))
    assert (found.platform, found.canonical_handle) == (platform, handle.canonical)


def test_an_account_without_a_readable_handle_is_linked_by_its_id_or_not_at_all() -> None:
    unreadable = account("mastodon", "@brugman")
    assert address_of(unreadable, CATALOGUE.get("mastodon")) == ""
    page = replace(account("facebook", ""), handles=(), platform_id="231704375141")
    assert address_of(page, CATALOGUE.get("facebook")) == "https://www.facebook.com/231704375141"


@given(st.text(max_size=60) | st.text(":/?#@%.!abc ", max_size=40))
@example("https://[::1]/acme")
@example("https://x.com/%")
@example("https://x.com/%ff%fe")
@example("https://x.com/" + "a" * 50_000)
@example("//////")
def test_no_text_brings_the_reader_down(text: str) -> None:
    for url in (text, f"https://x.com/{text}", f"https://{text}.tumblr.com/"):
        try:
            found = CATALOGUE.of_url(url)
        except NotFoundError:
            continue
        assert found.canonical_url is not None
    try:
        named = CATALOGUE.named(text)
    except NotFoundError:
        return
    assert named in CATALOGUE.platforms


@given(HANDLES, st.sampled_from(["x.com", "facebook.com", "t.me"]))
def test_a_host_that_only_looks_like_a_platform_is_none(text: str, domain: str) -> None:
    label = text.replace("_", "a")
    for host in (f"{label}{domain}", f"{domain}.{label}.test"):
        try:
            found = CATALOGUE.of_url(f"https://{host}/acme")
        except NotFoundError:
            continue
        assert domain not in found.platform.domains
