from __future__ import annotations

from datetime import datetime
from typing import Any, get_args

import msgspec
import pytest

from tests.unit.domain.company import (
    NOW,
    account,
    company,
    days,
    holds,
    mailbox,
    password,
    seat,
    since,
    version,
)
from vault.domain.case_ending import left_open, verdict_of_deeds
from vault.domain.cases import Case, Progress, StepState
from vault.domain.casework import (
    deeds_open,
    hand,
    is_finished,
    next_after,
    next_steps,
    ready_on,
    refuse_applying,
    refuse_verifying,
    steps_done,
    to_confirm,
)
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.steps import Act, Step
from vault.errors import RefusedError

OPENED = days(-10)


def step(step_id: str, act: Act = "end_sessions", **fields: Any) -> Step:
    fields.setdefault("account", "acme")
    return Step(id=step_id, act=act, person="jan", **fields)


def case(*progress: Progress, **fields: Any) -> Case:
    fields.setdefault("opened_at", OPENED)
    return Case(id="case", what="offboarding", person="jan", progress=progress, **fields)


def done(step_id: str, at: datetime = NOW, **fields: Any) -> Progress:
    made = step(step_id, **fields)
    return Progress(made, state="applied", applied_by="ann", applied_at=at)


def office(*records: Any) -> Registry:
    return company(account(), holds("ann"), *records)


def test_a_step_is_next_when_what_it_waits_for_is_done() -> None:
    second = Progress(step("b", depends_on=("a",)))
    assert [p.step.id for p in next_steps(case(Progress(step("a")), second), NOW)] == ["a"]
    assert [p.step.id for p in next_steps(case(done("a"), second), NOW)] == ["b"]


def test_a_waiting_time_runs_from_the_deed_and_not_from_the_plan() -> None:
    waits = Progress(step("b", depends_on=("a",), wait_days=7, not_before=days(1).date()))
    begun = case(done("a", at=days(-3)), waits)
    assert ready_on(begun, waits) == days(4).date()
    assert list(next_steps(begun, days(3))) == []
    assert [p.step.id for p in next_steps(begun, days(4))] == ["b"]


@pytest.mark.parametrize("state", get_args(StepState))
def test_applying_a_step_twice_is_refused_in_every_state_but_to_do(state: StepState) -> None:
    typed_in = version(2, days(-1), current_from=None, applied_at=days(-1))
    registry = office(password("acme", version(), typed_in))
    begun = Progress(step("a", "rotate_password", target="password of acme"), state=state)
    if state in {"todo", "waiting"}:
        refuse_applying(registry, case(begun), begun, "ann", NOW)
        return
    with pytest.raises(RefusedError) as refused:
        refuse_applying(registry, case(begun), begun, "ann", NOW)
    if state == "pending":
        assert "step a is done already, and to be proved by a log-in" in refused.value.message
        assert refused.value.hint.endswith("safehands case verify case a")


@pytest.mark.parametrize("new", [{}, {"dropped_at": days(-1), "applied_at": days(-1)}])
def test_a_new_secret_in_doubt_or_another_one_can_be_typed_in_after_all(new: Any) -> None:
    made = version(2, days(-1), current_from=None, **new)
    registry = office(password("acme", version(), made))
    begun = Progress(step("a", "rotate_password", target="password of acme"), state="pending")
    refuse_applying(registry, case(begun), begun, "ann", NOW)


@pytest.mark.parametrize(
    ("state", "possible"),
    [("todo", True), ("waiting", True), ("pending", True), ("blocked", False), ("waived", False)],
)
def test_only_a_step_that_is_open_is_next(state: StepState, possible: bool) -> None:
    assert bool(list(next_steps(case(Progress(step("a"), state=state)), NOW))) is possible


def applying(progress: Progress, by: str = "ann", registry: Registry | None = None) -> str:
    with pytest.raises(RefusedError) as caught:
        refuse_applying(registry or office(), case(progress), progress, by, NOW)
    assert caught.value.hint
    return caught.value.message


def test_nobody_records_what_cannot_be_so() -> None:
    former = office(Person(id="eva", name="Eva", last_day=days(-3).date()))
    assert "Jan is leaving" in applying(Progress(step("a")), by="jan")
    assert "Eva does not work here" in applying(Progress(step("a")), by="eva", registry=former)
    assert "already" in applying(done("a"))
    assert "the safe is shut" in applying(
        Progress(step("a"), state="blocked", reason="the safe is shut")
    )
    later = Progress(step("a"), state="waiting", wait_until=days(2).date())
    assert str(days(2).date()) in applying(later)
    refuse_applying(office(), case(Progress(step("a"))), Progress(step("a")), "ann", NOW)


