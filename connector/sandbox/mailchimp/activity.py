"""What happens to a Mailchimp member: tags, events, notes, and journeys that begin."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from pydantic import AwareDatetime, Field

from connector.sandbox.exchange import Answer, Body, Json, Request, as_json
from connector.sandbox.mailchimp.audiences import Audience, Audiences, listed
from connector.sandbox.mailchimp.problems import not_found, problem
from connector.sandbox.routing import Route

_MEMBER = "/3.0/lists/{list}/members/{member}"


class TagBody(Body):
    """One tag to set or take away."""

    name: str = Field(min_length=1)
    status: Literal["active", "inactive"]


class TagsBody(Body):
    """A change of a member's tags; those that are not named stay."""

    tags: tuple[TagBody, ...]
    is_syncing: bool = False


class EventBody(Body):
    """Something that a member did."""

    name: str = Field(min_length=2, max_length=30)
    properties: dict[str, str] = Field(default_factory=dict)
    occurred_at: AwareDatetime | None = None
    is_syncing: bool = False


class NoteBody(Body):
    """A note about a member."""

    note: str = Field(max_length=1000)


class JourneyBody(Body):
    """Whom a journey's step is for."""

    email_address: str


class Activity:
    """What members get and do; `journeys` are the steps that were triggered, in order."""

    def __init__(self, audiences: Audiences, held: dict[str, Audience]) -> None:
        self._audiences = audiences
        self._held = held
        self.journeys: list[Json] = []

    def routes(self) -> list[Route]:
        """The calls about tags, events, notes and journeys."""
        trigger = "/3.0/customer-journeys/journeys/{journey}/steps/{step}/actions/trigger"
        return [
            ("POST", f"{_MEMBER}/tags", self._tag),
            ("GET", f"{_MEMBER}/tags", self._tags),
            ("POST", f"{_MEMBER}/events", self._event),
            ("GET", f"{_MEMBER}/events", self._events),
            ("POST", f"{_MEMBER}/notes", self._note),
            ("GET", f"{_MEMBER}/notes", self._notes),
            ("POST", trigger, self._trigger),
        ]

    def _tag(self, request: Request, list_id: str, key: str) -> Answer:
        audience = self._audiences.find(list_id)
        member, body = audience.member(key), request.read(TagsBody)
        before = set(member.tags)
        for tag in body.tags:
            if tag.status == "active":
                audience.tag_id(tag.name)
                member.tags.setdefault(tag.name, request.at)
            else:
                member.tags.pop(tag.name, None)
        if set(member.tags) != before:
            audience.touch(member, request.at)
        return Answer(204)

    def _tags(self, request: Request, list_id: str, key: str) -> Answer:
        audience = self._audiences.find(list_id)
        tags = [
            {"id": audience.tag_id(name), "name": name, "date_added": seconds(at)}
            for name, at in audience.member(key).tags.items()
        ]
        return listed(request, "tags", tags)

    def _event(self, request: Request, list_id: str, key: str) -> Answer:
        member, body = self._audiences.find(list_id).member(key), request.read(EventBody)
        occurred_at = seconds(body.occurred_at or request.at)
        event: Json = {"occurred_at": occurred_at, "name": body.name, "properties": body.properties}
        member.events.append(event)
        return Answer(204)

    def _events(self, request: Request, list_id: str, key: str) -> Answer:
        events = self._audiences.find(list_id).member(key).events
        return listed(
            request, "events", sorted(events, key=lambda one: str(one["occurred_at"]), reverse=True)
        )

    def _note(self, request: Request, list_id: str, key: str) -> Answer:
        member, body = self._audiences.find(list_id).member(key), request.read(NoteBody)
        note: Json = {
            "id": len(member.notes) + 1,
            "note": body.note,
            "created_at": seconds(request.at),
            "updated_at": seconds(request.at),
            "created_by": "API",
            "list_id": list_id,
            "email_id": member.id,
        }
        member.notes.append(note)
        return as_json(200, note)

    def _notes(self, request: Request, list_id: str, key: str) -> Answer:
        return listed(request, "notes", self._audiences.find(list_id).member(key).notes)

    def _trigger(self, request: Request, journey: str, step: str) -> Answer:
        """404 for somebody who is in no audience, 400 for one who is but gets no marketing.

        Mailchimp documents neither; these are the statuses that its other calls give in the same position.
        """
        email = request.read(JourneyBody).email_address
        statuses = {
            m.status
            for a in self._held.values()
            for m in a.members.values()
            if m.email.lower() == email.lower()
        }
        if not (journey.isdigit() and step.isdigit()) or statuses <= {"archived"}:
            raise not_found()
        if "subscribed" not in statuses:
            raise problem(400, "Bad Request", "The contact is not subscribed and cannot enter the journey.")
        kept = {"journey_id": int(journey), "step_id": int(step), "email_address": email.lower()}
        self.journeys.append({**kept, "at": seconds(request.at)})
        return Answer(204)


def seconds(moment: datetime) -> str:
    """A moment as Mailchimp stores it, in whole seconds: 2026-11-22T09:00:00+00:00."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")
