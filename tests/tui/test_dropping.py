"""A new secret that is given up at its step of a departure."""

from __future__ import annotations

from tests.tui.carrying import go_to, start_case, state_of, step_of
from tests.tui.conftest import Interface
from tests.tui.test_rotation_case import begin_rotation, said
from vault.domain.credential import Credential


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
