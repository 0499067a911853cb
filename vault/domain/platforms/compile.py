"""Compiles the platform files into catalogue.json, since TOML is too slow to read at every start.

Run it after a change to a file: `python -m vault.domain.platforms.compile`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from vault.domain.platforms.catalogue import Catalogue
from vault.domain.platforms.parse import parse_platform, parse_plays, parse_sources

DATA_FOLDER: Final = Path(__file__).parent / "data"
COMPILED_FILE: Final = Path(__file__).parent / "catalogue.json"


def compile_catalogue(folder: Path) -> Catalogue:
    """The catalogue the TOML files in `folder` describe; raises UsageError for a bad one."""
    sources = parse_sources(_text(folder / "_sources.toml"), "_sources.toml")
    files = sorted(path for path in folder.glob("*.toml") if not path.name.startswith("_"))
    return Catalogue(
        platforms=tuple(parse_platform(_text(path), path.name, sources) for path in files),
        generic=parse_plays(_text(folder / "_generic.toml"), "_generic.toml"),
        dead=parse_plays(_text(folder / "_dead.toml"), "_dead.toml"),
        sources=sources,
    )


def to_json(catalogue: Catalogue) -> bytes:
    """`catalogue` as JSON with one platform a line, so that a difference shows what changed."""
    shared = {"generic": catalogue.generic, "dead": catalogue.dead, "sources": catalogue.sources}
    head = b"".join(
        b'"%s":%s,\n' % (name.encode(), msgspec.json.encode(part, order="deterministic"))
        for name, part in shared.items()
    )
    lines = [msgspec.json.encode(p, order="deterministic") for p in catalogue.platforms]
    return b"{" + head + b'"platforms":[\n' + b",\n".join(lines) + b"\n]}\n"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


if __name__ == "__main__":
    COMPILED_FILE.write_bytes(to_json(compile_catalogue(DATA_FOLDER)))
