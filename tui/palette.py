"""The command palette: what can be done here, and the account, person, phone or case looked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice
from typing import cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tui.case_kinds import kind_of
from tui.commands import Command
from tui.desk import Desk
from tui.opening import Kind, page_about
from tui.screens.page import Page
from tui.widgets.plain import plain
from vault.domain.cases import Case
from vault.domain.casework import subject
from vault.domain.naming import sought
from vault.domain.person import Person
from vault.domain.phone import Phone
from vault.domain.query import AccountIndex, parse_query

MOST = 50
"""So many accounts, people and cases of each: nobody reads more, typing goes on."""


class Search(Provider):
    """Finds the commands of the page that is shown, then accounts, people, phones and cases.

    One after the other, so that the first hit, which enter chooses, is the best command. What is
    shown of a record is never read as markup.
    """

    async def startup(self) -> None:
        """Begin to make the accounts ready to be found: a second where there are 100,000."""
        page = self.screen
        self._page = page if isinstance(page, Page) and page.desk.is_open else None
        if self._page is not None:
            making = asyncio.to_thread(self._page.desk.account_index)
            self._making: asyncio.Task[AccountIndex] = asyncio.create_task(making)

    async def discover(self) -> Hits:
        """Yield all commands."""
        for command in self._commands():
            yield DiscoveryHit(command.title, self._run(command), help=self._help(command))

    async def search(self, query: str) -> Hits:
        """Yield what matches; of records, the first of each kind that hold all the words."""
        page, words = self._page, sought(query).split()
        if page is None or not words:
            return
        matcher = self.matcher(query)
        for command in self._commands():
            score = matcher.match(command.title)
            if score:
                shown = matcher.highlight(command.title)
                yield Hit(1 + score, shown, self._run(command), help=self._help(command))
        index = await self._making
        if page.desk.is_open:
            accounts = _accounts(page.desk, index, query)
            for kind, record_id, text in (
                *_people(page.desk, words),
                *accounts,
                *_phones(page.desk, words),
                *_work(page.desk, words),
            ):
                yield Hit(1, plain(text), self._open(kind, record_id), help=kind)

    def _commands(self) -> Iterator[Command]:
        """Those of the page that can be given now."""
        page = self._page
        if page is not None:
            yield from (each for each in page.commands() if page.check_action(each.action, ()))

    def _help(self, command: Command) -> str:
        # The palette reads help as markup, in which a key in brackets would be a style.
        keys = cast("Page", self._page).safehands.preferences.keys_shown(command)
        return f"{command.help} ({keys})".replace("[", "\\[")

    def _run(self, command: Command) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            await self.screen.run_action(command.action)

        return run

    def _open(self, kind: Kind, record_id: str) -> Callable[[], None]:
        page = cast("Page", self._page)
        return lambda: page.safehands.open(page_about(kind, record_id))


def _accounts(desk: Desk, index: AccountIndex, query: str) -> Iterator[tuple[Kind, str, str]]:
    for account in index.find(parse_query(query))[:MOST]:
        yield "account", account.id, desk.registry.name_of(account.id)


def _work(desk: Desk, words: list[str]) -> Iterator[tuple[Kind, str, str]]:
    """Open cases that nobody leaves by, such as rotations, and whose name holds the words."""
    found = 0
    for case in desk.registry.open_cases:
        text = f"{kind_of(case)} of {subject(desk.registry, case)}"
        if not case.person and found < MOST and all(word in sought(text) for word in words):
            yield "case", case.id, text
            found += 1


def _phones(desk: Desk, words: list[str]) -> Iterator[tuple[Kind, str, str]]:
    """Phones in use whose number, written in any way, or remark holds the words."""
    found = (p for p in desk.registry.all(Phone) if p.exists(desk.now))
    for phone in islice((p for p in found if _is_phone(p, words)), MOST):
        yield "phone", phone.id, f"phone {phone.number} {phone.note}".rstrip()


def _is_phone(phone: Phone, words: list[str]) -> bool:
    digits = "".join(filter(str.isdigit, phone.number))
    text = sought(f"phone {phone.number} +{digits} 00{digits} {phone.note}")
    return all(word in text for word in words)


def _people(desk: Desk, words: list[str]) -> Iterator[tuple[Kind, str, str]]:
    """People whose name or address holds the words, each followed by their cases."""
    registry, found = desk.registry, 0
    cases: dict[str, list[Case]] = {}
    for case in registry.all(Case):
        cases.setdefault(case.person, []).append(case)
    for person in registry.all(Person):
        text = sought(f"{person.name} {person.mail}")
        if not all(word in text for word in words):
            continue
        yield "person", person.one_with or person.id, person.name
        for case in cases.get(person.id, ()):
            yield "case", case.id, f"{person.name}: {kind_of(case)}, {case.ended_as}"
        found += 1
        if found == MOST:
            return
