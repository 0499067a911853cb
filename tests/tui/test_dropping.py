"""A new secret that is given up: at its step of a departure, or where an account has it."""

from __future__ import annotations

from tests.tui.carrying import go_to, later, start_case, state_of, step_of
from tests.tui.conftest import Hands, Interface
from tests.tui.test_account import at_account
from tests.tui.test_rotation_case import begin_rotation, said
from tui.screens.account import AccountPage
from vault.domain.account import Account
from vault.domain.credential import Credential
from vault.domain.naming import resolve
from vault.domain.secret import Secret
from vault.services.credentials import find_credential, set_credential


async def test_a_new_password_that_the_platform_refused_is_dropped_and_another_one_made(
    interface: Interface,
) -> None:
    async with interface((80, 24)) as hands:
        await start_case(hands, "Ruben Kok")
        await hands.press("a", "enter")
        step = step_of(hands, "rotate_password")
        await go_to(hands, step)
        assert "Drop the new one" not in said(hands)
        await hands.press("f")
        assert "No new secret is pending at this step." in said(hands)
        await hands.press("p", "a", "enter")
        assert state_of(hands, step) == "pending"
        assert "Drop the new one" in said(hands)
        await hands.press("f", "enter")
        shown = said(hands)
        assert "Give up the new password of" in shown
        assert "if the old one works, answer yes below" in shown
        hands.page.query_one("#field-old").value = "yes"
        await hands.press("enter")
        assert "Given up: the old one stays in use, a new one is kept as dropped." in said(hands)
        assert "Drop the new one" not in said(hands)
        await hands.press("v", "enter")
        assert "was dropped" in said(hands)
        await hands.press("escape", "p", "v", "enter")
        assert state_of(hands, step) == "verified"
        target = hands.page.case.find(step).step.target
        credential = hands.app.desk.registry.get(target, Credential)
        stages = [v.stage(hands.app.desk.now) for v in credential.versions]
        assert stages[-2:] == ["dropped", "current"]


async def test_in_a_rotation_the_new_one_is_given_up_with_the_rotation(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await begin_rotation(hands, "x/@brugmande")
        await hands.press("p")
        assert "Drop the new one" not in said(hands)
        assert "Give up" in said(hands)


async def pending_secret(hands: Hands, label: str) -> AccountPage:
    """Store a new password that belongs to no step, and open the account at its secrets."""
    desk = hands.app.desk
    await later(hands, hours=1)
    account = resolve(desk.registry, Account, label)
    set_credential(desk.session, account, Secret("a-new-one-4711"))
    page = await at_account(hands, label, "secrets")
    await hands.press("right")
    return page


def stages(hands: Hands, label: str) -> list[str]:
    desk = hands.app.desk
    account = resolve(desk.registry, Account, label)
    secret = find_credential(desk.registry, account, "password")
    return [version.stage(desk.now) for version in secret.versions]


async def test_a_pending_secret_of_no_step_is_dropped_where_the_account_has_its_secrets(
    interface: Interface,
) -> None:
    async with interface() as hands:
        page = await pending_secret(hands, "x/@brugmande")
        assert page.rows.rows[page.rows.cursor].cells[2] == "pending"
        assert "Drop the new one" in said(hands)
        await hands.press("f")
        assert "Give up the new password of x/@brugmande?" in said(hands)
        assert "old one" not in said(hands).partition("Give up the new")[2], "in no doubt"
        await hands.press("enter")
        assert stages(hands, "x/@brugmande")[-1] == "pending", "Cancel is at hand"
        await hands.press("f", "right", "enter")
        assert stages(hands, "x/@brugmande")[-1] == "dropped"
        assert "Give up: done." in said(hands)
        assert "Drop the new one" not in said(hands), "the one in use is not given up"


async def test_the_secret_in_use_beside_a_pending_one_is_not_offered_to_be_given_up(
    interface: Interface,
) -> None:
    async with interface() as hands:
        page = await pending_secret(hands, "x/@brugmande")
        await hands.press("down")
        assert page.rows.rows[page.rows.cursor].cells[2] == "current"
        assert "Drop the new one" not in said(hands)
        await hands.press("f")
        assert hands.page is page


async def test_a_secret_that_a_rotation_made_is_given_up_in_its_case(interface: Interface) -> None:
    async with interface() as hands:
        await begin_rotation(hands, "x/@brugmande")
        await hands.press("p")
        await at_account(hands, "x/@brugmande", "secrets")
        await hands.press("right", "f")
        assert hands.page.NAME == "case"
        assert "Give up (s)" in said(hands)


async def test_a_new_secret_that_the_platform_may_have_taken_is_asked_about_here_too(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await start_case(hands, "Ruben Kok")
        await hands.press("a", "enter")
        await go_to(hands, step_of(hands, "rotate_password"))
        await hands.press("p", "a", "enter")
        label = hands.app.desk.registry.name_of(hands.page.current().step.account)
        await at_account(hands, label, "secrets")
        await hands.press("right", "f", "enter")
        assert "if the old one works, answer yes below" in said(hands)
        hands.page.query_one("#field-old").value = "yes"
        await hands.press("enter")
        assert stages(hands, label)[-1] == "dropped"
