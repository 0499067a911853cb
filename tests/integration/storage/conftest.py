"""One small vault, made once; each test gets a copy of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.storage.builder import Sample, new_sample


@pytest.fixture(scope="session")
def sample_made_once(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return new_sample(tmp_path_factory.mktemp("made-once", numbered=True) / "vault", records=5)


@pytest.fixture
def sample(sample_made_once: Sample, tmp_path: Path) -> Sample:
    """Return a vault with five roles and its founder."""
    return sample_made_once.copy(tmp_path / "vault")
