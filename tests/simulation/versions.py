"""The versions of the simulation's mapping: what is compiled of them is compiled once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

from connector import bootstrap
from connector.errors import Problem
from connector.mapping.kept import kept_trigger
from connector.mapping.load import check_files
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Trigger
from connector.runtime.publisher import Files

FOLDER: Final = Path(__file__).parent / "mapping"
VERSIONS: Final = (
    ("shop.yaml", "reminder.yaml"),
    ("shop.yaml", "reminder-slower.yaml"),
    ("shop.yaml", "reminder.yaml", "nightly.yaml"),
    ("shop.yaml", "reminder-paused.yaml", "nightly.yaml"),
    ("shop.yaml",),
)
"""The files of each; the first is live when a run begins."""

_Held: TypeAlias = tuple[tuple[str, bytes], ...]
_Checked: TypeAlias = tuple[Mapping | None, tuple[Problem, ...]]


@cache
def files_of(version: int) -> Files:
    """The files of a version, by their names."""
    return {name: (FOLDER / name).read_bytes() for name in VERSIONS[version]}


def check(files: Files, unread: object = ()) -> _Checked:
    """What `check_files` says of them."""
    return _checked(_held(files))


@cache
def named(version: str) -> Mapping:
    """The mapping of this name."""
    every = (check(files_of(one))[0] for one in range(len(VERSIONS)))
    return next(one for one in every if one is not None and one.version == version)


def kept(files: Files, before: Files, name: str) -> Trigger | None:
    """What `kept_trigger` says."""
    return _kept(_held(files), _held(before), name)


def _held(files: Files) -> _Held:
    return tuple(sorted(files.items()))


@cache
def _checked(files: _Held) -> _Checked:
    return check_files(dict(files), bootstrap.shipped(), bootstrap.specs())


@cache
def _kept(files: _Held, before: _Held, name: str) -> Trigger | None:
    return kept_trigger(dict(files), dict(before), name, bootstrap.shipped(), bootstrap.specs())
