"""The forms for what ties people and accounts: role assignments, factors, seats and tools."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from tui.choices import records, several, shown, words, yes_or_no
from tui.fields import Answers, Field, by_name
from tui.record_forms import Then
from tui.screens.form import FormScreen
from vault.domain.account import Account
from vault.domain.factor import Factor, FactorMethod, SeedPlace
from vault.domain.grant import Grant
from vault.domain.levels import Level
from vault.domain.mailbox import Mailbox
from vault.domain.naming import holder
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.registry import Registry
from vault.domain.role import Assignment, Role
from vault.domain.seat import Seat
from vault.domain.spell import exactly
from vault.domain.wording import in_words
from vault.services.editing import add_record, edit_record, fresh_id
from vault.services.roles import assign_role
from vault.services.seats import add_seat, edit_seat
from vault.services.session import Session

_SINCE = Field("since", "Since", "day", help="Left empty: today.")


def assignment_form(
    registry: Registry, at: datetime, then: Then, *, role: str = "", person: str = ""
) -> FormScreen:
    """Return the form that gives a role to somebody; either may be known."""
    fields = (
        Field(
            "role",
            "Role",
            "one",
            shown(registry, role),
            "The role that is given.",
            records(registry, at, Role),
        ),
        Field(
            "person",
            "To",
            "one",
            shown(registry, person),
            "Somebody who stays.",
            records(registry, at, Person),
        ),
        _SINCE,
    )

    def job(session: Session, answers: Answers) -> Assignment:
        answers.needed("role")
        answers.needed("person")
        found = session.registry.role(answers.record("role", by_name(session.registry, Role)))
        who = session.registry.person(answers.record("person", by_name(session.registry, Person)))
        return assign_role(session, found, who, answers.moment("since", session.env.now()))

    return FormScreen("Give a role", fields, job, then, yes="Give")


def factor_form(
    registry: Registry, at: datetime, then: Then, account: Account, old: Factor | None = None
) -> FormScreen:
    """Return the form that adds a second factor to an account, or edits one."""

    def job(session: Session, answers: Answers) -> Factor:
        answers.needed("method")
        begins = session.env.now() if old else answers.moment("since", session.env.now())
        held = answers.records("holders", lambda text: holder(session.registry, text))
        values: dict[str, Any] = {
            "method": answers.word("method"),
            "holders": exactly(old.holders if old else (), held, begins),
            "phone": answers.record("phone", by_name(session.registry, Phone)),
            "mailbox": answers.record("mailbox", by_name(session.registry, Mailbox)),
            "seed": answers.word("seed") or "unknown",
            "company_device": bool(answers.word("device")),
            "label": answers.text("label"),
        }
        if old:
            return edit_record(session, old, **values)
        new = Factor(id=fresh_id(session), account=account.id, since=begins, **values)
        return add_record(session, new)

    title = "Edit a second factor of" if old else "Add a second factor to"
    fields = (*_factor_fields(registry, at, old), *(() if old else (_SINCE,)))
    return FormScreen(f"{title} {account.label}", fields, job, then)


def _factor_fields(registry: Registry, at: datetime, old: Factor | None) -> tuple[Field, ...]:
    phone, mailbox = (old.phone, old.mailbox) if old else ("", "")
    held = several(registry, old.holders, at) if old else ""
    method = in_words(old.method) if old else ""
    seed, label = (old.seed, old.label) if old else ("unknown", "")
    device = "yes" if old and old.company_device else "no"
    who = records(registry, at, Role, Person)
    phones, addresses = records(registry, at, Phone), records(registry, at, Mailbox)
    asked = "What is asked for beside the password."
    number, address = shown(registry, phone), shown(registry, mailbox)
    return (
        Field("method", "Method", "one", method, asked, words(FactorMethod)),
        Field("holders", "Held by", "several", held, "Roles and people who have it.", who),
        Field("phone", "Sent to phone", "one", number, "Where codes go to.", phones),
        Field("mailbox", "Sent to mailbox", "one", address, "Where codes go to.", addresses),
        Field("seed", "Secret kept", "one", seed, "Where its secret is kept.", words(SeedPlace)),
        Field(
            "device",
            "Company device",
            "one",
            device,
            "Whether the device is the company's.",
            yes_or_no,
        ),
        Field("label", "Label", value=label, help="What people call it."),
    )


def seat_form(
    registry: Registry, at: datetime, then: Then, account: Account, old: Seat | None = None
) -> FormScreen:
    """Return the form that adds a seat on an account, or changes one."""
    level = Field(
        "level", "Level", "one", old.level if old else "full", "What they may do.", words(Level)
    )
    confirmed = Field(
        "confirmed",
        "Seen to work",
        "one",
        "yes" if old is None or old.is_confirmed(at) else "no",
        "Whether its holder has shown that it works.",
        yes_or_no,
    )
    who = Field(
        "who",
        "Holder",
        "one",
        help="A person, or a role account of the company.",
        choices=records(registry, at, Person, Account),
    )

    def job(session: Session, answers: Answers) -> Seat:
        works = bool(answers.word("confirmed"))
        may = cast("Level", answers.word("level") or "full")
        if old:
            return edit_seat(session, old, level=may, confirmed=works)
        answers.needed("who")
        found = answers.record("who", by_name(session.registry, Person))
        holds = session.registry.find(found)
        since = answers.moment("since", session.env.now())
        who = holds if isinstance(holds, Account) else session.registry.person(found)
        return add_seat(session, account, who, may, since, confirmed=works)

    if old:
        name = registry.name_of(old.person or old.role_account)
        return FormScreen(f"Seat of {name} on {account.label}", (level, confirmed), job, then)
    return FormScreen(f"Add a seat on {account.label}", (who, level, confirmed, _SINCE), job, then)


def grant_form(
    registry: Registry, at: datetime, then: Then, account: Account, old: Grant | None = None
) -> FormScreen:
    """Return the form that connects a tool to an account, or changes what it may do."""

    def job(session: Session, answers: Answers) -> Grant:
        values: dict[str, Any] = {
            "granted_by": answers.record("by", by_name(session.registry, Person)),
            "scope": answers.text("scope"),
            "level": answers.word("level") or "post",
        }
        if old:
            return edit_record(session, old, **values)
        answers.needed("tool")
        connected = answers.record("tool", by_name(session.registry, Account))
        since = answers.moment("since", session.env.now())
        new = Grant(id=fresh_id(session), tool=connected, account=account.id, since=since, **values)
        return add_record(session, new)

    rest = _grant_fields(registry, at, old)
    if old:
        return FormScreen(f"{registry.name_of(old.tool)} on {account.label}", rest, job, then)
    tools = records(registry, at, Account)
    tool = Field("tool", "Tool", "one", "", "The tool's own account.", tools)
    return FormScreen(f"Connect a tool to {account.label}", (tool, *rest, _SINCE), job, then)


def _grant_fields(registry: Registry, at: datetime, old: Grant | None) -> tuple[Field, ...]:
    by = shown(registry, old.granted_by) if old else ""
    scope, level = (old.scope, old.level) if old else ("", "post")
    people = records(registry, at, Person)
    return (
        Field("by", "Connected by", "one", by, "Who connected it.", people),
        Field("scope", "Scope", value=scope, help="As the platform says it."),
        Field("level", "Level", "one", level, "What it may do.", words(Level)),
    )
