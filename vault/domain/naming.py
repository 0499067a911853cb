"""How a person names a record: by id, by the beginning of an id, or by what they would type.

`jan`, `webcare@acme.example`, `x/@acme`. The strictest reading that finds anything decides; if it
finds several, the only one that has not ended is meant, and else they are listed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cache, partial
from typing import Any, TypeVar, cast

from vault.domain.account import Account
from vault.domain.cases import Case
from vault.domain.counting import several
from vault.domain.credential import Credential
from vault.domain.factor import Factor
from vault.domain.grant import Grant
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.platforms.handles import fold_handle
from vault.domain.platforms.model import Platform
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Assignment, Role
from vault.domain.seat import Seat
from vault.domain.telling import label_of
from vault.domain.text import clean
from vault.errors import AmbiguousError, NotFoundError, UsageError

R = TypeVar("R", bound=Record)

ID_PREFIX = 4  # shorter ones are more likely words
MOST_CANDIDATES = 12


def folded(text: str) -> str:
    """Return a text as it is compared: compatible forms made equal, case folded, spaces single."""
    compatible = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return " ".join(compatible.casefold().split())


_LOOKS_LIKE = str.maketrans(
    {"æ": "ae", "œ": "oe", "þ": "th"}
    | dict(zip("\u0131øłđðħŧ", "iolddht", strict=True))  # first the dotless i
    | dict.fromkeys("\u2018\u2019\u02bc\u2032", "'")
    | dict.fromkeys("\u2010\u2013", "-")
)
"""What people type for letters that no accent makes, and for what a word processor typesets."""


def sought(text: str) -> str:
    """Return a text as it is looked for: folded, without accents and typographic signs.

    Only for finding: two who are told apart by an accent are two.
    """
    compared = folded(text)
    if compared.isascii():
        return compared
    letters = unicodedata.normalize("NFKD", compared)
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return folded(bare.translate(_LOOKS_LIKE))  # a macron that stands alone becomes a space


def resolve(registry: Registry, kind: type[R], text: str) -> R:
    """Return the one record of a kind that goes by a text.

    Raises NotFoundError, or AmbiguousError with the candidates as a person would tell them apart.
    """
    wanted = dialled(text) if kind is Phone else folded(text)
    what = kind.__name__.lower()
    if not wanted:
        message = f"no {what} was named"
        raise NotFoundError(message, "give a name, an address or an id")

    def by_look() -> Iterable[R]:
        return _looking_like(registry, kind, text)

    for reading in (*_readings(registry, kind, wanted, text), by_look):
        found = _as_one(registry, reading())
        meant = [record for record in found if not _has_ended(record)] or found
        if len(meant) == 1:
            return meant[0]
        if meant:
            raise _ambiguous(registry, what, text, meant)
    message = f"there is no {what} {clean(text)!r}"
    hint = f"see what there is: safehands {what} list"
    if kind in _ADDED_BY and not registry.all(kind):
        hint = f"there is none yet; add one: safehands {what} add {_ADDED_BY[kind]}"
    raise NotFoundError(message, hint)


def _looking_like(registry: Registry, kind: type[R], text: str) -> Iterable[R]:
    """The records of a kind that go by a text but for accents and the form of its signs."""
    bare, (exact, loose) = sought(text), _KEYS.get(kind, (_no_keys, _no_keys))
    texts = ((r, [*exact(registry, r), *loose(registry, r)]) for r in registry.all(kind))
    looks = [
        (record, [sought(each) for each in called])
        for record, called in texts
        if not (text.isascii() and all(map(str.isascii, called)))
    ]
    return (
        [record for record, called in looks if bare in called]
        or [record for record, called in looks if any(bare in c.split() for c in called)]
        or [record for record, called in looks if any(bare in c for c in called)]
    )


def _as_one(registry: Registry, found: Iterable[R]) -> list[R]:
    """The records, of people those that stand for them, each once."""
    ids = dict.fromkeys(getattr(each, "one_with", "") or each.id for each in found)
    return [cast("R", registry.find(each)) for each in ids]


def holder(registry: Registry, text: str) -> Id:
    """Return the id of the person or role that a text names; `role:` or `person:` says which.

    Raises NotFoundError where there is neither, AmbiguousError where there are both.
    """
    kind, colon, name = text.partition(":")
    if colon and kind in {"role", "person"}:
        return resolve(registry, Role if kind == "role" else Person, name).id
    found: list[Role | Person] = []
    with suppress(NotFoundError):
        found.append(resolve(registry, Role, text))
    with suppress(NotFoundError):
        found.append(resolve(registry, Person, text))
    exact = [each for each in found if folded(each.name) == folded(text)]
    meant = exact or found
    if len(meant) == 1:
        return meant[0].id
    if not meant:
        message = f"there is no role or person {clean(text)!r}"
        raise NotFoundError(message, "see who there is: safehands role list, safehands person list")
    message = f"{clean(text)!r} could be a role or a person"
    candidates = tuple(describe(registry, each) for each in meant)
    raise AmbiguousError(message, candidates, "say role:NAME or person:NAME")


def _readings(
    registry: Registry, kind: type[R], wanted: str, text: str
) -> Sequence[Callable[[], Iterable[R]]]:
    exact, loose = _KEYS.get(kind, (_no_keys, _no_keys))
    by_linked = partial(_hanging_on, registry, kind, text)

    def by_id() -> Iterable[R]:
        known = registry.find(wanted)
        return (known,) if isinstance(known, kind) else ()

    def by_key() -> Iterable[R]:
        keys = _account_texts(registry, text) if kind is Account else {wanted}
        return (
            r for r in registry.all(kind) if not keys.isdisjoint(map(folded, exact(registry, r)))
        )

    def by_prefix() -> Iterable[R]:
        if len(wanted) < ID_PREFIX:
            return ()
        return (r for r in registry.all(kind) if r.id.startswith(wanted))

    def by_word() -> Iterable[R]:
        return (
            r for r in by_part() if any(wanted in folded(k).split() for k in loose(registry, r))
        )

    @cache
    def by_part() -> Sequence[R]:
        return [
            r for r in registry.all(kind) if any(wanted in folded(k) for k in loose(registry, r))
        ]

    if kind is not Account:
        return (by_id, by_key, by_linked, by_prefix, by_word, by_part)
    now: list[Any] = [partial(each, registry, text) for each in (_labelled, _at_profile, _going_by)]
    once: Any = partial(_at_profile, registry, text, once=True)  # accounts, as R is Account here
    return (by_id, *now, by_key, once, by_prefix, by_word, by_part)


def _has_ended(record: Record) -> bool:
    return any(getattr(record, name, None) is not None for name in ("until", "closed_at"))


def _ambiguous(registry: Registry, what: str, text: str, found: Sequence[Record]) -> AmbiguousError:
    candidates = tuple(describe(registry, record) for record in found[:MOST_CANDIDATES])
    more = len(found) - len(candidates)
    message = f"{clean(text)!r} could be {several(len(found), what)}"
    hint = f"use an id; {more} more are not shown" if more > 0 else "use an id"
    return AmbiguousError(message, candidates, hint)


def describe(registry: Registry, record: Record) -> str:
    """Return the record's short id and what tells it from others of its kind."""
    extra = getattr(record, "mail", "") or getattr(record, "url", "")
    return f"{record.id[:8]}  {label_of(registry, record)}  {extra}".rstrip()


