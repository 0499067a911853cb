"""`python -m vault` is `safehands`."""

from __future__ import annotations

from vault.cli import console

console()
