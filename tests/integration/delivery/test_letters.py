"""What a mail looks like: which report it is, and nothing that a title makes of it."""

from __future__ import annotations

import pytest

from tests.integration.delivery.test_mailing import ANA, SENDER, opened, report
from vault.services.mailing import compose


def test_mails_of_one_kind_say_which_they_are() -> None:
    words = ("30 days", "policy a/b: x")
    made = opened(compose(report(), "csv", SENDER, ANA, bytes, words=words))
    subject = "Accounts nobody uses (30 days, policy a/b: x), 2026-03-02: 2 dormant accounts"
    assert made["Subject"].strip() == subject  # what is folded begins with a space
    [attached] = made.iter_attachments()
    assert attached.get_filename() == "dormant-30-days-policy-a-b-x-2026-03-02-1200.csv"


@pytest.mark.parametrize(
    "hostile", ["x\r\nBcc: everybody@evil.example", "\u2028Bcc: x", "a" * 5000, "\ud800\u202e"]
)
def test_no_title_makes_a_header_of_its_own(hostile: str) -> None:
    made = opened(compose(report(hostile), "html", SENDER, ANA, bytes))
    assert set(made.keys()) == {
        "Subject",
        "From",
        "To",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
    }
    assert len(made["Subject"]) <= 150
    assert compose(report(hostile), "table", SENDER, ANA, bytes).isascii()
