"""From files, in a folder or in memory, to one checked, compiled `Mapping`, or all that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Table
from pathlib import Path
from typing import Final

from connector.errors import MappingError, Problem
from connector.mapping.assemble import Assembly
from connector.mapping.build.source import build_source
from connector.mapping.checker import Checker
from connector.mapping.definitions import Definitions
from connector.mapping.folder import read_folder
from connector.mapping.mapping import Mapping
from connector.mapping.part import read_part
from connector.mapping.reading.reader import read_bytes, read_text
from connector.mapping.schema.sources import SourcePart
from connector.mapping.shipped import Sources
from connector.mapping.source import Source
from connector.model.action import ActionSpec

_LOOKED_UP: Final = {"connections": "M133", "journeys": "M132"}
"""What rules name that stands elsewhere, with the code of the problem that it is not there."""

_IN_OWN_FILES: Final = frozenset({"M147", "M134"})
"""The same for triggers and sources, of which each may stand in a file of its own."""


def load_mapping(folder: Path, shipped: Path, specs: Sequence[ActionSpec]) -> Mapping:
    """The mapping of the folder. `shipped` holds the source files that come with Loods, `specs` every action.

    Raises MappingError with all problems that stand in the way; warnings do not.
    """
    mapping, problems = check_folder(folder, shipped, specs)
    if mapping is None:
        raise MappingError(problem for problem in problems if problem.severity == "error")
    return mapping


def check_folder(
    folder: Path, shipped: Path, specs: Sequence[ActionSpec]
) -> tuple[Mapping | None, tuple[Problem, ...]]:
    """The mapping, or None where an error stands in the way; and all problems and warnings, by place."""
    files, unread = read_folder(folder)
    return check_files(files, shipped, specs, unread)


def check_files(
    files: Table[str, bytes], shipped: Path, specs: Sequence[ActionSpec], unread: Iterable[Problem] = ()
) -> tuple[Mapping | None, tuple[Problem, ...]]:
    """The same of files in memory, by their names; `unread` is what was wrong before they could be read."""
    definitions, misread = Definitions(), list(unread)
    is_whole = True
    for name, raw in files.items():
        tree, problems = read_bytes(raw, name)
        misread.extend(problems)
        is_whole &= tree is not None or not problems
        if tree is not None:
            definitions.add_file(tree)
    checker = Checker(definitions.problems)
    sources = Sources(definitions.of("sources"), shipped, checker)
    mapping = Assembly(definitions, sources, specs, checker).mapping(files)
    absent: frozenset[str] = frozenset() if is_whole else _absent(definitions)
    noted = (one for one in checker.problems if one.code not in absent)
    found = tuple(sorted({*misread, *_not_following(misread, noted)}))
    return (None if any(one.severity == "error" for one in found) else mapping), found


def _absent(definitions: Definitions) -> frozenset[str]:
    """Codes that say nothing while a file cannot be read: all that they miss may stand in it."""
    return _IN_OWN_FILES | {code for sort, code in _LOOKED_UP.items() if not definitions.of(sort)}


def _not_following(misread: Sequence[Problem], found: Iterable[Problem]) -> Iterator[Problem]:
    """Those in lines that were read as meant; in the others they may only follow from that."""
    lines = {(one.file, one.line) for one in misread}
    return (one for one in found if (one.file, one.line) not in lines)


def load_source(text: str, file: str) -> Source:
    """The one source of a source file. Raises MappingError with all problems."""
    tree, problems = read_text(text, file)
    definitions, checker = Definitions(), Checker(list(problems))
    if tree is not None:
        definitions.add_file(tree)
    checker.problems.extend(definitions.problems)
    sources = [
        build_source(one.name, part, (), checker)
        for one in definitions.of("sources").values()
        if (part := read_part(SourcePart, one.tree, checker.problems)) is not None
    ]
    if not sources and not checker.problems:
        hint = "a source file begins with source: NAME"
        checker.problems.append(Problem(file, 0, 0, "M121", "there is no source in this file", hint))
    if checker.problems:
        raise MappingError(checker.problems)
    return sources[0]
