"""What docs/performance.md promises, as ratios and limits over the figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from bench.suite import CONSTANT_PART, OURS, PYTHON, Figures

MIDDLE, LARGE = 10_000, 100_000


@dataclass(frozen=True)
class Target:
    """A limit that a value must not exceed; `value` is None where something was not measured."""

    what: str
    limit: float
    unit: str
    value: Callable[[Figures], float | None]

    def verdict(self, figures: Figures) -> str:
        """Return "reached", "missed" or "not measured"."""
        value = self.value(figures)
        if value is None:
            return "not measured"
        return "reached" if value <= self.limit else "missed"


def _start(figures: Figures) -> float | None:
    ours, bare = figures.get("start"), figures.get("start", program=PYTHON)
    return ours.seconds / bare.seconds if ours and bare else None


def _peak(figures: Figures) -> float | None:
    found = [each for each in figures if (each.program, each.size) == (OURS, LARGE)]
    return max((figure.peak_mib for figure in found), default=None)


def _ratio(action: str, limit: float) -> Target:
    what = f"{action}, {MIDDLE:,} accounts, of keepassxc-cli's time"
    return Target(what, limit, "x", lambda figures: figures.ratio(action, MIDDLE))


def _beyond(what: str, limit: float, action: str, constant: str, size: int) -> Target:
    return Target(what, limit, "s", lambda figures: figures.beyond(action, constant, size))


def _growth(action: str) -> Iterator[Target]:
    """The whole time, and what is beyond start and KDF: by CPU, and by the wall.

    By the wall that tells more than there is: what 10,000 accounts need is done for a part while
    the key is derived, and what is left of it is little more than a shared machine is uneven by.
    """
    what = f"{action}: exponent of growth"
    beyond = f"{what}, beyond start and KDF"
    yield Target(what, 1.1, "", lambda figures: figures.growth(action, MIDDLE, LARGE))
    for how, cpu in ((", by CPU", True), ("", False)):
        of = partial(Figures.exponent, action=action, small=MIDDLE, large=LARGE, cpu=cpu)
        yield Target(f"{beyond}{how}", 1.1, "", of)


TARGETS: tuple[Target, ...] = (
    Target("--version, of `python -c pass`", 5, "x", _start),
    _ratio("list", 1 / 3),
    _ratio("show", 1 / 3),
    _ratio("change", 1 / 4),
    Target(
        f"import, {MIDDLE:,} accounts, of keepassxc-cli's time at the same KDF",
        1 / 2,
        "x",
        lambda figures: figures.import_ratio(MIDDLE),
    ),
    _beyond(f"plan beyond opening, {MIDDLE:,}", 1, "plan", "open again", MIDDLE),
    _beyond(f"open and verify beyond start and KDF, {LARGE:,}", 2, "open", "open (empty)", LARGE),
    _beyond(f"plan beyond opening, {LARGE:,}", 5, "plan", "open again", LARGE),
    *(target for action in CONSTANT_PART for target in _growth(action)),
    Target(f"peak memory of any action, {LARGE:,}", 600, "MiB", _peak),
)
