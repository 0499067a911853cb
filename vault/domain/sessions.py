"""Sessions: when somebody must be assumed to have been inside an account, by a log-in of theirs.

Nothing is recorded (docs/adr/0010): it follows from what they knew and had at the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from vault.domain.account import Account
from vault.domain.credential import LOGIN_SECRETS, Credential
from vault.domain.factor import Factor
from vault.domain.ids import Id
from vault.domain.knowledge import (
    carrying_span,
    is_of_unknown_holder,
    knowing_span,
    lasting_span,
    reading_span,
    spells_span,
)
from vault.domain.mailbox import Mailbox
from vault.domain.numbers import numbers
from vault.domain.registry import Registry
from vault.domain.span import ANYTIME, NEVER, Span, complement, intersection, span, union
from vault.domain.spell import ALWAYS, midnight
from vault.domain.whose import account_owners, accounts_of, mailboxes_that_are

Inside = Mapping[Id, Span]
"""When a person was inside each account that matters, as far as is found yet."""


def _having_span(registry: Registry, person: Id, factor: Factor, inside: Inside) -> Span:
    ways = [
        spells_span(registry, person, factor.holders),
        _mail_span(registry, person, factor.mailbox, inside),
        carrying_span(registry, person, factor.phone),
    ]
    seed = registry.find(factor.credential)
    if isinstance(seed, Credential):
        ways += [
            intersection(knowing_span(registry, person, seed, v), seed.accepted_span(v))
            for v in seed.versions
        ]
    if is_of_unknown_holder(factor):
        ways.append(ANYTIME)
    return intersection(union(ways), span(factor.since, factor.until))


def _mail_span(registry: Registry, person: Id, mailbox: Id, inside: Inside) -> Span:
    """When a person read a mailbox: by what is recorded of it, or inside an account that it is."""
    record = registry.find(mailbox)
    if not isinstance(record, Mailbox):
        return NEVER
    reading = reading_span(registry, person, mailbox)
    through = [inside.get(a.id, NEVER) for a in accounts_of(registry, record)]
    if not any(through):
        return reading
    return union((reading, intersection(union(through), span(None, record.until))))


def _factor_span(registry: Registry, person: Id, account: Account, inside: Inside) -> Span:
    """When the account asked for no second factor, or the person had one or a recovery code."""
    factors = registry.factors_of.get(account.id, ())
    asked = union(span(f.since, f.until) for f in factors)
    had = union(_having_span(registry, person, f, inside) for f in factors)
    codes = union(
        intersection(knowing_span(registry, person, c, v), c.accepted_span(v))
        for c in registry.credentials_of.get(account.id, ())
        if c.what == "recovery_codes"
        for v in c.versions
    )
    return union((complement(asked), had, codes))


def has_login(registry: Registry, account: Account) -> bool:
    """Say whether an account has a log-in of its own, besides people's seats."""
    models = account.models or registry.platform(account).models
    return any(model != "seats" for model in models) or not models


def takes_password(registry: Registry, account: Account) -> bool:
    """Say whether there are passwords on an account's platform at all."""
    return registry.platform(account).applies("rotate_password")


def opened_by_channel(registry: Registry, account: Account) -> bool:
    """Say whether mail or a phone opens an account without changing a password, and so unseen."""
    return not takes_password(registry, account) and has_login(registry, account)


def _channel_span(registry: Registry, person: Id, account: Account, inside: Inside) -> Span:
    """When a person could be let in by mail or phone, as far as the platform is known."""
    platform = registry.platform(account)
    ways: list[Span] = []
    if platform.resets_by_mail != "no":
        for spell in (*account.login_mailboxes, *account.recovery_mailboxes):
            reading = _mail_span(registry, person, spell.of, inside)
            ways.append(intersection(reading, span(spell.since, spell.until)))
    if platform.resets_by_phone != "no":
        for spell in numbers(registry, account):
            carrying = carrying_span(registry, person, spell.of)
            ways.append(intersection(carrying, span(spell.since, spell.until)))
    able = union(ways)
    if able and platform.reset_keeps_second_factor == "yes":
        return intersection(able, _factor_span(registry, person, account, inside))
    return able


