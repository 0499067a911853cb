"""Bytes in, bytes out: the primitives of the formats, and the only importer of `cryptography`."""
