"""The ledger of points: what every event gave to a score, kept as far as it can still matter.

Of each rule of a score the newest entries stand by themselves; older ones are joined, those that expire in
parts of a thirty-second of their time. Entries that have expired are dropped. So a rule keeps at most `KEPT`
entries (as many as its `at_most`, where that is more) and 33 joined ones. Any order of arrival gives the same
ledger: only an event so late that its period of `at_most` has been joined gives nothing any more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from connector.journey.fading import faded
from connector.mapping.scoring import Points
from connector.mapping.terms import Frequency
from connector.model.contact import Point

KEPT: Final = 30
"""How many entries of one rule stand by themselves."""

_PARTS: Final = 32
_PRECISE: Final = Decimal("0.000001")
_DAY: Final = timedelta(days=1)
_BEGIN: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Terms:
    """By what the entries of one rule are kept: the rule, how fast they fade, and the company's clocks."""

    rule: Points
    half_life: timedelta | None
    zone: ZoneInfo

    def period(self, at: datetime) -> int:
        """The whole period of `at_most` in which a moment lies; of `once` there is only one."""
        per = self.rule.at_most.per if self.rule.at_most else None
        return 0 if per is None or self.rule.once else period_of(at, per, self.zone)

    @property
    def at_most(self) -> int | None:
        """How many entries a period may have."""
        limit: Frequency | None = self.rule.at_most
        return 1 if self.rule.once else limit.count if limit else None


def period_of(at: datetime, per: timedelta, zone: ZoneInfo) -> int:
    """The number of the whole period in which a moment lies.

    Whole days are those of the zone, and weeks begin on Monday; anything else is counted on in UTC.
    """
    if per % _DAY:
        return (at - _BEGIN) // per
    return (at.astimezone(zone).date().toordinal() - 1) // (per // _DAY)


def written(entries: tuple[Point, ...], new: Point, terms: Terms, now: datetime) -> tuple[Point, ...]:
    """The entries of one rule with a new one, by their times; the same where it gives nothing."""
    joined = tuple(one for one in entries if not one.event)
    apart = [one for one in entries if one.event]
    if any(one.event == new.event for one in apart) or _is_closed(joined, new, terms):
        return entries
    apart = _within_bounds(sorted([*apart, new], key=_order), new, terms)
    kept = max(KEPT, terms.at_most or 0)
    for old in apart[:-kept]:
        joined = _joined(joined, old, terms)
    left = sorted((*joined, *apart[-kept:]), key=_order)
    return tuple(one for one in left if not _is_gone(one, terms, now))


def _is_closed(joined: tuple[Point, ...], new: Point, terms: Terms) -> bool:
    """Whether nobody can tell any more how full the period of an entry was."""
    if terms.at_most is None or not joined:
        return False
    return terms.period(new.at) <= terms.period(max(one.at for one in joined))


def _within_bounds(apart: list[Point], new: Point, terms: Terms) -> list[Point]:
    """The entries without those that are too many in the period of the new one: the earliest count."""
    if terms.at_most is None:
        return apart
    period = terms.period(new.at)
    rivals = [one for one in apart if terms.period(one.at) == period]
    return [one for one in apart if one not in rivals[terms.at_most :]]


def _joined(joined: tuple[Point, ...], old: Point, terms: Terms) -> tuple[Point, ...]:
    """The joined entries with one more among them."""
    part = _part(old, terms)
    others = [one for one in joined if _part(one, terms) != part]
    same = [one for one in joined if _part(one, terms) == part]
    return (*others, _sum([*same, old], terms))


def _part(one: Point, terms: Terms) -> int:
    expires = terms.rule.expires
    return (one.at - _BEGIN) // (expires / _PARTS) if expires else 0


def _sum(some: list[Point], terms: Terms) -> Point:
    latest = max(one.at for one in some)
    left = sum((faded(one.add, one.at, latest, terms.half_life) for one in some), Decimal(0))
    return replace(some[0], add=left.quantize(_PRECISE) if terms.half_life else left, at=latest, event="")


def _is_gone(one: Point, terms: Terms, now: datetime) -> bool:
    """Whether an entry has expired, and every other of its period with it."""
    if terms.rule.expires is None or terms.rule.once:
        return False
    per = terms.rule.at_most.per if terms.rule.at_most else timedelta(0)
    return one.at + terms.rule.expires + per <= now


def _order(one: Point) -> tuple[datetime, str]:
    return one.at, one.event
