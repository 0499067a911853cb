"""`safehands platform show`: every fact with where it is from, for people and for pipes."""

from __future__ import annotations

from pathlib import Path

from tests.cli.runner import Desk, refusal


def test_facts_are_told_with_the_number_of_their_source(tmp_path: Path) -> None:
    out = Desk(tmp_path).bare("platform", "show", "google account").out
    facts, _, rest = out.partition("Sources\n")
    number = next(line for line in facts.splitlines() if line.startswith("inactivity")).split()[1]
    assert "24 months" in facts
    assert "links: lost factor" in facts
    source = next(line for line in rest.splitlines() if line.startswith(f"  {number}. "))
    assert "news and forum posts; checked on 2026-11-21, confidence medium" in source


def test_no_line_into_a_pipe_is_filled_up_with_blanks(tmp_path: Path) -> None:
    for name in ("x", "youtube", "viva engage"):
        lines = Desk(tmp_path).bare("platform", "show", name).out.splitlines()
        assert [line for line in lines if line.endswith(" ")] == []


def test_a_platforms_file_of_the_user_that_may_run_for_ever_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "safehands" / "platforms"
    folder.mkdir(parents=True)
    text = 'extends = "x"\n[names]\nsource = "own"\nhandle_pattern = "^(a+)+$"\n'
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    refused = Desk(tmp_path).bare("platform", "show", "x")
    assert refused.code == 2
    assert "mine.toml: [names] handle_pattern: can match" in refusal(refused)


def test_nothing_was_looked_up_tomorrow(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "safehands" / "platforms"
    folder.mkdir(parents=True)
    said = '{ what = "me", checked_on = 2999-01-01, confidence = "high" }'
    text = f'extends = "x"\n[sources]\nme = {said}\n[waits]\nsource = "me"\nadd_seat = 1\n'
    (folder / "mine.toml").write_text(text, encoding="utf-8")
    assert "is in the future" in refusal(Desk(tmp_path).bare("platform", "list"))
