"""A platform's file is refused with file, table and key, and read without guessing."""

from __future__ import annotations

from datetime import date

import pytest

from tests.conftest import REPOSITORY
from vault.domain.platforms import PLATFORM_ACTS, PasswordRules, Platform, Provenance
from vault.domain.platforms.model import ACCESS_ANSWERS
from vault.domain.platforms.parse import parse_platform
from vault.errors import UsageError
from vault.services.catalogue import load_catalogue

GOOD = """
id = "forum"
name = "Forum"
kind = "social"
status = "living"

[sources]
page = { what = "the forum's help page", checked_on = 2026-03-04, confidence = "high" }
talk = { what = "a talk with its maker", checked_on = 2026-05-06, confidence = "medium" }

[names]
source = "page"
domains = ["forum.example"]
profile_url = "https://forum.example/{handle}"
profile_paths = [{ path = '^/(?P<handle>[a-z]+)', url = "https://forum.example/{handle}" }]

[access]
source = "page"
models = ["login"]
resets_by_mail = { value = "yes", confidence = "low" }
resets_by_phone = { value = "no", source = "talk" }

[password]
source = "talk"
min_length = 8
required = ["digit"]

[factors]
source = "page"
kinds = ["totp"]

[waits]
source = "page"
add_seat = 3

[grace]
source = "page"
confidence = "low"
deactivate = 9
delete = { value = 8, source = "talk" }

[links]
source = "page"
login = "https://forum.example/login"

[not_applicable]
rotate_token = "it has no tokens"

[playbook]
source = "talk"

[playbook.rotate_password]
steps = ["Do it."]
check = "It is done."
links = ["login"]
"""


def read(text: str) -> Platform:
    return parse_platform(text, "forum.toml")


def test_a_file_gives_its_facts_with_their_sources() -> None:
    forum = read(GOOD)
    assert forum.password == PasswordRules(8, required=("digit",))
    assert forum.waits == {"add_seat": 3}
    assert forum.playbook["rotate_password"].links == ("https://forum.example/login",)
    assert not forum.applies("rotate_token")
    assert forum.applies("add_seat")
    page = Provenance("the forum's help page", date(2026, 3, 4), "high")
    assert forum.provenance["models"] == page
    assert forum.provenance["names"] == page
    assert forum.provenance["waits.add_seat"] == page
    assert forum.provenance["playbook"].source == "a talk with its maker"


def test_a_single_fact_may_have_its_own_source_or_confidence() -> None:
    provenance = read(GOOD).provenance
    assert provenance["resets_by_mail"].confidence == "low"
    assert provenance["resets_by_mail"].source == "the forum's help page"
    assert provenance["resets_by_phone"] == Provenance(
        "a talk with its maker", date(2026, 5, 6), "medium"
    )
    assert provenance["grace.deactivate"].confidence == "low"
    assert provenance["grace.delete"].confidence == "medium"


def test_a_question_left_out_is_unknown_and_was_looked_up_by_nobody() -> None:
    forum = read(GOOD)
    assert forum.group_mailbox_may_own == "unknown"
    assert forum.provenance["group_mailbox_may_own"] == Provenance("none found", None, "low")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('id = "forum"', 'id = "Fo rum"', "id"),
        ('id = "forum"', "", "id: is missing"),
        ('status = "living"', 'status = "asleep"', "status"),
        ('status = "living"', 'status = "living"\ncolour = "red"', "colour"),
        ('models = ["login"]', 'models = ["logins"]', "[access] models"),
        ('models = ["login"]', 'model = ["login"]', "[access] model"),
        ('value = "yes"', 'value = "maybe"', "[access] resets_by_mail"),
        ('value = "yes"', 'value = "yes", why = "so"', "[access] resets_by_mail"),
        ('source = "talk" }', 'source = "dream" }', "[access] resets_by_phone"),
        ('[access]\nsource = "page"', "[access]", "[access] models"),
        ("min_length = 8", 'min_length = "eight"', "[password] min_length"),
        ('kinds = ["totp"]', 'kinds = ["fax"]', "[factors] kinds"),
        ("add_seat = 3", "add_chair = 3", "[waits] add_chair"),
        ('rotate_token = "it', 'rotate_tokens = "it', "[not_applicable] rotate_tokens"),
        ('rotate_token = "it', 'rotate_password = "it', "[not_applicable] rotate_password"),
        ("[playbook.rotate_password]", "[playbook.rotate]", "[playbook] rotate"),
        ('check = "It is done."', "", "[playbook] rotate_password"),
        ('[playbook]\nsource = "talk"', "[playbook]", "[playbook] source"),
        ('links = ["login"]', 'links = ["logout"]', "[playbook] rotate_password"),
        ('links = ["login"]', 'link = ["login"]', "[playbook] rotate_password"),
        ('/{handle}"\nprofile_paths', '/"\nprofile_paths', "[names] profile_url"),
        ("(?P<handle>[a-z]+)", "(?P<name>[a-z]+)", "[names] profile_paths"),
        ("(?P<handle>[a-z]+)", "(?P<handle>[a-z+)", "[names] profile_paths"),
        ("checked_on = 2026-03-04", 'checked_on = "March"', "[sources] page"),
        ("profile_url = ", 'handle_pattern = "^(a+)+$"\nprofile_url = ', "[names] handle_pattern"),
        ("profile_url = ", 'id_pattern = "^(a+)+$"\nprofile_url = ', "[names] id_pattern"),
        ("(?P<handle>[a-z]+)", "(?P<handle>([a-z]+)+)!", "[names] profile_paths"),
        ("add_seat = 3", "add_seat = -3", "[waits] add_seat"),
        ("deactivate = 9", "deactivate = 99999999999", "[grace] deactivate"),
        ("delete = { value = 8", "delete = { value = -8", "[grace] delete"),
        ("min_length = 8", "min_length = 8\nmax_length = 7", "[password] max_length"),
        ("min_length = 8", "min_length = -8", "[password] min_length"),
        ('login = "https:', 'login = "file:', "[links] login"),
        ("https://forum.example/login", "javascript:alert(1)", "[links] login"),
        ("https://forum.example/login", "https:///login", "[links] login"),
        ("https://forum.example/login", "java\\tscript:alert(1)", "[links] login"),
        ('profile_url = "https:', 'profile_url = "ftp:', "[names] profile_url"),
        ('url = "https://forum.example/{handle}" }', 'url = "data:{handle}" }', "profile_paths"),
        ("[names]", "[names", "this is not TOML"),
        ("[factors]", '[end]\nsource = "page"\ndied_on = 2020-01-01\n[factors]', "[end] died_on"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_file_table_and_key(old: str, new: str, place: str) -> None:
    assert GOOD.count(old) >= 1
    with pytest.raises(UsageError) as refused:
        read(GOOD.replace(old, new, 1))
    assert refused.value.message.startswith("forum.toml: ")
    assert place in refused.value.message
    assert "docs/catalogue.md" in refused.value.hint


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("checked_on = 2026-05-06", "checked_on = 2026-07-04", "[sources] talk"),
        ('"no", source', '"no", checked_on = 2026-07-04, source', "[access] resets_by_phone"),
    ],
)
def test_nothing_was_checked_in_the_future(old: str, new: str, place: str) -> None:
    text, today = GOOD.replace(old, new), date(2026, 7, 2)
    with pytest.raises(UsageError, match="is in the future") as refused:
        parse_platform(text, "forum.toml", today=today)
    assert f"forum.toml: {place}" in refused.value.message
    tomorrow = parse_platform(text, "forum.toml", today=date(2026, 7, 3))  # it may be the 4th there
    assert date(2026, 7, 4) in {each.checked_on for each in tomorrow.provenance.values()}


