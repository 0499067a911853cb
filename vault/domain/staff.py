"""Those who stay when somebody leaves, and who of them takes over what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from vault.domain.account import Account
from vault.domain.holders import holders
from vault.domain.ids import Id
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.role import Assignment
from vault.domain.spell import current, midnight
from vault.domain.steps import Step


def absence(person: Person, at: datetime) -> str:
    """Return why somebody cannot be counted on at a moment, as a clause, or "" for who is here."""
    if person.stays(at):
        return ""
    begins = person.joined
    if begins is not None and at < midnight(begins):
        return f"does not work here yet: their first day is {begins}"
    return "does not work here any more"


def why_no_longer(registry: Registry, step: Step, at: datetime) -> str:
    """Return why a step is not for its assignee any more, as a clause, or "" where it still is.

    They left, or had the role that owns its account and were not given it again.
    """
    person, account = registry.find(step.assignee), registry.find(step.account)
    if isinstance(person, Person) and not person.stays(at):
        return absence(person, at)
    if not isinstance(account, Account):
        return ""
    roles = current(account.owner_roles, at)
    given = registry.assignments_of.get(step.assignee, ())
    held = [a for a in given if a.person == step.assignee and a.role in roles]
    if any(a.holds(at) for a in held):
        return ""
    return next((f"no longer in {registry.name_of(a.role)}" for a in held if a.since <= at), "")


class Staff:
    """Those who stay at a moment; `successors` maps role ids to person ids, "" for the rest."""

    def __init__(
        self, registry: Registry, leaver: Id, successors: Mapping[Id, Id], at: datetime
    ) -> None:
        self.registry = registry
        self.leaver = leaver
        self.successors = successors
        self.at = at
        self._departing = {case.person for case in registry.open_cases if case.person}

    def stays(self, person: Id) -> bool:
        """Say whether an id is that of somebody who stays."""
        record = self.registry.find(person)
        return isinstance(record, Person) and person != self.leaver and record.stays(self.at)

    def leaves(self, person: Id) -> bool:
        """Say whether somebody who is still here has a last day, or a departure that is open."""
        return person in self._departing or self.registry.person(person).last_day is not None

    def holders(self, role: Id) -> list[Id]:
        """Those who hold a role and stay, by name; whoever leaves later comes last."""
        held = set(filter(self.stays, holders(self.registry, role, self.at)))
        return sorted(held, key=lambda p: (self.leaves(p), self.registry.name_of(p), p))

    def takes_over(self, role: Id) -> Id:
        """Who takes over from the leaver in a role: the named successor, else another holder.

        A holder who leaves later is the last resort: nobody whose departure is open does a step.
        """
        named = self.successors.get(role)
        if named:
            return named
        holders = self.holders(role)
        lasting = [person for person in holders if not self.leaves(person)]
        return next(iter(lasting), "") or self.successors.get("", "") or next(iter(holders), "")

    def steward(self, account: Id) -> Id:
        """Who looks after an account from now on, or "" for nobody."""
        record = self.registry.account(account)
        for role in current(record.owner_roles, self.at):
            found = self.takes_over(role)
            if found:
                return found
        return self.successors.get("", "")

    def anybody(self, target: Id, to: Id) -> Id:
        """Who does a step that is on no account: whoever takes over the role it is about."""
        record = self.registry.find(target)
        role = record.role if isinstance(record, Assignment) else getattr(record, "owner", "")
        found = (self.takes_over(each) for each in (role, to, target) if each)
        return next(filter(None, found), "") or (to if self.stays(to) else "")
