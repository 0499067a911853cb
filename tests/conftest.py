"""What every test may ask for: how hard Hypothesis tries, and where the real input lies."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from hypothesis import settings

REPOSITORY = Path(__file__).resolve().parents[1]

# No deadline: on a busy machine it fails for the machine's reasons (docs/adr/0005).
settings.register_profile("quick", max_examples=25, deadline=None, print_blob=True)
# The same 2,000 examples each time, so that a commit that passed passes again; `explore` looks for
# new ones (docs/adr/0013).
settings.register_profile(
    "full", max_examples=2000, deadline=None, print_blob=True, derandomize=True
)
settings.register_profile("explore", max_examples=2000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

fewer = settings(max_examples=max(25, settings().max_examples // 16))
"""For properties whose examples are whole tables, plans or journals: 2,000 take half a minute."""


os.umask(0o022)  # files of the user that others may write to are refused


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what stays, which it would walk through again and again.

    That and its frequency were an eighth of the time of the tests of the interface.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 3)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real input: $SAFEHANDS_DATA, or shared/data beside the checkout.

    The data is never part of the repository; a test that needs it is skipped where it is absent.
    """
    folder = Path(os.environ.get("SAFEHANDS_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real input: {folder} is no folder (set SAFEHANDS_DATA to one that is)")
    return folder
