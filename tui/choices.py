"""What a form offers to choose from: records by what people call them, and words for kinds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import Any, get_args

from tui.fields import Choices
from vault.domain.ids import Id
from vault.domain.naming import folded
from vault.domain.person import Person
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.spell import Spells, current
from vault.domain.text import clean
from vault.domain.wording import in_words


def records(registry: Registry, at: datetime, *kinds: type[Record]) -> Callable[[], Choices]:
    """Return what makes the records of these kinds that are in use, by name, the first time."""

    @cache
    def made() -> Choices:
        found: dict[str, str] = {}
        for record in _in_use(registry, at, kinds):
            name = shown(registry, record.id)
            found[name if name not in found else f"{name} ({record.id[:8]})"] = record.id
        return dict(sorted(found.items(), key=lambda each: folded(each[0])))

    return made


def _in_use(registry: Registry, at: datetime, kinds: Iterable[type[Record]]) -> Iterable[Record]:
    for kind in kinds:
        for record in registry.all(kind):
            until: datetime | None = getattr(record, "until", None)
            has_left = isinstance(record, Person) and not record.stays(at)
            if not has_left and (until is None or at < until):
                yield record


def words(literal: Any) -> Callable[[], Choices]:
    """Return what makes the words of a type such as `Level`, as people read them."""
    return lambda: {in_words(word): word for word in get_args(literal)}


def yes_or_no() -> Choices:
    """Return yes and no."""
    return {"yes": "yes", "no": ""}


def shown(registry: Registry, record_id: Id) -> str:
    """Return the name of a record as a form shows and takes it: commas stand between names."""
    return clean(registry.name_of(record_id)).replace(",", " ").strip() if record_id else ""


def several(registry: Registry, spells: Spells, at: datetime) -> str:
    """Return the names of what holds now, with commas."""
    return ", ".join(shown(registry, each) for each in current(spells, at))
