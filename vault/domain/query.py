"""Finding accounts among many: the words and filters that lists and commands understand.

`platform:x role:webcare tie:personal status:dormant acme` finds the accounts on X of the role
webcare that hang on a person, are dormant, and hold "acme" in a name, purpose or tag.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

import msgspec

from vault.domain.access import active_factors
from vault.domain.account import Account
from vault.domain.dormancy import dormancy
from vault.domain.freemail import is_freemail
from vault.domain.ids import Id
from vault.domain.mailbox import Mailbox
from vault.domain.naming import folded
from vault.domain.person import Person
from vault.domain.phone import Phone
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
                filters.append((name.lower(), folded(value)))
            continue
        if colon and name.isalpha() and not value.startswith("//"):
            unknown.append(part)
        words.append(folded(part.removeprefix("@")))
    return Query(tuple(words), tuple(filters), tuple(unknown))


class AccountIndex:
    """The accounts of a registry at a moment, in order of platform and handle, ready to be found.

    Making it reads every account once; finding is a scan of one text each.
    """

    def __init__(self, registry: Registry, at: datetime, *, closed: bool = False) -> None:
        self.accounts: list[Account] = sorted(
            (a for a in registry.all(Account) if closed or a.is_open(at)),
            key=lambda a: (a.platform, a.handle),
        )
        self._registry = registry
        self._at = at
        self._texts: list[str] = []

    def prepare(self) -> AccountIndex:
        """Make the texts that are searched now, and not at the first word."""
        if not self._texts:
            self._texts = [_text(account) for account in self.accounts]
        return self

    def find(self, query: Query) -> Sequence[Account]:
        """Return the accounts that hold all words and pass all filters, in their order."""
        found: Sequence[Account] = self.accounts
        if query.words:
            self.prepare()
            first, *others = query.words
            texts = zip(self.accounts, self._texts, strict=True)
            hits = [(a, text) for a, text in texts if first in text]
            for word in others:
                hits = [hit for hit in hits if word in hit[1]]
            found = [account for account, _ in hits]
        for name, value in query.filters:
            passes = FILTERS[name](self._registry, self._at, value)
            found = [account for account in found if passes(account)]
        return found


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
    return folded(
        f"{account.platform} {handles} {account.platform_id} {account.display_name} "
        f"{account.purpose} {account.brand} {' '.join(account.tags)}"
    )


_Passes = Callable[[Account], bool]


def _on_platform(registry: Registry, _at: datetime, value: str) -> _Passes:
    wanted = {
        platform.id
        for platform in registry.catalogue.platforms
        if platform.id.startswith(value) or folded(platform.name).startswith(value)
    }
    return lambda account: account.platform in wanted or account.platform.startswith(value)


def _of_role(registry: Registry, at: datetime, value: str) -> _Passes:
    return lambda account: any(
        value in folded(registry.name_of(role)) for role in current(account.owner_roles, at)
    )


def _at_mailbox(registry: Registry, at: datetime, value: str) -> _Passes:
    return lambda account: any(
        value in folded(registry.name_of(mailbox))
        for mailbox in current((*account.login_mailboxes, *account.recovery_mailboxes), at)
    )


def _tied(registry: Registry, at: datetime, value: str) -> _Passes:
    if value.startswith("p"):
        return lambda account: is_personal(registry, account, at)
    return lambda account: not is_personal(registry, account, at)


def _with_status(registry: Registry, at: datetime, value: str) -> _Passes:
    return lambda account: dormancy(registry, account, at).verdict.startswith(value)


def _in_state(_registry: Registry, _at: datetime, value: str) -> _Passes:
    return lambda account: account.state.startswith(value)


def _tagged(_registry: Registry, _at: datetime, value: str) -> _Passes:
    return lambda account: any(folded(tag).startswith(value) for tag in account.tags)


FILTERS: dict[str, Callable[[Registry, datetime, str], _Passes]] = {
    "platform": _on_platform,
    "role": _of_role,
    "mailbox": _at_mailbox,
    "tie": _tied,
    "status": _with_status,
    "state": _in_state,
    "tag": _tagged,
}
"""What may stand before a colon: a value is matched from its beginning, a name anywhere in it.

`tie:personal` and `tie:role`, `status:` a verdict of dormancy, `state:` that of the account.
"""


def is_personal(registry: Registry, account: Account, at: datetime) -> bool:
    """Tell whether what an account is opened or recovered with is one person's own."""
    for address in current((*account.login_mailboxes, *account.recovery_mailboxes), at):
        mailbox = registry.find(address)
        if isinstance(mailbox, Mailbox) and (
            mailbox.type == "personal"
            or is_freemail(mailbox.address)
            or isinstance(registry.find(mailbox.owner), Person)
        ):
            return True
    for number in current(account.recovery_phones, at):
        phone = registry.find(number)
        if isinstance(phone, Phone) and phone.contract:
            return True
    for factor in active_factors(registry, account, at):
        holders = current(factor.holders, at)
        if len(holders) == 1 and isinstance(registry.find(holders[0]), Person):
            return True
    return False
