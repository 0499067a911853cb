"""Which steps cut which tie, and what the company must be given before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from vault.domain.account import Account
from vault.domain.cases import Mode
from vault.domain.credential import Credential
from vault.domain.effects import pending_seed, seat_added_by, seat_after_transfer
from vault.domain.factor import Factor
from vault.domain.grace import is_closing
from vault.domain.guards import has_one_owner, is_owned_without
from vault.domain.ids import Id, derived_id
from vault.domain.knowledge import could_know, is_of_unknown_holder
from vault.domain.leavers_own import goes_with, is_own, kept_by
from vault.domain.levels import Level, at_least
from vault.domain.mail_moves import is_shut_out_first, new_login_mailbox, next_reader
from vault.domain.mailbox import Mailbox
from vault.domain.mailbox_choice import is_proven, role_mailboxes
from vault.domain.phone import Phone
from vault.domain.phone_moves import next_carrier
from vault.domain.registry import Registry
from vault.domain.resets import lost_at, set_by_resets
from vault.domain.role import Assignment
from vault.domain.seat import Seat
from vault.domain.seat_choice import held_since, other_full_seat, seat_given
from vault.domain.seeds import made_from
from vault.domain.spell import Spell, coming, current
from vault.domain.staff import Staff
from vault.domain.steps import RESET, Act, Step
from vault.domain.ties import Tie, holds_role
from vault.domain.ways_out import Blocker, Offer, offered
from vault.domain.whose import owners
from vault.domain.wording import in_words


class Planner:
    """Turns ties into steps; what has no step becomes a blocker.

    `done` are the ids of steps that were done before: a tie that is there all the same has come
    back, and the step that cuts it once more is another one.
    """

    def __init__(
        self,
        registry: Registry,
        leaver: Id,
        successors: Mapping[Id, Id],
        mode: Mode,
        last_day: date,
        at: datetime,
        done: frozenset[str] = frozenset(),
    ) -> None:
        self.registry = registry
        self.leaver = leaver
        self.successors = successors
        self.staff = Staff(registry, leaver, successors, at)
        self.mode = mode
        self.last_day = last_day
        self.at = at
        self.done = done
        self.blockers: list[Blocker] = []
        self._steps: dict[str, Step] = {}

    def steps(self, ties: Sequence[Tie]) -> list[Step]:
        """Return the steps that cut these ties, in no order yet.

        None of them sends anybody to log in to an account that is being closed, or is the leaver's.
        """
        for tie in ties:
            closing = is_closing(self.registry, tie.account)
            if is_own(self.registry, self.leaver, tie.account):
                kept = kept_by(self.registry, self.leaver, tie.account, self.at)
                if kept and not closing:
                    self._add(kept)
            elif tie.kind == "factor" or not closing:
                getattr(self, f"_cut_{tie.kind}")(tie)
        self._finish_moves()
        return list(self._steps.values())

    # -- what everything needs ---------------------------------------------------------------

    def _step(
        self,
        act: Act,
        reason: str,
        account: Id = "",
        target: Id = "",
        to: Id = "",
        level: Level = "full",
        wait_days: int = 0,
        not_before: date | None = None,
    ) -> Step:
        """Add a step unless it is there; its id is the same in every plan for this departure."""
        parts = (self.leaver, act, account, target, to, level)
        name = derived_id(*parts)[:8]
        times = 0
        while name in self.done:
            times += 1
            name = derived_id(*parts, str(times))[:8]
        if name not in self._steps or reason == RESET:  # which keeps a step that is idle besides
            self._steps[name] = Step(
                id=name,
                act=act,
                account=account,
                target=target,
                to=to,
                level=level,
                person=self.leaver,
                assignee=self.staff.steward(account) if account else self.staff.anybody(target, to),
                wait_days=wait_days,
                not_before=not_before,
                reason=reason,
            )
        return self._steps[name]

    def _block(self, account: Id, what: str, *offers: Offer) -> None:
        self._add(Blocker(account, what, offered(self.registry, offers, self.at, account)))

    def _add(self, blocker: Blocker) -> None:
        if blocker not in self.blockers:
            self.blockers.append(blocker)

    def _role_of(self, account: Id) -> Id:
        roles = current(self.registry.account(account).owner_roles, self.at)
        return roles[0] if roles else ""

    # -- mail and phone ------------------------------------------------------------------------

    def _is_personal(self, mailbox: Id) -> bool:
        return goes_with(self.registry, self.leaver, mailbox, self.at)

    def _proven(self, mailbox: Mailbox) -> None:
        if not is_proven(mailbox, self.at):
            self._step("prove_mailbox", "an account moves to it", target=mailbox.id)

    def _cut_login_mail(self, tie: Tie) -> None:
        if not self._is_personal(tie.target):
            return  # cut by taking the leaver off the mailbox, or out of the role
        account = self.registry.account(tie.account)
        new = new_login_mailbox(self.registry, account, tie.target, self.at)
        if isinstance(new, Blocker):
            self._add(new)
            return
        self._proven(new)
        self._step("change_login_mail", "login_mail", tie.account, tie.target, new.id)
        spells = (s for s in account.login_mailboxes if s.of == tie.target)
        self._change_what_a_reset_set(account, max(spells, key=lambda s: s.since))

    def _change_what_a_reset_set(self, account: Account, spell: Spell) -> None:
        """A new password where resets went to the leaver, who may well have set the old one."""
        lost = lost_at(self.registry, self.leaver, spell, self.at)
        for act, target in set_by_resets(self.registry, self.leaver, account, lost, self.at):
            if act != "rotate_password" or not self._is_pending(account.id, target):
                self._step(act, RESET, account.id, target)

    def _finish_moves(self) -> None:
        """An account that this departure moved already may still have the old password."""
        for mailbox in self.registry.all(Mailbox):
            for account in self.registry.accounts_on.get(mailbox.id, ()):
                spells = account.login_mailboxes
                of_leaver = [s for s in spells if s.of == mailbox.id and s.is_over(self.at)]
                if of_leaver and any(self._was_moved(account, mailbox, to.of) for to in spells):
                    self._change_what_a_reset_set(account, of_leaver[-1])

    def _was_moved(self, account: Account, old: Mailbox, to: Id) -> bool:
        if is_closing(self.registry, account.id) or not self.registry.is_live(account, self.at):
            return False
        parts = (self.leaver, "change_login_mail", account.id, old.id, to, "full")
        return derived_id(*parts)[:8] in self.done

    def _cut_recovery_mail(self, tie: Tie) -> None:
        if not self._is_personal(tie.target):
            return
        account = self.registry.account(tie.account)
        moves = (s for s in self._steps.values() if s.act == "change_login_mail")
        taken = {
            *current((*account.login_mailboxes, *account.recovery_mailboxes), self.at),
            *(step.to for step in moves if step.account == account.id),
        }
        new = next(iter(role_mailboxes(self.registry, account, self.at)), None)
        to = new.id if new and new.id not in taken else ""
        if new and to:
            self._proven(new)
        self._step("change_recovery_mail", "recovery_mail", tie.account, tie.target, to)

    def _cut_recovery_phone(self, tie: Tie) -> None:
        phone = self.registry.get(tie.target, Phone)
        if phone.contract == self.leaver:
            self._step("change_recovery_phone", "recovery_phone", tie.account, tie.target)

    def _cut_mailbox(self, tie: Tie) -> None:
        mailbox = self.registry.get(tie.target, Mailbox)
        if self.leaver in owners(self.registry, mailbox):
            self._cut_own_mailbox(mailbox)
            return
        to = next_reader(self.staff, mailbox, self.at)
        self._step("remove_mailbox_reader", "mailbox", target=mailbox.id, to=to)

    def _cut_own_mailbox(self, mailbox: Mailbox) -> None:
        """Released when nothing hangs on it any more; who must be out before is shut out of it."""
        last_day = self.last_day if self.mode == "planned" else None  # who works then reads it
        moved = {s.account for s in self._steps.values() if s.act == "change_login_mail"}
        if is_shut_out_first(self.staff, mailbox, last_day, moved, self.at):
            to = next_reader(self.staff, mailbox, self.at)
            self._step("block_mailbox", "mailbox", target=mailbox.id, to=to, not_before=last_day)
        begins = max(filter(None, (mailbox.keep_until, last_day)), default=None)
        self._step("release_mailbox", "mailbox", target=mailbox.id, not_before=begins)

    def _cut_device(self, tie: Tie) -> None:
        phone = self.registry.get(tie.target, Phone)
        to = next_carrier(self.staff, phone, self.at)
        self._step("collect_device", "device", target=phone.id, to=to)

    # -- secrets and factors ---------------------------------------------------------------------

    def _is_pending(self, account: Id, secret: Id) -> bool:
        """Whether the next version is out already, and the leaver could know that one too."""
        credential = self.registry.get(secret, Credential)
        pending = credential.at_stage("pending", self.at)
        if pending is None or not could_know(
            self.registry, self.leaver, credential, pending, self.at
        ):
            return False
        new = f"a new {in_words(credential.what)} of {self.registry.name_of(account)}"
        self._block(
            account,
            f"{new} is pending, and {self.registry.name_of(self.leaver)} could know it",
            ("by_hand", "drop the change that is under way, then make the plan again"),
            ("by_hand", "carry it through, then make the plan again: the version after it is safe"),
        )
        return True

    def _cut_password(self, tie: Tie) -> None:
        if not self._is_pending(tie.account, tie.target):
            self._step("rotate_password", "password", tie.account, tie.target)
        account = self.registry.account(tie.account)
        ends = self.registry.platform(account).password_change_ends_sessions == "yes"
        if not ends or account.sign_in_accounts:  # whose sessions may end later, and open it again
            self._step("end_sessions", "password", tie.account, tie.account)

    def _cut_session(self, tie: Tie) -> None:
        self._step("end_sessions", "session", tie.account, tie.target)

    def _cut_token(self, tie: Tie) -> None:
        if not self._is_pending(tie.account, tie.target):
            self._step("rotate_token", "token", tie.account, tie.target)

    def _cut_recovery_codes(self, tie: Tie) -> None:
        if not self._is_pending(tie.account, tie.target):
            self._step("renew_recovery_codes", "recovery_codes", tie.account, tie.target)

    def _cut_totp_seed(self, tie: Tie) -> None:
        for factor in made_from(self.registry, tie.target, self.at):
            self._replace_factor(factor, "totp_seed")

    def _cut_factor(self, tie: Tie) -> None:
        factor = self.registry.get(tie.target, Factor)
        held = self.leaver in coming(factor.holders, self.at)
        kept = self._is_personal(factor.mailbox) or self._is_own_phone(factor.phone)
        if kept or (held and not factor.company_device) or is_of_unknown_holder(factor):
            self._replace_factor(factor, "factor")
        elif held:
            self._step("collect_device", "factor", target=factor.id, to=self._role_of(tie.account))

    def _is_own_phone(self, phone: Id) -> bool:
        record = self.registry.find(phone)
        return isinstance(record, Phone) and record.contract == self.leaver

    def _replace_factor(self, factor: Factor, reason: str) -> None:
        """A new factor for the role, then the old one goes."""
        if is_closing(self.registry, factor.account):
            return
        seed = pending_seed(self.registry, factor.account, self.at)
        if seed is not None and self._is_pending(factor.account, seed.id):
            return
        role = self._role_of(factor.account)
        self._step("enrol_factor", reason, factor.account, factor.account, role)
        self._step("remove_factor", reason, factor.account, factor.id)

    # -- seats and tools -------------------------------------------------------------------------

    def _cut_seat(self, tie: Tie) -> None:
        seat = self.registry.get(tie.target, Seat)
        account = self.registry.account(tie.account)
        if not at_least(seat.level, "full"):
            self._step("remove_seat", "seat", account.id, seat.id)
            return
        waits = self.registry.platform(account).waits
        one_owner = has_one_owner(self.registry, seat)
        wanted: Level = "full" if one_owner else seat.level
        days = max(waits.get("transfer_ownership", 0), waits.get("remove_seat", 0))
        other, wait = other_full_seat(self.staff, account, wanted), 0
        if other is None and is_owned_without(self.registry, seat, self.leaver, self.at):
            self._step("remove_seat", "seat", account.id, seat.id)
            return
        if other is None:
            other, wait = self._give_seat(seat, account, wanted), days
        else:
            over = held_since(self.registry, other) + timedelta(days=days)
            wait = max(0, (over - self.at.date()).days)
        if not one_owner or other is None or other.level == "owner":
            self._step("remove_seat", "seat", account.id, seat.id, wait_days=wait)
            return
        transfer = self._step(
            "transfer_ownership", "seat", account.id, seat.id, other.person, wait_days=wait
        )
        left = seat_after_transfer(transfer.id, "old")
        self._step("remove_seat", "seat", account.id, left)

    def _give_seat(self, seat: Seat, account: Account, level: Level) -> Seat | None:
        new_holder = self.staff.steward(account.id)
        if not new_holder:
            self._block(
                account.id,
                f"nobody is there to take over the seat ({seat.level}) on {account.label}",
                ("name_successor", "name a successor"),
                ("by_hand", "give the account an owner role that somebody holds"),
            )
            return None
        given = seat_given(self.registry, account, new_holder, level, self.at)
        if given is None:
            step = self._step("add_seat", "seat", account.id, account.id, new_holder, level)
            given = Seat(
                id=seat_added_by(step.id),
                account=account.id,
                person=new_holder,
                level=level,
                since=self.at,
            )
        self._step("confirm_seat", "seat", account.id, given.id, new_holder, level)
        return given

    def _cut_grant(self, tie: Tie) -> None:
        to = self.staff.steward(tie.account)
        if to:
            self._step("reconnect_tool", "grant", tie.account, tie.target, to)
        else:
            self._step("revoke_app", "grant", tie.account, tie.target)

    # -- roles and the vault ----------------------------------------------------------------------

    def _cut_role(self, tie: Tie) -> None:
        assignment = self.registry.get(tie.target, Assignment)
        role = assignment.role
        taker = self.staff.takes_over(role)
        if taker and not holds_role(self.registry, taker, role, self.at):
            self._step("assign_role", role, target=role, to=taker)
        self._step("end_role_assignment", role, target=assignment.id)

    def _cut_vault_member(self, tie: Tie) -> None:
        self._step("remove_vault_member", "vault_member", target=tie.target)
        self._step("advance_vault_keys", "vault_member", target=tie.target)

    def _cut_through(self, tie: Tie) -> None:
        """Cut where it comes from: the account that this one hangs on."""
