"""Reports by name, at any moment, with how it was before and what changed since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from vault.domain.ledger import obligations
from vault.domain.registry import Registry
from vault.domain.text import clean
from vault.errors import UsageError
from vault.reports.about.access_review import access_review
from vault.reports.about.dormant import dormant
from vault.reports.about.evidence import Proof, evidence
from vault.reports.about.exposure import exposure
from vault.reports.about.overview import overview
from vault.reports.about.ownership import ownership
from vault.reports.about.rotation import rotation
from vault.reports.about.single_points import single_points_of_failure
from vault.reports.history import over_time, since_then
from vault.reports.report import Maker, Report
from vault.services import journal
from vault.services.rotation import policy_of
from vault.services.session import Session

REPORTS: Final[Mapping[str, Maker]] = {
    "overview": overview,
    "ownership": ownership,
    "dormant": dormant,
    "exposure": exposure,
    "rotation": rotation,
    "single-points": single_points_of_failure,
    "access-review": access_review,
    "evidence": evidence,
}
"""Every report by its name on the command line."""

_KNOWN_LATER: Final = frozenset({"dormant", "overview"})
"""Those about activity."""


def make_report(
    name: str,
    registry: Registry,
    at: datetime,
    *,
    since: datetime | None = None,
    months: int = 0,
    begun_at: datetime | None = None,
    **asked: Any,
) -> Report:
    """Return a report as of a moment; `asked` is what this one may be asked beside (`days=30`).

    With `since` it begins with what changed between that moment and `at`; with `months` it shows
    how its figures moved at as many earlier moments, a month apart, each of which takes as long as
    the report itself, and none before `begun_at`, when the vault was made. Raises UsageError for a
    name that is none, and for a `since` that is later.
    """
    maker = REPORTS.get(name)
    if maker is None:
        message = f"there is no report {clean(name)!r}"
        raise UsageError(message, f"name one of {', '.join(REPORTS)}")

    if since is not None and since > at:
        message = f"{since.date()} is after {at.date()}, the day the report is of"
        raise UsageError(message, "begin with what changed since an earlier day")
    if name == "exposure":  # one ledger tells of all moments before it
        asked["ledger"] = obligations(registry, at)

    def make(moment: datetime, **later: Any) -> Report:
        return maker(registry, moment, **asked, **later)

    def make_past(moment: datetime) -> Report:
        # Of a past moment one knows more today than one did then.
        return make(moment, known_at=at) if name in _KNOWN_LATER else make(moment)

    report = make(at)
    if since is not None:
        report = since_then(report, make(since))
    return over_time(report, make_past, months, begun_at) if months else report


def report_of(session: Session, name: str, at: datetime, **asked: Any) -> Report:
    """Return a report of what a session holds, with what only a session knows.

    That is when the vault was made, the journal, for the evidence of cases, and the policy of this
    device, for rotations. Raises as `make_report`, and as reading the journal and the policy does.
    """
    if name == "evidence":
        asked.setdefault("proof", _proof(session))
    if name == "rotation":
        asked["policy"] = policy_of(session, asked.pop("policy_file", None))
    return make_report(name, session.registry, at, begun_at=journal.begun_at(session.path), **asked)


def _proof(session: Session) -> list[Proof]:
    """The entries of the journal, as the evidence of cases names them."""
    return [
        Proof(each.seq, each.at, each.author, each.act, each.note, each.hash, each.records)
        for each in session.journal()
    ]
