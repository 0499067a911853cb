"""Rows that mean the same account, brought together.

The platform's own id says best what an account is, then the source's key, then the handle, then
the address. A handle that two ids had one after the other belongs to each in its time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter

import msgspec

from vault.domain.spell import ALWAYS, FOREVER
from vault.exchange.entries import AccountEntry

Key = tuple[str, str, str]
_place = attrgetter("place")


class Piece(msgspec.Struct, frozen=True, gc=False):
    """A row, or the part of its time in which it means one account.

    `place` is where the row comes among all rows, `key` what its handle compares as ("" where it
    has none).
    """

    place: int
    entry: AccountEntry
    key: str
    platform_id: str
    since: datetime | None
    until: datetime | None

    @property
    def row(self) -> tuple[str, int]:
        """The file and the number of the row."""
        return (self.entry.file, self.entry.row)


class Group(msgspec.Struct, gc=False):
    """The rows of one account, in the order of the source."""

    platform: str
    platform_id: str
    external_id: str
    pieces: list[Piece]

    @property
    def keys(self) -> tuple[str, ...]:
        """What its handles compare as, oldest first."""
        if len(self.pieces) == 1:
            return (self.pieces[0].key,) if self.pieces[0].key else ()
        dated = sorted(self.pieces, key=lambda piece: piece.since or ALWAYS)
        return tuple(dict.fromkeys(piece.key for piece in dated if piece.key))

    @property
    def said(self) -> Mapping[str, str]:
        """What the rows say, by field: the first of them that says anything."""
        if len(self.pieces) == 1:
            return self.pieces[0].entry.texts
        backwards = (piece.entry.texts.items() for piece in reversed(self.pieces))
        return {field: text for texts in backwards for field, text in texts}


def grouped(entries: Sequence[AccountEntry], *, by_identifier: bool) -> list[Group]:
    """Return the rows by account, in the order in which the accounts appear.

    With `by_identifier` each row gives one identifier of an account for a time: a handle and an id
    that one holder had on one platform at the same time are one account's.
    """
    pieces = [_whole(place, entry) for place, entry in enumerate(entries)]
    groups: dict[Key, Group] = {}
    had: defaultdict[tuple[str, str], list[tuple[Key, Piece]]] = defaultdict(list)
    weak: list[Piece] = []
    for piece in _with_ids(pieces) if by_identifier else pieces:
        key = _strong_key(piece)
        if key is None:
            weak.append(piece)
            continue
        _into(groups, key, piece)
        if piece.key:
            had[piece.entry.profile.platform, piece.key].append((key, piece))
    for piece in weak:
        _into(groups, _weak_key(piece, had), piece)
    for group in groups.values():
        if len(group.pieces) > 1:
            group.pieces.sort(key=_place)
    return sorted(groups.values(), key=lambda group: group.pieces[0].place)


def distance(first: Piece, second: Piece) -> float:
    """Return how many seconds lie between two pieces; 0 where they touch or overlap."""
    starts = max(first.since or ALWAYS, second.since or ALWAYS)
    ends = min(first.until or FOREVER, second.until or FOREVER)
    return max(0.0, (starts - ends).total_seconds())


def beginning(piece: Piece, begun: datetime) -> datetime:
    """Return since when a piece is true: by the source, else `begun`; ever, if it was over then."""
    if piece.since is not None:
        return piece.since
    return begun if piece.until is None or begun < piece.until else ALWAYS


def _whole(place: int, entry: AccountEntry) -> Piece:
    profile, moment = entry.profile, entry.moments.get
    return Piece(place, entry, profile.key, profile.platform_id, moment("since"), moment("until"))


def _strong_key(piece: Piece) -> Key | None:
    if piece.platform_id:
        return (piece.entry.profile.platform, "id", piece.platform_id)
    external = piece.entry.texts.get("external_id")
    return (piece.entry.profile.platform, "external", external) if external else None


def _weak_key(piece: Piece, had: Mapping[tuple[str, str], list[tuple[Key, Piece]]]) -> Key:
    """The key of the account that had the handle nearest in time, else of handle or address."""
    profile = piece.entry.profile
    if not piece.key:
        return (profile.platform, "url", profile.url)
    known = had.get((profile.platform, piece.key))
    if known:
        return min(known, key=lambda one: distance(piece, one[1]))[0]
    return (profile.platform, "handle", piece.key)


def _into(groups: dict[Key, Group], key: Key, piece: Piece) -> None:
    external_id = piece.entry.texts.get("external_id", "")
    group = groups.get(key)
    if group is None:
        groups[key] = Group(key[0], piece.platform_id, external_id, [piece])
        return
    group.platform_id = group.platform_id or piece.platform_id
    group.external_id = group.external_id or external_id
    group.pieces.append(piece)


def _with_ids(wholes: Sequence[Piece]) -> list[Piece]:
    """Each handle's time divided among the ids that its holder had on the platform meanwhile."""
    ids: defaultdict[tuple[str, str], list[Piece]] = defaultdict(list)
    for piece in wholes:
        if piece.platform_id:
            ids[_side(piece)].append(piece)
    pieces: list[Piece] = []
    for piece in wholes:
        if piece.platform_id:
            pieces.append(piece)
        else:
            pieces += _divided(piece, ids.get(_side(piece), ()))
    return pieces


def _side(piece: Piece) -> tuple[str, str]:
    return (piece.entry.get("holder"), piece.entry.profile.platform)


def _divided(piece: Piece, ids: Iterable[Piece]) -> list[Piece]:
    beside = sorted(
        (one for one in ids if _overlap(piece, one)), key=lambda one: one.since or ALWAYS
    )
    turns = [
        one
        for n, one in enumerate(beside)
        if n == 0 or one.platform_id != beside[n - 1].platform_id
    ]
    if not turns:
        return [piece]
    found = []
    for n, one in enumerate(turns):
        since = piece.since if n == 0 else one.since
        until = turns[n + 1].since if n + 1 < len(turns) else piece.until
        found.append(
            msgspec.structs.replace(piece, platform_id=one.platform_id, since=since, until=until)
        )
    return found


def _overlap(first: Piece, second: Piece) -> bool:
    starts = max(first.since or ALWAYS, second.since or ALWAYS)
    return starts < min(first.until or FOREVER, second.until or FOREVER)
