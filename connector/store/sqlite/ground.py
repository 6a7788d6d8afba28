"""On what kind of file system a file is: SQLite needs memory that processes share, and locks that hold."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from connector.errors import SettingsError

_NETWORKS: Final[Mapping[int, str]] = {
    0x6969: "NFS",
    0x517B: "SMB",
    0xFF534D42: "CIFS",
    0xFE534D42: "SMB",
    0x01021997: "9p",
    0x00C36400: "Ceph",
    0x5346414F: "AFS",
    0x73757245: "Coda",
    0x564C: "NCP",
    0x7461636F: "OCFS2",
    0x786F4256: "a shared folder of VirtualBox",
}
"""By the numbers of statfs(2) and of Linux's `magic.h`. SQLite documents that its log does not work over a
network (sqlite.org/wal.html, section 1)."""

_FUSE: Final = 0x65735546


def magic_of(path: Path) -> int | None:
    """The number of the file system on which the path is, or would be; None where that cannot be told."""
    there = next((one for one in (path, *path.parents) if one.exists()), None)
    if there is None or sys.platform != "linux":
        return None
    found = ctypes.create_string_buffer(512)
    if ctypes.CDLL(None).statfs(os.fsencode(there), found):
        return None
    return int.from_bytes(found.raw[: ctypes.sizeof(ctypes.c_long)], sys.byteorder) & 0xFFFFFFFF


def check(path: Path, magic: int | None) -> tuple[str, ...]:
    """What the operator should know of the ground; SettingsError where a database cannot stand on it."""
    if network := _NETWORKS.get(magic or 0):
        raise SettingsError(
            f"DATABASE_URL: {path} is on {network}, where SQLite loses what was written; name a file on a "
            "local disk, or a PostgreSQL"
        )
    if magic == _FUSE:
        return (
            f"{path} is on a file system of FUSE: it must be a local one. Over a network (sshfs, a folder "
            "of a virtual machine's host) SQLite loses what was written.",
        )
    return ()
