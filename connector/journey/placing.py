"""Where an event belongs in its contact's history, and whether it comes late to it.

A fold goes back to the publication of the live version, and no further: an event from before that stands
right behind what was decided under older versions, in the order of time among its like.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from connector.mapping.mapping import Mapping
from connector.model.contact import Contact, Folded
from connector.model.decision import Decision
from connector.model.event import Event
from connector.model.order import Place, end_of, place_of

Position: TypeAlias = tuple[Place, Place]
"""What a history is sorted by: the place, or that of the base for what is older than it; then the place."""


def begun(mapping: Mapping, contact: Contact) -> Folded:
    """How far the history is folded for the live version: under another one, nothing of it is yet.

    What was decided until then is its base.
    """
    known = contact.folded
    if known is None:
        so_far = end_of(max(contact.last.values())) if contact.last else None
        return Folded(mapping.version, upto=so_far, base=so_far)
    if known.version == mapping.version:
        return known
    return Folded(mapping.version, upto=known.upto, base=known.upto)


def position(event: Event, folded: Folded) -> Position:
    """Where an event stands among those that were decided under the live version."""
    place = place_of(event)
    return (max(place, folded.base) if folded.base else place), place


def is_late(mapping: Mapping, before: Contact, event: Event) -> bool:
    """Whether something was decided under the live version that stands behind this event."""
    folded = begun(mapping, before)
    if folded.upto is None or event.occurred_at > folded.upto.at or before.erased_at is not None:
        return False
    return event.name != "contact.erased" and place_of(event) < folded.upto


def passed(mapping: Mapping, before: Contact, moments: Iterable[datetime]) -> Folded:
    """How far the history is folded where time alone has brought moves at these moments."""
    folded, latest = begun(mapping, before), max(moments, default=None)
    if latest is None:
        return folded
    place = end_of(latest)
    return replace(folded, upto=place if folded.upto is None else max(folded.upto, place))


def lived_until(mapping: Mapping, contact: Contact, now: datetime) -> datetime:
    """Until when time has brought a contact its moves by quiet; later ones may be due, and are not made."""
    upto = begun(mapping, contact).upto
    return min(upto.at, now) if upto else now


def with_base(mapping: Mapping, before: Contact, decision: Decision) -> Decision:
    """The decision with the facts from which later folds begin, where it is the first under this version."""
    after, known = decision.contact.folded, before.folded
    if after is None or after.version != mapping.version or after.base is None:
        return decision
    is_first = known is None or known.version != mapping.version
    return replace(decision, base=before) if is_first else decision


def after(mapping: Mapping, before: Contact, event: Event) -> Folded:
    """How far the history is folded with one event more."""
    folded, place = begun(mapping, before), place_of(event)
    is_newest = folded.upto is None or event.occurred_at > folded.upto.at or place > folded.upto
    upto = place if is_newest else folded.upto
    return Folded(folded.version, upto, folded.base, folded.count + 1)
