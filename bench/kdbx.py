"""A program of its own, for an environment with pykeepass: make a database from an XML file.

    python kdbx.py XML DATABASE PASSPHRASE-FILE

It is KDBX 4 with Argon2id, 64 MiB, 3 passes and 4 lanes.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from uuid import UUID

from lxml import etree
from pykeepass import create_database

ARGON2ID = UUID("9e298b19-56db-4773-b23d-fc3ec6f0a1e6").bytes  # KeePass's own number for it
MEMORY_BYTES, PASSES, LANES = 64 * 1024 * 1024, 3, 4


def main(xml: Path, database: Path, passphrase: str) -> None:
    """Put the tree of the XML file into a new database."""
    made = create_database(str(database), password=passphrase)
    parameters = made.kdbx.header.value.dynamic_header.kdf_parameters.data.dict
    parameters["$UUID"].value = ARGON2ID
    parameters["M"].value = MEMORY_BYTES
    parameters["I"].value = PASSES
    parameters["P"].value = LANES
    ours = etree.parse(xml, etree.XMLParser(huge_tree=True)).find("Root/Group")
    root = made.tree.find("Root")
    root.replace(root.find("Group"), ours)
    seconds_of_2026 = struct.pack("<q", 63902822400)  # KDBX 4 counts from the year 1
    made.save()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]).read_text("utf-8").strip())
