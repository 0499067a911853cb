"""Reports as mail: the message, and handing it to a server (RFC 5321, RFC 8314).

A message is made once, with its date and its Message-ID, and goes out as the same bytes however
often it has to be tried. A server that took it said so by 250; whoever did not hear that tries
again, so a mail can come twice where the line broke between the last byte and the answer, and then
both have one Message-ID.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Final

from vault.crypto.randomness import Random
from vault.domain.secret import Secret
from vault.domain.text import clean
from vault.errors import StorageError, UsageError
from vault.reports.render import ENDINGS, render
from vault.reports.report import Report
from vault.services import smtp
from vault.services.outbox import Parcel
from vault.services.periodic import Mail, address
from vault.storage import paths

SUBJECT_LIMIT: Final = 150  # characters: what a list of mails shows, and then some
SAID_LIMIT: Final = 300
WORDS_LIMIT: Final = 60  # characters of a file's name: some disks take 143 bytes in all
ANSWER_S: Final = 600
"""How long a server may think about a whole message (RFC 5321, 4.5.3.2.6): who stops waiting while
it delivers, sends twice."""

_FAILURES: Final = (OSError, ValueError, smtplib.SMTPException)
"""What a server, or the lack of one, ends in. A name that no resolver takes is a UnicodeError, a
challenge that is no base64 a binascii.Error: both are ValueErrors."""

_TYPES: Final = {
    "json": ("application", "json"),
    "csv": ("text", "csv"),
    "html": ("text", "html"),
    "calendar": ("text", "calendar"),
}
"""What is attached; the other forms are the text of the mail itself."""

# Only ASCII leaves, so that no server on the way has to change a byte.
_POLICY: Final = SMTP.clone(cte_type="7bit")


def compose(
    report: Report, form: str, sender: str, to: str, random: Random, *, words: Sequence[str] = ()
) -> bytes:
    """Return the message that brings a report, whole, as it goes over the wire.

    `words` tell it from others of its name, in the subject and in the name of what is attached.
    """
    message = EmailMessage(policy=_POLICY)
    message["Subject"] = clean(_subject(report, words), SUBJECT_LIMIT)
    message["From"], message["To"] = sender, to
    message["Date"] = format_datetime(report.as_of)
    found = address(sender)
    message["Message-ID"] = f"<{random(16).hex()}@{found.domain if found else 'safehands'}>"
    # No program is to answer that somebody is on holiday (RFC 3834, section 5).
    message["Auto-Submitted"] = "auto-generated"
    made = render(report, form)
    if form not in _TYPES:
        message.set_content(made.decode(), cte="quoted-printable")
        return message.as_bytes()
    message.set_content(_summary(report), cte="quoted-printable")
    kind, subtype = _TYPES[form]
    name = file_name(report, form, words)
    message.add_attachment(made, maintype=kind, subtype=subtype, filename=name)
    if kind == "text":
        [attached] = message.iter_attachments()
        attached.set_param("charset", "utf-8")
    return message.as_bytes()


def file_name(report: Report, form: str, words: Sequence[str] = ()) -> str:
    """Return what a report is called as a file: by what tells it from others, and its moment."""
    letters = "".join(c if c.isascii() and c.isalnum() else " " for c in " ".join(words))
    told = "-".join([report.name, *letters[:WORDS_LIMIT].lower().split()])
    return f"{told}-{report.as_of:%Y-%m-%d-%H%M}{ENDINGS[form]}"


def _subject(report: Report, words: Sequence[str]) -> str:
    calls = [figure.words for figure in report.figures if figure.calls and figure.number]
    title = f"{report.title} ({', '.join(words)})" if words else report.title
    return f"{title}, {report.as_of:%Y-%m-%d}: {', '.join(calls) or 'nothing to do'}"


def _summary(report: Report) -> str:
    told = (clean(f"- {figure.words}", SAID_LIMIT) for figure in report.figures)
    lines = (clean(report.title, SAID_LIMIT), clean(report.answers, SAID_LIMIT), "", *told)
    return "".join(f"{line}\n" for line in lines)


def send(
    parcels: Iterable[Parcel],
    mail: Mail,
    password: Secret | None,
    told: Callable[[Parcel, str], None],
) -> None:
    """Hand messages to the server, one after the other; nothing is raised for what fails there.

    `told` hears of each, as soon as it is known, "" where the server took it and otherwise why not.
    Raises StorageError where `ca_file` cannot be used, or others may write to it, and UsageError
    for a password that no server can be given.
    """
    context = _context(mail)
    with ExitStack() as line:
        client: smtplib.SMTP | None = None
        down = ""  # why there is no connection: who does not answer is asked once
        for parcel in parcels:
            why = down
            try:
                if client is None and not down:
                    client = _connected(mail, password, context)
                    line.callback(client.close)
            except _FAILURES as error:
                why = down = f"{mail.host}: {_why(error)}"
            if client is not None:
                why = _handed_over(client, parcel)
                client = _reset(client) if why else client
                why = f"{mail.host}: {why}" if why else ""
            told(parcel, why)
        if client is not None:
            with suppress(*_FAILURES):
                client.quit()


def _handed_over(client: smtplib.SMTP, parcel: Parcel) -> str:
    """Send one message; return why the server did not take it, or ""."""
    try:
        _hand_over(client, parcel)
    except _FAILURES as error:
        return _why(error)
    return ""


def _context(mail: Mail) -> ssl.SSLContext:
    try:
        if mail.ca_file:
            paths.check_own(Path(mail.ca_file))
        return ssl.create_default_context(cafile=mail.ca_file or None)
    except OSError as error:  # ssl.SSLError is one: the file holds no certificate
        raise StorageError(
            f"{mail.ca_file} holds no certificate that can be used: {error.strerror}.",
            "Name the file of the authority that signed the mail server's certificate.",
        ) from None


def _connected(mail: Mail, password: Secret | None, context: ssl.SSLContext) -> smtplib.SMTP:
    """Return a connection over which mail may go; the server's certificate fits its name."""
    sender = address(mail.sender)
    name, port, wait = sender.domain if sender else None, mail.port_used, float(mail.timeout_s)
    client: smtplib.SMTP
    if mail.security == "tls":
        client = smtp.Encrypted(mail.host, port, name, timeout=wait, context=context)
    else:
        client = smtp.Plain(mail.host, port, name, timeout=wait)
    try:
        if mail.security == "starttls":
            client.starttls(context=context)
        client.ehlo_or_helo_if_needed()
        if password is not None:
            _log_in(client, mail.user, password)
    except BaseException:
        client.close()
        raise
    return client


