"""The loader gives the shipped catalogue, and lays the user's files over it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from vault.errors import StorageError, UnsafePathError, UsageError
from vault.services.catalogue import load_catalogue

FORUM = """
id = "forum"
name = "Forum"
kind = "social"
status = "living"
[access]
source = "own"
models = ["login"]
"""


def test_without_files_of_the_user_the_shipped_catalogue_is_given(tmp_path: Path) -> None:
    assert load_catalogue(tmp_path) is load_catalogue()
    assert load_catalogue(tmp_path / "missing") is load_catalogue()


def test_a_file_of_the_user_may_name_the_shared_sources(tmp_path: Path) -> None:
    (tmp_path / "forum.toml").write_text(FORUM, encoding="utf-8")
    forum = load_catalogue(tmp_path).get("forum")
    assert forum.provenance["models"].source == "own"


def test_a_file_of_the_user_may_correct_one_fact_of_a_shipped_platform(tmp_path: Path) -> None:
    text = 'extends = "x"\n[access]\nsource = "web"\npassword_change_ends_tokens = "yes"\n'
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    corrected, shipped = load_catalogue(tmp_path).get("x"), load_catalogue().get("x")
    assert corrected.password_change_ends_tokens == "yes"
    assert shipped.password_change_ends_tokens == "unknown"
    assert corrected.playbook == shipped.playbook


@pytest.mark.parametrize("opened", [".", "forum.toml"])
def test_facts_that_others_may_write_are_not_taken(tmp_path: Path, opened: str) -> None:
    (tmp_path / "forum.toml").write_text(FORUM, encoding="utf-8")
    load_catalogue(tmp_path)
    (tmp_path / opened).chmod(0o777)
    with pytest.raises(UnsafePathError, match="Others may write") as refused:
        load_catalogue(tmp_path)
    assert f"chmod go-w {tmp_path}" in refused.value.hint


def test_a_bad_file_of_the_user_is_named(tmp_path: Path) -> None:
    path = tmp_path / "forum.toml"
    path.write_text(FORUM.replace('"login"', '"door"'), encoding="utf-8")
    with pytest.raises(UsageError, match=r"\[access\] models") as refused:
        load_catalogue(tmp_path)
    assert str(path) in refused.value.message


def test_a_file_that_is_no_text_is_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "forum.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(StorageError):
        load_catalogue(tmp_path)


def test_loading_the_shipped_catalogue_needs_no_toml_parser() -> None:
    code = (
        "import sys; from vault.services.catalogue import load_catalogue; load_catalogue();"
        "print(*({'tomllib', 'difflib', 'vault.domain.platforms.parse'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
