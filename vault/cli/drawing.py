"""QR codes on a terminal."""

from __future__ import annotations

import io

from vault.domain.secret import Secret

# White on black whatever the theme: a code with its colours exchanged is refused by many phones.
_COLOURS, _PLAIN = "\x1b[97;40m", "\x1b[0m"
BORDER = 2  # modules; ISO/IEC 18004 asks for four, phones do with two, and 24 lines have to do


def qr_code(text: Secret) -> str:
    """Return lines that show a text as a QR code, two rows of it to a line."""
    import segno

    drawn = io.StringIO()
    segno.make(text.reveal(), error="l", micro=False).terminal(drawn, compact=True, border=BORDER)
    return "\n".join(f"{_COLOURS}{line}{_PLAIN}" for line in drawn.getvalue().splitlines())
