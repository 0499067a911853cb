from __future__ import annotations

from msgspec.structs import replace

from tests.unit.domain.company import (
    LONG_AGO,
    account,
    company,
    days,
    holds,
    mailbox,
    password,
    seat,
    since,
    totp,
    version,
)
from vault.domain.credential import Credential
from vault.domain.offboarding import Departure, plan
from vault.domain.steps import Step
from vault.domain.verdict import judge


def test_a_step_that_lets_the_leaver_in_again_is_told() -> None:
    registry = company(
        account(login_mailboxes=since("safe"), owner_roles=()),
        mailbox("safe", "ann", owner="webcare", proven_at=days(-1)),
        mailbox("team", "ann", "jan", owner="webcare", proven_at=days(-1)),
        resets_by_mail="yes",
    )
    move = Step(id="move", act="change_login_mail", account="acme", target="safe", to="team")
    given = judge(registry, "jan", [move], days(0), "planned")
    assert not given.never_reopened
    assert given.reopened == (("acme", "move"),)


def test_of_two_steps_that_each_suffice_one_is_left_also_where_one_is_on_no_account() -> None:
    made = version(1, LONG_AGO), version(2, days(-1), current_from=None)
    seed = Credential(id="seed", account="acme", what="totp_seed", versions=made)
    app = totp("acme", "jan", credential="seed", company_device=True)
    registry = company(account(), password(), seed, app, holds("jan"), holds("ann"))
    steps = plan(registry, Departure("jan", days(0).date()), days(0)).steps
    [left] = [s for s in steps if s.act in {"collect_device", "remove_factor"}]
    assert left.target == app.id


def test_a_move_is_needed_also_where_another_account_stays_on_the_same_mailbox() -> None:
    own = since("own")
    closing = replace(account("old", login_mailboxes=own), state="closing")
    registry = company(
        *(closing, account(login_mailboxes=own, containers=since("old")), holds("ann")),
        *(seat("ann", "owner"), seat("ann", "owner", "old")),
        mailbox("own", owner="jan", type="personal"),
        mailbox("web", owner="webcare", proven_at=days(-1)),
    )
    (moved,) = plan(registry, Departure("jan", days(0).date()), days(0)).steps
    assert (moved.act, moved.account) == ("change_login_mail", "acme")