def extend(text: str) -> Platform:
    return parse_platform('extends = "forum"\n' + text, "mine.toml", known={"forum": read(GOOD)})


def test_an_extension_changes_what_it_says_and_leaves_the_rest() -> None:
    forum = read(GOOD)
    mine = extend(
        """
        [sources]
        tried = { what = "tried it", checked_on = 2026-07-08, confidence = "high" }
        [access]
        source = "tried"
        password_change_ends_tokens = "yes"
        [waits]
        source = "tried"
        remove_seat = 5
        """
    )
    assert mine.password_change_ends_tokens == "yes"
    assert mine.provenance["password_change_ends_tokens"].source == "tried it"
    assert mine.waits == {"add_seat": 3, "remove_seat": 5}
    assert mine.resets_by_phone == forum.resets_by_phone == "no"
    assert mine.provenance["resets_by_phone"] == forum.provenance["resets_by_phone"]
    assert forum.waits == {"add_seat": 3}


def test_an_extension_may_turn_an_act_on_and_off() -> None:
    mine = extend(
        """
        [not_applicable]
        rotate_password = "we sign in through our directory"
        [sources]
        tried = { what = "tried it", checked_on = 2026-07-08, confidence = "high" }
        [playbook]
        source = "tried"
        [playbook.rotate_token]
        steps = ["Make a new one."]
        check = "The old one is refused."
        links = ["login"]
        """
    )
    assert mine.applies("rotate_token")
    assert mine.playbook["rotate_token"].links == ("https://forum.example/login",)
    assert not mine.applies("rotate_password")
    assert "rotate_password" not in mine.playbook


@pytest.mark.parametrize(
    ("text", "place"),
    [('id = "other"', "id"), ('status = "dead"', "status"), ("colour = 1", "colour")],
)
def test_an_extension_cannot_become_another_platform(text: str, place: str) -> None:
    with pytest.raises(UsageError, match=f"mine.toml: {place}"):
        extend(text)


def test_an_extension_of_an_unknown_platform_is_refused() -> None:
    with pytest.raises(UsageError, match="extends"):
        parse_platform('extends = "nowhere"', "mine.toml")


def test_the_examples_of_the_manual_are_files_that_are_accepted() -> None:
    manual = (REPOSITORY / "docs" / "catalogue.md").read_text(encoding="utf-8")
    shipped = load_catalogue()
    known = {platform.id: platform for platform in shipped.platforms}
    correction, full = (
        parse_platform(part.partition("```")[0], "catalogue.md", shipped.sources, known)
        for part in manual.split("```toml\n")[1:]
    )
    assert correction.password_change_ends_sessions == "no"
    assert correction.playbook == shipped.get("x").playbook
    assert full.id == "acme_forum"
    assert full.playbook["rotate_password"].links == (full.links["password"],)


def test_the_manual_names_every_act_question_and_shared_source() -> None:
    manual = (REPOSITORY / "docs" / "catalogue.md").read_text(encoding="utf-8")
    for name in (*PLATFORM_ACTS, *ACCESS_ANSWERS, *load_catalogue().sources):
        assert f"`{name}`" in manual
