"""The shipped catalogue keeps its promises: complete plays, a source for every fact."""

from __future__ import annotations

from datetime import date

import pytest

from vault.domain.platforms import PLATFORM_ACTS, Catalogue, Platform, Provenance
from vault.domain.platforms.compile import (
    COMPILED_FILE,
    DATA_FOLDER,
    compile_catalogue,
    to_json,
)
from vault.domain.platforms.model import ACCESS_ANSWERS
from vault.errors import NotFoundError
from vault.services.catalogue import load_catalogue

CATALOGUE = load_catalogue()
LIVING = [p for p in CATALOGUE.platforms if not p.is_dead]
DEAD = [p for p in CATALOGUE.platforms if p.is_dead]
IN_DEPTH = (
    "x",
    "facebook",
    "instagram",
    "linkedin",
    "youtube",
    "google_business_profile",
    "tiktok",
    "pinterest",
    "reddit",
    "mastodon",
    "bluesky",
    "viva_engage",
    "github",
    "whatsapp",
    "trustpilot",
    "hootsuite",
    "buffer",
)


def test_the_compiled_catalogue_is_what_the_files_say() -> None:
    assert COMPILED_FILE.read_bytes() == to_json(compile_catalogue(DATA_FOLDER))


def test_each_file_is_named_after_its_platform() -> None:
    files = {path.stem for path in DATA_FOLDER.glob("[!_]*.toml")}
    assert files == {platform.id for platform in CATALOGUE.platforms}


def test_every_rule_for_handles_is_also_said_in_words() -> None:
    for platform in CATALOGUE.platforms:
        assert bool(platform.handle_rule) == bool(platform.handle_pattern), platform.id


def test_the_platforms_of_the_past_are_known() -> None:
    named = ["Friendster", "CU2", "Hyves", "Netlog", "Google+", "Yahoo Pipes", "Timely", "Klout"]
    assert {CATALOGUE.named(name).status for name in named} == {"dead"}
    assert {CATALOGUE.named(name).status for name in ("Clicky", "Google Analytics")} == {"living"}


def test_a_text_longer_than_any_name_is_no_platform_and_its_message_is_cut() -> None:
    assert CATALOGUE.named("X page").id == "x"
    for text in ("X" + " page" * 50, "x" * 1_000_000):
        with pytest.raises(NotFoundError) as refused:
            CATALOGUE.named(text)
        assert len(refused.value.message) < 300


@pytest.mark.parametrize("platform_id", IN_DEPTH)
def test_a_platform_in_depth_answers_for_every_act(platform_id: str) -> None:
    platform = CATALOGUE.get(platform_id)
    assert platform.playbook.keys() | platform.not_applicable.keys() == set(PLATFORM_ACTS)


@pytest.mark.parametrize("platform", CATALOGUE.platforms, ids=lambda p: p.id)
def test_every_act_has_instructions_and_a_check_everywhere(platform: Platform) -> None:
    for act in PLATFORM_ACTS:
        play = CATALOGUE.play(platform, act)
        assert play.steps
        assert play.check
        assert all(link.startswith("https://") for link in play.links)
        assert len({*play.links}) == len(play.links)


def test_a_general_play_points_to_the_pages_the_platform_has() -> None:
    vimeo = CATALOGUE.get("vimeo")
    assert "enrol_factor" not in vimeo.playbook
    assert CATALOGUE.play(vimeo, "enrol_factor").links == (vimeo.links["second_factor"],)


def test_an_act_nobody_knows_is_refused() -> None:
    with pytest.raises(NotFoundError):
        CATALOGUE.play(CATALOGUE.get("x"), "rotate_everything")


@pytest.mark.parametrize("platform", LIVING, ids=lambda p: p.id)
def test_every_fact_of_a_living_platform_has_a_provenance(platform: Platform) -> None:
    expected = {*ACCESS_ANSWERS, "names", "models", "login_level", "factor_kinds", "probe"}
    expected |= {f"waits.{act}" for act in platform.waits}
    expected |= {f"grace.{act}" for act in platform.grace}
    expected |= {f"links.{name}" for name in platform.links}
    expected |= {"password"} if platform.password else set()
    expected |= {"playbook"} if platform.playbook else set()
    expected |= {"inactivity"} if platform.inactivity else set()
    expected |= {"signs_in_with"} if platform.signs_in_with else set()
    assert platform.provenance.keys() == expected
    assert platform.models
    assert platform.note
    assert platform.without_login


