"""What to do in a step, in words: its title, and how the act is done.

Acts on a platform take their playbook from the catalogue; acts in the company have theirs here.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable
from typing import Final

from msgspec.structs import replace

from vault.domain.account import Account
from vault.domain.closing_plays import CLOSING_PLAYS
from vault.domain.credential import Credential
from vault.domain.factor import Factor
from vault.domain.grant import Grant
from vault.domain.ids import Id
from vault.domain.phone_moves import shared_by
from vault.domain.platforms.handles import canonical_handle, profile_address
from vault.domain.platforms.model import PLATFORM_ACTS, Platform, Play
from vault.domain.registry import Registry
from vault.domain.role import Assignment
from vault.domain.seat import Seat
from vault.domain.steps import CHANGE_PIN, LOGIN_ACTS, REVIEW_APPS, SEAT_ACTS, TITLES, Act, Step
from vault.domain.text import clean
from vault.domain.wording import in_words

ABSENT: Final = {
    "account": "the account",
    "target": "it",
    "to": "the company",
    "person": "the leaver",
}
"""What a title says where a step names nothing."""


def title(registry: Registry, step: Step, say: Callable[[str], str] = clean) -> str:
    """Return what a step does, as one line in the imperative; `say` makes names fit to be read."""
    named = {
        "account": step.account,
        "target": step.target,
        "to": step.to,
        "person": step.person,
    }
    names = {part: say(called(registry, each)) or ABSENT[part] for part, each in named.items()}
    template = TITLES[step.act]
    if step.act == "revoke_app" and not step.target:
        template = REVIEW_APPS
    elif is_pin(registry, step):
        template = CHANGE_PIN
    # Values are not read again, so braces in a name stay braces.
    return template.format(level=step.level, **names)


def is_pin(registry: Registry, step: Step) -> bool:
    """Say whether a step changes a PIN, which is done as a password is changed."""
    secret = registry.find(step.target) if step.act == "rotate_password" else None
    return isinstance(secret, Credential) and secret.what == "pin"


def called(registry: Registry, record_id: Id) -> str:
    """Return what people call a record, as it is stored, or "" for no id.

    What has no name of its own goes by what it is or stands for: a grant by its tool, an
    assignment by its role, a seat by whoever has it, a factor and a secret by their kind, a secret
    with its label: "API token Buffer".
    """
    match registry.find(record_id):
        case Grant(tool=other) | Assignment(role=other) | Seat(person=other):
            return called(registry, other)
        case Factor(label="", method=kind):
            return in_words(kind)
        case Credential() as secret:
            return secret.called
    return registry.name_of(record_id)


def instructions(registry: Registry, step: Step) -> Play:
    """Return how a step is done; links are addresses. Raises NotFoundError for an unknown act."""
    if step.act not in PLATFORM_ACTS:
        return _in_the_company(registry, step)
    account = registry.get(step.account, Account)
    platform = registry.platform(account)
    if account.state == "closing" and step.act in LOGIN_ACTS | SEAT_ACTS:
        return LEFT_ALONE
    # A PIN where there is no password is the second factor, and set like one (WhatsApp).
    as_factor = is_pin(registry, step) and not platform.applies(step.act)
    return registry.catalogue.play(platform, "enrol_factor" if as_factor else step.act)


def _in_the_company(registry: Registry, step: Step) -> Play:
    play = IN_THE_COMPANY[step.act]
    parts = {"account": step.account, "target": step.target, "to": step.to}
    named = {part: called(registry, each) or ABSENT[part] for part, each in parts.items()}
    named["typed"] = shlex.quote(named["target"])
    told = replace(
        play,
        steps=tuple(line.format(**named) for line in play.steps),
        check=play.check.format(**named),
    )
    if step.act == "remove_mailbox_reader" and step.to:
        told = replace(told, steps=(*told.steps, f"Let {named['to']} read it instead."))
    if step.act == "collect_device":
        told = replace(told, steps=(*told.steps, *shared_by(registry, step.target, step.to)))
    return _looked_at(registry, step, told) if step.act == "verify_closed" else told


def _looked_at(registry: Registry, step: Step, play: Play) -> Play:
    """The look at a public page, with its address and with what the platform shows there."""
    account = registry.get(step.account, Account)
    platform = registry.platform(account)
    shown = filled((*play.steps, platform.without_login))
    return replace(play, steps=shown, links=filled((address_of(account, platform),)))


def address_of(account: Account, platform: Platform) -> str:
    """Return the address of an account's public page, or "" where none is known.

    There is none for a handle that no account of the platform can have.
    """
    if account.url:
        return account.url
    read = canonical_handle(platform, account.handle)
    if read.canonical and not read.problem:
        return profile_address(platform, read.canonical)
    platform_id = account.platform_id or read.platform_id
    return profile_address(platform, platform_id=platform_id) if platform_id else ""


def filled(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts that are not empty, each once."""
    return tuple(dict.fromkeys(filter(None, texts)))


