"""`python -m tests.cli.json_page` prints docs/json.md: every document, and every field of it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click

from tests.cli.answers import RECORDS as RECORD_NAMES
from tests.cli.answers import Shape, brugman, shapes
from tests.conftest import REPOSITORY
from vault import errors
from vault.cli.diagnostics import _kind, exit_code
from vault.errors import SafehandsError

HEAD: Final = """\
# Documents for programs

What commands answer with `--json`: one document on standard output, with its `schema` and then
every field listed here. Made by `make json` from real answers on the demo company, and from what
the code declares of records; a field has each type that was seen there.

| type | |
| --- | --- |
| `id` | 32 hexadecimal digits; empty text where there is none |
| `day`, `moment` | `2026-12-21`, `2026-12-21T09:30:00Z` |
| `text`, `number`, `true or false`, `null` | as in JSON |
| `list of object` | the fields of its items are `name[].field`; a mere `list` was empty there |
| `object` | its fields are `name.field`; `name.*` where the keys are data |
| `record of kind K` | the fields of that record, below |

`as_of` is the moment that was asked about. Keys are only ever added to a version.
A document that holds a secret (`safehands.secret`, `totp_code`, `totp_seed`, `recovery_code`) is
given with `--stdout` only, on a terminal too: nothing takes it off the screen again.
"""

BY_HAND: Final = """\
safehands.vault/1; init; path text|vault_id id
safehands.member/1; member add-reporter, passphrase, remove; id id|name text|kind text|since moment
 |fingerprint text|is_you true or false|became text
safehands.totp_code/1; credential totp; account id|code text|seconds_left number
safehands.totp_enrolled/1; credential totp --code; account id|credential id|version number
safehands.recovery_code/1; credential use-code; account id|credential id|code text
 |codes_left number
safehands.older_accepted/1; journal accept-older; given_up number|entries number|fingerprint text
safehands.unverified_export/1; export --unverified; warning text|fault text|records list of record
 |unopened list of object|unopened[].id id|unopened[].why text
safehands.probe/1; dormant probe; asked_at moment|is_complete true or false|requests number
 |unchanged number|counts object|counts.* number|sources list of object|sources[].source text
 |sources[].asked number|sources[].outcomes object|sources[].outcomes.* number
 |sources[].updated number|sources[].withheld number|sources[].trouble text
 |accounts list of object|accounts[].account id|accounts[].platform text|accounts[].handle text
 |accounts[].source text|accounts[].address text|accounts[].outcome text
 |accounts[].last moment or null|accounts[].told text|accounts[].unchanged true or false
safehands.import/1; import; source text|as_of moment|dry_run true or false|written true or false
 |read object|read.* number|created object|created.* number|updated object|updated.* number
 |unchanged object|unchanged.* number|skipped object|skipped.* number
 |problems list of object|problems[].where object
 |problems[].where.file text|problems[].where.row number|problems[].where.column text
 |problems[].kind text|problems[].message text|problems[].taken text|proposals list of object
 |proposals[].kind text|proposals[].id id|proposals[].label text|proposals[].ended true or false
"""
"""What the story has no answer of: it needs another vault, a network, or a terminal."""


def as_markdown(found: dict[str, Shape]) -> str:
    """Return the page."""
    records = found[ERROR].records
    parts = {name: _document(name, shape) for name, shape in found.items()}
    for line in BY_HAND.replace("\n |", "|").splitlines():
        name, command, fields = line.split("; ")
        rows = (row.split(" ", 1) for row in fields.split("|"))
        parts[name] = _section(name, f"`{command}`", (f"{p:32} {kind}" for p, kind in rows))
    for kind in RECORD_NAMES:
        alone = f"What changes one answers with the fields of the [record](#record-{kind})."
        parts.setdefault(f"safehands.{kind}/1", _section(f"safehands.{kind}/1", alone, ()))
    sections = (parts[name] for name in sorted(parts) if name != ERROR)
    told = (_section(f"record {kind}", "", records[kind].lines()) for kind in sorted(records))
    return "\n".join([HEAD, *_errors(parts[ERROR]), RECORDS, *told, *sections])


def _document(name: str, shape: Shape) -> str:
    about = ", ".join(f"`{command}`" for command in shape.commands)
    kind = name.removeprefix("safehands.").removesuffix("/1")
    record = shape.records.get(kind)
    if record is None:
        return _section(name, about, shape.lines())
    about = f"{about}, and what changes one: the fields of the [record](#record-{kind})"
    more = [line for line in shape.lines() if line.split()[0] not in record.types]
    return _section(name, f"{about}; where it is shown also:" if more else f"{about}.", more)


RECORDS: Final = """\
## Records

What documents call a record has these fields. No record has a secret in it.
"""
ERROR: Final = "safehands.error/1"


def _section(name: str, about: str, lines: Iterable[str]) -> str:
    level = "###" if name.startswith("record ") else "##"
    block = "\n".join(["```", *lines, "```\n"])
    parts = [f"{level} {name}", about, "" if block == "```\n```\n" else block]
    return "\n\n".join(part for part in parts if part).rstrip("\n") + "\n"


def _errors(section: str) -> Iterator[str]:
    yield re.sub(r"`person show.*", "Any command that ends with more than 1.", section)
    yield "`candidates`, a list of text, is there when a name was ambiguous. `kind` is one of:\n"
    yield "| kind | code |\n| --- | --- |"
    for kind, code in sorted(error_kinds().items(), key=lambda each: (each[1], each[0])):
        yield f"| `{kind}` | {code} |"
    yield ""


def error_kinds() -> dict[str, int]:
    """Return what `kind` may be in a document of an error, each with its exit code."""
    kinds = [k for k in vars(errors).values() if isinstance(k, type)]
    made = [k.__new__(k) for k in kinds if issubclass(k, errors.SafehandsError)]
    return {_kind(each): int(exit_code(each)) for each in made if type(each) is not SafehandsError}


if __name__ == "__main__":
    os.chdir(REPOSITORY)
    with TemporaryDirectory() as folder:
        click.echo(as_markdown(shapes(brugman(Path(folder)))), nl=False)
