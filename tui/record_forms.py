"""The forms for accounts, people, roles, mailboxes and phones: what they ask, and who gets it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tui.choices import records, several, shown, words, yes_or_no
from tui.fields import Answers, Field, by_name
from tui.screens.form import FormScreen
from vault.domain.account import Account
from vault.domain.mailbox import Mailbox, MailboxKind
from vault.domain.naming import holder, named_account
from vault.domain.person import Person
from vault.domain.phone import Phone, PhoneKind
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import DEFAULT_MIN_HOLDERS, Role
from vault.domain.spell import exactly
from vault.domain.wording import in_words
from vault.services.accounts import Links, add_account, edit_account
from vault.services.editing import add_record, edit_record, fresh_id
from vault.services.mailboxes import add_mailbox, day_to_keep, edit_mailbox, shut_out
from vault.services.people import add_person, edit_person
from vault.services.session import Session

Then = Callable[[Any], None]


def account_form(
    registry: Registry, at: datetime, then: Then, old: Account | None = None
) -> FormScreen:
    """Return the form that adds an account, or edits one."""
    first = (
        Field("handle", "Handle", value=old.handle, help="A new one; the old is kept as history.")
        if old
        else Field("name", "Account", help="Its address, or platform and handle such as x/@acme.")
    )
    fields = (first, *_account_links(registry, at, old), *_account_facts(old))

    def job(session: Session, answers: Answers) -> Account:
        values = _account_values(answers)
        links = _links(session.registry, answers)
        if old:
            handle = answers.text("handle")
            new = handle if handle != old.handle else None
            reopen = old.until is not None and bool(answers.word("reopen"))
            return edit_account(session, old, links, new, reopen=reopen, **values)
        name = answers.needed("name")
        answers.wrong = "name"
        platform, handle, url = named_account(session.registry, name)
        answers.wrong = ""
        values["url"] = values["url"] or url
        values["since"] = answers.moment("since", session.env.now())
        another = bool(answers.word("another"))
        return add_account(session, platform, handle, links, another=another, **values)

    title = f"Edit {old.label}" if old else "Add an account"
    if not old:
        fields += (Field("since", "Since", "day", help="Since when the company has it."), _SECOND)
    elif old.until:
        fields += (_REOPEN,)
    return FormScreen(title, fields, job, then)


_SECOND = Field(
    "another",
    "A namesake",
    "one",
    "no",
    "Whether this is not the account of that handle that was closed.",
    yes_or_no,
)
_REOPEN = Field(
    "reopen", "Open again", "one", "no", "Whether it was not closed or lost after all.", yes_or_no
)

_LINKS: tuple[tuple[str, str, str, str, type[Record], str], ...] = (
    ("role", "Owner role", "one", "owner_roles", Role, "The role that owns it; never a person."),
    ("login", "Log-in address", "one", "login_mailboxes", Mailbox, "It logs in and resets."),
    (
        "recovery",
        "Recovery addresses",
        "several",
        "recovery_mailboxes",
        Mailbox,
        "Other addresses that reset its password.",
    ),
    (
        "phones",
        "Recovery phones",
        "several",
        "recovery_phones",
        Phone,
        "Numbers that reset its password.",
    ),
    (
        "sign_in",
        "Signs in with",
        "one",
        "sign_in_accounts",
        Account,
        "The account it signs in with, such as one of Google.",
    ),
    (
        "container",
        "Contained in",
        "one",
        "containers",
        Account,
        "The account that contains it, such as a business portfolio.",
    ),
)
"""Name, label and kind of a field, the spells it is about, what they are of, and its help."""


def _account_links(registry: Registry, at: datetime, old: Account | None) -> tuple[Field, ...]:
    kinds: tuple[type[Record], ...] = (Role, Mailbox, Phone, Account)
    offered = {kind: records(registry, at, kind) for kind in kinds}
    return tuple(
        Field(
            name,
            label,
            "one" if how == "one" else "several",
            several(registry, getattr(old, spells), at) if old else "",
            said,
            offered[kind],
        )
        for name, label, how, spells, kind, said in _LINKS
    )


_FACTS: tuple[tuple[str, str, str], ...] = (
    ("display_name", "Name", "The name shown on the platform."),
    ("platform_id", "Platform id", "The platform's own identifier."),
    ("url", "Address", "Its address on the web."),
    ("purpose", "Purpose", "What it is for."),
    ("audience", "Audience", "Whom it reaches."),
    ("brand", "Brand", "The brand it speaks for."),
    ("country", "Country", "The country it is for."),
    ("language", "Language", "The language it speaks."),
    ("external_id", "External id", "The key that another list knows it by."),
    ("note", "Note", "A remark."),
)


def _account_facts(old: Account | None) -> tuple[Field, ...]:
    facts = [
        Field(name, label, "line", getattr(old, name, ""), said) for name, label, said in _FACTS
    ]
    tags = ", ".join(old.tags) if old else ""
    days = str(old.cadence_days or "") if old else ""
    return (
        *facts[:-1],
        Field("tags", "Tags", "words", tags, "Words to find it by, with commas between."),
        Field("cadence_days", "Cadence", "number", days, "How often it posts, in days."),
        facts[-1],
    )


def _account_values(answers: Answers) -> dict[str, Any]:
    values: dict[str, Any] = {name: answers.text(name) for name, _, _ in _FACTS}
    days = answers.number("cadence_days")
    return values | {"tags": answers.words("tags"), "cadence_days": days}


def _links(registry: Registry, answers: Answers) -> Links:
    mailbox, account = by_name(registry, Mailbox), by_name(registry, Account)
    return Links(
        owner_role=answers.record("role", by_name(registry, Role)),
        login_mailbox=answers.record("login", mailbox),
        recovery_mailboxes=answers.records("recovery", mailbox),
        recovery_phones=answers.records("phones", by_name(registry, Phone)),
        sign_in_account=answers.record("sign_in", account),
        container=answers.record("container", account),
    )


def person_form(
    registry: Registry, at: datetime, then: Then, old: Person | None = None
) -> FormScreen:
    """Return the form that adds somebody, or edits what is known of them."""

    def job(session: Session, answers: Answers) -> Person:
        values: dict[str, Any] = {
            "mail": answers.text("mail"),
            "other_mails": answers.words("other_mails"),
            "manager": answers.record("manager", by_name(session.registry, Person)),
            "joined": answers.day("joined"),
            "external_id": answers.text("external_id"),
            "note": answers.text("note"),
        }
        name = answers.needed("name")
        if old:
            return edit_person(session, old, name=name, **values)
        return add_person(session, name, another=bool(answers.word("another")), **values)

    title = f"Edit {old.name}" if old else "Add a person"
    fields = (*_person_fields(registry, at, old), *(() if old else (_ANOTHER,)))
    return FormScreen(title, fields, job, then)


_ANOTHER = Field(
    "another",
    "A namesake",
    "one",
    "no",
    "Whether this is somebody else of a name that is known already.",
    yes_or_no,
)


def _person_fields(registry: Registry, at: datetime, old: Person | None) -> tuple[Field, ...]:
    known = old or Person(id="", name="")
    manager = shown(registry, known.manager)
    joined = str(known.joined or "")
    others = ", ".join(known.other_mails)
    people = records(registry, at, Person)
    return (
        Field("name", "Name", value=known.name, help="As colleagues know it."),
        Field("mail", "Mail", value=known.mail, help="The work address."),
        Field("other_mails", "Other mail", "words", others, "Other addresses, commas between."),
        Field("manager", "Manager", "one", manager, "Who they report to.", people),
        Field("joined", "Joined", "day", joined, "Their first day."),
        Field(
            "external_id",
            "External id",
            value=known.external_id,
            help="The key that the HR source knows them by.",
        ),
        Field("note", "Note", value=known.note, help="A remark."),
    )


def role_form(then: Then, old: Role | None = None) -> FormScreen:
    """Return the form that adds a role, or edits one."""
    least = str(old.min_holders if old else DEFAULT_MIN_HOLDERS)
    fields = (
        Field("name", "Name", value=old.name if old else "", help="The job, such as webcare."),
        Field("purpose", "Purpose", value=old.purpose if old else "", help="What it is for."),
        Field("least", "Held by at least", "number", least, "So that one can fall ill."),
        Field(
            "external_id",
            "External id",
            value=old.external_id if old else "",
            help="The key that another list knows it by.",
        ),
        Field("note", "Note", value=old.note if old else "", help="A remark."),
    )

    def job(session: Session, answers: Answers) -> Role:
        values: dict[str, Any] = {
            "name": answers.needed("name"),
            "purpose": answers.text("purpose"),
            "min_holders": answers.number("least") or DEFAULT_MIN_HOLDERS,
            "external_id": answers.text("external_id"),
            "note": answers.text("note"),
        }
        if old:
            return edit_record(session, old, **values)
        return add_record(session, Role(id=fresh_id(session), **values))

    return FormScreen(f"Edit the role {old.name}" if old else "Add a role", fields, job, then)


def mailbox_form(
    registry: Registry, at: datetime, then: Then, old: Mailbox | None = None, owner: str = ""
) -> FormScreen:
    """Return the form that adds a mailbox, of an owner to begin with, or edits one."""

    def job(session: Session, answers: Answers) -> Mailbox:
        def read(text: str) -> str:
            return holder(session.registry, text)

        address, kind = answers.needed("address"), answers.word("type")
        owned_by, readers = answers.record("owner", read), answers.records("readers", read)
        values: dict[str, Any] = {
            "keep_until": day_to_keep(answers.day("keep_until"), session.env.now()),
            "note": answers.text("note"),
        }
        if not old:
            chosen: Any = kind or None
            return add_mailbox(session, address, chosen, owner=owned_by, readers=readers, **values)
        values |= {"address": address, "type": kind or old.type, "owner": owned_by}
        values["readers"] = exactly(old.readers, readers, session.env.now())
        values["shut_out"] = shut_out(registry, old, readers, (), session.env.now())
        return edit_mailbox(session, old, **values)

    fields = _mailbox_fields(registry, at, old, old.owner if old else owner)
    return FormScreen(f"Edit {old.address}" if old else "Add a mailbox", fields, job, then)


def _mailbox_fields(
    registry: Registry, at: datetime, old: Mailbox | None, owner: str
) -> tuple[Field, ...]:
    who = records(registry, at, Role, Person)
    address, note = (old.address, old.note) if old else ("", "")
    readers = several(registry, old.readers, at) if old else ""
    kept = str(old.keep_until or "") if old else ""
    return (
        Field("address", "Address", value=address, help="Such as press@acme.example."),
        Field(
            "type",
            "Kind",
            "one",
            in_words(old.type) if old else "",
            "Left empty: personal for a freemail address of no role, else shared.",
            words(MailboxKind),
        ),
        Field("owner", "Owner", "one", shown(registry, owner), "The role or person.", who),
        Field(
            "readers",
            "Read by",
            "several",
            readers,
            "Roles and people; left empty for a new one, its owner.",
            who,
        ),
        Field("keep_until", "Keep until", "day", kept, "It must not be deleted before that day."),
        Field("note", "Note", value=note, help="A remark."),
    )


def phone_form(
    registry: Registry, at: datetime, then: Then, old: Phone | None = None
) -> FormScreen:
    """Return the form that adds a phone, or edits one."""
    fields = (
        Field("number", "Number", value=old.number if old else "", help="Such as +31612345678."),
        Field("type", "Kind", "one", old.type if old else "mobile", "", words(PhoneKind)),
        Field(
            "contract",
            "Contract of",
            "one",
            shown(registry, old.contract) if old else "",
            "Whose contract it is; left empty, the company's.",
            records(registry, at, Person),
        ),
        Field(
            "carriers",
            "Carried by",
            "several",
            several(registry, old.carriers, at) if old else "",
            "Roles and people.",
            records(registry, at, Role, Person),
        ),
        Field("note", "Note", value=old.note if old else "", help="A remark."),
    )

    def job(session: Session, answers: Answers) -> Phone:
        now = session.env.now()
        carried = answers.records("carriers", lambda text: holder(session.registry, text))
        values: dict[str, Any] = {
            "number": answers.needed("number"),
            "type": answers.word("type") or "mobile",
            "contract": answers.record("contract", by_name(session.registry, Person)),
            "carriers": exactly(old.carriers if old else (), carried, now),
            "note": answers.text("note"),
        }
        if old:
            return edit_record(session, old, **values)
        return add_record(session, Phone(id=fresh_id(session), **values))

    return FormScreen(f"Edit {old.number}" if old else "Add a phone", fields, job, then)
