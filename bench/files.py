"""The company as files: CSV and mappings for `safehands import`, XML for `keepassxc-cli import`."""

from __future__ import annotations

import csv
from base64 import b64encode
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from xml.sax.saxutils import escape

from bench.company import AccountRow, Company, MailboxRow, PersonRow, RoleRow

KINDS: dict[str, type[tuple[str, ...]]] = {
    "people": PersonRow,
    "roles": RoleRow,
    "mailboxes": MailboxRow,
    "accounts": AccountRow,
}
"""What is imported, by the name a mapping has for it; the columns are named like the fields."""

_MOMENT = "2026-01-01T00:00:00Z"
_TIMES = (
    f"<Times><LastModificationTime>{_MOMENT}</LastModificationTime>"
    f"<CreationTime>{_MOMENT}</CreationTime><LastAccessTime>{_MOMENT}</LastAccessTime>"
    f"<ExpiryTime>{_MOMENT}</ExpiryTime><Expires>False</Expires><UsageCount>0</UsageCount>"
    f"<LocationChanged>{_MOMENT}</LocationChanged></Times>"
)


def write_csv(company: Company, folder: Path) -> None:
    """Write one CSV file and one mapping a kind into `folder`."""
    rows: dict[str, Iterable[tuple[str, ...]]] = {
        "people": company.people(),
        "roles": company.roles(),
        "mailboxes": company.mailboxes(),
        "accounts": company.accounts(),
    }
    for kind, row in KINDS.items():
        columns: tuple[str, ...] = row._fields  # type: ignore[attr-defined]  # a NamedTuple
        with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(rows[kind])
        lines = [f'[source]\nname = "bench-{kind}"\nkind = "{kind}"\n\n[columns]']
        lines += [f'{column} = "{column}"' for column in columns]
        (folder / f"{kind}.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_xml(company: Company, path: Path) -> None:
    """Write the accounts as a KeePass 2 XML file with the same fields as the CSV file."""
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<KeePassFile>')
        file.write("<Meta><Generator>bench</Generator></Meta><Root><Group>")
        file.write(f"<UUID>{_uuid('root')}</UUID><Name>Root</Name>{_TIMES}\n")
        for row in company.accounts():
            file.write(_entry(row))
        file.write("</Group></Root></KeePassFile>\n")


def title(row: AccountRow) -> str:
    """Return the title of an entry; a slash in it would be a path to keepassxc-cli."""
    return f"{row.platform} {row.handle}"


def _entry(row: AccountRow) -> str:
    standard = {"Title": title(row), "UserName": row.handle, "Notes": row.note}
    own = {name: value for name, value in row._asdict().items() if name not in ("handle", "note")}
    strings = "".join(
        f"<String><Key>{escape(key)}</Key><Value>{escape(value)}</Value></String>"
        for key, value in {**standard, "URL": "", **own}.items()
    )
    return f"<Entry><UUID>{_uuid(row.handle)}</UUID>{_TIMES}{strings}</Entry>\n"


def _uuid(text: str) -> str:
    return b64encode(blake2b(text.encode(), digest_size=16).digest()).decode()
