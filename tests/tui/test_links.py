"""The links of a step, and the codes of its account's authenticator."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import segno

from tests.tui.carrying import go_to, start_case, step_of
from tests.tui.conftest import Hands, Interface
from tui.screens.links import LinkChoice, QrScreen
from tui.widgets.qr_code import QUIET, QrCode, half_blocks
from tui.widgets.secret_view import CODES_SHOWN_S, SecretView
from vault.domain.account import Account
from vault.domain.credential import Exposure
from vault.domain.secret import Secret
from vault.reports.case import step_sheet
from vault.services.credentials import set_credential
from vault.services.totp import live_code

SEED = Secret("JBSWY3DPEHPK3PXP")


def modules(lines: list[str]) -> list[list[int]]:
    """Return what a camera sees of half blocks."""
    upper = [[int(each in "▀█") for each in line] for line in lines]
    lower = [[int(each in "▄█") for each in line] for line in lines]
    return [row for pair in zip(upper, lower, strict=True) for row in pair]


@pytest.mark.parametrize("text", ["https://x.com/settings", "a" * 200, "é"])
def test_half_blocks_show_each_module_of_the_code(text: str) -> None:
    code = segno.make(text, micro=False, error="l")
    wanted = [list(row) for row in code.matrix_iter(border=QUIET)]
    assert modules(half_blocks(text))[: len(wanted)] == wanted


async def a_step_with_a_link(hands: Hands) -> str:
    """Go to a step that has one link, and return it."""
    await start_case(hands, "Ruben Kok")
    await go_to(hands, step_of(hands, "rotate_password"))
    case = hands.page.case
    (link,) = step_sheet(hands.app.desk.registry, case, hands.page.rail.current).links
    return str(link)


async def test_a_link_is_opened_where_there_is_a_desktop(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    async with interface((160, 48)) as hands:
        link = await a_step_with_a_link(hands)
        monkeypatch.setattr(hands.app, "open_url", lambda url, **_: opened.append(url))
        for name in ("SSH_CONNECTION", "SSH_TTY", "WAYLAND_DISPLAY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("DISPLAY", ":0")
        await hands.press("l")
        assert opened == [link]
        monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1")
        await hands.press("l")
        assert opened == [link]
        assert "there is no desktop here" in hands.shown()
        assert "QR code (q)" in hands.shown()


async def test_a_link_that_could_harm_is_told_and_not_opened(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    async with interface() as hands:
        await a_step_with_a_link(hands)
        monkeypatch.setattr(hands.app, "open_url", lambda url, **_: opened.append(url))
        monkeypatch.setenv("DISPLAY", ":0")
        monkeypatch.setattr("tui.screens.case.safe_link", refuse)
        await hands.press("l", "q")
        assert opened == []
        assert "is not opened" in hands.shown()


def refuse(link: str) -> str:
    from vault.domain.links import safe_link

    return safe_link(f"javascript:{link}")


async def test_a_link_is_a_qr_code_that_fits_80x24_black_on_white(interface: Interface) -> None:
    async with interface((80, 24)) as hands:
        link = await a_step_with_a_link(hands)
        await hands.press("q")
        code = hands.page.query_one(QrCode)
        assert code.region.height == code.lines
        assert code.region.bottom <= 24
        assert all(line.strip() in hands.shown() for line in half_blocks(link))
        assert (code.styles.color.hex, code.styles.background.hex) == ("#000000", "#FFFFFF")
        await hands.press("escape")
        assert hands.page.NAME == "case"


async def test_links_are_opened_copied_and_scanned_by_mouse_too(interface: Interface) -> None:
    async with interface((160, 48)) as hands:
        link = await a_step_with_a_link(hands)
        await hands.pilot.click("#copy_link")
        await hands.settle()
        assert [note.message for note in hands.app._notifications] == [f"Copied: {link}"]
        await hands.pilot.click("#qr_link")
        await hands.settle()
        assert hands.page.query(QrCode)


async def a_step_with_codes(hands: Hands) -> SecretView:
    """Go to a step of an account whose authenticator is kept, and return where its code is."""
    await start_case(hands, "Ruben Kok")
    step = step_of(hands, "rotate_password")
    session = hands.app.desk.session
    account: Any = session.registry.find(hands.page.case.find(step).step.account)
    assert isinstance(account, Account)
    set_credential(session, account, SEED, what="totp_seed", as_current=True)
    await go_to(hands, step)
    hands.page.show()
    await hands.settle()
    views: list[SecretView] = list(hands.page.query(SecretView))
    return next(view for view in views if view.gives_codes)


async def test_a_live_code_is_masked_until_asked_for_and_moves_on(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with interface((160, 48)) as hands:
        view = await a_step_with_codes(hands)
        desk = hands.app.desk
        assert "Current authenticator secret" in hands.shown()
        monkeypatch.setattr(type(desk), "now", frozen := desk.now)
        code, left = live_code(SEED, frozen)
        assert code.reveal() not in hands.shown()
        seen = len(list(desk.registry.all(Exposure)))
        await hands.press("o")
        assert len(list(desk.registry.all(Exposure))) == seen + 1
        assert code.reveal() in hands.shown()
        assert SEED.reveal() not in hands.shown()
        assert f"The next code comes in {left} s." in hands.shown()
        monkeypatch.setattr(type(desk), "now", later := frozen + timedelta(seconds=left))
        view._tick()
        await hands.settle()
        assert live_code(SEED, later).code.reveal() in hands.shown()
        shown_until = view._shown_until
        monkeypatch.setattr(f"{SecretView.__module__}.monotonic", lambda: shown_until)
        view._tick()
        await hands.settle()
        assert live_code(SEED, later).code.reveal() not in hands.shown()
        assert view._seed is None
    assert CODES_SHOWN_S >= 30


async def test_what_is_copied_while_a_code_is_shown_is_the_code(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[Secret] = []
    async with interface((160, 48)) as hands:
        view = await a_step_with_codes(hands)
        monkeypatch.setattr(hands.app.copied, "hold", held.append)
        monkeypatch.setattr(type(hands.app.desk), "now", now := hands.app.desk.now)
        await hands.press("o")
        view.copy()
        await hands.settle()
        assert [each.reveal() for each in held] == [live_code(SEED, now).code.reveal()]


async def test_a_seed_that_gives_no_codes_is_told(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with interface((160, 48)) as hands:
        view = await a_step_with_codes(hands)
        give = view._show_codes
        monkeypatch.setattr(view, "_show_codes", lambda _: give(Secret("no seed!")))
        await hands.press("o")
        assert "seed" in "".join(note.message for note in hands.app._notifications)
        assert not view.is_shown


async def test_which_of_several_links_is_asked(interface: Interface) -> None:
    async with interface() as hands:
        await a_step_with_a_link(hands)
        chosen: list[str | None] = []
        hands.app.push_screen(
            LinkChoice(["https://a.example/", "https://b.example/"]), chosen.append
        )
        await hands.settle()
        await hands.press("down", "enter")
        assert chosen == ["https://b.example/"]


async def test_a_code_that_does_not_fit_is_not_half_shown(interface: Interface) -> None:
    async with interface((80, 24)) as hands:
        hands.app.push_screen(QrScreen("https://x.com/" + "a" * 500))
        await hands.settle()
        assert not hands.page.query(QrCode)
        assert "too low for the code" in hands.shown()
