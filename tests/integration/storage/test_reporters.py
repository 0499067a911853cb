"""A reporter is added, reads what is in clear to it, and is removed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from msgspec.structs import replace as with_fields

from tests.integration.storage.builder import (
    NOON,
    PASSPHRASE,
    Sample,
    credential,
    environment,
    record_id,
    renamed,
    with_secrets,
)
from tests.integration.storage.test_members import add
from vault.domain.changes import changes
from vault.domain.person import Person
from vault.domain.spell import Spell
from vault.errors import (
    AmbiguousError,
    MembershipError,
    NotAMemberError,
    NotForReportersError,
    NotFoundError,
    RefusedError,
    UnsupportedFormatError,
    UsageError,
    WrongPassphraseError,
)
from vault.formats.control import PolicyChange
from vault.formats.entry import EntryKind
from vault.formats.member import MemberKeys, MemberKind
from vault.services import writing
from vault.services.history import history
from vault.services.holding import Held
from vault.services.journal import ILLEGIBLE
from vault.services.members import add_reporter, find_member, remove_member
from vault.services.session import Session
from vault.services.vaults import open_vault
from vault.services.writing import Ruling
from vault.storage import sealing
from vault.storage.sealing import Deed
from vault.storage.store import Writing

MACHINES = "tin can with a string"


@pytest.fixture(scope="module")
def made_once(
    sample_made_once: Sample, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Sample, MemberKeys]:
    sample = sample_made_once.copy(tmp_path_factory.mktemp("reporter", numbered=True) / "vault")
    with sample.open() as session:
        session.write("credential.set", lambda *_: with_secrets(credential(1), v1="hunter2"))
        add_reporter(session, "Monday mail", MACHINES, cost="floor")
    with by_passphrase(sample, MACHINES) as session:
        return sample, session._keys


@pytest.fixture
def keeping(made_once: tuple[Sample, MemberKeys], tmp_path: Path) -> Sample:
    """Return a vault that keeps a password, with the reporter "Monday mail"."""
    return made_once[0].copy(tmp_path / "vault")


@pytest.fixture
def reporter(made_once: tuple[Sample, MemberKeys], keeping: Sample) -> Iterator[Session]:
    """Return the vault as the reporter sees it, on a device of its own."""
    device = keeping.device.with_name("of the machine")
    with replace(keeping, keys=made_once[1], device=device).open() as session:
        yield session


def by_passphrase(sample: Sample, passphrase: str) -> Session:
    env = environment(sample.device.with_name("of the machine"))
    return open_vault(str(sample.path), lambda: passphrase, env)


def test_each_passphrase_opens_the_vault_as_its_own_member(
    keeping: Sample, reporter: Session
) -> None:
    assert reporter.member_name == "Monday mail"
    assert [(each.kind, each.is_you) for each in reporter.members()] == [
        ("admin", False),
        ("reporter", True),
    ]
    with by_passphrase(keeping, MACHINES) as same:
        assert same.member_name == "Monday mail"
    with by_passphrase(keeping, PASSPHRASE) as admin:
        assert admin.member_name == "Ann"


def test_a_reporter_is_told_that_it_is_one_when_it_asks_for_a_secret(reporter: Session) -> None:
    before = reporter.seq
    with pytest.raises(NotForReportersError, match="is a reporter"):
        reporter.reveal(credential(1).id, 1, "credential.reveal", lambda *_: ())
    with pytest.raises(NotForReportersError):
        reporter.pasts(credential(1).id)
    assert reporter.refresh().role(record_id(1)).name == "role 1"
    assert reporter.seq == before


def test_a_reporter_writes_that_it_handed_something_out_and_nothing_else(
    keeping: Sample, reporter: Session
) -> None:
    reporter.write("report.deliver", lambda *_: (), note="dormant", kind=EntryKind.EXPORT)
    with pytest.raises(RefusedError, match="changes nothing"):
        reporter.write("role.edit", renamed(1, "mine"))
    with pytest.raises(RefusedError, match="reporter"):
        add_reporter(reporter, "another", "and another", cost="floor")
    with keeping.open() as session:
        *_, added, told = session.journal()
        assert (added.act, added.author, added.note) == ("member.add", "Ann", "Monday mail")
        assert (told.act, told.author) == ("report.deliver", "Monday mail")
        assert session.audit() == session.seq


def test_no_change_hides_in_what_a_reporter_hands_out(reporter: Session) -> None:
    with pytest.raises(NotForReportersError):
        reporter.write("report.deliver", renamed(1, "mine"), kind=EntryKind.EXPORT)
    assert reporter.refresh().role(record_id(1)).name == "role 1"


def test_a_reporter_cannot_pass_off_what_it_hands_out_as_a_deed_of_an_admin(
    keeping: Sample, reporter: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_up = Deed("case.verify", "seen with my own eyes", {record_id(1): ("", "0" * 12)}, 3)
    monkeypatch.setattr(writing, "deed_of", lambda *_: made_up)
    reporter.write("report.deliver", lambda *_: (), kind=EntryKind.EXPORT)
    with keeping.open() as session:
        *_, told = session.journal()
        assert (told.act, told.records, told.count) == ("export.other", (), 0)
        assert (told.author, told.note) == ("Monday mail", made_up.note)
        assert told.seq not in {each.line.seq for each in history(session, record_id(1))}


@contextmanager
def sealing_only(said: bytes) -> Iterator[None]:
    """Let every entry written meanwhile say these bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "_deed_encoder", SimpleNamespace(encode=lambda _: said))
        yield


