"""The guards before an action: an open complaint, and consent. Both ask marketing only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from connector.journey.conditions import YES, Asked
from connector.journey.consent import may_market
from connector.journey.view import View
from connector.model.action import Kind
from connector.model.decision import Answer

COMPLAINT_HOLDS_FOR: Final = timedelta(days=30)
"""How long an open complaint keeps marketing away, at most."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """What the guards say; `evidence` is the consent that marketing relies on."""

    asked: Asked = YES
    evidence: str | None = None


def guard(view: View, kind: Kind, connections: Iterable[str]) -> Guarded:
    """Whether something of this kind may reach the contact now, through at least one of the connections."""
    if kind is not Kind.MARKETING:
        return Guarded()
    since = view.now - COMPLAINT_HOLDS_FOR
    if opened := [at for at in view.contact.complaints.values() if at > since]:
        detail = f"a complaint is open since {min(opened).isoformat(timespec='seconds')}"
        return Guarded(Asked(Answer.COMPLAINT, detail))
    for connection in connections:
        may, evidence = may_market(view.contact, view.mapping, connection, view.now)
        if may:
            return Guarded(evidence=evidence)
    return Guarded(Asked(Answer.NO_CONSENT, f"{view.contact.email or 'the contact'} has given no consent"))
