"""The rows of an account's page: people, secrets, factors, seats, tools, and what it hangs on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tui.activity import chart, fates, last_look
from tui.rows import spell_rows, tree
from tui.screens.detail import Row, columns
from tui.widgets.sheet import section
from vault.domain.account import Account
from vault.domain.credential import Credential, Version
from vault.domain.numbers import numbers
from vault.domain.registry import Registry
from vault.domain.telling import names
from vault.domain.timeline import stretches_of
from vault.domain.wording import in_words
from vault.services.access import WhoGetsIn, knowers, who_gets_in
from vault.services.preparing import KeptSecret

SECRET_COLUMNS = columns(
    ("secret", 16, 1), ("version", 7), ("stage", 8), ("kept here", 9), ("since", 10, 0, 1)
)
FACTOR_COLUMNS = columns(
    ("method", 14, 1), ("held by", 16, 2), ("sent to", 14, 1, 2), ("secret", 8, 0, 1)
)
SEAT_COLUMNS = columns(("holder", 18, 2), ("level", 8), ("since", 10), ("seen to work", 12, 0, 1))
ACTIVITY_COLUMNS = columns(
    ("posted from", 11), ("until", 10), ("says", 14, 1), ("looked on", 10, 0, 1)
)
TOOL_COLUMNS = columns(("tool", 18, 2), ("level", 8), ("by", 14, 1), ("scope", 10, 1, 1))


def who_rows(registry: Registry, account: Account, at: datetime) -> list[Row]:
    """Return who gets in and why, those with the best access first."""
    return [_who(each) for each in who_gets_in(registry, account, at)]


def _who(found: WhoGetsIn) -> Row:
    could = [f"{in_words(c.what)} {number}" for c, number in found.could]
    saw = [f"{each.how} {each.at.date()}" for each in found.saw]
    told = (
        tree(found.tree),
        section("Ties", ("; ".join(tie.why) for tie in found.ties), "-"),
        section("Could know", could, "-"),
        section("Did see", (f"version {e.version}, {e.how} {e.at.date()}" for e in found.saw), "-"),
    )
    cells = (found.person.name, found.level or "not alone", ", ".join(could), ", ".join(saw))
    return Row(found.person.id, cells, told, opens=("person", found.person.id))


def secret_rows(registry: Registry, account: Account, at: datetime) -> list[Row]:
    """Return the versions of its secrets that matter now, and those before in what is told."""
    return [
        _version(registry, credential, version, at)
        for credential in registry.credentials_of.get(account.id, ())
        for stage in ("pending", "current")
        if (version := credential.at_stage(stage, at)) is not None
    ]


def _version(registry: Registry, credential: Credential, version: Version, at: datetime) -> Row:
    stage = version.stage(at)
    since = version.current_from or version.made_at
    could, saw = knowers(registry, credential, version, at)
    seen = [f"{registry.name_of(e.person)}, {e.how} {e.at.date()}" for e in saw]
    others = [
        f"version {v.number}, {v.stage(at)}, made {v.made_at.date()}"
        for v in reversed(credential.versions)
        if v.number != version.number
    ]
    told = (
        section("Could know it", [", ".join(p.name for p in could)] if could else []),
        section("Did see it", seen, "-"),
        section("Other versions", others, "-"),
    )
    kept = KeptSecret(credential, stage) if version.stored else None
    cells = (
        credential.called,
        str(version.number),
        stage,
        "yes" if kept else "no",
        str(since.date()),
    )
    return Row(f"{credential.id} {version.number}", cells, told, secret=kept)


def factor_rows(registry: Registry, account: Account, at: datetime) -> list[Row]:
    """Return the second factors that are asked for."""
    found = []
    for factor in registry.factors_of.get(account.id, ()):
        if factor.holds(at):
            sent_to = factor.phone or factor.mailbox
            held = names(registry, factor.holders, at)
            cells = (
                f"{in_words(factor.method)} {factor.label}".strip(),
                held or ("" if sent_to or factor.credential else "nobody recorded"),
                registry.name_of(sent_to) if sent_to else "",
                factor.seed,
            )
            device = "The company's own device." if factor.company_device else ""
            since = f"Since {factor.since.date()}."
            told = (section("", filter(None, [since, device])),)
            found.append(Row(factor.id, cells, told, record=factor.id))
    return found


def seat_rows(registry: Registry, account: Account, at: datetime) -> list[Row]:
    """Return the seats on it."""
    found = []
    for seat in registry.seats_on.get(account.id, ()):
        if not seat.is_over(at):
            confirmed = seat.confirmed_on
            worked = str(confirmed.date()) if confirmed and seat.is_confirmed(at) else "never"
            holder = registry.name_of(seat.person or seat.role_account)
            by = f"Given by {registry.name_of(seat.granted_by)}." if seat.granted_by else ""
            told = (section("", [by] if by else []),)
            cells = (holder, seat.level, str(seat.since.date()), worked)
            found.append(Row(seat.id, cells, told, record=seat.id))
    return sorted(found, key=lambda row: row.cells[0])


def tool_rows(registry: Registry, account: Account, at: datetime) -> list[Row]:
    """Return the tools that are connected to it, and what it is connected to as a tool."""
    return [
        *_connected(registry, account, at),
        *(
            Row(
                grant.id,
                (f"acts on {registry.name_of(grant.account)}", grant.level, "", grant.scope),
                opens=("account", grant.account),
            )
            for grant in registry.grants_by.get(account.id, ())
            if grant.tool == account.id and grant.holds(at)
        ),
    ]


def _connected(registry: Registry, account: Account, at: datetime) -> Iterator[Row]:
    for grant in registry.grants_on.get(account.id, ()):
        if grant.holds(at):
            by = registry.name_of(grant.granted_by) if grant.granted_by else ""
            cells = (registry.name_of(grant.tool), grant.level, by, grant.scope)
            yield Row(grant.id, cells, opens=("account", grant.tool), record=grant.id)


def activity_rows(registry: Registry, account: Account, at: datetime) -> list[Row]:
    """Return when it posted as far as is known, the latest first, with a chart of it.

    What was decided about it stands with the chart.
    """
    activity = account.last_activity
    told = (
        section("", chart(activity, at) if activity else []),
        section("Decided", fates(registry, account, at), "-"),
        section("", [last_look(account)]),
    )
    if activity is None:
        return [Row("none", ("not known", "", "", ""), told)] if told[1].lines else []
    rows = [
        Row(f"{each.seen}", (_day(each.first), _day(each.last), each.source, _day(each.seen)), told)
        for each in stretches_of(activity)
    ]
    never = ("never", "", activity.source, _day(activity.checked_at))
    return rows or [Row("never", never, told)]


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


def hanging_rows(registry: Registry, account: Account, at: datetime) -> list[Row]:
    """Return what it hangs on, and what hangs on it."""
    return [
        *spell_rows(registry, "owner role", account.owner_roles, at),
        *spell_rows(registry, "log-in address", account.login_mailboxes, at),
        *spell_rows(registry, "recovery address", account.recovery_mailboxes, at),
        *spell_rows(registry, "recovery phone", numbers(registry, account), at),
        *spell_rows(registry, "signs in with", account.sign_in_accounts, at),
        *spell_rows(registry, "contained in", account.containers, at),
        *(
            Row(f"on {each.id}", ("others on it", each.label, "", ""), opens=("account", each.id))
            for each in registry.accounts_on.get(account.id, ())
            if each.is_open(at)
        ),
    ]
