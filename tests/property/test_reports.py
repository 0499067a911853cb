"""Reports and reviews of random companies: whole rows, keys that are one row's, ties that a
departure knows too.
"""

from __future__ import annotations

import random
from datetime import timedelta

from hypothesis import given
from msgspec.structs import replace

from tests.conftest import fewer
from tests.property.strategies import NOW, SMALL, registries
from tests.unit.reports.company import ASKED
from vault.domain.changes import changes
from vault.domain.factor import Factor
from vault.domain.knowledge import is_of_unknown_holder
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.review import Choice, Review
from vault.domain.reviews import close, decide, deciders, snapshot, ties_of, why_not, work
from vault.domain.ties import all_ties
from vault.reports.render import FORMS, render
from vault.services.reporting import REPORTS, make_report

REVIEW = Review(id="review", name="Autumn", started_at=NOW)


def reviewed(registry: Registry) -> Registry:
    ties = [replace(t, id=f"tie {n}") for n, t in enumerate(snapshot(registry, REVIEW))]
    return registry.apply(changes(REVIEW, *ties))


@fewer
@given(registries(SMALL))
def test_every_report_of_every_company_has_whole_rows_in_every_form(registry: Registry) -> None:
    company = reviewed(registry)
    for name in REPORTS:
        report = make_report(
            name, company, NOW, since=NOW - timedelta(days=9), **ASKED.get(name, {})
        )
        for part in report.sections:
            assert len({row.key for row in part.rows}) == len(part.rows), (name, part.name)
            assert all(len(row.cells) == len(part.columns) for row in part.rows)
        for form in FORMS:
            if form != "calendar" or report.dates is not None:
                assert render(report, form)


@fewer
@given(registries(SMALL))
def test_a_report_does_not_depend_on_the_order_of_the_records(registry: Registry) -> None:
    company = reviewed(registry)
    records = list(company.records())
    random.Random(3).shuffle(records)
    other = Registry(records, company.catalogue)
    for name in REPORTS:
        asked = ASKED.get(name, {})
        assert make_report(name, other, NOW, **asked) == make_report(name, company, NOW, **asked)


@fewer
@given(registries(SMALL))
def test_a_review_has_the_ties_that_departures_would_cut_and_comes_to_its_end(
    registry: Registry,
) -> None:
    company = reviewed(registry)
    ties = ties_of(company, REVIEW)
    # Of a factor that nobody knows who has, everybody is suspected when they leave; a review asks
    # about it those who have another tie to the account.
    unknown = {f.id for f in company.all(Factor) if is_of_unknown_holder(f)}
    for person in company.all(Person):
        direct = [t for t in all_ties(company, person.id, NOW) if t.kind != "through"]
        wanted = [(t.kind, t.account, t.target) for t in direct if t.target not in unknown]
        mine = [t for t in ties if t.person == person.id and t.target not in unknown]
        assert sorted((t.what, t.account, t.target) for t in mine) == sorted(wanted)
    stuck = False
    for tie in ties:
        assert list(work(company, tie, NOW)) or why_not(company, tie, NOW), tie
        who = deciders(company, tie, NOW)
        assert tie.person not in who
        stuck = stuck or not who
        if who:
            choice = Choice("keep", who[0], NOW)
            company = company.apply(changes(decide(company, tie, choice, REVIEW)))
    if not stuck:
        assert close(company, REVIEW, "", NOW).closed_at == NOW
