"""The repository is what it says it is: locked, indexed, explained, and nobody else's data."""

from __future__ import annotations

import hashlib
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

# Below this size equal files are a coincidence: empty modules, one-line licences.
SMALLEST_COPY = 1024

ADDRESS = re.compile(
    r"://|^\s*-|\b(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|internal|local)\b", re.MULTILINE
)
LOCKED = re.compile(
    r"(?P<name>[a-z0-9-]+)==(?P<version>[0-9][\w.!+]*)(?: ; (?P<marker>[^\\\n]+?))?"
    r"(?: \\\n    --hash=sha256:[0-9a-f]{64})+"
)


def repository_files() -> list[Path]:
    """Return what git would carry: tracked files, and new ones it does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout, so what belongs to the repository is unknown")
    files = (REPOSITORY / name for name in listed.stdout.split("\0") if name)
    return [path for path in files if path.is_file()]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def lock_entries(text: str) -> list[str]:
    """Return the lines of the lock, each with its continuation lines."""
    return re.split(r"(?<!\\)\n", text.rstrip("\n"))


def test_no_file_is_a_copy_of_the_real_input(shared_data: Path) -> None:
    theirs = {
        digest(path): path
        for path in shared_data.rglob("*")
        if path.is_file() and path.stat().st_size >= SMALLEST_COPY
    }
    copies = {
        str(path.relative_to(REPOSITORY)): str(theirs[digest(path)])
        for path in repository_files()
        if path.stat().st_size >= SMALLEST_COPY and digest(path) in theirs
    }
    assert copies == {}


def test_the_lock_names_no_address_and_gives_no_option() -> None:
    text = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
    unhashed = re.sub(r" \\\n    --hash=sha256:[0-9a-f]{64}", "", text)
    assert ADDRESS.findall(unhashed) == []


def test_every_locked_package_has_one_exact_version_and_hashes() -> None:
    entries = lock_entries((REPOSITORY / "requirements.lock").read_text(encoding="utf-8"))
    assert [entry for entry in entries if not LOCKED.fullmatch(entry)] == []


@pytest.mark.parametrize(
    "entry",
    [
        "click==8.5.1",
        "click>=8.5 \\\n    --hash=sha256:" + "0" * 64,
        "click @ file:///click.whl \\\n    --hash=sha256:" + "0" * 64,
        "click==8.5.1 \\\n    --hash=sha256:" + "0" * 63,
    ],
)
def test_an_unpinned_or_unhashed_line_is_no_locked_package(entry: str) -> None:
    assert LOCKED.fullmatch(entry) is None


def test_the_lock_covers_every_declared_dependency() -> None:
    entries = lock_entries((REPOSITORY / "requirements.lock").read_text(encoding="utf-8"))
    locked = {entry.partition("==")[0] for entry in entries}
    declared = {re.split(r"[^\w-]", line, maxsplit=1)[0] for line in declared_dependencies()}
    assert declared - locked == set()


def declared_dependencies() -> list[str]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    return [
        *project["project"]["dependencies"],
        *(requirement for extra in extras.values() for requirement in extra),
        *project["dependency-groups"]["dev"],
    ]


def test_every_dependency_says_what_it_is_for() -> None:
    lines = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    explained = {
        match["requirement"]
        for line in lines
        if (match := re.fullmatch(r'\s+"(?P<requirement>[^"]+)",\s+# \w.+', line))
    }
    assert set(declared_dependencies()) - explained == set()


def test_every_adr_is_in_the_index() -> None:
    folder = REPOSITORY / "docs" / "adr"
    index = (folder / "README.md").read_text(encoding="utf-8")
    written = {path.name for path in folder.glob("[0-9]*.md")}
    assert set(re.findall(r"\(([0-9][\w-]+\.md)\)", index)) == written


def test_adrs_are_numbered_without_gaps() -> None:
    numbers = sorted(path.name[:4] for path in (REPOSITORY / "docs" / "adr").glob("[0-9]*.md"))
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{document.relative_to(REPOSITORY)}: {target}"
        for document in repository_files()
        if document.suffix == ".md"
        for target in re.findall(r"\]\((?![a-z]+:|#)([^)#\s]+)", document.read_text("utf-8"))
        if not (document.parent / target).exists()
    ]
    assert broken == []


def test_the_changelog_begins_with_what_is_unreleased() -> None:
    text = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings[0] == "Unreleased"
