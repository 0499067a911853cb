from __future__ import annotations

import pytest
from msgspec.structs import replace
from textual.events import Paste
from textual.widgets import Input

from tests.integration.storage.builder import Sample
from tests.tui.conftest import SIZES, Hands, Interface
from tui.fields import Answers, Field
from tui.screens.form import FieldInput, FormScreen, Matches
from vault.domain.changes import changes
from vault.domain.person import Person
from vault.domain.role import Role
from vault.services.editing import edit_record
from vault.services.vaults import open_with

HOSTILE = "[/red]\x1b[31m\u202eRole, one"


def typed(hands: Hands, name: str) -> str:
    return hands.app.screen.query_one(f"#field-{name}", FieldInput).value


def offered(hands: Hands) -> list[str]:
    return list(hands.app.screen.query_one(Matches).rows)


async def test_choices_are_filtered_as_one_types_and_enter_takes_one_and_goes_on(
    interface: Interface,
) -> None:
    async with interface() as hands:
        await hands.press("2", "a", "down")
        assert len(offered(hands)) == 12
        await hands.type("bel")
        assert offered(hands) == ["Belgium"]
        await hands.press("enter")
        assert typed(hands, "role") == "Belgium"
        assert hands.app.focused is not None
        assert hands.app.focused.id == "field-login"


async def test_what_is_pasted_is_cleaned_before_it_is_shown(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("2", "a")
        hands.app.screen.query_one("#field-name").post_message(Paste("x/\x1b[31m\u202e@acme"))
        await hands.settle()
        assert "\x1b" not in typed(hands, "name")
        assert "\x1b" not in hands.shown()


@pytest.mark.parametrize("keys", [("2", "enter", "t"), ("2", "slash")], ids=str)
async def test_what_is_pasted_into_a_question_or_a_filter_is_cleaned_as_well(
    interface: Interface, keys: tuple[str, ...]
) -> None:
    async with interface() as hands:
        await hands.press(*keys)
        found = hands.app.screen.focused
        assert isinstance(found, Input)
        found.post_message(Paste("jan\u202e[/]\nsecond line"))
        await hands.settle()
        assert found.value == "jan<U+202E>[/]"


def test_what_is_typed_on_several_lines_is_one_line_where_it_is_kept() -> None:
    fields = [Field("why", "Why", "text"), Field("name", "Name")]
    answers = Answers(fields, {"why": " a\n\n\tb\r\n c ", "name": " a  b "})
    assert (answers.text("why"), answers.text("name")) == ("a b c", "a  b")


async def test_no_form_opens_in_presentation_mode(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("2", "ctrl+e", "e")
        assert hands.page.NAME == "accounts"
        assert "leave presentation mode first" in hands.shown()
        await hands.press("ctrl+e", "e")
        assert isinstance(hands.app.screen, FormScreen)


async def test_several_are_chosen_one_after_the_other(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("3", "m", "a", "tab", "tab", "tab")
        await hands.type("web")
        await hands.press("enter")
        await hands.type("eva")
        await hands.press("enter")
        assert typed(hands, "readers") == "Webcare, Eva Jansen, "
        await hands.press("enter")
        assert hands.app.focused is not None
        assert hands.app.focused.id == "field-keep_until"


async def test_an_empty_field_stays_empty_at_enter(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("2", "a", "enter", "enter")
        assert typed(hands, "role") == ""


async def test_the_arrows_walk_through_choices_and_fields(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("2", "a", "down", "down", "down", "enter")
        assert typed(hands, "role") == "City"


async def test_a_choice_is_taken_with_the_mouse(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("2", "a", "down")
        await hands.pilot.click(Matches, offset=(6, 2))
        await hands.settle()
        assert typed(hands, "role") == "City"
        await hands.pilot.click("#no")
        await hands.settle()
        assert hands.page.NAME == "accounts"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("joined", "yesterday", "is no date"),
        ("manager", "Nobody Here", "there is no person"),
        ("manager", "an", "could be"),
        ("name", "", "name is needed"),
    ],
)
async def test_a_refusal_is_shown_at_its_field_and_what_was_typed_stays(
    interface: Interface, name: str, text: str, said: str
) -> None:
    async with interface() as hands:
        await hands.press("3", "a")
        await hands.type("Nora New" if name != "name" else "")
        hands.app.screen.query_one(f"#field-{name}", FieldInput).value = text
        await hands.press("ctrl+s")
        assert said in hands.shown()
        assert typed(hands, name) == text
        assert hands.app.focused is not None
        assert hands.app.focused.id == f"field-{name}"
        assert hands.app.screen.query_one(f"#line-{name}").has_class("wrong")


async def test_what_the_service_refuses_is_shown_and_can_be_mended(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("3", "a")
        await hands.type("Jan Bakker")
        await hands.press("ctrl+s")
        assert "there is a person 'Jan Bakker' already" in hands.shown()
        await hands.press("tab")
        await hands.type("jan2@brugman.example")
        await hands.press("ctrl+s")
        assert hands.page.NAME == "person"
        names = [p.name for p in hands.app.desk.registry.all(Person)]
        assert names.count("Jan Bakker") == 2


async def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    interface: Interface, brugman: Sample
) -> None:
    async with interface() as hands:
        await hands.press("3", "r", "e", "tab")
        assert isinstance(hands.app.screen, FormScreen)
        with open_with(str(brugman.path), lambda _: brugman.keys, hands.app.desk.env) as other:
            role = next(r for r in other.registry.all(Role) if r.name == "Belgium")
            edit_record(other, role, note="theirs")
        await hands.type("mine")
        await hands.press("ctrl+s")
        assert "somebody else changed Belgium meanwhile" in hands.shown()
        assert "mine" in typed(hands, "purpose")
        assert hands.app.desk.registry.role(role.id).note == "theirs"


async def test_a_record_with_a_hostile_name_is_offered_cleaned_and_can_be_chosen(
    interface: Interface,
) -> None:
    async with interface() as hands:
        session = hands.app.desk.session
        role = next(r for r in session.registry.all(Role) if r.name == "Belgium")
        session.write("role.edit", lambda *_: changes(replace(role, name=HOSTILE)))
        await hands.press("2", "a")
        await hands.type("x/@brugmanhostile")
        await hands.press("enter")
        await hands.type("red")
        assert "\x1b" not in hands.shown()
        await hands.press("enter", "ctrl+s")
        assert hands.page.NAME == "account"
        (spell,) = hands.page.account.owner_roles
        assert spell.of == role.id


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_form_fits_any_terminal_and_its_buttons_can_be_reached(
    interface: Interface, size: tuple[int, int]
) -> None:
    async with interface(size) as hands:
        await hands.press("2", "a", "down")
        if size[0] >= 80:
            assert "Save (ctrl+s)" in hands.shown()
        await hands.press("escape")
        assert hands.page.NAME == "accounts"
