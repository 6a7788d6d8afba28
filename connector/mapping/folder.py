"""The files of a mapping's folder, as bytes, and the hash that names a version of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from connector.errors import Problem
from connector.mapping.reader import MOST_BYTES

MOST_FILES: Final = 1_000
_ENDINGS: Final = (".yaml", ".yml")


def read_folder(folder: Path) -> tuple[dict[str, bytes], tuple[Problem, ...]]:
    """The bytes of the folder's YAML files, by their names within it; hidden ones are left out."""
    try:
        names = _names(folder)
    except OSError as error:
        hint = "check that the folder may be read"
        return {}, (Problem(str(folder), 0, 0, "M101", f"cannot be read: {error.strerror}", hint),)
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for path in names[:MOST_FILES]:
        name = path.relative_to(folder).as_posix()
        try:
            files[name] = read_file(path)
        except OSError as error:
            hint = "check that the file may be read"
            problems.append(Problem(name, 0, 0, "M101", f"cannot be read: {error.strerror}", hint))
    if len(names) > MOST_FILES:
        problems.append(
            Problem(str(folder), 0, 0, "M103", f"more than {MOST_FILES:,} files", "join some of them")
        )
    if not names:
        problems.append(_nothing(folder))
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


def _names(folder: Path) -> list[Path]:
    return [one for one in sorted(folder.rglob("*")) if one.suffix in _ENDINGS and _is_shown(one, folder)]


def _is_shown(path: Path, folder: Path) -> bool:
    return not any(part.startswith(".") for part in path.relative_to(folder).parts)


def _nothing(folder: Path) -> Problem:
    if not folder.is_dir():
        return Problem(
            str(folder), 0, 0, "M101", "there is no such folder", "name the folder of your mapping"
        )
    hint = "put connections.yaml and the rest of your mapping into it, or name another folder"
    return Problem(str(folder), 0, 0, "M101", "there is no .yaml file in this folder", hint)
