"""One of two admins who change the same password at once, each in a process of their own.

It opens the vault, says that it is ready, does what each line names, and says what came of it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.faults import story
from vault.domain.account import Account
from vault.domain.rotation_policy import USUAL
from vault.domain.secret import Secret
from vault.errors import RefusedError
from vault.services.credentials import set_credential
from vault.services.rotation import Target, start_rotation
from vault.services.session import Session
from vault.services.vaults import open_vault


def done(session: Session, what: str, name: str) -> str:
    """Begin a rotation, or make a new secret; return "done", or why that was refused."""
    account = next(iter(session.registry.all(Account)))
    try:
        if what == "rotation":
            start_rotation(session, Target(account, story.secret_of(session)), USUAL)
        else:
            set_credential(session, account, Secret(f"made by {name}"))
    except RefusedError as refusal:
        return f"refused: {refusal.message}"
    return "done"


def main() -> None:
    """Race in the folder that is named first, under the name that is named second."""
    folder, name = Path(sys.argv[1]), sys.argv[2]
    session = open_vault(
        str(folder / story.VAULT), lambda: story.PASSPHRASE, story.environment(folder)
    )
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(f"{done(session, line.strip(), name)}\n")
        sys.stdout.flush()
    session.close()


if __name__ == "__main__":
    main()
