"""The worklists of the place "Hygiene": their columns, rows and details, and what a row opens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tui.activity import chart, fates, last_look
from tui.widgets.listing import Column
from vault.domain.account import Account
from vault.domain.counting import several
from vault.domain.credential import LOGIN_SECRETS, Credential
from vault.domain.dormancy import Dormancy
from vault.domain.factor import Factor
from vault.domain.fate import fate, open_closings
from vault.domain.findings import Finding
from vault.domain.ids import Id
from vault.domain.instructions import called
from vault.domain.registry import Registry
from vault.domain.rotation import RotationDue
from vault.domain.rows import Filters, Rows, beginning, holding
from vault.domain.single_points import SinglePoint
from vault.domain.telling import names
from vault.domain.wording import in_words
from vault.domain.worklists import FINDING_TITLES, idle_accounts, on_dead_platforms
from vault.services.overview import Overview


@dataclass(frozen=True)
class Worklist:
    """One list. `find` may take seconds; all else is asked of a registry and a row.

    `about` is the id of the record a row opens, `detail` what is said of the row the cursor is on.
    `row_key` is what a row is known by, which says nothing of what it is about.
    """

    key: str
    title: str
    noun: str
    hint: str
    empty: str
    find: Callable[[Overview], Sequence[Any]]
    columns: Callable[[Overview], tuple[Column, ...]]
    about: Callable[[Any], Id]
    detail: Callable[[Overview, Any], tuple[str, ...]]
    filters: Callable[[Overview], Filters[Any]]
    row_key: Callable[[Any], object] = hash

    def rows(self, overview: Overview) -> Rows[Any]:
        """Return the rows, ready to be found; takes as long as `find`."""
        texts = [column.text for column in self.columns(overview)]
        filters = self.filters(overview)
        rows = Rows(self.find(overview), lambda row: " ".join(t(row) for t in texts), filters)
        rows.prepare()
        return rows


def _finding_columns(overview: Overview) -> tuple[Column, ...]:
    name = overview.registry.name_of
    return (
        Column("how bad", lambda f: f.severity, 7),
        Column("about", lambda f: name(f.about), 20, share=1),
        Column("what", lambda f: FINDING_TITLES[f.code], 41, share=1, drop=1),
    )


def _finding_detail(_overview: Overview, found: Finding) -> tuple[str, ...]:
    return (found.what, f"To do: {found.to_do}")


def _dormant_columns(overview: Overview) -> tuple[Column, ...]:
    registry, closings = overview.registry, open_closings(overview.registry)

    def decided(row: tuple[Account, Dormancy]) -> str:
        told = fate(registry, row[0], overview.at, closings.get(row[0].id))
        return told or "none yet"

    return (
        Column("account", lambda row: row[0].label, 20, share=1),
        Column("verdict", lambda row: in_words(row[1].verdict), 12),
        Column("idle days", _idle_days, 9),
        Column("owner", lambda row: _owner(registry, row[0], overview), 16, drop=1),
        Column("decision", decided, 22, share=1),
    )


def _idle_days(row: tuple[Account, Dormancy]) -> str:
    return f"{row[1].idle_days:>9,}" if row[1].idle_days is not None else ""


def _owner(registry: Registry, account: Account, overview: Overview) -> str:
    return names(registry, account.owner_roles, overview.at)


def _dormant_filters(overview: Overview) -> Filters[Any]:
    decision = _dormant_columns(overview)[-1].text
    return {"status": beginning(lambda row: row[1].verdict), "decision": holding(decision)}


def _dormant_detail(overview: Overview, row: tuple[Account, Dormancy]) -> tuple[str, ...]:
    account, found = row
    idle = "" if found.idle_days is None else f", idle for {several(found.idle_days, 'day')}"
    activity = account.last_activity
    drawn = chart(activity, overview.at) if activity else ()
    decided = next(fates(overview.registry, account, overview.at), "")
    said = f"Decided: {decided}." if decided else _DECIDE
    return (
        f"{account.label} is {in_words(found.verdict)}{idle}. {last_look(account)}",
        *drawn,
        said,
    )


_DECIDE = "To do: safehands dormant decide"  # which becomes the keys for it


def _rotation_columns(overview: Overview) -> tuple[Column, ...]:
    name = overview.registry.name_of
    return (
        Column("account", lambda r: name(r.credential.account), 20, share=2),
        Column("secret", lambda r: in_words(r.credential.what), 10, drop=2),
        Column("why", _why_rotate, 20, share=2),
        Column("due", lambda r: _due(r, overview), 12),
        Column("class", lambda r: r.terms.name, 8, drop=1),
    )


def _why_rotate(due: RotationDue) -> str:
    return f"under way; {due.why}" if due.case else due.why


def _is_debt(due: RotationDue) -> str:
    """Whether the headline's knowledge debt counts it: as often as people left who could know."""
    return "yes" if due.people and due.credential.what in LOGIN_SECRETS else "no"


def _due(due: RotationDue, overview: Overview) -> str:
    return f"{'!' if due.is_overdue(overview.at) else ' '} {due.due_at:%Y-%m-%d}"


