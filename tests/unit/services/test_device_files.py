"""What a device remembers, where its disk is full."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vault.errors import StorageError
from vault.services import device_files


@pytest.mark.parametrize("call", ["fsync", "fdopen"])
def test_a_full_disk_leaves_the_file_as_it_was_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    tmp_path.chmod(0o700)
    file = tmp_path / "mark.json"
    device_files.write(file, b"before")

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(f"vault.services.device_files.os.{call}", full)
    with pytest.raises(StorageError, match="No space left"):
        device_files.write(file, b"after")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [
        ("mark.json", b"before")
    ]
