"""Whom a person may be taken for when they are added or changed."""

from __future__ import annotations

from typing import Any

import pytest

from vault.domain.person import Person
from vault.errors import RefusedError
from vault.services.editing import add_record, fresh_id
from vault.services.people import add_person, edit_person
from vault.services.session import Session


def test_what_only_one_may_have_is_given_to_nobody_else(session: Session) -> None:
    add_person(session, "Jan", external_id="E-1", other_mails=("jan@home.example",))
    eva = add_person(session, "Eva")
    before = session.seq
    shared: list[dict[str, Any]] = [{"external_id": "e-1"}, {"mail": "Jan@home.example"}]
    for values in shared:
        with pytest.raises(RefusedError, match="Jan has the"):
            edit_person(session, eva, **values)
        with pytest.raises(RefusedError, match="Jan has the"):
            add_person(session, "Kees", **values)
    assert session.seq == before


def test_two_who_share_a_key_already_can_be_told_apart(session: Session) -> None:
    old = [
        add_record(session, Person(id=fresh_id(session), name=name, external_id="1001"))
        for name in ("Anna", "Bea")
    ]
    noted = edit_person(session, old[0], note="which of them has 1001?")
    assert edit_person(session, noted, external_id="1002").external_id == "1002"


def test_the_address_that_another_replaces_stays_theirs(session: Session) -> None:
    """A list that goes on naming them by it finds them."""
    karin = add_person(session, "Karin Vos", mail="k.vos@a.example", other_mails=("k@h.example",))
    married = edit_person(session, karin, name="Karin Bos", mail="k.bos@a.example")
    assert married.other_mails == ("k@h.example", "k.vos@a.example")
    again = edit_person(session, married, mail="K.VOS@a.example")
    assert again.mail == "K.VOS@a.example"
    assert again.other_mails == ("k@h.example", "k.bos@a.example")
    assert edit_person(session, again, mail="", other_mails=()).other_mails == ()
