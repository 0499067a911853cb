"""What all records have in common."""

from __future__ import annotations

import msgspec

from vault.domain.ids import Id


class Record(
    msgspec.Struct,
    frozen=True,
    gc=False,
    kw_only=True,
    omit_defaults=True,
    tag_field="kind",
    tag=str.lower,
):
    """A frozen value with an id; its kind is its class's name in lower case.

    Records hold only immutable values, so they take no part in reference cycles and the garbage
    collector need not track them: opening 100,000 is three times as fast without it
    (docs/adr/0002).
    """

    id: Id
