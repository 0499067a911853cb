"""Ways out: each kind of act has its words in one place, and they name the record it is about."""

from __future__ import annotations

import re
import shlex
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.company import LONG_AGO, account, company, mailbox, seat, since
from vault.domain.cases import Case
from vault.domain.grant import Grant
from vault.domain.mending import Names
from vault.domain.naming import resolve
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Assignment, Role
from vault.domain.ways_out import COMMANDS, WayKind, offered, way

HELD = Assignment(id="held", role="webcare", person="jan", since=LONG_AGO)
POSTS = Grant(id="0123456789", tool="tool", account="acme", since=LONG_AGO)
CLOSING = Case(id="9876543210", what="deactivation", account="acme", opened_at=LONG_AGO)
REGISTRY = company(
    account(), account("tool"), mailbox("care"), seat("jan", "full"), HELD, POSTS, CLOSING
)
NAMED = {
    "account": ("acme", "net/@acme"),
    "assignment": ("held", "webcare Jan"),
    "case": ("9876543210", "98765432"),
    "grant": ("0123456789", "01234567"),
    "mailbox": ("care", "care@acme.example"),
    "person": ("jan", "Jan"),
    "role": ("webcare", "webcare"),
    "seat": (seat("jan", "full").id, "net/@acme Jan"),
}
"""What stands in a command for what it is about: a record of each kind, and what is typed."""


def hole_of(kind: WayKind) -> str:
    return next(iter(re.findall(r"\{([a-z]+)\}", COMMANDS[kind])), "")


@pytest.mark.parametrize("kind", get_args(WayKind))
def test_the_command_of_each_kind_names_what_it_is_about(kind: WayKind) -> None:
    hole = hole_of(kind)
    about, typed = NAMED[hole] if hole else ("", "")
    made = way(Names(REGISTRY), kind, "do it", REGISTRY.find(about))
    command = COMMANDS[kind].replace(f"{{{hole}}}", typed)
    assert made.text == (f"do it: {command}" if command else "do it")
    assert (made.kind, made.says, made.about) == (kind, "do it", about)
    assert "{" not in made.text


@pytest.mark.parametrize("kind", get_args(WayKind))
def test_a_word_stands_for_what_is_not_known(kind: WayKind) -> None:
    made = way(Names(REGISTRY), kind, "")
    assert made.about == ""
    assert hole_of(kind).upper() in made.text
    assert "{" not in made.text


@given(st.text(st.sampled_from("ab;&'\"$`\\ -{}|\u202e\n"), min_size=1).filter(str.strip))
def test_a_name_is_one_word_of_a_command_and_changes_no_other(name: str) -> None:
    role = Role(id="d" * 32, name=name)
    made = way(Names(company(role)), "assign_role", "", role)
    *words, typed, person = shlex.split(made.text)
    assert [*words, person] == ["safehands", "role", "assign", "PERSON"]
    assert resolve(company(role), Role, typed) == role


def about(registry: Registry, offers: tuple[tuple[WayKind, str], ...], target: str) -> list[str]:
    return [each.about for each in offered(registry, offers, LONG_AGO, "acme", target)]


def test_ways_out_of_a_step_are_about_its_account_its_role_or_its_target() -> None:
    role = Role(id="press", name="Press")
    held = Assignment(id="pressed", role="press", person="jan", since=LONG_AGO)
    records: tuple[Record, ...] = (account(), role, held, mailbox("care"))
    registry = company(*records)
    kinds: tuple[tuple[WayKind, str], ...] = (
        ("assign_role", "give it"),
        ("add_mailbox", "add one"),
        ("add_factor", "add one"),
        ("prove_mailbox", "prove it"),
        ("by_hand", "try it"),
    )
    assert about(registry, kinds, "care") == ["webcare", "webcare", "acme", "care", "acme"]
    assert about(registry, kinds, "pressed")[:3] == ["press", "press", "acme"]
    nobodys = company(account(owner_roles=since()), mailbox("care"))
    assert about(nobodys, kinds, "care") == ["", "", "acme", "care", "acme"]
