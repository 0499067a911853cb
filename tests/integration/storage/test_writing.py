from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.integration.storage.builder import (
    NOON,
    PASSPHRASE,
    Sample,
    credential,
    environment,
    new_sample,
    record_id,
    renamed,
    roles,
    with_secrets,
)
from vault.domain.changes import Change, Changes, changes
from vault.domain.credential import Credential, Exposure
from vault.domain.person import Person
from vault.domain.records import Body
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.domain.secret import Secret
from vault.errors import NotFoundError, RefusedError, StorageError, UsageError
from vault.formats.entry import EntryKind
from vault.services.session import Session
from vault.services.vaults import create_vault
from vault.services.writing import PASTS_KEPT
from vault.storage.connection import PAGE_BYTES
from vault.storage.reading import Snapshot


def body_of(session: Session, record_id: str) -> Body:
    with Snapshot(session.path) as snapshot:
        return session._held.bodies(snapshot, [record_id])[record_id]


def test_a_new_vault_knows_its_founder(sample: Sample) -> None:
    with sample.open() as session:
        person = session.registry.get(session.person, Person)
        assert person.name == session.member_name == "Ann"
        assert person.is_member(NOON.replace(year=2027))


@pytest.mark.parametrize(
    ("passphrase", "founder", "cost"), [("", "Ann", "floor"), ("x", "", "floor"), ("x", "Ann", "?")]
)
def test_a_vault_needs_a_passphrase_a_founder_and_a_known_cost(
    tmp_path: Path, passphrase: str, founder: str, cost: str
) -> None:
    env = environment(tmp_path / "device")
    with pytest.raises(UsageError):
        create_vault(str(tmp_path / "acme"), passphrase, founder, env, cost=cost)
    assert not (tmp_path / "acme").exists()


def test_a_new_vault_has_the_larger_pages(sample: Sample) -> None:
    assert sample.sql("PRAGMA page_size") == [(PAGE_BYTES,)]


def test_what_is_written_is_there_at_once_and_after_opening_again(sample: Sample) -> None:
    with sample.open() as session:
        registry = session.write("role.edit", renamed(1, "webcare"))
        assert registry is session.registry
        assert registry.role(record_id(1)).name == "webcare"
    with sample.open() as again:
        assert again.registry == registry
        assert not again.is_first_sight


def test_no_changes_write_nothing(sample: Sample) -> None:
    with sample.open() as session:
        before = session.seq
        session.write("role.edit", lambda *_: ())
        session.write("role.edit", lambda r, _: changes(r.role(record_id(1))))
        assert session.seq == before
        assert len(list(session.journal())) == before


def test_a_write_returns_what_its_only_decision_found_on_what_another_writer_left(
    sample: Sample,
) -> None:
    found: list[str] = []

    def decide(registry: Registry, now: datetime) -> tuple[Changes, str]:
        found.append(registry.role(record_id(1)).name)
        return renamed(1, "webcare")(registry, now), found[-1]

    with sample.open() as session, sample.open() as other:
        other.write("role.edit", renamed(1, "press"))
        assert session.registry.role(record_id(1)).name != "press"
        assert session.write_returning("role.edit", decide) == "press"
        assert session.registry.role(record_id(1)).name == "webcare"
        # One more decision would have found "webcare" here, which nobody was told of.
        assert found == ["press"]


def test_what_was_found_is_returned_where_nothing_is_written(sample: Sample) -> None:
    with sample.open() as session:
        before = session.seq
        assert session.write_returning("role.edit", lambda r, _: ((), len(r.all(Role)))) == 5
        assert session.seq == before


def test_a_decision_that_fails_writes_nothing_and_lets_the_next_one_through(
    sample: Sample,
) -> None:
    def decide(_registry: Registry, _now: datetime) -> Changes:
        raise RefusedError("no")

    with sample.open() as session:
        before = session.seq
        with pytest.raises(RefusedError):
            session.write("role.edit", decide)
        session.write("role.edit", renamed(1, "webcare"))
        assert session.seq == before + 1


