"""An authentic request becomes a delivery, with what is wrong with it where it cannot be read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from connector.errors import BadBody, ReceiveError
from connector.mapping.source import Source
from connector.model.delivery import Delivery
from connector.sources.delivery import UNREADABLE, Described, describe
from connector.sources.glance import glimpse
from webhooks.body import check_media
from webhooks.door import Door
from webhooks.verify import Signed


@dataclass(frozen=True, slots=True)
class Intake:
    """A delivery to store. With a `complaint` it cannot be read; `path` says where in the body.

    The complaint is a text: an error knows the calls through which it came, and those know the body; both
    would stay in memory until garbage is searched for.
    """

    delivery: Delivery
    complaint: str = ""
    path: str = ""


def take_in(door: Door, request: Signed, now: datetime, *, is_proven: bool = False) -> Intake:
    """What to store of this request. What cannot be read is known by the hash of its body.

    Of bytes that are proven as much is read as the receiver needs: nobody is told what is wrong with them.
    Raises ReceiveError where bytes that are not proven cannot be read.
    """
    headers, query = door.kept(request.headers), door.kept_query(request.query)
    seen = glimpse(door.source, headers, query, request.body) if is_proven and door.is_told_outside else None
    described = seen or describe(door.source, headers, query, request.body)
    delivery = Delivery(
        connection=door.name,
        topic=described.topic,
        headers=headers,
        query=query,
        body=request.body,
        received_at=now,
        fingerprint=described.fingerprint,
    )
    try:
        check_media(request.headers, door.source.parse)
        if seen is None:
            _check(door.source, described)
    except ReceiveError as complaint:
        if not is_proven:
            raise
        unread = replace(delivery, topic=UNREADABLE, fingerprint=_hash_of(request.body))
        return Intake(unread, complaint.detail, described.problem.path if described.problem else "")
    return Intake(delivery)


def _check(source: Source, described: Described) -> None:
    """Raise what a sender who is not proven hears about this body."""
    if described.problem:
        raise BadBody(described.problem.detail, code=described.problem.code)
    is_list = isinstance(described.body, Sequence) and not isinstance(described.body, str)
    if not isinstance(described.body, Mapping) and not (source.split and is_list):
        raise BadBody("The body has to be an object.", code="json_shape")


def _hash_of(body: bytes) -> str:
    return hashlib.sha256(b"unreadable\n" + body).hexdigest()
