"""What is chosen about a departure: the last day, the mode, a second person, the successors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tui.fields import Answers, Field
from tui.screens.ask import AskScreen
from tui.screens.keeping import Keeping
from tui.successors import HOW, successor_fields, successors_of
from tui.widgets.sheet import in_title
from vault.domain.cases import Case, Mode
from vault.domain.ids import Id
from vault.domain.offboarding import Departure, Plan
from vault.domain.person import Person
from vault.errors import RefusedError, UsageError
from vault.services.offboarding import departure_of, open_case_of, plan_departure
from vault.services.session import Session


class DepartureChoices(Keeping):
    """A page about a departure as it is chosen in `place`; each choice shows the page anew."""

    @property
    def person(self) -> Person:
        """Who leaves."""
        return self.desk.registry.person(self.ids[0])

    @property
    def open_case(self) -> Case | None:
        """The case that carries the departure already, or None."""
        return open_case_of(self.desk.registry, self.ids[0])

    @property
    def name_shown(self) -> str:
        """The leaver's name, for a title."""
        return in_title(self.person.name)

    @property
    def chosen(self) -> Mapping[str, Any]:
        """What was chosen here, over what the open case has."""
        case = self.open_case
        names = () if case is None else ("mode", "two_person", "successors")
        has = {name: getattr(case, name) for name in names}
        return {**has, **self.place}

    def chosen_anew(self, case: Case) -> Mapping[str, Any]:
        """Return what was chosen here and is other than in an open case, by its name."""
        has = {
            "last_day": str(self.person.last_day),
            "mode": case.mode,
            "successors": dict(case.successors),
        }
        return {
            name: self.place[name]
            for name, value in has.items()
            if self.place.get(name, value) != value
        }

    def departure(self, **changed: Any) -> Departure:
        """Return the departure as chosen, with these changes; raises UsageError without a day."""
        chosen = {**self.chosen, **changed}
        day = chosen.get("last_day")
        mode: Mode = chosen.get("mode", "planned")
        successors: Mapping[Id, Id] = dict(chosen.get("successors", {}))
        try:
            return departure_of(
                self.person,
                date.fromisoformat(day) if day else None,
                mode,
                successors,
                self.desk.today,
                two_person=chosen.get("two_person", False),
            )
        except UsageError as error:
            raise UsageError(
                error.message, f"choose it: {self.safehands.preferences.press('departure.day')}"
            ) from error

    def choose(self, name: str, value: Any) -> None:
        """Choose something, and show what comes of it."""
        self.place[name] = value
        self.show()

    def action_last_day(self) -> None:
        """Choose the last day on a calendar."""
        known = self.person.last_day
        start = self.place.get("last_day") or str(max(known or self.desk.today, self.desk.today))
        day = Field("day", "Their last day", "day", start, "YYYY-MM-DD", first=self.desk.today)

        def job(session: Session, answers: Answers) -> str:
            chosen = answers.needed_day("day").isoformat()
            plan_of(session, self.departure(last_day=chosen))
            return chosen

        self.put(
            AskScreen(
                f"When does {self.name_shown} leave?",
                [day],
                job,
                lambda chosen: self.choose("last_day", chosen),
                yes="Plan for this day",
            ),
            "last_day",
        )

    def action_mode(self) -> None:
        """Change between planned and immediate."""
        now_immediate = self.chosen.get("mode", "planned") == "planned"
        self.choose("mode", "immediate" if now_immediate else "planned")

    def action_two_person(self) -> None:
        """Have a second person confirm each step, or not; an open case keeps to what it has."""
        if self.open_case is not None:
            message = "whether a second person confirms was chosen when the case was started"
            hint = "it stays so until that case is closed"
            self.safehands.tell_error(RefusedError(message, hint))
            return
        self.choose("two_person", not self.place.get("two_person", False))

    def action_successors(self) -> None:
        """Name who takes over each role, and the rest."""
        day = self.place.get("last_day") or str(self.person.last_day or self.desk.today)
        fields = successor_fields(self.desk, self.departure(last_day=day))

        def job(session: Session, answers: Answers) -> dict[Id, Id]:
            named = successors_of(session.registry, fields, answers)
            plan_of(session, self.departure(successors=named))
            return named

        self.put(
            AskScreen(
                f"Who takes over from {self.name_shown}?",
                fields,
                job,
                lambda named: self.choose("successors", named),
                about=HOW,
                yes="Plan with these",
            ),
            "successors",
        )


def plan_of(session: Session, departure: Departure) -> Plan:
    """Return the plan for what is left of a departure from now on; raises as `plan` does."""
    return plan_departure(session.registry, departure, session.env.now())
