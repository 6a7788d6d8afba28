"""Events of Mailchimp's members."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from connector.platforms.base import Addressee, Call, Done
from connector.platforms.mailchimp.answers import check_status, proven
from connector.platforms.mailchimp.arguments import SendEvent
from connector.platforms.mailchimp.audience import Audience
from connector.platforms.mailchimp.client import MailchimpClient
from connector.platforms.mailchimp.members import Members, member_id
from connector.platforms.mailchimp.values import as_text, moment, read_moment
from connector.platforms.proof import is_absent, preparing, unproven
from connector.platforms.transport import Answer

EVENTS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event as Mailchimp keeps it: to the second, with text properties, and without an id of its own."""

    name: str
    occurred_at: str
    properties: Mapping[str, str]

    @property
    def likeness(self) -> str:
        """The same for events that cannot be told apart, and for no others."""
        written = json.dumps(dict(self.properties), sort_keys=True).encode()
        return f"{self.name}@{self.occurred_at}:{sha256(written).hexdigest()[:16]}"

    def reference(self, key: str) -> str:
        """What we call the event that the action with this key made."""
        return f"{self.likeness}:{key}"


class Events:
    """Sending events, and looking whether one arrived."""

    def __init__(self, client: MailchimpClient, audience: Audience, members: Members) -> None:
        self._client, self._audience, self._members = client, audience, members

    def send(self, call: Call, wanted: SendEvent) -> Done:
        """Send it as of the moment when it was decided. Raises a DispatchError."""
        event = _occurrence(call, wanted)
        answer = self._sent(call.addressee, event)
        if is_absent(answer) and self._members.add_absent(call.addressee):
            answer = self._sent(call.addressee, event)
        check_status(answer, 204, once=True)
        return Done(event.reference(call.action.key))

    def look_up(self, call: Call, wanted: SendEvent) -> Done | None:
        """Whether Mailchimp holds one more event like this than the settled actions account for."""
        event = _occurrence(call, wanted)
        settled = sum(reference.startswith(f"{event.likeness}:") for reference in call.known)
        with preparing():
            held = sum(one.likeness == event.likeness for one in self._held(call.addressee))
        return Done(event.reference(call.action.key)) if held > settled else None

    def _sent(self, addressee: Addressee, event: Occurrence) -> Answer:
        body = {
            "name": event.name,
            "occurred_at": event.occurred_at,
            "properties": dict(event.properties),
        }
        answer: Answer = self._client.sdk.lists.create_list_member_event(
            self._audience.id, member_id(addressee), body
        )
        return answer

    def _held(self, addressee: Addressee) -> Iterator[Occurrence]:
        read, total = 0, 1
        while read < total:
            answer = self._client.sdk.lists.get_list_member_events(
                self._audience.id, member_id(addressee), count=EVENTS_AT_ONCE, offset=read
            )
            if is_absent(answer):
                return
            match proven(answer):
                case {"events": list(events), "total_items": int(total)} if events or read >= total:
                    yield from map(_read, events)
                    read += len(events)
                case _:
                    raise unproven(answer, "no events")


def _occurrence(call: Call, wanted: SendEvent) -> Occurrence:
    properties = {name: as_text(value) for name, value in wanted.properties.items() if value is not None}
    return Occurrence(wanted.name, moment(call.action.decided_at), properties)


def _read(found: Any) -> Occurrence:
    """An event as Mailchimp shows it; one that cannot be read is like no other."""
    event = found if isinstance(found, dict) else {}
    at = read_moment(event.get("occurred_at"))
    properties = event.get("properties")
    texts = (
        {str(name): str(value) for name, value in properties.items()} if isinstance(properties, dict) else {}
    )
    return Occurrence(str(event.get("name")), moment(at) if at else "", texts)