LEFT_ALONE: Final = Play(
    steps=(
        "Do not log in: the account is being closed, and on some platforms that brings it back.",
        "Make the plan again: it leaves this step out.",
    ),
    check="Nobody has logged in.",
)
"""How a step is done that was planned before its account was closed: not at all."""

IN_THE_COMPANY: Final[dict[Act, Play]] = {
    "assign_role": Play(
        steps=("Agree with the successor that the role is theirs, and from which day.",),
        check="The role shows the successor among its holders.",
        needs=("somebody who stays",),
    ),
    "prove_mailbox": Play(
        steps=(
            "Get a code, and send it to {target}: safehands mailbox prove {typed}",
            "Let a reader of it, who stays, answer: safehands mailbox prove {typed} --code CODE",
        ),
        check="The mailbox shows the day on which it was proven.",
        needs=("a reader of the mailbox who stays",),
    ),
    "end_role_assignment": Play(
        steps=(
            "Tell the team who answers for the role from now on.",
            "Take the person out of the groups that stand for the role: mail, chat, calendar.",
        ),
        check="The role no longer lists the person, and its mail reaches those who stay.",
    ),
    "remove_vault_member": Play(
        steps=(
            "Remove the member from the vault.",
            "Delete the copies of the vault that stayed on their devices.",
        ),
        check="The journal shows the removal, signed by a member who stays.",
        needs=("a member who may remove others",),
    ),
    "advance_vault_keys": Play(
        steps=("Advance the keys: those of the removed member open nothing written later.",),
        check="The vault shows a new epoch, granted to the members who stay and to no one else.",
        needs=("a member who stays",),
    ),
    "remove_mailbox_reader": Play(
        steps=(
            "In the mail system, take the person off the mailbox, and off the groups that open it.",
            "Look for rules that forward its mail to them, and delete these.",
        ),
        check="The mail system lists only people who stay; a test mail reaches one of them.",
        needs=("an administrator of the mail system",),
    ),
    "block_mailbox": Play(
        steps=(
            "Have IT block their sign-in to {target}: a new password, nothing left signed in.",
            "Look for rules that forward its mail to them, and delete these.",
            "Let {to} read it: codes and reset letters go on coming in. Leave what is private.",
            "Do not delete it yet: accounts may still hang on it.",
        ),
        check="A sign-in as them is refused; a test mail reaches somebody who stays.",
        needs=("an administrator of the mail system",),
    ),
    "collect_device": Play(
        steps=(
            "Take the device or SIM in, with its PIN and charger.",
            "See that it opens without the person's fingerprint or face, then remove both.",
            "Give it to whoever keeps it for the role.",
        ),
        check="It lies with the company, and a code sent to it can be read there.",
        needs=("the device or SIM in hand",),
    ),
    "release_mailbox": Play(
        steps=(
            "See that no account uses the address any more.",
            "Tell IT from which day it may be removed; until then let it forward to the role.",
        ),
        check="The registry shows no account on the address.",
    ),
    "record_loss": Play(
        steps=(
            "Write down when and how it was lost, and what was tried to get it back.",
            "Report the account to the platform, so that nobody mistakes it for the company's.",
            "Take the links to it off the website, the mail signatures and the other profiles.",
        ),
        check="The account is recorded as lost, and nothing of the company links to it.",
    ),
    **CLOSING_PLAYS,
}
"""Acts on no platform. `{target}` is what the step is about, `{typed}` the same for a shell."""
