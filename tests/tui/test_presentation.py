from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from tests.conftest import REPOSITORY
from tests.tui.conftest import Interface
from tests.unit.domain.company import catalogue
from tui.presentation import PRESENTATION, Masks
from vault.domain.account import Account
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.registry import Registry
from vault.domain.spell import Spell


def names_of(registry: Registry) -> set[str]:
    """Return everything in a registry that presentation mode must not show."""
    named = {person.name for person in registry.all(Person)}
    named |= {mailbox.address for mailbox in registry.all(Mailbox)}
    named |= {phone.number for phone in registry.all(Phone)}
    return named | {spell.of for a in registry.all(Account) for spell in a.handles}


async def test_in_presentation_mode_no_place_shows_a_name(interface: Interface) -> None:
    async with interface(size=(160, 48)) as hands:
        named = names_of(hands.app.desk.registry)
        await hands.press("ctrl+e")
        for key in "123456":
            await hands.press(key)
            shown = hands.shown()
            told = {name for name in named if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", shown)}
            assert told == set(), key


async def test_the_same_key_shows_names_again_and_the_cursor_stays(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("2", "down", "down")
        row, before = hands.page.listing.key, hands.page.listing.render_line(3).text
        await hands.press("ctrl+e")
        assert hands.page.listing.render_line(3).text != before
        await hands.press("ctrl+e")
        assert hands.page.listing.render_line(3).text == before
        assert hands.page.listing.key == row


async def test_who_is_added_while_names_are_masked_is_masked_too(interface: Interface) -> None:
    from vault.services.people import add_person

    async with interface() as hands:
        await hands.press("ctrl+e")
        assert PRESENTATION.masked("Zeno Zwart") == "Zeno Zwart"
        add_person(hands.app.desk.session, "Zeno Zwart")
        assert "Zwart" not in PRESENTATION.masked("Zeno Zwart")


async def test_a_locked_vault_masks_nothing_and_keeps_no_name(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("ctrl+e", "ctrl+l")
        assert PRESENTATION.masked("Jan Bakker") == "Jan Bakker"
        assert PRESENTATION._masks is None
        await hands.unlock()
        assert "Bakker" not in PRESENTATION.masked("Jan Bakker")


@pytest.fixture
def masks() -> Masks:
    people = [
        Person(id=Id("1" * 16), name="Jan Bakker", mail="jan@acme.example", listed_as="Jan Boer"),
        Person(id=Id("2" * 16), name="Jan de Wit\x1b[31m"),
    ]
    mailbox = Mailbox(id=Id("3" * 16), address="web+care@acme.example")
    phone = Phone(id=Id("4" * 16), number="+31 6 12345678")
    handle = (Spell("hr", datetime(2020, 1, 1, tzinfo=UTC)),)
    account = Account(id=Id("5" * 16), platform="net", handles=handle)
    return Masks(Registry([*people, mailbox, phone, account], catalogue()))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Jan Bakker leaves", "Person 1 leaves"),
        ("JAN BAKKER, jan bakker", "Person 1, Person 1"),
        ("Jan says", "Person 1 says"),
        ("January", "January"),
        ("Jan Boer it was", "Person 1 it was"),
        ("Boer it was", "Person 1 it was"),
        ("mail jan@acme.example now", "mail mail-1 now"),
        ("web+care@acme.example", "mailbox-1"),
        ("call +31 6 12345678.", "call phone-1."),
        ("somebody@else.example", "address@masked"),
        ("Jan de Wit\x1b[31m", "Person 2"),
        ("Jan de Wit�[31m", "Person 2"),
        ("net/@hr", "net/@account-1"),
        ("hr", "account-1"),
        ("ask hr", "ask hr"),
        ("", ""),
        ("[/red]", "[/red]"),
    ],
)
def test_a_name_is_masked_wherever_it_stands_as_a_word(
    masks: Masks, text: str, masked: str
) -> None:
    assert masks.masked(text) == masked


def test_only_one_place_cleans_text_for_the_screen() -> None:
    shown = {"tui/widgets/plain.py", "tui/widgets/guard.py", "tui/presentation.py"}
    typed = {"tui/screens/ask.py", "tui/screens/form.py", "tui/choices.py", "tui/fields.py"}
    secret = {"tui/widgets/secret_view.py"}
    found = {
        str(path.relative_to(REPOSITORY))
        for path in (REPOSITORY / "tui").rglob("*.py")
        if re.search(r"domain\.text import .*\bclean", path.read_text(encoding="utf-8"))
    }
    assert found <= shown | typed | secret
