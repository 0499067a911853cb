from __future__ import annotations

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.unit.domain.company import NOW, account, company, days, holds, mailbox, password, since
from vault.domain.account import Account
from vault.domain.cases import Case
from vault.domain.changes import changes
from vault.domain.credential import Credential, Exposure
from vault.domain.decision import Decision
from vault.domain.mailbox import Mailbox
from vault.domain.naming import describe, folded, resolve, sought
from vault.domain.person import Person
from vault.domain.record import Record
from vault.domain.registry import Registry
from vault.domain.review import Review, ReviewedTie
from vault.domain.role import Assignment, Role
from vault.domain.rows import Rows
from vault.domain.seat import Seat
from vault.errors import AmbiguousError, NotFoundError


def people() -> Registry:
    return company(
        Person(id="1f0c33aa", name="Jan Smit", mail="j.smit@acme.example"),
        Person(id="9be2714d", name="Jan de Boer", mail="jan.deboer@acme.example"),
        Person(
            id="77aa0000", name="Zoë Jansen", external_id="E-17", other_mails=("z@home.example",)
        ),
    ).without(["jan", "ann"])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("1f0c33aa", "Jan Smit"),
        ("9be2", "Jan de Boer"),
        ("jan SMIT", "Jan Smit"),
        ("  jan   smit ", "Jan Smit"),
        ("j.smit@acme.example", "Jan Smit"),
        ("E-17", "Zoë Jansen"),
        ("z@home.example", "Zoë Jansen"),
        ("smit", "Jan Smit"),
        ("deboer", "Jan de Boer"),
        ("zo\u0065\u0308", "Zoë Jansen"),
        ("anse", "Zoë Jansen"),
    ],
)
def test_a_person_goes_by_id_name_address_or_a_part_of_them(text: str, name: str) -> None:
    assert resolve(people(), Person, text).name == name


def test_the_strictest_reading_that_finds_anything_decides() -> None:
    # "jan" is a word of two names, and only a part of a third.
    with pytest.raises(AmbiguousError) as caught:
        resolve(people(), Person, "jan")
    assert len(caught.value.candidates) == 2
    exact = Person(id="abcd", name="Jan")
    assert resolve(company(*people().records(), exact).without(["jan"]), Person, "jan") is exact


def test_candidates_can_be_told_apart() -> None:
    with pytest.raises(AmbiguousError) as caught:
        resolve(people(), Person, "jan")
    assert caught.value.candidates == (
        "1f0c33aa  Jan Smit  j.smit@acme.example",
        "9be2714d  Jan de Boer  jan.deboer@acme.example",
    )
    assert describe(people(), people().person("77aa0000")) == "77aa0000  Zoë Jansen"


def test_more_candidates_than_a_screen_holds_are_counted() -> None:
    crowd = company(*(Person(id=f"{n:04}", name=f"Kim {n}") for n in range(40)))
    with pytest.raises(AmbiguousError) as caught:
        resolve(crowd, Person, "kim")
    assert len(caught.value.candidates) == 12
    assert "28 more" in caught.value.hint


