"""Every kind of record can be listed, shown, added, edited and ended, and asked about the past."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tests.cli.runner import Desk, refusal
from vault.domain.changes import changes
from vault.domain.mailbox import Mailbox
from vault.domain.naming import resolve


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("records")
    folder.chmod(0o700)
    desk = Desk(folder).found().keep_open()
    desk.do("person", "add", "Jan Bakker", "--joined", "2020-01-01")
    desk.do("person", "add", "Eva Jansen", "--joined", "2020-01-01")
    desk.do("role", "add", "Webcare")
    desk.do("role", "assign", "webcare", "jan", "--from", "2021-01-01")
    desk.do("account", "add", "x/@acme", "--role", "webcare", "--since", "2021-01-01")
    desk.do("account", "add", "youtube/@acme", "--role", "webcare", "--since", "2021-01-01")
    desk.do("factor", "add", "x/@acme", "passkey")
    return desk


def listed(desk: Desk, kind: str, plural: str, *more: str) -> list[dict[str, Any]]:
    document = desk.ask(kind, "list", *more)
    assert document["schema"] == f"safehands.{plural}/1"
    return list(document[plural])


KINDS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, Any]]] = {
    # kind: plural, what `add` takes, what `edit` takes after the name, what is different then
    "role": ("roles", ("Press",), ("--purpose", "news"), ("purpose", "news")),
    "mailbox": ("mailboxes", ("press@acme.example",), ("--type", "group"), ("type", "group")),
    "phone": ("phones", ("+31201234567",), ("--type", "landline"), ("type", "landline")),
    "account": ("accounts", ("tiktok/@acme",), ("--purpose", "fun"), ("purpose", "fun")),
    "factor": ("factors", ("x/@acme", "totp"), ("--label", "tablet"), ("label", "tablet")),
    "grant": ("grants", ("x/@acme", "youtube/@acme"), ("--level", "edit"), ("level", "edit")),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_is_added_listed_shown_edited_and_ended(desk: Desk, kind: str) -> None:
    plural, new, changed, (name, value) = KINDS[kind]
    before = listed(desk, kind, plural)
    record = desk.ask(kind, "add", *new)
    assert record["schema"] == f"safehands.{kind}/1"
    which = record["id"]
    assert [e["id"] for e in listed(desk, kind, plural) if e not in before] == [which]
    assert desk.ask(kind, "show", which)[name] != value
    assert desk.ask(kind, "edit", which, *changed)[name] == value
    assert desk.ask(kind, "show", which[:8])[name] == value
    assert which[:8] in desk.do(kind, "list").out
    assert desk.do(kind, "show", which).out
    became = "closed" if kind == "account" else "ended"
    assert f", {became}" in desk.do(kind, "end", which).out
    assert which not in [each["id"] for each in listed(desk, kind, plural)]
    assert desk.ask(kind, "show", which)["until"] is not None
    assert "ended" in refusal(desk.do(kind, "end", which, code=5))


def test_an_edit_that_changes_nothing_writes_nothing(desk: Desk) -> None:
    entries = desk.ask("status")["entries"]
    desk.do("person", "edit", "eva")
    desk.do("person", "edit", "eva", "--joined", "2020-01-01")
    assert desk.ask("status")["entries"] == entries


def test_a_seat_is_given_changed_confirmed_and_removed(desk: Desk) -> None:
    account = "youtube/@acme"
    desk.do("seat", "add", account, "eva", "--level", "owner")
    given = desk.ask("seat", "add", account, "jan", "--level", "full", "--unconfirmed")
    assert given["confirmed_on"] is None
    assert "never" in desk.do("seat", "list", "--person", "jan").out
    shown = desk.ask("seat", "edit", account, "jan", "--confirmed")
    assert shown["id"] == given["id"]
    assert shown["confirmed_on"] is not None
    lower = desk.ask("seat", "edit", account, "jan", "--level", "post")
    assert lower["id"] != given["id"]
    assert desk.ask("seat", "show", account, "jan")["level"] == "post"
    assert "ended" in desk.do("seat", "end", account, "jan").out
    assert [s["person"] for s in listed(desk, "seat", "seats")] == [
        desk.id_of("person", "show", "eva")
    ]
    assert "no seat" in refusal(desk.do("seat", "end", account, "jan", code=4))
    desk.do("seat", "end", account, "eva", "--force")


def test_a_role_account_can_hold_a_seat(desk: Desk) -> None:
    desk.do("seat", "add", "youtube/@acme", "account:x/@acme")
    assert "x/@acme" in desk.do("seat", "list").out
    desk.do("seat", "end", "youtube/@acme", "account:x/@acme", "--force")


def test_factors_phones_and_mailboxes_change_hands(desk: Desk) -> None:
    factor = desk.id_of("factor", "add", "x/@acme", "sms", "--holder", "jan")
    desk.do("factor", "edit", factor, "--holder", "eva", "--no-holder", "jan")
    held = desk.do("factor", "show", factor).out
    assert "Eva Jansen, " not in held
    assert "Jan Bakker (until" in held
    phone = desk.id_of("phone", "add", "+31687654321", "--carrier", "jan")
    desk.do("phone", "edit", phone, "--no-carrier", "jan", "--carrier", "role:webcare")
    assert "Webcare" in desk.do("phone", "list").out
    desk.do("factor", "edit", factor, "--phone", "+31687654321")
    assert "x/@acme" in desk.do("phone", "show", phone).out
    assert "hangs on it" in refusal(desk.do("phone", "end", phone, code=5))
    desk.do("factor", "end", factor)
    desk.do("phone", "end", phone)


def test_somebody_who_leaves_can_stay_after_all(desk: Desk) -> None:
    told = desk.do("person", "leave", "eva", "--last-day", "2099-01-01").out
    assert "Next: safehands offboard plan" in told
    assert [p["name"] for p in listed(desk, "person", "people", "--status", "leaving")] == [
        "Eva Jansen"
    ]
    desk.do("person", "leave", "eva", "--called-off")
    assert listed(desk, "person", "people", "--status", "leaving") == []


def test_who_has_yet_to_join_is_listed_as_such_and_of_no_other_day(desk: Desk) -> None:
    desk.do("person", "add", "Noa Smit", "--joined", "2099-01-01")
    joining = [p["name"] for p in listed(desk, "person", "people", "--status", "joining")]
    assert joining == ["Noa Smit"]
    assert "Noa Smit" in desk.do("person", "list").out
    assert "Noa Smit" not in desk.do("person", "list", "status:active").out
    assert listed(desk, "person", "people", "noa", "--as-of", "2098-01-01") == []
    assert len(listed(desk, "person", "people", "noa", "--as-of", "2099-01-01")) == 1


def test_a_list_that_finds_nothing_says_whether_it_is_the_words_or_the_filter(desk: Desk) -> None:
    assert "'plattform' is no filter" in desk.do("account", "list", "plattform:x").out
    assert desk.do("account", "list", "nothing like it").out == "no account fits all of that\n"


def test_the_past_can_be_asked(desk: Desk) -> None:
    today = desk.now().date()
    desk.do("account", "edit", "x/@acme", "--handle", "acme_nl")
    assert "acme_nl" in desk.do("account", "list", "--platform", "x").out
    past = desk.do("account", "list", "--platform", "x", "--as-of", "2022-06-01").out
    assert "acme" in past
    assert "acme_nl" not in past
    assert listed(desk, "account", "accounts", "--as-of", "2020-06-01") == []
    assert [a["person"] for a in desk.ask("account", "who", "acme_nl")["people"]]
    assert desk.ask("account", "who", "acme_nl", "--as-of", "2020-06-01")["people"] == []
    assert "Webcare" not in desk.do("person", "list", "jan", "--as-of", "2020-06-01").out
    assert listed(desk, "person", "people", "jan", "--as-of", "2019-06-01") == []
    before = (today - timedelta(days=1)).isoformat()
    assert desk.do("journal", "list", "--as-of", before).out == "no entries up to that day\n"
    desk.do("account", "edit", "x/@acme_nl", "--handle", "acme")


@pytest.mark.parametrize("day", [date.min, date(1969, 12, 31), date.max], ids=str)
@pytest.mark.parametrize(
    "argv",
    [
        ("status",),
        ("check",),
        ("person", "list"),
        ("person", "holds", "jan"),
        ("account", "who", "youtube/@acme"),
        ("dormant", "report"),
        ("case", "list"),
        ("journal", "list"),
        ("platform", "stale"),
    ],
    ids=" ".join,
)
def test_any_day_of_the_calendar_can_be_asked_about(
    desk: Desk, argv: tuple[str, ...], day: date
) -> None:
    desk.do(*argv, "--as-of", day.isoformat(), code=None)


def test_a_name_that_ended_can_be_used_again(desk: Desk) -> None:
    first = desk.id_of("account", "add", "bluesky/@acme.example")
    desk.do("account", "end", first)
    second = desk.id_of("account", "add", "bluesky/@acme.example", "--another")
    assert desk.ask("account", "show", "bluesky/@acme.example")["id"] == second


def test_a_command_without_a_verb_names_the_verbs_and_nothing_at_all_shows_the_help(
    desk: Desk,
) -> None:
    answer = desk.bare()
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("Usage: safehands")
    assert "one of add, edit, holds" in desk.bare("person").err
    for argv in (("person",), ("credential",), ("--vault", "somewhere")):
        answer = desk.bare(*argv)
        assert answer.code == 2
        assert refusal(answer).endswith("needs a command")
        assert desk.bare(*argv, "--json").document["error"]["kind"] == "usage"
    assert desk.bare("--json").code == 2
    assert desk.bare("person", "--help").code == 0


@pytest.mark.parametrize("option", ["--vault", "--passphrase-file", "--passphrase-fd", "--as-of"])
def test_an_option_that_is_empty_is_not_taken_for_one_left_out(desk: Desk, option: str) -> None:
    for words in ((option, ""), (f"{option}=",)):
        assert refusal(desk.bare("status", *words)) == f"{option} is empty"


def test_a_proof_goes_out_and_comes_back(desk: Desk) -> None:
    desk.do("mailbox", "add", "proof@acme.example", "--role", "webcare")
    code = desk.ask("mailbox", "prove", "proof@acme.example")["code"]
    for told in (desk.do("export"), desk.do("mailbox", "show", "proof@acme.example", "--json")):
        assert code not in told.out
    wrong = desk.do("mailbox", "prove", "proof@acme.example", "--code", "WRONG", code=5)
    assert "not the code" in refusal(wrong)
    shown = desk.ask("mailbox", "prove", "proof@acme.example", "--code", code.lower())
    assert shown["proven_at"] is not None
    assert "no code was made" in refusal(
        desk.do("mailbox", "prove", "proof@acme.example", "--code", code, code=5)
    )


def test_what_is_kept_of_a_code_proves_nothing_nor_does_a_code_that_was_kept_itself(
    desk: Desk,
) -> None:
    desk.do("mailbox", "add", "kept@acme.example", "--role", "webcare")
    desk.do("mailbox", "prove", "kept@acme.example")
    kept = desk.ask("mailbox", "show", "kept@acme.example")["challenge"]
    desk.do("mailbox", "prove", "kept@acme.example", "--code", kept, code=5)
    assert desk.held is not None
    box = resolve(desk.held.registry, Mailbox, "kept@acme.example")
    older = replace(box, challenge="ABCDEFGH")
    desk.held.write("mailbox.challenge", lambda *_: changes(older))
    refused = desk.do("mailbox", "prove", "kept@acme.example", "--code", "ABCDEFGH", code=5)
    assert "or make one: safehands mailbox prove kept@acme.example" in refused.err


def test_a_mailbox_at_an_address_of_somebody_is_theirs_where_nobody_says_whose_it_is(
    desk: Desk,
) -> None:
    desk.do("person", "add", "Bob Bakker", "--mail", "bob@acme.example", "--other-mail", "b@b.nl")
    told = desk.do("mailbox", "add", "Bob@acme.example").out
    assert "Bob@acme.example, read by Bob Bakker" in told
    assert "Bob Bakker owns it: it is an address of theirs." in told
    assert "safehands mailbox edit Bob@acme.example --owner WHO" in told
    own = desk.ask("mailbox", "add", "b@b.nl")
    assert (own["type"], own["owner"]) == ("personal", desk.id_of("person", "show", "bob"))
    shared = desk.ask("mailbox", "show", "bob@acme.example")
    assert (shared["type"], shared["owner"]) == ("shared", own["owner"])
    desk.do("person", "edit", "bob", "--other-mail", "team@acme.example")
    team = desk.ask("mailbox", "add", "team@acme.example", "--role", "webcare")
    assert team["owner"] == desk.id_of("role", "show", "webcare")


def test_mailbox_edit_with_an_address_keeps_the_accounts_on_it(desk: Desk) -> None:
    old = desk.ask("mailbox", "add", "care@acme.example", "--role", "webcare")
    desk.do("account", "edit", "x/@acme", "--login-mailbox", "care@acme.example")
    desk.do("mailbox", "edit", "care@acme.example", "--address", "care@acme-group.example")
    new = desk.ask("mailbox", "show", "care@acme-group.example")
    assert (new["id"], new["accounts"]) == (old["id"], ["x/@acme"])
    refused = desk.do("mailbox", "edit", old["id"], "--address", "care", code=2)
    assert refusal(refused) == "'care' is no mail address"


def test_another_address_of_a_mailbox_is_yet_to_be_proved(desk: Desk) -> None:
    desk.do("mailbox", "add", "moved@acme.example", "--role", "webcare")
    code = desk.ask("mailbox", "prove", "moved@acme.example")["code"]
    desk.do("mailbox", "prove", "moved@acme.example", "--code", code)
    desk.do("mailbox", "edit", "moved@acme.example", "--address", "Moved@acme.example")
    assert desk.ask("mailbox", "show", "moved@acme.example")["proven_at"] is not None
    code = desk.ask("mailbox", "prove", "moved@acme.example")["code"]
    desk.do("mailbox", "edit", "moved@acme.example", "--address", "moved@acme-group.example")
    assert desk.ask("mailbox", "show", "moved@acme-group.example")["proven_at"] is None
    sent_before = ("mailbox", "prove", "moved@acme-group.example", "--code", code)
    assert "no code was made" in refusal(desk.do(*sent_before, code=5))


def test_an_empty_code_proves_nothing_and_makes_no_other_code(desk: Desk) -> None:
    desk.do("mailbox", "add", "empty@acme.example", "--role", "webcare")
    code = desk.ask("mailbox", "prove", "empty@acme.example")["code"]
    desk.do("mailbox", "prove", "empty@acme.example", "--code", "", code=5)
    desk.do("mailbox", "prove", "empty@acme.example", "--code", code)


def test_a_last_day_long_ago_is_told_with_how_to_take_it_back(desk: Desk) -> None:
    known = desk.ask("person", "add", "Karin Smit")["id"][:8]
    last = date.today() - timedelta(days=3660)  # noqa: DTZ011  # a day more or less is the same
    told = desk.do("person", "leave", "karin", "--last-day", str(last)).out
    assert "Karin Smit has left, 10 years ago; to take it back:" in told
    assert f"$ safehands person leave {known} --called-off" in told
    coming = desk.do("person", "leave", known, "--last-day", "2099-01-01").out
    assert "has left" not in coming
    assert "has left" not in desk.do("person", "leave", known, "--called-off").out
