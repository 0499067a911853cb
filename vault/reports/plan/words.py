"""How a plan is told: the phases of its steps, the kinds of tie, the reasons for a step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from vault.domain.cases import Mode
from vault.domain.schedule import due_from, late
from vault.domain.steps import RESET, Act, Step
from vault.domain.ties import TieKind

PHASES: Final[Mapping[Mode, tuple[tuple[str, tuple[Act, ...]], ...]]] = {
    "planned": (
        (
            "First, what the company would lose",
            ("assign_role", "prove_mailbox", "add_seat", "confirm_seat", "transfer_ownership"),
        ),
        (
            "Then what goes with the job",
            (
                "end_role_assignment",
                "remove_vault_member",
                "advance_vault_keys",
                "remove_mailbox_reader",
                "collect_device",
            ),
        ),
        (
            "Then the ways back in",
            (
                "change_login_mail",
                "change_recovery_mail",
                "change_recovery_phone",
                "block_mailbox",
            ),
        ),
        (
            "Then factors, passwords and sessions",
            (
                "enrol_factor",
                "remove_factor",
                "renew_recovery_codes",
                "rotate_password",
                "rotate_token",
                "end_sessions",
            ),
        ),
        ("Then tools and seats", ("revoke_app", "reconnect_tool", "remove_seat")),
        ("At the end", ("release_mailbox", "record_loss")),
    ),
    "immediate": (
        ("First, somebody for the role", ("assign_role",)),
        (
            "Now, whatever lets them in today",
            (
                "block_mailbox",
                "end_role_assignment",
                "remove_vault_member",
                "advance_vault_keys",
                "remove_mailbox_reader",
                "collect_device",
                "rotate_password",
                "rotate_token",
                "end_sessions",
                "revoke_app",
            ),
        ),
        (
            "Then seats, once somebody else has one",
            ("add_seat", "confirm_seat", "transfer_ownership", "remove_seat"),
        ),
        (
            "Then the ways back in",
            (
                "enrol_factor",
                "remove_factor",
                "renew_recovery_codes",
                "prove_mailbox",
                "change_login_mail",
                "change_recovery_mail",
                "change_recovery_phone",
            ),
        ),
        ("At the end", ("reconnect_tool", "release_mailbox", "record_loss")),
    ),
}
"""Headings over the acts, in the order of `vault.domain.schedule.ORDERS`."""

TIES: Final[Mapping[TieKind, str]] = {
    "seat": "seat",
    "password": "password",
    "token": "token",
    "totp_seed": "authenticator secret",
    "recovery_codes": "recovery codes",
    "session": "session",
    "login_mail": "log-in address",
    "recovery_mail": "recovery address",
    "recovery_phone": "recovery phone",
    "factor": "second factor",
    "grant": "connected tool",
    "through": "another account",
    "role": "role",
    "mailbox": "mailbox",
    "device": "device",
    "vault_member": "vault",
}

NAMED_TIES: Final[frozenset[TieKind]] = frozenset(
    {"login_mail", "recovery_mail", "recovery_phone", "grant", "role", "mailbox", "device"}
)
"""Ties of which a reader wants to know by which address, number, tool or role."""

REASONS: Final[Mapping[str, str]] = {
    "seat": "the leaver has a seat",
    "password": "the leaver could know the password",
    "token": "the leaver could know the token",
    "totp_seed": "the leaver could know the authenticator secret",
    "recovery_codes": "the leaver could know the recovery codes",
    "session": "the leaver may still be logged in",
    "login_mail": "the leaver reads the log-in address",
    "recovery_mail": "the leaver reads a recovery address",
    "recovery_phone": "the leaver carries a recovery phone",
    "factor": "the leaver has a second factor",
    "grant": "the leaver connected the tool",
    "mailbox": "the leaver reads the mailbox",
    "device": "the leaver carries it",
    "vault_member": "the leaver can open the vault",
}
"""Why a step is there, by the tie it cuts."""

POLICIES: Final[Mapping[str, str]] = {
    RESET: "policy: whoever reads the log-in address may have set the password",
}
"""Why a step is there although no tie asks for it."""

MODES: Final[Mapping[Mode, str]] = {
    "planned": "planned: they still help until then",
    "immediate": "immediate: they do not help any more",
}


AFTER_LAST_DAY: Final = "after the last day"


def lateness(step: Step, today: date, last_day: date | None) -> str:
    """Return "late" where the day of a step is over; else whether it has to wait beyond the last.

    "" is in time; so is everything of a case that is about nobody's last day.
    """
    if step.due is not None and step.due < today:
        return "late"
    due = due_from(step, today)
    waits = late(step, today) and due is not None and last_day is not None and due > last_day
    return AFTER_LAST_DAY if waits else ""


def by_day(due: date | None, lateness: str) -> str:
    """Return by when something is to be done and whether that is late, "" for no date."""
    return ", ".join(filter(None, (str(due or ""), lateness)))


def phases_of(steps: Sequence[Step], mode: Mode) -> dict[str, str]:
    """Return the heading over each step of a plan, by its id: its act's, or that of a later step.

    An immediate plan has some ways back in before the passwords that they could reset.
    """
    headings = [heading for heading, _ in PHASES[mode]]
    places = {act: n for n, (_, acts) in enumerate(PHASES[mode]) for act in acts}
    found, place = dict[str, str](), len(headings)
    for step in reversed(steps):
        place = min(place, places[step.act])
        found[step.id] = headings[place]
    return found