@pytest.mark.parametrize("text", ["", "   ", "nobody", "1f0"])
def test_a_name_for_nothing_is_not_found(text: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        resolve(people(), Person, text)
    assert caught.value.hint


def test_a_refusal_quotes_no_more_of_a_text_than_a_line_holds() -> None:
    with pytest.raises(NotFoundError) as caught:
        resolve(people(), Person, "x" * 1_000_000)
    assert len(caught.value.message) < 300


@pytest.mark.parametrize(
    "text", ["net/@acme", "net/acme", "Net/@ACME", "@acme", "acme", "https://net.example/acme"]
)
def test_an_account_goes_by_platform_and_handle_or_address(text: str) -> None:
    registry = company(account(url="https://net.example/acme"), account("other"))
    assert resolve(registry, Account, text).id == "acme"


def test_an_account_in_use_is_meant_by_what_lists_show_whatever_else_reads_the_same() -> None:
    shown, alike = (
        Account(id=f"of {each}", platform="net", handles=since(each), aliases=("acme",))
        for each in ("acme", "Acme")
    )
    registry = company(shown, alike)
    assert resolve(registry, Account, "net/@acme") is shown
    assert resolve(registry, Account, "net/Acme") is alike
    with pytest.raises(AmbiguousError):
        resolve(registry, Account, "net/@ACME")
    with pytest.raises(AmbiguousError):
        resolve(registry, Account, "acme")
    ended = msgspec.structs.replace(shown, until=days(-1))
    assert resolve(company(ended, alike), Account, "net/@acme") is alike


@pytest.mark.parametrize("text", ["net/", "net/@"])
def test_a_platform_alone_names_no_account_without_a_handle(text: str) -> None:
    registry = company(Account(id="one", platform="net", platform_id="17"))
    with pytest.raises(NotFoundError):
        resolve(registry, Account, text)


def test_an_account_goes_by_a_handle_it_had() -> None:
    renamed = Account(
        id="one",
        platform="net",
        handles=(*since("old", until=days(-1)), *since("new", at=days(-1))),
    )
    for text in ("net/@old", "net/@new"):
        assert resolve(company(renamed), Account, text) is renamed


def closed(record_id: str, person: str) -> Case:
    return Case(
        id=record_id, what="offboarding", person=person, opened_at=days(-9), closed_at=days(-1)
    )


@pytest.mark.parametrize(
    ("kind", "ended", "living", "text"),
    [
        (Role, Role(id="r1", name="Press", until=NOW), Role(id="r2", name="press"), "press"),
        (
            Mailbox,
            Mailbox(id="m1", address="a@b.example", until=NOW),
            Mailbox(id="m2", address="A@b.example"),
            "a@b.example",
        ),
        (
            Case,
            closed("c1", "jan"),
            Case(id="c2", what="offboarding", person="jan", opened_at=NOW),
            "jan",
        ),
    ],
)
def test_of_several_the_only_one_that_has_not_ended_is_meant(
    kind: type[Record], ended: Record, living: Record, text: str
) -> None:
    assert resolve(company(ended, living), kind, text) is living
    assert resolve(company(ended), kind, text) is ended


def test_what_is_compared_makes_equal_what_looks_equal() -> None:
    assert folded("\uff21cme  NL\t") == folded("acme nl")


def test_a_word_of_an_id_is_no_reading_below_four_characters() -> None:
    registry = company(mailbox("abcdef"), holds("jan"))
    with pytest.raises(NotFoundError):
        resolve(registry, Mailbox, "zzz")


def test_cases_on_one_account_are_told_apart_by_what_they_do_and_since_when() -> None:
    secret = Credential(id="bf0d273e", account="acme", what="recovery_codes")
    cases = (
        Case(id="c1f00000", what="rotation", account="acme", opened_at=NOW),
        Case(id="c2f00000", what="rotation", account="acme", credential=secret.id, opened_at=NOW),
        Case(id="c3f00000", what="deactivation", account="acme", opened_at=days(1)),
    )
    with pytest.raises(AmbiguousError) as caught:
        resolve(company(account(), secret, *cases), Case, "net/@acme")
    assert caught.value.candidates == (
        "c1f00000  rotation of net/@acme, opened 2026-06-15 12:00",
        "c2f00000  rotation of net/@acme: recovery codes, opened 2026-06-15 12:00",
        "c3f00000  closing of net/@acme, opened 2026-06-16 12:00",
    )


def test_records_without_a_name_are_described_by_what_they_are_about() -> None:
    registry = company(account(), password(), holds("ann"))
    (secret,) = registry.all(Credential)
    (held,) = registry.all(Assignment)
    seen = Exposure(id="e", credential=secret.id, version=1, person="ann", how="copied", at=NOW)
    decided = Decision(id="d", account="acme", what="keep", at=NOW)
    tie = ReviewedTie(id="t", review="r", person="ann", what="seat", why="Ann has a seat")
    review = Review(id="r", name="Autumn", started_at=NOW)
    registry = company(*registry.records(), seen, decided, tie, review)
    told = [describe(registry, each).partition("  ")[2] for each in (secret, seen, held, decided)]
    assert told == [
        "net/@acme: password",
        "Ann: net/@acme: password, version 1, copied",
        "Ann: webcare",
        "net/@acme: keep",
    ]
    assert describe(registry, tie) == "t  Autumn: Ann has a seat"


@pytest.mark.parametrize(
    "text",
    ["net/@brugman@net.nl", "net/brugman@net.nl", "Net/brugman@net.nl", "@brugman@net.nl", "E-9"],
)
def test_a_case_goes_by_every_spelling_of_its_account_and_a_seat_too(text: str) -> None:
    about = account(handles=since("brugman@net.nl"), external_id="E-9")
    begun = Case(id="c1f00000", what="deactivation", account="acme", opened_at=NOW)
    seat = Seat(id="s1f00000", account="acme", person="ann", level="owner", since=NOW)
    registry = company(about, begun, seat)
    assert resolve(registry, Account, text) is about
    assert resolve(registry, Case, text) is begun
    assert resolve(registry, Seat, text) is seat


def test_a_case_goes_by_every_address_of_who_leaves_and_a_lone_sign_by_nothing() -> None:
    about = Case(id="c1f00000", what="offboarding", person="1f0c33aa", opened_at=NOW)
    registry = people().apply(changes(about))
    assert resolve(registry, Case, "j.smit@acme.example") is about
    with pytest.raises(NotFoundError):
        resolve(company(account()), Account, "@")


FOREIGN = (
    *("Björn Åkesson", "Ayşe Y\u0131lmaz", "Siobhan D\u2019Arcy"),
    *("Søren Weiß", "Łukasz Œuvrard"),
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("akesson", "Björn Åkesson"),
        ("bjorn akesson", "Björn Åkesson"),
        ("AYSE YILMAZ", "Ayşe Y\u0131lmaz"),
        ("d'arcy", "Siobhan D\u2019Arcy"),
        ("soren weiss", "Søren Weiß"),
        ("lukasz", "Łukasz Œuvrard"),
        ("oeuvrard", "Łukasz Œuvrard"),
    ],
)
def test_somebody_is_found_without_the_accents_of_their_name(text: str, name: str) -> None:
    registry = company(*(Person(id=f"p{n}", name=each) for n, each in enumerate(FOREIGN)))
    assert resolve(registry, Person, text).name == name
    rows = Rows(registry.all(Person), lambda person: person.name)
    assert [row.name for row in rows.find(text)] == [name]


def test_a_typographic_apostrophe_is_taken_for_the_one_on_the_keys() -> None:
    registry = company(Person(id="d", name="Siobhan D'Arcy"))
    assert resolve(registry, Person, "d\u2019arcy").id == "d"


def test_who_is_called_exactly_that_comes_before_who_only_looks_like_it() -> None:
    """For finding only: two whom an accent tells apart stay two."""
    registry = company(Person(id="p1", name="Jan Åkesson"), Person(id="p2", name="Jan Akesson"))
    assert resolve(registry, Person, "akesson").id == "p2"
    assert resolve(registry, Person, "åkesson").id == "p1"
    assert folded("Åkesson") != folded("Akesson")


@given(st.text())
@example("ǿ")
@example("0\u00af")
def test_what_is_looked_for_twice_is_looked_for_once(text: str) -> None:
    assert sought(sought(text)) == sought(text)
