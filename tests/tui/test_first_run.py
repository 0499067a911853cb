from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from textual.widgets import Button, Input

from tests.integration.keystore.fake import FakeRing, fake_ring
from tests.integration.storage.builder import Sample, environment
from tests.tui.conftest import Hands, draw
from tui.app import SafehandsApp
from tui.desk import Desk
from tui.screens.first_run import FirstRunScreen
from tui.screens.import_file import ImportScreen
from tui.screens.today import TodayPage
from tui.widgets.secret_input import SecretInput
from tui.widgets.tick import Tick
from vault.crypto import kdf
from vault.domain.account import Account
from vault.domain.person import Person
from vault.services.founding import COSTS
from vault.services.remembering import is_remembered
from vault.services.vaults import open_vault

WORDS = "correct horse battery staple"
HOSTILE = "[/red]\x1b[31m\u202e"
Begin = Callable[..., AbstractAsyncContextManager[Hands]]


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[FakeRing]]:
    # Making a vault is what is tested here, not what its passphrase costs.
    monkeypatch.setitem(COSTS, "strong", kdf.FLOOR)
    with fake_ring() as ring:
        yield ring


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the vault goes."""
    made = tmp_path / "new"
    made.mkdir(mode=0o700)
    return made


@pytest.fixture
def begin(folder: Path, company: Sample) -> Begin:
    """Return what starts the interface where no vault is."""

    @asynccontextmanager
    async def running(size: tuple[int, int] = (80, 24)) -> AsyncIterator[Hands]:
        app = SafehandsApp(Desk(str(folder / "acme.safehands"), environment(folder / "device")))
        async with app.run_test(size=size, notifications=True) as pilot:
            hands = Hands(app, pilot, company)
            await hands.settle()
            yield hands
            draw(app.screen)
            app.desk.lock()

    return running


async def name(hands: Hands, founder: str = "Ann") -> None:
    """Answer the first step with the keyboard."""
    hands.page.query_one("#founder", Input).value = founder
    await hands.press("enter")


async def choose(hands: Hands, first: str = WORDS, second: str = WORDS) -> None:
    """Answer the second step, and make the vault."""
    boxes = hands.page.query(SecretInput)
    boxes.first().value, boxes.last().value = first, second
    hands.page.query_one("#acknowledged", Tick).value = True
    await press(hands, "#make")


async def press(hands: Hands, button: str) -> None:
    hands.app.screen.query_one(button, Button).press()
    await hands.settle()


def error(hands: Hands) -> str:
    return str(hands.app.screen.query_one("#error").render())


async def test_a_vault_is_made_with_the_keyboard_alone(begin: Begin, folder: Path) -> None:
    async with begin() as hands:
        assert "step 1 of 3" in hands.shown()
        await hands.press("ctrl+u", *"Ann", "enter")
        await hands.type(WORDS)
        await hands.press("enter")
        await hands.type(WORDS)
        await hands.press("enter", "space", "tab", "tab", "tab", "enter")
        assert "step 3 of 3" in hands.shown()
        await hands.press("tab", "tab", "enter")
        assert isinstance(hands.page, TodayPage)
    env = environment(folder / "device")
    with open_vault(str(folder / "acme.safehands"), lambda: WORDS, env) as session:
        assert [person.name for person in session.registry.all(Person)] == ["Ann"]


async def test_a_vault_is_made_with_the_mouse(begin: Begin) -> None:
    async with begin() as hands:
        hands.page.query_one("#founder", Input).value = "Ann"
        await hands.pilot.click("#next")
        for box in ("#first", "#second"):
            hands.page.query_one(box, SecretInput).value = WORDS
        await hands.pilot.click("#acknowledged")
        await hands.pilot.click("#make")
        await hands.settle()
        await hands.pilot.click("#empty")
        await hands.settle()
        assert isinstance(hands.page, TodayPage)


async def test_each_step_fits_a_small_terminal(begin: Begin) -> None:
    async with begin((80, 24)) as hands:
        assert "Next" in hands.shown()
        await name(hands)
        assert "Make the vault" in hands.shown()
        hands.page.query_one("#first", SecretInput).value = "short"
        await press(hands, "#make")
        assert "Make the vault" in hands.shown()
        assert "differ" in hands.shown()


async def test_the_passphrase_is_judged_while_it_is_typed(begin: Begin) -> None:
    async with begin() as hands:
        await name(hands)
        await hands.type("hunter")
        assert "weak: a passphrase of 6 characters" in hands.shown()
        hands.page.query_one("#first", SecretInput).value = WORDS
        await hands.settle()
        assert "good" in hands.shown()
        assert "hunter" not in hands.shown()


async def test_a_new_vault_was_not_set_back(begin: Begin) -> None:
    async with begin() as hands:
        await name(hands)
        await choose(hands)
        assert len(hands.app._notifications) == 0


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [("", "", "needs a passphrase"), (WORDS, WORDS + "s", "differ")],
)
async def test_a_passphrase_that_does_not_fit_is_refused_and_stays_typed(
    begin: Begin, folder: Path, first: str, second: str, said: str
) -> None:
    async with begin() as hands:
        await name(hands)
        await choose(hands, first, second)
        assert said in error(hands)
        assert hands.page.query_one("#first", SecretInput).value == first
    assert not (folder / "acme.safehands").exists()


async def test_the_reminder_has_to_be_acknowledged(begin: Begin, folder: Path) -> None:
    async with begin() as hands:
        await name(hands)
        for box in hands.page.query(SecretInput):
            box.value = WORDS
        await press(hands, "#make")
        assert "Without the passphrase the vault is lost" in error(hands)
    assert not (folder / "acme.safehands").exists()


async def test_a_place_that_is_taken_is_refused(begin: Begin, folder: Path) -> None:
    (folder / "taken").write_text("something else", encoding="utf-8")
    async with begin() as hands:
        hands.page.query_one("#location", Input).value = str(folder / "taken")
        await name(hands)
        assert "There is something at" in error(hands)
        assert hands.page.step == "place"
    assert (folder / "taken").read_text(encoding="utf-8") == "something else"


async def test_the_place_can_be_changed(begin: Begin, folder: Path) -> None:
    async with begin() as hands:
        hands.page.query_one("#location", Input).value = str(folder / "sub" / "other.safehands")
        await name(hands)
        await choose(hands)
        assert hands.app.desk.session.path == folder / "sub" / "other.safehands"
    assert not (folder / "acme.safehands").exists()


async def test_a_vault_needs_a_name(begin: Begin) -> None:
    async with begin() as hands:
        await name(hands, "  ")
        assert "who you are" in error(hands)


async def test_escape_goes_back_and_keeps_what_was_typed(begin: Begin) -> None:
    async with begin() as hands:
        await name(hands, "Eva")
        await hands.press("escape")
        assert hands.page.step == "place"
        assert hands.page.query_one("#founder", Input).value == "Eva"


async def test_leaving_makes_nothing(begin: Begin, folder: Path) -> None:
    async with begin() as hands:
        await name(hands)
        await hands.press("ctrl+q")
    assert not (folder / "acme.safehands").exists()


async def test_no_passphrase_stays_behind(begin: Begin) -> None:
    async with begin() as hands:
        await name(hands)
        await choose(hands)
        assert [box.value for box in hands.page.query(SecretInput)] == ["", ""]
        assert "horse" not in hands.app.export_screenshot()


async def test_a_new_vault_can_be_remembered_at_once(begin: Begin, folder: Path) -> None:
    async with begin() as hands:
        await name(hands)
        hands.page.query_one("#remember", Tick).value = True
        await choose(hands)
        assert is_remembered(str(folder / "acme.safehands"), hands.app.desk.env)


async def test_a_vault_that_cannot_be_remembered_is_made_all_the_same(
    begin: Begin, ring: type[FakeRing]
) -> None:
    ring.viable = False
    async with begin() as hands:
        await name(hands)
        hands.page.query_one("#remember", Tick).value = True
        await choose(hands)
        assert hands.page.step == "content"
        assert [note for note in hands.app._notifications if "no keyring" in note.message]


async def test_the_demo_company_is_built(begin: Begin) -> None:
    async with begin() as hands:
        await name(hands)
        await choose(hands)
        await press(hands, "#demo")
        assert isinstance(hands.page, TodayPage)
        assert len(list(hands.app.desk.registry.all(Account))) > 50


async def test_locking_in_the_middle_of_the_wizard_leads_to_the_vault(begin: Begin) -> None:
    async with begin() as hands:
        await name(hands)
        await choose(hands)
        await press(hands, "#import")
        hands.app.action_lock()
        await hands.settle()
        assert not hands.app.desk.is_open
        hands.page.query_one(SecretInput).value = WORDS
        await hands.press("enter")
        assert isinstance(hands.page, TodayPage)


@pytest.fixture
def source(folder: Path) -> tuple[Path, Path]:
    """A list of people with trouble in it, and its mapping."""
    file, mapping = folder / "people.csv", folder / "people.toml"
    file.write_text(
        f"name,mail\nJan Bakker,jan@acme.example\n{HOSTILE},{'x' * 1_000_000}\n", encoding="utf-8"
    )
    mapping.write_text(
        '[source]\nname = "hr"\nkind = "people"\n[columns]\nname = "name"\nmail = "mail"\n',
        encoding="utf-8",
    )
    return file, mapping


async def to_import(hands: Hands, file: Path, mapping: Path) -> None:
    """Make a vault, and preview an import of a file."""
    await name(hands)
    await choose(hands)
    await press(hands, "#import")
    hands.app.screen.query_one("#file", Input).value = str(file)
    hands.app.screen.query_one("#mapping", Input).value = str(mapping)
    await press(hands, "#preview")


async def test_a_preview_counts_and_lists_every_problem_and_writes_nothing(
    begin: Begin, source: tuple[Path, Path]
) -> None:
    async with begin() as hands:
        await to_import(hands, *source)
        shown = hands.shown()
        assert "people: 2 read, 2 created" in shown
        assert "3 problems in the file" in shown
        assert "hidden characters" in shown
        assert "\x1b" not in shown
        assert hands.app.desk.session.seq == 1


async def test_what_was_previewed_is_imported_in_one_entry(
    begin: Begin, source: tuple[Path, Path]
) -> None:
    async with begin((160, 48)) as hands:
        await to_import(hands, *source)
        await press(hands, "#import")
        assert "This was imported" in hands.shown()
        assert hands.app.desk.session.seq == 2
        await hands.press("escape")
        assert isinstance(hands.page, TodayPage)


async def test_nothing_is_imported_that_was_not_previewed(
    begin: Begin, source: tuple[Path, Path]
) -> None:
    async with begin() as hands:
        await to_import(hands, *source)
        hands.app.screen.query_one("#file", Input).value = "/another"
        await hands.settle()
        assert hands.app.screen.query_one("#import", Button).disabled


async def test_a_file_that_cannot_be_read_is_refused_in_place(
    begin: Begin, source: tuple[Path, Path]
) -> None:
    async with begin() as hands:
        await to_import(hands, source[0].with_name(HOSTILE.replace("/", "")), source[1])
        assert "cannot be read" in error(hands)
        assert hands.app.screen.query_one("#import", Button).disabled
        await hands.press("escape")
        assert isinstance(hands.page, FirstRunScreen)
        assert hands.page.step == "content"


async def test_a_file_can_be_imported_later_too(begin: Begin, source: tuple[Path, Path]) -> None:
    async with begin() as hands:
        await name(hands)
        await choose(hands)
        await press(hands, "#empty")
        await hands.press("3", "ctrl+o")
        hands.page.query_one("#file", Input).value = str(source[0])
        hands.page.query_one("#mapping", Input).value = str(source[1])
        await press(hands, "#preview")
        await press(hands, "#import")
        await hands.press("escape")
        assert "Jan Bakker" in hands.shown()


async def test_an_import_says_which_path_is_missing_and_finds_a_mapping_beside_the_file(
    begin: Begin, source: tuple[Path, Path]
) -> None:
    file, mapping = source
    beside = mapping.rename(file.with_suffix(".toml"))
    async with begin() as hands:
        await name(hands)
        await choose(hands)
        await press(hands, "#empty")
        await hands.press("3", "ctrl+o")
        await press(hands, "#preview")
        assert "no file is named" in hands.shown()
        hands.page.query_one("#file", Input).value = "\0" * 300
        await hands.press("enter", "enter")
        assert "no mapping is named" in hands.shown()
        hands.page.query_one("#file", Input).value = str(file)
        hands.page.query_one("#file", Input).focus()
        await hands.press("enter")
        assert hands.page.query_one("#mapping", Input).value == str(beside)
        await hands.press("enter")
        assert "This would be imported" in hands.shown()


async def test_an_import_is_made_with_the_keyboard_alone(
    begin: Begin, source: tuple[Path, Path]
) -> None:
    async with begin() as hands:
        await name(hands)
        await choose(hands)
        await hands.press("enter")
        assert isinstance(hands.page, ImportScreen)
        # The right arrow takes the path that is offered.
        hands.page.query_one("#file", Input).value = str(source[0])[:-2]
        hands.page.query_one("#file", Input).cursor_position = 10_000
        await hands.press("right", "enter")
        hands.page.query_one("#mapping", Input).value = str(source[1])
        await hands.press("enter", "enter", "escape")
        assert [p.name for p in hands.app.desk.registry.all(Person) if p.mail] == ["Jan Bakker"]