def _log_in(client: smtplib.SMTP, user: str, password: Secret) -> None:
    if not (user.isascii() and password.reveal().isascii()):
        raise UsageError(
            "The user name or password of the mail server has letters that SMTP does not carry.",
            "Choose another password, of ASCII letters.",
        )
    try:
        client.login(user, password.reveal())
    except smtplib.SMTPResponseException as error:
        # The server's own words are left out, since it has just read the password.
        raise smtplib.SMTPResponseException(
            error.smtp_code, "the server refuses the user name or the password"
        ) from None


def _hand_over(client: smtplib.SMTP, parcel: Parcel) -> None:
    """Send one message; returns once the server has said that it took it."""
    sender, to = address(parcel.sender), address(parcel.to)
    for command, who in ((client.mail, sender), (client.rcpt, to)):
        code, said = command(who.addr_spec if who else "")
        if code not in {250, 251}:
            raise smtplib.SMTPResponseException(code, said)
    if client.sock is not None:
        client.sock.settimeout(ANSWER_S)
    code, said = client.data(parcel.content)
    if client.sock is not None:
        client.sock.settimeout(client.timeout)
    if code != 250:  # noqa: PLR2004  # RFC 5321, 4.2.1
        raise smtplib.SMTPResponseException(code, said)


def _reset(client: smtplib.SMTP) -> smtplib.SMTP | None:
    """Return the connection, ready for another message, or None where it is of no more use."""
    try:
        if client.rset()[0] == 250:  # noqa: PLR2004
            return client
    except _FAILURES:
        pass
    client.close()
    return None


def _why(error: Exception) -> str:
    """Return in words why a server did not take a message."""
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        text = said.decode(errors="replace") if isinstance(said, bytes) else said
        return clean(f"{error.smtp_code} {text}", SAID_LIMIT)
    if isinstance(error, ssl.SSLCertVerificationError):
        return clean(f"its certificate is not accepted: {error.verify_message}", SAID_LIMIT)
    told = next((words for kind, words in _TOLD if isinstance(error, kind)), "")
    return told or clean(getattr(error, "strerror", None) or type(error).__name__, SAID_LIMIT)


_TOLD: Final = (
    (
        smtplib.SMTPNotSupportedError,
        "it does not offer what is asked of it (STARTTLS, or a way to log in)",
    ),
    (smtplib.SMTPServerDisconnected, "it closed the connection"),
    (smtp.TooLongError, "its answer has no end"),
    (TimeoutError, "no answer in time"),
    (UnicodeError, "this is no name of a server"),
    (ValueError, "its answer is not understood"),
)
