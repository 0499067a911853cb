"""A company that does not exist: Brugman Bikes, with every kind of tie that a real one has.

Addresses are under .example, which nobody can own (RFC 2606), and numbers in the range that the
Dutch regulator keeps for fiction.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

DOMAIN = "brugman.example"


class Job(NamedTuple):
    """A role, the mailbox it has ("" for none yet), and who holds it."""

    name: str
    mailbox: str
    holders: tuple[str, ...]
    purpose: str


JOBS: tuple[Job, ...] = (
    Job("Webcare", "webcare", ("Eva Jansen", "Jan Bakker", "Sanne Visser"), "answers customers"),
    Job("Marketing", "marketing", ("Jan Bakker", "Noor Meijer", "Bram de Wit"), "campaigns"),
    Job("Kids", "kids", ("Lotte Smit", "Noor Meijer"), "the children's range"),
    Job("Lease", "lease", ("Daan Mulder", "Femke Bos"), "bikes for employers"),
    Job("Pro", "pro", ("Thijs Vos", "Iris Peters"), "racing bikes and the team"),
    Job("Germany", "de", ("Anke Vogel", "Lukas Brandt"), "the German market"),
    Job("Belgium", "be", ("Sofie Maes", "Wout Claes"), "the Belgian market"),
    Job("City", "city", ("Milan Dekker", "Julia Hendriks"), "city bikes"),
    Job("Recruitment", "jobs", ("Tess van Dijk", "Ruben Kok"), "finding people"),
    Job("Press", "", ("Jan Bakker",), "journalists and releases"),
    Job("Video", "video", ("Sanne Visser", "Bram de Wit"), "films and channels"),
    Job("IT", "it", ("Kees Postma", "Ana Kramer"), "directories and devices"),
)

OTHERS: tuple[str, ...] = (
    "Hugo Schouten",
    "Maud Willems",
    "Stijn Verbeek",
    "Fleur Hoekstra",
    "Gijs Prins",
    "Roos Huisman",
    "Teun Scholten",
    "Liv Post",
    "Sem Kuipers",
    "Saar van Leeuwen",
    "Cas de Graaf",
    "Yara Molenaar",
    "Pim Veenstra",
    "Nina Blom",
    "Jurre Koster",
    "Evi Timmermans",
    "Tygo Groen",
    "Vera Smeets",
    "Boris Martens",
    "Mees Willemsen",
    "Fenna Driessen",
    "Luuk Verhoeven",
)

FORMER = ("Pieter Jonker", "Els Brouwer")
"""Two who left years ago; one of them was never taken off a page."""

FORMER_SINCE = timedelta(days=700)
SEEN_BY_FORMER = ("x/brugmanjobs", "instagram/brugmanjobs")
CHANGED_SINCE = "instagram/brugmanjobs"
"""Accounts whose password the first of them typed in, and the one that got another since."""

LEAVERS = ("Jan Bakker", "Sanne Visser")

BRANDS: tuple[tuple[str, str], ...] = (
    ("brugman", "Webcare"),
    ("brugmankids", "Kids"),
    ("brugmanlease", "Lease"),
    ("brugmanpro", "Pro"),
    ("brugmande", "Germany"),
    ("brugmanbe", "Belgium"),
    ("brugmancity", "City"),
)

LOGIN_PLATFORMS: tuple[str, ...] = (
    "x",
    "instagram",
    "tiktok",
    "pinterest",
    "snapchat",
    "bluesky",
    "telegram",
    "vimeo",
    "flickr",
    "spotify",
    "tumblr",
    "medium",
    "soundcloud",
    "reddit",
    "twitch",
)

SEAT_PLATFORMS: tuple[str, ...] = ("facebook", "linkedin", "youtube", "google_business_profile")

DEAD: tuple[tuple[str, str], ...] = (
    ("hyves", "brugman"),
    ("google_plus", "brugmanbikes"),
    ("vine", "brugman"),
    ("klout", "brugman"),
    ("periscope", "brugman"),
)

SILENT: tuple[tuple[str, int], ...] = (
    ("flickr/brugman", 2900),
    ("flickr/brugmankids", 2410),
    ("tumblr/brugman", 3300),
    ("tumblr/brugmanpro", 1822),
    ("vimeo/brugmanlease", 700),
    ("soundcloud/brugmancity", 1400),
    ("reddit/brugmande", 1510),
    ("medium/brugman", 210),
    ("snapchat/brugmankids", 640),
    ("x/brugmanlease", 65),
)
"""Account and the days since its last post."""

NEVER_POSTED: tuple[str, ...] = ("twitch/brugmanbe", "medium/brugmanlease", "telegram/brugmanpro")


def address(name: str) -> str:
    """Return the work address of a person."""
    first, _, last = name.lower().partition(" ")
    return f"{first}.{last.replace(' ', '')}@{DOMAIN}"
