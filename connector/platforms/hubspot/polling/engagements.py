"""Meetings and calls: booked, held, cancelled.

By developers.hubspot.com, API reference, search the CRM: 200 records a page, 10,000 of one search, and what
was changed is found some moments later; meetings and calls, "Meetings" and "Calls" of the CRM guides, for
`hs_meeting_outcome` and `hs_call_status`. HubSpot's webhooks know neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from connector.platforms.hubspot.answers import Record, dicts, part_refused, proven, read_record, text
from connector.platforms.hubspot.client import HubSpotClient
from connector.platforms.hubspot.finding import ABSENT
from connector.platforms.hubspot.polling.paging import next_of
from connector.platforms.polling import OVERLAP, Page, State, body_of, milliseconds
from connector.platforms.proof import preparing, unproven

CHANGED: Final = "hs_lastmodifieddate"
AT_ONCE: Final = 200

Happened: TypeAlias = tuple[str, datetime]
"""A topic, and when that was."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: `told` are properties by the names that the body has for them."""

    name: str
    topics: tuple[str, ...]
    told: Mapping[str, str]
    reads: Callable[[Mapping[str, Any]], Iterator[Happened]]


def _of_meeting(properties: Mapping[str, Any]) -> Iterator[Happened]:
    """What is entered behind its begin was not booked, only written down; what is ended early is over."""
    made, begins = _time(properties, "hs_createdate"), _time(properties, "hs_meeting_start_time")
    ends, changed = _time(properties, "hs_meeting_end_time") or begins, _time(properties, CHANGED)
    if made and begins and made < begins:
        yield "polled.meeting.booked", made
    match properties.get("hs_meeting_outcome"):
        case "COMPLETED" if ends and changed:
            yield "polled.meeting.held", min(ends, changed)
        case "CANCELED" if changed:
            yield "polled.meeting.cancelled", changed


def _of_call(properties: Mapping[str, Any]) -> Iterator[Happened]:
    at = _time(properties, "hs_timestamp")
    if at and properties.get("hs_call_status") == "COMPLETED":
        yield "polled.call.held", at


MEETINGS: Final = Kind(
    "meetings",
    ("polled.meeting.booked", "polled.meeting.held", "polled.meeting.cancelled"),
    {"title": "hs_meeting_title", "starts_at": "hs_meeting_start_time", "ends_at": "hs_meeting_end_time"},
    _of_meeting,
)
CALLS: Final = Kind(
    "calls", ("polled.call.held",), {"title": "hs_call_title", "starts_at": "hs_timestamp"}, _of_call
)
ASKED: Final = {
    "meetings": (*MEETINGS.told.values(), "hs_meeting_outcome", "hs_createdate", CHANGED),
    "calls": (*CALLS.told.values(), "hs_call_status", CHANGED),
}
"""The properties that are asked for."""


class Engagements:
    """The records of one kind in the order in which they were changed, and whose they are.

    A page is asked for from the change at which the last one ended (`place`), so that no search comes to its
    10,000; only among changes of one and the same moment HubSpot's own `after` counts on. Each happening is
    told once for each contact, under a key without its time: what is corrected later does not happen again.
    What had happened before the beginning is never told, though it be changed today.
    """

    def __init__(self, client: HubSpotClient, kind: Kind) -> None:
        self.name, self.topics = kind.name, kind.topics
        self._client, self._kind = client, kind

    def begin(self, now: datetime) -> State:
        """From now on."""
        return {"begun": milliseconds(now), "since": milliseconds(now)}

    def ask(self, state: State, now: datetime) -> Page:
        """The next page of what was changed."""
        place = state.get("place") or max(state["begun"], state["since"] - OVERLAP)
        with self._client.one_deadline(), self._client.for_many(), preparing():
            records, more = self._changed(place, state.get("after"))
            people = self._people([one.id for one in records])
        bodies = [body for one in records for body in self._bodies(one, people.get(one.id, ()), state)]
        last = max((at for one in records if (at := _changed_at(one))), default=place)
        settled = {"begun": state["begun"], "since": max(state["since"], last)}
        if not more:
            return Page(bodies, settled, is_last=True)
        return Page(
            bodies, {**settled, "place": last, **({"after": more} if last == place else {})}, is_last=False
        )

    def _changed(self, place: int, after: str | None) -> tuple[list[Record], str]:
        asked = {
            "filterGroups": [
                {"filters": [{"propertyName": CHANGED, "operator": "GTE", "value": str(place)}]}
            ],
            "sorts": [{"propertyName": CHANGED, "direction": "ASCENDING"}],
            "properties": list(ASKED[self.name]),
            "limit": AT_ONCE,
            **({"after": after} if after else {}),
        }
        search = self._client.sdk.crm.objects.search_api
        answer = search.do_search(self.name, asked, _preload_content=False)
        body = proven(answer, 200)
        if not isinstance(body.get("results"), list):
            raise unproven(answer, "no results")
        return list(filter(None, map(read_record, dicts(body["results"])))), next_of(body)

    def _people(self, ids: Sequence[str]) -> dict[str, list[str]]:
        """The contacts of each record; one without any is named in an error, which is not one here."""
        if not ids:
            return {}
        batch = self._client.sdk.crm.associations.v4.batch_api
        asked = {"inputs": [{"id": one} for one in ids]}
        answer = batch.get_page(self.name, "contacts", asked, _preload_content=False)
        body = proven(answer, 200, 207)
        if not isinstance(body.get("results"), list):
            raise unproven(answer, "no results")
        for error in dicts(body.get("errors")):
            if error.get("category") != ABSENT:
                raise part_refused(error)
        return {
            text(one["from"].get("id")): [text(to.get("toObjectId")) for to in dicts(one.get("to"))]
            for one in dicts(body["results"])
            if isinstance(one.get("from"), dict)
        }

    def _bodies(self, record: Record, people: Sequence[str], state: State) -> Iterator[bytes]:
        told = {name: record.properties.get(theirs) for name, theirs in self._kind.told.items()}
        for topic, at in self._kind.reads(record.properties):
            if milliseconds(at) < state["begun"]:
                continue
            for contact in people:
                known = {"subscriptionType": topic, "eventId": record.id, "objectId": contact}
                yield body_of({**known, "at": at.isoformat(), "meeting": {"id": record.id, **told}})


def _changed_at(record: Record) -> int | None:
    at = _time(record.properties, CHANGED)
    return milliseconds(at) if at else None


def _time(properties: Mapping[str, Any], name: str) -> datetime | None:
    """The time of a property; None where it is none."""
    try:
        at = datetime.fromisoformat(text(properties.get(name)))
    except ValueError:
        return None
    return at if at.tzinfo else None
