"""From the schema's waits to what a run waits for, and by what it is called off."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from connector.mapping.checker import Checker, Names
from connector.mapping.durations import Moment, parse_moment
from connector.mapping.nodes import Written
from connector.mapping.rules import Wait
from connector.mapping.schema.steps import WaitPart
from connector.mapping.terms import Expression, Place
from connector.model.vocabulary import EVENTS, SUBJECTS

_LIKE_A_MOMENT: Final = re.compile(
    r"[0-9]+ ?[a-z]+|[0-9]+ working.*|[0-9]+:[0-9]*|next .*|tomorrow.*|[0-9]{4}-.*"
)
_LIKE_AN_EVENT: Final = re.compile(r"([a-z]+)\.([a-z_]+)(\.[a-z0-9_]+)*", re.ASCII)
_BETWEEN: Final = re.compile(r"\s*(?:,|\bor\b|\band\b)\s*")
_HAPPENS_TO: Final = frozenset(name.partition(".")[0] for name in EVENTS) | {"custom"}
_NOT_ONLY: Final = frozenset({"contact", "company"})
"""What has events, and much else that a condition may ask for."""


class WaitBuilder:
    """Builds the waits of one mapping; what is wrong is told to the checker."""

    def __init__(self, checker: Checker) -> None:
        self._checker = checker

    def build(self, part: Moment | WaitPart, place: Place, names: Names) -> Wait:
        """The wait that stands at `place`."""
        if not isinstance(part, WaitPart):
            return Wait(place, moment=part)
        moment = self._moment(part.until)
        if moment is not None:
            self._refuse_most(part)
            return Wait(place, moment=moment)
        if not part.until:
            hint = "name an event, a condition or a moment"
            self._checker.refuse(part.place_of_value("until"), "M121", '"until" is empty', hint)
        until, events = self.endings(part.until, names)
        return Wait(place, until=until, events=events, at_most=part.at_most)

    def endings(self, written: Sequence[Written], names: Names) -> tuple[Expression | None, frozenset[str]]:
        """The condition or the events that something ends with; there is only one of them."""
        if len(written) == 1 and not is_event(written[0]):
            return self._condition(written[0], names), frozenset()
        return None, frozenset(str(one) for one in written if self._event(one))

    def _condition(self, written: Written, names: Names) -> Expression | None:
        several = _BETWEEN.split(written)
        if len(several) > 1 and all(map(is_event, several)):
            hint = f"write [{', '.join(several)}]: whichever comes first"
            self._checker.refuse(written.place, "M131", "several events stand in brackets", hint)
            return None
        return self._checker.condition(written, names)

    def _event(self, written: Written) -> bool:
        if " " in written and not is_event(written):
            hint = "a condition stands alone, or the other words are events"
            self._checker.refuse(written.place, "M131", f'there is no event "{written[:60]}"', hint)
            return False
        return self._checker.event(written)

    def _moment(self, written: Sequence[Written]) -> Moment | None:
        if len(written) != 1:
            return None
        try:
            return parse_moment(written[0])
        except ValueError as error:
            if _LIKE_A_MOMENT.fullmatch(written[0]):
                message, _, hint = str(error).partition("; ")
                self._checker.refuse(written[0].place, "M123", message, hint)
            return None

    def _refuse_most(self, part: WaitPart) -> None:
        if part.at_most is not None:
            hint = "leave it out, or wait until an event or a condition"
            message = '"at_most" bounds nothing here: the moment comes by itself'
            self._checker.refuse(part.place_of("at_most"), "M171", message, hint)


def is_event(written: str) -> bool:
    """Whether this names an event, be it one that does not exist, and is no condition.

    `order.placed` is one, and so is `order.plced`; `order.total` asks for a value.
    """
    found = _LIKE_AN_EVENT.fullmatch(written)
    if written in EVENTS:
        return True
    if found is None or found[1] not in _HAPPENS_TO or found[1] in _NOT_ONLY:
        return False
    subject = SUBJECTS.get(found[1])
    return subject is None or found[2] not in subject.fields