def test_one_write_is_one_line_of_the_journal(sample: Sample) -> None:
    with sample.open() as session:
        session.write(
            "role.add", lambda *_: changes(*roles(8)), note="spring", kind=EntryKind.IMPORT
        )
        line = list(session.journal())[-1]
    assert (line.act, line.note, line.kind, line.author) == (
        "role.add",
        "spring",
        EntryKind.IMPORT,
        "Ann",
    )
    assert set(line.records) == {record_id(n) for n in (5, 6, 7)}
    assert line.count == 3
    assert line.at.date() == NOON.date()


def test_a_line_about_many_records_counts_them(sample: Sample) -> None:
    with sample.open() as session:
        session.write("import.csv", lambda *_: changes(*roles(300)))
        line = list(session.journal())[-1]
        assert (line.records, line.count) == ((), 295)
        assert session.audit() == session.seq


def test_several_changes_to_one_record_become_one(sample: Sample) -> None:
    first, second = credential(1), credential(1, versions=2)
    with sample.open() as session:
        session.write(
            "credential.set",
            lambda *_: (*with_secrets(first, v1="a"), *with_secrets(second, v2="b")),
        )
        stored = session.registry.get(first.id, Credential)
        assert [v.number for v in stored.versions] == [v.number for v in second.versions]
        assert body_of(session, first.id).secrets == {"1": "a", "2": "b"}
        assert list(session.journal())[-1].count == 1


def test_a_body_keeps_secrets_until_they_are_forgotten(sample: Sample) -> None:
    one, two = credential(1), credential(1, versions=2)
    with sample.open() as session:
        session.write("credential.set", lambda *_: with_secrets(one, v1="a"))
        session.write("credential.set", lambda *_: with_secrets(two, v2="b"))
        assert body_of(session, one.id).secrets == {"1": "a", "2": "b"}
        session.write("credential.set", lambda *_: (Change(two, forget=(1,)),))
        assert body_of(session, one.id).secrets == {"2": "b"}


def test_a_body_keeps_the_last_fifty_heads_and_who_replaced_them(sample: Sample) -> None:
    with sample.open() as session:
        for number in range(PASTS_KEPT + 2):
            session.write("role.edit", renamed(1, f"name {number}"))
        past = body_of(session, record_id(1)).past
        assert len(past) == PASTS_KEPT
        assert '"name 1"' in past[0].head
        assert f'"name {PASTS_KEPT}"' in past[-1].head
        assert {each.by for each in past} == {session.person}


def test_a_secret_brings_its_fingerprint_along_whoever_writes_it(sample: Sample) -> None:
    marks: list[str] = []
    with sample.open() as session:
        for value in ("a", "b", "a"):
            changed = with_secrets(credential(1), v1=value)
            session.write("credential.set", lambda *_, changed=changed: changed)
            stored = session.registry.get(credential(1).id, Credential)
            marks.append(stored.versions[0].fingerprint)
        assert body_of(session, credential(1).id).secrets == {"1": "a"}
    assert marks[0] == marks[2] != marks[1]
    assert len(marks[0]) == 24


def exposure(session: Session) -> Changes:
    seen = Exposure(
        id="ee" * 16,
        credential=credential(1).id,
        version=1,
        person=session.person,
        how="revealed",
        at=NOON,
    )
    return changes(seen)


def test_a_reveal_gives_the_secret_and_is_in_the_journal_with_its_exposure(
    sample: Sample,
) -> None:
    with sample.open() as session:
        session.write("credential.set", lambda *_: with_secrets(credential(1), v1="hunter2"))
        secret = session.reveal(
            credential(1).id, 1, "credential.reveal", lambda *_: exposure(session)
        )
        line = list(session.journal())[-1]
        assert secret.reveal() == "hunter2"
        assert (line.kind, line.records) == (EntryKind.REVEAL, ("ee" * 16,))
        assert session.registry.get("ee" * 16, Exposure).person == session.person


def test_a_reveal_without_changes_is_in_the_journal_as_well(sample: Sample) -> None:
    with sample.open() as session:
        session.write("credential.set", lambda *_: with_secrets(credential(1), v1="hunter2"))
        session.reveal(credential(1).id, 1, "credential.reveal", lambda *_: ())
        assert list(session.journal())[-1].kind is EntryKind.REVEAL


