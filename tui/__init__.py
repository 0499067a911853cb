"""The terminal interface; `run` is what the command line finds under its entry point."""

from __future__ import annotations

from vault.services.environment import Environment

_DEFECT = 9  # docs/exit-codes.md; who leaves on purpose gives a code


def run(location: str, env: Environment) -> int:
    """Run the interface on the vault at `location` until it is left; return the exit code.

    Raises what a change was refused with that was still being written when it was left.
    """
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
