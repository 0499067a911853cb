"""A plan as one HTML page: the verdict on top, steps to tick off, fit to be printed."""

from __future__ import annotations

from vault.domain.counting import several
from vault.reports import html
from vault.reports.plan.view import PlanView
from vault.reports.plan.words import MODES


def as_html(view: PlanView) -> str:
    """Return a plan as a page that stands alone, in light or dark as its reader prefers."""
    counted = ("tie", "account", "step", "blocker")
    counts = [several(view.counts[f"{each}s"], each).split(" ", 1) for each in counted]
    return html.render("plan.html.j2", plan=view, mode=MODES[view.mode], counts=counts)
