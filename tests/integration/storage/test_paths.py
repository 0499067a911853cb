from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.storage.builder import PASSPHRASE, Sample, environment, record_id, renamed
from vault.errors import (
    NotAVaultError,
    RefusedError,
    SafehandsError,
    StorageError,
    UnsafePathError,
    UsageError,
)
from vault.services.vaults import create_vault, open_vault
from vault.storage import paths

NOBODY = 65534


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def create(path: Path, device: Path) -> None:
    create_vault(str(path), PASSPHRASE, "Ann", environment(device), cost="floor").close()


def test_what_is_made_is_ours_alone_whatever_the_umask_says(
    tmp_path: Path, open_umask: None
) -> None:
    path = tmp_path / "new" / "acme.safehands"
    session = create_vault(
        str(path), PASSPHRASE, "Ann", environment(tmp_path / "device"), cost="floor"
    )
    made = {f: f.stat().st_mode & 0o777 for f in tmp_path.rglob("*")}
    session.close()
    assert {mode for f, mode in made.items() if f.is_dir()} == {0o700}
    assert {mode for f, mode in made.items() if not f.is_dir()} == {0o600}
    assert path in made


def test_what_lies_there_already_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("dear", encoding="utf-8")
    with pytest.raises(RefusedError):
        create(path, tmp_path / "device")
    assert path.read_text(encoding="utf-8") == "dear"


def test_a_new_vault_is_not_made_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RefusedError):
        create(tmp_path / "link", tmp_path / "device")
    assert not (tmp_path / "elsewhere").exists()


def test_a_vault_that_cannot_be_finished_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "device").write_text("in the way", encoding="utf-8")
    with pytest.raises(SafehandsError):
        create(tmp_path / "acme.safehands", tmp_path / "device")
    assert [f.name for f in tmp_path.iterdir()] == ["device"]


def remove(sample: Sample) -> None:
    sample.path.unlink()


def make_a_folder(sample: Sample) -> None:
    sample.path.unlink()
    sample.path.mkdir()


def make_a_pipe(sample: Sample) -> None:
    sample.path.unlink()
    os.mkfifo(sample.path)


def make_a_link(sample: Sample) -> None:
    sample.path.rename(sample.path.with_name("real"))
    sample.path.symlink_to("real")


def give_it_another_name(sample: Sample) -> None:
    os.link(sample.path, sample.path.with_name("again"))


def open_to_the_world(sample: Sample) -> None:
    sample.path.chmod(0o666)


def open_to_the_group(sample: Sample) -> None:
    sample.path.chmod(0o660)


def open_its_folder(sample: Sample) -> None:
    sample.path.parent.chmod(0o777)


def open_its_folder_with_the_sticky_bit(sample: Sample) -> None:
    sample.path.parent.chmod(0o1777)


def plant_an_open_log(sample: Sample) -> None:
    log = sample.path.with_name(sample.path.name + "-wal")
    log.write_bytes(b"")
    log.chmod(0o666)


def plant_a_link_as_log(sample: Sample) -> None:
    sample.path.with_name(sample.path.name + "-wal").symlink_to("real")


