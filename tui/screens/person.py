"""The page about one person: what they hold, and what would be lost if they left now."""

from __future__ import annotations

from typing import Any

from tui.commands import bindings_of
from tui.gone_rows import GONE_COLUMNS, gone_rows
from tui.merging import Found, aliases, has_namesake, merging_form, merging_sections
from tui.opening import page_about
from tui.record_forms import person_form
from tui.rows import about_part, cases_part, history_part
from tui.screens.confirm import ConfirmScreen
from tui.screens.detail import DetailPage, Part, Row, columns
from tui.screens.look import LookScreen
from tui.tie_forms import assignment_form
from tui.widgets.sheet import in_title, section
from vault.domain.holders import holders_here
from vault.domain.person import Person
from vault.domain.role import Assignment
from vault.reports.plan.words import TIES
from vault.services.access import what_they_hold
from vault.services.editing import edit_record
from vault.services.offboarding import open_case_of
from vault.services.people import merge_people
from vault.services.roles import end_assignment
from vault.services.session import Session

ROLE_COLUMNS = columns(("role", 18, 2), ("since", 10), ("until", 10), ("others", 14, 2, 1))
TIE_COLUMNS = columns(("kind", 20), ("on", 18, 2), ("only they", 9))
ACCESS_COLUMNS = columns(("account", 20, 2), ("as", 8), ("because", 20, 3, 1))


