"""The doors of one process: whoever shows a platform the same key passes the same one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Final

from connector.platforms.door.door import Door, Pausing, Rules, pause
from connector.platforms.door.lane import Lane
from connector.platforms.hubspot import limits as of_hubspot
from connector.platforms.mailchimp import limits as of_mailchimp
from connector.platforms.transport import Gate

RULES: Final[Mapping[str, Callable[[], Rules]]] = {
    "hubspot": of_hubspot.rules,
    "mailchimp": of_mailchimp.rules,
}


class Doors:
    """HubSpot counts the calls of an app, Mailchimp the connections of a user: either is known by its key.

    A door outlives the mapping with which it was opened: what a platform has told of its limits stays known.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, pausing: Pausing = pause) -> None:
        self._clock, self._pausing = clock, pausing
        self._changing = threading.Lock()
        self._doors: dict[tuple[str, str], Door] = {}

    def gate(self, platform: str, key: str, lane: Lane = Lane.LIVE, holds: float = 0.0) -> Gate:
        """The way to the platform for calls of one lane, with this key; `holds` as at a door."""
        with self._changing:
            if (platform, key) not in self._doors:
                self._doors[platform, key] = Door(RULES[platform](), self._clock, self._pausing)
            return self._doors[platform, key].gate(lane, holds)
