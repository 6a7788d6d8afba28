"""The file into which secrets go that are shown only once: `NAME=value` lines, as a process reads them."""

from __future__ import annotations

import os
import re
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from connector.errors import LoodsError

_PLAIN = re.compile(r"[\w+/=.:@%,-]+", re.ASCII)
_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)=(.*)", re.ASCII)


class SecretsError(LoodsError):
    """Secrets cannot be kept there; the message says why, and what to do."""


class Keep:
    """A file of secrets, which is only added to. It is made for its owner alone."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def values(self) -> dict[str, str]:
        """What it says by now; a later line stands above an earlier one. Raises SecretsError."""
        try:
            text = self._file.read_text("utf-8") if self._file.is_file() else ""
        except (OSError, ValueError) as error:
            raise SecretsError(f"{self._file} cannot be read: {error}") from error
        return dict(_values(text))

    def ready(self) -> None:
        """Make the file where there is none, and see that it can be written. Raises SecretsError."""
        try:
            with self._opened() as held:
                mode = os.fstat(held.fileno()).st_mode
        except OSError as error:
            raise SecretsError(f"{self._file} cannot be written: {error.strerror}") from error
        if not stat.S_ISREG(mode):
            raise SecretsError(f"{self._file} is no file")
        if mode & stat.S_IRWXO:
            raise SecretsError(f"everybody can read {self._file}; chmod 600 {shlex.quote(str(self._file))}")

    def write(self, name: str, value: str) -> None:
        """Add a line; it is on the disk afterwards. Raises OSError."""
        said = value if _PLAIN.fullmatch(value) else shlex.quote(value)
        with self._opened() as held:
            held.write(f"{self._break()}{name}={said}\n".encode())
            held.flush()
            os.fsync(held.fileno())

    def __str__(self) -> str:
        return str(self._file)

    def _opened(self) -> BinaryIO:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        return os.fdopen(os.open(self._file, flags, 0o600), "ab")

    def _break(self) -> str:
        """What parts a new line from a last one that nobody ended."""
        with self._file.open("rb") as held:
            size = held.seek(0, os.SEEK_END)
            held.seek(max(0, size - 1))
            return "" if held.read(1) in {b"", b"\n"} else "\n"


def _values(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if found := _LINE.fullmatch(line):
            yield found[1], _unquoted(found[2].strip())


def _unquoted(written: str) -> str:
    if not written.startswith(("'", '"')):
        return written
    try:
        return "".join(shlex.split(written))
    except ValueError:
        return written
