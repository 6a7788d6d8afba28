"""The order of a history: by the time at which things happened, whatever the order of arrival."""

from __future__ import annotations

from datetime import datetime
from typing import Final, TypeAlias

from connector.model.event import Event
from connector.model.light import light
from connector.model.vocabulary import EVENTS

_RANKS: Final = {name: rank for rank, name in enumerate(EVENTS)}
_CUSTOM: Final = len(_RANKS)
_OWN: Final = _CUSTOM + 1

OWN: Final = "own."
"""How the names of events begin that say what our rules did to our own state."""


@light(order=True)
class Place:
    """Where an event stands in its contact's history.

    Of one instant events stand as in the vocabulary, so that an order is placed before it is paid; what our
    own rules did comes last.
    """

    at: datetime
    rank: int
    connection: str
    key: str


InOrder: TypeAlias = tuple[datetime, int, str, str]
"""What events are sorted by."""


def place_of(event: Event) -> Place:
    """The place of an event in the history that it belongs to."""
    return Place(*by_place(event))


def by_place(event: Event) -> InOrder:
    """The same as a plain tuple: a batch sorts hundreds of events, and two tuples are compared in a tenth of
    the time."""
    rank = _OWN if event.name.startswith(OWN) else _RANKS.get(event.name, _CUSTOM)
    return event.occurred_at, rank, event.connection, event.key


def end_of(moment: datetime) -> Place:
    """The place behind all that happened by a moment."""
    return Place(moment, _OWN + 1, "", "")
