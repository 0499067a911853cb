"""Deciding about idle accounts, closing them, and changing secrets: from lists and pages."""

from __future__ import annotations

from datetime import timedelta

from tests.tui.carrying import later
from tests.tui.conftest import Hands, Interface
from tests.tui.test_account import at_account
from tests.tui.test_rotation_case import account, said
from vault.domain.account import Account
from vault.domain.cases import Case
from vault.domain.changes import Change
from vault.domain.credential import Credential
from vault.domain.deciding import decision_on
from vault.domain.decision import Decision
from vault.domain.rotation_policy import USUAL
from vault.services.rotation import Target, start_rotation


def decision(hands: Hands, label: str) -> Decision:
    desk = hands.app.desk
    found = decision_on(desk.registry, account(hands, label), desk.now)
    assert found is not None
    return found


async def mark(hands: Hands, *labels: str) -> None:
    for label in labels:
        hands.page.listing.go_to(account(hands, label).id)
        await hands.press("space")


async def test_idle_accounts_are_decided_on_by_single_keys_one_after_the_other(
    interface: Interface,
) -> None:
    async with interface((80, 24)) as hands:
        await later(hands, hours=1)
        await hands.press("5", "d")
        first, second, third = (row[0].label for row in hands.page.listing.rows[:3])
        assert "nobody looked" in said(hands)
        assert "To do: Keep until (t), Revive (v), Consolidate (i) or Close (z)" in said(hands)
        await hands.press("t")
        await hands.type("the fair")
        await hands.press("enter")
        kept = decision(hands, first)
        assert (kept.what, kept.reason) == ("keep", "the fair")
        assert f"keep until {kept.until}" in hands.shown()
        assert hands.page.listing.current[0].label == second
        await hands.press("t", "enter")  # what was answered last is offered again
        assert decision(hands, second).reason == "the fair"
        await hands.press("v", "enter")
        assert decision(hands, third).cadence_days == 14
        assert "revive, every 14 days" in hands.shown()
        await hands.press("home")
        assert f"Decided: keep until {kept.until}" in said(hands)
        await hands.press("slash")
        await hands.type("decision:none")
        assert first not in [row[0].label for row in hands.page.listing.rows]


async def test_a_decision_is_taken_back_and_the_one_before_counts_again(
    interface: Interface,
) -> None:
    async with interface((80, 24)) as hands:
        await later(hands, hours=1)
        await hands.press("5", "d")
        first = hands.page.listing.current[0].label
        await hands.press("v", "enter")
        revived = decision(hands, first)
        await later(hands, hours=1)
        await hands.press("home", "t", *"fair", "enter")
        assert decision(hands, first).what == "keep"
        await hands.press("ctrl+z")
        assert "Undone: dormant decide" in said(hands)
        assert decision(hands, first) == revived
        assert account(hands, first).cadence_days == 14
        await hands.press("ctrl+z")  # once more does it again
        assert decision(hands, first).what == "keep"


async def test_a_closing_that_was_begun_says_why_it_is_not_undone(interface: Interface) -> None:
    async with interface((100, 40)) as hands:
        await later(hands, hours=1)
        await at_account(hands, "x/@brugmanpro")
        await hands.press("z", "right", "enter", "escape", "ctrl+z")
        assert "give up the case instead, with a reason" in said(hands)


async def test_marked_accounts_go_on_in_one_that_is_found_as_one_types(
    interface: Interface,
) -> None:
    async with interface((80, 24)) as hands:
        await later(hands, hours=1)
        await hands.press("5", "d")
        await hands.press("slash")
        await hands.type("tumblr")
        await hands.press("enter", "m", "m", "m")
        await hands.press("i")
        await hands.type("nobody")
        await hands.press("ctrl+s")
        assert "there is no account 'nobody'" in said(hands)
        await hands.press(*["backspace"] * 6)
        await hands.type("instagram brugman")
        await hands.press("enter", "enter")
        into = account(hands, "instagram/@brugman").id
        assert decision(hands, "tumblr/@brugman").into == into
        assert decision(hands, "tumblr/@brugmanpro").into == into
        assert "into instagram/@brugman" in hands.shown()
        assert not hands.page.listing.marked
        await mark(hands, "tumblr/@brugman", "tumblr/@brugmanpro")
        await hands.press("z")
        assert "2 closings, each a case of its own" in said(hands)
        assert "it goes on in instagram/@brugman" in said(hands)
        await hands.press("right", "enter")
        cases = [c for c in hands.app.desk.registry.open_cases if c.what == "deactivation"]
        assert {hands.app.desk.registry.name_of(c.account) for c in cases} == {
            "tumblr/@brugman",
            "tumblr/@brugmanpro",
        }
        assert "2 closings begun: Cases (4)." in said(hands)


async def test_closing_is_looked_at_first_then_only_decided_or_started_otherwise(
    interface: Interface,
) -> None:
    async with interface((100, 40)) as hands:
        await later(hands, hours=1)
        await at_account(hands, "x/@brugmanpro")
        await hands.press("z")
        today = hands.app.desk.today
        close_by = today + timedelta(days=14)
        until = close_by + timedelta(days=30)
        assert f"Closed by {close_by}, reversible until {until}." in said(hands)
        assert "✓ Nothing needs what is closed after the last step." in said(hands)
        assert "Deactivate x/@brugmanpro" in said(hands)
        await hands.press("enter")  # Cancel is at hand
        assert not hands.app.desk.registry.open_cases
        await hands.press("z", "right", "right", "enter")
        assert decision(hands, "x/@brugmanpro").what == "deactivate"
        assert not hands.app.desk.registry.open_cases
        await hands.press("z", "left", "enter")
        assert "How to close x/@brugmanpro" in said(hands)
        hands.page.query_one("#field-by").value = str(today - timedelta(days=1))
        hands.page.query_one("#field-handle").value = "keep it"
        await hands.press("ctrl+s")
        assert "is over" in said(hands)
        hands.page.query_one("#field-by").value = str(today + timedelta(days=3))
        await hands.press("ctrl+s")
        assert "Keep the handle of x/@brugmanpro out of other hands" in said(hands)
        await hands.press("right", "enter")
        assert hands.page.NAME == "case"
        assert hands.page.case.last_day == today + timedelta(days=3)


