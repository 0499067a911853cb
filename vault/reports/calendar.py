"""Dates for a calendar program: iCalendar (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from vault.domain.text import clean

if TYPE_CHECKING:
    from icalendar import Component

LINE_LIMIT: Final = 2000  # characters
MORNING: Final = timedelta(hours=9)  # of an all-day entry: when somebody is at work to see it

Kind = Literal["todo", "event"]


@dataclass(frozen=True)
class Entry:
    """One dated thing. `uid` is the same in every calendar that names it, so it is updated there.

    `notes` are lines. `begins` is the earliest day of a to-do. `reminders` are days before `due` on
    whose morning the program speaks up. An event takes the day `due`: the calendars of Outlook and
    Google show no to-dos, and leave them out of what they import.
    """

    uid: str
    title: str
    due: date
    begins: date | None = None
    notes: tuple[str, ...] = ()
    reminders: tuple[int, ...] = ()
    kind: Kind = "event"


def render(name: str, entries: Iterable[Entry], stamp: datetime) -> str:
    """Return a calendar document; `stamp` (aware UTC) says of when its knowledge is."""
    from icalendar import Calendar  # only calendars need it, and it takes 0.1 s to import

    calendar = Calendar()
    calendar.add("prodid", "-//Safehands//safehands//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", clean(name))
    for entry in entries:
        calendar.add_component(_component(entry, stamp))
    document: bytes = calendar.to_ical()
    return document.decode()


def _component(entry: Entry, stamp: datetime) -> Component:
    from icalendar import Event, Todo

    component = Todo() if entry.kind == "todo" else Event()
    component.add("uid", entry.uid)
    component.add("dtstamp", stamp)
    component.add("summary", clean(entry.title, LINE_LIMIT))
    component.add("description", "\n".join(clean(line, LINE_LIMIT) for line in entry.notes))
    if entry.kind == "event":
        component.add("dtstart", entry.due)  # without an end it takes that day: section 3.6.1
        component.add("transp", "TRANSPARENT")  # a step to do does not make anybody busy
    else:
        component.add("due", entry.due)
        component.add("status", "NEEDS-ACTION")
        if (
            entry.begins and entry.begins < entry.due
        ):  # section 3.8.2.3: due is later than the start
            component.add("dtstart", entry.begins)
    for days in entry.reminders:
        component.add_component(_reminder(entry, days))
    return component


def _reminder(entry: Entry, days: int) -> Component:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", clean(entry.title, LINE_LIMIT))
    side = {"RELATED": "END"} if entry.kind == "todo" else {}
    alarm.add("trigger", MORNING - timedelta(days=days), parameters=side)
    return alarm
