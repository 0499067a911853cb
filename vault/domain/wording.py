"""What is stored, in words: kinds, methods, acts and fields as people call them."""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "totp": "authenticator app",
    "sms": "text message",
    "call": "phone call",
    "email": "e-mail code",
    "push": "push approval",
    "totp_seed": "authenticator secret",
    "api_token": "API token",
    "pin": "PIN",
}
"""Methods and kinds of secret whose stored name is no English."""


def in_words(kind: str) -> str:
    """Return a stored kind, method or act as words: `security_key` is "security key"."""
    return WORDS.get(kind) or kind.replace("_", " ")
