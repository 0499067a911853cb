"""What a record is called in a command: a shell makes one word of it, and that names the record."""

from __future__ import annotations

import shlex
from string import ascii_letters

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.company import LONG_AGO, account, company, days, seat, since
from vault.cli.listing import PASTED_BYTES, with_accounts
from vault.domain.account import Account
from vault.domain.credential import Credential
from vault.domain.dependants import dependants
from vault.domain.mending import Names, which_secret
from vault.domain.naming import resolve
from vault.domain.person import Person
from vault.domain.seat import Seat

HANDLES = st.text(st.sampled_from(f"{ascii_letters}'\"$`\\;&|<>()*?~#! -\u202e\n"), min_size=1)


@given(HANDLES, HANDLES)
def test_typing_an_account_as_it_is_told_finds_that_account(one: str, other: str) -> None:
    records = (account("a" * 32, handles=since(one)), account("b" * 32, handles=since(other)))
    registry = company(*records)
    for each in records:
        (word,) = shlex.split(Names(registry).of(each.id))
        assert not word.startswith("-")
        assert resolve(registry, Account, word) == each


@given(HANDLES)
def test_no_quoting_leaves_anything_for_a_shell_to_expand(name: str) -> None:
    person = Person(id="c" * 32, name=name)
    typed = Names(company(person)).of(person.id)
    assert typed[0] in "'\"" or shlex.quote(typed) == typed
    if typed[0] == '"':
        assert not set(typed[1:-1]) & set('"$`\\!')


def test_a_role_account_is_typed_as_the_holder_of_a_seat() -> None:
    held = Seat(id="s", account="acme", role_account="other", level="full", since=LONG_AGO)
    registry = company(account(), account("other"), held)
    assert Names(registry).holder(held) == "account:net/@other"
    assert Names(registry).holder(seat("ann", "full")) == "Ann"
    (end,) = next(d.ways_out for d in dependants(registry, registry.account("other"), days(0)))
    assert end.text.endswith("safehands seat end net/@acme account:net/@other")


def test_a_secret_is_told_by_what_tells_it_from_the_others_of_its_account() -> None:
    def told(**fields: str) -> str:
        return which_secret(Credential(id="k", account="acme", **fields))  # type: ignore[arg-type]

    assert told() == ""
    assert told(what="api_token") == " --what api_token"
    assert shlex.split(told(what="pin", label="it's $(x)")) == [
        "--what",
        "pin",
        "--label",
        "it's $(x)",
    ]
    assert told(label="a\u202eb") == " --label LABEL"


def test_a_command_names_accounts_as_long_as_a_line_of_a_terminal_holds_it() -> None:
    registry = company(*(account(f"number{n:04}") for n in range(400)))
    ids = [each.id for each in registry.all(Account)]
    some = with_accounts("rotate start", registry, ids[:200])
    assert shlex.split(some) == ["safehands", "rotate", "start", *(f"net/@{i}" for i in ids[:200])]
    assert len(some) < PASTED_BYTES
    assert with_accounts("rotate start", registry, ids) == "safehands rotate start ACCOUNT..."
