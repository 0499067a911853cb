from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import fewer
from tests.unit.domain.company import NOW, account, company, days
from vault.domain.account import Account, Activity
from vault.domain.dormancy import (
    MOST_STRETCHES,
    SHORT_SILENCE,
    Dormancy,
    believed,
    dormancy,
    known_of,
    mass_silence,
    observed,
)


def judged(last: int | None, *, limit: int = 90, **fields: Any) -> Dormancy:
    """Return the verdict on an account that posted so many days ago, or never."""
    moment = None if last is None else days(-last)
    seen = account(last_activity=Activity(moment, "feed", days(-1)), **fields)
    return dormancy(company(seen), seen, NOW, limit)


@pytest.mark.parametrize(
    ("idle", "verdict"),
    [(0, "active"), (45, "active"), (46, "quiet"), (90, "quiet"), (91, "dormant")],
)
def test_an_account_is_dormant_after_the_days_and_quiet_after_half(idle: int, verdict: str) -> None:
    assert judged(idle).verdict == verdict
    assert judged(idle).idle_days == idle


@pytest.mark.parametrize(("idle", "verdict"), [(10, "active"), (15, "quiet"), (22, "dormant")])
def test_a_cadence_of_its_own_counts_three_times(idle: int, verdict: str) -> None:
    assert judged(idle, cadence_days=7).verdict == verdict


def test_another_policy_gives_another_verdict() -> None:
    assert judged(40, limit=30).verdict == "dormant"
    assert judged(40, limit=365).verdict == "active"


def test_without_data_nothing_is_guessed() -> None:
    bare = account()
    assert dormancy(company(bare), bare, NOW).verdict == "unknown"


def test_what_was_asked_later_says_nothing_about_before() -> None:
    seen = account(last_activity=Activity(days(-9), "feed", days(2)))
    assert dormancy(company(seen), seen, NOW).verdict == "unknown"
    assert dormancy(company(seen), seen, days(3)).verdict == "active"


def test_an_account_that_never_posted_says_so() -> None:
    assert judged(None).verdict == "never_posted"
    assert judged(None).idle_days is None


def test_a_platform_that_ended_is_no_question_of_idleness() -> None:
    from tests.unit.domain.company import catalogue
    from vault.domain.platforms import Platform
    from vault.domain.registry import Registry

    dead = Platform(id="net", name="Net", kind="social", status="dead", died_on=date(2026, 6, 1))
    mine = account(last_activity=Activity(days(-1), "feed", days(-1)))
    registry = Registry([mine], catalogue().overlay([dead]))
    assert dormancy(registry, mine, NOW).verdict == "platform_gone"
    assert dormancy(registry, mine, days(-30)).verdict == "unknown"


def looked(*observations: tuple[int, int | None]) -> Activity:
    """Return what is known after looks so many days from now, each with the post it found."""
    known = None
    for looked_on, posted_on in observations:
        moment = None if posted_on is None else days(posted_on)
        known = observed(known, Activity(moment, "feed", days(looked_on)))
    assert known is not None
    return known


def verdict_on(activity: Activity, day: int, known: int | None = None) -> Dormancy:
    seen = account(last_activity=activity)
    known_at = None if known is None else days(known)
    return dormancy(company(seen), seen, days(day), known_at=known_at)


def test_a_question_about_the_past_does_not_see_later_activity() -> None:
    activity = looked((-400, -700), (-100, -200), (-1, -2))
    assert [verdict_on(activity, day).verdict for day in (-401, -400, -101, -100, -2, 0)] == [
        *("unknown", "dormant", "dormant", "dormant", "dormant", "active")
    ]
    assert verdict_on(activity, -100).idle_days == 100
    assert verdict_on(activity, -100).checked_at == days(-100)


def test_what_is_known_today_of_the_past_is_asked_for_with_a_moment_of_its_own() -> None:
    activity = looked((-400, -700), (-1, -200))
    assert verdict_on(activity, -150).idle_days == 550
    assert verdict_on(activity, -150, known=0).idle_days == 50
    assert verdict_on(activity, -500, known=0).idle_days == 200


def test_an_account_that_had_never_posted_had_never_posted_then() -> None:
    activity = looked((-90, None), (-30, None), (-1, -2))
    assert [verdict_on(activity, day).verdict for day in (-91, -90, -2, 0)] == [
        *("unknown", "never_posted", "never_posted", "active")
    ]


