"""The user's policy for rotations in the interface."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tui.desk import Desk
from vault.domain.rotation_policy import USUAL
from vault.errors import UsageError
from vault.services.environment import Environment


def test_the_policy_beside_the_settings_is_taken_and_a_wrong_one_is_said(tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    env = Environment(lambda: datetime(2026, 3, 2, tzinfo=UTC), bytes, tmp_path, None, settings)
    desk = Desk("vault", env)
    desk.read_policy()
    assert desk.policy == USUAL
    (tmp_path / "rotation.toml").write_text("unfinished_hours = 3\n")
    desk.read_policy()
    assert desk.policy.unfinished_hours == 3
    (tmp_path / "rotation.toml").write_text("unfinished_days = 3\n")
    with pytest.raises(UsageError, match=r"rotation\.toml"):
        desk.read_policy()
    assert desk.policy == USUAL
