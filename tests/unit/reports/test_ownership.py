"""What the reports of ownership and of single points count, and what they name for it."""

from __future__ import annotations

from datetime import datetime

import pytest
from msgspec.structs import replace

from tests.unit.reports.company import HIRED, NOW, company, record_id, since
from vault.domain.changes import changes
from vault.domain.credential import Exposure
from vault.domain.factor import Factor
from vault.domain.registry import Registry
from vault.domain.seat import Seat
from vault.reports.report import Report
from vault.services.reporting import make_report


def test_single_points_go_with_the_person_and_ownership_names_what_is_personal() -> None:
    points = make_report("single-points", company(), NOW)
    assert {row.cells[2] for row in points.sections[0].rows} == {"Eva Lindqvist"}
    report = make_report("ownership", company(), NOW)
    told = {row.cells[0]: row.cells[5] for row in report.sections[0].rows}
    own = "log-in address of Eva Lindqvist; recovery phone of Eva Lindqvist"
    assert told["x/@acme_helps"] == own
    numbers = {figure.name: figure.number for figure in report.figures}
    figures = {"accounts": 6, "without_role": 1, "without_holder": 0, "personal": 3}
    assert numbers == {**figures, "unconfirmed": 0}
    assert told["linkedin/@acme-bv"] == ""


def seat_of(name: str, **changed: datetime | None) -> Seat:
    """Somebody's seat on the account of LinkedIn, which one cannot log in to, with changes."""
    return replace(company().get(record_id(f"{name} on linkedin"), Seat), **changed)


def hanging(registry: Registry) -> str:
    rows = make_report("ownership", registry, NOW).sections[0].rows
    return next(str(row.cells[5]) for row in rows if row.cells[0] == "linkedin/@acme-bv")


def test_ownership_names_the_only_seat_and_the_seats_that_nobody_confirmed() -> None:
    alone = company().apply(changes(seat_of("noor", until=NOW)))
    assert hanging(alone) == "only seat of Eva Lindqvist"
    doubted = company().apply(
        changes(seat_of("noor", confirmed_on=None), seat_of("eva", confirmed_on=None))
    )
    assert hanging(doubted) == "seats not confirmed: Eva Lindqvist, Noor Haddad"


@pytest.mark.parametrize("name", ["ownership", "single-points"])
def test_an_account_that_hangs_on_unconfirmed_seats_is_told_with_the_command(name: str) -> None:
    doubted = company().apply(
        changes(seat_of("noor", confirmed_on=None), seat_of("eva", until=NOW))
    )
    before, report = make_report(name, company(), NOW), make_report(name, doubted, NOW)
    told = [{f.name: f.number for f in each.figures}["unconfirmed"] for each in (before, report)]
    assert told == [0, 1]
    assert before.sections[-1].rows == ()
    cells = report.sections[-1].rows[0].cells
    assert cells[:3] == ("linkedin/@acme-bv", "Noor Haddad", "Webcare")
    assert cells[3] == "safehands seat edit linkedin/@acme-bv 'Noor Haddad' --confirmed"
    assert not report.is_clean


def test_an_account_that_takes_two_people_is_lost_once_and_names_both() -> None:
    x = company().account(record_id("x"))
    mine = replace(x, owner_roles=(), login_mailboxes=(), recovery_phones=())
    saw = Exposure(id=record_id("saw"), credential=record_id("x password"), version=1,
                   person=record_id("noor"), how="entered", at=NOW)  # fmt: skip
    totp = Factor(id=record_id("x totp"), account=x.id, method="totp", holders=since("eva"),
                  seed="device", since=HIRED)  # fmt: skip
    before, after = (
        make_report("single-points", each, NOW)
        for each in (
            company().apply(changes(replace(mine, until=NOW))),
            company().apply(changes(mine, saw, totp)),
        )
    )
    because = {str(r.cells[2]): r.cells[4] for r in after.sections[0].rows if r.cells[0] == x.label}
    lost = "without them nobody has full control of it; it takes"
    assert because == {
        "Noor Haddad": f"{lost} Eva Lindqvist as well",
        "Eva Lindqvist": f"{lost} Noor Haddad as well",
    }
    assert accounts_of(after) == accounts_of(before) + 1


def accounts_of(report: Report) -> int:
    return {figure.name: figure.number for figure in report.figures}["accounts"]
