"""What an access review has done about ties that are to be removed."""

from __future__ import annotations

from msgspec.structs import replace

from tests.unit.reports.company import NOW, company, record_id
from vault.domain.account import Account
from vault.domain.changes import changes
from vault.domain.registry import Registry
from vault.domain.review import Choice, Review
from vault.domain.reviews import snapshot
from vault.reports.about.access_review import access_review


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
