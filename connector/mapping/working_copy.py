"""The administrators' folder as a copy of a published version: its texts, and from which version it was made.

The version stands in the file `.loods-version` in the folder, which `loods pull`, `publish` and `run` write.
It belongs into version control with the mapping: it says what a change was made from.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from connector.errors import MappingError, Problem
from connector.mapping.folder import read_folder

MARK: Final = ".loods-version"
_LONGEST: Final = 200


def version_noted(folder: Path) -> str | None:
    """From which version the folder was made; None where it does not say."""
    try:
        with (folder / MARK).open("rb") as file:
            return file.read(_LONGEST).decode("ascii").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def note_version(folder: Path, version: str) -> None:
    """Write down that the folder is made from this version. Raises OSError."""
    if version_noted(folder) != version:
        (folder / MARK).write_text(f"{version}\n", encoding="ascii")


def as_texts(files: Mapping[str, bytes]) -> dict[str, str]:
    """The files as they are published. Raises MappingError for a name or a file that is not UTF-8."""
    return {_named(name): _decoded(name, raw) for name, raw in files.items()}


def as_bytes(texts: Mapping[str, str]) -> dict[str, bytes]:
    """The files as they stand in a folder."""
    return {name: text.encode() for name, text in texts.items()}


def write_version(folder: Path, texts: Mapping[str, str], version: str) -> None:
    """Give the folder these files, delete its other YAML files, and note the version that it is made from.

    The note comes last: what is left by somebody who dies half way is no change of the version.
    Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, raw in as_bytes(texts).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    there, _ = read_folder(folder)
    for name in there.keys() - texts.keys():
        (folder / name).unlink()
    note_version(folder, version)


def difference(before: Mapping[str, str], after: Mapping[str, str], names: tuple[str, str]) -> Iterator[str]:
    """What changed from one to the other, file by file, as lines of a unified diff; `names` are theirs."""
    for file in sorted(before.keys() | after.keys()):
        old, new = before.get(file), after.get(file)
        if old != new:
            one, other = (f"{side}/{file}" for side in names)
            yield from difflib.unified_diff(_lines(old), _lines(new), one, other, lineterm="")


def _lines(text: str | None) -> list[str]:
    return [] if text is None else text.splitlines()


def _named(name: str) -> str:
    try:
        name.encode()
    except UnicodeEncodeError:
        shown = name.encode(errors="replace").decode()
        hint = "rename the file"
        raise MappingError([Problem(shown, 0, 0, "M102", "the file's name is not UTF-8", hint)]) from None
    return name


def _decoded(name: str, raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        hint = "save it with the encoding UTF-8"
        raise MappingError([Problem(name, 0, 0, "M102", "the file is not UTF-8", hint)]) from None
