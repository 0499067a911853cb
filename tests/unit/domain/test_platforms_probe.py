"""A platform's file says how its public activity is asked for, or why it cannot be."""

from __future__ import annotations

from datetime import date

import pytest

from vault.domain.platforms import Probe, ProbeWay, Source
from vault.domain.platforms.parse import parse_platform
from vault.errors import UsageError

FILE = """
id = "forum"
name = "Forum"
kind = "social"
status = "living"

[sources]
page = { what = "its help page", checked_on = 2026-03-04, confidence = "high" }

[names]
source = "page"
profile_paths = [
    { path = "^/g/(?P<handle>.+)", url = "https://f.example/g/{handle}", prefix = "g/" },
]

[probe]
source = "page"
"""
WAY = 'ways = [{ kind = "feed", url = "https://f.example/{handle}.rss" }]'


def test_the_ways_are_kept_in_order_with_their_source() -> None:
    more = ', { kind = "api_mastodon", url = "https://f.example/{g/}?id={id}" }]'
    forum = parse_platform(FILE + WAY.removesuffix("]") + more, "forum.toml")
    assert forum.probe == Probe(
        (
            ProbeWay("feed", "https://f.example/{handle}.rss"),
            ProbeWay("api_mastodon", "https://f.example/{g/}?id={id}"),
        )
    )
    assert forum.provenance["probe"].checked_on == date(2026, 3, 4)


def test_a_reason_stands_in_for_ways_and_is_replaced_by_them() -> None:
    forum = parse_platform(FILE + 'none = "it has no feed"', "forum.toml")
    assert forum.probe == Probe(none="it has no feed")
    own = f'extends = "forum"\n[probe]\nsource = "page"\n{WAY}'
    sources = {"page": parse_source()}
    extended = parse_platform(own, "own.toml", sources, {"forum": forum})
    assert extended.probe is not None
    assert (len(extended.probe.ways), extended.probe.none) == (1, "")


def parse_source() -> Source:
    return Source("its help page", date(2026, 3, 4), "high")


def test_a_file_that_does_not_say_is_listed_as_stale() -> None:
    forum = parse_platform(FILE.partition("[probe]")[0], "forum.toml")
    assert forum.probe is None
    assert forum.provenance["probe"].source == "none found"


@pytest.mark.parametrize(
    "line",
    [
        WAY.replace("https://", "http://"),
        WAY.replace("https://", "file:///"),
        WAY.replace("{handle}", "{name}"),
        WAY.replace("{handle}", "acme"),
        WAY.replace("{handle}", "{server}"),
        WAY.replace("feed", "page"),
        WAY + '\nnone = "it has no feed"',
        "ways = []",
        'none = ""',
        'way = "x"',
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_place(line: str) -> None:
    with pytest.raises(UsageError, match=r"^forum.toml: \[probe\] "):
        parse_platform(FILE + line, "forum.toml")
