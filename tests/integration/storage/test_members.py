"""Vaults of several members, and of several epochs."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime

import msgspec
import pytest

from tests.integration.storage.builder import (
    NOON,
    Sample,
    credential,
    record_id,
    renamed,
    with_secrets,
)
from tests.integration.storage.tricks import put_entry
from vault.crypto.signing import SigningKey
from vault.domain.changes import Changes, changes
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.role import Role
from vault.errors import NotAMemberError, NotForReportersError, RefusedError
from vault.formats.control import AddMember, Control, ControlBody, NewEpoch, RemoveMember, kind_of
from vault.formats.entry import Entry
from vault.formats.epoch import EpochKeys, derive_epoch_keys, seal_grant, seal_ladder, start_epoch
from vault.formats.member import MemberKeys, MemberKind, join_message, new_member_keys
from vault.services.session import Session


def epoch_keys(session: Session) -> EpochKeys:
    keys = session._held.keys
    newest = keys._keys[keys.epoch]
    assert isinstance(newest, EpochKeys)
    return newest


def append_control(sample: Sample, session: Session, body: ControlBody, epoch: int) -> None:
    position = session._held.position
    entry = Entry(
        vault_id=position.membership.vault_id,
        seq=position.head.seq + 1,
        kind=kind_of(body),
        time_ms=int(NOON.timestamp() * 1000),
        author=sample.keys.public().member_id,
        epoch=epoch,
        prev=position.mark.hash,
        prev_control=position.membership.last_hash,
        root=position.head.root,
        n_records=position.head.n_records,
        public=Control(body).encode(),
    )
    put_entry(sample, entry.signed_by(SigningKey(sample.keys.signing_seed)))


def add(sample: Sample, kind: MemberKind) -> Sample:
    """Add a member; return the vault as he sees it, on a device of his own."""
    keys = new_member_keys(os.urandom)
    with sample.open() as session:
        membership, member = session._held.position.membership, keys.public(kind)
        epoch, vault_id = membership.epoch, membership.vault_id
        grant = seal_grant(vault_id, epoch, member, epoch_keys(session))
        signed = SigningKey(keys.signing_seed).sign(join_message(vault_id, member))
        body = AddMember(member, epoch, grant.suite, grant.wrapped, signed)
        append_control(sample, session, body, epoch)
    return replace(sample, keys=keys, device=sample.device.with_name(f"of {kind.name}"))


def new_epoch(sample: Sample, leaver: MemberKeys | None = None) -> None:
    """Begin an epoch, without `leaver` if one is given."""
    with sample.open() as session:
        membership = session._held.position.membership
        vault_id, number = membership.vault_id, membership.epoch + 1
        gone = None if leaver is None else leaver.public().member_id
        grantees = [m for i, m in membership.grantees.items() if i != gone]
        fresh = derive_epoch_keys(vault_id, number, os.urandom(32))
        ladder = seal_ladder(vault_id, number, fresh, epoch_keys(session), os.urandom)
        block = start_epoch(vault_id, number, fresh, grantees, ladder)
        body = NewEpoch(block) if gone is None else RemoveMember(gone, block)
        append_control(sample, session, body, number)


def test_a_second_admin_reads_and_writes_what_the_first_does(sample: Sample) -> None:
    theirs = add(sample, MemberKind.ADMIN)
    with sample.open() as session:
        session.write("credential.set", lambda *_: with_secrets(credential(1), v1="hunter2"))
    with theirs.open() as session:
        assert session.is_first_sight
        assert session.person == ""
        secret = session.reveal(credential(1).id, 1, "credential.reveal", lambda *_: ())
        assert secret.reveal() == "hunter2"
        assert session.audit() == session.seq


def test_a_reporter_reads_names_and_neither_writes_nor_reveals(sample: Sample) -> None:
    with sample.open() as session:
        session.write("credential.set", lambda *_: with_secrets(credential(1), v1="hunter2"))
    with add(sample, MemberKind.REPORTER).open() as session:
        assert session.registry.role(record_id(1)).name == "role 1"
        assert [line.act for line in session.journal()][-1] == "member.add"
        with pytest.raises(RefusedError, match="reporter"):
            session.write("role.edit", renamed(1, "webcare"))
        with pytest.raises(NotForReportersError, match="reporter"):
            session.reveal(credential(1).id, 1, "credential.reveal", lambda *_: ())
        assert session.registry.role(record_id(1)).name == "role 1"


def test_a_new_epoch_seals_what_is_written_and_reads_what_was(sample: Sample) -> None:
    with sample.open() as session:
        session.write("credential.set", lambda *_: with_secrets(credential(1), v1="hunter2"))
    new_epoch(sample)
    with sample.open() as session:
        session.write("role.edit", renamed(1, "webcare"))
        secret = session.reveal(credential(1).id, 1, "credential.reveal", lambda *_: ())
        assert secret.reveal() == "hunter2"
        assert [line.is_open for line in session.journal()] == [True] * session.seq
    epochs = dict(sample.sql("SELECT epoch, count(*) FROM records GROUP BY epoch"))
    assert epochs == {1: 6, 2: 1}
    with sample.open() as session:
        assert session.registry.role(record_id(1)).name == "webcare"
        assert session.registry.role(record_id(2)).name == "role 2"


def test_a_running_session_follows_a_new_epoch(sample: Sample) -> None:
    with sample.open() as session:
        new_epoch(sample)
        session.write("role.edit", renamed(1, "webcare"))
        assert session.audit() == session.seq == 4
    assert sample.sql("SELECT max(epoch) FROM records") == [(2,)]


def test_who_was_removed_opens_nothing_that_is_newer(sample: Sample) -> None:
    theirs = add(sample, MemberKind.ADMIN)
    with theirs.open() as running:
        new_epoch(sample, leaver=theirs.keys)
        with pytest.raises(NotAMemberError):
            running.write("role.edit", renamed(1, "mine"))
    with pytest.raises(NotAMemberError, match="no member of the vault now"):
        theirs.open()
    with sample.open() as session:
        assert session.registry.role(record_id(1)).name == "role 1"


def test_a_reporter_who_joins_late_reads_no_older_journal(sample: Sample) -> None:
    new_epoch(sample)
    with sample.open() as session:
        session.write("vault.reseal", rewritten)
    with add(sample, MemberKind.REPORTER).open() as reporter:
        assert reporter.registry.role(record_id(1)).purpose == "resealed"
        lines = list(reporter.journal())
    assert [line.is_open for line in lines] == [False, False, True, True, True]
    assert [line.act for line in lines][:2] == ["vault.init", ""]


def rewritten(registry: Registry, _now: datetime) -> Changes:
    """Change every record, so that all are sealed under the current epoch."""
    roles = (msgspec.structs.replace(r, purpose="resealed") for r in registry.all(Role))
    people = (msgspec.structs.replace(p, note="resealed") for p in registry.all(Person))
    return changes(*roles, *people)
