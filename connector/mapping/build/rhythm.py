"""From the schema's words to how purchases are marked, and to what a contact's next order is expected by."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final

from connector.mapping.build.known import know
from connector.mapping.checker import Checker
from connector.mapping.norms import BOUNDS, BY_BOUNDS, Bounds, Rfm
from connector.mapping.schema.rhythm import ExpectedPart, RfmPart

_DAY: Final = timedelta(days=1)
_AS_IN: Final = {
    "recency": "[30d, 90d, 180d, 365d]",
    "frequency": "[2, 3, 5, 10]",
    "monetary": "[100, 250, 500, 1000]",
}


def build_rfm(part: RfmPart | None, checker: Checker) -> Rfm:
    """How purchases are marked; what is wrong is told to the checker."""
    if part is None:
        return BY_BOUNDS
    written: dict[str, Iterable[Decimal]] = {
        "recency": (Decimal(one / _DAY) for one in part.recency),
        "frequency": map(Decimal, part.frequency),
        "monetary": part.monetary,
    }
    own = {mark: tuple(some) for mark, some in written.items() if mark in part.model_fields_set}
    for mark, bounds in own.items():
        _check(mark, bounds, part, checker)
    by_quintiles = BOUNDS.keys() - own.keys() if part.by == "quintiles" else frozenset()
    if part.by == "quintiles" and not by_quintiles:
        message = '"by" means nothing here: each of the three has bounds of its own'
        hint = "leave it out, or the bounds of what is to go by quintiles"
        checker.refuse(part.place_of("by"), "M167", message, hint)
    return Rfm({**BOUNDS, **own}, frozenset(by_quintiles))


def _check(mark: str, bounds: Bounds, part: RfmPart, checker: Checker) -> None:
    if len(bounds) != len(BOUNDS[mark]):
        message = f'"{mark}" takes four bounds, between five marks'
    elif not all(lower < higher for lower, higher in pairwise(bounds)):
        message = f'the bounds of "{mark}" are not in their order'
    else:
        return
    hint = f"write four, the lowest first, as in {_AS_IN[mark]}"
    checker.refuse(part.place_of_value(mark), "M166", message, hint)


def build_expected(part: ExpectedPart | None, segments: Collection[str], checker: Checker) -> tuple[str, ...]:
    """The segments whose usual interval counts, the first that fits before others."""
    if part is None:
        return ()
    if not part.by:
        hint = 'name one or more, or leave "expected" out: then all contacts count'
        checker.refuse(part.place_of_value("by"), "M121", '"by" is empty', hint)
    for name in part.by:
        know("segment", name, segments, checker)
    return tuple(dict.fromkeys(map(str, part.by)))
