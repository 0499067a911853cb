"""Units for systemd and lines for cron that run periodic reports, as a member that reads only.

The settings are those of systemd.exec(5), systemd.service(5) and systemd.timer(5) as of systemd
252; `systemd-analyze security` rates the service.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vault.errors import UsageError
from vault.services.periodic import Periodic

MAIL_PASSWORD: Final = "mail-password"
"""The systemd credential that takes the place of `password_file`."""

_PLAIN: Final = re.compile(r"[A-Za-z0-9_@+=:,./-]+")
_HOMES: Final = ("/home", "/root", "/run/user")
_CRON: Final = re.compile(r"(\S+[ \t]+){4}\S+|@(yearly|annually|monthly|weekly|daily|hourly)")


@dataclass(frozen=True)
class Job:
    """What is run: the program's command, and absolute paths. `user` owns the vault's file."""

    program: tuple[str, ...]
    vault: Path
    passphrase_file: Path
    file: Path
    periodic: Periodic
    user: str

    @property
    def name(self) -> str:
        """Return what its units are called, by the file of reports."""
        return "safehands-" + (re.sub(r"[^a-z0-9]+", "-", self.file.stem.lower()).strip("-") or "x")

    def command(self, verb: str, passphrase_file: str) -> list[str]:
        """Return the words of the command line."""
        named = ("--vault", str(self.vault), "--passphrase-file", passphrase_file)
        return [*self.program, *named, "schedule", verb, str(self.file)]


def systemd(job: Job, when: str) -> dict[str, str]:
    """Return a service and its timer by file name; `when` is as in systemd.time(7).

    Raises UsageError for a moment or a path that a unit cannot hold.
    """
    _refuse_unfit(job, when)
    if not when.strip():
        raise UsageError("--when is empty.", "such as 'Mon *-*-* 07:00'")
    return {f"{job.name}.service": _service(job), f"{job.name}.timer": _timer(job, when)}


def cron(job: Job, when: str) -> str:
    """Return the lines for the crontab of the vault's owner; raises UsageError as `systemd` does.

    The second one brings what could not be brought at first, without opening the vault.
    """
    _refuse_unfit(job, when)
    if not _CRON.fullmatch(when.strip()):
        raise UsageError(f"{when!r} is no time for cron.", "such as '0 7 * * 1', or @weekly")
    # Cron mails what a command prints: the reports themselves, or else only what went wrong.
    silent = "" if _is_printed(job.periodic) else " >/dev/null"
    lines = [
        f"# {job.file}: for the crontab of {job.user} (crontab -e)",
        f"{when.strip()} {_for_cron(job, 'run')}{silent}",
    ]
    if not _is_printed(job.periodic):
        lines.append(f"17 * * * * {_for_cron(job, 'send')}{silent}")
    return "".join(f"{line}\n" for line in lines)


def _for_cron(job: Job, verb: str) -> str:
    # In a crontab an unescaped % ends the command (crontab(5)).
    return shlex.join(job.command(verb, str(job.passphrase_file))).replace("%", "\\%")


def _timer(job: Job, when: str) -> str:
    return f"""\
[Unit]
Description=When Safehands reports ({_percent(str(job.file))})

[Timer]
OnCalendar={_percent(when.strip())}
Persistent=true

[Install]
WantedBy=timers.target
"""


def _service(job: Job) -> str:
    mail = job.periodic.mail
    credentials = {"passphrase": str(job.passphrase_file)}
    if mail is not None and mail.password_file:
        credentials[MAIL_PASSWORD] = mail.password_file
    words = job.command("run", "${CREDENTIALS_DIRECTORY}/passphrase")
    return f"""\
# {job.name}.service and .timer go to /etc/systemd/system, then:
#   systemctl daemon-reload && systemctl enable --now {job.name}.timer
# For credentials that are encrypted on the disk: systemd-creds(1), LoadCredentialEncrypted=
[Unit]
Description=Safehands reports ({_percent(str(job.file))})
RequiresMountsFor={_paths(_written_to(job))}
{_lines(_NETWORK if mail is not None else ())}\
# Together less than the 6 hours after which a run makes its reports anew.
StartLimitIntervalSec=12h
StartLimitBurst=20

