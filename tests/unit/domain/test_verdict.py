from __future__ import annotations

from tests.unit.domain.company import account, company, days, mailbox, since
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
