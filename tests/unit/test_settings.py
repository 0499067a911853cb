from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vault.errors import RefusedError, StorageError
from vault.settings import Settings, as_toml, read_settings, write_settings
from vault.storage import crashpoints

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=100)
settings = st.builds(
    Settings,
    theme=text,
    idle_lock_minutes=st.integers(1, 1440),
    lock_when_away=st.booleans(),
    presentation=st.booleans(),
    keys=st.dictionaries(text, text, max_size=5),
)


def test_without_a_file_all_is_as_usual_and_nothing_is_told(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "none.toml") == (Settings(), ())
    assert read_settings(None) == (Settings(), ())


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("config") / "settings.toml"


@given(settings)
def test_what_is_kept_is_read_back(file: Path, kept: Settings) -> None:
    file.unlink(missing_ok=True)  # replacing one waits for the disk
    write_settings(file, kept)
    assert read_settings(file) == (kept, [])


@pytest.mark.parametrize(
    "written",
    [b"theme = ", b"\xff\xfe", b"[" * 50_000, b"a = 1\n" * 20_000, b"theme = 'x'\ntheme = 'y'"],
    ids=["cut off", "not UTF-8", "deep", "long", "twice"],
)
def test_a_broken_file_is_told_and_the_usual_taken(tmp_path: Path, written: bytes) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(written)
    read = read_settings(file)
    assert read.settings == Settings()
    assert len(read.problems) == 1
    assert str(file) in read.problems[0]


def test_what_is_understood_is_taken_and_the_rest_is_told(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("theme = 'nord'\nidle_lock_minutes = 0\ncolour = 'red'\nkeys = 3\n")
    read = read_settings(file)
    assert read.settings == Settings(theme="nord")
    assert [
        word in told for word, told in zip(["idle", "colour", "keys"], read.problems, strict=True)
    ]
    assert len(read.problems) == 3


def test_a_file_with_a_problem_is_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("# mine\ncolour = 'red'\n")
    with pytest.raises(RefusedError, match="colour"):
        write_settings(file, Settings(theme="nord"))
    assert file.read_text() == "# mine\ncolour = 'red'\n"


def test_a_folder_that_cannot_be_made_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("")
    with pytest.raises(StorageError, match=r"settings\.toml cannot be"):
        write_settings(tmp_path / "config" / "settings.toml", Settings())


def test_the_folder_is_the_users_own(tmp_path: Path) -> None:
    write_settings(tmp_path / "new" / "settings.toml", Settings())
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["settings.toml"]


def test_a_link_that_was_put_in_the_way_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, victim = tmp_path / "settings.toml", tmp_path / "victim"
    victim.write_text("theirs")
    planted = tmp_path / f".settings.toml.{os.getpid()}"
    planted.symlink_to(victim)
    write_settings(file, Settings(theme="nord"))
    assert (victim.read_text(), read_settings(file).settings.theme) == ("theirs", "nord")
    assert (file.is_symlink(), file.stat().st_mode & 0o777) == (False, 0o600)
    planted.symlink_to(victim)
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)  # it is put there again at once
    with pytest.raises(StorageError, match="File exists"):
        write_settings(file, Settings())
    assert victim.read_text() == "theirs"


def test_settings_survive_a_crash_between_writing_and_renaming(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.toml"
    on_disk: list[int] = []
    passed: list[str] = []
    monkeypatch.setattr(os, "fsync", on_disk.append)
    write_settings(file, Settings(theme="nord"))

    def looking(name: crashpoints.CrashPoint) -> None:
        passed.append(name)
        assert len(on_disk) == 2
        assert read_settings(file) == (Settings(theme="nord"), [])  # what a stop would leave
        (beside,) = set(tmp_path.iterdir()) - {file}
        assert read_settings(beside).settings.theme == "dracula"

    with monkeypatch.context() as patch:
        patch.setattr(crashpoints, "reached", looking)
        write_settings(file, Settings(theme="dracula"))
    assert passed == ["file.written"]
    assert read_settings(file).settings.theme == "dracula"
    assert list(tmp_path.iterdir()) == [file]


def test_the_file_reads_like_one_a_person_would_write() -> None:
    assert as_toml(Settings(keys={"lock": "f12"})) == (
        'theme = "safehands-dark"\nidle_lock_minutes = 10\nlock_when_away = false\n'
        'presentation = false\n\n[keys]\n"lock" = "f12"\n'
    )