@pytest.mark.parametrize("platform", DEAD, ids=lambda p: p.id)
def test_a_dead_platform_says_when_it_died_or_that_nobody_knows(platform: Platform) -> None:
    assert platform.note
    assert (platform.died_on is None) == ("died_on" not in platform.provenance)
    if platform.died_on is None:
        assert "no source gives the date" in platform.note


def test_an_unanswered_question_is_unknown_and_says_that_nobody_answers_it() -> None:
    x = CATALOGUE.get("x")
    assert x.password_change_ends_tokens == "unknown"
    assert x.provenance["password_change_ends_tokens"].source == "none found"


def test_whoever_signs_in_with_another_platform_names_one_that_exists() -> None:
    parents = {p.signs_in_with for p in CATALOGUE.platforms if p.signs_in_with}
    assert parents == {"instagram", "google_account", "microsoft_365"}
    for parent in parents:
        assert CATALOGUE.get(parent).status == "living"


def test_the_clocks_that_decide_a_departure_are_known() -> None:
    assert CATALOGUE.get("youtube").waits["transfer_ownership"] == 7
    assert CATALOGUE.get("google_business_profile").waits["transfer_ownership"] == 7
    assert CATALOGUE.get("google_business_profile").group_mailbox_may_own == "no"
    assert CATALOGUE.get("facebook").provenance["waits.transfer_ownership"].confidence == "low"


def test_stale_lists_what_nothing_confirms_and_nothing_else_on_the_day_of_checking() -> None:
    stale = CATALOGUE.stale(date(2026, 11, 21))
    assert stale
    for fact in stale:
        source, confidence = fact.provenance.source, fact.provenance.confidence
        assert source in {"own", "none found"} or confidence == "low"
    listed = {(fact.platform_id, fact.fact) for fact in stale}
    assert ("x", "password_change_ends_tokens") in listed
    assert ("youtube", "waits.transfer_ownership") not in listed


def test_stale_lists_every_fact_once_a_year_has_passed_without_a_look() -> None:
    facts = sum(len(platform.provenance) for platform in CATALOGUE.platforms)
    assert len(CATALOGUE.stale(date(2027, 11, 23))) == facts


def test_a_fact_is_fresh_for_365_days_and_stale_on_the_next() -> None:
    fresh = Provenance("a page", date(2026, 1, 1), "high")
    platform = Platform("a", "A", "social", "living", provenance={"names": fresh})
    catalogue = Catalogue((platform,), {}, {}, {})
    assert catalogue.stale(date(2027, 1, 1)) == ()
    (fact,) = catalogue.stale(date(2027, 1, 2))
    assert "2026-01-01" in fact.reason


def test_a_living_platform_keeps_a_name_that_a_dead_one_had() -> None:
    dead = Platform("a_dead", "Beam", "video", "dead")
    living = Platform("b_living", "Beam", "video", "living")
    assert Catalogue((dead, living), {}, {}, {}).named("beam") == living


def test_an_overlay_adds_and_replaces_and_leaves_the_shipped_catalogue_alone() -> None:
    own = Platform("acme_forum", "Acme Forum", "social", "living", domains=("forum.acme.example",))
    other = Platform("x", "X", "social", "dead")
    laid = CATALOGUE.overlay([own, other])
    assert laid.named("acme forum") == own
    assert laid.of_url("https://forum.acme.example/").platform == own
    assert laid.get("x").is_dead
    assert not CATALOGUE.get("x").is_dead
    assert len(laid.platforms) == len(CATALOGUE.platforms) + 1


def test_a_platform_that_nobody_knows_is_all_unknown_and_none_is_guessed_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Catalogue, "_not_found", None)  # takes longer than everything else here
    platform = load_catalogue().known_of("instagramm")
    assert (platform.id, platform.resets_by_mail, platform.models) == ("instagramm", "unknown", ())