@pytest.mark.parametrize("planned_for", ["eva", ""])
@pytest.mark.parametrize("act", ["rotate_password", "rotate_token", "renew_recovery_codes"])
def test_a_new_secret_is_known_to_who_makes_it_whoever_it_was_planned_for(
    act: Act, planned_for: str
) -> None:
    former = office(password(), Person(id="eva", name="Eva", last_day=days(-3).date()))
    progress = Progress(step("a", act, target="password of acme", assignee=planned_for))
    refuse_applying(former, case(progress), progress, "ann", NOW)
    nobody = "Nobody who stays would know the new secret of net/@acme"
    assert applying(progress, by="", registry=former) == nobody


def test_a_guard_speaks_for_the_last_one_with_full_rights() -> None:
    progress = Progress(step("a", "remove_seat", target="jan on acme"))
    alone = office(seat("jan", "owner"))
    assert "Nobody else has confirmed rights" in applying(progress, registry=alone)
    shared = office(seat("jan", "owner"), seat("ann", "owner"))
    refuse_applying(shared, case(progress), progress, "ann", NOW)


def verifying(progress: Progress, by: str, registry: Registry, **fields: Any) -> str:
    with pytest.raises(RefusedError) as caught:
        refuse_verifying(registry, case(progress, **fields), progress, by, NOW)
    return caught.value.message


def test_a_deed_is_confirmed_by_somebody_else_who_stays() -> None:
    registry = office(Person(id="eva", name="Eva", last_day=days(-3).date()))
    assert "Jan is leaving" in verifying(done("a"), "jan", registry)
    assert "Eva does not work here" in verifying(done("a"), "eva", registry)
    assert "somebody else" in verifying(done("a"), "ann", registry, two_person=True)
    assert "nothing to confirm" in verifying(Progress(step("a")), "ann", registry)
    refuse_verifying(registry, case(done("a")), done("a"), "ann", NOW)


def test_a_new_secret_that_was_dropped_cannot_be_confirmed() -> None:
    progress = Progress(step("a", "rotate_password", target="password of acme"), state="pending")
    dropped = version(2, current_from=None, dropped_at=days(-1))
    assert "was dropped" in verifying(progress, "ann", office(password("acme", version(), dropped)))
    made = version(2, current_from=None)
    registry = office(password("acme", version(), made))
    refuse_verifying(registry, case(progress), progress, "ann", NOW)


def test_what_two_people_do_is_finished_when_the_second_has_seen_it() -> None:
    one = case(done("a"), two_person=True)
    assert [p.step.id for p in to_confirm(one)] == ["a"]
    assert not is_finished(one, one.progress[0])
    assert list(to_confirm(case(done("a")))) == []
    assert is_finished(case(done("a")), done("a"))


def test_what_is_left_is_told_until_it_is_cut_or_waived() -> None:
    registry = office(holds("jan"), mailbox("web", "jan"))
    open_case = case(Progress(step("a", "remove_mailbox_reader", account="", target="web")))

    def standing(found: Case) -> list[str]:
        verdict = verdict_of_deeds(registry, found, NOW)
        return list(left_open(registry, found, verdict, NOW))

    assert standing(open_case) == [
        "the leaver still gets in: Jan holds the role webcare",
        "the leaver still gets in: Jan reads web@acme.example",
    ]
    waived = msgspec.structs.replace(open_case.progress[0], state="waived")
    assert standing(case(waived)) == ["the leaver still gets in: Jan holds the role webcare"]


def test_work_goes_on_with_the_step_itself_then_onward_then_from_the_top() -> None:
    begun = case(
        Progress(step("a")),
        Progress(step("b"), state="pending"),
        done("c"),
        Progress(step("d", depends_on=("a",))),
        Progress(step("e")),
    )
    assert next_after(begun, "", NOW) == "a"
    assert next_after(begun, "b", NOW) == "b"
    assert next_after(begun, "b", NOW, leave=True) == "e"
    assert next_after(begun, "c", NOW) == "e"
    assert next_after(begun, "e", NOW, leave=True) == "a"
    assert next_after(case(done("c")), "c", NOW) == ""


@pytest.mark.parametrize("state", ["dropped", "waived"])
def test_a_step_that_is_dropped_or_waived_is_neither_done_nor_to_do(
    state: StepState,
) -> None:
    begun = case(done("a"), Progress(step("b")), Progress(step("c"), state=state))
    assert steps_done(begun) == (1, 2)


