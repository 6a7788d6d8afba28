"""Short ways to ask the HubSpot adapter for something."""

from __future__ import annotations

from datetime import UTC, datetime

from connector.model.action import Action, Cause, Kind
from connector.model.values import Value
from connector.platforms.base import Addressee, Call, Outcome
from connector.platforms.hubspot.adapter import HubSpot

EVA = "eva@example.com"
DECIDED = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def wish(
    name: str,
    arguments: dict[str, Value],
    *,
    email: str | None = EVA,
    platform_id: str | None = None,
    known: frozenset[str] = frozenset(),
) -> Call:
    """One action for one contact."""
    cause = Cause("trigger:test", 0, "order.paid", "e1")
    action = Action("key", "hubspot", name, "c1", arguments, Kind.INTERNAL, cause, DECIDED)
    return Call(action, Addressee("c1", email, platform_id, has_consent=True), known)


def do(hubspot: HubSpot, *wishes: Call) -> list[Outcome]:
    """What comes of them, all of one name."""
    return list(hubspot.dispatch(wishes[0].action.name, wishes))
