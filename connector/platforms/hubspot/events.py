"""HubSpot's custom events about contacts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID, uuid5

from connector.errors import DispatchError, Rejected
from connector.platforms.base import Done, Outcome
from connector.platforms.hubspot.answers import check_status
from connector.platforms.hubspot.arguments import SendEvent
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.finding import Finding
from connector.platforms.hubspot.together import stop_of
from connector.platforms.hubspot.values import as_texts, moment
from connector.platforms.hubspot.wishes import Wish

ACTIONS: Final = UUID("6f1b5a0e-3a53-4d0c-9a57-5d5c3f3d8a41")
"""The name space of events' ids: one action has one."""


class Events:
    """Telling HubSpot of events.

    An event carries an id, of which HubSpot keeps the first within a year and no other, so that it can be
    sent again (developers.hubspot.com, Send a custom event occurrence, `uuid`).
    """

    def __init__(self, client: HubSpotClient, finding: Finding) -> None:
        self._client, self._finding = client, finding

    def send(self, wishes: Sequence[Wish[SendEvent]]) -> list[Outcome]:
        """Tell of them, as of when they were decided."""
        ids = self._finding.ids([one.addressee for one in wishes])
        events = [_event(wish, id_) for wish, id_ in zip(wishes, ids, strict=True) if isinstance(id_, str)]
        told = iter(self._told(events) if events else ())
        return [_outcome(next(told), id_) if isinstance(id_, str) else id_ for id_ in ids]

    def _told(self, events: Sequence[dict[str, Any]]) -> list[DispatchError | None]:
        """None where HubSpot took it: all of a batch, or none of it, then the halves of it are tried."""
        try:
            self._send(events)
        except Rejected as error:
            if len(events) == 1 or error.status == 403:
                return [error for _ in events]
        except DispatchError as error:
            return [error for _ in events]
        else:
            return [None for _ in events]
        middle = (len(events) + 1) // 2
        first = self._told(events[:middle])
        stop = next(filter(None, map(stop_of, first)), None)
        return [*first, *([stop] * (len(events) - middle) if stop else self._told(events[middle:]))]

    def _send(self, events: Sequence[dict[str, Any]]) -> None:
        send = self._client.sdk.events.send
        if len(events) == 1:
            answer = send.basic_api.send(events[0], _preload_content=False)
        else:
            answer = send.batch_api.send({"inputs": list(events)}, _preload_content=False)
        check_status(answer, 204)


def _event(wish: Wish[SendEvent], contact_id: str) -> dict[str, Any]:
    action = wish.call.action
    return {
        "eventName": wish.arguments.name,
        "objectId": contact_id,
        "occurredAt": moment(action.decided_at),
        "uuid": str(uuid5(ACTIONS, action.key)),
        "properties": as_texts(wish.arguments.properties),
    }


def _outcome(fault: DispatchError | None, contact_id: str) -> Outcome:
    return fault or Done(platform_id=contact_id)
