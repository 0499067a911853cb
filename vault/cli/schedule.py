"""`safehands schedule`: reports that arrive by themselves."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vault.cli import diagnostics
from vault.cli.arguments import no_dash, pass_invocation
from vault.cli.invocation import Invocation, first_line_of
from vault.domain.text import clean
from vault.errors import NotDeliveredError, UsageError
from vault.reports.table import Column

if TYPE_CHECKING:
    from datetime import datetime

    from vault.services.delivery import Run
    from vault.services.outbox import Outbox, Parcel
    from vault.services.session import Session
    from vault.services.units import Job


@click.group()
def schedule() -> None:
    """Periodic reports: what runs them, and what brings them (docs/periodic.md)."""


@schedule.command("systemd")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--when", default="Mon *-*-* 07:00", show_default=True, help="As in systemd.time(7).")
@click.option(
    "--out",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    callback=no_dash,
    help="Write them there.",
)
@pass_invocation
def systemd(invocation: Invocation, file: Path, when: str, out: Path | None) -> None:
    """Print a service and a timer that run the reports of FILE.

    --passphrase-file names the reporter's; the service is handed it as a credential.
    """
    from vault.services import units

    made = units.systemd(_job(invocation, file), when)
    _refuse_no_calendar(when)
    if out is not None:
        from vault.services.files import write_new_file

        for name, text in made.items():
            write_new_file(out / name, text.encode())
            diagnostics.note(f"written to {out / name}")
    elif invocation.as_json:
        told = [{"name": name, "content": text} for name, text in made.items()]
        invocation.out.document("safehands.schedule/1", {"files": told})
    else:
        for name, text in made.items():
            invocation.out.text(f"# {name}\n{text}")


@schedule.command("cron")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--when", default="0 7 * * 1", show_default=True, help="As in crontab(5).")
@pass_invocation
def cron(invocation: Invocation, file: Path, when: str) -> None:
    """Print the lines of a crontab that run the reports of FILE."""
    from vault.services import units

    text = units.cron(_job(invocation, file), when)
    if invocation.as_json:
        told = [{"name": "crontab", "content": text}]
        invocation.out.document("safehands.schedule/1", {"files": told})
    else:
        invocation.out.text(text)


@schedule.command("run")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--again", is_flag=True, help="Also what was made in the last hours already.")
@pass_invocation
def run(invocation: Invocation, file: Path, again: bool) -> int:  # noqa: FBT001
    """Make the reports of FILE and bring them, with what still waits.

    Exit 0 when all is clean, 1 when a report has findings, 8 when something could not be brought:
    it waits, and the next run brings it. What waits for another FILE is named, and changes nothing.
    """
    from vault.services import delivery

    this = _run(invocation, file)
    if this.periodic.mail is None and this.periodic.folder is None:
        is_clean = delivery.print_all(this, lambda made: invocation.out.text(made.decode()))
        return 0 if is_clean else 1
    return _tell(invocation, this, delivery.bring(this, again=again))


@schedule.command("send")
@click.argument("file", type=click.Path(path_type=Path))
@pass_invocation
def send(invocation: Invocation, file: Path) -> int:
    """Bring what still waits by way of FILE; makes nothing, and does not open the vault.

    What waits for a folder is tried at once, mail when its time has come. Tells only what it did
    and what waits on.
    """
    from vault.services import delivery

    this = _run(invocation, file)
    return _tell(invocation, this, delivery.bring_waiting(this))


@schedule.command("outbox")
@click.option("--drop", metavar="ID|TO", help="Take out one, or all that waits for TO.")
@pass_invocation
def outbox(invocation: Invocation, drop: str | None) -> None:
    """List what waits, and what was brought last.

    What cannot arrive any more, such as for a folder that was mistyped, waits until it is dropped;
    `schedule run FILE --again` makes its report anew.
    """
    invocation.refuse_as_of()
    box = _outbox(invocation)
    with box.held():
        if drop is not None:
            for parcel in box.find(drop):
                box.drop(parcel)
        parcels = box.parcels()
    if invocation.as_json:
        invocation.out.document("safehands.outbox/1", {"parcels": [_told(p) for p in parcels]})
        return
    fixed = [Column(title, fixed=True) for title in ("id", "state", "tries", "next try")]
    rows = [
        [
            each.id,
            "waits" if each.is_waiting else "arrived",
            each.attempts or "",
            _moment(each.not_before),
            each.to,
            clean(each.said),
        ]
        for each in parcels
    ]
    invocation.out.table([*fixed, "to", "why"], rows, empty="nothing waits")
    waiting = [each for each in parcels if each.is_waiting]
    if waiting:
        invocation.out.line(f"To give up what waits: {_to_drop(waiting[0].to)}", "quiet")


def _to_drop(to: str) -> str:
    return f"safehands schedule outbox --drop {shlex.quote(to)}"


def _run(invocation: Invocation, file: Path) -> Run:
    from vault.services.delivery import Run
    from vault.services.periodic import read_periodic

    invocation.refuse_as_of()
    periodic = read_periodic(file)
    env = invocation.environment()

    def opened() -> Session:
        session = invocation.writing()
        if any(each.is_you and each.kind == "admin" for each in session.members()):
            diagnostics.warn(
                "the passphrase of this run opens every secret",
                "let a reporter make the reports: safehands member add-reporter --help",
            )
        return session

    return Run(file.absolute(), periodic, _outbox(invocation), env, opened, _mail_password)


def _outbox(invocation: Invocation) -> Outbox:
    from vault.services.delivery import outbox_of

    return outbox_of(invocation.location, invocation.environment())


def _mail_password(file: Path) -> str:
    """Return the mail server's password: from the credential of the unit, or else from its file."""
    from vault.services.units import MAIL_PASSWORD

    credentials = os.environ.get("CREDENTIALS_DIRECTORY", "")
    handed = Path(credentials, MAIL_PASSWORD)
    return first_line_of(handed if credentials and handed.exists() else file, "mail password")


