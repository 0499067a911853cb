from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import click

import tui
from tests.cli.test_hints import HOLE, told
from tests.tui.carrying import start_case
from tests.tui.conftest import Interface
from tui.command import Command
from tui.hints import _HERE, here
from vault.cli.root import COMMANDS
from vault.domain.naming import _ADDED_BY as ADDED
from vault.domain.naming import _KEYS as KINDS
from vault.domain.person import Person


def keys(command: Command) -> str:
    return command.keys


def test_a_command_becomes_the_key_that_does_it_here() -> None:
    said = "name it, safehands person edit 'Jan, O''K' --mail x, or tell them apart"
    assert here(said, keys) == "name it, Edit (e) on the person's page, or tell them apart"
    assert here("make the plan again: safehands case replan ab12", keys) == (
        "make the plan again: Plan again (u) in the case"
    )


def test_what_has_no_place_here_is_said_to_be_for_the_command_line() -> None:
    said = "to end them: safehands import --end-gone"
    assert here(said, keys) == f"{said} (on the command line)"


def test_a_new_secret_is_given_up_by_the_answer_below() -> None:
    said = "log in: if the old one works, say --old-works; else: safehands case verify ab12 9b0a"
    assert here(said, keys) == "log in: if the old one works, answer yes below; else: Verified (v)"


def test_a_secret_under_way_is_dropped_in_its_rotation_or_departure() -> None:
    said = "finish that first, or drop it: safehands credential set x/@acme password --drop"
    where = "Give up (s) in its rotation, Drop the new one (f) at its step of a departure, or "
    where += "Drop the new one (f) under Secrets on the account's page"
    assert here(said, keys) == f"finish that first, or drop it: {where}"


def test_a_command_with_a_hyphen_is_said_whole() -> None:
    said = "on purpose: safehands journal accept-older --reason TEXT"
    assert here(said, keys) == f"{said} (on the command line)"


def test_a_command_ends_where_the_sentence_goes_on() -> None:
    said = "look first: safehands case next ab12; what was done stays done"
    assert here(said, keys) == "look first: Next (n) in the case; what was done stays done"


def test_a_text_without_a_command_stays_as_it_is() -> None:
    assert here("choose another file", keys) == "choose another file"


ON_THE_COMMAND_LINE = {
    "credential totp",
    "dormant record",
    "import --end-gone",
    "journal accept-older",
    "member list",
    "member remove",
    "report access-review",
    "schedule outbox",
}
"""What the interface cannot do, of what hints name."""


def named_in_hints() -> set[str]:
    """The commands in texts of all but the command line itself; what is not found is listed."""
    kinds = (kind.__name__.lower() for kind in KINDS)
    found = {f"{kind} list" for kind in kinds if kind in COMMANDS}
    found |= {f"{kind.__name__.lower()} add" for kind in ADDED}
    texts = [*told(), *told(Path(tui.__file__).parent)]
    said = [words.split()[:2] for where, words in texts if not where.startswith("cli")]
    return found | {" ".join(each) for each in said if HOLE not in each}


def test_every_command_in_a_hint_has_a_place_here_or_is_the_command_lines_own() -> None:
    named = named_in_hints()
    assert len(named) > len(_HERE)
    assert named - set(_HERE) == ON_THE_COMMAND_LINE
    assert set(_HERE) - named == set()


def test_what_an_option_makes_of_a_command_decides_where_that_is_done() -> None:
    called_off = "end its case: safehands case close ab12 --called-off --reason TEXT"
    assert here(called_off, keys) == "end its case: Give up (s) in the case"
    assert here("safehands case close ab12", keys) == "Close (z) in the case"
    leaves = "record that they leave: safehands person leave jan --last-day 2027-01-31"
    assert here(leaves, keys) == "record that they leave: Departure (d) on the person's page"
    stays = "safehands person leave jan --called-off"
    assert here(stays, keys) == "They stay (y) on the person's page"
    ended = "give somebody else the seat, then: safehands seat end x/@acme jan"
    assert here(ended, keys).endswith("then: End (x) under Seats on the account's page")


def test_only_commands_that_exist_are_replaced() -> None:
    known = set()
    for group in {name.split()[0] for name in _HERE}:
        module, _, name = COMMANDS[group][0].partition(":")
        found = getattr(import_module(module), name)
        known |= {f"{group} {verb}" for verb in found.list_commands(click.Context(found))}
    assert set(_HERE) <= known


async def test_a_refused_act_says_what_to_press(interface: Interface) -> None:
    async with interface() as hands:
        await start_case(hands, "Ruben Kok")
        await hands.press("z", "right", "enter")
        said = [note.message for note in hands.app._notifications]
        assert re.search(r"Next \(n\) in the case", "\n".join(said))
        assert "safehands" not in "".join(said)


def test_options_of_the_command_line_are_left_out() -> None:
    assert here("name somebody who stays with --successor", keys) == "name somebody who stays"
    assert here("give a later day: --keep-until DATE", keys) == "give a later day"
    said = "give a last day from today on, or ask about the past with --as-of"
    assert here(said, keys) == "give a last day from today on"


def test_what_a_list_is_accepted_by_is_said_whole_and_to_be_for_the_command_line() -> None:
    said = "if that is true, say so with --accept-gone hr; otherwise export it again"
    where = "if that is true, say so on the command line, with --accept-gone hr"
    assert here(said, keys) == f"{where}; otherwise export it again"


async def test_a_namesake_is_added_as_the_refusal_says(interface: Interface) -> None:
    async with interface() as hands:
        await hands.press("3", "a", *"Jan", "space", *"Bakker", "ctrl+s")
        said = " ".join(hands.shown().replace("│", " ").split())
        assert "or give both an address, or say it is somebody else (A namesake: yes)" in said
        hands.page.query_one("#field-another").value = "yes"
        await hands.press("ctrl+s")
        names = [person.name for person in hands.app.desk.registry.all(Person)]
        assert names.count("Jan Bakker") == 2
