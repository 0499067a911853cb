"""Rotations and closings in the screen that departures have."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from tests.tui.carrying import later
from tests.tui.conftest import Hands, Interface
from vault.domain.account import Account
from vault.domain.cases import Case
from vault.domain.credential import Credential
from vault.domain.deactivation import Wish
from vault.domain.rotation_policy import USUAL
from vault.domain.secret import Secret
from vault.services.credentials import reveal_credential, set_credential
from vault.services.deactivation import start_closing
from vault.services.rotation import start_rotation, targets_of


def account(hands: Hands, label: str) -> Account:
    return next(a for a in hands.app.desk.registry.all(Account) if a.label == label)


async def open_case(hands: Hands, case: Case) -> None:
    await hands.press("4")
    hands.page.listing.go_to(case.id)
    await hands.press("enter")


async def begin_rotation(hands: Hands, label: str) -> Case:
    desk = hands.app.desk
    await later(hands, hours=1)
    target = targets_of(desk.registry, account(hands, label), desk.now)[0]
    case = start_rotation(desk.session, target, USUAL).case
    assert case is not None
    await open_case(hands, case)
    return case


async def begin_closing(hands: Hands, label: str, into: str = "") -> Case:
    desk = hands.app.desk
    await later(hands, hours=1)
    wish = Wish(into=account(hands, into).id if into else "")
    case = start_closing(desk.session, [account(hands, label).id], wish)[0][0]
    await open_case(hands, case)
    return case


async def test_what_is_left_of_a_rotation_counts_the_steps_that_are_to_do(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await begin_rotation(hands, "x/@brugmande")
        await hands.press("down")
        assert "First: Change the password of x/@brugmande" in said(hands)
        await hands.press("up", "p", "a", "enter", "v", "enter", "i")
        assert "✗ done: 2 steps are to do." in said(hands)


async def test_a_rotation_is_carried_to_its_end_by_keyboard(
    interface: Interface, tmp_path: Path
) -> None:
    async with interface((80, 24)) as hands:
        case = await begin_rotation(hands, "x/@brugmande")
        assert "Rotation of x/@brugmande by 2026-" in said(hands)
        assert "Give up" in said(hands)
        await hands.press("p", "a", "enter")
        assert "to be proved by a log-in" in said(hands)
        assert "Not sure" in said(hands)
        await hands.press("i")
        assert "What is left of the rotation of x/@brugmande" in said(hands)
        assert "a new version of the password of x/@brugmande is pending" in said(hands)
        await hands.press("escape", "v", "enter")
        while hands.page.rail.current.state == "todo":
            await hands.press("a", "enter")
        assert "Every step is finished: close the case." in said(hands)
        await hands.press("z")
        assert "Is it over, the rotation of x/@brugmande?" in said(hands)
        assert "✓ done: Nothing stands in the way" in said(hands)
        await hands.press("right", "enter", "escape")
        hands.page.query_one("#field-path").value = str(tmp_path / "case.ics")
        await hands.press("enter")
        assert "only a departure has one" in said(hands)
        await hands.press("escape")
        assert "Closed on" in said(hands)
        assert hands.app.desk.registry.get(case.id, Case).closed_at is not None


async def test_another_new_secret_after_the_first_was_proved_asks_for_the_plan_again(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await begin_rotation(hands, "x/@brugmande")
        await hands.press("p", "a", "enter", "v", "enter")
        while hands.page.rail.current.state == "todo":
            await hands.press("a", "enter")
        desk = hands.app.desk
        set_credential(desk.session, account(hands, "x/@brugmande"), Secret("a newer one"))
        await hands.press("escape", "4", "enter")
        told = "Every step is finished, but a new version of the password of x/@brugmande is"
        assert told in said(hands)
        assert ": plan again." in said(hands)


async def test_a_secret_in_doubt_stays_beside_the_old_one_until_one_is_given_up(
    interface: Interface,
) -> None:
    async with interface() as hands:
        case = await begin_rotation(hands, "x/@brugman")
        await hands.press("d")
        await hands.type("too early")
        await hands.press("ctrl+s")
        assert "no new secret of case" in said(hands)
        await hands.press("escape", "p", "a", "enter", "d")
        assert "Both are kept here. Today says so until it is known." in said(hands)
        await hands.type("the browser hung")
        await hands.press("ctrl+s")
        assert "Both are kept here. Log in with each." in said(hands)
        assert "Nobody knows which secret works: log in with each." in said(hands)
        assert "the browser hung" in said(hands)
        assert "New password, pending" in said(hands)
        assert "Current password" in said(hands)
        old = case_secret(hands, case, "current")
        await hands.press("s")
        await hands.type("old one works")
        await hands.press("ctrl+s")
        assert "the platform may have taken it" in said(hands)
        assert "if the old one works, answer yes below" in said(hands)
        hands.page.query_one("#field-old").value = "yes"
        await hands.press("ctrl+s")
        assert "Given up: the old one stays in use" in said(hands)
        assert case_secret(hands, case, "current") == old
        assert hands.app.desk.registry.get(case.id, Case).closed_at is not None


def case_secret(hands: Hands, case: Case, stage: str) -> str:
    desk = hands.app.desk
    credential = desk.registry.get(case.credential, Credential)
    return reveal_credential(desk.session, credential, stage).reveal()  # type: ignore[arg-type]


async def test_a_closing_says_until_when_it_can_be_undone_and_waits_until_then(
    interface: Interface,
) -> None:
    async with interface((80, 24)) as hands:
        case = await begin_closing(hands, "x/@brugmanpro")
        assert case.last_day is not None
        until = case.last_day + timedelta(days=30)
        assert f"x/@brugmanpro closes by {case.last_day}, reversible until {until}" in said(hands)
        await hands.press("a", "enter", "a", "enter")
        assert "say where the archive is" in said(hands)
        await hands.press("escape")
        while hands.page.rail.current.state == "todo":
            await hands.press("a", *"kept", "enter")
        shown = said(hands)
        today = hands.app.desk.today
        assert f"is closed, reversible until {today + timedelta(days=30)}" in shown
        assert f"before {today + timedelta(days=31)}: do not log in until then." in shown
        await hands.press("down", "a", "enter")
        assert "is possible from" in said(hands)
        await hands.press("escape", "s")
        await hands.type("the fair wants it")
        await hands.press("ctrl+s")
        assert "Log in to it, so that the platform brings it back." in said(hands)
        assert account(hands, "x/@brugmanpro").state == "living"


def said(hands: Hands) -> str:
    """What is on the screen as one line, without frames."""
    return " ".join(re.sub("[│╭╮╰╯─▌]", " ", hands.shown()).split())


async def test_the_list_of_cases_and_the_palette_find_them_by_what_they_are(
    interface: Interface,
) -> None:
    async with interface() as hands:
        case = await begin_rotation(hands, "x/@brugmande")
        await begin_closing(hands, "x/@brugmanpro")
        await hands.press("4", "4", "slash")
        await hands.type("rotation")
        assert [c.id for c in hands.page.listing.rows] == [case.id]
        await hands.press("ctrl+p")
        await hands.type("closing brugman")
        assert "closing of x/@brugmanpro" in said(hands)
