from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.reports.company import company, departure
from vault.domain.cases import Case
from vault.errors import UsageError
from vault.reports.plan import view
from vault.services.plan_files import file_name, save_case, save_plan
from vault.services.session import Session


def test_the_ending_of_a_name_says_how_a_plan_is_written(tmp_path: Path) -> None:
    registry = company()
    plan = view(registry, departure(registry, "planned"))
    for ending, begins in {"md": "# ", "HTML": "<!", "ics": "BEGIN:VCALENDAR"}.items():
        written = save_plan(plan, tmp_path / f"plan.{ending}")
        assert written.is_absolute()
        assert written.read_text().lstrip().startswith(begins)
    for bad in ("plan.docx", "plan", ""):
        with pytest.raises(UsageError):
            save_plan(plan, tmp_path / bad)


def test_a_case_that_nobody_leaves_by_has_no_plan_to_write(
    session: Session, tmp_path: Path
) -> None:
    case = Case(id="c", what="rotation", account="a", opened_at=session.env.now())
    with pytest.raises(UsageError, match="only a departure has one"):
        save_case(session, case, tmp_path / "case.ics")
    assert not list(tmp_path.iterdir())


def test_a_file_is_named_after_somebody_whatever_they_are_called() -> None:
    assert file_name("departure", "Jan de Vries") == "departure-jan-de-vries.md"
    assert file_name("case", "../../\x1b[2J\u202ea") == "case-2j-a.md"
    assert len(file_name("case", "x" * 1_000_000)) < 60
