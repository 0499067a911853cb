"""Talking to a mail server that may never come to an end."""

from __future__ import annotations

import io
import smtplib
import socket
from contextlib import suppress
from time import monotonic
from typing import Final

LONGEST_ANSWER: Final = 64 * 1024
"""Bytes; an answer to EHLO has some 20 lines, and 512 bytes are a line (RFC 5321, 4.5.3.1.5)."""


class TooLongError(smtplib.SMTPException):
    """A server that goes on and on."""


class Answers(io.RawIOBase):
    """What a server says: not too much in one answer, and all of that within `wait` seconds.

    A socket's own time-out begins anew with every byte, and smtplib adds lines up without end.
    """

    def __init__(self, line: socket.socket) -> None:
        super().__init__()
        self._line = line

    def begin(self, wait: float) -> None:
        """Expect another answer."""
        self._left, self._until = LONGEST_ANSWER, monotonic() + wait

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Hear a bit; raises TooLongError and TimeoutError."""
        wait = self._until - monotonic()
        if self._left <= 0:
            raise TooLongError
        if wait <= 0:
            raise TimeoutError
        self._line.settimeout(wait)
        got = self._line.recv_into(buffer)
        self._left -= got
        return got


class _Bounded(smtplib.SMTP):
    """A connection that hears a server out through Answers.

    It raises TooLongError and TimeoutError, where smtplib tells of a closed connection.
    """

    def getreply(self) -> tuple[int, bytes]:
        """Return the code and the text of an answer, as smtplib does."""
        line = self.sock
        if line is None:
            raise smtplib.SMTPServerDisconnected
        wait = line.gettimeout() or 0.0
        if self.file is None:
            self.file = io.BufferedReader(Answers(line))
        self.file.raw.begin(wait)
        try:
            return super().getreply()
        except smtplib.SMTPServerDisconnected as error:
            if isinstance(error.__context__, TooLongError | TimeoutError):
                raise error.__context__ from None
            raise
        finally:
            with suppress(OSError):  # it is closed already
                line.settimeout(wait)


class Plain(_Bounded):
    """A connection without TLS, at first or at all."""


class Encrypted(_Bounded, smtplib.SMTP_SSL):
    """A connection over TLS from its first byte."""
