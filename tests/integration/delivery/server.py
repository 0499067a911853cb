"""Mail servers on this machine: a real one, and one that breaks off where it is told to."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as Talk
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PASSWORD = "postbode"
Answer = Callable[[Envelope], str]


@dataclass
class Taken:
    """A message that a server took: over TLS or not, after a log-in or not, for whom."""

    is_encrypted: bool
    is_logged_in: bool
    sender: str
    to: list[str]
    content: bytes


@dataclass
class Post:
    """A server: what it took, and what it says to a receiver and to a message that it was given.

    An answer to a message that is no 2.. means that it was not taken; "" breaks the line, after
    the message was taken.
    """

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    to_receiver: Answer = lambda _: "250 OK"
    to_message: Answer = lambda _: "250 taken"

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name and form
        self, _server: SMTP, _talk: Talk, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        said = self.to_receiver(envelope)
        if not said.startswith("250"):
            envelope.rcpt_tos.pop()
        return said

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, talk: Talk, envelope: Envelope
    ) -> str:
        said = self.to_message(envelope)
        if said.startswith("2") or not said:
            to = [str(each) for each in envelope.rcpt_tos]
            is_safe, is_known = talk.ssl is not None, bool(talk.authenticated)
            content = envelope.original_content or b""
            self.taken.append(Taken(is_safe, is_known, str(envelope.mail_from), to, content))
        if not said:
            assert server.transport is not None
            server.transport.close()
        return said


@contextmanager
def post(certificate: Path | None = None, *, knows_users: bool = False) -> Iterator[Post]:
    """Run a mail server; with a certificate it insists on STARTTLS."""
    office, more = Post(), dict[str, Any]()
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        more = {"tls_context": context, "require_starttls": True}
    if knows_users:
        more |= {"auth_required": True, "authenticator": _authenticated}
    controller = Controller(office, hostname="127.0.0.1", port=free_port(), **more)
    controller.start()
    office.port = controller.port
    try:
        yield office
    finally:
        controller.stop()


def _authenticated(_server: SMTP, _talk: Talk, _envelope: Envelope, _how: str, data: Any) -> Any:
    is_right = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
    # handled=False lets the server itself say 535.
    return AuthResult(success=is_right, handled=is_right)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextmanager
def breaking_off(after: bytes, answers: tuple[bytes, ...]) -> Iterator[tuple[int, list[bytes]]]:
    """Run a server that gives its answers line by line, and is gone once it has read `after`.

    Yields its port and, at the end, all that it read.
    """
    read: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def talk() -> None:
            waiting = list(answers)
            connection, _ = listening.accept()
            listening.close()  # nobody comes twice
            with connection:
                connection.sendall(waiting.pop(0))
                while chunk := connection.recv(1000):
                    read.append(chunk)
                    if after in b"".join(read):
                        return
                    if waiting:
                        connection.sendall(waiting.pop(0))

        thread = Thread(target=talk, daemon=True)
        thread.start()
        yield int(listening.getsockname()[1]), read
        thread.join(5)


def make_certificate(file: Path, name: str = "127.0.0.1", days: int = 1) -> Path:
    """Write a certificate for `name` that vouches for itself, and its key; return the file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    try:
        known: x509.GeneralName = x509.IPAddress(ip_address(name))
    except ValueError:
        known = x509.DNSName(name)
    end = datetime.now(UTC) + timedelta(days=days)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(end - timedelta(days=30))
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([known]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    secret = key.private_bytes(form, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(secret + made.public_bytes(form))
    return file
