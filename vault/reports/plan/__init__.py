"""A departure plan for its readers: values in words, and the forms they can take."""

from __future__ import annotations

from vault.reports.plan.agenda import as_calendar
from vault.reports.plan.checklist import as_markdown
from vault.reports.plan.document import as_dict
from vault.reports.plan.page import as_html
from vault.reports.plan.terminal import as_lines, as_table, outcome
from vault.reports.plan.view import PlanView, view

__all__ = [
    "PlanView",
    "as_calendar",
    "as_dict",
    "as_html",
    "as_lines",
    "as_markdown",
    "as_table",
    "outcome",
    "view",
]
