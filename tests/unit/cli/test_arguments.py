from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from vault.cli.arguments import day_or_moment
from vault.cli.options import taken_out
from vault.cli.root import invocation_of
from vault.errors import UsageError


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("2026-06-30", datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)),
        ("2026-06-30T08:30Z", datetime(2026, 6, 30, 8, 30, tzinfo=UTC)),
        ("2026-06-30 08:30", datetime(2026, 6, 30, 8, 30, tzinfo=UTC)),
        ("2026-06-30T08:30+02:00", datetime(2026, 6, 30, 6, 30, tzinfo=UTC)),
    ],
)
def test_a_day_is_asked_about_at_its_end_and_a_moment_as_it_is(text: str, asked: datetime) -> None:
    options, rest = taken_out(["dormant", "report", "--as-of", text])
    assert (invocation_of(options).moment, rest) == (asked, ["dormant", "report"])


def test_a_day_stays_a_day() -> None:
    assert day_or_moment("2026-06-30", "--as-of") == date(2026, 6, 30)


@pytest.mark.parametrize("text", ["", "2026-13-01", "T08:30", "9999-12-31T23:59:59-10:00", "now"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--as-of is no date"):
        day_or_moment(text, "--as-of")
