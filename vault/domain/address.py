"""Mail addresses as they are compared, whoever wrote them."""

from __future__ import annotations

from unicodedata import normalize


def spelled(address: str) -> str:
    """Return an address as it is compared: its case folded; "" for a text that is no address."""
    name, _, domain = address.strip().rpartition("@")
    if not (name and domain):
        return ""
    text = f"{name}@{domain.rstrip('.')}"
    return (text if text.isascii() else normalize("NFKC", text)).casefold()
