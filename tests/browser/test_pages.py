"""Reports as a real browser shows them: nothing fetched, nothing run, nothing to complain about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import PROGRAM, Chromium, chromium
from tests.unit.reports.test_reports import full, made
from vault.reports.render import render

pytestmark = [
    pytest.mark.peer,
    pytest.mark.skipif(PROGRAM is None, reason="needs Chromium: apt-get install chromium"),
]

NAME = "<script>document.title='run'</script> [/]"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with chromium(tmp_path_factory.mktemp("profile")) as running:
        yield running


def test_a_page_asks_for_nothing_runs_nothing_and_shows_hostile_names(
    browser: Chromium, tmp_path: Path
) -> None:
    report = made("ownership", full(lambda name: f"{NAME} {name}"))
    path = tmp_path / "report.html"
    path.write_bytes(render(report, "html"))
    page = browser.open(path)
    assert page.requested == [path.as_uri()]
    assert page.console == []
    assert page.ask("document.scripts.length") == 0
    assert page.ask("document.title") == report.title
    shown = page.ask("document.querySelector('tbody').innerText")
    assert NAME in shown
    assert page.ask("document.documentElement.scrollWidth <= innerWidth")


def test_a_page_is_dark_for_who_prefers_that_and_its_charts_are_told(
    browser: Chromium, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(render(made("exposure"), "html"))
    page = browser.open(path, width=390)
    papers = []
    for scheme in ("light", "dark"):
        page.prefer(scheme)
        papers.append(page.ask("getComputedStyle(document.body).backgroundColor"))
    assert papers == ["rgb(251, 250, 247)", "rgb(20, 24, 31)"]
    assert page.ask("[...document.querySelectorAll('svg')].every(s => s.ariaLabel)")
    assert page.ask("document.documentElement.scrollWidth <= innerWidth")
    page.picture(tmp_path / "dark.png", "dark")
    assert (tmp_path / "dark.png").stat().st_size > 10_000