class PersonPage(DetailPage):
    """One person; their id is in `ids`."""

    NAME = "person"
    PLACE = "people"
    BINDINGS = bindings_of("person")

    @property
    def person(self) -> Person:
        """The person as recorded now."""
        return self.desk.registry.person(self.id_shown)

    def heading(self) -> tuple[str, str]:
        """Return the name, and what matters most in one line."""
        registry, person, at = self.desk.registry, self.person, self.desk.now
        if person.one_with:
            return person.name, f"is one person with {registry.name_of(person.one_with)}"
        also = ", ".join(aliases(registry, person))
        merge = self.safehands.preferences.press("person.merge")
        told = [
            person.mail,
            person.status(at),
            f"last day {person.last_day}" if person.last_day else "",
            "can open the vault" if person.is_member(at) else "",
            f"also known as {also}" if also else "",
            f"! listed twice? {merge}" if has_namesake(registry, person) else "",
        ]
        return person.name, " · ".join(filter(None, told))

    def parts(self) -> tuple[Part, ...]:
        """Return what they hold and get into, what if they were gone, and what happened."""
        about = self.id_shown
        return (
            Part(
                "roles",
                "Roles",
                ROLE_COLUMNS,
                self._roles,
                "they hold none; a gives one",
                add=self._give,
                end=self._take,
            ),
            Part(
                "ties",
                "Ties",
                TIE_COLUMNS,
                self._ties,
                "nothing ties an account to them",
                quick=False,
            ),
            Part(
                "gets",
                "Gets into",
                ACCESS_COLUMNS,
                self._gets_into,
                "they get into nothing",
                quick=False,
            ),
            Part(
                "gone",
                "Gone tonight",
                GONE_COLUMNS,
                self._gone,
                "nothing would be lost, and nothing rest on too few",
                quick=False,
            ),
            about_part(about, lambda: self.desk.now),
            history_part(about),
            cases_part(lambda: self.desk.now, person=about),
        )

    def _gone(self, session: Session) -> list[Row]:
        return gone_rows(session.registry, "person", self.id_shown, self.desk.now)

    def _roles(self, session: Session) -> list[Row]:
        registry, at = session.registry, self.desk.now
        found = []
        for each in registry.assignments_of.get(self.id_shown, ()):
            others = sorted(
                registry.name_of(other)
                for other in holders_here(registry, each.role, at)
                if other != self.id_shown
            )
            until = str(each.until.date()) if each.until else ""
            over = each.is_over(at)
            held = "" if over else ", ".join(others) or "nobody else"
            cells = (registry.name_of(each.role), str(each.since.date()), until, held)
            record = "" if over else each.id
            row = Row(each.id, cells, opens=("role", each.role), record=record)
            found.append((over, row.cells[0], row))
        return [row for _, _, row in sorted(found, key=lambda each: each[:2])]

    def _ties(self, session: Session) -> list[Row]:
        registry = session.registry
        held = what_they_hold(registry, self.person, self.desk.now)
        return [
            Row(
                f"{tie.kind} {tie.account} {tie.target}",
                (
                    TIES[tie.kind],
                    registry.name_of(tie.account) if tie.account else tie.why[0],
                    "only they" if tie.sole else "",
                ),
                (section("Because", tie.why, "-"),),
                opens=("account", tie.account) if tie.account else None,
            )
            for tie in held.ties
        ]

    def _gets_into(self, session: Session) -> list[Row]:
        registry = session.registry
        held = what_they_hold(registry, self.person, self.desk.now)
        return [
            Row(
                account,
                (registry.name_of(account), level, why[-1] if why else ""),
                (section("Because", why, "-"),),
                opens=("account", account),
            )
            for account, level, why in held.controls
        ]

    def _give(self) -> None:
        registry, now = self.desk.registry, self.desk.now
        self.fill_in(assignment_form(registry, now, self._saved, person=self.id_shown), "add_here")

    def _take(self, row: Row) -> None:
        registry = self.desk.registry
        record = registry.find(row.record)
        if isinstance(record, Assignment):
            title = f"Does {self.person.name} no longer hold the role {row.cells[0]}?"
            text = "From now on. What they could know of its accounts stays on record."
            self.ask(title, text, yes="Taken", job=lambda session: end_assignment(session, record))

    def _saved(self, _: Any) -> None:
        self.done("Saved.")

    def edit_record(self) -> None:
        """Edit what is known of the person."""
        self.fill_in(
            person_form(self.desk.registry, self.desk.now, self._saved, self.person), "edit"
        )

    def end_record(self) -> None:
        """People do not end; they leave."""
        self.safehands.tell("People leave by a departure.")
        self.action_departure()

    def action_departure(self) -> None:
        """Plan their departure."""
        self.safehands.open(page_about("departure", self.id_shown))

    def action_stay(self) -> None:
        """Call their departure off."""
        person = self.person

        def stay() -> None:
            self.work(lambda session: edit_record(session, person, last_day=None), self._stays)

        text = f"Their last day, {person.last_day}, is taken back. What was cut for it stays cut."
        title = f"Does {in_title(person.name)} stay?"
        self.put(ConfirmScreen(title, text, yes="They stay", then=stay))

    def _stays(self, person: Person) -> None:
        stop = self.safehands.preferences.press("case.stop")
        case = open_case_of(self.desk.registry, person.id)
        self.done(f"They stay. {stop} ends the case of their departure." if case else "They stay.")

    def action_merge(self) -> None:
        """Ask for another record of the same person, and show what moves before it does."""
        self.fill_in(merging_form(self.desk.registry, self.person, self._look_at_merging), "merge")

    def _look_at_merging(self, found: Found) -> None:
        person, other = self.person, found.other
        sections = merging_sections(self.desk.registry, person, found, self.desk.now)
        title = f"{in_title(other.name)} is {in_title(person.name)}"
        said = f"One person now: {person.name}, also known as {other.name}."

        def make() -> None:
            self.do(lambda session: merge_people(session, person, other), said)

        self.put(LookScreen(title, *sections, answers={"Make them one": make}))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to call off only a departure that is recorded, and to merge only who stands."""
        if self.is_mounted and self.desk.is_open:
            if action == "stay":
                return self.person.last_day is not None
            if action == "merge":
                return not self.person.one_with
        return super().check_action(action, parameters)

    def action_tonight(self) -> None:
        """See what would be lost if they left now."""
        self.go_to_part("gone")
