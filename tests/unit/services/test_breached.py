from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.unit.services.test_credentials import account
from vault.domain.credential import Credential
from vault.domain.secret import Secret
from vault.errors import StorageError
from vault.services.breached import check_breached, counting_in
from vault.services.credentials import set_credential
from vault.services.session import Session


@pytest.fixture(scope="module")
def kept(session: Session) -> dict[str, Credential]:
    """A common password, a rare one, an old one and a token; the old one is not in use."""
    found = account(session, "breached")
    made = {
        "rare": set_credential(session, found, Secret("rare"), as_current=True),
        "pin": set_credential(session, found, Secret("123456"), what="pin", as_current=True),
    }
    set_credential(session, found, Secret("hunter2"), what="api_token", as_current=True)
    return made


def test_passwords_in_use_are_looked_up_and_those_found_are_marked(
    session: Session, kept: dict[str, Credential]
) -> None:
    begin = session.seq
    with counting_in(None) as counting:
        checked = check_breached(session, counting)
    assert [(f.credential.id, f.times) for f in checked.found] == [(kept["pin"].id, 1)]
    first, second = list(session.journal())[begin:]
    assert (first.kind.name, first.act) == ("REVEAL", "credential.breached")
    assert first.note == f"{checked.checked} secrets"
    assert (second.kind.name, second.records) == ("RECORD_CHANGE", (kept["pin"].id,))
    marked = session.registry.get(kept["pin"].id, Credential).versions[-1]
    assert marked.breached_at is not None
    with counting_in(None) as counting:
        check_breached(session, counting)
    again = session.registry.get(kept["pin"].id, Credential).versions[-1]
    assert again.breached_at == marked.breached_at
    assert session.seq == begin + 3


def test_a_local_list_says_how_often_each_was_seen(
    session: Session, kept: dict[str, Credential], tmp_path: Path
) -> None:
    digest = hashlib.sha1(b"rare", usedforsecurity=False).hexdigest()
    (tmp_path / "list").write_text(f"{digest.upper()}:77\n", encoding="ascii")
    with counting_in(tmp_path / "list") as counting:
        found = check_breached(session, counting).found
    assert (kept["rare"].id, 77) in [(f.credential.id, f.times) for f in found]


def test_a_list_that_fails_on_the_way_marks_nothing(
    session: Session, kept: dict[str, Credential]
) -> None:
    def fails(_: Secret) -> int:
        message = "gone"
        raise StorageError(message)

    begin = session.seq
    with pytest.raises(StorageError):
        check_breached(session, fails)
    assert session.seq == begin + 1


def test_the_check_shows_nobody_a_password(session: Session, kept: dict[str, Credential]) -> None:
    before = session.registry.exposures_of[kept["pin"].id]
    with counting_in(None) as counting:
        check_breached(session, counting)
    assert session.registry.exposures_of[kept["pin"].id] == before
