from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.unit.formats.builder import COLLEAGUE, Journal, counted_random
from vault.errors import JournalError, MalformedError
from vault.formats.entry import (
    Entry,
    EntryKind,
    EntryPlace,
    check_link,
    open_details,
    parse_entry,
    seal_details,
)

LOG_KEY = b"\x05" * 32
PLACE = EntryPlace(b"\x01" * 16, 7, EntryKind.UNLOCK, b"\x02" * 16, 3)


def with_details(place: EntryPlace, plain: bytes = b'{"a":1}') -> Entry:
    sealed = seal_details(LOG_KEY, PLACE, plain, counted_random())
    return Entry(
        place.vault_id,
        place.seq,
        place.kind,
        0,
        place.author,
        place.epoch,
        bytes(32),
        bytes(32),
        bytes(32),
        0,
        sealed=sealed,
    )


@pytest.fixture
def journal() -> Journal:
    made = Journal()
    made.found()
    made.write()
    made.control(made.joining(COLLEAGUE))
    made.write()
    return made


def test_an_entry_survives_its_bytes(journal: Journal) -> None:
    for entry in journal.entries:
        assert parse_entry(entry.encode()) == entry


def test_every_entry_links_to_the_one_before(journal: Journal) -> None:
    for previous, entry in zip(journal.entries, journal.entries[1:], strict=False):
        check_link(entry, previous)


@pytest.mark.parametrize(
    ("forced", "because"),
    [
        ({"vault_id": bytes(16)}, "another vault"),
        ({"seq": 9}, "follows entry 4"),
        ({"prev": b"\x01" * 32}, "entry before it"),
        ({"prev_control": b"\x01" * 32}, "control entry before it"),
    ],
)
def test_a_link_names_vault_place_and_both_predecessors(
    journal: Journal, forced: dict[str, Any], because: str
) -> None:
    previous = journal.entries[-1]
    with pytest.raises(JournalError, match=because):
        check_link(journal.write(**forced), previous)


def test_a_dropped_entry_breaks_the_link(journal: Journal) -> None:
    with pytest.raises(JournalError):
        check_link(journal.entries[3], journal.entries[1])


def test_details_open_in_their_entry() -> None:
    assert open_details(LOG_KEY, with_details(PLACE)).rstrip(b" ") == b'{"a":1}'


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"vault_id": bytes(16)},
        {"seq": 8},
        {"kind": EntryKind.REVEAL},
        {"author": bytes(16)},
        {"epoch": 4},
    ],
)
def test_details_moved_to_another_entry_do_not_open(elsewhere: dict[str, object]) -> None:
    with pytest.raises(JournalError, match="does not open"):
        open_details(LOG_KEY, with_details(replace(PLACE, **elsewhere)))


def test_details_are_padded_so_that_their_length_says_little() -> None:
    lengths = {len(with_details(PLACE, b"x" * n).sealed) for n in range(129)}
    assert lengths == {12 + 128 + 16}


def test_an_entry_without_details_says_so(journal: Journal) -> None:
    with pytest.raises(MalformedError, match="no sealed part"):
        open_details(LOG_KEY, journal.entries[0])
