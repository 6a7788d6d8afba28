"""Planted mistakes: what is replaced in a sound file, and what the check has to say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from connector.model.action import ActionSpec
from tests.mapping.folders import SOUND, SPECS, check


@dataclass(frozen=True)
class Mistake:
    """`old` in the file is replaced by `new`; the problem stands at `line`, `column` and says `word`."""

    old: str
    new: str
    code: str
    line: int
    column: int
    word: str

    def __str__(self) -> str:
        return f"{self.code} {self.new.strip() or 'nothing'}"[:60]


def expect(folder: Path, name: str, text: str, mistake: Mistake, specs: Sequence[ActionSpec] = SPECS) -> None:
    """Assert that the check of the sound folder finds the mistake in the file `name`, which has `text`."""
    assert mistake.old in text
    spoiled = text.replace(mistake.old, mistake.new, 1)

    _, problems = check(folder, {**SOUND, name: spoiled}, specs)

    found = [(one.code, one.file, one.line, one.column) for one in problems]
    assert (mistake.code, name, mistake.line, mistake.column) in found, [str(one) for one in problems]
    said = [f"{one.message}; {one.hint}" for one in problems if one.code == mistake.code]
    assert any(mistake.word in words for words in said), said