@pytest.mark.parametrize(
    ("prepare", "error", "words"),
    [
        (remove, StorageError, "safehands init"),
        (make_a_folder, NotAVaultError, "file in it"),
        (make_a_pipe, NotAVaultError, "path"),
        (make_a_link, UnsafePathError, "real"),
        (give_it_another_name, UnsafePathError, "cp "),
        (open_to_the_world, UnsafePathError, "chmod go-w"),
        (open_to_the_group, UnsafePathError, "chmod go-w"),
        (open_its_folder, UnsafePathError, "chmod go-w"),
        (open_its_folder_with_the_sticky_bit, UnsafePathError, "chmod go-w"),
        (plant_an_open_log, UnsafePathError, "chmod go-w"),
        (plant_a_link_as_log, UnsafePathError, "move it away"),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_a_path_that_is_no_safe_vault_is_refused_with_a_way_out(
    sample: Sample, prepare: object, error: type[SafehandsError], words: str
) -> None:
    assert callable(prepare)
    prepare(sample)
    with pytest.raises(SafehandsError) as refused:
        open_vault(str(sample.path), lambda: PASSPHRASE, environment(sample.device))
    assert type(refused.value) is error
    assert words in refused.value.hint


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_belongs_to_another_user_is_refused(sample: Sample, what: str) -> None:
    target = sample.path if what == "file" else sample.path.parent
    os.chown(target, NOBODY, NOBODY)
    with pytest.raises(UnsafePathError, match=str(NOBODY)):
        sample.open()


def test_a_writing_session_notices_a_file_exchanged_for_a_link(sample: Sample) -> None:
    with sample.open() as session:
        make_a_link(sample)
        with pytest.raises(UnsafePathError):
            session.write("role.add", lambda *_: ())


def test_a_writing_session_notices_that_its_file_was_given_another_name(sample: Sample) -> None:
    with sample.open() as session:
        session.write("role.edit", renamed(1, "webcare"))
        give_it_another_name(sample)
        with pytest.raises(UnsafePathError, match="2 names"):
            session.write("role.edit", renamed(1, "press"))
    sample.path.with_name("again").unlink()
    with sample.open() as again:
        assert again.registry.role(record_id(1)).name == "webcare"


@pytest.mark.parametrize(
    "location",
    ["postgresql+psycopg://db/acme", "postgresql://db/acme", "mysql://u", "sqlite:///v", ""],
)
def test_a_location_that_is_no_file_is_refused(tmp_path: Path, location: str) -> None:
    with pytest.raises(UsageError):
        open_vault(location, lambda: PASSPHRASE, environment(tmp_path))


MOUNTS = [
    "22 1 0:20 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
    "30 22 0:40 / /home/ann/team\\040share rw - nfs4 server:/team rw",
    "31 30 0:41 / /home/ann/team\\040share/local rw shared:9 - tmpfs tmpfs rw",
]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/ann/vault", ""),
        ("/home/ann/team share/vault", "nfs4"),
        ("/home/ann/team share/local/vault", ""),
        ("/home/ann/team shares/vault", ""),
    ],
)
def test_a_network_share_is_known_by_the_innermost_mount(path: str, kind: str) -> None:
    assert paths.filesystem_of(Path(path), MOUNTS, frozenset({"nfs4"})) == kind


@pytest.mark.parametrize("what", ["file", "link's folder", "file's folder"])
def test_what_we_are_told_by_a_file_of_ours_nobody_else_may_write(
    tmp_path: Path, what: str
) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "linked").mkdir()
    file, link = tmp_path / "kept" / "reports.toml", tmp_path / "linked" / "reports.toml"
    file.write_text("", encoding="utf-8")
    file.chmod(0o644)
    link.symlink_to(file)
    paths.check_own(link)
    opened = {"file": file, "link's folder": link.parent, "file's folder": file.parent}[what]
    opened.chmod(0o775)
    with pytest.raises(UnsafePathError) as refused:
        paths.check_own(link)
    assert "chmod go-w" in refused.value.hint


def test_in_a_folder_for_all_a_file_of_ours_is_ours(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    file = tmp_path / "reports.toml"
    file.write_text("", encoding="utf-8")
    file.chmod(0o644)
    paths.check_own(file)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_nobody_elses_file_tells_us_anything(tmp_path: Path, what: str) -> None:
    file = tmp_path / "own" / "reports.toml"
    file.parent.mkdir()
    file.write_text("", encoding="utf-8")
    os.chown(file if what == "file" else file.parent, NOBODY, NOBODY)
    with pytest.raises(UnsafePathError, match=str(NOBODY)):
        paths.check_own(file)


def test_a_pipe_of_ours_may_tell_us_something() -> None:
    reading, writing = os.pipe()
    try:
        paths.check_own(Path(f"/dev/fd/{reading}"))
    finally:
        os.close(reading)
        os.close(writing)
