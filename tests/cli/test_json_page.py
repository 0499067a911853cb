"""docs/json.md has every document that a program can be answered with, and every field of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from difflib import ndiff
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.cli.answers import RECORDS, Shape, brugman, shapes
from tests.cli.json_page import BY_HAND, as_markdown, error_kinds
from tests.cli.runner import Desk
from tests.conftest import REPOSITORY
from vault.cli.demo import walk
from vault.cli.invocation import Invocation
from vault.cli.report import report

PAGE = (REPOSITORY / "docs" / "json.md").read_text(encoding="utf-8")
NAMED = re.compile(r"safehands\.[a-z_]+/\d+")


def listed() -> dict[str, set[str]]:
    """Return the paths on the page by schema or record."""
    found: dict[str, set[str]] = defaultdict(set)
    for section in re.split(r"^##+ ", PAGE, flags=re.MULTILINE)[1:]:
        name, _, rest = section.partition("\n")
        blocks = re.findall(r"```\n(.*?)```", rest, re.DOTALL)
        found[name] = {line.split()[0] for block in blocks for line in block.splitlines()}
    return found


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return brugman(tmp_path_factory.mktemp("company"))


@pytest.fixture(scope="module")
def answered(company: Desk, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Shape]:
    folder = tmp_path_factory.mktemp("answers")
    folder.chmod(0o700)
    return shapes(company.copy(folder))


def test_every_schema_that_the_code_names_is_on_the_page() -> None:
    code = [path.read_text(encoding="utf-8") for path in (REPOSITORY / "vault").rglob("*.py")]
    named = {schema for text in code for schema in NAMED.findall(text)}
    named |= {f"safehands.{kind}/1" for kind in (*RECORDS, *RECORDS.values())}
    named |= {f"safehands.report_{name.replace('-', '_')}/1" for name in report.commands}
    assert named - set(listed()) == set(), "make json"


def test_the_page_is_what_real_answers_make_it(answered: dict[str, Shape]) -> None:
    made = as_markdown(answered)
    differs = [each for each in ndiff(PAGE.splitlines(), made.splitlines()) if each[0] in "+-"]
    assert differs == [], "make json"


def by_hand() -> dict[str, dict[str, str]]:
    """Return the documents that are told by hand: each field with its type."""
    documents = (line.split("; ") for line in BY_HAND.replace("\n |", "|").splitlines())
    return {
        name: {path: kind for path, _, kind in (row.partition(" ") for row in fields.split("|"))}
        for name, _, fields in documents
    }


def test_documents_told_by_hand_are_as_real_answers(company: Desk, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    desk, told = company.copy(tmp_path / "v"), by_hand()
    for document in cheap_answers(desk, tmp_path):
        schema, shape = document.pop("schema"), Shape()
        for key, value in document.items():
            shape.add(key, value)
        seen = dict(line.split(maxsplit=1) for line in shape.lines())
        untrue = {
            path: kind for path, kind in seen.items() if kind not in told[schema].get(path, "")
        }
        assert untrue == {}
        empty = [path for path, kind in seen.items() if kind in {"list", "object"}]
        missing = told[schema].keys() - seen.keys()
        assert [each for each in missing if not each.startswith(tuple(empty))] == []


def cheap_answers(desk: Desk, folder: Path) -> Iterator[dict[str, Any]]:
    """Yield answers that take no key to be made of a passphrase, but one."""
    new = Desk(folder)
    new.passphrase_file.touch(mode=0o600)
    new.passphrase_file.write_text("correct horse battery\n", encoding="utf-8")
    yield new.ask("init", "--kdf", "floor", "--founder", "Ana")
    account = "x/@brugmanpers"
    stored = ("credential", "set", account, "--stdin", "--current", "--what")
    desk.do(*stored, "totp_seed", stdin="JBSWY3DPEHPK3PXPJBSWY3DP")
    yield desk.ask("credential", "totp", account, "--stdout")
    desk.do(*stored, "recovery_codes", stdin="aaaa-1111\nbbbb-2222\n")
    yield desk.ask("credential", "use-code", account, "--stdout")
    people, mapping = folder / "people.csv", folder / "people.toml"
    people.write_text("Nr,Naam,Uit\n7,Kim Vos,\n8,Bo Bos,soon\n", encoding="utf-8")
    mapping.write_text(
        '[source]\nname = "hr"\nkind = "people"\n'
        '[columns]\nexternal_id = "Nr"\nname = "Naam"\nlast_day = "Uit"\n',
        encoding="utf-8",
    )
    yield desk.ask("import", str(people), "--mapping", str(mapping), "--dry-run", code=None)


def test_every_kind_of_error_is_on_the_page_with_its_code() -> None:
    assert [k for k, code in error_kinds().items() if f"| `{k}` | {code} |" not in PAGE] == []


def test_what_the_readme_shows_of_the_demo_is_what_the_demo_says(
    company: Desk,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    tmp_path.chmod(0o700)
    session = company.copy(tmp_path).held
    assert session is not None
    walk(Invocation(), session, kept=False, path=tmp_path)
    told = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    shown = readme.partition("`make demo` says:\n\n```text\n")[2].partition("\n```")[0].splitlines()
    start = told.index(shown[0])
    for before, line in pairwise(["...", *shown]):
        if line != "...":
            place = told.index(line, start) if before == "..." else start
            assert told[place] == line
            start = place + 1
