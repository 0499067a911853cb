"""Access reviews: who may decide what, what stays decided, and what is left to do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.unit.reports.company import LAST_DAY, NOW, catalogue, company, record_id, since
from vault.domain.account import Account
from vault.domain.changes import changes
from vault.domain.instructions import title
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.record import Record
from vault.domain.records import decode_head, encode_head
from vault.domain.registry import Registry
from vault.domain.review import Answer, Choice, Review, ReviewedTie
from vault.domain.reviews import close, decide, deciders, is_there, snapshot, ties_of, why_not, work
from vault.domain.role import Assignment
from vault.domain.spell import ended
from vault.domain.ties import all_ties
from vault.errors import RefusedError

REVIEW = Review(id="review", name="Autumn", started_at=NOW)
EVA, NOOR, ANA = record_id("eva"), record_id("noor"), record_id("ana")


def begun(review: Review = REVIEW) -> tuple[Registry, dict[tuple[str, str, str], ReviewedTie]]:
    """The small company with Ana, who holds no role, and a review of its ties by what they are."""
    registry = company().apply(changes(Person(id=ANA, name="Ana Kramer")))
    ties = [
        replace(tie, id=f"tie{number:03}") for number, tie in enumerate(snapshot(registry, review))
    ]
    registry = registry.apply(changes(review, *ties))
    name = registry.name_of
    return registry, {(name(t.person).split()[0], t.what, name(t.account)): t for t in ties}


def tie_of(person: str, what: str, account: str = "") -> tuple[Registry, ReviewedTie]:
    registry, ties = begun()
    return registry, ties[person, what, account]


def test_a_review_begins_with_every_tie_that_a_departure_would_have_to_cut() -> None:
    registry, ties = begun()
    for person in (EVA, NOOR):
        direct = [t for t in all_ties(registry, person, NOW) if t.kind != "through"]
        found = [t for t in ties_of(registry, REVIEW) if t.person == person]
        assert {(t.kind, t.account, t.target) for t in direct} == {
            (t.what, t.account, t.target) for t in found
        }
        assert len(found) == len(direct)
    sole = {registry.name_of(tie.account) for tie in ties.values() if tie.sole}
    assert sole == {"instagram/@acme", "tiktok/@acme.lost", "youtube/@acmevideo"}


def test_a_review_of_one_role_has_the_ties_on_what_that_role_owns() -> None:
    _, ties = begun(replace(REVIEW, role=record_id("video")))
    assert {(who, what) for who, what, _ in ties} >= {("Eva", "role"), ("Eva", "seat")}
    assert all(tie.roles == (record_id("video"),) for tie in ties.values())


def test_a_tie_comes_back_from_its_stored_form() -> None:
    for tie in begun()[1].values():
        record: Record = replace(tie, choices=(Choice("keep", NOOR, NOW, "why"),))
        assert decode_head(encode_head(record)) == record
    assert decode_head(encode_head(REVIEW)) == REVIEW


def test_holders_of_the_owner_role_decide_and_nobody_decides_about_their_own() -> None:
    registry, tie = tie_of("Eva", "seat", "linkedin/@acme-bv")
    assert deciders(registry, tie, NOW) == [NOOR]
    with pytest.raises(RefusedError, match="Eva Lindqvist may not decide") as caught:
        decide(registry, tie, Choice("keep", EVA, NOW), REVIEW)
    assert "Noor Haddad" in caught.value.hint


def test_who_can_open_the_vault_is_decided_by_others_who_can() -> None:
    registry, tie = tie_of("Eva", "vault_member")
    assert deciders(registry, tie, NOW) == [ANA, NOOR]  # nobody else can, so anybody else
    admin = replace(registry.person(NOOR), memberships=since("noor's key"))
    assert deciders(registry.apply(changes(admin)), tie, NOW) == [NOOR]


def test_who_has_a_last_day_decides_only_where_nobody_without_one_is_left() -> None:
    registry, tie = tie_of("Eva", "seat", "linkedin/@acme-bv")
    noor, ana = (replace(registry.person(p), last_day=LAST_DAY) for p in (NOOR, ANA))
    assert deciders(registry.apply(changes(noor)), tie, NOW) == [ANA]
    assert deciders(registry.apply(changes(noor, ana)), tie, NOW) == [NOOR]


def test_where_no_other_holder_stays_anybody_else_who_stays_decides() -> None:
    registry, tie = tie_of("Eva", "seat", "youtube/@acmevideo")
    assert deciders(registry, tie, NOW) == [ANA, NOOR]
    gone = replace(registry.person(ANA), last_day=LAST_DAY)
    later = NOW + timedelta(days=60)
    assert deciders(registry.apply(changes(gone)), tie, later) == [NOOR]


def test_a_second_decision_needs_a_reason_and_both_are_kept() -> None:
    registry, tie = tie_of("Eva", "seat", "linkedin/@acme-bv")
    once = decide(registry, tie, Choice("keep", NOOR, NOW), REVIEW)
    later = NOW + timedelta(days=1)
    answers: tuple[Answer, ...] = ("keep", "remove")
    for answer in answers:
        with pytest.raises(RefusedError, match="decided on 2026-11-21 to keep this"):
            decide(registry, once, Choice(answer, NOOR, later), REVIEW)
    twice = decide(registry, once, Choice("remove", NOOR, later, "she moved"), REVIEW)
    assert [choice.answer for choice in twice.choices] == ["keep", "remove"]
    before, after = twice.chosen(NOW), twice.chosen(later)
    assert before is not None
    assert after is not None
    assert (before.answer, after.answer, after.reason) == ("keep", "remove", "she moved")
    assert twice.chosen(NOW - timedelta(days=1)) is None


def test_a_review_closes_when_everything_is_decided_and_takes_no_decision_then() -> None:
    registry, _ = begun()
    with pytest.raises(
        RefusedError, match=f"{len(ties_of(registry, REVIEW))} of the ties of Autumn are undecided"
    ):
        close(registry, REVIEW, NOOR, NOW)
    for tie in ties_of(registry, REVIEW):
        by = deciders(registry, tie, NOW)[0]
        registry = registry.apply(changes(decide(registry, tie, Choice("keep", by, NOW), REVIEW)))
    closed = close(registry, REVIEW, NOOR, NOW)
    assert (closed.closed_at, closed.closed_by) == (NOW, NOOR)
    with pytest.raises(RefusedError, match="is closed"):
        close(registry, closed, NOOR, NOW)
    tie = ties_of(registry, REVIEW)[0]
    by = deciders(registry, tie, NOW)[0]
    with pytest.raises(RefusedError, match="is closed"):
        decide(registry, tie, Choice("keep", by, NOW, "again"), closed)


WORK = {
    ("Eva", "role", ""): ["End Eva Lindqvist's role Video"],
    ("Eva", "seat", "linkedin/@acme-bv"): ["Remove Eva Lindqvist's seat from linkedin/@acme-bv"],
    ("Eva", "password", "instagram/@acme"): [
        "End Eva Lindqvist's role Webcare",
        "Change the password of instagram/@acme",
    ],
    ("Eva", "login_mail", "x/@acme_helps"): [
        "Move the log-in address of x/@acme_helps from eva.lindqvist@mail.example to the company"
    ],
    ("Eva", "login_mail", "instagram/@acme"): [
        "End Eva Lindqvist's role Webcare",
        "Take Eva Lindqvist off the readers of webcare@acme.example",
    ],
    ("Noor", "login_mail", "instagram/@acme"): ["End Noor Haddad's role Webcare"],
    ("Eva", "recovery_phone", "x/@acme_helps"): [
        "Take +31 6 00000000 off the recovery phones of x/@acme_helps"
    ],
    ("Eva", "factor", "instagram/@acme"): [
        "Enrol a second factor for Webcare on instagram/@acme",
        "Remove the second factor authenticator app from instagram/@acme",
    ],
    ("Eva", "grant", "x/@acme_helps"): ["Revoke buffer/@acme-planning on x/@acme_helps"],
    ("Eva", "device", ""): ["Collect +31 20 0000000 from Eva Lindqvist"],
    ("Eva", "vault_member", ""): ["Remove Eva Lindqvist from the vault"],
}


@pytest.mark.parametrize("which", WORK, ids=" ".join)
def test_what_is_to_be_removed_is_named_work_until_it_is_gone(which: tuple[str, str, str]) -> None:
    registry, ties = begun()
    tie = ties[which]
    assert is_there(registry, tie, NOW)
    assert [title(registry, step) for step in work(registry, tie, NOW)] == WORK[which]


CLOSING = {
    ("Eva", "role", ""): ["End Eva Lindqvist's role Video"],
    ("Eva", "seat", "linkedin/@acme-bv"): [],
    ("Eva", "password", "instagram/@acme"): ["End Eva Lindqvist's role Webcare"],
    ("Eva", "login_mail", "instagram/@acme"): WORK["Eva", "login_mail", "instagram/@acme"],
    ("Eva", "factor", "instagram/@acme"): [],
    ("Eva", "grant", "x/@acme_helps"): [],
    ("Eva", "recovery_phone", "x/@acme_helps"): [],
}


@pytest.mark.parametrize("which", CLOSING, ids=" ".join)
def test_nobody_is_sent_to_log_in_to_what_is_being_closed(which: tuple[str, str, str]) -> None:
    registry, ties = begun()
    closing = (replace(account, state="closing") for account in registry.all(Account))
    registry, tie = registry.apply(changes(*closing)), ties[which]
    assert is_there(registry, tie, NOW)
    assert [title(registry, step) for step in work(registry, tie, NOW)] == CLOSING[which]
    told = f"let nobody log in to {which[2]}, which is being closed: the tie ends with it"
    assert why_not(registry, tie, NOW) == ("" if CLOSING[which] == WORK[which] else told)


def test_an_address_that_can_go_nowhere_is_said_so_with_what_to_do_instead() -> None:
    registry, tie = tie_of("Eva", "login_mail", "x/@acme_helps")
    fixed = [
        replace(each, login_mail_changeable="no") if each.id == "x" else each
        for each in registry.catalogue.platforms
    ]
    catalogue = replace(registry.catalogue, platforms=tuple(fixed))
    registry = Registry(registry.records(), catalogue)
    assert list(work(registry, tie, NOW)) == []
    told = "the log-in address of x/@acme_helps cannot be changed: give it to the role"
    edit = "safehands mailbox edit eva.lindqvist@mail.example --owner role:ROLE --type shared"
    assert why_not(registry, tie, NOW) == f"{told}: {edit}"


def test_a_tie_is_gone_when_the_registry_says_so() -> None:
    registry, ties = begun()
    tie, later = ties["Noor", "login_mail", "instagram/@acme"], NOW + timedelta(days=1)
    mailbox = registry.get(record_id("webcare@"), Mailbox)
    kept = registry.apply(changes(replace(mailbox, readers=ended(mailbox.readers, later, [EVA]))))
    assert is_there(kept, tie, later)
    held = registry.get(record_id("noor as webcare"), Assignment)
    assert not is_there(registry.apply(changes(replace(held, until=later))), tie, later)
    account = registry.account(tie.account)
    assert not is_there(registry.apply(changes(replace(account, until=later))), tie, later)
    assert set(Registry(registry.records(), catalogue()).ties_reviewed["review"]) >= {tie}
