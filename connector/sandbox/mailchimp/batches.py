"""Mailchimp's calls about up to 500 people at once: each is settled by itself, in an answer that is 200.

The forms are those of its API reference (batch subscribe or unsubscribe; batch add or remove members). Of
somebody who is in the audience and for whom no status is said, the reference tells nothing: here the status
stays, as it documents for PUT. The words for who is there already are recorded of real accounts.
"""

from __future__ import annotations

from functools import partial

from pydantic import Field

from connector.sandbox.exchange import Answer, Body, Json, Refused, Request, as_json
from connector.sandbox.mailchimp.audiences import Audience, Audiences, Member, listed_as, member_id
from connector.sandbox.mailchimp.members import MemberBody, Members, shown
from connector.sandbox.mailchimp.problems import not_found
from connector.sandbox.routing import Route

AT_ONCE = 500
_ALSO = ("cleaned", "transactional", "unsubscribed")
_ADDRESSES = Field(default=(), max_length=AT_ONCE)
_ASKS = (
    "is already a list member, do you want to update? please provide update_existing:true in the request body"
)


class BatchBody(Body):
    """People to put into an audience, or to change there."""

    members: tuple[MemberBody, ...] = Field(max_length=AT_ONCE)
    update_existing: bool = False


class SegmentBody(Body):
    """Who is to get a tag, and who is to lose it."""

    members_to_add: tuple[str, ...] = _ADDRESSES
    members_to_remove: tuple[str, ...] = _ADDRESSES


class Batches:
    """Calls about many members. Who has left cannot be tagged in bulk (a thread of a membership tool)."""

    def __init__(self, audiences: Audiences, members: Members) -> None:
        self._audiences, self._members = audiences, members

    def routes(self) -> list[Route]:
        """The calls about many members."""
        return [
            ("POST", "/3.0/lists/{list}", self._write),
            ("POST", "/3.0/lists/{list}/segments/{tag}", self._tag),
            ("GET", "/3.0/lists/{list}/segments/{tag}/members", self._holders),
        ]

    def _write(self, request: Request, list_id: str) -> Answer:
        audience, body = self._audiences.find(list_id), request.read(BatchBody)
        told: dict[str, list[Json]] = {"new_members": [], "updated_members": [], "errors": []}
        seen: set[str] = set()
        for one in body.members:
            place, what = self._written(request, audience, one, seen, may_change=body.update_existing)
            told[place].append(what)
        counts = {"total_created": "new_members", "total_updated": "updated_members", "error_count": "errors"}
        return as_json(200, {**told, **{name: len(told[place]) for name, place in counts.items()}})

    def _written(
        self, request: Request, audience: Audience, body: MemberBody, seen: set[str], *, may_change: bool
    ) -> tuple[str, Json]:
        email = body.email_address or ""
        id_ = member_id(email)
        if id_ in seen:
            return "errors", _error(email, f"Duplicate items found for the request: {email}")
        seen.add(id_)
        is_known = id_ in audience.members and audience.members[id_].status != "archived"
        if is_known and not may_change:
            return "errors", _error(email, f"{email} {_ASKS}", code="ERROR_CONTACT_EXISTS")
        try:
            return ("updated_members" if is_known else "new_members"), self._members.written(
                request, audience, body
            )
        except Refused as refused:
            return "errors", _refused(email, refused.document)

    def _holders(self, request: Request, list_id: str, tag: str) -> Answer:
        """Subscribers who have the tag, and who else is asked for."""
        audience = self._audiences.find(list_id)
        name, kinds = _tag_named(audience, tag), {"subscribed", "pending"}
        kinds |= {kind for kind in _ALSO if request.first(f"include_{kind}").lower() in {"true", "1"}}
        held = [one for one in audience.members.values() if name in one.tags and one.status in kinds]
        return listed_as(request, "members", held, partial(shown, audience))

    def _tag(self, request: Request, list_id: str, tag: str) -> Answer:
        audience, body = self._audiences.find(list_id), request.read(SegmentBody)
        name = _tag_named(audience, tag)
        added, unknown = _reached(audience, body.members_to_add)
        removed, strangers = _reached(audience, body.members_to_remove)
        added = [one for one in added if name not in one.tags]
        removed = [one for one in removed if one.tags.pop(name, None)]
        for one in added:
            one.tags[name] = request.at
        for one in (*added, *removed):
            audience.touch(one, request.at)
        errors = [
            {"email_addresses": unknown + strangers, "error": "Email addresses do not exist on the list"}
        ]
        told = {
            "members_added": [shown(audience, one) for one in added],
            "members_removed": [shown(audience, one) for one in removed],
            "errors": errors if unknown + strangers else [],
        }
        counts = {
            "total_added": len(added),
            "total_removed": len(removed),
            "error_count": len(told["errors"]),
        }
        return as_json(200, {**told, **counts})


def _tag_named(audience: Audience, number: str) -> str:
    """The tag with this number. Refuses with 404."""
    name = next((name for name, held in audience.tag_ids.items() if str(held) == number), None)
    if name is None:
        raise not_found()
    return name


def _reached(audience: Audience, emails: tuple[str, ...]) -> tuple[list[Member], list[str]]:
    """Who of these is in the audience and has not left, and the addresses of the others."""
    people = {email: audience.members.get(member_id(email)) for email in emails}
    out = {"archived", "unsubscribed", "cleaned"}
    found = [one for one in people.values() if one is not None and one.status not in out]
    return found, [email for email, one in people.items() if one is None or one.status in out]


def _refused(email: str, document: Json) -> Json:
    """A refusal as an entry of the answer: the first field that is wrong stands beside the sentence."""
    wrong: Json = next(iter(document.get("errors", ())), {})
    error = _error(email, str(document["detail"]))
    return error | {"field": wrong.get("field", ""), "field_message": wrong.get("message", "")}


def _error(email: str, words: str, code: str = "ERROR_GENERIC") -> Json:
    return {"email_address": email, "error": words, "error_code": code, "field": "", "field_message": ""}
