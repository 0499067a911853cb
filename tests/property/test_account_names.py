"""What account add takes for an account names it afterwards, on every platform there is."""

from __future__ import annotations

import string

from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.conftest import fewer
from tests.unit.domain.company import NOW, since
from vault.domain.account import Account
from vault.domain.naming import named_account, resolve
from vault.domain.platforms import Platform
from vault.domain.platforms.handles import profile_address
from vault.domain.registry import Registry
from vault.errors import NotFoundError
from vault.services.catalogue import load_catalogue

CATALOGUE = load_catalogue()
EMPTY = Registry((), CATALOGUE)

PLATFORMS = st.sampled_from(CATALOGUE.platforms)
HANDLES = st.text(string.ascii_letters + string.digits + "_.-+@", min_size=1, max_size=20)
DRESSED_UP = ("https://{}", "{}", "HTTPS://{}/", "www.{}", "{}?lang=nl")


def added(text: str) -> Account | None:
    """The account that adding a text makes, as `add_account` does; None where it refuses."""
    try:
        platform, handle, _ = named_account(EMPTY, text)
    except NotFoundError:
        return None
    read = CATALOGUE.handle(platform, handle)
    handles = since(read.canonical) if read.canonical else ()
    account = Account(
        id="added", platform=platform.id, platform_id=read.platform_id, handles=handles
    )
    return None if read.problem else account


@fewer
@given(PLATFORMS, HANDLES)
@example(CATALOGUE.get("whatsapp"), "+31612345678")
@example(CATALOGUE.get("facebook"), "jan.bakker")
@example(CATALOGUE.get("linkedin"), "company/acme")
@example(CATALOGUE.get("tumblr"), "@foo")
@example(CATALOGUE.get("linkedin"), "4711")
def test_whatever_account_add_takes_for_an_account_names_it_afterwards(
    platform: Platform, handle: str
) -> None:
    account = added(f"{platform.id}/{handle}")
    assume(account)
    assert account is not None
    registry = Registry((account, Account(id="other", platform=platform.id)), CATALOGUE)
    typed = [f"{platform.id}/{handle}", account.label]
    if address := profile_address(platform, account.handle, account.platform_id):
        typed += [each.format(address.removeprefix("https://")) for each in DRESSED_UP]
    for text in typed:
        if (read := added(text)) and read == account:  # a reserved name is another account's
            assert resolve(registry, Account, text) is account, text


def test_who_has_an_address_now_is_meant_before_who_had_it_once() -> None:
    renamed = Account(
        id="renamed",
        platform="x",
        handles=(*since("acme", until=NOW), *since("acme2", at=NOW)),
        url="https://x.com/acme",
    )
    assert resolve(Registry((renamed,), CATALOGUE), Account, "twitter.com/acme") is renamed
    heir = Account(id="heir", platform="x", handles=since("acme", at=NOW))
    both = Registry((renamed, heir), CATALOGUE)
    for text in ("https://x.com/acme", "twitter.com/acme", "x/@acme"):
        assert resolve(both, Account, text) is heir
