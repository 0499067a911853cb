"""Ways out: each kind of act has its words in one place, and they name the record it is about."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.company import LONG_AGO, account, company, mailbox, seat, since
from vault.domain.cases import Case
from vault.domain.grant import Grant
from vault.domain.mail_moves import new_login_mailbox
from vault.domain.mailbox import Mailbox
from vault.domain.mending import Names
from vault.domain.naming import resolve
from vault.domain.phone import Phone
from vault.domain.platforms import OwnershipModel
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Assignment, Role
from vault.domain.steps import Act, Step
from vault.domain.ways_out import COMMANDS, WAYS_OUT, Blocker, WayKind, offered, way, ways_out

HELD = Assignment(id="held", role="webcare", person="jan", since=LONG_AGO)
POSTS = Grant(id="0123456789", tool="tool", account="acme", since=LONG_AGO)
CLOSING = Case(id="9876543210", what="deactivation", account="acme", opened_at=LONG_AGO)
WORK = Phone(id="work", number="+31612345678")
REGISTRY = company(
    account(), account("tool"), mailbox("care"), seat("jan", "full"), HELD, POSTS, CLOSING, WORK
)
ANEW = (
    "safehands deactivate stop net/@acme --reason TEXT, "
    "then: safehands deactivate start net/@acme --into ACCOUNT"
)
TOLD: Mapping[WayKind, tuple[str, str]] = {
    "by_hand": ("acme", ""),
    "name_successor": ("acme", "--successor PERSON"),
    "name_successor_in_role": ("acme", "--successor ROLE=PERSON"),
    "assign_role": ("webcare", "safehands role assign webcare PERSON"),
    "end_assignment": ("held", "safehands role unassign webcare Jan"),
    "plan_departure": ("jan", "safehands offboard plan Jan"),
    "export_lists": ("", "safehands export"),
    "add_mailbox": ("webcare", "safehands mailbox add ADDRESS --role webcare"),
    "prove_mailbox": ("care", "safehands mailbox prove care@acme.example"),
    "keep_mailbox_shorter": (
        "care",
        "safehands mailbox edit care@acme.example --keep-until DATE",
    ),
    "give_mailbox": (
        "care",
        "safehands mailbox edit care@acme.example --owner role:ROLE --type shared",
    ),
    "give_owner_role": ("acme", "safehands account edit net/@acme --role ROLE"),
    "give_own_login": ("acme", "safehands account edit net/@acme --signs-in-with ''"),
    "move_out": ("acme", "safehands account edit net/@acme --container ''"),
    "add_factor": ("acme", "safehands factor add net/@acme METHOD"),
    "end_seat": ("jan on acme", "safehands seat end net/@acme Jan"),
    "end_grant": ("0123456789", "safehands grant end 01234567"),
    "end_record": ("acme", "safehands account end net/@acme"),
    "take_over_number": ("work", "safehands phone edit +31612345678 --contract ''"),
    "record_loss": ("acme", "safehands account end net/@acme --lost"),
    "close_account": ("acme", "safehands deactivate start net/@acme"),
    "close_anew": ("acme", ANEW),
    "stop_closing": ("acme", "safehands deactivate stop net/@acme --reason TEXT"),
    "look_whether_gone": ("9876543210", "safehands case next 98765432"),
}
"""The record that a way out of each kind is about, and the command that is told for it."""


def test_each_kind_has_a_command_or_is_done_by_hand() -> None:
    assert set(TOLD) == set(get_args(WayKind)) == set(COMMANDS)
    assert [kind for kind, (_, command) in TOLD.items() if not command] == ["by_hand"]


@pytest.mark.parametrize("kind", TOLD)
def test_the_command_of_each_kind_names_what_it_is_about(kind: WayKind) -> None:
    about, command = TOLD[kind]
    made = way(Names(REGISTRY), kind, "do it", REGISTRY.find(about))
    assert made.text == ": ".join(filter(None, ("do it", command)))
    assert (made.kind, made.says, made.about) == (kind, "do it", about)


def test_a_word_stands_for_what_is_not_known() -> None:
    unknown = way(Names(REGISTRY), "assign_role", "")
    assert unknown.about == ""
    assert unknown.text == "safehands role assign ROLE PERSON"
    assert "ACCOUNT" in way(Names(REGISTRY), "add_factor", "").text


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


def stuck(act: Act, *records: Record, **fields: str) -> list[WayKind]:
    step = Step(id="step", act=act, account="acme", target="own", person="jan", **fields)  # type: ignore[arg-type]  # texts only
    return [each.kind for each in ways_out(company(account(), *records), step, LONG_AGO)]


def test_what_would_change_nothing_is_no_way_out() -> None:
    assert "name_successor" in stuck("rotate_password")
    assert "name_successor" not in stuck("rotate_password", assignee="ann")
    assert "give_owner_role" in stuck("enrol_factor", account(owner_roles=()))
    assert "give_owner_role" not in stuck("enrol_factor", assignee="ann", to="webcare")
    assert "add_mailbox" not in stuck("change_login_mail", assignee="ann", to="care")
    acts: tuple[Act, ...] = ("rotate_password", "enrol_factor", "change_login_mail")
    assert all(stuck(act, assignee="ann") for act in acts)


@pytest.mark.parametrize("act", ["rotate_password", "enrol_factor", "remove_factor"])
def test_where_nobody_logs_in_the_way_out_is_a_seat_for_who_stays(act: Act) -> None:
    def told(*models: OwnershipModel) -> set[str]:
        step = Step(id="step", act=act, account="acme", person="jan", assignee="ann")
        registry = company(account(models=models))
        return {each.says for each in ways_out(registry, step, LONG_AGO)}

    seats = {says for _, says in WAYS_OUT["remove_seat"]}
    assert told("seats") == seats
    assert told("login").isdisjoint(seats)
    steps = stuck("enrol_factor", account(owner_roles=(), models=("seats",)))
    assert "give_owner_role" in steps


@pytest.mark.parametrize(("address", "is_given"), [("a@gmail.com", False), ("a@jan.example", True)])
def test_an_address_with_a_freemail_provider_is_given_to_no_role(
    address: str, is_given: bool
) -> None:
    own = Mailbox(id="own", address=address, type="personal", owner="jan")
    use = account(login_mailboxes=since("own"))
    registry = company(use, own, login_mail_changeable="no")
    found = new_login_mailbox(registry, use, "own", LONG_AGO)
    assert isinstance(found, Blocker)
    assert ("give_mailbox" in {each.kind for each in found.ways_out}) is is_given
