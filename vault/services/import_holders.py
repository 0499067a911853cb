"""Holders of imported accounts: by a seat where people have rights by name, else by password."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import count

import msgspec

from vault.domain.access import has_password
from vault.domain.account import Account
from vault.domain.credential import LOGIN_SECRETS, Credential, Exposure, Version
from vault.domain.ids import Id
from vault.domain.person import Person
from vault.domain.platforms.model import OwnershipModel
from vault.domain.seat import Seat
from vault.domain.sessions import has_login
from vault.domain.span import Span, span, union
from vault.domain.spell import FOREVER
from vault.domain.text import clean
from vault.errors import AmbiguousError, NotFoundError
from vault.exchange.grouping import Group, Piece, beginning
from vault.services.import_report import Outcome
from vault.services.import_run import ImportRun, RowCounter, strongest
from vault.services.import_ties import holder_id, is_ours
from vault.services.matching import Directory


class HolderImport:
    """Brings the holders that rows name into a run.

    Each stretch of time in which a person held an account is one seat or one exposure, with an id
    made from the source, the account, the person and its number, so that importing again finds it.
    """

    def __init__(self, run: ImportRun, directory: Directory) -> None:
        self.run = run
        self.directory = directory
        self._counter = RowCounter(run.tally, "holder")
        self._rows: set[tuple[str, int]] = set()
        self._people: dict[str, Person | str] = {}
        self._passwords: dict[Id, Credential] = {}
        self._ways_in: dict[tuple[str, tuple[OwnershipModel, ...]], tuple[bool, bool]] = {}

    def close(self) -> None:
        """Count the rows."""
        self.run.tally.read["holder"] += len(self._rows)
        self._counter.close()

    def put_password(self, account: Account, group: Group) -> Outcome:
        """Stage the password of an account that has one, as one that nobody stored."""
        kind = (account.platform, account.models)
        if kind not in self._ways_in:
            registry = self.run.registry
            self._ways_in[kind] = has_login(registry, account), has_password(registry, account)
        is_login, is_password = self._ways_in[kind]
        if not is_login:
            return "unchanged"
        known = self._known_password(account)
        if known is None and not is_password:
            return "unchanged"
        begins = [piece.since for piece in group.pieces if piece.since]
        since = min(begins, default=account.since or self.run.as_of)
        if known is None:
            version = Version(number=1, made_at=since, current_from=since)
            known = Credential(id=self.run.fresh_id(), account=account.id, versions=(version,))
        elif account.since is not None and known.versions:
            known = _begun_by(known, since)
        self._passwords[account.id] = known
        return self.run.put(known)

    def bring(self, account: Account, group: Group) -> None:
        """Stage the seats or exposures of an account's holders."""
        held: dict[Id, list[Piece]] = {}
        for piece in group.pieces:
            if piece.entry.texts.get("holder"):
                self._rows.add(piece.row)
                person = self._person(piece)
                if person is None:  # a name that is misspelt ends nobody's
                    self._note_named(account)
                else:
                    held.setdefault(person.id, []).append(piece)
        for person_id, pieces in held.items():
            self._note_named(account, person_id, pieces)
            outcome = self._hold(account, person_id, pieces)
            self._counter.record([piece.row for piece in pieces], outcome)

    def _note_named(self, account: Account, person: Id = "", pieces: Sequence[Piece] = ()) -> None:
        """Note that rows name a person's ties on an account, or everybody's."""
        if any(piece.since for piece in pieces) or account.id not in self.run.registry:
            return  # dates say which times are meant, and those are noted as they are staged
        registry = self.run.registry
        ties: list[Seat | Exposure] = [*registry.seats_on.get(account.id, ())]
        for credential in registry.credentials_of.get(account.id, ()):
            ties += registry.exposures_of.get(credential.id, ())
        self.run.tied.update(tie.id for tie in ties if person in ("", tie.person))

    def _person(self, piece: Piece) -> Person | None:
        """The holder a row names; a row that names nobody known leaves a problem."""
        text = piece.entry.get("holder")
        if text not in self._people:
            try:
                self._people[text] = self.directory.person(text)
            except (NotFoundError, AmbiguousError) as error:
                self._people[text] = clean(error.message)
        found = self._people[text]
        if isinstance(found, Person):
            return found
        taken = "the account without its holder"
        self.run.report(piece.entry, "holder", "unknown_holder", found, taken)
        self._counter.note(piece.row, "skipped")
        return None

    def _hold(self, account: Account, person: Id, pieces: list[Piece]) -> Outcome:
        credential = self._passwords.get(account.id)
        if credential is not None:
            outcomes = self._exposures(account, credential, person, pieces)
        elif has_login(self.run.registry, account) and not self._has_seats(account):
            self._report_no_password(account, pieces)
            return "skipped"
        else:
            outcomes = self._seats(account, person, pieces)
        return strongest("unchanged", *outcomes)

    def _has_seats(self, account: Account) -> bool:
        return "seats" in (account.models or self.run.registry.platform(account).models)

    def _report_no_password(self, account: Account, pieces: list[Piece]) -> None:
        """What a holder has of such an account is its mailbox, its phone, or another account."""
        why = self.run.registry.platform(account).not_applicable.get("rotate_password", "")
        what = f"{clean(account.label)} has no password: {why}"
        for piece in pieces:
            self.run.report(
                piece.entry, "holder", "no_password", what, "the account without its holder"
            )

    def _exposures(
        self, account: Account, credential: Credential, person: Id, pieces: list[Piece]
    ) -> list[Outcome]:
        outcomes = []
        begun, first = self._begun(account, person, pieces)
        for number, (start, end) in enumerate(_stretches(pieces, begun), start=first):
            exposure = Exposure(
                id=holder_id(self.run, person, account.id, number),
                credential=credential.id,
                version=_version_at(credential, start),
                person=person,
                how="assumed",
                at=start,
                until=None if end == FOREVER else end,
            )
            known = self.run.find(exposure.id)
            if isinstance(known, Exposure):
                exposure = msgspec.structs.replace(exposure, version=known.version)
            self.run.tied.add(exposure.id)
            outcomes.append(self.run.put(exposure))
        return outcomes

    def _seats(self, account: Account, person: Id, pieces: list[Piece]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        begun, first = self._begun(account, person, pieces)
        for number, (start, end) in enumerate(_stretches(pieces, begun), start=first):
            seat_id = holder_id(self.run, person, account.id, number)
            until = None if end == FOREVER else end
            known = self.run.find(seat_id)
            self.run.tied.add(seat_id)
            if not isinstance(known, Seat):
                if self._sits_already(account, person) and until is None:
                    continue
                known = Seat(
                    id=seat_id, account=account.id, level="full", person=person, since=start
                )
            elif known.until is not None and until is None:
                self._report_ended(account, person, known.until, pieces[-1])
                continue
            outcomes.append(self.run.put(msgspec.structs.replace(known, since=start, until=until)))
        return outcomes

    def _begun(self, account: Account, person: Id, pieces: Sequence[Piece]) -> tuple[datetime, int]:
        """Since when the person holds the account by an earlier import, else the run's moment.

        And the number of the first stretch of theirs: rows with dates say all of them, others go on
        with the one that has not ended, or begin a new one where the source gives it back.
        """
        if account.id not in self.run.registry:
            return self.run.as_of, 0
        undated = not any(piece.since or piece.until for piece in pieces)
        last: Exposure | Seat | None = None
        for number in count():
            known = self.run.find(holder_id(self.run, person, account.id, number))
            if not isinstance(known, Exposure | Seat):
                break
            if known.until is None:
                since = known.at if isinstance(known, Exposure) else known.since
                return since, number if undated else 0
            last = known
        if last is None or not undated:
            return self.run.as_of, 0
        is_back = isinstance(last, Exposure) or self._passed_on(last)
        return self.run.as_of, number if is_back else number - 1

    def _passed_on(self, last: Seat) -> bool:
        """Say whether the source gave the account to another one after somebody's last seat."""
        seats = self.run.registry.seats_on.get(last.account, ())
        return any(
            each.person not in ("", last.person)
            and each.since > last.since
            and is_ours(self.run, each)
            for each in seats
        )

    def _sits_already(self, account: Account, person: Id) -> bool:
        seats = self.run.registry.seats_on.get(account.id, ())
        return any(seat.person == person and seat.until is None for seat in seats)

    def _report_ended(self, account: Account, person: Id, until: datetime, piece: Piece) -> None:
        what = f"the seat on {clean(account.label)} ended on {until.date()}, by the registry"
        what += f"; to give it back: safehands seat add {account.id[:8]} {person[:8]} --unconfirmed"
        self.run.report(piece.entry, "holder", "ended_here", what, "still ended")

    def _known_password(self, account: Account) -> Credential | None:
        if account.id not in self.run.registry:
            return None
        secrets = self.run.registry.credentials_of.get(account.id, ())
        return next((c for c in secrets if c.what in LOGIN_SECRETS and c.until is None), None)


def _stretches(pieces: list[Piece], begun: datetime) -> Span:
    """When a person held the account; rows without a beginning hold since `begun`."""
    return union(span(beginning(piece, begun), piece.until) for piece in pieces)


def _begun_by(credential: Credential, since: datetime) -> Credential:
    """The credential with its first version in use by then, where nobody knows better."""
    first = credential.versions[0]
    assumed = not (first.stored or first.made_by) and first.made_at == first.current_from
    if not assumed or first.made_at <= since:
        return credential
    first = msgspec.structs.replace(first, made_at=since, current_from=since)
    return msgspec.structs.replace(credential, versions=(first, *credential.versions[1:]))


def _version_at(credential: Credential, moment: datetime) -> int:
    """The version that was current at a moment, else the first one."""
    found = credential.at_stage("current", moment)
    return found.number if found else 1
