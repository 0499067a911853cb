"""Starting rotations: a look at the plan first, then a case for each secret, as a queue."""

from __future__ import annotations

from collections.abc import Sequence

from tui.opening import page_about
from tui.plans import Look, refusals, rotation_sections, rotation_title
from tui.screens.keeping import Keeping
from tui.screens.look import LookScreen
from tui.screens.read import ReadScreen
from tui.widgets.sheet import section
from vault.domain.counting import several
from vault.domain.ids import Id
from vault.domain.rotation import before_others
from vault.domain.rotation_policy import Policy
from vault.domain.rotation_steps import plan_rotation
from vault.errors import RefusedError
from vault.services.rotation import Begun, Target, start_queue, targets_of
from vault.services.session import Session


class Rotating(Keeping):
    """A page from which secrets are changed; it says in `asked_about` of which accounts."""

    def asked_about(self) -> tuple[Id, ...]:
        """Return the accounts that an act is about; where there are none, say so."""
        raise NotImplementedError

    def targets(self) -> Sequence[Target]:
        """Return what is to be changed, in the order to do it: what one logs in with."""
        registry, now = self.desk.registry, self.desk.now
        accounts = [registry.account(each) for each in self.asked_about()]
        accounts.sort(key=lambda each: before_others(registry, each, now))
        return [target for each in accounts for target in targets_of(registry, each, now)]

    def action_rotate(self) -> None:
        """Show what changing the secrets takes, then start."""
        targets, policy = self.targets(), self.desk.policy
        if targets:
            self.work(lambda session: _looks(session, targets, policy), self._look_at_rotations)

    def _look_at_rotations(self, looks: Sequence[Look]) -> None:
        registry, refused = self.desk.registry, looks[0].refusal
        if len(looks) == 1 and refused is not None:
            self.safehands.tell_error(refused)
            return
        sections = rotation_sections(registry, looks, self.safehands.preferences.here)
        can_start = [each.target for each in looks if each.plan is not None]
        answers = {"Start": lambda: self._start_rotations(can_start)} if can_start else {}
        self.put(LookScreen(rotation_title(registry, looks), *sections, answers=answers))

    def _start_rotations(self, targets: Sequence[Target]) -> None:
        policy = self.desk.policy
        self.work(lambda s: list(start_queue(s, targets, policy)), self.rotations_begun)

    def rotations_begun(self, begun: Sequence[Begun]) -> None:
        """Open the case of one; of several, say how many there are and what was refused."""
        cases = [each.case for each in begun if each.case is not None]
        self.done()
        if len(begun) == 1 and cases:
            self.safehands.open(page_about("case", cases[0].id))
            return
        here = self.safehands.preferences.here
        where = self.safehands.preferences.press("go.cases")
        first = [f"They are in {where}, each to be carried on by itself."] if cases else []
        self.put(
            ReadScreen(
                f"{several(len(cases), 'rotation')} begun",
                section("", first),
                refusals(self.desk.registry, ((b.target, b.refusal) for b in begun), here),
            )
        )


def _looks(session: Session, targets: Sequence[Target], policy: Policy) -> list[Look]:
    registry, now = session.registry, session.env.now()
    looks = []
    for each in targets:
        try:
            plan = plan_rotation(
                registry, each.account, each.credential, at=now, by=session.person, policy=policy
            )
            looks.append(Look(each, plan))
        except RefusedError as error:
            looks.append(Look(each, refusal=error))
    return looks
