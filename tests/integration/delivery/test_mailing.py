"""Mail that goes wrong in every way arrives once, as soon as it can."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.integration.delivery.server import (
    PASSWORD,
    Post,
    breaking_off,
    free_port,
    make_certificate,
    post,
)
from vault.errors import StorageError, UsageError
from vault.reports.report import Figure, Report
from vault.services.delivery import ANOTHERS, NOT_ASKED, Run, bring_waiting
from vault.services.environment import Environment
from vault.services.mailing import compose
from vault.services.outbox import Outbox, Parcel
from vault.services.periodic import Asked, Mail, Periodic
from vault.services.session import Session

FILE = Path("/etc/safehands/reports.toml")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANA, SENDER = "ana@acme.example", "Safehands <reports@acme.example>"
DIRECTIE = "directie@acme.example"


class Desk:
    """An outbox with its own clock, and the mail server that the file of reports names."""

    def __init__(self, folder: Path) -> None:
        self.now = NOON
        self.box = Outbox(folder / "outbox")
        self.mail: Mail | None = None
        self.password_file_read = 0

    def put(self, *receivers: str) -> None:
        with self.box.held():
            for number, to in enumerate(receivers):
                self.box.put(parcel(to, self.now + timedelta(seconds=number)))

    def names(self, port: int, **more: object) -> None:
        given = {
            "host": "127.0.0.1",
            "security": "none",
            "sender": SENDER,
            "to": (ANA, DIRECTIE, f"Directie <{DIRECTIE}>"),
            "timeout_s": 5,
        } | more
        self.mail = Mail(port=port, **given)  # type: ignore[arg-type]

    def send(self) -> list[Parcel]:
        env = Environment(lambda: self.now, bytes, Path("/nowhere"))
        periodic = Periodic((Asked("dormant"),), self.mail)
        return bring_waiting(Run(FILE, periodic, self.box, env, _closed, self._password))

    def _password(self, _file: Path) -> str:
        self.password_file_read += 1
        return PASSWORD

    def waiting(self) -> list[Parcel]:
        return [each for each in self.box.parcels() if each.is_waiting]


def _closed() -> Session:
    pytest.fail("the vault was opened")


def report(title: str = "Accounts nobody uses") -> Report:
    figures = (Figure("dormant", 2, "dormant account", calls=True),)
    return Report("dormant", title, NOON, "Which accounts are idle?", figures)


def parcel(to: str, at: datetime) -> Parcel:
    content = compose(report(), "html", SENDER, to, lambda n: at.isoformat().encode()[-n:])
    return Parcel(
        spec=Asked("dormant").spec,
        report="dormant",
        way="mail",
        to=to,
        name="dormant.html",
        made_at=at,
        is_clean=False,
        content=content,
        sender=SENDER,
    )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    tmp_path.chmod(0o700)
    return Desk(tmp_path)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("certificate") / "server.pem")


@pytest.fixture(scope="module")
def office() -> Iterator[Post]:
    with post() as running:
        yield running


@pytest.fixture(autouse=True)
def as_new(office: Post) -> None:
    office.taken.clear()
    office.to_receiver = lambda _: "250 OK"
    office.to_message = lambda _: "250 taken"


def opened(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_mail_arrives_once_for_each_receiver(desk: Desk, office: Post) -> None:
    desk.names(office.port)
    desk.put(ANA, "Directie <directie@acme.example>")
    assert not [each for each in desk.send() if each.is_waiting]
    desk.send()
    assert [each.to for each in office.taken] == [[ANA], ["directie@acme.example"]]
    message = opened(office.taken[0].content)
    assert message["Subject"] == "Accounts nobody uses, 2026-03-02: 2 dormant accounts"
    assert message["To"] == ANA
    assert message["Auto-Submitted"] == "auto-generated"
    [attached] = message.iter_attachments()
    assert attached.get_filename() == "dormant-2026-03-02-1200.html"
    assert "<!doctype html>" in attached.get_content()


def test_what_has_arrived_leaves_no_content_on_the_disk(desk: Desk, office: Post) -> None:
    desk.names(office.port)
    desk.put(ANA)
    desk.send()
    (arrived,) = desk.box.parcels()
    assert (arrived.content, arrived.arrived_at) == (b"", NOON)


@pytest.mark.parametrize("said", ["451 try later", "550 no such user"])
def test_a_receiver_who_is_refused_holds_up_nobody_else(
    desk: Desk, office: Post, said: str
) -> None:
    desk.names(office.port)
    office.to_receiver = lambda envelope: said if ANA in envelope.rcpt_tos else "250 OK"
    desk.put(ANA, "directie@acme.example")
    desk.send()
    (waiting,) = desk.waiting()
    assert (waiting.to, waiting.said, waiting.attempts) == (ANA, f"127.0.0.1: {said}", 1)
    assert [each.to for each in office.taken] == [["directie@acme.example"]]


def test_what_is_put_off_is_tried_later_and_later_and_arrives_once(
    desk: Desk, office: Post
) -> None:
    desk.names(office.port)
    desk.put(ANA)
    tries: list[datetime] = []

    def say(_: object) -> str:
        tries.append(desk.now)
        return "451 try later" if len(tries) < 4 else "250 taken"

    office.to_message = say
    for _ in range(20):
        desk.send()
        desk.now += timedelta(minutes=5)
    assert [int((at - NOON).total_seconds()) // 60 for at in tries] == [0, 5, 15, 35]
    assert len(office.taken) == 1
    assert not desk.waiting()


def test_a_line_that_breaks_within_a_message_leaves_it_to_the_next_run(
    desk: Desk, office: Post
) -> None:
    desk.put(ANA, "directie@acme.example")
    answers = (b"220 x\r\n", b"250 x\r\n", b"250 OK\r\n", b"250 OK\r\n", b"354 go\r\n")
    with breaking_off(b"Subject:", answers) as (port, read):
        desk.names(port)
        desk.send()
    assert b"\r\n.\r\n" not in b"".join(read)[:200]
    assert len(desk.waiting()) == 2
    assert "closed the connection" in desk.waiting()[0].said
    desk.names(office.port)
    desk.now += timedelta(minutes=5)
    desk.send()
    desk.send()
    assert [each.to for each in office.taken] == [[ANA], ["directie@acme.example"]]


def test_a_server_that_is_down_loses_nothing(desk: Desk, office: Post) -> None:
    desk.put(ANA)
    desk.names(free_port())
    (waiting,) = desk.send()
    assert waiting.said == "127.0.0.1: Connection refused"
    desk.names(office.port)
    assert [each.is_waiting for each in desk.send()] == [True]  # it is not its time yet
    desk.now += timedelta(minutes=5)
    assert [each.is_waiting for each in desk.send()] == [False]
    assert len(office.taken) == 1


def test_mail_whose_answer_was_never_heard_comes_again_as_the_same_mail(
    desk: Desk, office: Post
) -> None:
    desk.names(office.port)
    desk.put(ANA)
    office.to_message = lambda _: ""
    desk.send()
    office.to_message = lambda _: "250 taken"
    desk.now += timedelta(minutes=5)
    desk.send()
    first, second = office.taken
    assert first.content == second.content
    assert opened(first.content)["Message-ID"]


def test_a_run_that_is_killed_before_it_noted_an_arrival_sends_the_same_mail_again(
    desk: Desk, office: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.names(office.port)
    desk.put(ANA)
    with monkeypatch.context() as patch:
        patch.setattr(Outbox, "settle", _killed)
        with pytest.raises(KeyboardInterrupt):
            desk.send()
    desk.send()
    first, second = office.taken
    assert first.content == second.content
    assert not desk.waiting()


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_nothing_is_sent_where_its_arrival_could_not_be_noted(
    desk: Desk, office: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.names(office.port)
    desk.put(ANA)
    with monkeypatch.context() as patch:
        patch.setattr("vault.services.device_files.os.fsync", _full)
        with pytest.raises(StorageError, match="No space"):
            desk.send()
    assert (office.taken, len(desk.waiting())) == ([], 1)


def _full(_: object) -> None:
    raise OSError(28, "No space left on device")


def test_mail_goes_encrypted_after_a_log_in(desk: Desk, certificate: Path) -> None:
    with post(certificate, knows_users=True) as office:
        desk.names(
            office.port,
            security="starttls",
            ca_file=str(certificate),
            user="safehands",
            password_file="f",
        )
        desk.put(ANA)
        assert [each.said for each in desk.send()] == [""]
        (taken,) = office.taken
    assert (taken.is_encrypted, taken.is_logged_in) == (True, True)


def test_a_wrong_password_is_told_without_a_word_of_it(
    desk: Desk, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "_password", lambda _: "Geheim-1234")
    with post(certificate, knows_users=True) as office:
        more = {"security": "starttls", "ca_file": str(certificate), "user": "safehands"}
        desk.names(office.port, password_file="f", **more)
        desk.put(ANA)
        (waiting,) = desk.send()
    assert waiting.said == "127.0.0.1: 535 the server refuses the user name or the password"
    assert office.taken == []


def test_a_password_that_smtp_does_not_carry_is_refused_without_being_shown(
    desk: Desk, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "_password", lambda _: "Geheim-ë")
    with post(certificate, knows_users=True) as office:
        more = {"security": "starttls", "ca_file": str(certificate), "user": "safehands"}
        desk.names(office.port, password_file="f", **more)
        desk.put(ANA)
        with pytest.raises(UsageError, match="letters that SMTP") as caught:
            desk.send()
    assert "Geheim" not in f"{caught.value} {caught.value.hint}"


def test_a_name_that_no_resolver_takes_is_a_server_that_is_not_there(desk: Desk) -> None:
    desk.names(25, host="mail..acme.example")
    desk.put(ANA)
    assert [each.said for each in desk.send()] == [
        "mail..acme.example: this is no name of a server"
    ]


def test_a_challenge_that_cannot_be_read_leaves_the_mail_waiting(desk: Desk) -> None:
    answers = (b"220 x\r\n", b"250-x\r\n250 AUTH CRAM-MD5\r\n", b"334 x\r\n")
    with breaking_off(b"QUIT", answers) as (port, _):
        desk.names(port, user="safehands", password_file="f")
        desk.put(ANA)
        assert [each.said for each in desk.send()] == ["127.0.0.1: its answer is not understood"]


def test_a_server_without_starttls_is_given_nothing(desk: Desk, office: Post) -> None:
    desk.names(office.port, security="starttls", user="safehands", password_file="f")
    desk.put(ANA)
    (waiting,) = desk.send()
    assert "does not offer" in waiting.said
    assert office.taken == []


def test_a_server_that_cannot_prove_its_name_is_given_nothing(
    desk: Desk, certificate: Path, tmp_path: Path
) -> None:
    foreign = make_certificate(tmp_path / "foreign.pem", "mail.acme.example")
    expired = make_certificate(tmp_path / "expired.pem", days=-1)
    for shown, trusted in ((certificate, foreign), (foreign, foreign), (expired, expired)):
        with post(shown) as office:
            desk.names(office.port, security="starttls", ca_file=str(trusted))
            desk.put(ANA)
            assert {each.said.partition(" - ")[0].split(": ")[1] for each in desk.send()} == {
                "its certificate is not accepted"
            }
            assert office.taken == []
        desk.now += timedelta(hours=6)


def test_a_ca_file_without_a_certificate_is_named(desk: Desk, tmp_path: Path) -> None:
    desk.names(25, security="tls", ca_file=str(tmp_path / "none.pem"))
    desk.put(ANA)
    with pytest.raises(StorageError, match=r"none\.pem"):
        desk.send()


def test_a_server_that_says_nothing_is_not_waited_for(desk: Desk) -> None:
    with breaking_off(b"ehlo", (b"220 x\r\n",)) as (port, _):
        desk.names(port)
        desk.put(ANA)
        assert "closed the connection" in desk.send()[0].said


def test_where_no_server_is_named_any_more_mail_waits(desk: Desk) -> None:
    desk.put(ANA)
    assert [each.said for each in desk.send()] == [NOT_ASKED]
    assert desk.waiting()


def test_who_is_named_no_more_is_sent_nothing_and_what_waits_for_him_stays(
    desk: Desk, office: Post
) -> None:
    desk.names(office.port, to=(ANA,))
    desk.put(ANA, DIRECTIE)
    told = {each.to: (each.is_waiting, each.said) for each in desk.send()}
    assert told == {ANA: (False, ""), DIRECTIE: (True, NOT_ASKED)}
    assert [each.to for each in office.taken] == [[ANA]]
    (waiting,) = desk.waiting()
    assert (waiting.to, waiting.attempts) == (DIRECTIE, 0)


def test_a_report_that_is_asked_for_no_more_or_by_another_file_is_sent_to_nobody(
    desk: Desk, office: Post
) -> None:
    desk.names(office.port)
    desk.put(ANA)
    (ours,) = desk.box.parcels()
    desk.box.drop(ours)
    for asked_in, said in (("", NOT_ASKED), (str(FILE), NOT_ASKED), ("/b", f"{ANOTHERS}, /b")):
        desk.box.put(replace(ours, spec=Asked("ownership").spec, asked_in=asked_in))
        assert [each.said for each in desk.send()] == [said]
    assert office.taken == []


def test_what_a_server_says_is_hostile_text(desk: Desk, office: Post) -> None:
    desk.names(office.port)
    office.to_message = lambda _: "550 \x1b]52;c;x\x07\u202e" + "x" * 400
    desk.put(ANA)
    (waiting,) = desk.send()
    assert waiting.said.isprintable()
    assert len(waiting.said) <= 320
