"""Which rows are one account."""

from __future__ import annotations

from vault.domain.spell import ALWAYS
from vault.exchange.cleaning import moment
from vault.exchange.entries import AccountEntry
from vault.exchange.grouping import Group, beginning, grouped
from vault.exchange.profiles import Profile

_numbers = iter(range(2, 10_000))


def row(
    handle: str = "", platform_id: str = "", since: str = "", until: str = "", **texts: str
) -> AccountEntry:
    days = {"since": since, "until": until}
    return AccountEntry(
        file="list.csv",
        row=next(_numbers),
        texts=texts,
        moments={field: moment(day) for field, day in days.items() if day},
        profile=Profile("x", handle, handle, platform_id),
    )


def shape(groups: list[Group]) -> list[tuple[str, list[str]]]:
    return [
        (group.platform_id, [piece.key or piece.platform_id for piece in group.pieces])
        for group in groups
    ]


def test_a_handle_and_an_id_of_one_holder_at_one_time_are_one_account() -> None:
    rows = [
        row("old", since="2012-01-01", until="2014-01-01", holder="jan"),
        row("new", since="2014-01-01", holder="jan"),
        row(platform_id="7", since="2013-01-01", holder="jan"),
    ]
    assert shape(grouped(rows, by_identifier=True)) == [("7", ["old", "new", "7"])]


def test_times_that_only_touch_do_not_make_one_account() -> None:
    rows = [
        row("old", since="2012-01-01", until="2013-01-01", holder="jan"),
        row(platform_id="7", since="2013-01-01", holder="jan"),
    ]
    assert shape(grouped(rows, by_identifier=True)) == [("", ["old"]), ("7", ["7"])]


def test_the_id_of_somebody_else_does_not_count() -> None:
    rows = [row("same", holder="jan"), row(platform_id="7", holder="piet")]
    assert len(grouped(rows, by_identifier=True)) == 2


def test_a_handle_that_two_ids_had_in_turn_is_divided_at_the_turn() -> None:
    rows = [
        row("same", since="2012-01-01", until="2020-01-01", holder="jan"),
        row(platform_id="7", since="2013-01-01", until="2016-01-01", holder="jan"),
        row(platform_id="8", since="2016-01-01", holder="jan"),
    ]
    first, second = grouped(rows, by_identifier=True)
    days = [
        [(str(p.since)[:10], str(p.until)[:10]) for p in group.pieces if p.key]
        for group in (first, second)
    ]
    assert days == [[("2012-01-01", "2016-01-01")], [("2016-01-01", "2020-01-01")]]
    assert (first.platform_id, second.platform_id) == ("7", "8")


def test_a_handle_handed_to_the_next_holder_stays_one_account() -> None:
    rows = [
        row("office", since="2012-01-01", until="2015-01-01", holder="jan"),
        row("office", since="2015-04-01", holder="piet"),
        row(platform_id="7", since="2015-08-01", holder="piet"),
    ]
    assert shape(grouped(rows, by_identifier=True)) == [("7", ["office", "office", "7"])]


def test_a_handle_goes_to_the_id_that_had_it_nearest_in_time() -> None:
    rows = [
        row("same", "7", since="2012-01-01", until="2013-01-01"),
        row("same", "8", since="2018-01-01"),
        row("same", since="2013-06-01", until="2014-01-01"),
    ]
    assert shape(grouped(rows, by_identifier=False)) == [("7", ["same", "same"]), ("8", ["same"])]


def test_rows_of_one_key_of_the_source_are_one_account_under_any_handle() -> None:
    rows = [row("old", external_id="a1"), row("new", external_id="a1"), row("new2")]
    assert shape(grouped(rows, by_identifier=False)) == [("", ["old", "new"]), ("", ["new2"])]


def test_accounts_come_in_the_order_of_their_first_rows() -> None:
    rows = [row("b"), row("a"), row(platform_id="7"), row("b")]
    assert shape(grouped(rows, by_identifier=False)) == [
        ("", ["b", "b"]),
        ("", ["a"]),
        ("7", ["7"]),
    ]


def test_what_was_over_before_anybody_knew_of_it_began_ever() -> None:
    now = moment("2024-01-01")
    (group,) = grouped([row("a", until="2020-01-01")], by_identifier=False)
    (later,) = grouped([row("a", until="2030-01-01")], by_identifier=False)
    assert beginning(group.pieces[0], now) == ALWAYS
    assert beginning(later.pieces[0], now) == now
