"""What to report and where to bring it: the TOML file of periodic reports (docs/periodic.md)."""

from __future__ import annotations

from collections.abc import Mapping
from email.headerregistry import Address
from email.policy import SMTP
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from vault.crypto.digest import sha256
from vault.domain.counting import several
from vault.domain.toml import misfit, read_toml
from vault.errors import StorageError, UsageError
from vault.reports.render import FORMS
from vault.services.reporting import REPORTS
from vault.storage import paths

SIZE_LIMIT: Final = 64 * 1024  # a hundred times what such a file takes
PORTS: Final[Mapping[str, int]] = {"starttls": 587, "tls": 465, "none": 25}

_HINT: Final = "docs/periodic.md describes the file"
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")

Line = Annotated[str, msgspec.Meta(max_length=1000, pattern=r"^[^\x00-\x1f\x7f]*$")]
Text = Annotated[Line, msgspec.Meta(min_length=1)]


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One report: `changes` begins it with what changed since it was last brought.

    `closed` is for exposure, and `policy`, a file, for rotation, as the commands take them.
    """

    name: Text
    format: Text = "html"
    days: Annotated[int, msgspec.Meta(ge=1, le=36500)] | None = None
    months: Annotated[int, msgspec.Meta(ge=0, le=120)] = 0
    changes: bool = False
    closed: bool = False
    policy: Text | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """Return what people tell this report by from others of its name, such as "30 days"."""
        told = (
            self.days and several(self.days, "day"),
            self.months and several(self.months, "month"),
            self.changes and "changes",
            self.closed and "closed too",
            self.policy and f"policy {Path(self.policy).stem}",
        )
        return tuple(words for words in told if words)

    @property
    def spec(self) -> str:
        """Return what tells this report from others, in hexadecimal."""
        return sha256(msgspec.json.encode(self)).hex()[:16]


class Folder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A folder that files are put into."""

    path: Text


class Mail(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"sender": "from"}
):
    """A mail server and what it is given. `ca_file` names its authority where the system's do not.

    `port` is that of `security` where it is not given.
    """

    host: Text
    to: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1, max_length=100)]
    sender: Text
    port: Annotated[int, msgspec.Meta(ge=1, le=65535)] | None = None
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: Line = ""
    password_file: Line = ""
    ca_file: Line = ""
    timeout_s: Annotated[int, msgspec.Meta(ge=1, le=600)] = 60

    @property
    def port_used(self) -> int:
        """Return the port to connect to."""
        return self.port or PORTS[self.security]


class Periodic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of the file. Without mail and folder, reports go to standard output."""

    report: Annotated[tuple[Asked, ...], msgspec.Meta(min_length=1, max_length=50)]
    mail: Mail | None = None
    folder: Folder | None = None


def read_periodic(file: Path) -> Periodic:
    """Return what a file says, its paths made absolute: they begin at the file's own folder.

    Raises StorageError where the file cannot be read, UnsafePathError where others may write to
    it, since it says which file's password goes to which server, and UsageError where it is not
    understood.
    """
    try:
        paths.check_own(file)
        with file.open("rb") as stream:
            raw = stream.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise StorageError(f"{file} cannot be read: {error.strerror}.", _HINT) from error
    try:
        given = read_toml(raw.decode())
    except ValueError as error:
        raise UsageError(f"{file}: this is not TOML: {error}", _HINT) from None
    if len(raw) > SIZE_LIMIT:
        raise UsageError(f"{file} is too long to say what to report.", _HINT)
    try:
        periodic = msgspec.convert(given, Periodic)
    except msgspec.ValidationError as error:
        found = misfit(error)
        told = " ".join(filter(None, found))
        raise UsageError(f"{file}: {told}", _FORMS.get(found.key, _HINT)) from None
    _check(periodic, str(file))
    return _resolved(periodic, file.absolute().parent)


_FORMS: Final = {
    "mail": "write [mail] once, above its lines",
    "mail.to": 'write to = ["ana@acme.example"]',
    "folder": "write [folder] once, above its lines",
    "report": "write [[report]] above each report",
}
"""How what people most often write in another form is written."""


def _check(periodic: Periodic, where: str) -> None:
    for asked in periodic.report:
        if asked.name not in REPORTS:
            raise UsageError(
                f"{where}: there is no report {asked.name!r}", f"name one of {', '.join(REPORTS)}"
            )
        if asked.format not in FORMS:
            raise UsageError(
                f"{where}: there is no format {asked.format!r}", f"name one of {', '.join(FORMS)}"
            )
        for option, given, name in (
            ("days", asked.days is not None, "dormant"),
            ("closed", asked.closed, "exposure"),
            ("policy", asked.policy is not None, "rotation"),
        ):
            if given and asked.name != name:
                message = f"{where}: {option} goes with {name}, not with {asked.name}"
                raise UsageError(message, _HINT)
        if asked.changes and periodic.mail is None and periodic.folder is None:
            message = f"{where}: changes needs a mail or a folder, whose last report is known"
            raise UsageError(message, _HINT)
    if len({asked.spec for asked in periodic.report}) != len(periodic.report):
        raise UsageError(f"{where}: one report is asked for twice", "leave one of them out")
    if periodic.mail is not None:
        _check_mail(periodic.mail, where)


def _check_mail(mail: Mail, where: str) -> None:
    for text in (mail.sender, *mail.to):
        if address(text) is None:
            message = f"{where}: {text!r} is no mail address of plain letters"
            raise UsageError(message, "such as reports@acme.example")
    if len(set(mail.to)) != len(mail.to):
        raise UsageError(f"{where}: one address is named twice in to", "leave one of them out")
    if mail.security == "none" and (mail.host not in _LOOPBACK or mail.user):
        message = f"{where}: without encryption, mail goes to this machine only, and no password"
        raise UsageError(message, 'write security = "starttls" or "tls"')
    if bool(mail.user) != bool(mail.password_file):
        raise UsageError(f"{where}: user and password_file go together", _HINT)


def address(text: str) -> Address | None:
    """Return the one address a text is, such as `Safehands <reports@acme.example>`, or None."""
    header = SMTP.header_factory("to", text)
    if header.defects or len(header.addresses) != 1:
        return None
    found: Address = header.addresses[0]
    is_plain = found.addr_spec.isascii() and found.username and found.domain
    return found if is_plain and header.groups[0].display_name is None else None


def _resolved(periodic: Periodic, folder: Path) -> Periodic:
    """Return the same with absolute paths."""
    mail, into = periodic.mail, periodic.folder
    if mail is not None:
        mail = msgspec.structs.replace(
            mail,
            password_file=_path(mail.password_file, folder),
            ca_file=_path(mail.ca_file, folder),
        )
    if into is not None:
        into = Folder(_path(into.path, folder))
    reports = tuple(
        asked
        if asked.policy is None
        else msgspec.structs.replace(asked, policy=_path(asked.policy, folder))
        for asked in periodic.report
    )
    return msgspec.structs.replace(periodic, report=reports, mail=mail, folder=into)


def _path(text: str, folder: Path) -> str:
    return str(folder / text) if text else ""
