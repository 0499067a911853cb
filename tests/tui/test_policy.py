"""The user's policy for rotations in the interface."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tui.desk import Desk
from vault.domain.rotation_policy import USUAL
from vault.errors import UsageError
from vault.services.environment import Environment
from vault.services.vaults import create_vault


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    tmp_path.chmod(0o700)
    env = Environment(
        now=lambda: datetime(2026, 3, 2, tzinfo=UTC),
        random=os.urandom,
        state_folder=tmp_path / "state",
        settings_file=tmp_path / "settings.toml",
    )
    made = Desk(str(tmp_path / "v.safehands"), env)
    made.take(create_vault(made.location, "a passphrase", "Ana", env, cost="floor"))
    return made


def test_the_policy_beside_the_settings_is_taken(desk: Desk, tmp_path: Path) -> None:
    desk.read_policy()
    assert desk.policy == USUAL
    (tmp_path / "rotation.toml").write_text("unfinished_hours = 3\n")
    desk.read_policy()
    assert desk.policy.unfinished_hours == 3


@pytest.mark.parametrize(
    "wrong", ["unfinished_days = 3\n", '[[breach]]\nplatform = "twiter"\non = 2026-01-01\n']
)
def test_a_policy_that_cannot_apply_is_said_and_the_usual_one_is_in_force(
    desk: Desk, tmp_path: Path, wrong: str
) -> None:
    (tmp_path / "rotation.toml").write_text(wrong)
    with pytest.raises(UsageError, match=r"rotation\.toml"):
        desk.read_policy()
    assert desk.policy == USUAL
