"""What became of a portal's marketing e-mails, as the email events API tells it.

By developers.hubspot.com, legacy, Get email events: from `startTimestamp` to `endTimestamp`, both included,
"in reverse-chronological order", 10 a page unless `limit` says otherwise (1,000 at most), with an opaque
`offset`. What people do with their e-mails is posted to the same path: HubSpot itself takes nothing there.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import ConfigDict

from connector.sandbox.exchange import Answer, CamelBody, Json, Request, as_json
from connector.sandbox.hubspot.account import PORTAL_ID
from connector.sandbox.hubspot.refusals import invalid
from connector.sandbox.routing import Route

PATH = "/email/public/v1/events"
MOST = 1000


class EventBody(CamelBody):
    """Something that became of an e-mail; what is not named here is kept as it came."""

    model_config = ConfigDict(extra="allow")

    id: str
    created: int
    type: str
    recipient: str


@dataclass
class EmailEvents:
    """The events, in the order in which they came."""

    held: list[Json] = field(default_factory=list)

    def routes(self) -> list[Route]:
        """To ask for them, and to let something happen."""
        return [("GET", PATH, self._page), ("POST", PATH, self._happen)]

    def _happen(self, request: Request) -> Answer:
        event = request.read(EventBody)
        self.held.append({"portalId": PORTAL_ID, **event.model_dump(by_alias=True)})
        return Answer(204)

    def _page(self, request: Request) -> Answer:
        kind, recipient = request.first("eventType"), request.first("recipient")
        start, end = (
            request.number("startTimestamp", 0, 10**15),
            request.number("endTimestamp", 10**15, 10**15),
        )
        found = [
            one
            for one in sorted(self.held, key=lambda one: -one["created"])
            if start <= one["created"] <= end
            and kind in {"", one["type"]}
            and recipient in {"", one["recipient"]}
        ]
        begin, most = _begin(request.first("offset")), request.number("limit", 10, MOST)
        more = begin + most < len(found)
        offset = f"Cg{begin + most}" if more else ""
        return as_json(200, {"events": found[begin : begin + most], "hasMore": more, "offset": offset})


def _begin(offset: str) -> int:
    if not offset:
        return 0
    if not (offset.startswith("Cg") and offset[2:].isdecimal()):
        raise invalid("Invalid offset")
    return int(offset[2:])
