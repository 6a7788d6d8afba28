"""A disk of its own in a file: ext4 on a loop device, whose power can be cut, and which can be filled."""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_SHUTDOWN: Final = 0x8004587D
"""EXT4_IOC_SHUTDOWN, in Linux' fs/ext4/ext4.h: _IOR('X', 125, __u32)."""

_NOLOGFLUSH: Final = 2
"""EXT4_GOING_FLAGS_NOLOGFLUSH: what no fsync has asked for is lost, the file system's own log too."""


class Disk:
    """Mounted at `at` while in the context. `bytes_large` is its size. Needs root and loop devices."""

    def __init__(self, folder: Path, bytes_large: int = 64 * 1024 * 1024) -> None:
        self.at = folder / "disk"
        self._image = folder / "disk.img"
        self._size = bytes_large

    def __enter__(self) -> Self:
        self.at.mkdir()
        with self._image.open("wb") as image:
            image.truncate(self._size)
        _does("mkfs.ext4", "-q", "-F", "-m", "0", str(self._image))
        self.mounts()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.at.is_mount():
            self.unmounts()

    def mounts(self) -> None:
        """Like a machine that starts: the file system's log is played back."""
        _does("mount", "-o", "loop,errors=remount-ro", str(self._image), str(self.at))

    def unmounts(self) -> None:
        """Let go of it; whoever still uses it has five seconds to end."""
        until = time.monotonic() + 5
        while subprocess.run(["umount", str(self.at)], capture_output=True, check=False).returncode:
            if time.monotonic() > until:
                _does("umount", "--lazy", str(self.at))
                return
            time.sleep(0.02)

    def loses_power(self) -> None:
        """From this moment nothing gets onto it any more, and every access fails."""
        handle = os.open(self.at, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, _SHUTDOWN, struct.pack("I", _NOLOGFLUSH))
        finally:
            os.close(handle)

    def fills_up(self) -> None:
        """Nothing has room on it any more, but for what blocks that are begun have left."""
        with (self.at / "ballast").open("wb", buffering=0) as ballast:
            piece = bytes(1024 * 1024)
            while piece:
                try:
                    ballast.write(piece)
                except OSError:
                    piece = piece[: len(piece) // 2]

    def has_room(self) -> None:
        """Take away what had filled it."""
        (self.at / "ballast").unlink(missing_ok=True)

    def turns_read_only(self) -> None:
        """What the kernel does when it finds the file system damaged; a new mount takes writes again."""
        found = _does("findmnt", "--noheadings", "--output", "SOURCE", str(self.at)).strip()
        Path("/sys/fs/ext4", Path(found).name, "trigger_fs_error").write_text("as a test", encoding="ascii")


def lacking() -> str:
    """Why no such disk can be had here; nothing where it can."""
    if os.geteuid() != 0:
        return "no root: a file cannot be mounted as a disk"
    if not Path("/dev/loop-control").exists():
        return "no loop devices: a file cannot be mounted as a disk"
    if shutil.which("mkfs.ext4") is None:
        return "no mkfs.ext4 (package e2fsprogs)"
    return ""


def _does(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"{' '.join(words)}: {done.stderr.strip()}")
    return done.stdout
