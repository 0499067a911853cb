from __future__ import annotations

import pytest

from vault.domain.links import LONGEST, safe_link
from vault.errors import RefusedError


@pytest.mark.parametrize(
    "link",
    ["https://x.com/settings", "https://a.example:8443/p?q=1#f", "https://[2001:db8::1]/"],
)
def test_an_address_of_the_web_is_opened(link: str) -> None:
    assert safe_link(link) == link


@pytest.mark.parametrize(
    "link",
    [
        "",
        "x.com",
        "http://x.com/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ssh://host",
        "https://",
        "https:///path",
        "https://ana@x.com/",
        "https://ana:geheim@x.com/",
        "https://:@x.com/",
        "https://[x.com/",
        "https://x.com:99999999/",
        "https://x.com/ --incognito",
        "https://x.com/\x1b]52;c;aGk=\x07",
        "https://x.com/\u202egnp.exe",
        "https://x.com/" + "a" * LONGEST,
        "--help",
    ],
)
def test_anything_else_is_refused_and_told(link: str) -> None:
    with pytest.raises(RefusedError, match="this address is not opened") as refused:
        safe_link(link)
    assert "geheim" not in refused.value.message