def test_what_can_be_recorded_follows_from_how_far_a_step_is() -> None:
    later = Progress(step("b", depends_on=("a",)))
    proof = Progress(step("p", act="rotate_password"), state="pending")
    begun = case(Progress(step("a")), later, proof, done("c"), opened_at=OPENED)
    assert deeds_open(begun, begun.progress[0])[0] == "apply"
    assert "apply" not in deeds_open(begun, later)
    assert deeds_open(begun, proof)[0] == "verify"
    assert deeds_open(begun, begun.progress[3]) == ("note",)
    assert deeds_open(msgspec.structs.replace(begun, closed_at=NOW), later) == ()


def test_a_mailbox_that_must_be_kept_is_not_released_before_that_day() -> None:
    keep = days(9).date()
    own = mailbox("own", owner="jan", keep_until=keep)
    release = step("a", "release_mailbox", account="", target="own", not_before=keep)
    waits = Progress(release)
    assert ready_on(case(waits), waits) == keep
    with pytest.raises(RefusedError, match=f"from {keep} on: the mailbox must be kept until then"):
        refuse_applying(office(own), case(waits), waits, "ann", NOW)


def test_who_works_until_their_last_day_is_not_shut_out_of_their_mailbox_before_it() -> None:
    block = step("a", "block_mailbox", account="", target="own", not_before=days(9).date())
    waits, told = Progress(block), "until then they work here and read it"
    assert ready_on(case(waits), waits) == days(9).date()
    with pytest.raises(RefusedError, match=told):
        refuse_applying(office(mailbox("own", owner="jan")), case(waits), waits, "ann", NOW)


def member(name: str, **fields: Any) -> Person:
    return Person(id=name, name=name.title(), memberships=since(name), **fields)


def test_who_leaves_types_in_for_others_and_is_marked_and_confirms_for_nobody() -> None:
    begun, jan = case(done("a")), member("jan", last_day=days(9).date())
    alone, both = office(jan, begun), office(jan, begun, member("ann"))
    assert hand(both, begun, "ann", "confirm a step", NOW) == ""
    assert hand(both, begun, "jan", "", NOW) == "recorded by the leaver"
    with pytest.raises(RefusedError, match="cannot confirm a step, for others either") as refused:
        hand(both, begun, "jan", "confirm a step", NOW)
    assert refused.value.hint == "let another member record it: Ann"
    only = "recorded by the leaver: nobody who stays can open the vault"
    assert hand(alone, begun, "jan", "confirm a step", NOW) == only
    other = Case(id="other", what="rotation", account="acme", opened_at=OPENED)
    assert hand(both, other, "jan", "", NOW) == "recorded by Jan, who is leaving"


def test_two_members_who_leave_together_do_not_wait_for_each_other() -> None:
    begun = case(done("a"))
    hers = Case(id="hers", what="offboarding", person="ann", opened_at=OPENED)
    only = "recorded by the leaver: nobody who stays can open the vault"
    together = office(member("jan"), member("ann"), begun, hers)
    assert hand(together, begun, "jan", "confirm a step", NOW) == only
    third = office(member("jan"), member("ann"), member("eva"), begun, hers)
    with pytest.raises(RefusedError) as refused:
        hand(third, begun, "jan", "confirm a step", NOW)
    assert refused.value.hint == "let another member record it: Eva"


def test_the_id_of_a_step_is_quoted_where_a_command_is_printed() -> None:
    todo = Progress(step("a; reboot", "rotate_password", target="password of acme"))
    dropped = version(2, current_from=None, dropped_at=days(-1))
    registry = office(password("acme", version(), dropped))
    for progress in (todo, msgspec.structs.replace(todo, state="pending")):
        with pytest.raises(RefusedError) as caught:
            refuse_verifying(registry, case(progress), progress, "ann", NOW)
        assert caught.value.hint.endswith("safehands case applied case 'a; reboot'")


def test_a_member_whom_no_record_names_is_not_taken_for_a_leaver() -> None:
    rotation = Case(id="other", what="rotation", account="acme", opened_at=OPENED)
    assert hand(office(member("ann"), rotation), rotation, "", "confirm a step", NOW) == ""


def test_who_stays_after_all_is_told_how_to_end_their_case() -> None:
    begun = case(Progress(step("a")))
    with pytest.raises(RefusedError) as refused:
        refuse_applying(office(begun), begun, begun.progress[0], "jan", NOW)
    end = "safehands case close case --called-off --reason TEXT"
    assert refused.value.hint.endswith(f"if they stay after all: {end}")
    leaving = office(begun, Person(id="jan", name="Jan", last_day=days(9).date()))
    with pytest.raises(RefusedError) as refused:
        refuse_applying(leaving, begun, begun.progress[0], "jan", NOW)
    assert "called-off" not in refused.value.hint
