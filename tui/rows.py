"""Rows of detail pages that several kinds of record share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from tui.case_kinds import day_of, kind_of
from tui.screens.detail import Part, Row, columns
from tui.widgets.sheet import Section, section
from vault.domain.account import Account
from vault.domain.cases import Case
from vault.domain.casework import next_steps, steps_done, subject
from vault.domain.counting import several
from vault.domain.ids import Id
from vault.domain.instructions import title
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.spell import Spells
from vault.domain.telling import NOT_FOR_PEOPLE, label_by_id, value_in_words
from vault.domain.wording import in_words
from vault.services.history import Happened, history
from vault.services.session import Session

ACCOUNT_COLUMNS = columns(("account", 18, 2), ("name", 12, 2, 2), ("state", 8, 0, 1))


def account_row(account: Account) -> Row:
    """Return the row of an account."""
    cells = (account.label, account.display_name, account.state)
    return Row(account.id, cells, opens=("account", account.id))


def facts(registry: Registry, record: Record, at: datetime) -> list[Row]:
    """Return a row for each field of a record that says something."""
    told = [
        (in_words(name), value_in_words(registry, getattr(record, name), at))
        for name in record.__struct_fields__
        if name not in NOT_FOR_PEOPLE and name != "id"
    ]
    return [
        Row(name, (name, value), (section("", [value]),) if len(value) > 30 else ())  # noqa: PLR2004  # it may be cut
        for name, value in told
        if value
    ]


def tree(lines: Sequence[tuple[int, str]]) -> Section:
    """Return a derivation as a tree, the conclusion first."""
    return Section(
        "Because",
        [(f"{'   ' * (depth - 1)}{'└─' * bool(depth)}", text) for depth, text in lines],
    )


def spell_rows(registry: Registry, how: str, spells: Spells, at: datetime) -> Iterator[Row]:
    """Yield a row for each spell of something the record hangs on, what holds now first."""
    for spell in sorted(spells, key=lambda s: (not s.holds(at), s.since)):
        record = registry.find(spell.of)
        kind = type(record).__name__.lower()
        cells = (
            how,
            registry.name_of(spell.of),
            str(spell.since.date()),
            str(spell.until.date()) if spell.until else "",
        )
        yield Row(
            f"{how} {spell.of} {spell.since}",
            cells,
            opens=(kind, spell.of) if record else None,  # type: ignore[arg-type]  # each has a page
        )


def about_part(record_id: Id, now: Callable[[], datetime]) -> Part:
    """Return the part that says what is recorded of a record itself, as of `now`."""

    def rows(session: Session) -> list[Row]:
        registry = session.registry
        return facts(registry, registry.get(record_id, Record), now())

    return Part("about", "About", columns(("what", 14), ("is", 20, 1)), rows, "")


def history_part(record_id: Id) -> Part:
    """Return the part that says what happened to a record."""

    def rows(session: Session) -> list[Row]:
        registry = session.registry
        return [_happened(registry, each) for each in history(session, record_id)]

    form = columns(("when", 16), ("who", 12, 1), ("what", 16, 1), ("about", 14, 2, 1))
    return Part("history", "History", form, rows, "nothing is known to have happened", quick=False)


def _happened(registry: Registry, happened: Happened) -> Row:
    line = happened.line
    lines = [
        f"{change.name}: {change.before or 'nothing'} → {change.after or 'nothing'}"
        for change in happened.changes
    ]
    about = ", ".join(dict.fromkeys(label_by_id(registry, each) for each in line.records[:5]))
    told = (section("What it changed", lines), section("Note", [line.note] if line.note else []))
    cells = (
        line.at.strftime("%Y-%m-%d %H:%M"),
        line.author,
        line.act.replace(".", " ", 1),
        line.note or about,
    )
    return Row(str(line.seq), cells, told)


def cases_part(now: Callable[[], datetime], account: Id = "", person: Id = "") -> Part:
    """Return the part that lists the cases with a step on an account, or about a person."""
    form = columns(("case", 24, 2), ("by", 10), ("done", 7), ("next", 16, 2, 1))

    def rows(session: Session) -> list[Row]:
        found = _cases_with(session.registry, account, person)
        return [_case(session.registry, each, now()) for each in found]

    return Part("cases", "Cases", form, rows, "no case is about it")


def _case(registry: Registry, case: Case, at: datetime) -> Row:
    done, every = steps_done(case)
    following = next(iter(next_steps(case, at)), None)
    state = (
        case.ended_as if case.closed_at else title(registry, following.step) if following else ""
    )
    name = f"{kind_of(case)} {subject(registry, case)}"
    cells = (name, str(day_of(case) or ""), f"{done}/{every}", state)
    told = (section("", [f"{several(every - done, 'step')} to do"]),)
    return Row(case.id, cells, told, opens=("case", case.id))


def _cases_with(registry: Registry, account: Id, person: Id) -> list[Case]:
    """Those cases, the newest first."""
    found = [
        case
        for case in registry.all(Case)
        if (person and case.person == person)
        or (account and any(each.step.account == account for each in case.progress))
    ]
    return sorted(found, key=lambda case: case.opened_at, reverse=True)
