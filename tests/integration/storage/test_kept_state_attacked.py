"""Whoever writes to a large vault's file gains nothing by what a device keeps of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.integration.storage.builder import (
    Sample,
    environment,
    record_id,
    renamed,
)
from tests.integration.storage.test_members import add
from tests.integration.storage.tricks import (
    copy_under_a_new_id,
    delete_a_row,
    flip_a_bit_of_a_head,
    lie_about_a_body,
)
from vault.errors import IntegrityError, RecordTamperedError, StateMismatchError
from vault.formats.entry import EntryKind
from vault.formats.member import MemberKind
from vault.services import device_files, kept_state
from vault.services.members import add_reporter, find_member, remove_member
from vault.services.vaults import open_with
from vault.storage import sealing
from vault.storage.sealing import Sealer


@pytest.fixture(autouse=True)
def small_vaults_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the few records of a test be worth keeping."""
    monkeypatch.setattr(kept_state, "WORTH_KEEPING", 6)


def kept(sample: Sample) -> Path:
    (file,) = sample.device.glob("*.kept")
    return file


def test_a_row_whose_head_was_altered_cannot_be_written_over(sample: Sample) -> None:
    sample.open().close()
    flip_a_bit_of_a_head(sample)
    with sample.open() as session:
        before = session.seq
        with pytest.raises(StateMismatchError):
            session.write("role.edit", renamed(1, "another name"))
        assert session.refresh().role(record_id(1)).name == "role 1"
        assert session.seq == before


@pytest.mark.parametrize(
    "altered", [flip_a_bit_of_a_head, copy_under_a_new_id, delete_a_row, lie_about_a_body]
)
def test_no_member_comes_or_goes_on_top_of_rows_that_were_altered(
    sample: Sample, altered: Callable[[Sample], None]
) -> None:
    reporter = add(sample, MemberKind.REPORTER).keys.public().member_id.hex()
    sample.open().close()
    altered(sample)
    entries = sample.sql("SELECT count(*) FROM journal")
    with sample.open() as session:
        with pytest.raises(IntegrityError):
            remove_member(session, find_member(session, reporter))
        with pytest.raises(IntegrityError):
            add_reporter(session, "Monday mail", "tin can with a string", cost="floor")
    assert sample.sql("SELECT count(*) FROM journal") == entries


def test_what_a_full_reading_found_is_found_by_the_next_opening_too(sample: Sample) -> None:
    sample.open().close()
    flip_a_bit_of_a_head(sample)
    with pytest.raises(RecordTamperedError):
        open_with(str(sample.path), lambda _: sample.keys, environment(sample.device), afresh=True)
    with pytest.raises(RecordTamperedError):
        sample.open()


def test_a_copy_of_the_vault_is_read_in_full_when_it_is_first_opened(
    sample: Sample, tmp_path: Path
) -> None:
    sample.open().close()
    copy = sample.copy(tmp_path / "copy")
    flip_a_bit_of_a_head(copy)
    with pytest.raises(RecordTamperedError):
        copy.open()


def test_what_a_reporter_seals_into_an_entry_stops_nobody_from_opening(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = add(sample, MemberKind.REPORTER)
    sample.open().close()
    running = sample.open()
    deep = b'{"act":"report.deliver","other":' + b"[" * 2000 + b"]" * 2000 + b"}"
    with theirs.open() as reporter, monkeypatch.context() as patch:
        patch.setattr(sealing, "_deed_encoder", SimpleNamespace(encode=lambda _: deep))
        reporter.write("report.deliver", lambda *_: (), kind=EntryKind.EXPORT)
    with running:
        assert running.refresh().role(record_id(1)).name == "role 1"
    with sample.open() as session:
        assert session.registry.role(record_id(1)).name == "role 1"


def test_a_file_too_large_to_have_been_kept_is_not_read(sample: Sample) -> None:
    sample.open().close()
    file = kept(sample)
    whole = file.read_bytes()
    os.truncate(file, 2**40)
    sample.open().close()
    assert file.stat().st_size == len(whole)


def test_what_stands_in_its_place_is_neither_followed_nor_waited_for(
    sample: Sample, tmp_path: Path
) -> None:
    sample.open().close()
    file = kept(sample)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(file.read_bytes())
    ways: list[Callable[[], None]] = [
        lambda: os.mkfifo(file, 0o600),
        lambda: file.symlink_to(elsewhere),
        lambda: file.symlink_to(tmp_path / "nowhere"),
    ]
    for put in ways:
        file.unlink()
        put()
        sample.open().close()
        assert file.is_file()
        assert not file.is_symlink()
    assert not (tmp_path / "nowhere").exists()
    file.unlink()
    file.mkdir()
    sample.open().close()
    assert file.is_dir()


def test_who_keeps_it_holds_up_nobody_who_notes_what_was_seen(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[bytes] = []

    def slowly(*_: object) -> Iterator[bytes]:
        with device_files.locked(sample.device, patience_s=0):
            written.append(b"what was kept")
        yield written[0]

    monkeypatch.setattr(Sealer, "seal_state", slowly)
    sample.open().close()
    assert kept(sample).read_bytes() == written[0]
