"""The pages and the help name what the program reads, keeps, takes and writes."""

from __future__ import annotations

import inspect
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from tests.cli.runner import Desk
from tests.conftest import REPOSITORY
from tests.unit.domain.test_findings import parsed
from vault.cli.root import COMMANDS, root
from vault.domain.query import FILTERS
from vault.services import device_files
from vault.services.journal import _REPORTERS_ACTS

READ = re.compile(r"environ(?:\.get\(|\[)f?\"([^\"]+)\"")
DISPLAYS = {"DISPLAY", "WAYLAND_DISPLAY"}
XDG = {"XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"}


def page(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


def test_every_variable_the_program_reads_is_documented() -> None:
    files = [file for part in ("vault", "tui") for file in (REPOSITORY / part).rglob("*.py")]
    read = {name for file in files for name in READ.findall(file.read_text(encoding="utf-8"))}
    assert {"SAFEHANDS_VAULT", "SAFEHANDS_STATE", "NO_COLOR"} <= read
    plain = {name for name in read if "{" not in name} | DISPLAYS | XDG
    guide = page("docs/user-guide.md")
    assert [name for name in sorted(plain) if f"`{name}`" not in guide] == []


def test_help_of_account_list_names_every_filter(tmp_path: Path) -> None:
    told, guide = Desk(tmp_path).bare("account", "list", "--help").out, page("docs/user-guide.md")
    assert [name for name in FILTERS if f"{name}:" not in told or f"`{name}:" not in guide] == []


def commands(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)


def test_every_example_in_a_help_is_a_command_that_the_program_takes() -> None:
    texts = [" ".join((command.help or "").split()) for _, command in commands(root)]
    told = [text.partition("Such as: ")[2].split(". ")[0].rstrip(".") for text in texts]
    examples = [each for text in told if text for each in text.split("; ")]
    assert len(examples) > 4
    for example in examples:
        program, *words = shlex.split(example)
        assert (program, parsed(words)) == ("safehands", [])


def test_no_help_names_a_type_where_it_should_say_what_to_give() -> None:
    guided = {"case", "deactivate", "dormant", "offboard", "rotate"}
    for path, command in commands(root):
        if path[0] in guided:
            with click.Context(command) as context:
                told = command.get_help(context)
            assert not re.search(r"INTEGER|FLOAT|WHICH|--step TEXT", told), path


def test_the_acts_a_reporter_may_write_are_those_of_the_page() -> None:
    row = next(line for line in page("docs/periodic.md").splitlines() if "| writes |" in line)
    acts = {act for acts in _REPORTERS_ACTS.values() for act in acts}
    assert set(re.findall(r"`([a-z]+\.[a-z]+)`", row)) - {"export.other"} == acts


def test_the_threat_model_names_every_file_in_the_state_folder(tmp_path: Path) -> None:
    desk = Desk(tmp_path).found().keep_open()
    job = tmp_path / "reports.toml"
    job.write_text('[[report]]\nname = "ownership"\n[folder]\npath = "."\n', encoding="utf-8")
    desk.do("schedule", "run", str(job), code=None)
    names = [file.name for file in (tmp_path / "state").iterdir()]
    names.append(device_files.slot_file(tmp_path, bytes(16)).name)
    model = page("docs/threat-model.md")
    told = {re.sub(r"[0-9a-f]{32}", "", name) for name in names}
    assert {"lock", ".mark.json", ".place.json", ".device.slot", "outbox-"} <= told
    assert [name for name in told if name not in model] == []


def verbs() -> Iterator[tuple[str, click.Command]]:
    """Yield what can be run, by its name."""
    for path, command in commands(root):
        if not isinstance(command, click.Group):
            yield " ".join(path), command


def code_of(called: Any, seen: set[Any]) -> str:
    """Return the source of a function with that of those beside it which it calls."""
    function = inspect.unwrap(called)
    if function in seen:
        return ""
    seen.add(function)
    source, beside = inspect.getsource(function), vars(sys.modules[function.__module__])
    named = (beside.get(name) for name in sorted(set(re.findall(r"\b(_\w+)\(", source))))
    return source + "".join(code_of(each, seen) for each in named if inspect.isfunction(each))


def refuses_another_day() -> set[str]:
    """Return the commands that refuse `--as-of` for another reason than that they write."""
    codes = {name: code_of(command.callback, set()) for name, command in verbs()}
    return {name for name, code in codes.items() if "refuse_as_of()" in code}


DEEDS = {"credential set", "credential use-code", "demo", "init", "journal accept-older"} | {
    *("member passphrase", "offboard start", "schedule run", "schedule send", "tui"),
    *("unlock forget",),
}
"""What refuses another day as everything does that is done now."""
JOURNALLED = {"credential breached", "credential reveal", "credential totp", "export"}
"""What shows something and writes to the journal that it did: it refuses by being a write."""


def test_what_shows_something_and_refuses_another_day_is_named_in_the_guide() -> None:
    told = page("docs/user-guide.md").partition("the vault as it is now refuses it: ")[2]
    named = set(re.findall(r"`([a-z -]+)`", told.partition(".")[0]))
    assert named == (refuses_another_day() | JOURNALLED) - DEEDS


@pytest.mark.parametrize("command", ["account link x/@acme", "export", "schedule cron f.toml"])
def test_what_refuses_another_day_says_so_before_anything_else(
    tmp_path: Path, command: str
) -> None:
    assert (
        "--as-of goes with"
        in Desk(tmp_path).do("--as-of", "2025-01-01", *command.split(), code=2).err
    )


def test_the_help_of_all_commands_says_of_each_without_a_verb_how_its_own_begins() -> None:
    differ = {
        name: COMMANDS[name][1]
        for name, command in verbs()
        if name in COMMANDS
        and not " ".join((command.help or "").split()).startswith(COMMANDS[name][1].rstrip("."))
    }
    assert differ == {}


def test_the_readme_installs_what_is_locked_first() -> None:
    told = page("README.md").partition("## Install it as a tool")[2].partition("\n## ")[0]
    locked = told.index("pip install --require-hashes -r requirements.lock")
    assert locked < told.index("pip install --no-deps --no-build-isolation .")
    assert locked < told.index("pipx install .")
