"""What a platform has said of an address for good: it has left, or nothing is taken about it any more.

A verdict is an event of the contact's history, so that whoever folds that anew comes to the same. No rule
listens to it. It stands until the person signs up anew.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from connector.journey.consent import consent_key, list_of
from connector.mapping.mapping import Mapping
from connector.model import identities
from connector.model.contact import Consent, Contact, changed
from connector.model.event import Event
from connector.model.values import Value

VERDICT: Final = "platform.left"
"""The name of the event; nobody else sends one."""

_ABOUT: Final = "verdict"


def verdict(
    connection: str, address: str, said: str, now: datetime, *, key: str, is_closed: bool = False
) -> Event:
    """That a connection's platform has said this of an address; `key` is that of the action that asked."""
    told: dict[str, Value] = {"address": address, "words": said, "closed": is_closed}
    known = identities.email(address)
    return Event(
        key=f"{key}|{now.isoformat()}",
        name=VERDICT,
        occurred_at=now,
        connection=connection,
        source="",
        people=(known,) if known else (),
        subjects={_ABOUT: told},
    )


def is_verdict(event: Event) -> bool:
    """Whether the event is what a platform has said of an address."""
    return event.name == VERDICT


def words_of(event: Event) -> str:
    """What the platform said, and upon what."""
    return str(event.subjects[_ABOUT].get("words"))


def hear(contact: Contact, mapping: Mapping, event: Event) -> Contact:
    """The contact after a verdict, without consent for that list; the same where it says nothing new.

    It stands also against evidence that is dated ahead of it.
    """
    told = event.subjects[_ABOUT]
    key = consent_key("email", list_of(mapping, event.connection), str(told.get("address")))
    closed_by = event.connection if told.get("closed") else ""
    before = contact.consent.get(key)
    if before is not None and not before.given and closed_by in {"", before.closed_by}:
        return contact
    at = max(event.occurred_at, before.at) if before is not None else event.occurred_at
    after = Consent(given=False, at=at, evidence=words_of(event), closed_by=closed_by)
    return changed(contact, consent={**contact.consent, key: after})
