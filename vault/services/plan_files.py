"""Plans and cases as files: a checklist, a page or a calendar, by how the name ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from vault.domain.cases import Case
from vault.errors import UsageError
from vault.reports import case as case_report
from vault.reports import plan as report
from vault.reports.plan import PlanView
from vault.services.offboarding import replanned
from vault.services.report_files import form_by_ending, save_report
from vault.services.session import Session

FORMS: Final[Mapping[str, Callable[[PlanView], str]]] = {
    "table": report.as_table,
    "markdown": report.as_markdown,
    "html": report.as_html,
    "calendar": report.as_calendar,
    "todo": partial(report.as_calendar, kind="todo"),
}
"""How a plan can be written for people."""

NAME_LIMIT: Final = 40
"""How many characters of a name a file's name takes: some disks take 143 bytes in all."""

_BY_ENDING: Final = {".md": "markdown", ".html": "html", ".ics": "calendar", ".txt": "table"}


def save_plan(view: PlanView, path: Path) -> Path:
    """Write a plan to a new file and return its whole path.

    Raises UsageError for a name whose ending says no form, StorageError where it cannot be written.
    """
    return save_report(path, FORMS[form_by_ending(path, _BY_ENDING)](view).encode())


def save_case(session: Session, case: Case, path: Path) -> Path:
    """Write a case to a new file and return its whole path.

    As Markdown all its steps with their evidence, in the other forms the plan for what is left,
    which only a departure has. Raises as `save_plan` does.
    """
    form, registry, now = form_by_ending(path, _BY_ENDING), session.registry, session.env.now()
    if form != "markdown" and not case.person:
        message = f"{path.name} would be a plan, and only a departure has one"
        raise UsageError(message, "end it in .md")
    if form == "markdown":
        text = case_report.as_markdown(registry, registry.get(case.id, Case), now)
    else:
        text = FORMS[form](report.view(registry, replanned(registry, case, now)))
    return save_report(path, text.encode())


def file_name(what: str, name: str) -> str:
    """Return how a file about somebody could be called: letters and digits, and not too long."""
    letters = "".join(c if c.isalnum() else "-" for c in name.casefold()[:NAME_LIMIT])
    return "-".join(filter(None, [what, *letters.split("-")])) + ".md"
