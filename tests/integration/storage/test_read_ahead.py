"""Opening reads the rows while the keys are derived; that changes nothing of what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.storage.builder import Sample, environment, record_id, renamed
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.errors import RefusedError
from vault.formats.member import MemberKeys
from vault.services import vaults
from vault.services.opening import check_new_place
from vault.services.read_ahead import Ahead, ReadAhead
from vault.services.unlocking import Locked
from vault.services.vaults import open_with

SPOIL = "UPDATE records SET head = zeroblob(length(head))"


def opened(sample: Sample) -> Registry:
    with sample.open() as session:
        return session.registry


def test_what_a_colleague_wrote_while_the_keys_were_derived_is_there(sample: Sample) -> None:
    def unlock(_: Locked) -> MemberKeys:
        with sample.open() as colleague:
            colleague.write("role.edit", renamed(0, "while you were typing"))
        return sample.keys

    with open_with(str(sample.path), unlock, environment(sample.device)) as session:
        name = session.registry.get(record_id(0), Role).name
    assert name == "while you were typing"


def test_rows_that_were_misread_ahead_are_read_again(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, spoiled = opened(sample), sample.copy(tmp_path / "spoiled")
    spoiled.sql(SPOIL)
    misled = ReadAhead(spoiled.path)
    monkeypatch.setattr(vaults, "ReadAhead", lambda *_: misled)
    assert opened(sample) == known
    assert misled.take() is None


@pytest.mark.parametrize("content", [None, b"", b"no database at all"])
def test_a_fault_met_ahead_is_left_to_the_verification(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "some.file"
    if content is not None:
        path.write_bytes(content)
    assert ReadAhead(path).take() is None


def test_what_is_made_ahead_is_made_once_and_not_before_it_is_begun() -> None:
    made: list[int] = []
    ahead = Ahead(lambda: made.append(1))
    assert not made
    ahead.start()
    ahead.start()
    ahead.result()
    assert made == [1]


def test_what_nobody_began_is_made_when_it_is_asked_for() -> None:
    assert Ahead(lambda: "made").result() == "made"


def test_what_making_it_raises_is_raised_where_it_is_asked_for() -> None:
    ahead = Ahead[None](lambda: check_new_place("/"))
    ahead.start()
    with pytest.raises(RefusedError):
        ahead.result()
