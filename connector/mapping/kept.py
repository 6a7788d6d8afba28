"""Triggers by which runs still go that began under an older text, compiled against what is live now."""

from __future__ import annotations

from collections.abc import Mapping as Table
from collections.abc import Sequence
from pathlib import Path

from connector.mapping.assemble import Assembly
from connector.mapping.checker import Checker
from connector.mapping.definitions import Definitions
from connector.mapping.reading.reader import read_bytes
from connector.mapping.rules import Trigger
from connector.mapping.shipped import Sources
from connector.model.action import ActionSpec


def kept_trigger(
    files: Table[str, bytes], before: Table[str, bytes], name: str, shipped: Path, specs: Sequence[ActionSpec]
) -> Trigger | None:
    """The trigger as it stands in the files `before`, with all that it names taken from `files`.

    None where it is not there, or names something that is gone or has become something else.
    """
    old = _defined(before).of("triggers").get(name)
    if old is None:
        return None
    definitions = _defined(files)
    definitions.named["triggers"] = {name: old}
    definitions.examples.clear()
    checker = Checker([])
    sources = Sources(definitions.of("sources"), shipped, checker)
    mapping = Assembly(definitions, sources, specs, checker).mapping(files)
    if any(one.severity == "error" for one in checker.problems):
        return None
    return mapping.triggers.get(name)


def _defined(files: Table[str, bytes]) -> Definitions:
    definitions = Definitions()
    for name, raw in files.items():
        tree, _ = read_bytes(raw, name)
        if tree is not None:
            definitions.add_file(tree)
    return definitions
