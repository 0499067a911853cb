"""Bringing periodic reports: made once, put into the outbox, tried until they have arrived.

The journal says what is handed out before it is. A run that starts again within hours makes nothing
anew; it brings what waits.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from vault.crypto.digest import sha256
from vault.domain.secret import Secret
from vault.errors import StorageError
from vault.formats.entry import EntryKind
from vault.reports.render import render
from vault.reports.report import Report
from vault.services.environment import Environment
from vault.services.mailing import compose, file_name, send
from vault.services.opening import vault_id_of
from vault.services.outbox import AGAIN_AFTER, Outbox, Parcel
from vault.services.periodic import Asked, Periodic
from vault.services.reporting import report_of
from vault.services.session import Session
from vault.storage.files import write_private

NOT_ASKED: Final = "the file of reports does not ask for it (any more)"
ANOTHERS: Final = "another file of reports asked for it"


@dataclass(frozen=True)
class Run:
    """One run of a file, with how it opens the vault and reads a password's file where needed."""

    file: Path
    periodic: Periodic
    outbox: Outbox
    env: Environment
    opened: Callable[[], Session]
    password_of: Callable[[Path], str]


def outbox_of(location: str, env: Environment) -> Outbox:
    """Return this device's outbox of the vault at `location`; raises what finding it raises."""
    return Outbox(env.state_folder / f"outbox-{vault_id_of(location).hex()}")


def bring(run: Run, *, again: bool = False) -> list[Parcel]:
    """Make what is due, bring all that waits and is still asked for, and return all as it is then.

    A report is due for a receiver unless it was made for it within `AGAIN_AFTER`, or `again`. What
    could not be brought is among what is returned, waiting. Raises what opening the vault and
    writing to its journal raise, UsageError for a report that cannot be made as asked, and
    StorageError where the outbox cannot be written: whatever was not in it yet was not sent.
    """
    with run.outbox.held():
        due = [*_due(run, again=again)]
        if due:
            for parcel in _made(run, due):
                run.outbox.put(parcel)
        return _brought(run)


def bring_waiting(run: Run) -> list[Parcel]:
    """Bring what waits, for a folder at once, and make nothing; the vault stays closed.

    Returns what was brought or still waits.
    """
    with run.outbox.held():
        return _brought(run, by_hand=True)


def print_all(run: Run, write: Callable[[bytes], None]) -> bool:
    """Hand every report to `write`, and return whether all are clean; raises as `bring` does."""
    session, now = run.opened(), run.env.now()
    made = [(asked, _report(session, asked, now, None)) for asked in run.periodic.report]
    rendered = [render(report, asked.format) for asked, report in made]
    told = ", ".join(map(_called, run.periodic.report))
    _journal(session, f"{told} to standard output")
    for each in rendered:
        write(each)
    return all(report.is_clean for _, report in made)


_Receiver = tuple[Asked, Any, str]
"""A report, the way (`mail` or `folder`), and where to."""


def _receivers(periodic: Periodic) -> Iterator[_Receiver]:
    for asked in periodic.report:
        if periodic.folder is not None:
            yield asked, "folder", periodic.folder.path
        for to in periodic.mail.to if periodic.mail is not None else ():
            yield asked, "mail", to


def asks_for(periodic: Periodic, parcel: Parcel) -> bool:
    """Return whether the file of reports asks for this report, for this receiver.

    Another file may have asked for it, or this one before somebody was taken out of it.
    """
    return parcel.key in {(asked.spec, way, to) for asked, way, to in _receivers(periodic)}


def speaks_for(run: Run, parcel: Parcel) -> bool:
    """Return whether a run answers for a parcel by how it ends: its file asks for it, or did."""
    return asks_for(run.periodic, parcel) or parcel.asked_in in {"", str(run.file)}


def _due(run: Run, *, again: bool) -> Iterator[_Receiver]:
    now, parcels = run.env.now(), run.outbox.parcels()
    for asked, way, to in _receivers(run.periodic):
        key = (asked.spec, way, to)
        # A clock that was set back must not hold a report up until it has caught up.
        if again or not any(p.key == key and _is_recent(p, now) for p in parcels):
            yield asked, way, to


def _is_recent(parcel: Parcel, now: datetime) -> bool:
    return abs(now - parcel.made_at) < AGAIN_AFTER


def _made(run: Run, due: Sequence[_Receiver]) -> list[Parcel]:
    """Return a parcel for each receiver, after the journal says who is given what."""
    session, now = run.opened(), run.env.now()
    parcels, before = run.outbox.parcels(), {asked.spec: asked for asked, _, _ in due}
    reports = {
        spec: _report(session, asked, now, _last(parcels, spec)) for spec, asked in before.items()
    }
    made = [_parcel(run, reports[each[0].spec], each) for each in due]
    told = [
        f"{_called(asked)} to " + ", ".join(to for each, _, to in due if each.spec == asked.spec)
        for asked in before.values()
    ]
    _journal(session, "; ".join(told))
    return made


def _last(parcels: Sequence[Parcel], spec: str) -> datetime | None:
    return max((parcel.made_at for parcel in parcels if parcel.spec == spec), default=None)


def _report(session: Session, asked: Asked, now: datetime, last: datetime | None) -> Report:
    more: dict[str, Any] = {} if asked.days is None else {"days": asked.days}
    if asked.closed:
        more["closed"] = True
    if asked.policy is not None:
        more["policy_file"] = Path(asked.policy)
    since = last if asked.changes else None
    return report_of(session, asked.name, now, since=since, months=asked.months, **more)


