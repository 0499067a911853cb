"""In whatever order, by whatever clock: one secret is in use, none is lost, who typed it saw it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.faults.story import kept
from vault.domain.account import Account
from vault.domain.cases import Case, Progress
from vault.domain.credential import Credential
from vault.domain.knowledge import did_see
from vault.domain.person import Person
from vault.domain.rotation import unproved
from vault.domain.rotation_policy import USUAL
from vault.domain.secret import Secret
from vault.domain.spell import Spell
from vault.errors import RefusedError
from vault.services.case_ending import close_case
from vault.services.cases import apply_step, verify_step, waive_step
from vault.services.credentials import drop_pending, set_credential
from vault.services.editing import add_record, fresh_id
from vault.services.environment import Environment
from vault.services.rotation import (
    Target,
    mark_unsure,
    replan_rotation,
    start_rotation,
    stop_rotation,
)
from vault.services.session import Session
from vault.services.vaults import create_vault


class Desk:
    """A vault whose clock can be moved, and one account with a password at a time."""

    def __init__(self, folder: Path) -> None:
        self.moved = timedelta()
        env = Environment(self.now, os.urandom, folder / "state")
        self.session: Session = create_vault(
            str(folder / "v"), "a phrase", "Ana", env, cost="floor"
        )
        self.count = 0
        self.kim = add_record(self.session, Person(id=fresh_id(self.session), name="Kim"))

    def now(self) -> datetime:
        self.count = getattr(self, "count", 0) + 1
        return datetime(2026, 6, 1, tzinfo=UTC) + self.moved + timedelta(seconds=self.count)

    def begin(self) -> None:
        """Go on with another account, by a clock that is right."""
        self.moved, now = timedelta(), self.now()
        made = Account(
            id=fresh_id(self.session), platform="x", handles=(Spell(f"a{self.count}", now),)
        )
        self.account = add_record(self.session, made)
        first = f"the first of {self.count}"  # no other account takes a secret of this one
        set_credential(self.session, self.account, Secret(first), as_current=True)
        self.values = [first]

    @property
    def stored(self) -> Credential:
        (stored,) = self.session.registry.credentials_of[self.account.id]
        return stored

    @property
    def case(self) -> Case:
        for case in self.session.registry.open_cases:
            if case.account == self.account.id:
                return case
        raise RefusedError("no case is open")

    def start(self) -> None:
        start_rotation(self.session, Target(self.account, self.stored), USUAL)

    def set(self) -> None:
        value = f"secret {len(self.values)} of {self.count}"
        set_credential(self.session, self.account, Secret(value))
        self.values.append(value)

    @property
    def change(self) -> Progress:
        """The newest step that changes the password: one that is planned again follows the old."""
        return [p for p in self.case.progress if p.step.act == "rotate_password"][-1]

    def apply(self) -> None:
        apply_step(self.session, self.case, self.change.step.id, self.kim.id)

    def verify(self) -> None:
        verify_step(self.session, self.case, self.change.step.id, self.session.person)

    def on(self) -> None:
        """Do what comes next."""
        if not any(case.account == self.account.id for case in self.session.registry.open_cases):
            return self.start()
        change = self.change
        if change.state == "verified":
            again = unproved(self.stored) is not None
            return self.replan() if again else self.finish()
        if unproved(self.stored) is None:
            return self.set()
        return self.apply() if change.state == "todo" else self.verify()

    def finish(self) -> None:
        case = self.case
        for progress in case.progress:
            if progress.state == "todo" and progress.step.act != "rotate_password":
                waive_step(self.session, case, progress.step.id, "not now", self.session.person)
        close_case(self.session, case)

    def replan(self) -> None:
        replan_rotation(self.session, self.case, USUAL)

    def end(self) -> None:
        """Go on by what comes next, by a clock that is right, until nothing is under way."""
        self.right()
        for _ in range(8):
            self.on()
            if not any(
                case.account == self.account.id for case in self.session.registry.open_cases
            ):
                return
        raise AssertionError("a rotation that cannot be brought to its end")

    def unsure(self) -> None:
        mark_unsure(self.session, self.case, "the line went dead")

    def stop(self) -> None:
        stop_rotation(self.session, self.case, "no more", old_works=True)

    def drop(self) -> None:
        drop_pending(self.session, self.stored)

    def drop_knowingly(self) -> None:
        drop_pending(self.session, self.stored, old_works=True)

    def back(self) -> None:
        self.moved -= timedelta(days=365)

    def right(self) -> None:
        self.moved = timedelta()


ACTS: dict[str, Callable[[Desk], None]] = {
    name: getattr(Desk, name)
    for name in (
        "start", "set", "apply", "verify", "finish", "unsure", "stop", "drop", "back",
        "drop_knowingly", "right", "on", "replan",
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("rotation")
    folder.chmod(0o700)
    made = Desk(folder)
    yield made
    made.session.close()


# An example is a dozen writes to a real file: 2,000 of them would take minutes.
@settings(max_examples=25)
@given(acts=st.lists(st.sampled_from([*ACTS, *["on"] * len(ACTS)]), min_size=4, max_size=14))
def test_one_secret_is_in_use_none_that_was_made_is_lost_and_who_typed_it_in_saw_it(
    desk: Desk, acts: list[str]
) -> None:
    desk.begin()
    for name in acts:
        try:
            ACTS[name](desk)
        except RefusedError:
            continue  # what may not be done now changes nothing
        in_use = [
            v.number
            for v in desk.stored.versions
            if v.current_from and not (v.superseded_at or v.retired_at or v.dropped_at)
        ]
        assert len(in_use) == 1
        for version in desk.stored.versions:
            who, registry = version.applied_by, desk.session.registry
            assert not who or did_see(registry, who, desk.stored, version.number)
        assert sorted(kept(desk.session, desk.stored)) == sorted(desk.values)


@settings(max_examples=25)
@given(
    acts=st.builds(
        lambda ahead, acts: ["on"] * ahead + acts,
        st.sampled_from([0, 2, 4]),
        st.lists(st.sampled_from(list(ACTS)), min_size=1, max_size=8),
    )
)
@example(acts=[*["on"] * 4, "set"])
@example(acts=[*["on"] * 4, "set", "replan", "drop_knowingly"])
def test_wherever_a_rotation_stands_it_can_be_brought_to_its_end(
    desk: Desk, acts: list[str]
) -> None:
    desk.begin()
    for name in acts:
        with suppress(RefusedError):
            ACTS[name](desk)
    desk.end()
    assert unproved(desk.stored) is None
