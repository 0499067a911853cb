"""When an account posted, in spans: known posts, known silence, and what nobody knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from vault.domain.account import Activity, Stretch
from vault.domain.timeline import stretches_of, timeline

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def drawn(activity: Activity, spans: int = 10) -> str:
    signs = {"posted": "#", "silent": "_", "unknown": "?"}
    return "".join(signs[use] for use in timeline(activity, NOW, spans).spans)


def test_what_was_posted_long_ago_is_followed_by_silence_until_somebody_looked() -> None:
    assert drawn(Activity(ago(100), "page", ago(0))) == "#_________"
    assert drawn(Activity(ago(100), "page", ago(50))) == "#____?????"


def test_a_stretch_is_filled_and_the_silence_after_it_is_not() -> None:
    before = (Stretch(ago(100), ago(75), ago(70), "page"),)
    assert drawn(Activity(ago(5), "page", ago(0), before)) == "###______#"


def test_before_a_look_that_knew_of_no_post_it_was_silent() -> None:
    assert drawn(Activity(None, "page", ago(0))) == "__________"
    assert drawn(Activity(None, "page", ago(45))) == "_____?????"


def test_a_chart_of_a_new_account_is_three_months_long() -> None:
    assert timeline(Activity(ago(1), "page", NOW), NOW, 9).span == timedelta(days=10)


def test_stretches_come_the_newest_first_and_only_those_with_posts() -> None:
    before = (Stretch(None, None, ago(200), "page"), Stretch(ago(100), ago(75), ago(70), "feed"))
    found = list(stretches_of(Activity(ago(5), "page", ago(0), before)))
    assert [each.last for each in found] == [ago(5), ago(75)]


days = st.floats(0, 4000)


@given(last=days, looked=days, spans=st.integers(1, 60))
def test_it_has_as_many_spans_as_asked_for_and_shows_the_last_post(
    last: float, looked: float, spans: int
) -> None:
    activity = Activity(ago(max(last, looked)), "page", ago(looked))
    found = timeline(activity, NOW, spans)
    assert len(found.spans) == spans
    assert "posted" in found.spans
    assert found.begin <= ago(max(last, looked))
