"""A folder that others write to holds no report up, whatever they put there."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vault.services.delivery import Run, bring_waiting
from vault.services.environment import Environment
from vault.services.outbox import Outbox, Parcel
from vault.services.periodic import Asked, Folder, Periodic
from vault.services.session import Session

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CONTENT = b"a report"
ASKED = Asked("dormant")


class Desk:
    """An outbox with one report for a folder."""

    def __init__(self, folder: Path) -> None:
        self.out = folder / "out"
        self.out.mkdir()
        self.planted = self.out / "dormant.html"
        self._box = Outbox(folder / "outbox")
        with self._box.held():
            self._box.put(
                Parcel(
                    spec=ASKED.spec,
                    report="dormant",
                    way="folder",
                    to=str(self.out),
                    name=self.planted.name,
                    made_at=NOON,
                    is_clean=True,
                    content=CONTENT,
                )
            )

    def send(self) -> list[Parcel]:
        env = Environment(lambda: NOON, bytes, Path("/nowhere"))
        periodic = Periodic((ASKED,), folder=Folder(str(self.out)))
        return bring_waiting(Run(self.out, periodic, self._box, env, _closed, str))


def _closed() -> Session:
    pytest.fail("the vault was opened")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    tmp_path.chmod(0o700)
    return Desk(tmp_path)


def is_there_under_another_name(desk: Desk) -> bool:
    (parcel,) = desk.send()
    brought = desk.out / parcel.name
    with brought.open("rb") as file:
        return brought != desk.planted and not parcel.is_waiting and file.read() == CONTENT


def test_a_file_without_end_at_the_name_of_a_report_is_not_read(desk: Desk) -> None:
    desk.planted.touch()
    os.truncate(desk.planted, 4 * 1024**4)
    assert is_there_under_another_name(desk)


def test_a_file_of_the_same_size_that_only_others_read_is_left_to_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.planted.write_bytes(b"x" * len(CONTENT))
    read = Path.read_bytes

    def only_ours(file: Path) -> bytes:
        """Refuse as the system does: root, as which tests may run, is refused nothing."""
        if file == desk.planted:
            raise PermissionError(13, "Permission denied")
        return read(file)

    monkeypatch.setattr(Path, "read_bytes", only_ours)
    assert is_there_under_another_name(desk)


@pytest.mark.parametrize("whole", [b"", CONTENT])
def test_what_a_killed_run_left_half_written_goes_and_holds_no_report_up(
    desk: Desk, whole: bytes
) -> None:
    half = desk.out / f".{desk.planted.name}.part"
    half.write_bytes(CONTENT[:3])
    if whole:
        desk.planted.write_bytes(whole)  # another machine brought it meanwhile
    (parcel,) = desk.send()
    assert (parcel.said, parcel.is_waiting) == ("", False)
    assert desk.planted.read_bytes() == CONTENT
    assert not half.exists()
