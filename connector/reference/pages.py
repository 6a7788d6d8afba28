"""Writes the schema of the mapping language, the picture of the example mapping, and in README and docs what
stands between `<!-- generated: NAME -->` and `<!-- end -->`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from connector import bootstrap
from connector.drawing import svg
from connector.drawing.outline import outline
from connector.reference import keys, tables
from connector.settings import Settings

SCHEMA: Final = Path("docs/loods.schema.json")
PICTURE: Final = Path("docs/mapping.svg")
GENERATORS: Final[Mapping[str, Callable[[], str]]] = {
    "table": tables.table,
    "actions": tables.actions,
    "events": tables.events,
    "subjects": tables.subjects,
    "filters": tables.filters,
    "keys": keys.top_level,
}
"""What makes each block; `keys of PART` has the keys of that part."""

_BLOCK: Final = re.compile(r"(<!-- generated: ([\w ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def rewritten(text: str) -> str:
    """The text with its generated blocks made anew."""
    return _BLOCK.sub(lambda found: f"{found[1]}{_made(found[2])}\n{found[3]}", text)


def _made(name: str) -> str:
    part = name.removeprefix("keys of ")
    return keys.keys_of(part) if part != name else GENERATORS[name]()


def schema_text() -> str:
    """The JSON Schema of the mapping language, as its file holds it."""
    return bootstrap.editor_schema()


def picture(mappings: Path) -> str:
    """The picture of the mapping in that folder."""
    mapping = bootstrap.load(Settings(mappings=mappings))
    return svg.draw(outline(mapping, list(mapping.journeys)))


def main(root: Path = Path()) -> None:
    """Rewrite README, docs, the schema and the picture in place."""
    for file in (root / "README.md", *sorted((root / "docs").glob("*.md"))):
        _write(file, rewritten(file.read_text("utf-8")))
    _write(root / SCHEMA, schema_text())
    _write(root / PICTURE, picture(root / "mappings"))


def _write(file: Path, new: str) -> None:
    if not file.exists() or file.read_text("utf-8") != new:
        file.write_text(new, "utf-8")
        sys.stdout.write(f"{file} is new\n")
