"""Addresses that a program or a person may be sent to."""

from __future__ import annotations

from urllib.parse import urlsplit

from vault.domain.text import is_clean
from vault.errors import RefusedError

LONGEST = 2000
"""What every browser takes, and a QR code still holds."""


def safe_link(link: str) -> str:
    """Return an address if it can be opened without harm; raises RefusedError where not.

    Only https: another scheme starts another program, and a name or password in an address ends up
    in the browser's history and in the list of processes.
    """
    try:
        parts = urlsplit(link)
        is_web = parts.scheme == "https" and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        raise _refused("is none") from None
    if not is_web:
        raise _refused("is not one of the web with encryption (https)")
    if parts.username is not None or parts.password is not None:
        raise _refused("holds a name or a password")
    if len(link) > LONGEST or not is_clean(link) or any(letter.isspace() for letter in link):
        raise _refused("is too long, or holds characters that no address has")
    return link


def _refused(why: str) -> RefusedError:
    message = f"this address is not opened: it {why}"
    return RefusedError(message, "see what it says in the step, and type it yourself")
