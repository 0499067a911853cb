"""What an access review tells of ties: who may decide about them, and what ends those to remove."""

from __future__ import annotations

from msgspec.structs import replace

from tests.unit.reports.company import NOW, company, record_id, since
from vault.domain.account import Account
from vault.domain.changes import changes
from vault.domain.counting import few
from vault.domain.person import Person
from vault.domain.registry import Registry
from vault.domain.review import Choice, Review
from vault.domain.reviews import deciders, snapshot
from vault.reports.about.access_review import access_review
from vault.services.reporting import make_report


def to_remove(registry: Registry) -> dict[tuple[object, ...], object]:
    """Return the work that the report names, by person, tie and account."""
    report = access_review(registry, NOW)
    (section,) = (each for each in report.sections if each.name == "to_remove")
    return {row.cells[:3]: row.cells[7] for row in section.rows}


def test_a_tie_to_what_is_being_closed_names_its_end_and_nobody_logs_in() -> None:
    review = Review(id="review", name="Autumn", started_at=NOW)
    removed = (Choice("remove", record_id("noor"), NOW),)
    ties = (
        replace(tie, id=f"tie{number}", choices=removed)
        for number, tie in enumerate(snapshot(company(), review))
    )
    registry = company().apply(changes(review, *ties))
    tie = ("Eva Lindqvist", "password", "instagram/@acme")
    role = "End Eva Lindqvist's role Webcare"
    assert to_remove(registry)[tie] == f"{role}; Change the password of instagram/@acme"
    closing = (replace(account, state="closing") for account in registry.all(Account))
    told = "Let nobody log in to instagram/@acme, which is being closed: the tie ends with it"
    assert to_remove(registry.apply(changes(*closing)))[tie] == f"{role}; {told}"


def test_a_review_names_who_holds_a_tie_alone_and_who_may_decide_about_each_kind() -> None:
    ana = Person(id=record_id("ana"), name="Ana Kramer", memberships=since("hers"))
    begins = company().apply(changes(ana))
    review = Review(id=record_id("review"), name="Autumn", started_at=NOW)
    ties = [replace(t, id=record_id(f"tie {n}")) for n, t in enumerate(snapshot(begins, review))]
    registry = begins.apply(changes(review, *ties))
    report = make_report("access-review", registry, NOW)
    undecided = next(part for part in report.sections if part.name == "undecided")
    keys = [column.key for column in undecided.columns]
    rows = {row.key: dict(zip(keys, row.cells, strict=True)) for row in undecided.rows}
    assert {t.sole for t in ties} == {True, False}
    member = next(t.id for t in ties if (t.person, t.what) == (record_id("eva"), "vault_member"))
    assert rows[member]["may_decide"] == "Ana Kramer"
    for tie in ties:
        may_decide = few([registry.name_of(each) for each in deciders(registry, tie, NOW)])
        alone = "yes" if tie.sole else ""
        assert (rows[tie.id]["alone"], rows[tie.id]["may_decide"]) == (alone, may_decide)
