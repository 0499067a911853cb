from __future__ import annotations

from time import monotonic
from typing import Any

import pytest

from tests.tui.carrying import start_case
from tests.tui.conftest import Hands, Interface
from tui.app import SafehandsApp
from tui.widgets.secret_view import MASK, SecretView
from vault.domain.credential import Credential, Exposure
from vault.domain.secret import SHOWN_S, Secret
from vault.services.credentials import reveal_credential, set_credential


async def show_new_password(hands: Hands) -> str:
    """Go to a step with a new password, and return that password; it is masked on the screen."""
    await start_case(hands, "Ruben Kok")
    await hands.press("a", "enter", "p")
    registry = hands.app.desk.registry
    credential = registry.get(hands.page.rail.current.step.target, Credential)
    return reveal_credential(hands.app.desk.session, credential, "pending").reveal()


def exposures(hands: Hands, how: str) -> int:
    return sum(each.how == how for each in hands.app.desk.registry.all(Exposure))


async def test_a_secret_is_masked_whatever_its_length_and_shown_when_asked(
    interface: Interface,
) -> None:
    async with interface((80, 24)) as hands:
        secret = await show_new_password(hands)
        assert secret not in hands.shown()
        assert MASK in hands.shown()
        await hands.press("r")
        assert secret in hands.shown()
        assert "Hidden in 10 s." in hands.shown()
        await hands.press("r")
        assert secret not in hands.shown()


async def test_escape_hides_a_secret_first_and_leaves_the_page_then(interface: Interface) -> None:
    async with interface() as hands:
        secret = await show_new_password(hands)
        await hands.press("r", "escape")
        assert hands.page.NAME == "case"
        assert secret not in hands.shown()
        await hands.press("escape")
        assert hands.page.NAME == "cases"


async def test_showing_a_secret_is_in_the_journal_first(interface: Interface) -> None:
    async with interface() as hands:
        await show_new_password(hands)
        before = exposures(hands, "revealed")
        await hands.press("r")
        assert exposures(hands, "revealed") == before + 1
        assert [line.act for line in hands.app.desk.session.journal()][-1] == "credential.reveal"


async def test_a_secret_is_hidden_again_after_ten_seconds(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with interface() as hands:
        secret = await show_new_password(hands)
        await hands.press("r")
        assert secret in hands.shown()
        monkeypatch.setattr(f"{SecretView.__module__}.monotonic", lambda: monotonic() + SHOWN_S)
        hands.page.query(SecretView).first()._tick()
        await hands.settle()
        assert secret not in hands.shown()


async def test_a_secret_is_hidden_when_the_terminal_loses_the_focus(interface: Interface) -> None:
    async with interface() as hands:
        secret = await show_new_password(hands)
        await hands.press("r")
        hands.app.app_focus = False
        await hands.settle()
        assert secret not in hands.shown()


@pytest.mark.parametrize("away", ["down", "t", "2", "question_mark", "ctrl+l"])
async def test_a_secret_is_hidden_when_one_looks_elsewhere(interface: Interface, away: str) -> None:
    async with interface() as hands:
        secret = await show_new_password(hands)
        await hands.press("r")
        assert secret in hands.shown()
        view = hands.page.query(SecretView).first()
        await hands.press(away)
        assert secret not in hands.shown()
        assert not any(secret in str(value) for value in vars(view).values())
        if away in {"down", "t", "question_mark"}:
            await hands.press("up" if away == "down" else "escape")
            assert secret not in hands.shown()


async def test_a_secret_can_be_shown_with_the_mouse_and_not_selected(interface: Interface) -> None:
    async with interface() as hands:
        secret = await show_new_password(hands)
        await hands.pilot.click("#secret-0 #show")
        await hands.settle()
        assert secret in hands.shown()
        text: Any = hands.page.query_one("#secret-0 SecretText")
        assert not text.allow_select
        assert secret not in repr(text)
        assert hands.page.get_selected_text() is None


async def test_a_secret_with_hidden_characters_says_so(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A vault that an earlier version wrote may have one.
    monkeypatch.setattr("vault.services.credentials.TYPED", frozenset())
    async with interface() as hands:
        await start_case(hands, "Ruben Kok")
        await hands.press("a", "enter")
        registry = hands.app.desk.registry
        account = registry.account(hands.page.rail.current.step.account)
        set_credential(hands.app.desk.session, account, Secret("[/b]\x1b]52;c;QUJD\x07\u202ex"))
        hands.page.show()
        await hands.press("r")
        assert "[/b]\ufffd]52;c;QUJD\ufffd<U+202E>x" in hands.shown()
        assert "It contains invisible characters." in hands.shown()


async def test_in_a_browser_secrets_are_neither_shown_nor_copied(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with interface() as hands:
        secret = await show_new_password(hands)
        before = len(list(hands.app.desk.registry.all(Exposure)))
        monkeypatch.setattr(SafehandsApp, "is_web", property(lambda _: True))
        await hands.press("r", "c")
        assert secret not in hands.shown()
        assert "browser" in hands.shown()
        assert len(list(hands.app.desk.registry.all(Exposure))) == before
