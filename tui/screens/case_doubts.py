"""What depends on the kind of case: planning it again, not being sure, and giving it up."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from tui.case_kinds import named
from tui.dropping import GIVEN_UP, OLD_WORKS, drop_form
from tui.fields import Answers, Field
from tui.screens.ask import AskScreen
from tui.screens.asking import Job
from tui.screens.case_acts import CaseActs
from tui.screens.confirm import ConfirmScreen
from tui.successors import HOW, successor_fields, successors_of
from tui.widgets.sheet import in_title
from vault.domain.cases import Case
from vault.domain.offboarding import Departure
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.rotation import kept_of
from vault.domain.ways_out import Blocker
from vault.reports.plan import view
from vault.services.deactivation import replan_closing, stop_closing
from vault.services.offboarding import call_off, replan_case
from vault.services.preparing import secret_to_drop
from vault.services.rotation import in_doubt, mark_unsure, replan_rotation, stop_rotation
from vault.services.session import Session

WHAT_TO_DO = (
    "Today says so until it is known. Log in with each. If the new one works, "
    "record it as verified; if the old one does, give the new one up."
)
KEEPS = "What was done keeps its evidence; what is not needed any more is dropped."


class CaseDoubts(CaseActs):
    """The acts that doubt a case as a whole."""

    def action_replan(self) -> None:
        """Make the plan again from what was really done, after asking who takes over."""
        case, desk = self.case, self.desk
        leaver = desk.registry.find(case.person)
        fields: Sequence[Field] = ()
        if isinstance(leaver, Person):
            day = leaver.last_day or case.last_day or desk.today
            departure = Departure(leaver.id, day, case.mode, dict(case.successors))
            fields = successor_fields(desk, departure)
        what = f"Plan {named(desk.registry, case)} again?"
        if not fields:
            replan = partial(_plan_again, case=case)
            again = ConfirmScreen(
                what, KEEPS, yes="Plan again", then=lambda: self.work(replan, self._replanned)
            )
            self.put(again)
            return

        def job(session: Session, answers: Answers) -> str:
            named = successors_of(session.registry, fields, answers)
            _, made = replan_case(session, case, named)
            return _outlook(session.registry, view(session.registry, made).answer, made.blockers)

        about = f"{KEEPS} {HOW}"
        asked = AskScreen(what, fields, job, self._replanned, about=about, yes="Plan again")
        self.put(asked, "replan")

    def _replanned(self, outlook: str) -> None:
        self.safehands.tell(f"Planned again. {outlook}")
        self.show()

    def action_unsure(self) -> None:
        """Record that nobody knows whether the platform took the new secret."""
        case = self.case
        if case.what != "rotation":
            self.safehands.tell("Only a rotation makes a secret that can be in doubt.")
            return

        def job(session: Session, answers: Answers) -> Case:
            by = self._person(session, answers.text("by"))
            return mark_unsure(session, case, answers.text("reason"), by)

        fields = [Field("reason", "What happened", "text"), self._who("by", "Who tried")]
        title, about = "Nobody knows which secret works", f"{self._kept()}{WHAT_TO_DO}"
        asked = AskScreen(title, fields, job, self._stayed, about=about, yes="Not sure")
        self.put(asked, "unsure")

    def _stayed(self, _: Case) -> None:
        self.safehands.tell(f"{self._kept()}Log in with each.")
        self.show()

    def _kept(self) -> str:
        secret = in_doubt(self.desk.registry, self.case)
        return f"{kept_of(secret)} " if secret else ""

    def action_stop(self) -> None:
        """Give the case up, and say why."""
        case = self.case
        if case.what == "rotation":
            self._stop_rotation(case)
        elif case.what == "deactivation":
            self._stop_closing(case)
        else:
            self._call_off(case)

    def _stop_rotation(self, case: Case) -> None:
        def job(session: Session, answers: Answers) -> str:
            old_works = bool(answers.word("old"))
            stop_rotation(session, case, answers.text("reason"), old_works=old_works)
            return GIVEN_UP

        self._ask_why(case, [Field("reason", "Why it is given up", "text"), OLD_WORKS], job)

    def action_drop(self) -> None:
        """Give up the new secret of the step that is shown; the case goes on."""
        registry, progress = self.desk.registry, self.current()
        secret = secret_to_drop(registry, progress, self.desk.now) if progress else None
        if self.case.what != "offboarding" or secret is None:
            self.safehands.tell("No new secret is pending at this step.")
            return

        self.put(drop_form(registry, secret, self._given_up), "drop")

    def _stop_closing(self, case: Case) -> None:
        name = in_title(self.desk.registry.name_of(case.account))

        def job(session: Session, answers: Answers) -> str:
            was_closed = session.registry.account(case.account).state == "closing"
            stop_closing(session, case, answers.text("reason"))
            back = " Log in to it, so that the platform brings it back." if was_closed else ""
            return f"{name} stays.{back}"

        self._ask_why(case, [Field("reason", "Why the account stays", "text")], job)

    def _call_off(self, case: Case) -> None:
        name = in_title(self.desk.registry.name_of(case.person))

        def job(session: Session, answers: Answers) -> str:
            call_off(session, case, answers.text("reason"))
            return f"{name} stays. What was done stays done."

        self._ask_why(case, [Field("reason", "Why they stay", "text")], job)

    def _ask_why(self, case: Case, fields: list[Field], job: Job) -> None:
        title = f"Give up {named(self.desk.registry, case)}?"
        self.put(AskScreen(title, fields, job, self._given_up, yes="Give up"), "stop")

    def _given_up(self, said: str) -> None:
        self.safehands.tell(said)
        self.show()


def _plan_again(session: Session, case: Case) -> str:
    """Make the plan of a rotation or closing again; return what stands in its way, in sentences.

    Raises what the service of its kind raises.
    """
    blockers: Sequence[Blocker]
    if case.what == "rotation":
        blockers = replan_rotation(session, case)[1].blockers
    else:
        blockers = replan_closing(session, case)[1].blockers
    answer = "Something is in its way." if blockers else "Nothing stands in its way."
    return _outlook(session.registry, answer, blockers)


def _outlook(registry: Registry, answer: str, blockers: Sequence[Blocker]) -> str:
    """Return what a plan comes to, with the first thing in the way, and how many there are."""
    if not blockers:
        return answer
    first = blockers[0]
    name = f"{registry.name_of(first.account)}: " if first.account else ""
    more = f", and {len(blockers) - 1} more" if len(blockers) > 1 else ""
    return f"{answer} In the way: {name}{first.what}{more}."
