"""What a list names no longer, and a list that is empty or of which no row could be taken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from tests.integration.importer import ACCOUNTS, PEOPLE, Importer
from vault.errors import ImportRefusedError
from vault.services.import_report import OUTCOMES, Kind
from vault.services.people import add_person

HEAD = "where,handle,id,team,login,who"


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Importer]:
    importer = Importer(tmp_path)
    yield importer
    importer.session.close()


@pytest.mark.parametrize("kept", [0, 13])
def test_a_source_that_lost_a_large_share_is_refused_unless_that_is_accepted(
    vault: Importer, kept: int
) -> None:
    rows = [f"X,acme{n},,,," for n in range(40)]
    vault.bring(ACCOUNTS, HEAD, *rows)
    before = vault.session.registry
    with pytest.raises(ImportRefusedError, match=rf"^{40 - kept} of 40 accounts") as error:
        vault.bring(ACCOUNTS, HEAD, *rows[:kept])
    assert "--accept-gone list;" in error.value.hint
    assert vault.session.registry == before
    report = vault.bring(ACCOUNTS, HEAD, *rows[:kept], accept_gone=["list"])
    assert len(report.proposals) == 40 - kept


def test_a_list_whose_only_row_is_skipped_says_why_and_is_not_called_empty(vault: Importer) -> None:
    add_person(vault.session, "Kees Vis", source="another list")
    vault.bring(PEOPLE, "nr,name,mail,boss,job,last", "1,Ana Mol,ana@acme.example,,,")
    row = "2,Kees Vis,,,,"
    report = vault.bring(PEOPLE, "nr,name,mail,boss,job,last", row)
    assert report.skipped == {"person": 1}
    assert [problem.kind for problem in report.problems] == ["same_name"]
    assert [(each.label, each.ended) for each in report.proposals] == [("Ana Mol", False)]
    with pytest.raises(ImportRefusedError, match=r"^1 of 1 people") as refused:
        vault.bring(PEOPLE, "nr,name,mail,boss,job,last", row, end_gone=True)
    assert "no row of it could be taken" in refused.value.hint
    with pytest.raises(ImportRefusedError, match=r"^1 of 1 people"):
        vault.bring(PEOPLE, "nr,name,mail,boss,job,last")


def test_the_counts_of_an_import_have_the_same_kinds_as_json(vault: Importer) -> None:
    told = vault.bring(ACCOUNTS, HEAD, "X,a,,Press,,Ana").to_dict()
    kinds = {tuple(told[counts]) for counts in ("read", *OUTCOMES)}
    assert kinds == {get_args(Kind)}


def test_a_few_may_go_at_once(vault: Importer) -> None:
    rows = [f"X,acme{n},,,," for n in range(11)]
    vault.bring(ACCOUNTS, HEAD, *rows)
    assert len(vault.bring(ACCOUNTS, HEAD, rows[0]).proposals) == 10


def test_another_source_proposes_nothing_of_this_one(vault: Importer) -> None:
    vault.bring(ACCOUNTS, HEAD, "X,a,,,,")
    other = ACCOUNTS.replace('name = "list"', 'name = "other"')
    assert vault.bring(other, HEAD, "X,b,,,,").proposals == ()
