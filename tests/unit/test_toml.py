"""A file of TOML that was made to break the parser is refused like any other that is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vault.domain.platforms.parse import parse_platform, parse_plays, parse_sources
from vault.domain.rotation_policy import read_policy
from vault.errors import UsageError
from vault.exchange.mapping import read_mapping
from vault.services.periodic import read_periodic
from vault.settings import read_settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "some.toml"


def mapping(file: Path) -> None:
    read_mapping(file.read_text(), "a mapping")


def platform(file: Path) -> None:
    parse_platform(file.read_text(), "a platform")


def plays(file: Path) -> None:
    parse_plays(file.read_text(), "plays")


def sources(file: Path) -> None:
    parse_sources(file.read_text(), "sources")


def policy(file: Path) -> None:
    read_policy(file.read_text())


def reports(file: Path) -> None:
    read_periodic(file)


def settings(file: Path) -> None:
    (problem,) = read_settings(file).problems
    raise UsageError(problem)


CRAFTED = {
    "a long number": "a = " + "9" * 5_000,
    "deep": "a = " + "[" * 50_000,
    "deep tables": "a = " + "{a=" * 20_000,
    "no day": "a = 2026-02-31",
}


@pytest.mark.parametrize("crafted", CRAFTED)
@pytest.mark.parametrize("read", [mapping, platform, plays, sources, policy, reports, settings])
def test_whatever_is_no_toml_is_refused_in_words(
    file: Path, read: Callable[[Path], None], crafted: str
) -> None:
    file.write_text(CRAFTED[crafted])
    with pytest.raises(UsageError, match=r"not (valid )?TOML"):
        read(file)
