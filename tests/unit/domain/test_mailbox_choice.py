"""Where an account may move: what is advised, planned and allowed is one and the same."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from msgspec.structs import replace

from tests.unit.domain.company import account, company, days, holds, mailbox, seat, since
from vault.domain.changes import changes
from vault.domain.effects import effect
from vault.domain.findings import findings
from vault.domain.guards import objection
from vault.domain.mailbox import Mailbox
from vault.domain.mailbox_choice import role_mailboxes
from vault.domain.offboarding import Departure, plan
from vault.domain.person import Person
from vault.domain.personal import is_personal
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.rotation_policy import USUAL
from vault.domain.rotation_steps import plan_rotation
from vault.domain.steps import Step
from vault.errors import RefusedError

AT = days(0)
LEFT = Person(id="jan", name="Jan", last_day=days(-2).date())
HOME = mailbox("home", "jan", owner="jan", type="personal")
KINDS: dict[str, dict[str, Any]] = {
    "crowd@acme.example": {"type": "group", "proven_at": days(-5)},
    "dear@gmail.com": {"proven_at": days(-5)},
    "early@acme.example": {},
    "ending@acme.example": {"proven_at": days(-5), "until": days(9)},
    "former@acme.example": {"proven_at": days(-5), "until": days(-1)},
    "good@acme.example": {"proven_at": days(-5)},
    "own@acme.example": {"type": "personal", "proven_at": days(-5)},
}
FIXED = "the log-in address of net/@acme cannot be changed"
OF_ROLE = tuple(
    Mailbox(id=address.partition("@")[0], address=address, owner="webcare", **fields)
    for address, fields in KINDS.items()
)


def firm(*mailboxes: Mailbox) -> Registry:
    """Return a company whose account hangs on the mailbox of somebody who left."""
    read = (replace(each, readers=since("webcare")) for each in mailboxes)
    moves = account(login_mailboxes=since("home"))
    hands = (moves, LEFT, HOME, holds("ann"))
    return company(*hands, *read, resets_by_mail="yes", group_mailbox_may_own="no")


def advised(registry: Registry) -> str:
    """Return the address that the finding says to move to."""
    (told,) = (f.to_do for f in findings(registry, AT) if f.code == "personal_login_address")
    return told.rpartition("--login-mailbox ")[2]


def departing(registry: Registry) -> list[Step]:
    """Return the steps of the departure by which the account moves."""
    made = plan(registry, Departure("jan", days(-2).date(), mode="immediate"), AT)
    return [s for s in made.steps if s.act in {"prove_mailbox", "change_login_mail"}]


def rotating(registry: Registry) -> list[Step]:
    """Return the steps by which the account is taken from who left."""
    found = registry.account("acme")
    return list(plan_rotation(registry, found, None, at=AT, by="ann", policy=USUAL).steps)


@pytest.mark.parametrize("there", [*combinations(OF_ROLE, 2), *combinations(OF_ROLE, 5), OF_ROLE])
def test_finding_departure_and_rotation_name_one_mailbox_of_the_role_and_no_guard_objects(
    there: tuple[Mailbox, ...],
) -> None:
    for mailboxes in (there, there[::-1]):
        registry = firm(*mailboxes)
        fit = {
            each.id: each.address for each in role_mailboxes(registry, registry.account("acme"), AT)
        }
        best = next(iter(fit), "")
        assert set(fit) <= {"early", "good"}
        assert advised(registry) == fit.get(best, "ADDRESS")
        if not best:
            assert departing(registry) == []
            with pytest.raises(RefusedError, match="no company mailbox can take over net/@acme"):
                rotating(registry)
            continue
        proof = [] if best == "good" else ["prove_mailbox"]
        for steps in (departing(registry), rotating(registry)):
            assert [step.act for step in steps] == [*proof, "change_login_mail"]
            assert steps[-1].to == best
            assert steps[-1].depends_on == tuple(step.id for step in steps[:-1])
            after = registry
            for step in steps:
                assert objection(after, step, AT) == ""
                after = after.apply(effect(after, step, AT, "ann"))


@pytest.mark.parametrize("there", [OF_ROLE, OF_ROLE[1:2], ()])
def test_a_departure_moves_no_account_to_an_address_that_is_a_finding_afterwards(
    there: tuple[Mailbox, ...],
) -> None:
    registry = after = firm(*there)
    for step in departing(registry):
        after = after.apply(effect(after, step, AT, "ann"))
    codes = {f.code for f in findings(after, AT)}
    moved = bool(departing(registry))
    assert moved == (there == OF_ROLE)
    assert ("personal_login_address" in codes) is not moved
    assert is_personal(after, after.account("acme"), AT) is not moved


def test_no_account_moves_to_a_freemail_address_whoever_is_said_to_own_it() -> None:
    registry = firm(*OF_ROLE)
    step = Step(id="s", act="change_login_mail", account="acme", target="home", to="dear")
    assert "freemail" in objection(registry, step, AT)


def test_an_account_of_two_roles_moves_to_the_better_mailbox_of_either() -> None:
    both = account(owner_roles=since("press", "webcare"), login_mailboxes=since("home"))
    poor = Mailbox(id="a", address="a@acme.example", owner="press")
    registry = firm(*OF_ROLE).apply(changes(Role(id="press", name="Press"), poor, both))
    assert [each.id for each in role_mailboxes(registry, both, AT)] == ["good", "a", "early"]


def test_a_rotation_says_that_an_address_can_move_nowhere_and_does_the_rest() -> None:
    registry = firm(*OF_ROLE[:2]).apply(changes(seat("jan", "post"), seat("ann", "full")))
    made = plan_rotation(registry, registry.account("acme"), None, at=AT, by="ann", policy=USUAL)
    assert [step.act for step in made.steps] == ["remove_seat"]
    (blocker,) = (each for each in made.blockers if "no company mailbox" in each.what)
    assert "safehands mailbox add ADDRESS --role webcare" in blocker.ways_out[0].text


def test_an_address_that_cannot_be_changed_is_moved_by_no_plan_and_each_says_what_to_do() -> None:
    read = replace(OF_ROLE[-1], readers=since("webcare"))
    moves = account(login_mailboxes=since("home"))
    hands = (moves, LEFT, HOME, holds("ann"), read, seat("jan", "post"), seat("ann", "full"))
    fixed = company(*hands, login_mail_changeable="no", resets_by_mail="yes")
    edit = "safehands mailbox edit home@acme.example --owner role:ROLE --type shared"
    assert departing(fixed) == []
    assert [step.act for step in rotating(fixed)] == ["remove_seat"]
    made = plan(fixed, Departure("jan", days(-2).date(), mode="immediate"), AT)
    turned = plan_rotation(fixed, fixed.account("acme"), None, at=AT, by="ann", policy=USUAL)
    for blockers in (made.blockers, turned.blockers):
        told = next(b for b in blockers if b.what == FIXED)
        assert told.ways_out[0].text == f"give it to the role: {edit}"
    without = fixed.without({"jan on acme"})
    with pytest.raises(RefusedError, match=FIXED):
        rotating(without)
