"""The course of a score: what it is at any moment, and when time alone will change what that means.

Points fade by the score's half-life and go when they expire. Between two moments at which something expires
(or, of a sender whose clock is ahead, begins to fade) all of them together fade as one amount would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from connector.journey.fading import GONE_AFTER, faded
from connector.mapping.scoring import Score
from connector.model.contact import Point
from connector.model.light import light

_INSTANT: Final = timedelta(microseconds=1)
_SECOND: Final = timedelta(seconds=1)


@light
class Course:
    """A score of one contact: its ledger, and `base`, the points for what the contact is."""

    score: Score
    entries: Sequence[Point]
    base: Decimal = Decimal(0)

    def at(self, moment: datetime) -> Decimal:
        """The score as it is shown: within its bounds, to the hundredth."""
        if not self.entries:
            return self.score.shown(self.base)
        half_life = self.score.half_life
        alive = (one for one in self.entries if not self._is_gone(one, moment))
        left = (faded(one.add, one.at, moment, half_life) for one in alive)
        return self.score.shown(sum(left, self.base))

    def changes_at(self, meaning: Callable[[Decimal], object], after: datetime) -> datetime | None:
        """The moment, to the second, from which the score means something else, if nothing happens.

        `meaning` goes one way only as the score grows or falls: a level, or whether it is beyond a bound.
        """
        if not self.entries:
            return None
        was = meaning(self.at(after))
        for begin, end in self._pieces(after):
            if meaning(self.at(end - _INSTANT)) != was:
                return self._within(meaning, begin, end)
            if meaning(self.at(end)) != was:
                return end
        return None

    def _within(self, meaning: Callable[[Decimal], object], begin: datetime, end: datetime) -> datetime:
        """The moment within a piece; half of what is left is ruled out at a time."""
        was, low, high = meaning(self.at(begin)), begin, end - _INSTANT
        whole = self._piece(begin)
        while high - low > _SECOND:
            middle = low + (high - low) / 2
            low, high = (middle, high) if meaning(whole(middle)) == was else (low, middle)
        return high if meaning(self.at(high)) != was else high + _SECOND

    def _piece(self, begin: datetime) -> Callable[[datetime], Decimal]:
        """The score from a moment to the next at which an entry goes or begins to fade."""
        half_life = self.score.half_life
        alive = [one for one in self.entries if not self._is_gone(one, begin)]
        fading = sum(
            (faded(one.add, one.at, begin, half_life) for one in alive if one.at <= begin), Decimal(0)
        )
        still = sum((one.add for one in alive if one.at > begin), self.base)
        return lambda moment: self.score.shown(still + faded(fading, begin, moment, half_life))

    def _pieces(self, after: datetime) -> Iterator[tuple[datetime, datetime]]:
        turns = {one.at for one in self.entries} | {self._goes_at(one) for one in self.entries}
        moments = sorted(moment for moment in turns if moment is not None and moment > after)
        begin = after
        for moment in moments:
            yield begin, moment
            begin = moment
        if self.score.half_life is not None and self.entries:
            yield begin, begin + self.score.half_life * GONE_AFTER

    def _goes_at(self, one: Point) -> datetime | None:
        """When an entry expires; one of a rule that is no longer there stays."""
        rules = self.score.points
        expires = rules[one.rule - 1].expires if one.rule <= len(rules) else None
        return one.at + expires if expires else None

    def _is_gone(self, one: Point, moment: datetime) -> bool:
        goes_at = self._goes_at(one)
        return goes_at is not None and goes_at <= moment
