"""HubSpot's custom events about contacts."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid5

from connector.platforms.base import Call, Done
from connector.platforms.hubspot.answers import check_status
from connector.platforms.hubspot.arguments import SendEvent
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.contacts import Contacts
from connector.platforms.hubspot.values import as_texts, moment

ACTIONS: Final = UUID("6f1b5a0e-3a53-4d0c-9a57-5d5c3f3d8a41")
"""The name space of events' ids: one action has one."""


class Events:
    """Telling HubSpot of events.

    An event carries an id, of which HubSpot keeps the first within a year and no other, so that it can be
    sent again (developers.hubspot.com, Send a custom event occurrence, `uuid`).
    """

    def __init__(self, client: HubSpotClient, contacts: Contacts) -> None:
        self._client, self._contacts = client, contacts

    def send(self, call: Call, wanted: SendEvent) -> Done:
        """Tell of it, as of when it was decided. Raises a DispatchError."""
        contact_id = self._contacts.id_of(call.addressee)
        answer = self._client.sdk.events.send.basic_api.send(
            {
                "eventName": wanted.name,
                "objectId": contact_id,
                "occurredAt": moment(call.action.decided_at),
                "uuid": str(uuid5(ACTIONS, call.action.key)),
                "properties": as_texts(wanted.properties),
            },
            _preload_content=False,
        )
        check_status(answer, 204)
        return Done(platform_id=contact_id)
