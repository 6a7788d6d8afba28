"""Looks at actions of unknown outcome: whether they happened, and whether what was answered is to be seen."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from connector.errors import DispatchError, Unknown, Unseen
from connector.failpoints import reach
from connector.platforms.base import Call, Done, LooksUpMany, Outcome, Platform
from connector.runtime.breaker import OUR_FAULT
from connector.runtime.reading import ReadingBack
from connector.store.outbox import Queued

log = logging.getLogger(__name__)


class Untold:
    """Nobody can say whether it happened."""


UNTOLD: Final = Untold()

Found: TypeAlias = Done | DispatchError | Untold | None
"""What is known of an action: done, why it cannot be told now, that nobody can say; None, that it is not."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """An action whose outcome is unknown. `is_answered`: it was answered to be done, and is to be read."""

    queued: Queued
    call: Call
    is_answered: bool = False


class Looking:
    """Looks at the actions of one platform. `heard` is told what each look came to."""

    def __init__(
        self, platform: Platform, reading: ReadingBack, heard: Callable[[Sequence[Outcome]], None]
    ) -> None:
        self._platform, self._reading, self._heard = platform, reading, heard
        self._many = platform if isinstance(platform, LooksUpMany) else None
        self._names = {spec.name for spec in platform.specs if spec.can_look_up}

    def at_once(self, name: str) -> int:
        """How many actions of this name one look is about.

        All of it ends within one deadline, so that neither what is due nor the end of the program waits for a
        row of slow answers.
        """
        return self._many.looks_at_once(name) if self._many else 1

    def at(self, doubts: Sequence[Doubt]) -> list[Found]:
        """What is known of these, all of one name, in order; what nobody can say is not asked for."""
        lost = [one for one in doubts if not one.is_answered]
        answered = [one for one in doubts if one.is_answered]
        asked = bool(answered) or doubts[0].call.action.name in self._names
        if asked:
            reach("unknown-before-look")
        found = iter(self._of_lost(lost) if lost else ())
        read = iter(self._of_answered(answered) if answered else ())
        if asked:
            reach("unknown-after-look")
        return [next(read) if one.is_answered else next(found) for one in doubts]

    def _of_answered(self, doubts: Sequence[Doubt]) -> Sequence[Done | Unseen]:
        done = [Done(one.queued.reference) for one in doubts]
        return self._reading.read([one.call for one in doubts], done)

    def _of_lost(self, doubts: Sequence[Doubt]) -> Sequence[Found]:
        if doubts[0].call.action.name not in self._names:
            return [UNTOLD for _ in doubts]
        found = self._looked_up([one.call for one in doubts])
        self._heard([Done() if one is None else one for one in found])
        return found

    def _looked_up(self, calls: Sequence[Call]) -> Sequence[Done | DispatchError | None]:
        try:
            if self._many:
                return self._many.look_up_many(calls)
            return [self._platform.look_up(one) for one in calls]
        except DispatchError as error:
            return [error for _ in calls]
        except Exception as error:
            log.exception("looking up %s broke", calls[0].action.name)
            return [Unknown(f"our own code broke: {error}", code=OUR_FAULT) for _ in calls]
