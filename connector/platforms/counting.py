"""How many people an account has, as the platform itself tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Headcount:
    """So many contacts, of those kinds that the platform is paid for.

    Where it is paid for some of them only, `marketing` are those; None where it makes no such difference, or
    has none of them. `asks_twice`: who newly consents is asked to confirm it.
    """

    contacts: int
    marketing: int | None = None
    asks_twice: bool = False


class Headcounter(Protocol):
    """Asks one account, by reads alone."""

    def count(self) -> Headcount:
        """How many there are now. Raises a DispatchError."""

    def close(self) -> None:
        """Give up the connection."""
