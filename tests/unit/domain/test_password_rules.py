"""The rules for passwords in a platform's file: what may be said, and what contradicts itself."""

from __future__ import annotations

import pytest

from vault.domain.platforms.model import PasswordRules
from vault.domain.platforms.parse import parse_platform
from vault.errors import UsageError

FORUM = """
id = "forum"
name = "Forum"
kind = "social"
status = "living"

[password]
source = "own"
min_length = 8
{}

[sources]
own = {{ what = "ours", checked_on = 2026-03-04, confidence = "high" }}
"""


def rules(lines: str) -> PasswordRules | None:
    return parse_platform(FORUM.format(lines), "forum.toml").password


def test_a_file_says_which_characters_in_which_order_a_platform_takes() -> None:
    said = 'only = ["letter", "digit"]\nforbidden = "xyz"\nclasses = 3\nlongest_run = 2\n'
    assert rules(said + "first_letter = true") == PasswordRules(
        8,
        only=("letter", "digit"),
        forbidden="xyz",
        classes=3,
        longest_run=2,
        first_letter=True,
    )


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('only = ["digits"]', "only 1"),
        ('only = "digit"', "only"),
        ("forbidden = 3", "forbidden"),
        ("classes = 5", "classes"),
        ('classes = 2\nonly = ["digit"]', "classes"),
        ("longest_run = 0", "longest_run"),
        ('first_letter = "yes"', "first_letter"),
        ('first_letter = true\nonly = ["digit"]', "first_letter"),
        ('required = ["letter"]\nonly = ["digit", "symbol"]', "required"),
        ('required = ["digit"]\nforbidden = "0123456789"', "required"),
        ("max_length = 7", "max_length"),
        ("longest = 2", "longest"),
    ],
)
def test_rules_that_are_not_understood_or_contradict_themselves_say_where(
    line: str, key: str
) -> None:
    with pytest.raises(UsageError) as caught:
        rules(line)
    assert caught.value.message.startswith(f"forum.toml: [password] {key}: ")
