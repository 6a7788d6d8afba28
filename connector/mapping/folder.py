"""The files of a mapping's folder, as bytes, and the hash that names a version of them."""

from __future__ import annotations

import hashlib
import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from connector.errors import Problem
from connector.mapping.reading.reader import MOST_BYTES

MOST_FILES: Final = 1_000
_ENDINGS: Final = (".yaml", ".yml")


def read_folder(folder: Path) -> tuple[dict[str, bytes], tuple[Problem, ...]]:
    """The bytes of the folder's YAML files, by their names within it; hidden ones are left out.

    That there is no such folder, or no such file in it, is a problem, and so is all that cannot be read.
    """
    files, problems = what_is_in(folder)
    return files, problems if files or problems else (_nothing(folder),)


def what_is_in(folder: Path) -> tuple[dict[str, bytes], tuple[Problem, ...]]:
    """The same, where nothing is nothing: no problem means that all that is there was read."""
    names, problems = _names(folder)
    files: dict[str, bytes] = {}
    for path in names[:MOST_FILES]:
        name = path.relative_to(folder).as_posix()
        try:
            files[name] = read_file(path)
        except OSError as error:
            problems.append(_unread(name, error, "file"))
    if len(names) > MOST_FILES:
        problems.append(
            Problem(str(folder), 0, 0, "M103", f"more than {MOST_FILES:,} files", "join some of them")
        )
    return files, tuple(problems)


def read_file(path: Path) -> bytes:
    """The file's bytes; of one that is too large only enough to see that. Raises OSError."""
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def version_of(files: Mapping[str, bytes]) -> str:
    """The SHA-256 of the files' names and bytes, in hexadecimal; the same for the same text, everywhere."""
    digest = hashlib.sha256()
    for name, raw in sorted(files.items()):
        for part in (name.encode("utf-8", "surrogateescape"), raw):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _names(folder: Path) -> tuple[list[Path], list[Problem]]:
    """The paths of all that is shown and ends as YAML does, and each folder that cannot be listed."""
    refused: list[OSError] = []
    found = []
    for place, folders, names in os.walk(folder, onerror=refused.append):
        folders[:] = [one for one in folders if not one.startswith(".")]
        shown = (one for one in (*folders, *names) if not one.startswith("."))
        found += [Path(place, one) for one in shown if one.endswith(_ENDINGS)]
    problems = [_unread(_within(folder, one), one, "folder") for one in refused if not _is_gone(folder, one)]
    return sorted(found), problems


def _is_gone(folder: Path, error: OSError) -> bool:
    """Whether the folder itself is what is not there."""
    return isinstance(error, FileNotFoundError | NotADirectoryError) and error.filename == str(folder)


def _within(folder: Path, error: OSError) -> str:
    path = Path(error.filename)
    return str(folder) if path == folder else path.relative_to(folder).as_posix()


def _unread(name: str, error: OSError, what: str) -> Problem:
    return Problem(
        name, 0, 0, "M101", f"cannot be read: {error.strerror}", f"check that the {what} may be read"
    )


def _nothing(folder: Path) -> Problem:
    """That there is no mapping, and what to do: make one there, or name the folder of a file."""
    if folder.is_file():
        hint = f"--mappings {shlex.quote(str(folder.parent))} names the folder that it is in"
        return Problem(str(folder), 0, 0, "M101", "this is a file, and a mapping is a folder of files", hint)
    kind = "no .yaml file in this" if folder.is_dir() else "no such"
    hint = f"`loods init {shlex.quote(str(folder))}` writes a mapping there, --mappings names another folder"
    return Problem(str(folder), 0, 0, "M101", f"there is {kind} folder", hint)
