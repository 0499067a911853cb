"""`safehands report`: its forms, its files, its exit codes, and a review from start to close."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cli.runner import Desk, refusal
from vault.services.reporting import REPORTS


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("reports")
    folder.chmod(0o700)
    desk = Desk(folder).found().keep_open().with_webcare()
    desk.do("account", "add", "x/@acme", "--role", "webcare")
    desk.do("account", "add", "youtube/@acme", "--role", "webcare")
    desk.do("seat", "add", "youtube/@acme", "jan")
    desk.do("credential", "set", "x/@acme", "--generate", "--stdout")
    desk.do("dormant", "record", "x/@acme", "--last", "2020-01-01")
    desk.do("offboard", "start", "jan", "--last-day", "2099-01-01", code=None)
    return desk


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_answers_in_every_form(desk: Desk, name: str) -> None:
    for form in ("table", "json", "csv", "markdown", "html"):
        assert desk.do("report", name, "--format", form, code=None).out
    assert desk.ask("report", name, code=None)["schema"].startswith("safehands.report_")
    if name in {"dormant", "rotation", "evidence"}:
        told = desk.do("report", name, "--format", "calendar", code=None).out
        assert told.startswith("BEGIN:VCALENDAR")
    else:
        answer = desk.do("report", name, "--format", "calendar", code=2)
        assert "has no dates" in refusal(answer)


def test_the_exit_code_says_whether_somebody_is_to_act(desk: Desk) -> None:
    desk.do("report", "dormant", code=1)
    desk.do("report", "dormant", "--days", "36500", code=0)
    desk.do("report", "evidence", code=0)
    desk.do("report", "dormant", "--as-of", "2001-01-01", code=0)


def test_a_report_goes_to_a_new_file_and_with_force_in_place_of_an_old_one(
    desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "owners.csv"
    order = ("report", "ownership", "--format", "csv", "--out", str(path))
    assert desk.do(*order, code=None).out == ""
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert [row["account"] for row in rows[:2]] == ["x/@acme", "youtube/@acme"]
    assert "is there already" in refusal(desk.do(*order, code=8))
    desk.do("account", "add", "tiktok/@acme")
    desk.do(*order, "--force", code=None)
    assert "tiktok/@acme" in path.read_text(encoding="utf-8")
    vault = ("report", "ownership", "--format", "csv", "--out", str(desk.vault), "--force")
    assert "is no earlier report" in refusal(desk.do(*vault, code=8))
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    refusal(desk.do(*order, "--force", code=8))
    assert not (tmp_path / "elsewhere").exists()


def test_a_report_tells_what_changed_since_a_day_and_how_its_figures_moved(desk: Desk) -> None:
    told = desk.ask("report", "ownership", "--since", "2020-01-01", "--months", "3", code=None)
    added = [row["what"] for row in told["sections"]["changes"] if row["change"] == "added"]
    assert {"x/@acme", "youtube/@acme"} <= set(added)
    assert "is no date" in refusal(desk.do("report", "ownership", "--since", "soon", code=2))
    late = desk.do("report", "ownership", "--since", "2999-01-01", code=2)
    assert "is after" in refusal(late)
    assert "9999" in refusal(desk.do("report", "ownership", "--months", "9999", code=2))


def test_a_report_tells_of_no_month_before_the_vault_was_made(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = ("report", "ownership", "--months", "3")
    assert desk.ask(*order, code=None)["past"]["accounts"] == [], "it was made today"
    assert " on 20" not in desk.do(*order, code=None).out
    monkeypatch.setattr(desk, "ahead", timedelta(days=70))
    assert len(desk.ask(*order, code=None)["past"]["accounts"]) == 2


def test_the_evidence_of_a_case_names_the_entries_that_prove_it(desk: Desk) -> None:
    told = desk.ask("report", "evidence", "jan")["sections"]
    assert [row["case"] for row in told["cases"]] == ["departure of Jan Bakker"]
    assert [row["act"] for row in told["journal"]] == ["offboard.start"]
    assert len(told["journal"][0]["hash"]) == 64
    desk.do("report", "evidence", "nobody", code=4)


def test_the_evidence_of_a_rotation_names_who_made_and_saw_its_secrets_while_it_went_on(
    desk: Desk, tmp_path: Path
) -> None:
    desk = desk.copy(tmp_path)
    desk.do("account", "add", "x/@acmepro", "--role", "webcare")
    make = ("credential", "set", "x/@acmepro")
    desk.do(*make, "--stdin", "--current", stdin="a bicycle and seven moons")
    case = desk.ask("rotate", "start", "x/@acmepro")["rotations"][0]["case"]
    desk.do(*make, "--generate", "--stdout")
    desk.do("credential", "reveal", "x/@acmepro", "--stage", "pending", "--stdout")
    desk.do("account", "edit", "x/@acmepro", "--purpose", "news")
    desk.do("rotate", "stop", "x/@acmepro", "--reason", "not today", "--old-works")
    desk.do("credential", "reveal", "x/@acmepro", "--stdout")
    rows = desk.ask("report", "evidence", case)["sections"]["journal"]
    acts = [row["act"] for row in rows]
    assert acts == ["rotate.start", "credential.set", "credential.reveal", "rotate.stop"]
    seen = rows[2]["about"]
    assert seen == "x/@acmepro, password version 3"


def test_the_rotation_report_goes_by_the_policy_of_this_device_or_the_one_named(desk: Desk) -> None:
    usual = desk.folder / "config" / "safehands" / "rotation.toml"
    usual.parent.mkdir(parents=True, exist_ok=True)
    usual.write_text("nonsense = 1", encoding="utf-8")
    try:
        assert "rotation.toml" in refusal(desk.do("report", "rotation", code=2))
        usual.write_text('[[breach]]\nplatform = "twiter"\non = 2026-01-01\n', encoding="utf-8")
        for command in (("report", "rotation"), ("check",), ("rotate", "due")):
            assert "'twiter'" in refusal(desk.do(*command, code=2))
        other = desk.folder / "none.toml"
        assert "is not there" in refusal(
            desk.do("report", "rotation", "--policy", str(other), code=8)
        )
    finally:
        usual.unlink()


def test_a_review_is_begun_decided_and_closed(desk: Desk) -> None:
    assert "no review" in refusal(desk.do("report", "access-review", "--close", code=4))
    begun = desk.ask("report", "access-review", "--start", " Autumn\t", "--role", "webcare")
    assert begun["name"] == "Autumn"
    assert list(begun) == ["schema", "review", "name", "begun", "decided", "closed"]
    assert "is open" in refusal(desk.do("report", "access-review", "--start", "autumn", code=5))
    shown = desk.ask("report", "access-review", code=1)
    left = shown["figures"]["undecided"]
    assert left == shown["figures"]["ties"] > 3
    assert "undecided" in refusal(desk.do("report", "access-review", "--close", code=5))

    decide = ("report", "access-review", "aut")
    own = desk.do(*decide, "--keep", "person:eva", "--by", "eva", code=5)
    assert "they are their own" in refusal(own)
    assert "with --by: Ana Kramer" in own.err
    others = desk.do(*decide, "--keep", "person:eva", "--by", "jan", code=5)  # he leaves
    assert "they are for others to decide" in refusal(others)
    none = desk.do(*decide, "--keep", "person:nobody", "--by", "ana", code=4)
    assert refusal(none) == "no tie of Autumn goes by 'person:nobody'"
    desk.do(*decide, "--keep", "person:eva", "--by", "ana")
    done = desk.do(*decide, "--keep", "person:eva", "--by", "ana", code=4)
    assert "is decided" in refusal(done)
    desk.do(*decide, "--remove", "kind:seat", "--keep", "person:jan role:webcare", "--by", "eva")
    shown = desk.ask("report", "access-review", code=1)
    assert shown["figures"]["undecided"] == 0
    (seat,) = (row for row in shown["sections"]["to_remove"] if row["tie"] == "seat")
    assert seat["work"] == "Remove Jan Bakker's seat from youtube/@acme"

    again = desk.do(*decide, "--keep", seat["id"], "--by", "eva", code=5)
    assert "to remove this" in refusal(again)
    desk.do(*decide, "--keep", seat["id"], "--by", "eva", "--reason", "he stays")
    shown = desk.ask("report", "access-review", code=0)
    both = [row["decision"] for row in shown["sections"]["decided"] if row["id"] == seat["id"]]
    assert both == ["remove", "keep"]

    assert "closed" in desk.do(*decide, "--close", "--by", "eva").out
    late = desk.do(*decide, "--remove", seat["id"], "--by", "eva", "--reason", "late", code=5)
    assert "is closed" in refusal(late)
    acts = [entry["act"] for entry in desk.ask("journal", "list")["entries"]]
    assert acts.count("review.decide") == 3


def test_a_review_that_is_not_there_or_empty_is_refused(desk: Desk) -> None:
    assert "needs a name" in refusal(desk.do("report", "access-review", "--start", " ", code=2))
    desk.do("role", "add", "Nothing")
    empty = desk.do("report", "access-review", "--start", "None", "--role", "nothing", code=5)
    assert "no tie to review" in refusal(empty)
    assert "no review" in refusal(desk.do("report", "access-review", "winter", code=4))
    past = desk.do("report", "access-review", "--start", "Past", "--as-of", "2020-01-01", code=2)
    refusal(past)
