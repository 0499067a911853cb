from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import fewer
from vault.domain.secret import Secret
from vault.errors import StorageError, UsageError
from vault.services.hash_list import HashList, opened


def sha1(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest().upper()


def listing(passwords: dict[str, int], end: str = "\n") -> bytes:
    return "".join(sorted(f"{sha1(p)}:{n}{end}" for p, n in passwords.items())).encode()


def of(content: bytes) -> HashList:
    return HashList(lambda at, length: content[at : at + length], len(content), "LIST")


MANY = {f"password {n}": n + 1 for n in range(2000)}


@fewer
@given(st.dictionaries(st.text(max_size=8), st.integers(1, 10**9), min_size=1), st.booleans())
def test_what_is_in_the_list_is_found_and_nothing_else(
    passwords: dict[str, int], windows: bool
) -> None:
    found = of(listing(passwords, "\r\n" if windows else "\n"))
    found.check()
    for password, times in passwords.items():
        assert found.count(Secret(password)) == times
    assert found.count(Secret("not among them")) == 0


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_last_line_may_end_as_it_likes_and_case_does_not_matter(end: str) -> None:
    for content in (listing(MANY, end).rstrip(), listing(MANY, end), listing(MANY, end).lower()):
        found = of(content)
        found.check()
        assert [found.count(Secret(p)) for p in MANY] == list(MANY.values())


WRONG = {
    "empty": b"",
    "blank": b"\n\n",
    "text": b"The quick brown fox\njumps over the lazy dog\n" * 50,
    "passwords": b"123456\npassword\n" * 500,
    "one endless line": b"A" * 100_000,
    "zeroes": bytes(100_000),
    "NTLM": b"".join(sorted(b"%032X:1\n" % (n * 2**115) for n in range(2000))),
    "no counts": b"".join(sorted(sha1(p).encode() + b"\n" for p in MANY)),
    "by how often": b"".join(f"{sha1(p)}:{n}\n".encode() for p, n in MANY.items()),
    "its beginning": listing(MANY)[: 44 * 1500],
    "its end": listing(MANY)[44 * 300 :].partition(b"\n")[2],
    "cut in a line": listing(MANY)[:-20],
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_whole_sorted_list_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="the list LIST "):
        of(WRONG[name]).check()


def test_a_list_out_of_order_where_nobody_looked_is_noticed_when_it_matters() -> None:
    lines = listing(MANY).splitlines(keepends=True)
    middle = len(lines) // 2 + 3
    lines[middle - 40 : middle + 40] = reversed(lines[middle - 40 : middle + 40])
    found = of(b"".join(lines))
    answers: set[str] = set()
    for password in MANY:
        try:
            found.count(Secret(password))
        except UsageError as error:
            answers.add(error.message.partition(" near ")[0])
    assert answers == {"the list LIST is out of order"}


def test_forty_gigabytes_are_searched_with_some_forty_short_reads() -> None:
    lines = 10**9
    step = 2**160 // lines
    reads: list[int] = []

    def read(at: int, length: int) -> bytes:
        reads.append(length)
        first = at // 43
        text = b"".join(b"%040X:3\n" % (n * step) for n in range(first, min(first + 4, lines)))
        return text[at - 43 * first :][:length]

    found = HashList(read, 43 * lines, "LIST")
    assert found.count(Secret("x")) == 0
    assert len(reads) < 40
    assert sum(reads) < 6000


def test_a_file_is_read_where_it_lies(tmp_path: Path) -> None:
    path = tmp_path / "hashes.txt"
    path.write_bytes(listing(MANY))
    with opened(path) as found:
        assert found.count(Secret("password 7")) == 8
    with pytest.raises(StorageError, match="cannot be read"), opened(tmp_path / "none"):
        pass
    with pytest.raises(StorageError, match="cannot be read"), opened(tmp_path):
        pass


def test_a_pipe_is_no_list(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StorageError, match="cannot be read"), opened(tmp_path / "pipe"):
        pass
