"""A mail server that never comes to an end is left, and nobody waits for who waits for it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest

from tests.integration.delivery.server import make_certificate
from tests.integration.delivery.test_mailing import ANA, Desk
from vault.errors import ConflictError, UnsafePathError
from vault.services import device_files, smtp
from vault.services.mailing import send
from vault.services.periodic import Mail


@contextmanager
def talking(sentence: bytes, times: int) -> Iterator[int]:
    """Run a server that says a sentence again and again; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def talk() -> None:
            connection, _ = listening.accept()
            with connection, suppress(OSError):
                for _ in range(times):
                    connection.sendall(sentence * 1000)
                connection.recv(1000)

        thread = Thread(target=talk, daemon=True)
        thread.start()
        yield int(listening.getsockname()[1])
        thread.join(5)


def test_an_answer_without_end_is_not_heard_out(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    desk = Desk(tmp_path)
    desk.put(ANA)
    with talking(b"220-" + b"a" * 500 + b"\r\n", 50) as port:
        desk.names(port)
        assert desk.send()[0].said == "127.0.0.1: its answer has no end"


def test_a_server_that_stops_within_a_long_answer_is_told_as_slow() -> None:
    with talking(b"220-a\r\n", 1) as port, pytest.raises(TimeoutError):
        smtp.Plain("127.0.0.1", port, "here", timeout=0.05)


def test_a_server_that_says_a_byte_at_a_time_gets_no_more_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"220-")
        moments = iter([0.0, 3.0, 6.0])
        monkeypatch.setattr("vault.services.smtp.monotonic", lambda: next(moments))
        answers = smtp.Answers(ours)
        answers.begin(5)
        assert answers.read(2) == b"22"
        with pytest.raises(TimeoutError):
            answers.read(2)


def test_who_finds_another_run_at_work_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with (
        device_files.locked(tmp_path),
        pytest.raises(ConflictError) as told,
        device_files.locked(tmp_path, patience_s=0),
    ):
        pytest.fail("both have it")
    assert str(tmp_path) in told.value.message
    with device_files.locked(tmp_path, patience_s=0):
        pass  # the other one has ended


def test_a_ca_file_that_others_may_write_to_is_not_believed(tmp_path: Path) -> None:
    theirs = make_certificate(tmp_path / "theirs.pem")
    theirs.chmod(0o666)
    mail = Mail(host="127.0.0.1", sender=ANA, to=(ANA,), ca_file=str(theirs))
    with pytest.raises(UnsafePathError, match="Others may write"):
        send((), mail, None, lambda *_: None)
    theirs.chmod(0o644)
    send((), mail, None, lambda *_: None)
