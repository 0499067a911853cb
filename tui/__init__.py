"""The terminal interface; `run` is what the command line finds under its entry point."""

from __future__ import annotations

from vault.services.environment import Environment

_DEFECT = 9  # docs/exit-codes.md; who leaves on purpose gives a code


def run(location: str, env: Environment) -> int:
    """Run the interface on the vault at `location` until it is left; return the exit code."""
    from tui.app import SafehandsApp
    from tui.desk import Desk

    code = SafehandsApp(Desk(location, env)).run()
    return _DEFECT if code is None else code