def _called(asked: Asked) -> str:
    return f"{asked.name} ({', '.join((asked.format, *asked.words))})"


def _journal(session: Session, note: str) -> None:
    session.write("report.deliver", lambda *_: (), note=note, kind=EntryKind.EXPORT)


def _parcel(run: Run, report: Report, receiver: _Receiver) -> Parcel:
    asked, way, to = receiver
    mail = run.periodic.mail
    sender = mail.sender if way == "mail" and mail is not None else ""
    made = (
        compose(report, asked.format, sender, to, run.env.random, words=asked.words)
        if sender
        else render(report, asked.format)
    )
    return Parcel(
        spec=asked.spec,
        report=asked.name,
        way=way,
        to=to,
        name=file_name(report, asked.format, asked.words),
        made_at=report.as_of,
        is_clean=report.is_clean,
        content=made,
        sender=sender,
        asked_in=str(run.file),
    )


def _brought(run: Run, *, by_hand: bool = False) -> list[Parcel]:
    """Try what waits and is to be tried now; return that, what still waits, and what is recent.

    What the run does not ask for stays where it is. `by_hand` a folder is not waited for, and what
    arrived before is not told again.
    """
    now = run.env.now()
    parcels = run.outbox.parcels()
    asked = {parcel.id for parcel in parcels if asks_for(run.periodic, parcel)}
    waiting = [
        parcel
        for parcel in parcels
        if parcel.is_waiting
        and parcel.id in asked
        and (parcel.is_due(now) or (by_hand and parcel.way == "folder"))
    ]
    _try(run, waiting, now)
    tried = {parcel.id for parcel in waiting}
    told = [
        parcel if parcel.id in asked else _left(run, parcel)
        for parcel in run.outbox.parcels()
        if parcel.is_waiting
        or parcel.id in tried
        or (not by_hand and parcel.id in asked and _is_recent(parcel, now))
    ]
    run.outbox.tidy()
    return told


def _left(run: Run, parcel: Parcel) -> Parcel:
    """Return a parcel that the run does not bring, with the reason for that."""
    why = NOT_ASKED if speaks_for(run, parcel) else f"{ANOTHERS}, {parcel.asked_in}"
    return replace(parcel, said=why, not_before=None)


def _try(run: Run, waiting: Sequence[Parcel], now: datetime) -> None:
    """Try to bring parcels, and note of each in the outbox what came of it."""

    def note(parcel: Parcel, why: str) -> None:
        if why:
            run.outbox.put(parcel.put_off(now, why))
        else:
            run.outbox.settle(parcel)

    # A disk that is full is found out by preparing, and not between an arrival and its note.
    letters = [parcel for parcel in waiting if parcel.way == "mail"]
    for letter in letters:
        run.outbox.prepare(letter.arrived(now))
    for parcel in waiting:
        if parcel.way == "folder":
            file = _named_apart(parcel)
            run.outbox.prepare(file.arrived(now))
            note(file, _put_into_folder(file))
    _send(run, letters, note)


def _send(run: Run, letters: list[Parcel], note: Callable[[Parcel, str], None]) -> None:
    mail = run.periodic.mail
    if mail is not None and letters:
        file = mail.password_file
        send(letters, mail, Secret(run.password_of(Path(file))) if file else None, note)


def _put_into_folder(parcel: Parcel) -> str:
    """Put a file into the folder it is for, whole or not at all; return why not, or ""."""
    folder = Path(parcel.to)
    beside = folder / f".{parcel.name}.part"
    try:
        if not stat.S_ISDIR(folder.lstat().st_mode):
            return f"{folder} is a link, or no folder"
        # What a killed run left; nobody else calls a file so.
        beside.unlink(missing_ok=True)
        whole = folder / parcel.name
        if not _is_there(whole, parcel.content):
            write_private(whole, [parcel.content], beside=beside)
    except OSError as error:
        return f"{folder}: {error.strerror}"
    except StorageError as error:
        return error.message
    return ""


def _named_apart(parcel: Parcel) -> Parcel:
    """Return a parcel for a folder under a name that no other file has there.

    Another vault, or another machine, may bring a report of the same name and minute.
    """
    whole = Path(parcel.to, parcel.name)
    try:
        found = whole.lstat()
        if not stat.S_ISREG(found.st_mode) or _holds(whole, found, parcel.content):
            return parcel
    except OSError:
        return parcel  # what is wrong with the folder is told when it is put there
    told = sha256(parcel.content).hex()[:8]
    return replace(parcel, name=f"{whole.stem}-{told}{whole.suffix}")


def _is_there(whole: Path, content: bytes) -> bool:
    """Whether a run that was killed has put the file there; raises StorageError for another."""
    try:
        found = whole.lstat()
    except FileNotFoundError:
        return False
    if stat.S_ISREG(found.st_mode) and _holds(whole, found, content):
        return True
    raise StorageError(f"{whole} is there already, and is something else", "move it away")


def _holds(file: Path, found: os.stat_result, content: bytes) -> bool:
    """Whether a file has this content; one of another size, or that only others read, has not.

    Whoever may write to the folder knows what a report will be called, and can put there what no
    memory holds.
    """
    try:
        return found.st_size == len(content) and file.read_bytes() == content
    except PermissionError:
        return False
