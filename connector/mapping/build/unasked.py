"""What a mapping reckons and nothing asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from connector.mapping.checker import Checker
from connector.mapping.mapping import Defaults, Mapping
from connector.mapping.nodes import Items, Table, Tree, Written
from connector.mapping.rules import ScoreCrosses

_ASKED: Final = re.compile(r"\bscores\s*(?:\.\s*(\w+)|\[\s*['\"](\w+)['\"])")

_USUAL: Final = re.compile(r"\bcontact\s*(?:\.\s*(rfm|expected)\b|\[\s*['\"](rfm|expected)['\"])")


def doubt_scores(mapping: Mapping, trees: Iterable[Tree], checker: Checker) -> None:
    """Warn of a score that no trigger listens to, no condition or text asks for, and no grid stands on."""
    if not mapping.scores:
        return
    asked = {
        found[1] or found[2] for tree in trees for text in _texts(tree) for found in _ASKED.finditer(text)
    }
    asked.update(one.score for _, one in mapping.listening(ScoreCrosses))
    if mapping.grid is not None:
        asked.update(axis.score for axis in mapping.grid.axes)
    for name, score in mapping.scores.items():
        if name not in asked:
            hint = f"ask for contact.scores.{name}, listen to it, put it into the grid, or leave it out"
            checker.warn(score.place, "M157", f'nothing asks for the score "{name}"', hint)


def needs_norms(defaults: Defaults, trees: Iterable[Tree]) -> bool:
    """Whether a condition or text asks for something of a contact that others decide, too."""
    asked = {
        found[1] or found[2] for tree in trees for text in _texts(tree) for found in _USUAL.finditer(text)
    }
    return "expected" in asked or ("rfm" in asked and bool(defaults.rfm.by_quintiles))


def _texts(tree: Tree) -> Iterator[Written]:
    match tree:
        case Written():
            yield tree
        case Items():
            for one in tree:
                yield from _texts(one)
        case Table():
            for one in tree.values():
                yield from _texts(one)