def test_an_older_list_adds_to_the_past_only() -> None:
    activity = looked((-1, -2), (-300, -301))
    assert verdict_on(activity, 0).idle_days == 2
    assert verdict_on(activity, -290).idle_days == 11


def test_one_source_does_not_unsee_what_another_saw() -> None:
    known = Activity(days(-10), "by hand", days(-9))
    assert believed(known, Activity(days(-50), "feed", NOW)) == known
    assert believed(known, Activity(None, "feed", NOW)) == known
    assert believed(known, Activity(days(-50), "by hand", NOW)).moment == days(-50)
    assert believed(known, Activity(days(-5), "feed", NOW)).moment == days(-5)


POSTS_AND_LOOKS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40), st.booleans()), min_size=1, max_size=40
)


@fewer
@given(POSTS_AND_LOOKS, st.integers(0, 2000))
def test_what_is_kept_answers_about_any_day_of_the_past(
    steps: list[tuple[int, int, bool]], asked: int
) -> None:
    looks: list[tuple[int, int]] = []
    today = posted = 0
    for silence, wait, posts in steps:
        today += silence + wait + 1
        posted = today - wait if posts or not looks else posted
        looks.append((today, posted))
    activity = looked(*looks)
    answer = known_of(activity, days(asked), days(asked))
    then = [posted for looked_on, posted in looks if looked_on <= asked]
    if not then:
        assert answer is None or len(activity.before) == MOST_STRETCHES
        return
    assert answer is not None
    assert answer.moment is not None
    assert days(then[-1]) <= answer.moment <= max(days(asked), days(then[-1]))
    assert len(activity.before) <= MOST_STRETCHES
    silences = [after - before for (_, before), (_, after) in pairwise(looks) if after > before]
    long = [each for each in silences if each > SHORT_SILENCE.days]
    ends_a_long_one = len(then) == len(looks) or looks[len(then)][1] - then[-1] in long
    if len(long) < MOST_STRETCHES and ends_a_long_one:
        assert answer.moment == days(then[-1])


def test_a_year_of_daily_posts_and_weekly_looks_is_one_stretch() -> None:
    activity = looked(*((week * 7, week * 7 - 1) for week in range(-52, 0)))
    assert len(activity.before) == 1
    assert {verdict_on(activity, day).verdict for day in range(-360, 0)} == {"active"}
    assert {verdict_on(activity, day).idle_days for day in range(-357, -15)} == {0}


def test_of_many_silences_the_longest_are_kept() -> None:
    silences = [8, 30, 40, 50, 9, 60, 70, 80, 90]
    ends = [-900 + sum(silences[: n + 1]) for n in range(len(silences))]
    activity = looked((-900, -900), *((day, day) for day in ends), (0, 0))
    assert len(activity.before) == MOST_STRETCHES
    for silence, day in zip(silences, ends, strict=True):
        idle = verdict_on(activity, day - 1).idle_days
        assert idle == (0 if silence in {8, 9} else silence - 1)


def test_many_accounts_that_fall_silent_at_once_are_told_from_a_few() -> None:
    def pair(name: str, moment: int | None) -> tuple[Account, Account]:
        before = account(name, last_activity=looked((-100, -101)))
        seen = Activity(None if moment is None else days(moment), "feed", NOW)
        return before, account(name, last_activity=observed(before.last_activity, seen))

    def silenced(silent: int, posting: int, moment: int | None) -> tuple[int, int]:
        pairs = [pair(f"s{n}", moment) for n in range(silent)]
        return mass_silence(company(), [*pairs, *(pair(f"p{n}", -1) for n in range(posting))])

    assert silenced(11, 20, None) == (11, 31)
    assert silenced(11, 20, -101) == (11, 31)
    assert silenced(11, 20, -200) == (11, 31)
    assert silenced(10, 0, None) == (0, 0)
    asleep = Activity(days(-500), "feed", days(-100))
    forgot = [
        (account(f"a{n}", last_activity=asleep), account(f"a{n}", last_activity=looked((0, -600))))
        for n in range(11)
    ]
    assert mass_silence(company(), forgot) == (11, 11)
    assert silenced(11, 30, None) == (0, 0)
    assert silenced(0, 30, None) == (0, 0)
