"""How much the sandbox takes before it answers 429."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """The platforms' limits; None takes everything, which is the default.

    The real ones: HubSpot 100 to 250 requests per ten seconds, 250,000 or more a day and 5 searches per
    second; Mailchimp 10 connections at the same time.
    """

    hubspot_per_ten_seconds: int | None = None
    hubspot_per_day: int | None = None
    hubspot_searches_per_second: int | None = None
    mailchimp_connections: int | None = None


class Window:
    """A limit on requests in a rolling time."""

    def __init__(self, limit: int | None, lasts: timedelta, shown: int) -> None:
        self.limit = limit
        self._lasts = lasts
        self._shown = shown
        self._taken: deque[datetime] = deque()

    @property
    def size(self) -> int:
        """What the headers say: the limit, or what is shown where there is none."""
        return self.limit if self.limit is not None else self._shown

    def take(self, at: datetime) -> bool:
        """Count a request, unless that would be one too many."""
        self._forget(at)
        if self.limit is not None and len(self._taken) >= self.limit:
            return False
        self._taken.append(at)
        return True

    def left(self, at: datetime) -> int:
        """How many more it takes now."""
        self._forget(at)
        return max(0, self.size - len(self._taken))

    def _forget(self, at: datetime) -> None:
        while self._taken and self._taken[0] <= at - self._lasts:
            self._taken.popleft()
