"""Which events call a run off, or close what it made: those of its `unless` or `until`, about the same thing.

About the same kind of subject an event means the same one. About another kind it means any of the contact's:
every order calls off a cart. Then it must not have happened before what began the run.
"""

from __future__ import annotations

from collections.abc import Mapping

from connector.journey.conditions import Asked
from connector.journey.ledger import is_reported
from connector.journey.subjects import scope_of, text
from connector.journey.view import View
from connector.mapping.rules import Trigger
from connector.model.contact import Contact
from connector.model.decision import Answer
from connector.model.event import Event
from connector.model.values import Value
from connector.model.vocabulary import carried_by


def concerns(event: Event, about: Event) -> bool:
    """Whether an event is about what a run is about that `about` began."""
    shared = [kind for kind in event.subjects if kind in about.subjects]
    for kind in shared:
        mine, theirs = _names(about, kind), _names(event, kind)
        if mine and theirs:
            return not mine.isdisjoint(theirs)
    return event.occurred_at >= about.occurred_at


def gist(event: Event) -> Event:
    """What of an event says whether another concerns it, and nothing more: small enough to be kept."""
    return Event(
        key=event.key,
        name=event.name,
        occurred_at=event.occurred_at,
        connection=event.connection,
        source=event.source,
        belongings=tuple(one for one in event.belongings if one.kind in event.subjects),
        subjects={kind: _named(subject) for kind, subject in event.subjects.items()},
    )


def was_called_off(view: View, trigger: Trigger) -> Asked | None:
    """That what calls the run off has happened already: it arrived before what begins the run."""
    name = come_already(view, trigger.unless_events)
    return Asked(Answer.ENDED, f"{name} has called it off already") if name else None


def come_already(view: View, names: frozenset[str]) -> str | None:
    """The first of these events, by name, that concerns what the rule goes by and has happened already."""
    if not names:
        return None
    others = sorted(names - {view.event.name})
    return next((name for name in others if _has_happened(view.contact, name, view.event)), None)


def _has_happened(contact: Contact, name: str, about: Event) -> bool:
    subject, _, fact = name.partition(".")
    if subject == "order" and "order" in about.subjects:
        order_id = text(about.subjects["order"].get("id"))
        order = contact.orders.get(f"{scope_of(about, 'order')}:{order_id}")
        return order is not None and is_reported(order, fact)
    if about.subjects.keys() & set(carried_by(name) or ()):
        return False
    last = contact.last.get(name)
    return last is not None and last >= about.occurred_at


def _names(event: Event, kind: str) -> set[str]:
    """The names by which the event's subject is known, within its shop."""
    subject, scope = event.subjects[kind], scope_of(event, kind)
    return {f"{scope}:{name}" for name in _named(subject).values()}


def _named(subject: Mapping[str, Value]) -> dict[str, str]:
    return {key: name for key in ("id", "token") if (name := text(subject.get(key)))}
