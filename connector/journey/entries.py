"""What enters a trigger upon an event: the subject, or each of its items, with the key of its run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Final

from connector.journey.runs import key_of
from connector.journey.view import View
from connector.mapping.rules import Trigger
from connector.model.light import light
from connector.model.values import Value

_NAMES: Final = ("id", "sku", "product")
_CUT: Final = "#"


@light
class Entry:
    """One run that begins or goes on: its key, and what it sees besides the event."""

    key: str
    names: Mapping[str, object] = field(default_factory=dict)


def entries(view: View, trigger: Trigger, key: str | None = None) -> Sequence[Entry]:
    """The runs that an event means for a trigger. Raises ExpressionFailed.

    `key` is given where it does not follow from the event: for entries of a stage, for dates.
    """
    base = key_of(trigger, view.contact, view.event) if key is None else key
    if not trigger.is_by_item:
        return (Entry(base),)
    return tuple(_of_items(base, _items(view, trigger)))


def names_of(view: View, trigger: Trigger, key: str) -> Mapping[str, object]:
    """What a run that waits sees besides its event: the item for which it is. Raises ExpressionFailed."""
    if not trigger.is_by_item:
        return {}
    found = [one for one in _of_items("", _items(view, trigger)) if key.endswith(one.key)]
    return max(found, key=lambda one: len(one.key)).names if found else {}


def _items(view: View, trigger: Trigger) -> Sequence[Value]:
    items: object = view.event.subjects.get("order", {}).get("items")
    if trigger.for_each is not None:
        items = trigger.for_each(view.scope)
    return items if isinstance(items, Sequence) and not isinstance(items, str) else ()


def _of_items(base: str, items: Iterable[Value]) -> Iterable[Entry]:
    """One entry an item, by its id or stock keeping unit, and by its place where that is not its own."""
    known: set[str] = set()
    for place, item in enumerate(items, start=1):
        name = _name(item) or str(place)
        name = f"{name}{_CUT}{place}" if name in known else name
        known.add(name)
        yield Entry(f"{base}{_CUT}{name}", {"item": item})


def _name(item: Value) -> str | None:
    if not isinstance(item, Mapping):
        return str(item)
    return next((str(item[name]) for name in _NAMES if item.get(name)), None)
