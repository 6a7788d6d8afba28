"""The administrators' folder as a copy of a published version: its texts, and which versions they come from.

These stand in the file `.loods-version` in the folder, which `loods pull`, `publish` and `run` write: the
newest first, and below it those that it was made from in turn. A database that knows any of them can tell
whether a change was made from what is live there, also when the change was tried on another database.
The file belongs into version control with the mapping.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from connector.errors import MappingError, Problem
from connector.mapping.folder import what_is_in

MARK: Final = ".loods-version"
MOST_NOTED: Final = 100
_LONGEST: Final = 16_384


def versions_noted(folder: Path) -> tuple[str, ...]:
    """From which versions the folder was made, newest first; none where it does not say.

    A file that two people's changes were merged into, and that nobody has settled, says nothing.
    """
    try:
        with (folder / MARK).open("rb") as file:
            lines = [one for one in file.read(_LONGEST).decode("ascii").splitlines() if one.strip()]
    except (OSError, UnicodeDecodeError):
        return ()
    names = tuple(one.strip() for one in lines)
    return names if all(one.isalnum() for one in names) else ()


def note_version(folder: Path, version: str) -> None:
    """Write down that the folder is made from this version, after those noted before. Raises OSError."""
    note_versions(folder, (version, *versions_noted(folder)))


def note_versions(folder: Path, versions: Iterable[str]) -> None:
    """Write down from which versions the folder is made, newest first. Raises OSError."""
    noted = tuple(dict.fromkeys(versions))[:MOST_NOTED]
    if versions_noted(folder) != noted:
        (folder / MARK).write_text("".join(f"{one}\n" for one in noted), encoding="ascii")


def as_texts(files: Mapping[str, bytes]) -> dict[str, str]:
    """The files as they are published. Raises MappingError for a name or a file that is not UTF-8."""
    return {_named(name): _decoded(name, raw) for name, raw in files.items()}


def as_bytes(texts: Mapping[str, str]) -> dict[str, bytes]:
    """The files as they stand in a folder."""
    return {name: text.encode() for name, text in texts.items()}


def write_version(folder: Path, texts: Mapping[str, str], versions: Iterable[str]) -> None:
    """Give the folder these files, delete its other YAML files, and note the versions that it is made from.

    The note comes last: what is left by somebody who dies half way is no change of the version.
    Raises MappingError where something there cannot be read, before anything is written; and OSError.
    """
    there, unread = what_is_in(folder)
    if unread:
        raise MappingError(unread)
    folder.mkdir(parents=True, exist_ok=True)
    for name, raw in as_bytes(texts).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    for name in there.keys() - texts.keys():
        (folder / name).unlink()
    note_versions(folder, versions)


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
