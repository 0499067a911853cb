"""Equal secrets look equal to admins of every epoch, and to nobody else."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace

import pytest

from tests.integration.storage.builder import Sample, credential, with_secrets
from vault.domain.credential import Credential
from vault.domain.secret import Secret
from vault.errors import NotForReportersError
from vault.services.fingerprints import fingerprint
from vault.services.members import add_reporter, find_member, remove_member
from vault.services.session import Session
from vault.services.vaults import open_vault

REPORTERS = "tin can with a string"


def stored(session: Session, number: int, value: str) -> str:
    """Store a secret and return its fingerprint."""
    session.write("credential.set", lambda *_: with_secrets(credential(number), v1=value))
    found = session.registry.get(credential(number).id, Credential)
    return found.versions[0].fingerprint


def test_equal_secrets_have_equal_fingerprints_in_one_vault(sample: Sample) -> None:
    with sample.open() as session:
        first, second = stored(session, 1, "hunter2"), stored(session, 2, "hunter2")
        assert first == second != stored(session, 3, "hunter3")
        assert "hunter2" not in repr(session.registry.get(credential(1).id, Credential))


def test_a_fingerprint_is_what_the_format_says(sample: Sample) -> None:
    with sample.open() as session:
        found = stored(session, 1, "hunter2 ✓")
        position, keys = session._held.position, session._held.keys
        salt = b"smr1/fingerprint\0" + position.membership.vault_id
        prk = hmac.digest(salt, keys.first.epoch_key, "sha256")
        key = hmac.digest(prk, b"fingerprint\0" + b"\x01", "sha256")  # RFC 5869: one block
        assert found == hmac.new(key, "hunter2 ✓".encode(), hashlib.sha256).hexdigest()[:24]


def test_a_new_epoch_leaves_fingerprints_as_they_are_and_a_reporter_cannot_make_one(
    sample: Sample,
) -> None:
    with sample.open() as session:
        before = stored(session, 1, "hunter2")
        add_reporter(session, "Monday mail", REPORTERS, cost="floor")
        env = replace(session.env, state_folder=sample.device.with_name("of the machine"))
        with open_vault(str(sample.path), lambda: REPORTERS, env) as reporter:
            head = reporter.registry.get(credential(1).id, Credential)
            assert head.versions[0].fingerprint == before
            with pytest.raises(NotForReportersError):
                fingerprint(reporter._held, Secret("hunter2"))
        remove_member(session, find_member(session, "Monday mail"))
        assert session._held.position.membership.epoch == 2
        assert stored(session, 2, "hunter2") == before
