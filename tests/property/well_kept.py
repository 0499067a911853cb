"""Companies in good order: whoever leaves them, the departure can be done."""

from __future__ import annotations

from hypothesis import strategies as st
from msgspec.structs import replace

from tests.property.strategies import LONG_AGO, NOW, Sizes, registries
from vault.domain.account import Account
from vault.domain.changes import changes
from vault.domain.credential import Credential
from vault.domain.mailbox import Mailbox
from vault.domain.person import Person
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.role import Assignment, Role
from vault.domain.seat import Seat
from vault.domain.spell import Spell

KEEPER = "the keeper"


@st.composite
def well_kept(draw: st.DrawFn, large: Sizes) -> Registry:
    """A registry where every departure can be done: a keeper stays who has everything as well.

    The keeper holds every role, opens the vault and owns every account by a confirmed seat; every
    account has a role in charge, and the role a proved mailbox; no change of a secret is under way,
    and nothing is being closed.
    """
    registry = draw(registries(large))
    kept: list[Record] = [
        Person(id=KEEPER, name=KEEPER, memberships=(Spell("member", LONG_AGO),)),
    ]
    for role in registry.all(Role):
        held = Assignment(id=f"keeps {role.id}", person=KEEPER, role=role.id, since=LONG_AGO)
        readers = (Spell(role.id, LONG_AGO),)
        box = Mailbox(
            id=f"box of {role.id}",
            address=f"{role.id}@acme.example",
            owner=role.id,
            readers=readers,
            proven_at=LONG_AGO,
        )
        kept += (held, box)
    roles = sorted(role.id for role in registry.all(Role))
    for number, account in enumerate(sorted(registry.all(Account), key=lambda a: a.id)):
        older = frozenset(f"account-{n}" for n in range(number))
        kept.append(
            replace(
                account,
                owner_roles=(Spell(roles[number % len(roles)], LONG_AGO),),
                sign_in_accounts=tuple(s for s in account.sign_in_accounts if s.of in older),
                models=(),
                handles=(Spell(account.id, LONG_AGO),),
                state="living",
            )
        )
        seat = Seat(
            id=f"keeps {account.id}",
            account=account.id,
            person=KEEPER,
            level="owner",
            since=LONG_AGO,
            confirmed_on=LONG_AGO,
        )
        kept.append(seat)
    kept += (_settled(c) for c in registry.all(Credential))
    kept += (replace(m, keep_until=None) for m in registry.all(Mailbox))
    platforms = (
        replace(p, login_mail_changeable="yes", waits={}) for p in registry.catalogue.platforms
    )
    settled = registry.apply(changes(*kept))
    return Registry(settled.records(), replace(settled.catalogue, platforms=tuple(platforms)))


def _settled(credential: Credential) -> Credential:
    versions = (
        replace(v, dropped_at=NOW) if v.stage(NOW) == "pending" else v for v in credential.versions
    )
    return replace(credential, versions=tuple(versions))