@pytest.mark.parametrize(
    "said", [b"[]", b'{"act":1}', b'{"act":"x","other":' + b"[" * 2000 + b"]" * 2000 + b"}"]
)
def test_an_entry_that_cannot_be_read_is_told_by_its_author_and_hides_no_other(
    keeping: Sample, reporter: Session, said: bytes
) -> None:
    with sealing_only(said):
        reporter.write("report.deliver", lambda *_: (), kind=EntryKind.EXPORT)
    check_the_last_is_illegible(keeping)


def test_an_entry_sealed_under_another_key_is_told_by_its_author_and_hides_no_other(
    keeping: Sample, reporter: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sealing, "seal_details", lambda *_: bytes(64))
        reporter.write("report.deliver", lambda *_: (), kind=EntryKind.EXPORT)
    check_the_last_is_illegible(keeping)


def check_the_last_is_illegible(keeping: Sample) -> None:
    with keeping.open() as session:
        *_, added, told = session.journal()
        assert (added.act, added.is_open) == ("member.add", True)
        assert (told.act, told.author, told.note) == ("export.other", "Monday mail", ILLEGIBLE)
        assert next(session.journal_back())[0] == told
        session.write("role.edit", renamed(1, "another name"))
        assert session.audit() == session.seq


def test_a_change_that_cannot_be_read_is_never_told_as_none(keeping: Sample) -> None:
    with keeping.open() as session:
        with sealing_only(b"[]"):
            session.write("role.edit", renamed(1, "another name"))
        for told in (session.journal, session.journal_back):
            with pytest.raises(UnsupportedFormatError):
                list(told())
        with pytest.raises(UnsupportedFormatError):
            history(session, record_id(1))


def test_a_reporter_whose_name_cannot_be_read_goes_by_its_number_and_can_be_removed(
    keeping: Sample,
) -> None:
    with keeping.open() as session:
        with sealing_only(b"[]"):
            add_reporter(session, "Tuesday mail", "a tin can as well", cost="floor")
        *before, added = session.members()
        assert added.name == added.id[:8]
        remove_member(session, find_member(session, added.name))
        assert session.members() == before


def test_a_reporter_has_a_name_and_a_passphrase_of_its_own(keeping: Sample) -> None:
    with keeping.open() as session:
        with pytest.raises(RefusedError, match="already"):
            add_reporter(session, "monday MAIL", "one more", cost="floor")
        with pytest.raises(RefusedError, match="opens the vault already"):
            add_reporter(session, "Tuesday mail", PASSPHRASE, cost="floor")
        with pytest.raises(UsageError):
            add_reporter(session, " ", "one more", cost="floor")
        with pytest.raises(UsageError):
            add_reporter(session, "Tuesday mail", "", cost="floor")
        assert len(session.members()) == 2


def test_who_is_removed_opens_nothing_and_all_is_sealed_anew(
    keeping: Sample, reporter: Session
) -> None:
    with keeping.open() as session:
        before, seq = session.registry, session.seq
        remove_member(session, find_member(session, "monday mail"))
        assert session.seq == seq + 1
        assert {r.id: r for r in session.registry.records()} == {r.id: r for r in before.records()}
        secret = session.reveal(credential(1).id, 1, "credential.reveal", lambda *_: ())
        assert secret.reveal() == "hunter2"
        assert session.pasts(record_id(1)) == {record_id(1): ()}
        assert [line.act for line in session.journal()][-2] == "member.remove"
    assert keeping.sql("SELECT DISTINCT epoch FROM records") == [(2,)]
    with pytest.raises(NotAMemberError):
        reporter.refresh()
    with pytest.raises(WrongPassphraseError):
        by_passphrase(keeping, MACHINES)


def test_a_reporter_who_comes_after_a_removal_reads_every_name(keeping: Sample) -> None:
    with keeping.open() as session:
        remove_member(session, find_member(session, "monday mail"))
        add_reporter(session, "Monday mail", MACHINES, cost="floor")
    with by_passphrase(keeping, MACHINES) as session:
        assert session.registry.role(record_id(4)).name == "role 4"
        assert session.member_name == "Monday mail"


