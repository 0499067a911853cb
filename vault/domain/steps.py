"""Steps: acts in the real world, each with one effect on the registry.

The effect is a pure function, used both to simulate a plan and to record what was done, so what
was planned is what happens (section 4 of docs/access-model.md).
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from vault.domain.ids import Id
from vault.domain.levels import Level

Act = Literal[
    "assign_role",
    "prove_mailbox",
    "add_seat",
    "confirm_seat",
    "transfer_ownership",
    "change_login_mail",
    "change_recovery_mail",
    "change_recovery_phone",
    "end_role_assignment",
    "remove_vault_member",
    "advance_vault_keys",
    "remove_mailbox_reader",
    "block_mailbox",
    "collect_device",
    "enrol_factor",
    "remove_factor",
    "renew_recovery_codes",
    "rotate_password",
    "rotate_token",
    "end_sessions",
    "revoke_app",
    "reconnect_tool",
    "remove_seat",
    "release_mailbox",
    "record_loss",
    "save_archive",
    "note_followers",
    "point_to_successor",
    "stop_ads",
    "park_handle",
    "free_handle",
    "deactivate",
    "delete",
    "verify_closed",
    "retire_credentials",
    "archive_record",
]

RESET = "reset"
"""The reason of steps that policy wants: whoever reads a log-in address has set the password."""

STAGED: frozenset[Act] = frozenset({"rotate_password", "rotate_token", "renew_recovery_codes"})
"""Acts that make a new secret: it is kept as pending until a log-in proves it."""

CLOSING: frozenset[Act] = frozenset({"deactivate", "delete"})
"""Acts that close an account on its platform; for a grace period they can be undone."""

LOGIN_ACTS: frozenset[Act] = frozenset(
    {
        "change_login_mail",
        "change_recovery_mail",
        "change_recovery_phone",
        "enrol_factor",
        "remove_factor",
        "renew_recovery_codes",
        "rotate_password",
        "rotate_token",
        "end_sessions",
        "revoke_app",
        "reconnect_tool",
    }
)
"""Acts that somebody does while logged in to the account."""

SEAT_ACTS: frozenset[Act] = frozenset({"add_seat", "transfer_ownership", "remove_seat"})
"""Acts that somebody does with full rights on the account."""

TITLES: dict[Act, str] = {
    "assign_role": "Give the role {target} to {to}",
    "prove_mailbox": "Prove that {target} can be read",
    "add_seat": "Give {to} a seat ({level}) on {account}",
    "confirm_seat": "See that {to} can use the seat on {account}",
    "transfer_ownership": "Make {to} the owner of {account}",
    "change_login_mail": "Move the log-in address of {account} from {target} to {to}",
    "change_recovery_mail": "Take {target} off the recovery addresses of {account}",
    "change_recovery_phone": "Take {target} off the recovery phones of {account}",
    "end_role_assignment": "End {person}'s role {target}",
    "remove_vault_member": "Remove {person} from the vault",
    "advance_vault_keys": "Advance the vault's keys",
    "remove_mailbox_reader": "Take {person} off the readers of {target}",
    "block_mailbox": "Shut {person} out of {target}, and let {to} read it",
    "collect_device": "Collect {target} from {person}",
    "enrol_factor": "Enrol a second factor for {to} on {account}",
    "remove_factor": "Remove the second factor {target} from {account}",
    "renew_recovery_codes": "Renew the recovery codes of {account}",
    "rotate_password": "Change the password of {account}",
    "rotate_token": "Renew the {target} of {account}",
    "end_sessions": "End all sessions of {account}",
    "revoke_app": "Revoke {target} on {account}",
    "reconnect_tool": "Reconnect {target} to {account} as {to}",
    "remove_seat": "Remove {person}'s seat from {account}",
    "release_mailbox": "Tell IT that {target} may be removed",
    "record_loss": "Record that {account} is lost",
    "save_archive": "Save an archive of {account}",
    "note_followers": "Note who follows {account}, and what links to it",
    "point_to_successor": "Point from {account} to {to}",
    "stop_ads": "End the advertisements and payments of {account}",
    "park_handle": "Keep the handle of {account} out of other hands",
    "free_handle": "Let the handle of {account} go, knowing who may take it",
    "deactivate": "Deactivate {account}",
    "delete": "Delete {account}",
    "verify_closed": "See, without logging in, that {account} is gone",
    "retire_credentials": "Retire the passwords and second factors of {account}",
    "archive_record": "Record that {account} is closed",
}

REVIEW_APPS = "Review the apps that are connected to {account}"
"""The title of a revoke_app that names no grant: it is about what nobody has recorded."""

CHANGE_PIN = "Change the PIN of {account}"
"""The title of a rotate_password whose secret is a PIN."""


class Step(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One act: on `account`, about `target` (a record), in favour of `to` (a record).

    `person` is the leaver it is about, who never does it alone nor proves it; `assignee` who should
    do it. `wait_days` pass after the last of `depends_on` before the platform allows it;
    `not_before` and `due` are the dates that follow. `reason` names the tie or policy behind it.
    """

    id: str
    act: Act
    account: Id = ""
    target: Id = ""
    to: Id = ""
    level: Level = "full"
    person: Id = ""
    assignee: Id = ""
    depends_on: tuple[str, ...] = ()
    wait_days: int = 0
    not_before: date | None = None
    due: date | None = None
    reason: str = ""
    two_person: bool = False