def _labelled(registry: Registry, text: str) -> Iterable[Account]:
    """The accounts in use that lists show under this very text, found without folding any."""
    platform, _, handle = text.strip().partition("/")
    name = handle.removeprefix("@")
    return (
        account
        for account in registry.all(Account)
        if account.platform == platform
        and account.handle == name != ""
        and not account.until
        and account.handles[-1].until is None  # one that was given up may be somebody else's
    )


def named_account(registry: Registry, text: str) -> tuple[Platform, str, str]:
    """Return the platform, handle and address ("" if unknown) of the account that a text is for.

    The text is its address on the web, or platform and handle such as `x/@acme`. Raises UsageError,
    or NotFoundError for a platform that the catalogue does not know.
    """
    if "://" in text or text.partition("/")[0].count("."):
        recognised = registry.catalogue.of_url(text)
        handle = recognised.handle or recognised.platform_id or ""
        return recognised.platform, handle, recognised.canonical_url
    platform, slash, handle = text.partition("/")
    if not slash or not handle:
        message = f"{clean(text)!r} names no account"
        raise UsageError(message, "give its address, or platform and handle such as x/@acme")
    return registry.catalogue.named(platform), handle, ""


def _at_profile(registry: Registry, text: str, *, once: bool = False) -> Iterable[Account]:
    """The accounts in use that adding this text would add; with `once`, whichever were it."""
    try:
        platform, handle, _ = named_account(registry, text)
    except (NotFoundError, UsageError):
        return
    read = registry.catalogue.handle(platform, handle)
    for account in registry.all(Account):
        if account.platform != platform.id or (account.until and not once):
            continue
        handles = (s.of for s in account.handles[0 if once else -1 :] if once or not s.until)
        if read.platform_id:
            is_meant = account.platform_id == read.platform_id
        else:
            is_meant = read.canonical in (fold_handle(platform, each) or None for each in handles)
        if is_meant:
            yield account


def _going_by(registry: Registry, text: str) -> Iterable[Account]:
    """The accounts in use whose handle a text is now, in any spelling: before those it once was."""
    texts = _account_texts(registry, text)
    for account in registry.all(Account):
        if account.handles and not account.until and account.handles[-1].until is None:
            names = (account.handle, f"{account.platform}/{account.handle}")
            if not texts.isdisjoint(map(folded, names)):
                yield account


