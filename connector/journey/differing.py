"""What sets two states of one contact apart, as a person wants to know it: stages, scores, counters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Final, TypeAlias, TypeVar, cast

from connector.journey.view import View
from connector.model.contact import DOINGS, Contact
from connector.model.standing import Standing

T = TypeVar("T")

Pair: TypeAlias = "tuple[T, T]"
"""Before and after."""

_TOLD: Final = frozenset({"standings", "counters"})
_OTHERS: Final = tuple(
    one.name
    for one in fields(Contact)
    if one.name not in DOINGS | _TOLD | {"id", "created_at", "identities", "company"}
)


@dataclass(frozen=True, slots=True)
class Difference:
    """What is another after than before: by journey, by score (as it is now), by counter, by segment.

    `others` names the rest of what is known of the contact that differs (`fields`, `orders`).
    """

    stages: Mapping[str, Pair[Standing | None]] = field(default_factory=dict)
    scores: Mapping[str, Pair[Decimal]] = field(default_factory=dict)
    counters: Mapping[str, Pair[int]] = field(default_factory=dict)
    segments: Mapping[str, Pair[bool]] = field(default_factory=dict)
    others: tuple[str, ...] = ()

    @property
    def is_any(self) -> bool:
        """Whether anything differs."""
        return bool(self.stages or self.scores or self.counters or self.segments or self.others)


def difference(before: View, after: View) -> Difference:
    """What sets two states apart, each as its own mapping sees it."""
    one, other = before.contact, after.contact
    scores = _differing(_scores(before), _scores(after), Decimal(0))
    others = [name for name in _OTHERS if getattr(one, name) != getattr(other, name)]
    return Difference(
        stages=_differing(one.standings, other.standings, None),
        scores=scores,
        counters=_differing(one.counters, other.counters, 0),
        segments=_differing(_segments(before), _segments(after), False),
        others=tuple(name for name in others if name != "points" or not scores),
    )


def _differing(before: Mapping[str, T], after: Mapping[str, T], nothing: T) -> dict[str, Pair[T]]:
    pairs = {name: (before.get(name, nothing), after.get(name, nothing)) for name in _names(before, after)}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _names(before: Iterable[str], after: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys((*before, *after))


def _scores(view: View) -> dict[str, Decimal]:
    """What the scores are now; one that cannot be told counts as nothing."""
    return {name: value or Decimal(0) for name, value in view.person.scores.items()}


def _segments(view: View) -> dict[str, bool]:
    """Who belongs to a segment; of whom it cannot be told does not."""
    segments = cast("Mapping[str, bool | None]", view.person["segments"])
    return {name: value is True for name, value in segments.items()}
