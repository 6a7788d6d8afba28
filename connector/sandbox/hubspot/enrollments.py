"""Contacts on their way through HubSpot's workflows and sequences, and custom events about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import Field

from connector.sandbox.exchange import Answer, CamelBody, Json, Request, as_json, instant
from connector.sandbox.hubspot.book import ContactBook
from connector.sandbox.hubspot.owners import Owners
from connector.sandbox.hubspot.records import Ids
from connector.sandbox.hubspot.refusals import invalid, not_found
from connector.sandbox.routing import Route

SEQUENCES = "/automation/v4/sequences/enrollments"


class SequenceBody(CamelBody):
    """Who goes into which sequence, in whose name."""

    sequence_id: str
    contact_id: str
    sender_email: str = Field(min_length=3)
    sender_alias_address: str | None = None


class EventBody(CamelBody):
    """A custom event about a contact."""

    event_name: str
    email: str | None = None
    object_id: str | None = None
    occurred_at: str | None = None
    uuid: str | None = None
    properties: dict[str, Any] = Field(default_factory=dict)


class EventsBody(CamelBody):
    """Several custom events."""

    inputs: tuple[EventBody, ...] = Field(max_length=500)


@dataclass
class Enrollments:
    """Enrolments in the order in which they came. Any number is a workflow or a sequence that exists."""

    contacts: ContactBook
    owners: Owners
    ids: Ids
    held: list[Json] = field(default_factory=list)
    events: list[Json] = field(default_factory=list)

    def routes(self) -> list[Route]:
        """The calls about workflows, sequences and events."""
        workflow = "/automation/v2/workflows/{workflow}/enrollments/contacts/{email}"
        return [
            ("POST", workflow, self._into_workflow),
            ("POST", SEQUENCES, self._into_sequence),
            ("GET", f"{SEQUENCES}/contact/{{contact}}", self._of_contact),
            ("POST", "/events/v3/send", self._event),
            ("POST", "/events/v3/send/batch", self._events),
        ]

    def _into_workflow(self, request: Request, workflow: str, email: str) -> Answer:
        contact = self.contacts.by_email(email)
        if contact is None or not workflow.isdecimal():
            raise not_found(f"No contact with email {email} or no workflow {workflow}")
        made = {
            "workflow": workflow,
            "contact": contact.id,
            "email": email.lower(),
            "at": instant(request.at),
        }
        self.held.append({"kind": "workflow", **made})
        return Answer(204)

    def _into_sequence(self, request: Request) -> Answer:
        """One sequence at a time for a contact, as HubSpot has it; the words of the refusal are ours."""
        body, user = request.read(SequenceBody), request.first("userId")
        if all(str(owner["userId"]) != user for owner in self.owners.held.values()):
            raise invalid(f"User {user} does not exist", userId=[user])
        contact = self.contacts.held.get(body.contact_id)
        if contact is None or not body.sequence_id.isdecimal():
            raise not_found(f"No contact {body.contact_id} or no sequence {body.sequence_id}")
        if self._current(contact.id):
            raise invalid(f"Contact {contact.id} is already enrolled in a sequence", contactId=[contact.id])
        made = {
            "sequence": body.sequence_id,
            "contact": contact.id,
            "email": contact.properties.get("email", ""),
        }
        sent = {"user": user, "sender": body.sender_email, "id": self.ids.take(), "at": instant(request.at)}
        self.held.append({"kind": "sequence", **made, **sent})
        return as_json(200, _lite(self.held[-1]))

    def _of_contact(self, request: Request, contact: str) -> Answer:
        found = self._current(contact)
        if found is None:
            raise not_found(f"No sequence enrollment for contact {contact}")
        more = {"sequenceId": found["sequence"], "sequenceName": f"Sequence {found['sequence']}"}
        by = {"enrolledBy": found["user"], "enrolledByEmail": found["sender"]}
        return as_json(200, _lite(found) | more | by)

    def _current(self, contact: str) -> Json | None:
        mine = (one for one in self.held if one["kind"] == "sequence" and one["contact"] == contact)
        return next(mine, None)

    def _event(self, request: Request) -> Answer:
        return self._keep(request.read(EventBody))

    def _events(self, request: Request) -> Answer:
        return self._keep(*request.read(EventsBody).inputs)

    def _keep(self, *events: EventBody) -> Answer:
        if any(not (event.email or event.object_id) for event in events):
            raise invalid("An event needs an email, an objectId or a utk")
        self.events += [
            event.model_dump(by_alias=True, exclude_none=True) for event in events if self._is_new(event)
        ]
        return Answer(204)

    def _is_new(self, event: EventBody) -> bool:
        """HubSpot keeps the first event of a name with an id; that its answer is silent on it is ours."""
        ids = [(one["eventName"], one.get("uuid")) for one in self.events]
        return event.uuid is None or (event.event_name, event.uuid) not in ids


def _lite(enrollment: Json) -> Json:
    at = enrollment["at"]
    return {"id": enrollment["id"], "toEmail": enrollment["email"], "enrolledAt": at, "updatedAt": at}
