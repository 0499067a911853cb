"""What a list of accounts says about their last posts."""

from __future__ import annotations

from vault.domain.account import Account, Activity
from vault.domain.dormancy import believed
from vault.exchange.entries import AccountEntry
from vault.exchange.grouping import Group
from vault.services.activity import refuse_mass_silence
from vault.services.import_run import ImportRun


class ActivityImport:
    """Reads `last_activity`, `posts` and `checked_at` of the rows that mean an account."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self._is_told = run.mapping.has("last_activity")
        self._is_dated = run.mapping.has("checked_at")

    def known(self, account: Account, group: Group) -> Activity | None:
        """Return what is known of an account's activity after its rows."""
        known = account.last_activity
        for piece in group.pieces if self._is_told else ():
            seen = self._seen(piece.entry)
            if seen is not None and not self._is_old(known, seen):
                known = believed(known, seen)
        return known

    def _seen(self, entry: AccountEntry) -> Activity | None:
        """What one row says; None, with a problem, where that cannot be.

        A row without a post says that there never was one only where it counts none.
        """
        last, posts = entry.moments.get("last_activity"), entry.get("posts")
        looked_at = entry.moments.get("checked_at", self.run.looked_at)
        # A post later than the look shows that the look was later: lists give it by the minute.
        checked_at = max(filter(None, (looked_at, last)))
        if checked_at > self.run.looked_at:
            what = f"{checked_at:%Y-%m-%d %H:%M} had not come yet when it was imported"
            self.run.report(entry, "last_activity", "date", what, "no activity")
            return None
        if last is not None or (posts and not int(posts)):
            return Activity(last, self.run.source, checked_at)
        if posts:
            what = f"{posts} posts, but not when the last one was"
            self.run.report(entry, "last_activity", "missing", what, "no activity")
        return None

    def _is_old(self, known: Activity | None, seen: Activity) -> bool:
        """Whether a list that does not say when it was made says what it said before."""
        if self._is_dated or known is None:
            return False
        return (known.moment, known.source) == (seen.moment, seen.source)


def refuse_silence(run: ImportRun, *, accepted: bool) -> None:
    """Raise RefusedError where a large share of a source's accounts fell silent at once."""
    if not run.mapping.has("last_activity"):
        return
    pairs = (
        (before, change.record)
        for change in run.changes
        if isinstance(change.record, Account)
        and isinstance(before := run.registry.find(change.record.id), Account)
        and before.last_activity != change.record.last_activity
    )
    refuse_mass_silence(run.registry, pairs, run.source, accepted=accepted)