@pytest.mark.parametrize(("which", "number"), [(1, 2), (9, 1)])
def test_what_is_not_stored_is_neither_revealed_nor_in_the_journal(
    sample: Sample, which: int, number: int
) -> None:
    with sample.open() as session:
        session.write("credential.set", lambda *_: with_secrets(credential(1), v1="hunter2"))
        before = session.seq
        with pytest.raises(NotFoundError):
            session.reveal(credential(which).id, number, "credential.reveal", lambda *_: ())
        assert session.seq == before


def test_nothing_is_revealed_where_the_journal_cannot_be_written(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vault.storage.store import Writing

    def full(*_: object) -> None:
        raise StorageError("The disk is full.")

    with sample.open() as session:
        session.write("credential.set", lambda *_: with_secrets(credential(1), v1="hunter2"))
        before = session.seq
        monkeypatch.setattr(Writing, "append", full)
        with pytest.raises(StorageError):
            session.reveal(credential(1).id, 1, "credential.reveal", lambda *_: ())
        assert session.seq == before


def test_a_secret_that_is_not_in_the_file_as_written_is_not_called_written(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vault.services import writing

    honest = writing.next_body

    def forgetful(*values: object) -> Body:
        return Body({}, honest(*values).past)  # type: ignore[arg-type]

    monkeypatch.setattr(writing, "next_body", forgetful)
    with sample.open() as session, pytest.raises(StorageError, match="not in the file as written"):
        session.write("credential.set", lambda *_: with_secrets(credential(1), v1="hunter2"))


def test_another_sessions_changes_are_seen_before_deciding(sample: Sample) -> None:
    def raise_by_one(registry: Registry, _now: datetime) -> Changes:
        role = registry.role(record_id(1))
        return changes(Role(id=role.id, name=role.name, min_holders=role.min_holders + 1))

    with sample.open() as one, sample.open() as other:
        for _ in range(3):
            one.write("role.edit", raise_by_one)
            other.write("role.edit", raise_by_one)
        assert one.refresh().role(record_id(1)).min_holders == 7
        assert one.registry == other.registry


def test_a_session_follows_an_import_of_another(sample: Sample) -> None:
    with sample.open() as one, sample.open() as other:
        other.write("import.csv", lambda *_: changes(*roles(400)))
        one.write("role.edit", renamed(399, "press"))
        assert one.registry.role(record_id(399)).name == "press"
        assert len(one.registry) == 401


def test_a_text_without_an_encoding_is_refused_and_not_quoted(sample: Sample) -> None:
    with sample.open() as session:
        with pytest.raises(UsageError) as refused:
            session.write("credential.set", lambda *_: with_secrets(credential(1), v1="a\ud800"))
        assert "ud800" not in refused.value.message
        assert refused.value.__cause__ is None


def test_a_locked_session_gives_nothing_and_writes_nothing(sample: Sample) -> None:
    session = sample.open()
    session.close()
    session.close()
    with pytest.raises(RefusedError, match="locked"):
        _ = session.registry
    with pytest.raises(RefusedError, match="locked"):
        session.write("role.edit", renamed(1, "webcare"))


def test_a_session_shows_no_keys(sample: Sample) -> None:
    with sample.open() as session:
        shown = repr(session) + repr(vars(session)) + repr(session._held)
    seed = sample.keys.signing_seed
    assert repr(seed) not in shown
    assert seed.hex() not in shown
    assert "hidden" in shown


def test_any_secret_comes_back_as_it_went_in(tmp_path: Path) -> None:
    hard = 'a\0b\t"\\ \u202e é e\u0301 \U0001f511' + PASSPHRASE * 300
    with new_sample(tmp_path / "vault").open() as session:
        session.write("credential.set", lambda *_: (Change(credential(1), {1: Secret(hard)}),))
        secret = session.reveal(credential(1).id, 1, "credential.reveal", lambda *_: ())
        assert secret.reveal() == hard
