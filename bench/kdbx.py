"""A program of its own, for an environment with pykeepass: make a database from an XML file.

    python kdbx.py XML DATABASE PASSPHRASE-FILE

The database is KDBX 4, its key derived by Argon2id with 64 MiB, 3 passes and 4 lanes.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from uuid import UUID

ARGON2ID = UUID("9e298b19-56db-4773-b23d-fc3ec6f0a1e6").bytes  # KeePass's own number for it
MEMORY_BYTES, PASSES, LANES = 64 * 1024 * 1024, 3, 4


def main(xml: Path, database: Path, passphrase: str) -> None:
    """Put the tree of the XML file into a new database."""
    # By name, because the environment that checks types does not have them.
    etree, pykeepass = import_module("lxml.etree"), import_module("pykeepass")
    made = pykeepass.create_database(str(database), password=passphrase)
    parameters = made.kdbx.header.value.dynamic_header.kdf_parameters.data.dict
    parameters["$UUID"].value = ARGON2ID
    parameters["M"].value = MEMORY_BYTES
    parameters["I"].value = PASSES
    parameters["P"].value = LANES
    root = made.tree.find("Root")
    ours = etree.parse(str(xml), etree.XMLParser(huge_tree=True)).find("Root/Group")
    root.replace(root.find("Group"), ours)
    made.save()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]).read_text("utf-8").strip())
