"""The reference for administrators and the program say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from connector.mapping.editor.parts import part_schemas
from connector.mapping.part import Part
from connector.mapping.schema.connections import ConnectionPart
from connector.mapping.schema.defaults import DefaultsPart
from connector.mapping.schema.journeys import JourneyPart, MovePart
from connector.mapping.schema.sources import SourcePart, VerifyPart
from connector.mapping.schema.top import TOP_LEVEL
from connector.mapping.schema.triggers import TriggerPart

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "mappings.md").read_text(encoding="utf-8")


def test_every_code_is_explained_and_no_other() -> None:
    modules = (ROOT / "connector" / "mapping").rglob("*.py")
    used = {code for one in modules for code in re.findall(r'"(M[12]\d\d)"', one.read_text(encoding="utf-8"))}

    assert set(re.findall(r"^\| (M[12]\d\d) \|", REFERENCE, re.MULTILINE)) == used


@pytest.mark.parametrize("part", [name for name, part in part_schemas().items() if part.get("properties")])
def test_every_part_with_keys_has_its_table(part: str) -> None:
    assert f"<!-- generated: keys of {part} -->" in REFERENCE


@pytest.mark.parametrize(
    "part", [ConnectionPart, SourcePart, VerifyPart, JourneyPart, MovePart, TriggerPart, DefaultsPart]
)
def test_every_key_is_in_the_reference(part: type[Part]) -> None:
    missing = [key for key in part.keys() | part.later if f"`{key}" not in REFERENCE]

    assert missing == []


def test_every_top_level_key_is_in_the_reference() -> None:
    assert [word for word in sorted(TOP_LEVEL) if not re.search(rf"\b{word}\b", REFERENCE)] == []
