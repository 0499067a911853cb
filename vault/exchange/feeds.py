"""When an account last posted, read from a feed (RSS, Atom) or from a public interface's JSON.

What comes in is hostile: feeds that expand into gigabytes, nest without end, lie about their
encoding or are no feeds at all. Nothing here connects to anything, feedparser included: it gets
bytes in a stream, since a text that looks like an address would be fetched. The caller bounds the
time: feedparser looks for a mail address in quadratic time (`vault.exchange.feed_process`).
"""

from __future__ import annotations

import calendar
import codecs
import io
import re
from collections.abc import Iterable, Iterator, Sized
from datetime import UTC, datetime
from typing import Any, Final
from xml.parsers import expat

import msgspec

from vault.domain.platforms.model import ProbeKind
from vault.domain.probing import Sighting

EARLIEST: Final = datetime(1995, 1, 1, tzinfo=UTC)  # before it, a date stands for none at all
_MOST_ELEMENTS: Final = 50_000  # feedparser takes 3 s for so many; a long podcast has 20,000
_DEEPEST: Final = 100
_MOST_ATTRIBUTES: Final = 100  # of one element; feedparser is quadratic in them
_MOST_MALFORMED: Final = 128 * 1024  # characters; the reader of broken XML is quadratic in some

_CODECS: Final = re.compile(
    r"utf-8|utf-16(-[bl]e)?|ascii|iso8859-\d+|cp125\d|koi8-[ru]"
    r"|shift_jis|euc_jp|euc_kr|gb2312|gbk|gb18030|big5"
)
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DECLARED: Final = re.compile(rb"""^<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})""")
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_DECLARATION: Final = re.compile(r"^\ufeff?\s*<\?xml[^>]{0,400}\?>")
_ENTITIES: Final = re.compile(r"<!(?:ENTITY|DOCTYPE[^>\[]{0,300}\[)", re.IGNORECASE)
_PAGE: Final = re.compile(r"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_DATES: Final = ("published_parsed", "updated_parsed", "created_parsed")


class _BombError(Exception):
    """An XML document that is made to hurt whoever reads it."""


class _UnreadableError(Exception):
    """An answer that no reader here understands."""


def last_post(kind: ProbeKind, body: bytes, content_type: str, now: datetime) -> Sighting:
    """Return what an answer says of the last post; dates after `now` are ignored."""
    try:
        return _READERS[kind](body, content_type, now)
    except _BombError as error:
        return Sighting("unsafe", told=str(error))
    except (_UnreadableError, msgspec.DecodeError, RecursionError):
        return Sighting("not_a_feed", told="an answer that cannot be read")


def _from_feed(body: bytes, content_type: str, now: datetime) -> Sighting:
    text = _decoded(body, content_type)
    if not text.strip():
        return Sighting("silent", told="an empty answer")
    if _PAGE.match(text):
        return Sighting("not_a_feed", told="a web page, perhaps one to log in")
    if _ENTITIES.search(text):
        raise _BombError("the feed declares entities, as bombs do")
    encoded = _DECLARATION.sub("", text, count=1).encode("utf-8", "replace")
    if not _is_well_formed(encoded):
        encoded = encoded[:_MOST_MALFORMED]
    found = _parsed(encoded)
    if not found.get("version"):
        return Sighting("not_a_feed", told="neither RSS nor Atom")
    return _latest(_dates(found["entries"]), len(found["entries"]), now)


def _parsed(encoded: bytes) -> Any:
    import feedparser

    try:
        return feedparser.parse(
            io.BytesIO(encoded),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception as error:  # what breaks its reader of broken XML must not end the run
        raise _UnreadableError from error


def _decoded(body: bytes, content_type: str) -> str:
    """Return the text; only encodings that keep `<` where ASCII has it, and UTF-16, are read.

    Others, such as UTF-7, would hide a declaration from whoever looks for one.
    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    declared = _DECLARED.match(body.lstrip()[:300])
    named = _CHARSET.search(content_type)
    name = named[1] if named else declared[1].decode("ascii") if declared else "utf-8"
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        codec = "utf-8"
    if not _CODECS.fullmatch(codec):
        raise _UnreadableError
    return body.decode(codec, "replace")


def _is_well_formed(encoded: bytes) -> bool:
    """Say whether it is XML; raises _BombError for what is too much of it.

    expat itself needs 20 ms for 2 MB, and so tells before feedparser takes minutes.
    """
    depth = elements = 0

    def begin(_name: str, attributes: Sized) -> None:
        nonlocal depth, elements
        depth, elements = depth + 1, elements + 1
        if depth > _DEEPEST or elements > _MOST_ELEMENTS or len(attributes) > _MOST_ATTRIBUTES:
            raise _BombError("the feed has too many elements or attributes, or too deep ones")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    try:
        parser.Parse(encoded, True)  # noqa: FBT003  # expat's own signature
    except expat.ExpatError:
        return False
    return True


def _dates(entries: Iterable[dict[str, Any]]) -> Iterator[datetime]:
    """Yield when each entry was published, or else changed.

    In that order: on YouTube a video counts as changed whenever its counters are.
    """
    for entry in entries:
        # feedparser's own look-up takes one date for another where it has only that.
        stamps = (dict.get(entry, name) for name in _DATES)
        stamp = next((each for each in stamps if each), None)
        if stamp is not None:
            try:
                yield datetime.fromtimestamp(calendar.timegm(stamp), UTC)
            except (OverflowError, ValueError, OSError):
                continue


def _latest(moments: Iterable[datetime], entries: int, now: datetime) -> Sighting:
    if not entries:
        return Sighting("silent", told="a feed without entries")
    listed = [moment for moment in moments if moment >= EARLIEST]
    past = [moment for moment in listed if moment <= now]
    if past:
        return Sighting("seen", max(past))
    return Sighting("silent", told="only dates in the future" if listed else "no dates")


class _MastodonAccount(msgspec.Struct):
    """https://docs.joinmastodon.org/entities/Account."""

    statuses_count: int
    last_status_at: str | None = None
    suspended: bool = False


def _from_mastodon(body: bytes, _content_type: str, now: datetime) -> Sighting:
    found = msgspec.json.decode(body, type=_MastodonAccount)
    if found.suspended:
        return Sighting("gone", told="suspended by its server")
    if found.statuses_count == 0:
        return Sighting("never_posted")
    day = (found.last_status_at or "")[:10]
    moment = msgspec.convert(f"{day}T00:00:00Z", datetime) if day else None
    return _latest([moment] if moment else [], 1, now)


class _Reason(msgspec.Struct, rename="camel"):
    indexed_at: datetime | None = None


class _Post(msgspec.Struct, rename="camel"):
    indexed_at: datetime


class _Item(msgspec.Struct):
    post: _Post
    reason: _Reason | None = None


class _AuthorFeed(msgspec.Struct):
    """app.bsky.feed.getAuthorFeed; `indexedAt` is the service's clock, `createdAt` the poster's."""

    feed: list[_Item]


def _from_bluesky(body: bytes, _content_type: str, now: datetime) -> Sighting:
    feed = msgspec.json.decode(body, type=_AuthorFeed).feed
    if not feed:
        return Sighting("never_posted")
    moments = [(i.reason and i.reason.indexed_at) or i.post.indexed_at for i in feed]
    return _latest(_aware(moments), len(feed), now)


class _Refusal(msgspec.Struct):
    error: str
    message: str = ""


def gone_actor(body: bytes) -> Sighting:
    """Return what Bluesky's HTTP status 400 means: most often that there is no such account."""
    try:
        refusal = msgspec.json.decode(body, type=_Refusal)
    except msgspec.DecodeError:
        return Sighting("refused", told="HTTP status 400")
    is_unknown = refusal.message.lower() in {"profile not found", "actor not found"}
    if is_unknown or refusal.error in {"AccountDeactivated", "AccountTakedown"}:
        return Sighting("gone", told=refusal.message or refusal.error)
    return Sighting("refused", told=refusal.message or refusal.error)


class _Event(msgspec.Struct):
    created_at: datetime


def _from_github(body: bytes, _content_type: str, now: datetime) -> Sighting:
    events = msgspec.json.decode(body, type=list[_Event])
    return _latest(_aware(event.created_at for event in events), len(events), now)


def _aware(moments: Iterable[datetime]) -> list[datetime]:
    return [m if m.tzinfo else m.replace(tzinfo=UTC) for m in moments]


_READERS: Final = {
    "feed": _from_feed,
    "api_bluesky": _from_bluesky,
    "api_github": _from_github,
    "api_mastodon": _from_mastodon,
}
