"""Two records of one person: who is asked about, and what it moves to make them one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from tui.choices import shown
from tui.fields import Answers, Choices, Field, by_name
from tui.screens.form import FormScreen
from tui.widgets.sheet import Section, in_title, section
from vault.domain.cases import Case
from vault.domain.counting import several
from vault.domain.credential import Exposure
from vault.domain.factor import Factor
from vault.domain.grant import Grant
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.merging import Right
from vault.domain.naming import folded
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.review import ReviewedTie
from vault.domain.role import Assignment
from vault.domain.seat import Seat
from vault.domain.telling import label_of
from vault.services.history import differences
from vault.services.people import look_at_merging, namesakes
from vault.services.session import Session

MOST_NAMED: Final = 12
"""How many records of a kind are named; of the others it is said how many there are."""

_NOUNS: Final[Mapping[type[Record], tuple[str, str]]] = {
    Assignment: ("role", ""),
    Seat: ("seat", ""),
    Grant: ("connected tool", ""),
    Factor: ("second factor", ""),
    Mailbox: ("mailbox", ""),
    Phone: ("phone", ""),
    Person: ("person who reports to them", "people who report to them"),
    Exposure: ("secret that they saw", "secrets that they saw"),
    Case: ("case that is over", "cases that are over"),
    ReviewedTie: ("tie that was reviewed", "ties that were reviewed"),
}


class Found(NamedTuple):
    """Whose record it is too, and what would change, as it would be then."""

    other: Person
    changed: Sequence[Record]


def merging_form(registry: Registry, keep: Person, then: Callable[[Found], None]) -> FormScreen:
    """Return the form that asks whose other record is of somebody; it writes nothing."""
    choices = _others(registry, keep)
    alike = {each.id for each in namesakes(registry, keep) if not each.one_with}
    likely = [name for name, person in choices.items() if person in alike]

    def job(session: Session, answers: Answers) -> Found:
        answers.needed("other")
        named = answers.record("other", by_name(session.registry, Person))
        answers.wrong = "other"
        other = session.registry.person(named)
        return Found(other, look_at_merging(session, keep, other))

    title = f"Who is the same person as {in_title(keep.name)}?"
    told = f"All that is theirs becomes that of {in_title(keep.name)}, after a look at it."
    value = likely[0] if len(likely) == 1 else ""
    field = Field("other", "Is also listed as", "one", value, told, lambda: choices)
    return FormScreen(title, [field], job, then, yes="Look")


def _others(registry: Registry, keep: Person) -> Choices:
    """Everybody else, those who left as well, with what tells namesakes apart."""
    people = [p for p in registry.all(Person) if not p.one_with and p.id != keep.id]
    people.sort(key=lambda p: folded(p.name))
    names = Counter(shown(registry, p.id) for p in people)
    found: dict[str, Id] = {}
    for each in people:
        name = shown(registry, each.id)
        is_alone = names[name] == 1 and folded(name) != folded(keep.name)
        full = name if is_alone else f"{name} ({in_title(each.mail) or each.id[:8]})"
        found[full if full not in found else f"{name} ({each.id[:8]})"] = each.id
    return found


def merging_sections(registry: Registry, keep: Person, found: Found, at: datetime) -> list[Section]:
    """Return what becomes of the two, and what moves, kind by kind."""
    other, after = found.other, {each.id: each for each in found.changed}
    given = differences(registry, keep, after.pop(keep.id), at)
    after.pop(other.id)
    moved = [(old, new) for key, new in after.items() if (old := registry.find(key)) is not None]
    stays = f"{other.name} is what else {keep.name} is called: any list by that name means them."
    return [
        section("", [stays, *(["Nothing else was theirs."] if not moved else [])]),
        section(
            f"{keep.name} is given",
            (f"{each.name}: {each.after or 'nothing'}" for each in given),
            "-",
        ),
        *(_of_kind(registry, other, kind, moved) for kind in _NOUNS),
    ]


def _of_kind(
    registry: Registry, other: Person, kind: type[Record], moved: Sequence[tuple[Record, Record]]
) -> Section:
    names = sorted(_told(registry, other, old, new) for old, new in moved if isinstance(old, kind))
    more = [f"and {len(names) - MOST_NAMED:,} more"] * (len(names) > MOST_NAMED)
    return section(several(len(names), *_NOUNS[kind]), [*names[:MOST_NAMED], *more], "-")


def _told(registry: Registry, other: Person, old: Record, new: Record) -> str:
    name = label_of(registry, old).removeprefix(f"{other.name}: ")
    if isinstance(old, Right) and isinstance(new, Right):
        if (old.since, old.until) != (new.since, new.until):
            left = "one" if isinstance(old, Assignment) else "the stronger one"
            return f"{name}: both have it, and {left} is left"
        return f"{name}, until {old.until:%Y-%m-%d}" if old.until else name
    return name


def aliases(registry: Registry, person: Person) -> list[str]:
    """Return what else somebody is called, by the records that were found to be theirs."""
    return sorted(each.name for each in registry.all(Person) if each.one_with == person.id)


def has_namesake(registry: Registry, person: Person) -> bool:
    """Say whether somebody of the same name may be the same person: no two keys of a list say no.

    Addresses tell nothing: of a company that changes its domain all are others.
    """
    return any(
        not (each.one_with or (each.external_id and person.external_id))
        for each in namesakes(registry, person)
    )
