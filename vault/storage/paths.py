"""Which files may be a vault: ours, and closed to others (docs/threat-model.md, T3 and T11)."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from shlex import quote

from vault.errors import NotAVaultError, RefusedError, StorageError, UnsafePathError, UsageError

FILE_MODE = 0o600
FOLDER_MODE = 0o700

_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH
_COMPANIONS = ("-wal", "-shm", "-journal")
_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = frozenset(
    {
        "9p",
        "afs",
        "afpfs",
        "ceph",
        "cifs",
        "fuse.sshfs",
        "glusterfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
    }
)


def file_of(location: str) -> Path:
    """Return the absolute path that a vault's location names; raises UsageError for a server's."""
    scheme, is_url, _ = location.partition("://")
    if is_url or location.startswith(("postgresql:", "postgresql+", "postgres:")):
        raise UsageError(
            f"A vault on a server ({scheme.partition(':')[0]}) cannot be opened by this program.",
            "Give the path of a vault's file: this version knows no servers.",
        )
    if not location:
        raise UsageError("No vault is named.", "Give the path of its file.")
    return Path(os.path.abspath(Path(location).expanduser()))  # noqa: PTH100  # must not follow links


def check_existing(path: Path) -> None:
    """Return if the file at `path` may be opened as a vault.

    Raises StorageError where there is none, NotAVaultError for what is no file, and
    UnsafePathError for a link, for a file with several names, for what another user owns, and for
    what others may write to: the file, its folder, and the files SQLite keeps beside it.
    """
    try:
        found = path.lstat()
    except OSError as error:
        raise StorageError(
            f"There is no vault at {path} ({error.strerror}).",
            "Check the path, or make a vault there with `safehands init`.",
        ) from error
    if stat.S_ISLNK(found.st_mode):
        raise UnsafePathError(
            f"{path} is a link, which someone may point elsewhere.",
            f"Name the file itself: {path.resolve()}",
        )
    if stat.S_ISDIR(found.st_mode):
        raise NotAVaultError(f"{path} is a folder.", "Name the vault's file in it.")
    if not stat.S_ISREG(found.st_mode):
        raise NotAVaultError(f"{path} is no file.", "Check the path.")
    if found.st_nlink > 1:
        # The log of what was written last goes by the name: of what two names were given, one half
        # is lost (SQLite, "How To Corrupt An SQLite Database File", "Multiple links").
        raise UnsafePathError(
            f"{path} has {found.st_nlink} names: what is written by one is lost by another.",
            "Remove the other names (hard links), or make a copy and open that: "
            f"cp {quote(str(path))} NEW",
        )
    check_private(path)
    for suffix in _COMPANIONS:
        # Other programs on the vault make and remove these files at any moment.
        with suppress(FileNotFoundError):
            check_private(path.with_name(path.name + suffix))
    check_folder(path.parent)


def check_private(path: Path) -> None:
    """Return if `path` is a file of ours that only we may write; raises UnsafePathError if not."""
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode):
        raise UnsafePathError(
            f"{path} is no plain file.", "Find out who put it there, and move it away."
        )
    if found.st_uid != os.geteuid():
        raise UnsafePathError(
            f"{path} belongs to another user ({found.st_uid}).",
            "Work as that user, or on a copy of your own.",
        )
    if found.st_mode & _OTHERS_MAY_WRITE:
        raise UnsafePathError(f"Others may write to {path}.", f"Run: chmod go-w {quote(str(path))}")


def check_own(path: Path) -> None:
    """Return if only we and the system's administrator can say what the file at `path` holds.

    A link may lead to it. Anybody may read it. Raises UnsafePathError for what another user owns,
    and for a file or a folder to which others may write; OSError where there is no such file.
    """
    found = path.stat()
    _check_owner(path, found)
    if not stat.S_ISREG(found.st_mode):
        return  # a pipe, such as a shell's `<(...)`, has no folder
    if found.st_mode & _OTHERS_MAY_WRITE:
        raise UnsafePathError(
            f"Others may write to {path}.",
            f"See that it says what you want, then run: chmod go-w {quote(str(path))}",
        )
    for folder in {path.absolute().parent, path.resolve().parent}:
        check_own_folder(folder)


def check_own_folder(folder: Path) -> None:
    """Return if only we and the system's administrator can exchange files of ours in `folder`.

    Raises UnsafePathError otherwise, and OSError where there is no such folder.
    """
    found = folder.stat()
    _check_owner(folder, found)
    # In a folder such as /tmp nobody removes or renames what is another's (the sticky bit).
    if found.st_mode & _OTHERS_MAY_WRITE and not found.st_mode & stat.S_ISVTX:
        raise UnsafePathError(
            f"Others may write to the folder {folder}.",
            f"See that its files say what you want, then run: chmod go-w {quote(str(folder))}",
        )


def _check_owner(path: Path, found: os.stat_result) -> None:
    if found.st_uid not in {os.geteuid(), 0}:
        raise UnsafePathError(
            f"{path} belongs to another user ({found.st_uid}), who could make it say anything.",
            "See that it says what you want, and make it your own or root's (chown).",
        )


def identity(path: Path) -> tuple[int, int]:
    """Return what tells the file at `path` from any other; raises StorageError if there is none."""
    try:
        found = path.lstat()
    except OSError as error:
        raise StorageError(
            f"There is no vault at {path} any more ({error.strerror}).",
            "Put it back, or check the path.",
        ) from error
    return found.st_dev, found.st_ino


def check_folder(folder: Path) -> None:
    """Return if only we, or the system's administrator, may add files to `folder`.

    Raises UnsafePathError otherwise: who can exchange a vault's files can set it back.
    """
    found = folder.stat()
    if found.st_uid not in {os.geteuid(), 0}:
        raise UnsafePathError(
            f"The folder {folder} belongs to another user ({found.st_uid}).",
            "Keep the vault in a folder of your own.",
        )
    if found.st_mode & _OTHERS_MAY_WRITE:
        raise UnsafePathError(
            f"Others may write to the folder {folder}.",
            f"Run: chmod go-w {quote(str(folder))}, or keep the vault in a folder of its own.",
        )


def make_folder(folder: Path) -> None:
    """Make `folder` for ourselves alone (0700) unless it exists, and check that it is safe."""
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"The folder {folder} cannot be made ({error.strerror}).", "Choose another place."
        ) from error
    check_folder(folder)


def make_file(path: Path) -> None:
    """Make an empty file that only we may read and write, in a folder that is safe.

    Must come before a database opens it: SQLite alone would make it readable for everyone. Raises
    RefusedError where something is there already, and StorageError where none can be made.
    """
    make_folder(path.parent)
    flags = os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY | os.O_CLOEXEC
    try:
        os.close(os.open(path, flags, FILE_MODE))
    except FileExistsError:
        raise RefusedError(
            f"There is something at {path} already, and it was left as it is.",
            "Choose another name.",
        ) from None
    except OSError as error:
        raise StorageError(
            f"{path} cannot be made ({error.strerror}).", "Check the folder's permissions."
        ) from error


def remove(path: Path) -> None:
    """Remove a vault's file, and what SQLite kept beside it, as far as they exist."""
    for suffix in ("", *_COMPANIONS):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def network_filesystem(path: Path) -> str:
    """Return the type of the network file system `path` lies on, or "" where it is local.

    SQLite's write-ahead log needs memory that all its users share, which a network cannot give
    (its documentation, "Write-Ahead Logging", section 1). Known on Linux only.
    """
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return filesystem_of(path.resolve(), lines, _NETWORK)


def filesystem_of(path: Path, mounts: list[str], wanted: frozenset[str]) -> str:
    r"""Return the type of the mount that holds `path` if it is `wanted`, else "".

    `mounts` are lines of mountinfo (proc(5)): the fifth field is the mount point, with spaces as
    `\040`, and the type comes after the separator ` - `. Of two mounts the later one is on top.
    """
    best, kind = -1, ""
    for line in mounts:
        left, _, right = line.partition(" - ")
        point = Path(left.split()[4].replace("\\040", " "))
        if path.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), right.split()[0]
    return kind if kind in wanted else ""
