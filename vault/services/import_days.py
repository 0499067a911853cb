"""The first and the last day of somebody, as all rows about them together give them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from vault.domain.person import Person
from vault.domain.text import clean
from vault.exchange.entries import Entry
from vault.services.import_run import ImportRun


def dated(run: ImportRun, person: Person, rows: Sequence[Entry]) -> Person:
    """Return a person with the days that their rows give, and report what does not fit.

    A last day that is recorded stays where no row gives one, since nothing says who gave it: only
    somebody who begins after it is here again.
    """
    begun = [each.moments["joined"].date() for each in rows if "joined" in each.moments]
    joined = min(begun, default=person.joined)
    leaving = leaving_row(rows)
    if leaving is not None:
        last_day = leaving.moments["last_day"].date()
        if joined and last_day < joined:
            # A leaver nobody hears of is worse than one too many: the last day is what is kept.
            what = f"the last day, {last_day}, is before the first, {joined}"
            run.report(leaving, "last_day", "date", what, "the last day, and no first day")
            joined = None
        return msgspec.structs.replace(person, joined=joined, last_day=last_day)
    if person.last_day and begun and max(begun) > person.last_day:
        what = f"{_left(run, person)}, and begins on {max(begun)}"
        run.report(rows[0], "joined", "reopened", what, "here again, without a last day")
        return msgspec.structs.replace(person, joined=joined, last_day=None)
    _report_stays(run, person, rows)
    return msgspec.structs.replace(person, joined=joined)


def leaving_row(rows: Sequence[Entry]) -> Entry | None:
    """Return the row whose last day is somebody's: the latest, unless a row begins after it."""
    ended = [each for each in rows if "last_day" in each.moments]
    if not ended:
        return None
    last = max(ended, key=lambda each: each.moments["last_day"])
    day = last.moments["last_day"]
    goes_on = (each for each in rows if not each.get("last_day"))
    return None if any(each.moments.get("joined", day) > day for each in goes_on) else last


def _report_stays(run: ImportRun, person: Person, rows: Sequence[Entry]) -> None:
    """Report a last day that is recorded though the source says that there is none."""
    if person.last_day is None or any(each.get("last_day") for each in rows):
        return
    is_past = person.last_day < run.as_of.date()
    if is_past or run.mapping.has("last_day"):
        stay = f"safehands person leave {person.id[:8]} --called-off"
        what = f"{_left(run, person)}; if they stay: {stay}"
        taken = "still gone" if is_past else "still leaving"
        run.report(rows[0], "last_day", "ended_here", what, taken)


def _left(run: ImportRun, person: Person) -> str:
    is_past = person.last_day is not None and person.last_day < run.as_of.date()
    leaves = "left" if is_past else "leaves"
    return f"{clean(person.name)} {leaves} on {person.last_day}, by the registry"