async def test_what_needs_an_account_is_named_with_ways_out_before_it_is_closed(
    interface: Interface,
) -> None:
    async with interface((100, 40)) as hands:
        await later(hands, hours=1)
        await at_account(hands, "google_account/@brugman.marketing")
        await hands.press("z")
        assert "In the way of the last step" in said(hands)
        assert "✗ canva/@brugman signs in with google_account" in said(hands)
        assert "→" in said(hands)
        assert "safehands" not in said(hands)


async def test_a_secret_is_changed_from_its_accounts_page_after_a_look_at_the_plan(
    interface: Interface,
) -> None:
    async with interface((80, 24)) as hands:
        await later(hands, hours=1)
        await at_account(hands, "bitly/@brugman")
        await hands.press("n")
        assert "Rotation of bitly/@brugman, password" in said(hands)
        await hands.press("escape", "down", "right")
        row = next(row for row in hands.page.rows.rows if "API token" in row.cells[0])
        hands.page.rows.go_to(row.key)
        await hands.press("n")
        assert "Rotation of bitly/@brugman, API token" in said(hands)
        assert "1. Renew the API token of bitly/@brugman" in said(hands)
        assert "class 72 hours" in said(hands)
        await hands.press("right", "enter")
        case = hands.page.case
        assert hands.app.desk.registry.get(case.credential, Credential).what == "api_token"


async def test_marked_rotations_begin_as_a_queue_and_each_refusal_is_said(
    interface: Interface,
) -> None:
    async with interface((80, 24)) as hands:
        await later(hands, hours=1)
        desk = hands.app.desk
        bitly = account(hands, "bitly/@brugman")
        token = next(c for c in desk.registry.credentials_of[bitly.id] if c.what == "api_token")
        begun = start_rotation(desk.session, Target(bitly, token), USUAL).case
        assert begun is not None
        await hands.press("5", "r")
        assert [c.title for c in hands.page.listing.columns] == [
            "account",
            "secret",
            "why",
            "due",
            "class",
        ]
        assert "under way; old" in hands.shown()
        await hands.press("space", "space", "n")
        assert "2 rotations, each a case of its own" in said(hands)
        await hands.press("right", "enter")
        assert "1 rotation begun" in said(hands)
        assert "Refused, which stops no other" in said(hands)
        assert "→ go on with that: Next (n) in the case" in said(hands)
        assert "Ana Kramer began to change bitly/@brugman" in said(hands)
        rotations = [c for c in desk.registry.open_cases if c.what == "rotation"]
        assert len(rotations) == 2
        await hands.press("enter", "up", "enter")  # a row whose case is open leads to it
        assert isinstance(hands.page.case, Case)


async def test_accounts_on_platforms_that_are_gone_are_retired_in_one_go(
    interface: Interface,
) -> None:
    async with interface((80, 24)) as hands:
        await hands.press("5", "e")
        gone = [row.id for row in hands.page.listing.rows]
        await hands.press("z")
        assert f"Retire {len(gone)} accounts on platforms that are gone?" in said(hands)
        await hands.press("right", "enter")
        registry = hands.app.desk.registry
        assert {registry.account(each).state for each in gone} == {"closed"}
        assert f"Retired: {len(gone)} accounts." in said(hands)


async def test_an_account_that_went_with_its_platform_is_not_decided_about_but_retired(
    interface: Interface,
) -> None:
    async with interface((80, 24)) as hands:
        await hands.press("5", "e")
        first = hands.page.listing.rows[0]
        await hands.press("v", "enter")
        assert f"is gone, and {first.label} with it" in said(hands)
        assert "retire all such accounts, their history stays: Close (z)" in said(hands)
        assert decision_on(hands.app.desk.registry, first, hands.app.desk.now) is None


async def test_an_accounts_page_shows_when_it_posted_and_what_was_decided(
    interface: Interface,
) -> None:
    async with interface((80, 24)) as hands:
        await later(hands, hours=1)
        await at_account(hands, "tumblr/@brugmanpro", "activity")
        await hands.press("t")
        await hands.type("the archive")
        await hands.press("enter")
        hands.app.clear_notifications()
        await hands.settle()
        assert "█▁▁▁▁" in hands.shown()
        assert "█ posted ▁ silent" in said(hands)
        assert "keep until 2027-03-02, by Ana Kramer on 2026-03-02: the archive" in said(hands)


async def test_a_decision_with_hostile_words_is_shown_as_it_is(interface: Interface) -> None:
    async with interface((100, 30)) as hands:
        await later(hands, hours=2)
        now = hands.app.desk.now
        idle = account(hands, "tumblr/@brugmanpro")
        hostile = Decision(
            id="d" * 32,
            account=idle.id,
            what="keep",
            until=now.date() + timedelta(days=9),
            reason="[/red]\x1b[31m\u202e",
            at=now - timedelta(hours=1),
        )
        hands.app.desk.session.write("dormant.decide", lambda *_: (Change(hostile),))
        await hands.press("5", "d")
        hands.page.listing.go_to(idle.id)
        await hands.press("down", "up")
        assert "[/red]\ufffd[31m<U+202E>" in hands.shown()
        assert isinstance(hands.page.listing.current[0], Account)
