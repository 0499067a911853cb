"""What stands in the cell for the handle beside an address, which decides."""

from __future__ import annotations

import msgspec

from vault.domain.platforms import Catalogue
from vault.domain.platforms.handles import MATCHED_LIMIT
from vault.domain.text import clean
from vault.exchange.cleaning import tidied
from vault.exchange.profiles import Profile, Remark


def beside_address(
    catalogue: Catalogue, profile: Profile, cell: str
) -> tuple[Profile, str, Remark | None]:
    """Return the profile, what it is called by the cell, and a remark where the two disagree.

    A handle is taken where the address gives only an id. What can be no handle on the platform is
    a display name: people write both into one column.
    """
    if cell.removeprefix("@") == profile.handle:  # most are; reading one takes ten microseconds
        return profile, "", None
    platform = catalogue.get(profile.platform)
    read = catalogue.handle(platform, cell[:MATCHED_LIMIT])
    key = profile.key
    # The address tells name spaces and servers apart, and people leave them out.
    same = {key, key.rpartition("/")[2], key.partition("@")[0], profile.platform_id}
    if not read.written.strip("@") or {read.canonical, read.platform_id} & (same - {""}):
        return profile, "", None
    if read.problem and (
        read.canonical.startswith(f"{key}.") or key.startswith(f"{read.canonical}.")
    ):
        return profile, "", None
    has = f"the address: {clean(profile.handle or profile.platform_id)}"
    if read.problem and "://" not in cell:
        shown = tidied(cell)[0]
        taken = f"{has}; {clean(shown)!r} as the display name, unless there is one"
        return profile, shown, ("handle", "handle", clean(read.problem), taken)
    if read.canonical and not key and tidied(read.written)[0] == read.written:
        return msgspec.structs.replace(profile, handle=read.written, key=read.canonical), "", None
    what = f"{clean(cell)!r} is not what the address says"
    return profile, "", ("handle", "contradiction", what, has)
