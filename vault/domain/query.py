"""Finding accounts among many: the words and filters that lists and commands understand.

`platform:x role:webcare tie:personal status:dormant acme` finds the accounts on X of the role
webcare that hang on a person, are dormant, and hold "acme" in a name, purpose or tag.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache, partial, reduce
from itertools import compress, repeat
from operator import and_, contains
from typing import NamedTuple

import msgspec

from vault.domain.account import Account
from vault.domain.dormancy import dormancy
from vault.domain.ids import Id
from vault.domain.naming import sought
from vault.domain.personal import is_personal
from vault.domain.registry import Registry
from vault.domain.spell import current


class Query(msgspec.Struct, frozen=True):
    """What is looked for: all of the words, and all of the filters, as (name, value) pairs.

    `unknown` are words that look like filters and are none; they are looked for as words.
    """

    words: tuple[str, ...] = ()
    filters: tuple[tuple[str, str], ...] = ()
    unknown: tuple[str, ...] = ()


def parse_query(text: str, known: Collection[str] | None = None) -> Query:
    """Return what a text looks for; every text is a query, also one that is still being typed.

    `known` are the names of filters, those for accounts if not given.
    """
    names = FILTERS if known is None else known
    words: list[str] = []
    filters: list[tuple[str, str]] = []
    unknown: list[str] = []
    for part in text.split():
        name, colon, value = part.partition(":")
        if colon and name.lower() in names:
            if value:
                filters.append((name.lower(), sought(value)))
            continue
        if colon and name.isalpha() and not value.startswith("//"):
            unknown.append(part)
        words.append(sought(part.removeprefix("@")))
    return Query(tuple(words), tuple(filters), tuple(unknown))


def no_filter(text: str, known: Collection[str] | None = None) -> str:
    """Say in a sentence what in a text looks like a filter and is none; "" for nothing.

    It quotes the text, which may be anything. `known` is what `parse_query` takes.
    """
    for word in parse_query(text, known).unknown:
        name, there_are = word.partition(":")[0], ", ".join(FILTERS if known is None else known)
        return f"{name!r} is no filter: there are {there_are or 'none here, only words'}"
    return ""


class AccountIndex:
    """The accounts of a registry at a moment, in order of platform and handle, ready to be found.

    What is asked of an account is looked up once, so that finding among 100,000 takes a few
    milliseconds; `tie:` takes half a second the first time (docs/performance.md).
    """

    def __init__(self, registry: Registry, at: datetime, *, closed: bool = False) -> None:
        # One text a key: pairs take twice the time to compare.
        self.accounts: list[Account] = sorted(
            (a for a in registry.all(Account) if closed or a.is_open(at)),
            key=lambda a: f"{a.platform}\0{a.handle}",
        )
        self._registry = registry
        self._at = at
        self._texts: list[str] = []
        self._kinds: dict[str, tuple[Sequence[Labels], Sequence[int]]] = {}

    def prepare(self) -> AccountIndex:
        """Make the texts that are searched now, and not at the first word."""
        if not self._texts:
            self._texts = [_text(account) for account in self.accounts]
        return self

    def _searched(self) -> Sequence[str]:
        self.prepare()
        return self._texts

    def find(self, query: Query) -> Sequence[Account]:
        """Return the accounts that hold all words and pass all filters, in their order."""
        found: Sequence[Account] = self.accounts
        texts: Sequence[str] = self._searched() if query.words else ()
        if query.filters:
            masks = (self._passes(name, value) for name, value in query.filters)
            passes = list(reduce(partial(map, and_), masks))
            found, texts = list(compress(found, passes)), list(compress(texts, passes))
        for word in query.words:
            holds = list(map(contains, texts, repeat(word)))
            found, texts = list(compress(found, holds)), list(compress(texts, holds))
        return found

    def _passes(self, name: str, value: str) -> Iterator[bool]:
        """Yield for each account, in order, whether a filter lets it through."""
        kinds, kind_of = self._sorted_by(name)
        fits = FILTERS[name].fits
        passes = [any(fits(label, value) for label in labels) for labels in kinds]
        return map(passes.__getitem__, kind_of)

    def _sorted_by(self, name: str) -> tuple[Sequence[Labels], Sequence[int]]:
        """Return the different labels there are, and for each account which of them it has.

        A number an account: comparing the labels of 100,000 took 85 ms a keystroke, this takes 4.
        """
        if name not in self._kinds:
            labels_of = FILTERS[name].labels(self._registry, self._at)
            number: dict[Labels, int] = {}
            kind_of = [number.setdefault(labels_of(a), len(number)) for a in self.accounts]
            self._kinds[name] = tuple(number), kind_of
        return self._kinds[name]


def find_accounts(
    registry: Registry,
    at: datetime,
    words: Iterable[str] = (),
    *,
    platform: str | None = None,
    role: Id | None = None,
    closed: bool = False,
) -> list[Account]:
    """Return the accounts that a query finds, those of a platform and of a role only."""
    found = AccountIndex(registry, at, closed=closed).find(parse_query(" ".join(words)))
    return [
        account
        for account in found
        if (platform is None or account.platform == platform)
        and (role is None or role in current(account.owner_roles, at))
    ]


def _text(account: Account) -> str:
    handles = " ".join(spell.of for spell in account.handles)
    return sought(
        f"{account.label} {handles} {account.platform_id} {account.display_name} "
        f"{account.purpose} {account.brand} {' '.join(account.tags)}"
    )


Labels = tuple[str, ...]
"""What an account is filtered by: few different ones, so each is compared once."""


class Filter(NamedTuple):
    """What may stand before a colon: what gives an account's labels, and how a value fits one."""

    labels: Callable[[Registry, datetime], Callable[[Account], Labels]]
    fits: Callable[[str, str], bool] = str.startswith


def _platform(registry: Registry, _at: datetime) -> Callable[[Account], Labels]:
    names = {platform.id: sought(platform.name) for platform in registry.catalogue.platforms}
    return lambda account: (account.platform, names.get(account.platform, ""))


def _role(registry: Registry, at: datetime) -> Callable[[Account], Labels]:
    name_of = cache(lambda record: sought(registry.name_of(record)))
    return lambda account: tuple(map(name_of, current(account.owner_roles, at)))


def _mailbox(registry: Registry, at: datetime) -> Callable[[Account], Labels]:
    name_of = cache(lambda record: sought(registry.name_of(record)))

    def labels(account: Account) -> Labels:
        named = current((*account.login_mailboxes, *account.recovery_mailboxes), at)
        return tuple(map(name_of, named))

    return labels


def _tie(registry: Registry, at: datetime) -> Callable[[Account], Labels]:
    return lambda account: ("personal" if is_personal(registry, account, at) else "role",)


FILTERS: dict[str, Filter] = {
    "platform": Filter(_platform),
    "role": Filter(_role, contains),
    "mailbox": Filter(_mailbox, contains),
    "tie": Filter(_tie),
    "status": Filter(lambda registry, at: lambda a: (dormancy(registry, a, at).verdict,)),
    "state": Filter(lambda _registry, _at: lambda a: (a.state,)),
    "tag": Filter(lambda _registry, _at: lambda a: tuple(map(sought, a.tags))),
}
"""A value is matched from its beginning, a name of a role or mailbox anywhere in it.

`tie:personal` and `tie:role`, `status:` a verdict of dormancy, `state:` that of the account.
"""
