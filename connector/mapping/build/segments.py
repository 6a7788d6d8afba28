"""From the named conditions of a mapping to segments, each behind those that it asks for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from connector.mapping.build.circles import Asking, in_order
from connector.mapping.build.known import lasting_names
from connector.mapping.checker import Checker
from connector.mapping.definitions import Definition
from connector.mapping.nodes import Tree, Written
from connector.mapping.schema.scores import GridPart, ScorePart
from connector.mapping.terms import Expression
from connector.model.types import Sort, Type


def build_segments(
    described: Mapping[str, Definition], others: Sequence[Asking], contact: Type, checker: Checker
) -> dict[str, Expression]:
    """The segments by name. `others` is what they may ask for and that may ask for them.

    What is wrong is told to the checker, and what is surely there for whoever is in one.
    """
    codes = {name: code for name, one in described.items() if (code := _code(one.tree, checker)) is not None}
    asking = [Asking(f"segments.{name}", (code,)) for name, code in codes.items()]
    names = lasting_names(contact)
    built = {}
    for name in _own(in_order([*asking, *others], checker), codes):
        code = codes[name]
        built[name] = checker.expression(code, names, Sort.YES_NO)
        checker.segments[name] = checker.given(names, code).present
    return dict(sorted(built.items()))


def asking_of_scores(scores: Mapping[Written, ScorePart], grid: GridPart | None) -> list[Asking]:
    """What scores ask for by what the contact is, and what the grid needs.

    Points upon events are asked when these happen, and are written down.
    """
    every = []
    for name, part in scores.items():
        codes = (one.when for one in part.points if not one.on)
        every.append(Asking(f"scores.{name}", tuple(code for code in codes if code is not None)))
    if grid is not None:
        every.append(Asking("grid", needs=frozenset(f"scores.{score}" for score in grid.levels)))
    return every


def asking_of_expected(by: Sequence[str]) -> Asking:
    """What `contact.expected` asks for: the segments by which it goes."""
    return Asking("expected", needs=frozenset(f"segments.{name}" for name in by))


def _own(order: Sequence[str], codes: Collection[str]) -> list[str]:
    names = [name.removeprefix("segments.") for name in order if name.startswith("segments.")]
    return [name for name in names if name in codes]


def _code(tree: Tree, checker: Checker) -> Written | None:
    if isinstance(tree, Written) and not tree.is_nothing:
        return tree
    checker.refuse(tree.place, "M122", "a segment is a condition", "as in contact.purchases.count >= 3")
    return None
