"""The records of a file, as a shop's API or export gives them: each in the bytes in which it stands there.

A list, an object that has the list in it (`{"orders": […]}`), one object, or a record a line. It is read
piece by piece, so that its size is that of the disk.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from connector.errors import LoodsError

LARGEST: Final = 1024 * 1024
"""Bytes, or characters, of the largest record: a webhook may have as many."""

_PIECE: Final = 256 * 1024
_SPACE: Final = " \t\r\n"
_scan: Final = json.JSONDecoder().raw_decode


class RecordsError(LoodsError):
    """The file cannot be read, or not to its end; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its number and its line, both from 1, and its bytes. One with a `problem` is none."""

    number: int
    line: int
    body: bytes
    problem: str = ""

    @property
    def place(self) -> str:
        """Where it stands in its file, in words."""
        return f"record {self.number}, line {self.line}"


def records(path: Path) -> Iterator[Record]:
    """The records in their order. Raises RecordsError, also in the middle: what stands there is no JSON."""
    try:
        with path.open("rb") as file:
            is_by_line = _is_by_line(file)
            file.seek(0)
            yield from _by_line(file) if is_by_line else _Reading(path).records()
    except OSError as error:
        raise RecordsError(f"{path}: {error.strerror or error}") from error


def _is_by_line(file: BinaryIO) -> bool:
    """Whether the first line that says something is an object, and others follow upon it."""
    first = next((line for line in iter(lambda: file.readline(LARGEST), b"") if line.strip()), b"")
    try:
        is_whole = isinstance(json.loads(first.decode("utf-8-sig")), dict)
    except (ValueError, RecursionError):
        return False
    return is_whole and any(piece.strip() for piece in iter(lambda: file.read(_PIECE), b""))


def _by_line(file: BinaryIO) -> Iterator[Record]:
    number = line = 0
    while text := file.readline(LARGEST + 1):
        line, is_long = line + 1, len(text) > LARGEST
        while is_long and not text.endswith(b"\n") and (text := file.readline(LARGEST)):
            pass
        if is_long or text.strip():
            number += 1
            problem = _TOO_LARGE if is_long else ""
            yield Record(number, line, b"" if is_long else text.strip(), problem)


_TOO_LARGE: Final = f"it has more than {LARGEST:,} bytes"
_NO_OBJECT: Final = "it is no object"


class _Reading:
    """A file of one JSON value, of which a window of text is in hand."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open(encoding="utf-8-sig", newline="")
        self._text, self._at, self._line, self._number = "", 0, 1, 0

    def records(self) -> Iterator[Record]:
        """All of them; then nothing else may stand in the file."""
        with self._file:
            match self._next():
                case "":
                    return
                case "[":
                    yield from self._elements()
                case "{":
                    yield from self._of_object()
                case _:
                    raise self._broken("neither a list nor an object stands there")
            if self._next():
                raise self._broken("something stands behind the end")

    def _of_object(self) -> Iterator[Record]:
        """The object itself, or the list in it; what is larger than a record has one."""
        end = self._end_of_value(is_whole=False)
        whole = self._value(end) if end is not None else None
        if whole is not None and not _has_list(whole):
            yield self._taken(end or 0)
            return
        self._step()
        while self._next() == '"':
            self._skip()
            self._expect(":")
            if self._next() == "[":
                yield from self._elements()
            else:
                self._skip()
            if self._next() == ",":
                self._step()
        self._expect("}")

    def _elements(self) -> Iterator[Record]:
        self._expect("[")
        if self._next() == "]":
            self._step()
            return
        while True:
            self._next()
            yield self._taken(self._end_of_value() or 0)
            if self._next() != ",":
                break
            self._step()
        self._expect("]")

    def _taken(self, end: int) -> Record:
        self._number += 1
        body, line = self._text[self._at : end], self._line
        problem = "" if body.startswith("{") else _NO_OBJECT
        self._go(end)
        return Record(self._number, line, body.encode(), problem)

    def _end_of_value(self, *, is_whole: bool = True) -> int | None:
        """Where the value ends that begins here. None where it is longer than a record, unless it has to be
        `is_whole`."""
        while True:
            try:
                end = _scan(self._text, self._at)[1]
            except (ValueError, RecursionError) as error:
                is_long = len(self._text) - self._at > LARGEST
                if is_long and not is_whole:
                    return None
                if is_long or not self._more():
                    raise self._broken(f"this is no JSON, or one record is too large: {error}") from error
            else:
                if end < len(self._text) or self._text[end - 1] in '}]"' or not self._more():
                    return end

    def _value(self, end: int) -> Mapping[str, object]:
        found = json.loads(self._text[self._at : end])
        return found if isinstance(found, dict) else {}

    def _skip(self) -> None:
        self._go(self._end_of_value() or 0)

    def _next(self) -> str:
        """The sign that comes next, behind spaces; nothing at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._step()
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def _expect(self, sign: str) -> None:
        if self._next() != sign:
            raise self._broken(f"{sign} is wanted there")
        self._step()

    def _step(self) -> None:
        self._go(self._at + 1)

    def _go(self, end: int) -> None:
        self._line += self._text.count("\n", self._at, end)
        self._at = end

    def _more(self) -> bool:
        try:
            piece = self._file.read(_PIECE)
        except UnicodeDecodeError as error:
            raise self._broken("what follows is not UTF-8") from error
        self._text, self._at = self._text[self._at :] + piece, 0
        return bool(piece)

    def _broken(self, why: str) -> RecordsError:
        return RecordsError(f"{self._path}, line {self._line}, behind record {self._number}: {why}")


def _has_list(whole: Mapping[str, object]) -> bool:
    """Whether the object is no record, but has a list of them: a record is known by an id."""
    lists = [one for one in whole.values() if isinstance(one, list)]
    of_records = [one for one in lists if all(isinstance(it, dict) for it in one)]
    return "id" not in whole and len(lists) == len(of_records) == 1