def _hanging_on(registry: Registry, kind: type[R], text: str) -> Iterable[R]:
    """The records of a kind one of whose links goes by a text, in any spelling."""
    links = _LINKED.get(kind, ())
    texts = _account_texts(registry, text) if links else set()
    for record in registry.all(kind) if links else ():
        if any(_goes_by(registry, getattr(record, link), texts) for link in links):
            yield record


def _goes_by(registry: Registry, record_id: Id, texts: set[str]) -> bool:
    """Whether one of these texts is all that a person would type for the record of an id."""
    record = registry.find(record_id)
    if record is None:
        return False
    exact, _ = _KEYS.get(type(record), (_no_keys, _no_keys))
    return not texts.isdisjoint(map(folded, exact(registry, record)))


def _account_texts(registry: Registry, text: str) -> set[str]:
    """The spellings of an account: as typed, without @, with the platform's own id for its name."""
    platform, slash, handle = text.strip().partition("/")
    found = {folded(text), folded(text).removeprefix("@")} - {""}
    if slash and "://" not in text:
        found.add(folded(f"{platform}/{handle.removeprefix('@')}"))
        try:
            known = registry.catalogue.named(platform)
        except NotFoundError:
            return found
        found.add(folded(f"{known.id}/{handle.removeprefix('@')}"))
    return found


def _account_keys(_registry: Registry, record: Record) -> Iterable[str]:
    account: Account = record  # type: ignore[assignment]  # only asked for accounts
    handles = [spell.of for spell in account.handles]
    names = [*handles, account.platform_id, *account.aliases]
    combined = (f"{account.platform}/{name}" for name in names if name)
    return (*combined, *filter(None, names), account.url, account.external_id)


def _account_words(_registry: Registry, record: Record) -> Iterable[str]:
    account: Account = record  # type: ignore[assignment]  # only asked for accounts
    return (account.display_name, account.handle, account.purpose)


def _person_keys(_registry: Registry, record: Record) -> Iterable[str]:
    person: Person = record  # type: ignore[assignment]  # only asked for people
    return (person.name, person.listed_as, person.mail, *person.other_mails, person.external_id)


def _person_words(_registry: Registry, record: Record) -> Iterable[str]:
    person: Person = record  # type: ignore[assignment]  # only asked for people
    return (person.name, person.mail.partition("@")[0].replace(".", " "))


def dialled(text: str) -> str:
    """What a phone is compared as: the digits of its number from the country code on, or a text."""
    digits = re.sub(r"[ .()/+-]", "", folded(text))
    return digits.removeprefix("00") if digits.isdecimal() else folded(text)


def _phone_keys(_registry: Registry, record: Record) -> Iterable[str]:
    phone: Phone = record  # type: ignore[assignment]  # only asked for phones
    return (dialled(phone.number),)


def _phone_words(_registry: Registry, record: Record) -> Iterable[str]:
    phone: Phone = record  # type: ignore[assignment]  # only asked for phones
    return (dialled(phone.number), phone.note)


def _no_keys(_registry: Registry, _record: Record) -> Iterable[str]:
    return ()


def _attributes(*names: str) -> Callable[[Registry, Record], Iterable[str]]:
    def keys(_registry: Registry, record: Record) -> Iterable[str]:
        return [getattr(record, name) for name in names]

    return keys


def _named_by(*links: str) -> Callable[[Registry, Record], Iterable[str]]:
    """Name a record by what it links, such as a case by its leaver or its account."""

    def keys(registry: Registry, record: Record) -> Iterable[str]:
        linked: list[Id] = [getattr(record, link) for link in links]
        return [registry.name_of(each) for each in linked if each]

    return keys


_ADDED_BY: dict[type[Record], str] = {
    Person: "NAME",
    Role: "NAME",
    Mailbox: "ADDRESS",
    Phone: "NUMBER",
    Account: "ADDRESS",
}
"""What the command takes that adds a record of a kind."""

_LINKED: dict[type[Record], tuple[str, ...]] = {
    Case: ("person", "account"),
    Seat: ("account",),
    Grant: ("account", "tool"),
}
"""The links by whose every spelling a record is named: what it is about, or hangs on."""

_Keys = Callable[[Registry, Record], Iterable[str]]

_KEYS: dict[type[Record], tuple[_Keys, _Keys]] = {
    Person: (_person_keys, _person_words),
    Role: (_attributes("name", "external_id"), _attributes("name", "purpose")),
    Mailbox: (_attributes("address"), _attributes("address")),
    Phone: (_phone_keys, _phone_words),
    Account: (_account_keys, _account_words),
    Case: (_named_by("person", "account"), _named_by("person", "account")),
    Factor: (_attributes("label"), _named_by("account")),
    Credential: (_attributes("label"), _named_by("account")),
    Seat: (_named_by("account"), _named_by("person", "role_account")),
    Grant: (_named_by("account", "tool"), _named_by("account", "tool")),
    Assignment: (_named_by("person"), _named_by("role")),
}