def _login_span(registry: Registry, person: Id, account: Account, inside: Inside) -> Span:
    """When a person had what an account asks for, so that no password need be reset.

    That is its password and a second factor; the mailbox or phone, where there is no password; or
    an account that one signs in to it with. Their own is open to them at any time, and one that a
    mailbox is while they read that. What has nothing but people's seats has no log-in.
    """
    if person in account_owners(registry, account):
        return ANYTIME
    if not has_login(registry, account):
        return NEVER
    ways = [
        intersection(inside[spell.of], span(spell.since, spell.until))
        for spell in account.sign_in_accounts
        if spell.of in inside
    ]
    known = _password_span(registry, person, account)
    if known:
        ways.append(intersection(known, _factor_span(registry, person, account, inside)))
    if opened_by_channel(registry, account):
        ways.append(_channel_span(registry, person, account, inside))
    ways += (
        reading_span(registry, person, mailbox.id)
        for mailbox in mailboxes_that_are(registry, account)
    )
    return union(ways)


def _password_span(registry: Registry, person: Id, account: Account) -> Span:
    """When a person knew a password or PIN that the account took."""
    return union(
        intersection(lasting_span(registry, person, c, v), c.accepted_span(v))
        for c in registry.credentials_of.get(account.id, ())
        if c.what in LOGIN_SECRETS
        for v in c.versions
    )


def living_span(registry: Registry, account: Account) -> Span:
    """When the account could be used at all: nobody is inside what is closed or has died."""
    platform = registry.platform(account)
    died_at = midnight(platform.died_on) if platform.died_on else ALWAYS
    ends = [end for end in (account.until, died_at if platform.is_dead else None) if end]
    return span(account.since, min(ends, default=None))


def _lasting(registry: Registry, account: Account, able: Span) -> Span:
    """The moments at which one could log in, and those after up to when sessions were ended."""
    living = living_span(registry, account)
    stays = []
    for start, end in intersection(able, living):
        ended = min((m for m in account.sessions_ended if m >= end), default=None)
        stays.append(span(start, ended))
    return intersection(union(stays), living)


def inside_span(registry: Registry, person: Id, account: Account) -> Span:
    """Return when a person must be assumed to have been inside an account, resets left out.

    They are from when they could log in until sessions are ended after they cannot any more; and
    whoever is inside an account can use it to sign in to another. A reset changes the password and
    so shows; a quiet log-in does not, and leaves a live session: with the password, or, where there
    is none, by mail or phone. What a source merely assumed, with an end of its own, leaves none.
    """
    accounts = _opening(registry, account)
    inside = dict.fromkeys((each.id for each in accounts), NEVER)
    grown = True
    while grown:  # accounts may open each other in a circle
        grown = False
        for each in reversed(accounts):
            able = _login_span(registry, person, each, inside)
            found = _lasting(registry, each, able)
            if found != inside[each.id]:
                inside[each.id] = found
                grown = len(accounts) > 1
    return inside[account.id]


def _opening(registry: Registry, account: Account) -> list[Account]:
    """Return the account, and all by which one gets into it unseen, those last.

    That is those it signs in with, and those that are the mail which lets in to it.
    """
    found = {account.id: account}
    waiting = [account]
    while waiting:
        each = waiting.pop()
        for parent in (*_parents(registry, each), *_mail_of(registry, each)):
            if parent.id not in found:
                found[parent.id] = parent
                waiting.append(parent)
    return list(found.values())


def _mail_of(registry: Registry, account: Account) -> Iterator[Account]:
    """Yield the accounts that are mailboxes by which one gets in, or a second factor, unseen."""
    mailboxes = {factor.mailbox for factor in registry.factors_of.get(account.id, ())}
    if opened_by_channel(registry, account):
        mailboxes |= {s.of for s in (*account.login_mailboxes, *account.recovery_mailboxes)}
    for mailbox in map(registry.find, sorted(mailboxes)):
        if isinstance(mailbox, Mailbox):
            yield from accounts_of(registry, mailbox)


def _parents(registry: Registry, account: Account) -> Iterator[Account]:
    for spell in account.sign_in_accounts:
        parent = registry.find(spell.of)
        if isinstance(parent, Account):
            yield parent


def has_session(registry: Registry, person: Id, account: Account, at: datetime) -> bool:
    """Say whether a person must be assumed to be logged in still."""
    return any(start <= at < end for start, end in inside_span(registry, person, account))