def _tell(invocation: Invocation, run: Run, parcels: list[Parcel]) -> int:
    """Tell what became of parcels; raises NotDeliveredError where one of this file still waits.

    What another file asked for waits for its run, and is named.
    """
    from vault.services.delivery import speaks_for

    own = [parcel for parcel in parcels if speaks_for(run, parcel)]
    others = [parcel for parcel in parcels if parcel not in own]
    waiting = [parcel for parcel in own if parcel.is_waiting]
    arrived = [
        f"{parcel.arrived_at:%H:%M}  {parcel.report} to {parcel.to}"
        for parcel in own
        if parcel.arrived_at is not None
    ]
    for line in arrived if waiting else ():
        diagnostics.note(line)
    for parcel in (*waiting, *others):
        _note_waiting(parcel)
    told = {"parcels": list(map(_told, own)), "others": list(map(_told, others))}
    if waiting:
        failed = _not_delivered(run, waiting, len(own))
        failed.details |= told
        raise failed
    if invocation.as_json:
        invocation.out.document("safehands.delivery/1", told)
    else:
        for line in arrived:
            invocation.out.line(line)
    return 0 if all(parcel.is_clean for parcel in own) else 1


def _note_waiting(parcel: Parcel) -> None:
    again = f"; tried again from {_moment(parcel.not_before)} on" if parcel.not_before else ""
    diagnostics.note(f"{parcel.report} waits for {parcel.to}: {parcel.said}{again}")


def _not_delivered(run: Run, waiting: list[Parcel], total: int) -> NotDeliveredError:
    """Say that some wait; what the file does not ask for, no run with it will bring."""
    from vault.services.delivery import asks_for

    hint = "They wait, and the next run brings them; see: safehands schedule outbox"
    asked = [parcel for parcel in waiting if asks_for(run.periodic, parcel)]
    if len(asked) < len(waiting):
        one = next(parcel for parcel in waiting if parcel not in asked)
        what = one.id if one.to in {parcel.to for parcel in asked} else one.to
        unasked = f"This file does not ask for {one.report} to {one.to} (any more)"
        hint = f"{unasked}; if no other does, give it up: {_to_drop(what)}"
    return NotDeliveredError(f"{len(waiting)} of {total} reports could not be brought.", hint)


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else ""


def _told(parcel: Parcel) -> dict[str, object]:
    names = ("id", "report", "way", "to", "name", "asked_in", "made_at", "arrived_at", "is_clean")
    more = ("is_waiting", "attempts", "not_before", "said")
    return {name: getattr(parcel, name) for name in (*names, *more)}


def _refuse_no_calendar(when: str) -> None:
    """Refuse what systemd, where it is here to be asked, takes for no calendar event."""
    import shutil
    import subprocess

    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        return
    asked = subprocess.run(
        [analyze, "calendar", "--", when], capture_output=True, check=False, timeout=30
    )
    if asked.returncode:
        message = f"systemd does not take {when!r} for a time"
        raise UsageError(message, "such as 'Mon *-*-* 07:00', see systemd.time(7)")


def _job(invocation: Invocation, file: Path) -> Job:
    from vault.services.opening import owner_of
    from vault.services.periodic import read_periodic
    from vault.services.units import Job

    invocation.refuse_as_of()
    # The variable names whatever opens the vault now: an admin's passphrase, which opens secrets.
    named = invocation.passphrase_file
    if not named:
        message = "the units need the file that holds the reporter's passphrase"
        hint = "make one: member add-reporter; name it: --passphrase-file F"
        if os.environ.get("SAFEHANDS_PASSPHRASE_FILE"):
            hint = "SAFEHANDS_PASSPHRASE_FILE may name an admin's, which opens secrets, and is not"
            hint += " taken for it; name the reporter's: --passphrase-file F"
        raise UsageError(message, hint)
    vault = Path(invocation.location).expanduser().absolute()
    ours = Path(sys.prefix, "bin", "safehands")
    return Job(
        program=(str(ours),) if ours.exists() else (sys.executable, "-m", "vault"),
        vault=vault,
        passphrase_file=Path(named).absolute(),
        file=file.absolute(),
        periodic=read_periodic(file),
        user=owner_of(vault),
    )
