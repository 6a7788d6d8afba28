"""What a contact did last: when each event last happened, what they looked at, what they own.

All of it is a maximum or a union, so the order of arrival does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeAlias, cast

from connector.model.contact import Contact
from connector.model.event import Event
from connector.model.values import Value, dumps

KEPT: Final = 10
"""How many of the last products, pages and clicks are remembered."""

AT: Final = "at"
"""The key under which something recent says when it was, beside its own fields."""

_Seen: TypeAlias = "Mapping[str, Value]"

_LOOKED_AT: Final[Mapping[str, tuple[str, str, tuple[str, ...]]]] = {
    "product.viewed": (
        "products",
        "product",
        ("id", "sku", "name", "category", "brand", "price", "currency", "url"),
    ),
    "page.viewed": ("pages", "page", ("url", "path", "title", "referrer")),
    "email.clicked": ("clicks", "email", ("url", "campaign", "subject")),
}
"""By event: the list that it goes to, the subject that was looked at, and what is remembered of that."""

_OWNED_BY: Final = ("product", "sku", "variant")
"""By which of its names an item that was bought is recognised in what a shop suggests."""


def last_after(contact: Contact, event: Event) -> Mapping[str, datetime]:
    """When each event last happened, by its own time."""
    last = contact.last.get(event.name)
    at = event.occurred_at
    return contact.last if last is not None and last >= at else {**contact.last, event.name: at}


def shown(contact: Contact, name: str) -> tuple[dict[str, Value], ...]:
    """The last products, pages or clicks, the newest first, without the moments at which they were seen."""
    return tuple(
        {key: value for key, value in one.items() if key != AT} for one in contact.recent.get(name, ())
    )


def recent_after(contact: Contact, event: Event) -> Mapping[str, tuple[_Seen, ...]]:
    """What the contact looked at, with what the event says of that."""
    found = _LOOKED_AT.get(event.name)
    said = event.subjects.get(found[1]) if found else None
    if found is None or not said:
        return contact.recent
    name, _, kept = found
    seen: dict[str, Value] = {key: said[key] for key in kept if said.get(key) is not None}
    if not seen:
        return contact.recent
    return {
        **contact.recent,
        name: _newest([*contact.recent.get(name, ()), {**seen, AT: event.occurred_at}]),
    }


def _newest(seen: Sequence[_Seen]) -> tuple[_Seen, ...]:
    """The newest of them, each once; what was seen at one instant is ordered by its text."""
    once: dict[str, _Seen] = {}
    for one in sorted(seen, key=_order):
        once[_name(one)] = one
    return tuple(sorted(once.values(), key=_order, reverse=True)[:KEPT])


def _order(one: _Seen) -> tuple[datetime, str]:
    return cast("datetime", one[AT]), dumps({key: one[key] for key in sorted(one)})


def _name(one: _Seen) -> str:
    """By what the same thing is known when it is seen again."""
    return dumps(next((one[key] for key in ("id", "sku", "url", "path", "name") if key in one), dict(one)))


def owned_after(contact: Contact, event: Event) -> tuple[str, ...]:
    """What the contact owns: what is in an order that was paid.

    It stays owned: a shop that takes something back says so of an amount, not of the items.
    """
    if event.name != "order.paid":
        return contact.owned
    items = items_of(event, "order")
    bought = {name for one in items for name in map(one.get, _OWNED_BY) if name and isinstance(name, str)}
    new = bought.difference(contact.owned)
    return tuple(sorted(new.union(contact.owned))) if new else contact.owned


def items_of(event: Event, subject: str) -> Iterable[Mapping[str, Value]]:
    """The lines of a cart or an order, as far as they are readable."""
    items = event.subjects.get(subject, {}).get("items")
    if not isinstance(items, Sequence) or isinstance(items, str):
        return ()
    return [one for one in items if one.__class__ is dict or isinstance(one, Mapping)]
