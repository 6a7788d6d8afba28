"""Reads back what a platform has answered to be done: only what a later read shows counts as done.

HubSpot and Mailchimp show a record as it was written at once, unlike their searches. So it is read right
after the call, before anything is settled, and as a rule that is all.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from connector.errors import DispatchError, Transient, Unknown, Unseen
from connector.model.action import is_read_back
from connector.platforms.base import Call, Done, Outcome, Platform, ReadsBack
from connector.platforms.door.door import SPARED
from connector.runtime.breaker import OUR_FAULT

log = logging.getLogger(__name__)

NOT_READ: Final = "not read back: the day's calls are nearly used up"
"""The note on what the platform's answer alone says to be done."""


class ReadingBack:
    """Reads of one platform. `heard` is told what each read came to, as of every other call."""

    def __init__(self, platform: Platform, heard: Callable[[Sequence[Outcome]], None]) -> None:
        self._reads = platform if isinstance(platform, ReadsBack) else None
        self._heard = heard
        self._specs = {spec.name: spec for spec in platform.specs if self._reads and spec.verifies}

    def after(self, calls: Sequence[Call], outcomes: Sequence[Outcome]) -> list[Outcome]:
        """What has come of calls, all of one name, when what has to be read is read."""
        came = list(outcomes)
        asked = {
            place: one
            for place, one in enumerate(outcomes)
            if isinstance(one, Done) and not one.is_read and self._is_wanted(calls[place])
        }
        if asked:
            found = self.read([calls[place] for place in asked], list(asked.values()))
            for place, one in zip(asked, found, strict=True):
                came[place] = one
        return came

    def read(self, calls: Sequence[Call], done: Sequence[Done]) -> list[Done | Unseen]:
        """What a read shows of calls that were answered with `done`."""
        found = self._read(calls, done)
        came = [_meaning(was, one) for was, one in zip(done, found, strict=True)]
        self._heard([one for one in found if not _is_spared(one)])
        return came

    def _is_wanted(self, call: Call) -> bool:
        spec = self._specs.get(call.action.name)
        return spec is not None and any(is_read_back(spec, one) for one in call.actions)

    def _read(self, calls: Sequence[Call], done: Sequence[Done]) -> Sequence[Outcome]:
        name = calls[0].action.name
        if self._reads is None:
            return done
        try:
            return self._reads.read_back(name, calls, done)
        except DispatchError as error:
            return [error for _ in calls]
        except Exception as error:
            log.exception("reading %s back broke", name)
            return [Unknown(f"our own code broke: {error}", code=OUR_FAULT) for _ in calls]


def _meaning(was: Done, found: Outcome) -> Done | Unseen:
    """What is spared is done, as the platform has answered; what could not be read is open."""
    match found:
        case Done() if found.reference or not was.reference:
            return found
        case Done():
            return replace(found, reference=was.reference)
        case Unseen():
            return Unseen(found.words, reference=was.reference)
        case _ if _is_spared(found):
            return replace(was, note=NOT_READ)
        case error:
            return Unseen(f"it could not be read back: {error.words}", reference=was.reference, unread=error)


def _is_spared(found: Outcome) -> bool:
    return isinstance(found, Transient) and found.code == SPARED
