"""Which addresses belong to a person whatever the mailbox is called."""

from __future__ import annotations

import pytest

from vault.domain.freemail import FREEMAIL, is_freemail


@pytest.mark.parametrize(
    "address",
    ["acme.webcare@gmail.com", "x@Ziggo.NL", "freedom.nl", "jan@xs4all.nl ", "a@live.nl."],
)
def test_addresses_at_well_known_providers_are_freemail(address: str) -> None:
    assert is_freemail(address)


@pytest.mark.parametrize("address", ["web@acme.example", "gmail.com@acme.example", "notgmail.com"])
def test_addresses_at_a_domain_of_ones_own_are_not(address: str) -> None:
    assert not is_freemail(address)


def test_every_domain_is_written_as_it_is_compared() -> None:
    assert [d for d in FREEMAIL if d != d.strip().lower().rstrip(".") or "." not in d] == []
