"""What is to become of accounts: kept, revived, consolidated or closed; one, or several at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, cast

from tui.choices import records
from tui.fields import Answers, Field, by_name
from tui.opening import page_about
from tui.plans import closing_sections, closing_title
from tui.screens.ask import AskScreen
from tui.screens.asking import Asking
from tui.screens.form import FormScreen
from tui.screens.keeping import Keeping
from tui.screens.look import LookScreen
from tui.widgets.sheet import in_title
from vault.domain.account import Account
from vault.domain.cases import Case
from vault.domain.counting import few, several
from vault.domain.deactivation import PREPARE_DAYS, Closing, Handle, Wish
from vault.domain.decision import Decision
from vault.domain.fate import open_closings
from vault.domain.ids import Id
from vault.services.deactivation import planned, start_closing
from vault.services.deciding import Choice, decide_on
from vault.services.session import Session

"""How many accounts a title names; the others are counted."""

_FATES: dict[str, Handle] = {"let it go": "free", "keep it": "park"}


class Fates(Keeping):
    """A page from which it is decided about accounts; it says in `asked_about` about which.

    What was answered last is offered again, so that the next account takes one key and enter.
    """

    _last = Choice(what="keep")
    _cadence = 14
    _wish = Wish()

    def asked_about(self) -> tuple[Id, ...]:
        """Return the accounts that an act is about; where there are none, say so."""
        raise NotImplementedError

    def decided(self, about: Collection[Id], said: str = "") -> None:
        """Show that it is decided about accounts, and what comes next."""
        self.done(said or f"Decided: {several(len(about), 'account')}.")

    def action_keep(self) -> None:
        """Keep the accounts until a day, for a reason."""
        last, today = self._last, self.desk.today
        until = last.until or today + timedelta(days=365)
        fields = (
            Field("reason", "What for", value=last.reason),
            Field("until", "Until", "day", str(until), "YYYY-MM-DD", first=today),
        )

        def choice(_: Session, answers: Answers) -> Choice:
            day = answers.needed_day("until")
            self._last = Choice(what="keep", until=day, reason=answers.text("reason"))
            return self._last

        self._ask_about("Keep", AskScreen, fields, choice, "keep")

    def action_revive(self) -> None:
        """Have the accounts post again, so often."""
        asked = Field("cadence", "A post every so many days", "number", str(self._cadence))

        def choice(_: Session, answers: Answers) -> Choice:
            answers.needed("cadence")
            self._cadence = answers.number("cadence") or self._cadence
            return Choice(what="revive", cadence_days=self._cadence)

        self._ask_about("Revive", AskScreen, [asked], choice, "revive")

    def action_consolidate(self) -> None:
        """Have the accounts go on in another one."""
        registry = self.desk.registry
        last = registry.name_of(self._wish.into) if self._wish.into else ""
        asked = Field("into", "Into", "one", last, "The account that stays.", self._accounts())

        def choice(session: Session, answers: Answers) -> Choice:
            answers.needed("into")
            into = answers.record("into", by_name(session.registry, Account))
            self._wish = Wish(into=into)
            return Choice(what="consolidate", into=into)

        self._ask_about("Consolidate", FormScreen, [asked], choice, "consolidate")

    def _accounts(self) -> Any:
        return records(self.desk.registry, self.desk.now, Account)

    def _ask_about(
        self, what: str, kind: type[Asking], fields: Sequence[Field], choice: Any, again: str
    ) -> None:
        chosen = self.asked_about()
        if not chosen:
            return

        def job(session: Session, answers: Answers) -> Sequence[Decision]:
            return decide_on(session, chosen, choice(session, answers))

        title = f"{what} {self.named(chosen)}"
        asked = kind(title, fields, job, lambda _: self.decided(chosen), yes=what)
        if isinstance(asked, FormScreen):
            self.fill_in(asked, again)
        else:
            self.put(asked, again)

    def named(self, chosen: Sequence[Id]) -> str:
        """Return the accounts as a title names them."""
        return few([*map(in_title, sorted(map(self.desk.registry.name_of, chosen)))])

    # Closing

    def being_closed(self, chosen: Collection[Id]) -> list[str]:
        """Say of each of the accounts that a case is closing where it is recorded as closed."""
        where = f"{self.safehands.preferences.press('go.cases')}. What is done there stays with it."
        closings = open_closings(self.desk.registry)
        names = (self.desk.registry.name_of(each) for each in chosen if each in closings)
        return [f"A case is closing {name}: {where}" for name in names]

    def action_close_account(self) -> None:
        """Show what closing the accounts takes, then start or only decide."""
        chosen = self.asked_about()
        if chosen:
            self._plan(chosen, Wish())

    def _plan(self, chosen: tuple[Id, ...], wish: Wish) -> None:
        def job(session: Session) -> Sequence[Closing]:
            return planned(session.registry, chosen, wish, session.env.now())

        self.work(job, lambda plans: self._look_at_closings(chosen, wish, plans))

    def _look_at_closings(
        self, chosen: tuple[Id, ...], wish: Wish, plans: Sequence[Closing]
    ) -> None:
        registry = self.desk.registry
        sections = closing_sections(registry, plans, self.safehands.preferences.here)
        answers = {"Start": lambda: self._start_closings(chosen, wish)}
        intos = {each.into for each in plans}
        if len(intos) == 1:
            answers["Only decide"] = lambda: self._only_decide(chosen, intos.pop())
        answers["Otherwise"] = self.action_close_how
        self.put(LookScreen(closing_title(registry, plans), *sections, answers=answers))

    def _only_decide(self, chosen: tuple[Id, ...], into: Id) -> None:
        choice = Choice(what="consolidate" if into else "deactivate", into=into)
        self.work(
            lambda session: decide_on(session, chosen, choice), lambda _: self.decided(chosen)
        )

    def action_close_how(self) -> None:
        """Say by when, into which account, and what becomes of the handle; then show the plan."""
        chosen, today = self.asked_about(), self.desk.today
        if not chosen:
            return
        fields = (
            Field("by", "Closed by", "day", str(today + timedelta(days=PREPARE_DAYS))),
            Field("into", "Goes on in", "one", "", "Empty: nowhere.", self._accounts()),
            Field(
                "handle",
                "The handle",
                "one",
                "let it go",
                "Keep it out of other hands, or let it go.",
                lambda: _FATES,
            ),
        )
        made = [Wish()]

        def job(session: Session, answers: Answers) -> Sequence[Closing]:
            made[0] = Wish(
                into=answers.record("into", by_name(session.registry, Account)),
                handle=cast("Handle", answers.word("handle") or "free"),
                close_by=answers.day("by"),
            )
            return planned(session.registry, chosen, made[0], session.env.now())

        def look(plans: Sequence[Closing]) -> None:
            self._look_at_closings(chosen, made[0], plans)

        title = f"How to close {self.named(chosen)}"
        self.fill_in(FormScreen(title, fields, job, look, yes="Plan"), "close_how")

    def _start_closings(self, chosen: tuple[Id, ...], wish: Wish) -> None:
        self.work(lambda session: start_closing(session, chosen, wish), self._closings_begun)

    def _closings_begun(self, made: Sequence[tuple[Case, Closing]]) -> None:
        where = self.safehands.preferences.press("go.cases")
        said = f"{several(len(made), 'closing')} begun: {where}."
        self.decided([plan.account for _, plan in made], said)
        if len(made) == 1:
            self.safehands.open(page_about("case", made[0][0].id))
