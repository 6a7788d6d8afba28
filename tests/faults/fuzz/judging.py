"""What must hold of every request, whatever it was."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connector.store import inbox
from connector.store.base import Store
from connector.store.inbox import InboxRow
from tests.faults.fuzz.door import says
from tests.faults.fuzz.sent import Sent
from webhooks.message import Answer

SLOWEST = 60.0
"""Seconds of processor time that one request may take: what takes time by the square of its size takes more,
and a machine on which others work, less."""

OUR_FAULT = "our own code broke"
"""How the processor begins the reason of what it could not decide by a mistake of ours."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request of the run, by its number, with its answer and the processor time that it took."""

    number: int
    sent: Sent
    answer: Answer
    seconds: float

    @property
    def stored(self) -> str | None:
        """The id of the delivery that the sender was told of."""
        if not 200 <= self.answer.status < 300 or self.sent.method != "POST":
            return None
        said = json.loads(self.answer.body or b"{}")
        return str(said["id"]) if said.get("status") in {"accepted", "duplicate"} else None

    def tells(self, what: str) -> str:
        """A complaint with all that is needed to see it again."""
        sent = self.sent
        asked = f"{sent.method} {sent.path[:60]!r} {sent.body[:80]!r}"
        return f"request {self.number}: {what}; {asked}: {says(self.answer)}"


def wrong(one: Exchange) -> Iterator[str]:
    """What is wrong with the answer itself."""
    answer = one.answer
    if _is_unready(one):
        return
    if answer.status >= 500:
        yield one.tells("a 5xx")
    elif answer.status >= 400 and one.sent.method != "HEAD":
        if not dict(answer.headers).get("Content-Type", "").startswith("application/problem+json"):
            yield one.tells("a refusal that is no problem document")
        elif json.loads(answer.body)["status"] != answer.status:
            yield one.tells("a problem document of another status")
    if one.seconds > SLOWEST:
        yield one.tells(f"it took {one.seconds * 1000:.0f} ms of processor time")


def _is_unready(one: Exchange) -> bool:
    """Whether it is the health page, which says 503 while no thread runs."""
    return one.sent.path == "/health/ready" and one.answer.status == 503


def not_kept(store: Store, some: Sequence[Exchange]) -> Iterator[str]:
    """What was acknowledged and does not stand in the inbox with the very bytes that came."""
    with store.reading() as tx:
        for one in some:
            if one.stored is not None:
                row = inbox.find(tx, one.stored)
                if row is None or not _is_same(row, one.sent):
                    yield one.tells("acknowledged and not kept")


def _is_same(row: InboxRow, sent: Sent) -> bool:
    """A body in hand may be shorter than what came: no more than was announced is read."""
    wanted = sent.body if sent.announced is None else sent.body[: sent.announced]
    return row.delivery.body == wanted


def not_decided(store: Store, some: Sequence[Exchange]) -> Iterator[str]:
    """What still waits though the processor has nothing to do, and what broke in our own code."""
    with store.reading() as tx:
        for one in some:
            row = inbox.find(tx, one.stored) if one.stored is not None else None
            if row is not None and (row.status == "waiting" or row.reason.startswith(OUR_FAULT)):
                yield one.tells(f"{row.status}: {row.reason}")
