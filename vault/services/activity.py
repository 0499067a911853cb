"""Activity: what a source said about an account's last post, kept with when it was asked."""

from __future__ import annotations

from datetime import datetime

from vault.domain.account import Account, Activity
from vault.errors import UsageError
from vault.services.editing import edit_record
from vault.services.session import Session


def record_activity(
    session: Session, account: Account, last: datetime | None, source: str
) -> Account:
    """Record the last activity as of now, None for never; raises UsageError for the future."""
    now = session.env.now()
    if last is not None and last > now:
        message = f"{last.date()} is in the future"
        raise UsageError(message, "give the day of the last post")
    activity = Activity(moment=last, source=source, checked_at=now)
    return edit_record(session, account, last_activity=activity)
