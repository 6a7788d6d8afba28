"""The mapping of the tests for a shop that is busier than a first hour usually is."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

MAPPING = Path(__file__).parent / "mapping"
_LISTENS = re.compile(r"^( *)(on: )", re.MULTILINE)


def busy_mapping(folder: Path) -> Path:
    """A copy of the mapping in this folder, whose triggers no fuse stops however often they act."""
    return fearless(MAPPING, folder)


def fearless(mapping: Path, folder: Path) -> Path:
    """A copy of a mapping in this folder, whose triggers no fuse stops."""
    copied = Path(shutil.copytree(mapping, folder))
    for file in copied.rglob("*.yaml"):
        text = file.read_text("utf-8")
        file.write_text(_LISTENS.sub(r"\1blast: 1000000\n\1\2", text), "utf-8")
    return copied
