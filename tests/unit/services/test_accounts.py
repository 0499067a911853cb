from __future__ import annotations

import pytest

from vault.domain.account import Account
from vault.domain.factor import Factor
from vault.domain.mailbox import Mailbox
from vault.domain.naming import named_account
from vault.domain.role import Role
from vault.domain.seat import Seat
from vault.domain.spell import current
from vault.errors import RefusedError, UsageError
from vault.services.accounts import (
    Links,
    add_account,
    edit_account,
    end_account,
    end_accounts,
    link_accounts,
)
from vault.services.editing import add_record, end_record, fresh_id
from vault.services.mailboxes import add_mailbox
from vault.services.people import add_person
from vault.services.session import Session


def account(session: Session, handle: str) -> Account:
    return add_account(session, session.registry.catalogue.get("x"), handle, Links())


def test_an_account_is_named_by_its_address_or_by_platform_and_handle(session: Session) -> None:
    by_address = named_account(session.registry, "https://twitter.com/acme")
    by_handle = named_account(session.registry, "x/@acme")
    assert by_address[0] == by_handle[0]
    assert by_address[0].id == "x"
    assert by_address[2] == "https://x.com/acme"
    with pytest.raises(UsageError, match="names no account"):
        named_account(session.registry, "acme")


def test_the_platforms_own_id_may_be_given_with_a_handle(session: Session) -> None:
    platform = session.registry.catalogue.get("x")
    added = add_account(session, platform, "withid", Links(), platform_id="4711")
    assert (added.handle, added.platform_id) == ("withid", "4711")


def test_several_accounts_get_the_same_links_in_one_act(session: Session) -> None:
    owner = add_record(session, Role(id=fresh_id(session), name="Webcare"))
    both = [account(session, "one").id, account(session, "two").id]
    begin = session.seq
    assert link_accounts(session, both, Links(owner_role=owner.id)) == 2
    assert session.seq == begin + 1
    now = session.env.now()
    for each in both:
        assert current(session.registry.account(each).owner_roles, now) == (owner.id,)


def test_several_accounts_end_in_one_act_or_none_does(session: Session) -> None:
    one, two, three = (account(session, name).id for name in ("uno", "due", "tre"))
    end_accounts(session, [one])
    with pytest.raises(RefusedError, match="uno ended"):
        end_accounts(session, [one, two])
    assert session.registry.account(two).until is None
    end_accounts(session, [two, three])
    assert {session.registry.account(each).state for each in (two, three)} == {"closed"}


def test_an_account_that_another_signs_in_with_does_not_end_alone(session: Session) -> None:
    parent = account(session, "parent")
    child = account(session, "child")
    link_accounts(session, [child.id], Links(sign_in_account=parent.id))
    with pytest.raises(RefusedError, match="cannot end yet"):
        end_accounts(session, [parent.id])
    end_accounts(session, [parent.id, child.id])


def test_what_is_on_an_account_ends_with_it_as_when_it_is_closed_step_by_step(
    session: Session,
) -> None:
    eva = add_person(session, "Eva of the page")
    now = session.env.now()
    box = add_mailbox(session, "codes@acme.example")
    for name, lost in (("shut", False), ("stolen", True)):
        found = account(session, name)
        seat = Seat(id=fresh_id(session), account=found.id, person=eva.id, level="full", since=now)
        code = Factor(
            id=fresh_id(session), account=found.id, method="email", mailbox=box.id, since=now
        )
        for record in (seat, code):
            add_record(session, record)
        with pytest.raises(RefusedError, match="hangs on it"):
            end_record(session, box)
        end_account(session, found, lost=lost)
        assert session.registry.account(found.id).state == ("lost" if lost else "closed")
        held = (session.registry.get(seat.id, Seat), session.registry.get(code.id, Factor))
        assert [each.is_over(session.env.now()) for each in held] == [not lost, not lost]
    # Nobody took the factor of the lost one back, and yet the address is free.
    assert end_record(session, box).until is not None


def test_a_mailbox_is_shared_unless_it_is_somebodys_freemail(session: Session) -> None:
    owner = add_record(session, Role(id=fresh_id(session), name="Press"))
    shared = add_mailbox(session, "press@acme.example", owner=owner.id)
    assert shared.type == "shared"
    assert current(shared.readers, session.env.now()) == (owner.id,)
    assert add_mailbox(session, "press@gmail.com", owner=owner.id).type == "shared"
    eva = add_person(session, "Eva")
    personal: Mailbox = add_mailbox(session, "eva@gmail.com", owner=eva.id)
    assert (personal.type, personal.readers) == ("personal", ())


def test_a_namesake_is_told_apart_or_refused(session: Session) -> None:
    add_person(session, "Jan Bakker")
    with pytest.raises(RefusedError, match="already"):
        add_person(session, "jan  bakker")
    with pytest.raises(RefusedError, match="already"):
        add_person(session, "Jan Bakker", mail="jan2@acme.example")  # most likely the same one
    second = add_person(session, "Jan Bakker", mail="jan2@acme.example", another=True)
    add_person(session, "Eva Jansen", mail="eva@acme.example", external_id="1")
    for told_apart in ({"mail": "eva2@acme.example"}, {"external_id": "2"}):
        add_person(session, "Eva Jansen", another=bool(told_apart.get("external_id")), **told_apart)
    with pytest.raises(RefusedError, match=r"jan2@acme\.example already"):
        add_person(session, "J. Bakker", other_mails=(second.mail.upper(),), another=True)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "java\tscript:a@b"])
def test_an_address_that_is_not_the_webs_is_refused(session: Session, url: str) -> None:
    x, known = session.registry.catalogue.get("x"), account(session, f"linked{session.seq}")
    before = session.seq
    with pytest.raises(UsageError, match="no address on the web"):
        add_account(session, x, "evil", Links(), url=url)
    with pytest.raises(UsageError, match="no address on the web"):
        edit_account(session, known, Links(), url=url)
    assert session.seq == before


def test_an_address_is_stored_in_full_and_can_be_taken_away(session: Session) -> None:
    added = add_account(
        session, session.registry.catalogue.get("x"), "full", Links(), url="acme.example/x"
    )
    assert added.url == "https://acme.example/x"
    assert edit_account(session, added, Links(), url="").url == ""
