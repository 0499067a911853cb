"""Naming a factor or a grant by the account it is on."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from vault.domain.account import Account
from vault.domain.counting import several
from vault.domain.factor import Factor
from vault.domain.grant import Grant
from vault.domain.naming import describe, resolve
from vault.errors import AmbiguousError, NotFoundError

if TYPE_CHECKING:
    from vault.domain.registry import Registry

R = TypeVar("R", Factor, Grant)


def resolve_on_account(registry: Registry, kind: type[R], text: str) -> R:
    """Return the record that goes by a text, or the only one in use on an account that does.

    What holds a slash is an account, however it is spelled. Raises NotFoundError, or AmbiguousError
    with the candidates.
    """
    account = None
    if "/" in text:
        with suppress(NotFoundError):
            account = resolve(registry, Account, text)
    if account is None:
        return resolve(registry, kind, text)
    on = [r for r in registry.all(kind) if account.id in (r.account, getattr(r, "tool", ""))]
    found = [record for record in on if record.until is None] or on
    if len(found) == 1:
        return found[0]
    what = kind.__name__.lower()
    if not found:
        message = f"{account.label} has no {what}"
        raise NotFoundError(message, f"see what there is: safehands {what} list")
    message = f"{account.label} has {several(len(found), what)}"
    raise AmbiguousError(message, tuple(describe(registry, each) for each in found), "use an id")
