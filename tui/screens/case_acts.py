"""What can be done about the steps of a case: each act asks what it needs, and is one service."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from tui.case_kinds import named, title_of_verdict
from tui.fields import Answers, Field
from tui.screens.ask import AskScreen
from tui.screens.confirm import ConfirmScreen
from tui.screens.proving import Proving
from tui.screens.read import ReadScreen
from tui.widgets.sheet import Section, section
from vault.domain.case_ending import verdict_of_deeds
from vault.domain.cases import Case, Progress
from vault.domain.casework import subject
from vault.domain.counting import several
from vault.domain.ids import Id
from vault.domain.instructions import title
from vault.domain.naming import resolve
from vault.domain.person import Person
from vault.domain.verdict import Verdict
from vault.domain.wording import in_words
from vault.reports import case as report
from vault.services.case_ending import close_case
from vault.services.cases import (
    apply_step,
    block_step,
    note_case,
    on_each,
    verify_step,
    waive_step,
)
from vault.services.plan_files import file_name, save_case
from vault.services.preparing import (
    label_for,
    mailbox_to_prove,
    make_secret,
    secret_to_store,
    store_secret,
)
from vault.services.session import Session

OnStep = Callable[[Session, Case, str], Case]
"""Does one act on the step with that id."""

SEEN = Field("seen", "What was seen, or where the proof is", help="may stay empty")


class CaseActs(Proving):
    """The acts of a case's page; the page says which steps are meant, and goes on afterwards."""

    @property
    def case(self) -> Case:
        """The case as it is now."""
        return self.desk.registry.get(self.ids[0], Case)

    def chosen(self) -> Sequence[Progress]:
        """Return the steps that an act is about."""
        raise NotImplementedError

    def current(self) -> Progress | None:
        """Return the step that is shown."""
        raise NotImplementedError

    def go_on(self, step: str) -> None:
        """Show what there is to do after something was done about a step."""
        raise NotImplementedError

    # One act on one step, or on all that are marked

    def action_apply(self) -> None:
        """Record that the step was done."""

        def act(session: Session, answers: Answers) -> OnStep:
            by = self._person(session, answers.text("by"))
            return lambda s, case, step: apply_step(s, case, step, by, answers.text("seen"))

        self._ask(
            "Record as done", [SEEN, self._who("by", "Who did it")], act, "apply", yes="Applied"
        )

    def action_verify(self) -> None:
        """Record that somebody saw that the step worked."""

        def act(session: Session, answers: Answers) -> OnStep:
            by = self._person(session, answers.text("by"))
            return lambda s, case, step: verify_step(s, case, step, by, answers.text("seen"))

        two = (p for p in self.chosen() if self.case.two_person or p.step.two_person)
        self._ask(
            "Record that it works",
            [SEEN, self._who("by", "Who saw it", but={p.applied_by for p in two})],
            act,
            "verify",
            yes="Verified",
        )

    def action_wait(self) -> None:
        """Record that the step has to wait for a day."""
        today = self.desk.today
        reason = Field("reason", "What it waits for")
        day = Field("day", "Until", "day", str(today), "YYYY-MM-DD", first=today)

        def act(_session: Session, answers: Answers) -> OnStep:
            until = answers.needed_day("day")
            return lambda s, case, step: block_step(s, case, step, answers.text("reason"), until)

        self._ask("Wait until a day", [reason, day], act, "wait", yes="Wait")

    def action_block(self) -> None:
        """Record that the step cannot be done."""
        reason = Field("reason", "What stands in the way", "text")

        def act(_session: Session, answers: Answers) -> OnStep:
            return lambda s, case, step: block_step(s, case, step, answers.text("reason"))

        about = "It stays so until the plan is made again."
        self._ask("This cannot be done", [reason], act, "block", yes="Cannot", about=about)

    def action_waive(self) -> None:
        """Record that the step will not be done."""
        two = (p for p in self.chosen() if self.case.two_person or p.step.two_person)
        did = {p.applied_by for p in two if p.applied_by}
        me = {self.desk.session.person} if did else set[Id]()
        fields = [
            Field("reason", "Why it is not needed", "text"),
            self._who("approver", "Who answers for that", but=did | me),
        ]

        def act(session: Session, answers: Answers) -> OnStep:
            approver = self._person(session, answers.text("approver"))
            return lambda s, case, step: waive_step(s, case, step, answers.text("reason"), approver)

        about = "What it would have cut stays open, and the verdict says so."
        self._ask("Waive this", fields, act, "waive", yes="Waive", about=about)

    def action_note(self) -> None:
        """Keep a remark with the step."""

        def act(_session: Session, answers: Answers) -> OnStep:
            return lambda s, case, step: note_case(s, case, answers.text("text"), step)

        self._ask(
            "Keep a remark",
            [Field("text", "What is to be remembered", "text")],
            act,
            "note",
            yes="Keep",
        )

    def _ask(
        self,
        what: str,
        fields: Sequence[Field],
        act: Callable[[Session, Answers], OnStep],
        again: str,
        *,
        yes: str,
        about: str = "",
    ) -> None:
        """Ask what an act needs, then do it on each chosen step; what was done before stays."""
        steps = [p.step for p in self.chosen()]
        if not steps:
            return
        one = title(self.desk.registry, steps[0])
        named = one if len(steps) == 1 else several(len(steps), "marked step")

        def job(session: Session, answers: Answers) -> str:
            on_each(session, self.case, [step.id for step in steps], act(session, answers))
            return steps[-1].id

        about = f"{named}. {about}".strip()
        asked = AskScreen(what, fields, job, self.go_on, about=about, yes=yes)
        self.put(asked, again)

    def _who(self, name: str, label: str, but: Collection[Id] = ()) -> Field:
        """Ask for somebody who stays; not for those who could only be refused."""
        registry, now = self.desk.registry, self.desk.now
        others = (p for p in registry.all(Person) if p.id not in {self.case.person, *but})
        me = self.desk.session.person
        names = {name: name for name in sorted(p.name for p in others if p.stays(now))}
        value = registry.name_of(me) if me and me not in but else ""
        return Field(name, label, value=value, choices=lambda: names)

    def _person(self, session: Session, typed: str) -> Id:
        me = session.person
        if me and typed == session.registry.name_of(me):
            return me  # also where somebody else has the same name
        return resolve(session.registry, Person, typed).id

    # What a step wants first

    def action_prepare(self) -> None:
        """Make or store what the step wants in the vault first."""
        progress, registry, now = self.current(), self.desk.registry, self.desk.now
        if progress is None:
            return
        step, mailbox = progress.step, mailbox_to_prove(registry, progress, now)
        wanted, label = secret_to_store(registry, progress, now), label_for(registry, step)
        if mailbox is not None:
            self.prove(mailbox, "prepare", lambda: self._proven(step.id))
        elif wanted in ("password", "pin"):
            made = wanted
            self.work(
                lambda session: make_secret(session, step.account, made, label),
                lambda _: self._stored(),
            )
        elif wanted is not None:
            kind = wanted
            field = Field("secret", f"The new {in_words(kind)}, as the platform shows it", "secret")
            self.put(
                AskScreen(
                    f"Store the new {in_words(kind)}",
                    [field],
                    lambda session, answers: store_secret(
                        session, step.account, kind, answers.secret("secret"), label
                    ),
                    lambda _: self._stored(),
                    about=title(registry, step),
                )
            )
        else:
            self.safehands.tell("This step wants nothing stored first.")

    def _stored(self) -> None:
        self.show()

    def _proven(self, step: str) -> None:
        self.safehands.tell("The mailbox is proven; now record the step as done.")
        self.place["step"] = step
        self.show()

    # The case as a whole

    def action_verdict(self) -> None:
        """Show the verdict on what was done so far."""

        def read(verdict: Verdict) -> None:
            sections = self.verdict_sections(verdict)
            self.put(ReadScreen(title_of_verdict(self.desk.registry, self.case), *sections))

        self._judge(read)

    def action_close_case(self) -> None:
        """Close the case, after a look at the verdict on what was really done."""
        case = self.case

        def close() -> None:
            self.work(lambda session: close_case(session, case), self._tell_closed)

        def ask(verdict: Verdict) -> None:
            sections = self.verdict_sections(verdict)
            told = [f"{lead} {text}" for each in sections for lead, text in each.lines]
            about = named(self.desk.registry, case)
            title = f"Close {about}?" if case.person else f"Is it over, {about}?"
            question = ConfirmScreen(title, *told, yes="Close the case", then=close)
            self.put(question)

        self._judge(ask)

    def _tell_closed(self, closed: tuple[Case, Verdict]) -> None:
        case, verdict = closed
        told = report.closing_words(self.desk.registry, case, verdict)
        self.show()
        sections = self.verdict_sections(verdict)
        self.put(ReadScreen(told, *sections), then=lambda _: self.action_export())

    def _judge(self, then: Callable[[Verdict], None]) -> None:
        case = self.case

        def job(session: Session) -> Verdict:
            at = case.closed_at or session.env.now()
            return verdict_of_deeds(session.registry, case, at)

        self.work(job, then)

    def verdict_sections(self, verdict: Verdict) -> list[Section]:
        """Return the verdict on deeds as sections of a sheet."""
        registry, case = self.desk.registry, self.case
        left = () if case.was_given_up else verdict.remaining
        parts = [
            ("✓" if each.is_good else "✗", f"{each.name}: {each.meaning}")
            for each in report.judgements(registry, case, verdict)
            if case.person or not left or case.was_given_up  # else what is left says it all
        ]
        chains = (" -> ".join(each.why) for each in left)
        return [Section("", parts), section("What is left", chains, "✗")]

    def action_export(self) -> None:
        """Write the case with its evidence, or what is left of it, to a new file."""
        case = self.case
        name = file_name("case", subject(self.desk.registry, case))
        path = Field("path", "File", value=name)

        def job(session: Session, answers: Answers) -> Path:
            return save_case(session, case, Path(answers.text("path")))

        self.put(
            AskScreen(
                "Write the case to a file",
                [path],
                job,
                lambda written: self.safehands.tell(f"Written to {written}."),
                about=".md: all steps with their evidence."
                + " .html, .ics: what is left, as a page or for a calendar." * bool(case.person),
                yes="Write",
            ),
            "export",
        )