[Service]
Type=oneshot
User={job.user}
{_lines(f"LoadCredential={name}:{_percent(path)}" for name, path in credentials.items())}\
Environment=SAFEHANDS_STATE=%S/safehands
StateDirectory=safehands
StateDirectoryMode=0700
ExecStart={" ".join(map(_word, words))}
# 1 says that a report has findings; 6 and 8 that it may work later.
SuccessExitStatus=1
Restart=on-failure
RestartSec=15min
RestartPreventExitStatus=2 3 4 5 7 9
TimeoutStartSec=1h
ReadWritePaths={_paths(_written_to(job))}
ProtectHome={_protected_home(job)}
{_lines(_OPEN if mail is not None else _CLOSED)}\
{_lines(_HARDENED)}"""


_NETWORK: Final = ("Wants=network-online.target", "After=network-online.target")
_OPEN: Final = ("RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6",)
_CLOSED: Final = ("RestrictAddressFamilies=AF_UNIX", "PrivateNetwork=yes", "IPAddressDeny=any")
_HARDENED: Final = (
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "ProtectProc=invisible",
    "ProcSubset=pid",
    "ProtectKernelTunables=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelLogs=yes",
    "ProtectControlGroups=yes",
    "ProtectClock=yes",
    "ProtectHostname=yes",
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "LockPersonality=yes",
    "MemoryDenyWriteExecute=yes",
    "CapabilityBoundingSet=",
    "AmbientCapabilities=",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "SystemCallFilter=~@privileged",
    "SystemCallErrorNumber=EPERM",
    "KeyringMode=private",
    "RemoveIPC=yes",
    "LimitCORE=0",
    "MemoryMax=1G",
    "UMask=0077",
)


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _is_printed(periodic: Periodic) -> bool:
    return periodic.mail is None and periodic.folder is None


def _written_to(job: Job) -> list[str]:
    """Return the folders that are written to: SQLite keeps its log beside the vault's file."""
    folder = job.periodic.folder
    return [str(job.vault.parent), *([folder.path] if folder is not None else [])]


def _protected_home(job: Job) -> str:
    """Return whether homes are hidden, or only not written to, since the service needs one."""
    ca_file = job.periodic.mail.ca_file if job.periodic.mail is not None else ""
    policies = (asked.policy or "" for asked in job.periodic.report)
    needed = (job.program[0], str(job.file), ca_file, *policies, *_written_to(job))
    is_at_home = any(Path(path).is_relative_to(home) for path in needed for home in _HOMES)
    return "read-only" if is_at_home else "yes"


def _word(text: str) -> str:
    """Return a word of a command line: quoted, `%` and `$` doubled, but for the credentials'."""
    if text.startswith("${CREDENTIALS_DIRECTORY}/"):
        return text
    return _quoted(text.replace("$", "$$"))


def _paths(paths: Iterable[str]) -> str:
    return " ".join(map(_quoted, paths))


def _quoted(text: str) -> str:
    shown = _percent(text)
    if _PLAIN.fullmatch(shown):
        return shown
    inner = shown.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inner}"'


def _percent(text: str) -> str:
    return text.replace("%", "%%")


def _refuse_unfit(job: Job, when: str) -> None:
    """Refuse control characters, and a backslash at the end: it takes the next line in."""
    mail = job.periodic.mail
    password = mail.password_file if mail is not None else ""
    named = (str(job.vault), str(job.passphrase_file), str(job.file), password)
    for text in (when, *named, *job.program, *_written_to(job)):
        if not text.isprintable() or text.endswith("\\"):
            raise UsageError(
                f"{text!r} has characters that a unit cannot hold.", "Use another name."
            )
