from __future__ import annotations

from datetime import timedelta
from shlex import quote

import pytest

from vault.domain.account import Account, Activity
from vault.domain.ids import Id
from vault.errors import RefusedError, UsageError
from vault.services.accounts import Links, add_account
from vault.services.activity import record_activity, record_observations
from vault.services.session import Session
from vault.services.undoing import undo


def added(session: Session, *handles: str) -> list[Id]:
    platform = session.registry.catalogue.get("x")
    return [add_account(session, platform, each, Links()).id for each in handles]


def seen(session: Session, ago: float, source: str = "feed") -> Activity:
    now = session.env.now()
    return Activity(now - timedelta(days=ago), source, now)


def test_many_observations_are_one_act(session: Session) -> None:
    one, two = added(session, "many1", "many2")
    before = session.seq
    news = [(one, seen(session, 3)), (two, seen(session, 4))]
    recorded = record_observations(session, news, "feed")
    assert (recorded.updated, recorded.unchanged, session.seq) == (2, 0, before + 1)
    again = record_observations(session, news, "feed")
    assert (again.updated, again.unchanged, session.seq) == (0, 2, before + 1)


def test_an_observation_of_the_future_is_refused(session: Session) -> None:
    (one,) = added(session, "future")
    with pytest.raises(UsageError, match="in the future"):
        record_observations(session, [(one, seen(session, -1))], "feed")
    assert session.registry.account(one).last_activity is None


def test_a_source_that_silences_many_is_refused_unless_it_is_accepted(session: Session) -> None:
    accounts = added(session, *(f"mass{number}" for number in range(12)))
    feed = "it's $(feed)"
    record_observations(session, [(each, seen(session, 1, feed)) for each in accounts], feed)
    silent = [(each, Activity(None, feed, session.env.now())) for each in accounts]
    before = session.registry
    with pytest.raises(RefusedError, match="12 of 12 accounts fell silent") as refused:
        record_observations(session, silent, feed)
    assert f"say so with --accept {quote(feed)};" in refused.value.hint
    assert session.registry == before
    assert record_observations(session, silent, feed, accepted=True).updated == 12


def test_weekly_looks_do_not_push_out_what_people_changed(session: Session) -> None:
    (one,) = added(session, "looked")
    for ago in (9.0, 5.0, 3.0, 1.0):
        record_observations(session, [(one, seen(session, ago))], "feed")
    assert len(session.pasts(one)[one]) == 1


def test_what_was_recorded_by_hand_can_be_undone(session: Session) -> None:
    (one,) = added(session, "undone")
    first = record_activity(session, session.registry.account(one), None, "seen by hand")
    moment = session.env.now() - timedelta(days=2)
    record_activity(session, first, moment, "seen by hand")
    undo(session)
    found: Account = session.registry.account(one)
    assert found.last_activity == first.last_activity
