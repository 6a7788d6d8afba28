"""What the website posts: by chance whom it is about, when it happened, and what."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

PEOPLE: Final = 2

_EVENTS: Final = {
    "page.viewed": 6,
    "file.downloaded": 4,
    "newsletter.confirmed": 5,
    "newsletter.unsubscribed": 2,
    "cart.updated": 5,
    "order.placed": 2,
    "order.paid": 3,
    "complaint.received": 1,
    "complaint.resolved": 1,
    "contact.erased": 0.3,
}


class Website:
    """Makes bodies; some are sent again, and some say the same once more in other words."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._count = 0
        self._sent: list[dict[str, Any]] = []

    def body(self, now: datetime) -> bytes:
        """One body, as bytes."""
        chance = self._random.random()
        if self._sent and chance < 0.15:
            said = self._random.choice(self._sent)
            if chance < 0.07:
                self._count += 1
                said = {**said, "sent_again": self._count}
        else:
            said = self._new(now)
            self._sent.append(said)
        return json.dumps(said).encode()

    def _new(self, now: datetime) -> dict[str, Any]:
        self._count += 1
        name = self._random.choices(list(_EVENTS), list(_EVENTS.values()))[0]
        who = self._random.randrange(PEOPLE)
        said = {"event": name, "id": f"e{self._count}", "occurred_at": self._at(now).isoformat()}
        return {
            **said,
            **_ABOUT.get(name.partition(".")[0], _nothing)(self._random, who, self._count),
            **self._who(name, who),
        }

    def _at(self, now: datetime) -> datetime:
        late = self._random.choices((0, 60, 4 * 3600, 3 * 86400), (12, 4, 2, 1))[0]
        return now - timedelta(seconds=int(self._random.random() * late))

    def _who(self, name: str, who: int) -> dict[str, Any]:
        """By what the website knows them: mostly the address; an order that is paid often by itself alone."""
        if name == "order.paid" and self._random.random() < 0.5:
            return {}
        person: dict[str, Any] = {"email": f"p{who}@example.com"}
        if self._random.random() < 0.3:
            person["id"] = f"c{who}"
            if name == "page.viewed":
                del person["email"]
        if name == "newsletter.confirmed":
            person = {"email": f"p{who}@example.com", "consent": True}
        return {"contact": person}


def _cart(random: Random, who: int, number: int) -> dict[str, Any]:
    return {"cart": {"id": f"cart-{who}-{random.randrange(4)}", "total": "20", "currency": "EUR"}}


def _order(random: Random, who: int, number: int) -> dict[str, Any]:
    return {"order": {"id": f"order-{who}-{random.randrange(6)}", "total": "20", "currency": "EUR"}}


def _complaint(random: Random, who: int, number: int) -> dict[str, Any]:
    return {"complaint": {"id": f"complaint-{who}-{random.randrange(2)}"}}


def _nothing(random: Random, who: int, number: int) -> dict[str, Any]:
    return {}


_ABOUT: Final[dict[str, Callable[[Random, int, int], dict[str, Any]]]] = {
    "cart": _cart,
    "order": _order,
    "complaint": _complaint,
    "page": lambda random, who, number: {"page": {"url": "https://example.com/", "path": "/"}},
    "file": lambda random, who, number: {"file": {"id": f"guide-{number}", "name": "Guide"}},
}