def _rotation_detail(overview: Overview, due: RotationDue) -> tuple[str, ...]:
    label = overview.registry.name_of(due.credential.account)
    late = "should have been changed by" if due.is_overdue(overview.at) else "is to be changed by"
    said = [f"The {in_words(due.credential.what)} of {label} {late} {due.due_at:%Y-%m-%d}."]
    if due.pending is not None:
        made = f"{due.pending.made_at:%Y-%m-%d}"
        said.append(f"Version {due.pending.number} was made on {made}, and not proved by a log-in.")
    if due.people:
        names = ", ".join(person.name for person in due.people)
        seen = ", and one of them did see it" if due.seen else ""
        said.append(f"Left, and could know the current version: {names}{seen}.")
    said.append("Enter carries its case on." if due.case else _ROTATE)
    return tuple(said)


_ROTATE = "To do: safehands rotate start"


def _single_columns(overview: Overview) -> tuple[Column, ...]:
    name = overview.registry.name_of
    return (
        Column("kind", lambda p: p.kind, 7),
        Column("what", lambda p: name_of(overview.registry, p.about), 24, share=1),
        Column("hangs on", lambda p: name(p.person), 20, share=1),
    )


_SINGLE = {
    "account": (
        "Without {who}, nobody here has full control of {what}.",
        "To do: let a second person get in: a role with two holders, a mailbox two people read.",
    ),
    "role": ("Only {who} holds the role {what}.", "To do: give it to somebody else as well."),
    "mailbox": ("Only {who} reads {what}.", "To do: let somebody else read it as well."),
    "factor": ("Only {who} has the {what}.", "To do: enrol it for somebody else as well."),
}


def _single_detail(overview: Overview, point: SinglePoint) -> tuple[str, ...]:
    registry = overview.registry
    named = {"who": registry.name_of(point.person), "what": name_of(registry, point.about)}
    says, to_do = _SINGLE[point.kind]
    return (says.format(**named), to_do)


def _dead_columns(overview: Overview) -> tuple[Column, ...]:
    registry = overview.registry
    return (
        Column("account", lambda a: a.label, 20, share=1),
        Column("platform", lambda a: registry.platform(a).name, 16),
        Column("ended", lambda a: str(registry.platform(a).died_on or "gone"), 10),
        Column("owner", lambda a: _owner(registry, a, overview), 16, drop=1),
    )


def _dead_detail(overview: Overview, account: Account) -> tuple[str, ...]:
    platform = overview.registry.platform(account)
    return (
        f"{platform.name} is gone, so nobody can get into {account.label}.",
        "To do: retire all of these at once: safehands deactivate start --dead",
    )


def record_of(registry: Registry, about: Id) -> tuple[str, Id]:
    """Return the kind and id of the record to open for one that has no page of its own."""
    record = registry.find(about)
    if isinstance(record, Factor | Credential):
        return "account", record.account
    return type(record).__name__.lower(), about


def name_of(registry: Registry, about: Id) -> str:
    """Return what people call a record; what has no name of its own goes by its account as well."""
    record = registry.find(about)
    name = called(registry, about) or about[:8]
    if isinstance(record, Factor | Credential):
        return f"{name} of {registry.name_of(record.account)}"
    return name


def _no_filters(_overview: Overview) -> Filters[Any]:
    return {}


WORKLISTS: Final = {
    each.key: each
    for each in (
        Worklist(
            "findings",
            "Findings",
            "finding",
            "acme  severity:high  code:mailbox",
            "nothing is wrong with how accounts are held, as far as is recorded",
            lambda o: o.findings,
            _finding_columns,
            lambda f: f.about,
            _finding_detail,
            lambda _: {
                "severity": beginning(lambda f: f.severity),
                "code": beginning(lambda f: f.code),
            },
        ),
        Worklist(
            "dormancy",
            "Dormancy",
            "account",
            "acme  status:never  decision:none",
            "no account is known to be dormant; "
            "record what you see: safehands dormant record (on the command line)",
            lambda o: idle_accounts(o.registry, o.at),
            _dormant_columns,
            lambda row: row[0].id,
            _dormant_detail,
            _dormant_filters,
            lambda row: row[0].id,
        ),
        Worklist(
            "rotation",
            "Rotation",
            "secret",
            "acme  why:old  class:24  debt:yes",
            "no secret is to be changed by what is recorded and the policy",
            lambda o: o.rotations_due,
            _rotation_columns,
            lambda r: r.case.id if r.case else r.credential.account,
            _rotation_detail,
            lambda _: {
                "why": holding(_why_rotate),
                "class": beginning(lambda r: r.terms.name),
                "debt": beginning(_is_debt),
            },
            lambda r: r.credential.id,
        ),
        Worklist(
            "single",
            "Single points",
            "single point",
            "acme  kind:account  on:jan",
            "nothing hangs on one person, as far as is recorded",
            lambda o: o.single_points,
            _single_columns,
            lambda p: p.about,
            _single_detail,
            lambda o: {
                "kind": beginning(lambda p: p.kind),
                "on": holding(lambda p: o.registry.name_of(p.person)),
            },
        ),
        Worklist(
            "platforms",
            "Platforms gone",
            "account",
            "acme",
            "no account is listed on a platform that is gone",
            lambda o: on_dead_platforms(o.registry, o.at),
            _dead_columns,
            lambda a: a.id,
            _dead_detail,
            _no_filters,
        ),
    )
}
"""The worklists by name, in the order they are shown."""