def test_a_removal_that_fails_midway_has_not_begun(
    keeping: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    with keeping.open() as session:
        found, seq = find_member(session, "monday mail"), session.seq
        with monkeypatch.context() as patch:
            patch.setattr(Writing, "append", _fail)
            with pytest.raises(OSError, match="full"):
                remove_member(session, found)
        assert session.refresh().role(record_id(1)).name == "role 1"
        assert (session.seq, len(session.members())) == (seq, 2)
    assert keeping.sql("SELECT DISTINCT epoch FROM records") == [(1,)]
    assert keeping.sql("SELECT count(*) FROM keyslots") == [(2,)]


def _fail(*_: object) -> None:
    raise OSError("full")


def test_nobody_removes_himself_and_an_admin_stays(keeping: Sample) -> None:
    with keeping.open() as session:
        with pytest.raises(RefusedError, match="last admin"):
            remove_member(session, find_member(session, "ann"))
        you = replace(find_member(session, "monday mail"), is_you=True)
        with pytest.raises(RefusedError, match="nobody removes himself"):
            remove_member(session, you)
        assert len(session.members()) == 2


def test_members_are_found_by_name_or_id_and_never_guessed(keeping: Sample) -> None:
    with keeping.open() as session:
        found = find_member(session, "MONDAY mail")
        assert find_member(session, found.id[:8]) == found
        with pytest.raises(NotFoundError, match="tuesday"):
            find_member(session, "tuesday")
        with pytest.raises(NotFoundError):
            find_member(session, "")


def test_one_name_of_two_members_is_ambiguous(keeping: Sample) -> None:
    with keeping.open() as session:
        (person,) = session.registry.all(Person)
        session.write("person.edit", lambda *_: changes(with_fields(person, name="Monday mail")))
        with pytest.raises(AmbiguousError):
            find_member(session, "monday mail")


def test_the_record_of_who_is_removed_says_so(sample: Sample) -> None:
    member_id = add(sample, MemberKind.ADMIN).keys.public().member_id.hex()
    person = Person(id=record_id(77), name="Bo", memberships=(Spell(member_id, NOON),))
    with sample.open() as session:
        session.write("person.add", lambda *_: changes(person))
        remove_member(session, find_member(session, "bo"))
        gone = session.registry.person(person.id)
        assert not gone.is_member(session.env.now())
        assert len(session.pasts(person.id)[person.id]) == 1


def test_where_several_admins_must_sign_one_alone_changes_no_member(sample: Sample) -> None:
    add(sample, MemberKind.ADMIN)
    with sample.open() as session:
        session.govern("vault.policy", of_two)
        with pytest.raises(RefusedError, match="2 admins must sign"):
            add_reporter(session, "Monday mail", MACHINES, cost="floor")
        assert len(session.members()) == 2


def of_two(held: Held, _now: datetime) -> Ruling:
    policy = with_fields(held.position.membership.policy, quorum=2)
    return Ruling(PolicyChange(policy), b"", None, "", held.sealer)


def test_what_other_readers_would_refuse_is_not_written(sample: Sample) -> None:
    with sample.open() as session:
        with pytest.raises(MembershipError, match="no one can reach"):
            session.govern("vault.policy", of_two)
        assert session.refresh().role(record_id(1)).name == "role 1"
        assert session.audit() == session.seq == 2


HOLDS_THE_VAULT_OPEN = """
import sys
from pathlib import Path
from tests.integration.storage.builder import environment
from vault.services.vaults import open_vault

path, device, passphrase = sys.argv[1:]
session = open_vault(path, lambda: passphrase, environment(Path(device)))
print(len(list(session.journal())), flush=True)
sys.stdin.read()
"""


def found_in_memory(sample: Sample, passphrase: str, needles: dict[str, bytes]) -> set[str]:
    """Return which of the needles are in the memory of a process that has the vault open."""
    device = sample.device.with_name("of the process")
    command = [sys.executable, "-c", HOLDS_THE_VAULT_OPEN, str(sample.path), str(device)]
    folder = Path(__file__).parents[3]
    with subprocess.Popen(
        [*command, passphrase], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip().isdigit()
        return {name for name, needle in needles.items() if is_in_memory(other.pid, needle)}


def is_in_memory(pid: int, needle: bytes) -> bool:
    """Look through all that a process may read or write (proc(5), `maps` and `mem`)."""
    maps = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines()
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in maps:
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if match is None or line.endswith(("[vvar]", "[vsyscall]")):
                continue
            begin, end = (int(each, 16) for each in match.groups())
            if needle in os.pread(memory.fileno(), end - begin, begin):
                return True
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="memory is looked through by Linux's /proc")
def test_no_key_to_a_secret_is_in_the_memory_of_a_reporter(keeping: Sample) -> None:
    with keeping.open() as session:
        keys = session._held.keys.newest
    needles = {
        "body": keys.body,
        "epoch": keys.epoch_key,
        "ladder": keys.ladder,
        "head": keys.head,
        "log": keys.log,
    }
    assert found_in_memory(keeping, PASSPHRASE, needles) == set(needles)
    assert found_in_memory(keeping, MACHINES, needles) == {"head", "log"}
