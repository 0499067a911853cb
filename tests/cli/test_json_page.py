"""docs/json.md has every document that a program can be answered with, and every field of it."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from tests.cli.answers import RECORDS, Shape, brugman, shapes
from tests.cli.json_page import error_kinds
from tests.conftest import REPOSITORY
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
def answered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Shape]:
    return shapes(brugman(tmp_path_factory.mktemp("answers")))


def test_every_schema_that_the_code_names_is_on_the_page() -> None:
    code = [path.read_text(encoding="utf-8") for path in (REPOSITORY / "vault").rglob("*.py")]
    named = {schema for text in code for schema in NAMED.findall(text)}
    named |= {f"safehands.{kind}/1" for kind in (*RECORDS, *RECORDS.values())}
    named |= {f"safehands.report_{name.replace('-', '_')}/1" for name in report.commands}
    assert named - set(listed()) == set(), "make json"


def test_every_field_of_a_real_answer_is_on_the_page(answered: dict[str, Shape]) -> None:
    page = listed()
    records = answered["safehands.error/1"].records
    missing = []
    for name, shape in answered.items():
        kind = name.removeprefix("safehands.").removesuffix("/1")
        known = page[name] | (page[f"record {kind}"] if kind in records else set())
        told = (line.split()[0] for line in shape.lines())
        missing += [f"{name} {path}" for path in told if path not in known]
    for kind, shape in records.items():
        told = (line.split()[0] for line in shape.lines())
        missing += [f"{kind} {path}" for path in told if path not in page[f"record {kind}"]]
    assert missing == [], "make json"


def test_every_kind_of_error_is_on_the_page_with_its_code() -> None:
    assert [k for k, code in error_kinds().items() if f"| `{k}` | {code} |" not in PAGE] == []
