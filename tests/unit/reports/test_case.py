from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from markdown_it import MarkdownIt
from msgspec.structs import replace

from tests.unit.reports.company import LAST_DAY, NOW, company, departure, record_id
from tests.unit.reports.test_plan import HIDDEN, HOSTILE
from vault.domain.case_ending import verdict_of_deeds
from vault.domain.cases import Case, Evidence, Progress
from vault.domain.registry import Registry
from vault.domain.verdict import Remaining
from vault.reports.case import (
    as_markdown,
    closing_words,
    due_of,
    duty,
    judgements,
    stage_of,
    step_sheet,
)

LATER = NOW + timedelta(days=1)


def begun(registry: Registry, said: str = "saw it") -> Case:
    """A case of which one step is done, one waived, and one blocked, all with the same words."""
    steps = departure(registry, "planned").steps
    noor = record_id("noor")
    deed = Evidence(NOW, noor, said)
    first = Progress(steps[0], state="applied", applied_by=noor, applied_at=NOW, evidence=(deed,))
    second = Progress(steps[1], state="waived", approved_by=noor, reason=said)
    third = Progress(steps[2], state="blocked", reason=said)
    return Case(
        id=record_id("case"),
        what="offboarding",
        person=record_id("eva"),
        last_day=LAST_DAY,
        opened_at=NOW,
        progress=(first, second, third, *map(Progress, steps[3:])),
        notes=(deed,),
    )


def test_a_sheet_says_all_that_whoever_does_the_step_needs() -> None:
    registry = company()
    case = begun(registry)
    done, waived, blocked = (step_sheet(registry, case, p) for p in case.progress[:3])
    assert any(line.startswith("done by Noor Haddad on 2026-11-21") for line in done.evidence)
    assert any(line.endswith("Noor Haddad: saw it") for line in done.evidence)
    assert "waived by Noor Haddad: saw it" in waived.evidence
    assert (blocked.state, blocked.held_by) == ("blocked", "saw it")
    for progress in case.progress:
        sheet = step_sheet(registry, case, progress)
        assert sheet.title
        assert sheet.todo
        assert sheet.why
        assert sheet.state == stage_of(case, progress)
        assert len(sheet.after) == len(progress.step.depends_on)


def test_the_verdict_on_deeds_names_what_is_left() -> None:
    registry = company()
    case = begun(registry)
    verdict = verdict_of_deeds(registry, case, LATER)
    told = {each.name: each for each in judgements(registry, case, verdict)}
    assert not told["sealed"].is_good
    assert "Eva Lindqvist still has" in told["sealed"].meaning
    sealed = replace(verdict, sealed=True, remaining=())
    assert closing_words(registry, case, sealed).startswith(
        "Closed. Eva Lindqvist is out of everything"
    )


@pytest.mark.parametrize("accounts", [[], ["an account"]])
def test_what_a_leaver_has_that_is_on_no_account_is_named_in_the_verdict(
    accounts: list[str],
) -> None:
    registry = company()
    case = begun(registry)
    vault = Remaining("", ("Eva Lindqvist can open the vault",))
    left = (*(Remaining(each, ("a session",)) for each in accounts), vault)
    verdict = replace(verdict_of_deeds(registry, case, LATER), sealed=False, remaining=left)
    sealed = next(judgements(registry, case, verdict))
    several = "Eva Lindqvist still has 1 account; " if accounts else ""
    assert sealed.meaning == f"{several}Eva Lindqvist can open the vault."


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_case_as_markdown_shows_hostile_text_as_itself(text: str) -> None:
    registry = company(lambda name: f"{name} {text}")
    case = begun(registry, f"seen {text}")
    written = as_markdown(registry, case, LATER)
    assert not HIDDEN.search(written)
    html = MarkdownIt("commonmark").render(written)
    assert "<script" not in html
    assert "<a " not in html
    assert "<img" not in html
    assert html.count("<h2>") == 2  # the steps and the remarks; no text made another
    assert html.count("<h1>") == 1


def test_every_step_is_in_the_file_with_its_box() -> None:
    registry = company()
    case = begun(registry)
    written = as_markdown(registry, case, LATER)
    assert written.count("- [x] ") == 2
    assert written.count("- [ ] ") == len(case.progress) - 2


def test_what_is_late_keeps_its_day() -> None:
    progress = Progress(replace(departure(company(), "planned").steps[0], due=LAST_DAY))
    day = LAST_DAY + timedelta(days=3)
    assert due_of(progress, day, LAST_DAY) == f"{LAST_DAY}, late"
    assert due_of(progress, day) == f"{LAST_DAY}, late"
    registry = company()
    told = duty(registry, progress, day, LAST_DAY)
    assert told.endswith(f", was due {LAST_DAY}, late")
    assert duty(registry, progress, LAST_DAY, LAST_DAY).endswith(f", by {LAST_DAY}")
    done = replace(progress, state="applied", applied_at=NOW)
    assert duty(registry, done, day, LAST_DAY).endswith(f", by {LAST_DAY}")


@pytest.mark.parametrize(
    ("what", "ended"), [("offboarding", "called off"), ("rotation", "given up")]
)
def test_a_case_that_was_given_up_is_told_with_its_reason_and_not_judged(
    what: Any, ended: str
) -> None:
    registry = company()
    person = record_id("eva") if what == "offboarding" else ""
    open_one = replace(begun(registry), what=what, person=person)
    case = open_one.given_up(LATER, record_id("noor"), "Eva stays.")
    assert (open_one.ended_as, case.ended_as, case.why_given_up) == ("open", ended, "Eva stays.")
    verdict = verdict_of_deeds(registry, case, LATER)
    [told] = judgements(registry, case, verdict)
    assert told.meaning == f"{ended.capitalize()} on {LATER:%Y-%m-%d}: Eva stays."
    written = as_markdown(registry, case, LATER)
    assert f", {ended} on {LATER:%Y-%m-%d}." in written
    assert "still has" not in written
    assert all(" -> ".join(each.why) not in written for each in verdict.remaining)
    assert replace(case, notes=()).ended_as == "closed"
