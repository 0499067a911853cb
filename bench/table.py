"""The figures as a table for people and as JSON for keeping."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from bench.suite import OURS, Figure, Figures
from bench.targets import TARGETS

_HEAD = (
    "accounts",
    "action",
    "program",
    "median s",
    "CPU s",
    "peak MiB",
    "n",
    "of the peer's",
    "by CPU",
)


def lines(figures: Figures) -> Iterator[str]:
    """Yield the figures, then the targets, line by line."""
    rows = [_HEAD, *(_row(figures, figure) for figure in figures)]
    yield from _aligned(rows)
    yield ""
    judged = [("target", "limit", "found", "")]
    for target in TARGETS:
        value = target.value(figures)
        found = "" if value is None else f"{value:.2f} {target.unit}"
        judged.append(
            (target.what, f"{target.limit:.2f} {target.unit}", found, target.verdict(figures))
        )
    yield from _aligned(judged)


def as_json(figures: Figures, notes: dict[str, str]) -> str:
    """Return every run, the targets, and what the machine is in general terms."""
    document = {
        "machine": {"python": platform.python_version(), "architecture": platform.machine()},
        "notes": notes,
        "figures": [asdict(figure) for figure in figures],
        "targets": [
            {
                "what": target.what,
                "limit": target.limit,
                "unit": target.unit,
                "value": target.value(figures),
                "verdict": target.verdict(figures),
            }
            for target in TARGETS
        ],
    }
    return json.dumps(document, indent=1)


def _row(figures: Figures, figure: Figure) -> tuple[str, ...]:
    ours = figure.program == OURS
    ratio = figures.ratio(figure.action, figure.size) if ours else None
    cpu_ratio = figures.cpu_ratio(figure.action, figure.size) if ours else None
    return (
        f"{figure.size:,}" if figure.size else "",
        figure.action,
        figure.program,
        f"{figure.seconds:.3f}",
        f"{figure.cpu_seconds:.3f}",
        f"{figure.peak_mib:.0f}",
        str(len(figure.runs)),
        "" if ratio is None else f"{ratio:.2f} x",
        "" if cpu_ratio is None else f"{cpu_ratio:.2f} x",
    )


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
