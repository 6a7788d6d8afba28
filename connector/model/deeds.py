"""What rules did to our own state, as events of a contact's history: by which rule, and whether it stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from connector.model.event import Event
from connector.model.order import OWN

ABOUT: Final = "own"
"""The subject of a deed: what was changed, and how."""
RULE: Final = "rule"
"""What of it names the rule; deeds that older releases wrote down name none."""
UNDONE: Final = f"{OWN}undone"
"""The name of a deed that a person has taken back. It stays in the history, and means nothing any more."""


def stands(event: Event) -> bool:
    """Whether the event is a deed that nobody has taken back."""
    return event.name.startswith(OWN) and event.name != UNDONE


def rule_of(event: Event) -> str:
    """The rule whose deed it is; empty where nothing says so."""
    return str(event.subjects.get(ABOUT, {}).get(RULE, ""))


def taken_back(event: Event) -> Event:
    """The deed once it was taken back, in its place: what it was is kept for whoever reads the history."""
    was = {**event.subjects.get(ABOUT, {}), "was": event.name}
    return replace(event, name=UNDONE, subjects={**event.subjects, ABOUT: was})


def named(event: Event) -> str:
    """What a deed did, in a few words."""
    match event.name.removeprefix(OWN), event.subjects.get(ABOUT, {}):
        case "set", {"fields": dict(fields)}:
            return f"contact.set {', '.join(map(str, fields))}"
        case "count", {"name": name, "by": by}:
            return f"contact.count {name} by {by}"
        case "move", {"journey": journey, "to": to}:
            return f"contact.move to {journey}.{to}"
        case "earn", {"points": points}:
            return f"contact.earn {points} points"
        case kind, _:
            return f"contact.{kind}"
