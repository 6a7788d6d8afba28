"""Mailchimp's members: who may be put into an audience, in which status, and what is known of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial
from typing import Any, Literal, TypeAlias

from pydantic import Field

from connector.sandbox.exchange import Answer, Body, Json, Request, as_json
from connector.sandbox.mailchimp import problems
from connector.sandbox.mailchimp.audiences import Audience, Audiences, Member, listed_as, member_id, moment
from connector.sandbox.mailchimp.merge_fields import check_required, checked
from connector.sandbox.routing import Route

Status: TypeAlias = Literal["subscribed", "unsubscribed", "cleaned", "pending", "transactional"]

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+")
_LEFT = frozenset({"unsubscribed", "cleaned"})
_ROOT = "/3.0/lists/{list}/members"
_YES = frozenset({"true", "1"})
_TAGS_SHOWN = 50


class MemberBody(Body):
    """A new member, or a change of one. `status` would also change somebody who is a member already."""

    email_address: str | None = None
    status: Status | None = None
    status_if_new: Status | None = None
    email_type: str | None = None
    merge_fields: dict[str, Any] = Field(default_factory=dict)
    language: str | None = None
    vip: bool | None = None
    ip_signup: str | None = None
    timestamp_signup: str | None = None
    ip_opt: str | None = None
    timestamp_opt: str | None = None
    tags: tuple[str, ...] = ()

    def facts(self) -> Json:
        """What is said of the person apart from address, status, fields and tags."""
        others = {"email_address", "status", "status_if_new", "merge_fields", "tags"}
        return self.model_dump(exclude=others, exclude_none=True)


class Members:
    """The members of all audiences."""

    def __init__(self, audiences: Audiences) -> None:
        self._audiences = audiences

    def routes(self) -> list[Route]:
        """The calls about members."""
        one = f"{_ROOT}/{{member}}"
        return [
            ("GET", _ROOT, self._all),
            ("POST", _ROOT, self._add),
            ("GET", one, self._get),
            ("PUT", one, self._put),
            ("PATCH", one, self._change),
            ("DELETE", one, self._archive),
            ("POST", f"{one}/actions/delete-permanent", self._forget),
        ]

    def written(self, request: Request, audience: Audience, body: MemberBody) -> Json:
        """Somebody by their address, new or changed, as the API shows them. Refuses what cannot be kept."""
        email = body.email_address or ""
        known = audience.members.get(member_id(email))
        if known is not None and known.status != "archived":
            return self._write(request, audience, known, body)
        return self._new(request, audience, body, email)

    def _all(self, request: Request, list_id: str) -> Answer:
        """Who is archived only where they are asked for; by their coming, or by their last change."""
        audience, status = self._audiences.find(list_id), request.first("status")
        since = moment(request.first("since_last_changed"))
        members = (
            m
            for m in _in_order(request, audience)
            if (m.status == status if status else m.status != "archived") and m.changed_at > since
        )
        return listed_as(request, "members", members, partial(shown, audience))

    def _get(self, request: Request, list_id: str, key: str) -> Answer:
        audience = self._audiences.find(list_id)
        return as_json(200, shown(audience, audience.member(key)))

    def _add(self, request: Request, list_id: str) -> Answer:
        audience, body = self._audiences.find(list_id), request.read(MemberBody)
        email = body.email_address or ""
        known = audience.members.get(member_id(email))
        if known is not None and known.status != "archived":
            raise problems.member_exists(email)
        return as_json(200, self._new(request, audience, body, email))

    def _put(self, request: Request, list_id: str, key: str) -> Answer:
        audience, body = self._audiences.find(list_id), request.read(MemberBody)
        id_ = member_id(key) if "@" in key else key.lower()
        known = audience.members.get(id_)
        if known is not None and known.status != "archived":
            return as_json(200, self._write(request, audience, known, body))
        email = body.email_address or (key if "@" in key else known.email if known else "")
        if email and member_id(email) != id_:
            raise problems.invalid("The email address does not match the subscriber hash of the request.")
        return as_json(200, self._new(request, audience, body, email))

    def _change(self, request: Request, list_id: str, key: str) -> Answer:
        audience, body = self._audiences.find(list_id), request.read(MemberBody)
        return as_json(200, self._write(request, audience, audience.member(key), body))

    def _archive(self, request: Request, list_id: str, key: str) -> Answer:
        audience = self._audiences.find(list_id)
        member = audience.member(key)
        if member.status == "archived":
            raise problems.problem(405, "Method Not Allowed", "This list member cannot be removed.")
        member.status = "archived"
        audience.touch(member, request.at)
        return Answer(204)

    def _forget(self, request: Request, list_id: str, key: str) -> Answer:
        audience = self._audiences.find(list_id)
        audience.forget(audience.member(key))
        return Answer(204)

    def _new(self, request: Request, audience: Audience, body: MemberBody, email: str) -> Json:
        """A new member, or an archived one who comes back, in `status_if_new` (PUT) or `status`."""
        _check_address(audience, email)
        name = "status_if_new" if request.method == "PUT" else "status"
        status: Status | None = getattr(body, name)
        if status is None:
            raise problems.invalid(errors=[(name, "This value should not be blank.")])
        before = audience.members.get(member_id(email))
        member = before or Member(member_id(email), email, status, request.at, request.at)
        return self._write(request, audience, member, body.model_copy(update={"status": status}))

    def _write(self, request: Request, audience: Audience, member: Member, body: MemberBody) -> Json:
        if body.status == "subscribed" and member.has_left:
            raise problems.in_compliance_state(member.email)
        fields = member.merge_fields | checked(body.merge_fields, audience.merge_fields)
        if request.first("skip_merge_validation").lower() not in _YES:
            check_required(fields, audience.merge_fields)
        before = _all_of(member)
        _readdress(audience, member, body.email_address or member.email)
        member.merge_fields = fields
        member.facts = member.facts | body.facts()
        member.tags = dict.fromkeys(body.tags, request.at) | member.tags
        if body.status is not None:
            member.status = body.status
            member.has_left |= body.status in _LEFT
        audience.members[member.id] = member
        if _all_of(member) != before or id(member) not in audience.changed:
            audience.touch(member, request.at)
        return shown(audience, member)


def _in_order(request: Request, audience: Audience) -> Iterable[Member]:
    if request.first("sort_field") != "last_changed":
        return audience.members.values()
    people = audience.changed.values()
    return reversed(people) if request.first("sort_dir") == "DESC" else people


def _all_of(member: Member) -> tuple[object, ...]:
    """What is known of somebody: whether it has changed decides when they were changed last."""
    return member.email, member.status, member.merge_fields, member.facts, member.tags


def _check_address(audience: Audience, email: str) -> None:
    """Refuse what cannot be a new member; `fake@…`, `…@invalid.example` and `busy@…` are doubtful ones."""
    local, _, host = email.lower().rpartition("@")
    if not email:
        raise problems.invalid(errors=[("email_address", "This value should not be blank.")])
    if not _EMAIL.fullmatch(email):
        raise problems.invalid("Please provide a valid email address.")
    if local == "fake" or host == "invalid.example":
        raise problems.fake(email)
    if local == "busy":
        raise problems.signed_up_a_lot(email)
    if member_id(email) in audience.forgotten:
        raise problems.forgotten(email)


def _readdress(audience: Audience, member: Member, email: str) -> None:
    """Give a member another address, and with it another id. Refuses one that somebody else has."""
    id_ = member_id(email)
    if id_ != member.id:
        _check_address(audience, email)
        if id_ in audience.members:
            raise problems.member_exists(email)
        audience.members.pop(member.id, None)
    member.id, member.email = id_, email


def shown(audience: Audience, member: Member) -> Json:
    """The member as the API shows it."""
    defaults = {"email_type": "html", "language": "", "vip": False, "ip_signup": "", "timestamp_signup": ""}
    return {
        "id": member.id,
        "email_address": member.email,
        "unique_email_id": member.id[:10],
        "contact_id": member.id,
        "status": member.status,
        "merge_fields": {tag: member.merge_fields.get(tag, "") for tag in audience.merge_fields},
        **defaults,
        **member.facts,
        "last_changed": member.changed_at.isoformat(timespec="seconds"),
        "tags_count": len(member.tags),
        "tags": [{"id": audience.tag_id(name), "name": name} for name in member.tags][:_TAGS_SHOWN],
        "list_id": audience.id,
    }
