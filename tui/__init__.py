"""The terminal interface; `run` is what the command line finds under its entry point."""

from __future__ import annotations

import gc

from vault.services.environment import Environment

COLLECTING = (10_000, 10, 10)
"""How often garbage is looked for: pages that are gone are cycles, of some 40,000 objects each."""

_DEFECT = 9  # docs/exit-codes.md; who leaves on purpose gives a code


def run(location: str, env: Environment) -> int:
    """Run the interface on the vault at `location` until it is left; return the exit code.

    Raises what a change was refused with that was still being written when it was left.
    """
    # It lives for days, unlike a command, after which nobody need tidy up (`vault.cli.console`).
    gc.set_threshold(*COLLECTING)
    from tui.app import SafehandsApp
    from tui.desk import Desk

    app = SafehandsApp(Desk(location, env))
    try:
        code = app.run()  # it waits for its threads
    finally:
        app.desk.lock()
    for error in app.unheard:
        raise error
    return _DEFECT if code is None else code
