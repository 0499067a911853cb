"""Lists that say when accounts last posted: the real one, counted, and others with faults."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.integration.importer import NOW, Importer, import_files
from vault.domain.account import Account, Activity
from vault.domain.dormancy import dormancy
from vault.errors import RefusedError
from vault.services.environment import Environment
from vault.services.session import Session
from vault.services.vaults import create_vault

SEEN = datetime(2017, 8, 9, 19, 9, tzinfo=UTC)
AT = datetime(2017, 8, 9, 23, 59, 59, tzinfo=UTC)
LIST = "activity/twitter-activity.2017-08-09.csv"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("activity")
    folder.chmod(0o700)
    env = Environment(lambda: datetime.now(UTC), os.urandom, folder / "state")
    with create_vault(str(folder / "v.db"), "a passphrase", "Ana", env, cost="floor") as made:
        mapping = REPOSITORY / "examples" / "activity.toml"
        for outcome in ("created", "unchanged"):
            report = import_files(made, [shared_data / LIST], mapping)
            assert (report.read["account"], getattr(report, outcome)["account"]) == (322, 322)
            assert report.problems == ()
        yield made


@pytest.mark.parametrize("days", [30, 90, 180, 365])
def test_the_real_list_is_judged_as_its_dates_say(
    session: Session, shared_data: Path, days: int
) -> None:
    registry = session.registry
    found = Counter(dormancy(registry, a, AT, days).verdict for a in registry.all(Account))
    wanted: Counter[str] = Counter()
    with (shared_data / LIST).open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if not row["last_status_at"]:
                wanted["never_posted"] += 1
                continue
            idle = (AT - datetime.fromisoformat(row["last_status_at"])).days
            wanted["dormant" if idle > days else "quiet" if 2 * idle > days else "active"] += 1
    assert found == wanted
    assert sum(found.values()) == 322


def test_nothing_was_known_before_it_was_looked_at(session: Session) -> None:
    registry, before = session.registry, SEEN - timedelta(days=1)
    assert {dormancy(registry, a, before).verdict for a in registry.all(Account)} == {"unknown"}


ACTIVITY = """
[source]
name = "feeds"
kind = "accounts"
[columns]
handle = "handle"
last_activity = "last"
posts = "posts"
[constants]
platform = "x"
"""
DATED = ACTIVITY.replace('"posts"\n', '"posts"\nchecked_at = "looked"\n')
HEAD = "handle,last,posts"


@pytest.fixture
def desk(tmp_path: Path) -> Importer:
    tmp_path.chmod(0o700)
    return Importer(tmp_path)


def activity(desk: Importer, handle: str) -> Activity | None:
    (found,) = (a for a in desk.session.registry.all(Account) if a.handle == handle)
    return found.last_activity


def test_a_list_without_a_date_was_looked_at_when_it_is_imported(desk: Importer) -> None:
    rows = (HEAD, "a,2024-05-01,9", "b,,0", "c,,", "d,,7", "e,2024-07-01,3")
    report = desk.bring(ACTIVITY, *rows)
    assert activity(desk, "a") == Activity(datetime(2024, 5, 1, tzinfo=UTC), "feeds", NOW)
    assert activity(desk, "b") == Activity(None, "feeds", NOW)
    assert [activity(desk, each) for each in "cde"] == [None] * 3
    assert [(p.row, p.column, p.message) for p in report.problems] == [
        (5, "last", "7 posts, but not when the last one was"),
        (6, "last", "2024-07-01 00:00 had not come yet when it was imported"),
    ]
    desk.session.env = type(desk.session.env)(
        lambda: NOW + timedelta(days=9), os.urandom, desk.folder / "state"
    )
    again = desk.bring(ACTIVITY, *rows)
    assert (again.written, again.unchanged["account"]) == (False, 5)


def test_the_day_that_counts_as_now_is_when_it_was_looked_at(desk: Importer) -> None:
    desk.bring(ACTIVITY, HEAD, "a,2024-03-31T18:00:00,9", as_of="2024-03-31")
    seen = activity(desk, "a")
    assert seen is not None
    assert seen.checked_at == datetime(2024, 3, 31, 23, 59, 59, tzinfo=UTC)


def test_accounts_that_are_not_known_may_be_left_out(desk: Importer) -> None:
    desk.bring(ACTIVITY, HEAD, "a,2024-05-01,9")
    others = ACTIVITY.replace('kind = "accounts"', 'kind = "accounts"\nunknown_account = "skip"')
    report = desk.bring(others, HEAD, "a,2024-05-02,9", "b,2024-05-02,9")
    assert (report.updated["account"], report.skipped["account"], report.read["account"]) == (
        1,
        1,
        2,
    )
    (problem,) = report.problems
    assert (problem.kind, problem.message) == (
        *("unknown_account", "'b' is no account of the registry"),
    )
    assert len(desk.session.registry.all(Account)) == 1


def test_a_source_that_suddenly_falls_silent_changes_no_verdict(desk: Importer) -> None:
    posting = [f"acme{n},2024-05-20,9,2024-05-21" for n in range(20)]
    head = f"{HEAD},looked"
    desk.bring(DATED, head, *posting)
    entries, before = desk.entries(), activity(desk, "acme0")
    silent = [f"acme{n},,0,2024-05-25" for n in range(15)]
    with pytest.raises(RefusedError, match="15 of 15 accounts fell silent") as refused:
        desk.bring(DATED, head, *silent, *posting[15:])
    assert "--accept feeds" in refused.value.hint
    assert (desk.entries(), activity(desk, "acme0")) == (entries, before)
    desk.bring(DATED, head, *silent, *posting[15:], accept_silent=["feeds"])
    now = activity(desk, "acme0")
    assert now is not None
    assert now.moment is None
    assert len(now.before) == 1


def test_a_list_says_when_it_was_looked_at_only_with_what_was_seen(desk: Importer) -> None:
    from vault.errors import UsageError

    wrong = DATED.replace('last_activity = "last"\n', "")
    with pytest.raises(UsageError, match="checked_at: says when last_activity was seen"):
        desk.bring(wrong, f"{HEAD},looked", "a,2024-05-01,9,2024-05-02")
