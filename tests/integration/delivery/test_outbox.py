"""What waits in the outbox: kept until it has arrived, and tried again in good time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vault.services.delivery import NOT_ASKED, Run, bring, bring_waiting
from vault.services.environment import Environment
from vault.services.outbox import Outbox, Parcel
from vault.services.periodic import Asked, Folder, Periodic
from vault.services.session import Session

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ASKED = Asked("dormant")


def parcel(to: Path, made_at: datetime = NOON) -> Parcel:
    return Parcel(
        spec=ASKED.spec,
        report="dormant",
        way="folder",
        to=str(to),
        name="dormant.html",
        made_at=made_at,
        is_clean=True,
        content=b"a report",
    )


@pytest.fixture
def out(tmp_path: Path) -> Path:
    tmp_path.chmod(0o700)
    return tmp_path / "out"


@pytest.fixture
def box(out: Path) -> Outbox:
    return Outbox(out.with_name("outbox"))


def run(out: Path, box: Outbox, opened: Callable[[], Session], *asked: Asked) -> Run:
    env = Environment(lambda: NOON, bytes, Path("/nowhere"))
    return Run(out, Periodic(asked, folder=Folder(str(out))), box, env, opened, str)


def closed() -> Session:
    pytest.fail("the vault was opened")


def test_what_waits_stays_when_a_newer_one_is_made_and_what_arrived_makes_room(
    out: Path, box: Outbox
) -> None:
    waits = parcel(out, NOON - timedelta(days=3))
    arrived = parcel(out, NOON - timedelta(days=2)).arrived(NOON)
    newest = parcel(out)
    with box.held():
        for each in (waits, arrived, newest):
            box.put(each)
        box.tidy()
        assert box.parcels() == [waits, newest]


def test_what_is_refused_again_and_again_waits_longer_up_to_six_hours() -> None:
    waits, each = [], parcel(Path("out"))
    for _ in range(9):
        each = each.put_off(NOON, "refused")
        assert each.not_before is not None
        waits.append((each.not_before - NOON) // timedelta(minutes=1))
    assert waits == [5, 10, 20, 40, 80, 160, 320, 360, 360]


@pytest.mark.parametrize("ahead", [timedelta(days=1), timedelta(days=-1)])
def test_a_report_made_by_a_clock_that_was_set_back_since_holds_no_new_one_up(
    out: Path, box: Outbox, ahead: timedelta
) -> None:
    def opened() -> Session:
        raise LookupError("a report is due")

    with box.held():
        box.put(parcel(out, NOON + ahead).arrived(NOON))
    with pytest.raises(LookupError, match="is due"):
        bring(run(out, box, opened, ASKED))


def test_what_is_asked_for_no_more_is_not_said_to_be_tried_again(out: Path, box: Outbox) -> None:
    with box.held():
        box.put(parcel(out).put_off(NOON, "refused"))
    (left,) = bring_waiting(run(out, box, closed))
    assert (left.said, left.not_before, left.is_waiting) == (NOT_ASKED, None, True)
