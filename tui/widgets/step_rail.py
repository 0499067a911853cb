"""The rail of a case: every step with how far it is, in a sign and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tui.widgets.listing import Column, Listing
from vault.domain.cases import Case, Progress
from vault.domain.casework import is_finished, open_needs, ready_on
from vault.domain.instructions import called
from vault.domain.registry import Registry
from vault.domain.steps import Act

IN_SHORT: Final[Mapping[Act, str]] = {
    "assign_role": "give role",
    "prove_mailbox": "prove",
    "add_seat": "give seat",
    "confirm_seat": "see seat",
    "transfer_ownership": "new owner",
    "change_login_mail": "log-in address",
    "change_recovery_mail": "recovery address",
    "change_recovery_phone": "recovery phone",
    "end_role_assignment": "end role",
    "remove_vault_member": "vault member",
    "advance_vault_keys": "vault keys",
    "remove_mailbox_reader": "mailbox reader",
    "block_mailbox": "shut out of",
    "collect_device": "collect",
    "enrol_factor": "enrol factor",
    "remove_factor": "remove factor",
    "renew_recovery_codes": "recovery codes",
    "rotate_password": "new password",
    "rotate_token": "new token",
    "end_sessions": "end sessions",
    "revoke_app": "revoke tool",
    "reconnect_tool": "reconnect tool",
    "remove_seat": "remove seat",
    "release_mailbox": "release",
    "record_loss": "record loss",
    "save_archive": "save archive",
    "note_followers": "note followers",
    "point_to_successor": "point on from",
    "stop_ads": "end ads",
    "park_handle": "keep handle",
    "free_handle": "let handle go",
    "deactivate": "deactivate",
    "delete": "delete",
    "verify_closed": "see it gone",
    "retire_credentials": "retire secrets",
    "archive_record": "record closed",
}
"""Each act in few words: the rail has room for little more than the account's name."""


def mark_of(case: Case, progress: Progress) -> tuple[str, str]:
    """Return the sign of a step's state, and its word."""
    state = progress.state
    if state == "pending":
        return "◐", "to prove"
    if state == "applied":
        return ("●", "applied") if is_finished(case, progress) else ("◑", "to confirm")
    if state in {"todo", "waiting"}:
        ready = ready_on(case, progress)
        if open_needs(case, progress):
            return "·", "not yet"
        return ("◷", f"{ready:%d %b}") if ready else ("○", "to do")
    return {
        "blocked": ("✗", "cannot"),
        "verified": ("✓", "verified"),
        "waived": ("–", "waived"),
        "dropped": ("×", "dropped"),
    }[state]


class StepRail(Listing[Progress]):
    """The steps of a case in their order; `fill` says of which case."""

    DEFAULT_CSS = """
    StepRail { width: 38; overflow-x: hidden; border-right: solid $panel; }
    """

    def __init__(self) -> None:
        columns = (
            Column("", lambda p: mark_of(self._case, p)[0], 1),
            Column("step", self._in_short, 22, share=1),
            Column("state", lambda p: mark_of(self._case, p)[1], 10, drop=1),
        )
        empty = "there is nothing to do: close the case"
        super().__init__(columns, lambda p: p.step.id, empty=empty, can_mark=True)
        self._registry: Registry
        self._case: Case

    def fill(self, registry: Registry, case: Case) -> None:
        """Show the steps of a case, the cursor where it was; what is finished loses its mark."""
        self._registry, self._case = registry, case
        self.marked &= {p.step.id for p in case.progress if not is_finished(case, p)}
        self.show(case.progress)

    def chosen(self) -> Sequence[Progress]:
        """Return the steps that are marked, in order, or else the one under the cursor."""
        marked = [p for p in self.rows if p.step.id in self.marked]
        return marked or ([self.current] if self.current else [])

    def _in_short(self, progress: Progress) -> str:
        step = progress.step
        about = called(self._registry, step.account or step.target)
        return f"{IN_SHORT[step.act]} {about}"
