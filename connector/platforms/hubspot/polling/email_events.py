"""What becomes of marketing e-mails: sent, opened, clicked, bounced.

By developers.hubspot.com, API reference, legacy, Get email events (`/email/public/v1/events`, scope
`content`): events come "in reverse-chronological order", an `offset` is "short-lived", a page has 1,000 at
most. An event is known by `id` and `created` together (Email events overview). `excludeFilteredEvents`
leaves out what HubSpot holds for bots.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from connector.errors import Rejected
from connector.platforms.hubspot.answers import dicts, proven, text
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.polling import OVERLAP, Page, State, body_of, milliseconds
from connector.platforms.proof import preparing, unproven
from connector.platforms.transport import Answer

KINDS: Final = ("SENT", "OPEN", "CLICK", "BOUNCE")
AT_ONCE: Final = 500
HOUR: Final = 3_600_000
TOLD: Final = {"recipient": "recipient", "emailCampaignId": "campaign", "subject": "subject", "url": "url"}
"""What of an event goes into the body, and under which name."""


class EmailEvents:
    """The events of one kind.

    Since the newest come first, nothing is settled before the last page of a stretch. A stretch that is long
    over ends after an hour, so that a backlog is read in steps; the others reach to the newest. `since` is
    a time of HubSpot's own, so that no clock of ours decides what is missed.
    """

    def __init__(self, client: HubSpotClient, kind: str) -> None:
        self.name = f"email.{kind}"
        self.topics = (f"polled.email.{kind}",)
        self._client, self._kind = client, kind

    def begin(self, now: datetime) -> State:
        """From now on."""
        return {"begun": milliseconds(now), "since": milliseconds(now)}

    def ask(self, state: State, now: datetime) -> Page:
        """The next page of a stretch, or the first of the next one."""
        start = max(state["begun"], state["since"] - OVERLAP)
        until = state.get("until") or _end(start, milliseconds(now))
        try:
            found = self._events(start, until, state.get("offset"))
        except Rejected:
            if not state.get("offset"):
                raise
            return Page((), _settled(state, state["since"]), is_last=True)  # the offset lives no longer
        events, offset = found
        top = max([state.get("top", 0), *(one["created"] for one in events)])
        bodies = [self._body(one) for one in events]
        if offset:
            under_way = {"until": until, "offset": offset, "top": top}
            return Page(bodies, {**state, **under_way}, is_last=False)
        return Page(bodies, _settled(state, until or top), is_last=not until)

    def _events(self, start: int, until: int, offset: str | None) -> tuple[list[dict[str, Any]], str]:
        """Those of one page, and the offset of the next one; empty where there is none."""
        query = {"eventType": self._kind, "startTimestamp": start, "limit": AT_ONCE}
        bounds = {"endTimestamp": until, "offset": offset, "excludeFilteredEvents": "true"}
        asked = [(name, str(value)) for name, value in {**query, **bounds}.items() if value]
        with self._client.one_deadline(), self._client.for_many(), preparing():
            return _read(self._client.call("GET", "/email/public/v1/events", query=asked))

    def _body(self, event: Mapping[str, Any]) -> bytes:
        told = {ours: event[theirs] for theirs, ours in TOLD.items() if event.get(theirs)}
        reason = event.get("response") or event.get("category")
        known = {"subscriptionType": self.topics[0], "eventId": event["id"], "occurredAt": event["created"]}
        return body_of({**known, **told, **({"reason": reason} if self._kind == "BOUNCE" else {})})


def _read(answer: Answer) -> tuple[list[dict[str, Any]], str]:
    body = proven(answer, 200)
    if not isinstance(body.get("events"), list) or not isinstance(body.get("hasMore"), bool):
        raise unproven(answer, "no events")
    events = [one for one in dicts(body["events"]) if text(one.get("id")) and _is_time(one.get("created"))]
    return events, text(body.get("offset")) if body["hasMore"] else ""


def _is_time(found: object) -> bool:
    return isinstance(found, int) and not isinstance(found, bool)


def _end(start: int, now: int) -> int:
    """Where a stretch ends, in milliseconds; 0 where it reaches to the newest."""
    end = start + OVERLAP + HOUR
    return end if end + HOUR < now else 0


def _settled(state: State, since: int) -> State:
    return {"begun": state["begun"], "since": max(state["since"], since)}
