"""Documents for programs: the one way in which anything becomes JSON."""

from __future__ import annotations

import msgspec

from vault.domain.text import escaped


def to_json(document: object) -> str:
    """Return indented JSON in which every hidden character is an escape; nothing is cut."""
    try:
        encoded = msgspec.json.encode(document)
    except UnicodeEncodeError:
        # File names may hold bytes that are no text, which Python keeps as lone surrogates.
        encoded = msgspec.json.encode(_without_surrogates(msgspec.to_builtins(document)))
    return msgspec.json.format(escaped(encoded.decode()), indent=2)


def _without_surrogates(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(each) for each in value]
    return value
