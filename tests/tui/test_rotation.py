"""A rotation in the interface: the same screen as a departure, and Today while it is open."""

from __future__ import annotations

from tests.tui.carrying import later
from tests.tui.conftest import Interface
from vault.domain.account import Account
from vault.domain.credential import Credential
from vault.services.rotation import mark_unsure, start_rotation, targets_of


async def test_a_rotation_is_carried_through_in_the_screen_of_cases(interface: Interface) -> None:
    async with interface() as hands:
        await later(hands, hours=1)
        session = hands.app.desk.session
        now = session.env.now()
        stored = next(
            c for c in session.registry.all(Credential)
            if c.what == "password" and c.at_stage("current", now)
            and session.registry.is_live(session.registry.account(c.account), now)
        )  # fmt: skip
        account = session.registry.get(stored.account, Account)
        begun = start_rotation(session, targets_of(session.registry, account, now)[0])
        assert begun.case is not None
        await hands.press("4")
        hands.page.listing.go_to(begun.case.id)
        await hands.settle()
        assert account.label in hands.shown()
        await hands.press("enter")
        assert f"{account.label} rotation: 0 of" in " ".join(hands.shown().split())
        assert "New password" in hands.shown()
        await hands.press("p", "a", "enter")
        assert hands.page.case.progress[0].state == "pending"
        mark_unsure(session, hands.page.case, "the line went dead")
        await hands.press("1")
        assert "nobody knows which secret works" in hands.shown()
        await hands.press("4", "enter", "v", "enter")
        assert hands.page.case.progress[0].state == "verified"
        for _ in hands.page.case.progress[1:]:
            await hands.press("a", "enter")
        await hands.press("z")
        assert f"Close the rotation of {account.label}?" in hands.shown()
        await hands.press("right", "enter")
        assert session.registry.get(begun.case.id, type(begun.case)).closed_at is not None
        assert f"Closed. {account.label}: every step is finished." in hands.shown()
