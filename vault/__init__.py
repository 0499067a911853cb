"""Safehands: an encrypted registry that ties company accounts to roles instead of to persons."""

from __future__ import annotations

__version__ = "0.1.0"
