"""Loads the known answers beside this file; docs/file-format.md section 11 says what they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

VALID, REFUSED = "valid", "refused"


def cases(topic: str, verdict: str) -> list[Any]:
    """Return the cases of one file as parameters of a test, named after themselves."""
    path = Path(__file__).with_name(f"{topic}.json")
    found = json.loads(path.read_text(encoding="utf-8"))[verdict]
    return [pytest.param(case, id=case["name"]) for case in found]


def raw(case: dict[str, Any], name: str) -> bytes:
    """Return the bytes a case gives in hexadecimal."""
    return bytes.fromhex(case[name])
