"""Mailchimp's audiences ("lists" in the API) and the calls about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import md5
from itertools import islice
from typing import Any, TypeVar

from pydantic import Field

from connector.sandbox.exchange import Answer, Body, Json, Request, as_json
from connector.sandbox.mailchimp.merge_fields import MergeField, MergeFieldBody
from connector.sandbox.mailchimp.problems import invalid, not_found
from connector.sandbox.routing import Route

T = TypeVar("T")

_LONGEST_TAG = 10


@dataclass
class Member:
    """A person in an audience. `has_left` outlasts archiving: whoever left cannot be subscribed again."""

    id: str
    email: str
    status: str
    created_at: datetime
    changed_at: datetime
    has_left: bool = False
    merge_fields: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, datetime] = field(default_factory=dict)
    events: list[Json] = field(default_factory=list)
    notes: list[Json] = field(default_factory=list)


@dataclass
class Audience:
    """An audience: its members by id, and the ids of those who were deleted for good.

    `changed` has the members in the order of their last changes, not by their ids, which change as well.
    """

    id: str
    name: str
    is_double_optin: bool
    merge_fields: dict[str, MergeField]
    tag_ids: dict[str, int] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)
    changed: dict[int, Member] = field(default_factory=dict)

    def member(self, key: str) -> Member:
        """The member with this id or e-mail address, also an archived one. Refuses with 404."""
        found = self.members.get(member_id(key) if "@" in key else key.lower())
        if found is None:
            raise not_found()
        return found

    def touch(self, member: Member, at: datetime) -> None:
        """Something of a member is another than it was, or they are new."""
        member.changed_at = at
        self.changed.pop(id(member), None)
        self.changed[id(member)] = member

    def forget(self, member: Member) -> None:
        """Delete a member for good."""
        del self.members[member.id]
        self.changed.pop(id(member), None)
        self.forgotten.add(member.id)

    def tag_id(self, name: str) -> int:
        """The number of a tag, made at its first use."""
        return self.tag_ids.setdefault(name, len(self.tag_ids) + 1)

    def shown(self) -> Json:
        """The audience as the API shows it."""
        statuses = [member.status for member in self.members.values()]
        counts = {
            "member_count": "subscribed",
            "unsubscribe_count": "unsubscribed",
            "cleaned_count": "cleaned",
        }
        return {
            "id": self.id,
            "name": self.name,
            "double_optin": self.is_double_optin,
            "email_type_option": False,
            "stats": {name: statuses.count(status) for name, status in counts.items()},
        }


def member_id(email: str) -> str:
    """The md5 of the address in lower case, as Mailchimp documents it."""
    return md5(email.lower().encode(), usedforsecurity=False).hexdigest()


def seeded(seed: Json) -> Audience:
    """An audience as the seed file writes it."""
    bodies = [MergeFieldBody.model_validate(one) for one in seed["merge_fields"]]
    fields = [body.made(number) for number, body in enumerate(bodies, start=1)]
    return Audience(seed["id"], seed["name"], seed["double_optin"], {one.tag: one for one in fields})


class AudienceBody(Body):
    """A change of an audience."""

    name: str | None = None
    double_optin: bool | None = None


class SegmentBody(Body):
    """A new static segment."""

    name: str
    static_segment: tuple[str, ...] = Field(max_length=0)


class Audiences:
    """The audiences of an account."""

    def __init__(self, held: Mapping[str, Audience]) -> None:
        self._held = held

    def routes(self) -> list[Route]:
        """The calls about audiences, their merge fields and their tags."""
        return [
            ("GET", "/3.0/lists", self._all),
            ("GET", "/3.0/lists/{list}", self._one),
            ("PATCH", "/3.0/lists/{list}", self._change),
            ("GET", "/3.0/lists/{list}/merge-fields", self._fields),
            ("POST", "/3.0/lists/{list}/merge-fields", self._add_field),
            ("GET", "/3.0/lists/{list}/tag-search", self._tags),
            ("POST", "/3.0/lists/{list}/segments", self._add_tag),
        ]

    def find(self, id_: str) -> Audience:
        """The audience with this id. Refuses with 404."""
        if id_ not in self._held:
            raise not_found()
        return self._held[id_]

    def _all(self, request: Request) -> Answer:
        return listed(request, "lists", [audience.shown() for audience in self._held.values()])

    def _one(self, request: Request, id_: str) -> Answer:
        return as_json(200, self.find(id_).shown())

    def _change(self, request: Request, id_: str) -> Answer:
        audience, wanted = self.find(id_), request.read(AudienceBody)
        audience.name = wanted.name or audience.name
        if wanted.double_optin is not None:
            audience.is_double_optin = wanted.double_optin
        return as_json(200, audience.shown())

    def _fields(self, request: Request, id_: str) -> Answer:
        fields = [one.shown(id_) for one in self.find(id_).merge_fields.values()]
        return listed(request, "merge_fields", fields)

    def _add_field(self, request: Request, id_: str) -> Answer:
        audience = self.find(id_)
        made = request.read(MergeFieldBody).made(len(audience.merge_fields) + 1)
        if made.tag in audience.merge_fields:
            raise invalid(f'A Merge Field with the tag "{made.tag}" already exists for this list.')
        if len(made.tag) > _LONGEST_TAG:
            raise invalid(errors=[("tag", f"This value should be at most {_LONGEST_TAG} characters")])
        audience.merge_fields[made.tag] = made
        return as_json(200, made.shown(id_))

    def _add_tag(self, request: Request, id_: str) -> Answer:
        """A static segment is a tag; the sandbox makes them without anybody in them only."""
        audience, wanted = self.find(id_), request.read(SegmentBody)
        if wanted.name in audience.tag_ids:
            raise invalid("Sorry, that tag already exists.")
        made = {"id": audience.tag_id(wanted.name), "name": wanted.name, "type": "static"}
        return as_json(200, made | {"member_count": 0, "list_id": id_})

    def _tags(self, request: Request, id_: str) -> Answer:
        """Those that begin so; the API reference names no paging of them."""
        wanted = request.first("name").lower()
        tags = self.find(id_).tag_ids.items()
        found = [{"id": number, "name": tag} for tag, number in tags if tag.lower().startswith(wanted)]
        return as_json(200, {"tags": found, "total_items": len(found)})


def listed(request: Request, name: str, items: Sequence[Json]) -> Answer:
    """A page of a collection: `count` (10 if not given, at most 1,000) from `offset`."""
    return listed_as(request, name, items, lambda one: one)


def listed_as(request: Request, name: str, items: Iterable[T], shown: Callable[[T], Json]) -> Answer:
    """The same of things of which each is `shown` in a form. Beyond the page they are counted, if that is
    asked for, and else not looked at.
    """
    fields, counted = request.many("fields"), {}
    if not fields or "total_items" in fields:
        items = list(items)
        counted = {"total_items": len(items)}
    start = request.number("offset", 0, 10**9)
    page = islice(items, start, start + request.number("count", 10, 1000))
    return as_json(200, {name: [shown(one) for one in page], **counted})


def moment(text: str) -> datetime:
    """What a parameter says; of one that is not given a time before all others."""
    return datetime.fromisoformat(text) if text else datetime.min.replace(tzinfo=UTC)
