"""Exposure: which secrets people could know who have no business with them, and what was met.

Those of who has left are to be changed, and so are due for rotation. Somebody who stays and has
another role now is named as well, and nothing is due for that alone (docs/rotation.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from vault.domain.account import Account
from vault.domain.credential import Credential
from vault.domain.ledger import Closing, Obligation, Way, obligations
from vault.domain.registry import Registry
from vault.domain.rotation import is_to_change
from vault.domain.telling import names
from vault.domain.wording import in_words
from vault.reports.report import Cell, Chart, Column, Figure, Report, Row, Section, most, section

HOW: Final[dict[Way, str]] = {
    "role": "held a role that owns it",
    "member": "could open the vault",
    "mail": "read the mailbox that it opens",
    "entered": "typed it in",
    "revealed": "had it shown",
    "copied": "copied it",
    "imported": "brought it in",
    "told": "was told",
    "handed_over": "was given it",
    "assumed": "may have known, a source assumed",
}
CLOSED: Final[dict[Closing, str]] = {
    "": "open",
    "changed": "the secret was changed",
    "ended": "the secret is not taken any more",
    "account_closed": "the account was closed",
    "entitled": "they got business with it again",
    "withdrawn": "the source took it back",
}

_COLUMNS: Final = (
    "person",
    "account",
    "secret",
    Column("version", "number"),
    "owner_role",
    Column("could_know_since", "date"),
    Column("arose", "date"),
    "how",
    "seen",
    "to_be_changed",
)


def exposure(
    registry: Registry,
    at: datetime,
    *,
    closed: bool = False,
    ledger: Sequence[Obligation] | None = None,
) -> Report:
    """Return which secrets in use people could know without business, as it stood at a moment.

    With `closed` also what was met by then, and how. `ledger` is that of this moment or a later
    one, for who has it: working it out is nearly all that this takes.
    """
    whole = obligations(registry, at) if ledger is None else ledger
    found = [_as_it_stood(each, at) for each in whole if each.arose_at <= at]
    owed = [each for each in found if each.closed_at is None]
    met = [each for each in found if each.closed_at is not None]
    people = Counter(each.person for each in owed)
    ways = Counter(CLOSED[each.closed_how] for each in met)
    return Report(
        name="exposure",
        title="Who could still know what",
        as_of=at,
        answers="Which secrets in use are known, or could be, to people who have no business with"
        " them any more; each stays here until it is changed.",
        figures=tuple(_figures(registry, owed, met, at)),
        sections=tuple(_sections(registry, owed, met if closed else None, at)),
        charts=(
            Chart("Open, by person", most((registry.name_of(p), n) for p, n in people.items())),
            Chart("What is known of the open ones", most(_certainty(owed).items())),
            Chart("How the others were met", most(ways.items())),
        ),
    )


def _as_it_stood(owed: Obligation, at: datetime) -> Obligation:
    if owed.closed_at is None or owed.closed_at <= at:
        return owed
    return replace(owed, closed_at=None, closed_how="")


def _figures(
    registry: Registry, owed: list[Obligation], met: list[Obligation], at: datetime
) -> Iterator[Figure]:
    secrets = {(each.credential, each.version) for each in owed}
    due = {(e.credential, e.version) for e in owed if _is_due(registry, e, at)}
    which = "that people with no business there could know"
    yield Figure("secrets", len(secrets), "secret", which, calls=True)
    which = "to be changed because somebody left"
    yield Figure("due", len(due), "secret", which, calls=True)
    yield Figure("open", len(owed), "open obligation")
    yield Figure("people", len({each.person for each in owed}), "person", "concerned")
    yield Figure("closed", len(met), "obligation", "met until now")


def _is_due(registry: Registry, owed: Obligation, at: datetime) -> bool:
    """Whether the secret is to be changed because of this person, as `rotate due` says too."""
    has_left = registry.person(owed.person).status(at) == "left"
    credential = registry.get(owed.credential, Credential)
    return owed.closed_at is None and has_left and is_to_change(registry, credential, at)


def _certainty(owed: Iterable[Obligation]) -> Counter[str]:
    return Counter("did see the secret" if each.saw else "could know it" for each in owed)


def _sections(
    registry: Registry, owed: list[Obligation], met: list[Obligation] | None, at: datetime
) -> Iterator[Section]:
    empty = "nobody could know a secret in use without having business with it"
    title = "Who could know what"
    yield section("open", title, _COLUMNS, _rows(registry, owed, at), empty)
    if met is not None:
        columns = (*_COLUMNS, Column("closed", "date"), "closed_by")
        yield section("closed", "Met", columns, _rows(registry, met, at), "nothing was met yet")


def _rows(registry: Registry, found: Iterable[Obligation], at: datetime) -> Iterator[Row]:
    for each in found:
        arose = each.arose_at.isoformat()
        key = f"{each.person}:{each.credential}:{each.version}:{arose}"
        yield Row(key, _cells(registry, each, at))


def _cells(registry: Registry, owed: Obligation, at: datetime) -> tuple[Cell, ...]:
    credential = registry.get(owed.credential, Credential)
    account = registry.get(credential.account, Account)
    cells: tuple[Cell, ...] = (
        registry.name_of(owed.person),
        account.label,
        in_words(credential.what),
        owed.version,
        names(registry, account.owner_roles, at),
        owed.known_since.date(),
        owed.arose_at.date(),
        ", ".join(told for way, told in HOW.items() if way in owed.how),
        "yes" if owed.saw else "",
        "yes" if _is_due(registry, owed, at) else "",
    )
    if owed.closed_at is None:
        return cells
    return (*cells, owed.closed_at.date(), CLOSED[owed.closed_how])
