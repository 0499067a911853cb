"""The demo company with hostile text in every field of every record, walked page by page."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, get_args
from unicodedata import category

import msgspec
import pytest

from tests.integration.storage.builder import Sample, environment
from tests.tui.conftest import SIZES, Hands, Interface
from tui.app import SafehandsApp
from tui.desk import Desk
from tui.opening import Kind, page_about
from tui.screens.page import Page
from vault.domain.account import Account
from vault.domain.cases import Case
from vault.domain.changes import changes
from vault.domain.mailbox import Mailbox
from vault.domain.offboarding import Departure
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.role import Role
from vault.services.offboarding import start_offboarding
from vault.services.vaults import open_with

HOSTILE = (
    "[/] [@click=app.bell]x[/] [red]\x1b]52;c;QUJD\x07 a\x1b[2J\x9b2J \u202egpj\x00"
    "\r\ntwo\u2028\u200b\ufeff z" + "\u0301" * 40
)
TEXTS = frozenset(
    {
        *(
            "name",
            "mail",
            "address",
            "number",
            "label",
            "scope",
            "note",
            "reason",
            "purpose",
            "source",
        ),
        *("audience", "brand", "country", "language", "display_name", "platform_id", "url"),
        *("external_id", "challenge", "fingerprint"),
    }
)
ID = re.compile(r"[0-9a-f]{32}|")
MEGABYTE = "[/red]" + "x\u0301\x1b[2J " * 170_000


def hostile(value: Any, key: str = "") -> Any:
    """Return a record's content with hostile text before every text that is free."""
    if isinstance(value, dict):
        return {name: hostile(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [hostile(each, key) for each in value]
    is_free = key in TEXTS or key in {"tags", "aliases", "other_mails"}
    is_handle = key == "of" and isinstance(value, str) and not ID.fullmatch(value)
    return f"{HOSTILE} {value}" if isinstance(value, str) and (is_free or is_handle) else value


@pytest.fixture(scope="module")
def company_of_enemies(company: Sample, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    sample = company.copy(tmp_path_factory.mktemp("enemies") / "vault")
    with open_with(str(sample.path), lambda _: sample.keys, environment(sample.device)) as session:
        jan = next(p for p in session.registry.all(Person) if p.name == "Jan Bakker")
        start_offboarding(session, Departure(jan.id, session.env.now().date()))
        records = [
            msgspec.convert(hostile(msgspec.to_builtins(each)), type(each), strict=False)
            for kind in Record.__subclasses__()
            for each in session.registry.all(kind)
        ]
        longest = Person(id="f" * 32, name=MEGABYTE, note=MEGABYTE)
        session.write("record.edit", lambda *_: changes(*records, longest), note=HOSTILE)
    return sample


@asynccontextmanager
async def walking(sample: Sample, size: tuple[int, int]) -> AsyncIterator[Hands]:
    app = SafehandsApp(Desk(str(sample.path), environment(sample.device)))
    async with app.run_test(size=size, notifications=True) as pilot:
        hands = Hands(app, pilot, sample)
        await hands.settle()
        await hands.unlock()
        yield hands
        app.desk.lock()


def see(hands: Hands) -> None:
    """Fail where something on the screen is hidden, steers, or can be clicked as data wants."""
    for strip in hands.app.screen._compositor.render_strips():
        for segment in strip:
            odd = {each for each in segment.text if category(each)[0] in "CZ"} - {" ", "\xa0"}
            assert not odd, (type(hands.page).__name__, segment.text)
            meta = segment.style.meta if segment.style else {}
            assert "app.bell" not in str(meta), (type(hands.page).__name__, segment.text)


async def come_back(hands: Hands, page: object) -> None:
    for _ in range(6):
        if hands.page is page:
            return
        await hands.press("escape")
        see(hands)


async def walk(hands: Hands, *, keys: bool) -> None:
    """See the page, and what each of its commands opens."""
    see(hands)
    if not isinstance(hands.page, Page):  # a page may begin with a question
        await hands.press("escape")
        see(hands)
    page = hands.page
    assert isinstance(page, Page)
    for command in page.commands():
        if keys and "anywhere" not in command.where:
            await hands.press(command.keys.split(",")[0])
            see(hands)
            await come_back(hands, page)
            if hands.page is not page:
                return


PLACES = {"today": "1", "accounts": "2", "people": "3", "cases": "4", "hygiene": "5"} | {
    "journal": "6"
}
ABOUT: dict[Kind, type[Record]] = {
    "account": Account,
    "person": Person,
    "role": Role,
    "mailbox": Mailbox,
    "phone": Phone,
    "case": Case,
    "departure": Person,
}


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("place", PLACES)
async def test_every_place_shows_hostile_text_as_itself(
    company_of_enemies: Sample, tmp_path: Path, size: tuple[int, int], place: str
) -> None:
    async with walking(company_of_enemies.copy(tmp_path / "v"), size) as hands:
        await hands.press(PLACES[place])
        await walk(hands, keys=True)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("kind", get_args(Kind))
async def test_every_detail_shows_hostile_text_as_itself(
    company_of_enemies: Sample, tmp_path: Path, size: tuple[int, int], kind: Kind
) -> None:
    async with walking(company_of_enemies.copy(tmp_path / "v"), size) as hands:
        records = list(hands.app.desk.registry.all(ABOUT[kind]))
        for record in (records[0], records[-1]):
            hands.app.open(page_about(kind, record.id))
            await hands.settle()
            await walk(hands, keys=record is records[0])


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_palette_shows_hostile_names_as_themselves(
    company_of_enemies: Sample, size: tuple[int, int]
) -> None:
    async with walking(company_of_enemies, size) as hands:
        await hands.press("ctrl+p")
        await hands.type("bakker")
        await hands.pilot.pause(0.5)
        await hands.settle()
        see(hands)
        if size[1] > 5:
            assert "[/] [@click=app.bell]x[/] [red]" in hands.shown()


async def test_hostile_names_are_masked_like_others(company_of_enemies: Sample) -> None:
    async with walking(company_of_enemies, (160, 48)) as hands:
        await hands.press("ctrl+e", "3")
        see(hands)
        assert "Bakker" not in hands.shown()


async def test_resizing_the_terminal_never_ends_the_program(interface: Interface) -> None:
    async with interface() as hands:
        for key in PLACES.values():
            await hands.press(key)
            for size in [(20, 5), (240, 70), (80, 24), (1, 1), (100, 30)]:
                await hands.pilot.resize_terminal(*size)
                await hands.settle()
        assert hands.app.is_running
