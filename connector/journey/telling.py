"""What happened in a rehearsal, in words; times are those of the company's clocks, as they were written."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from datetime import datetime
from zoneinfo import ZoneInfo

from connector.journey.rehearsal import Heard
from connector.mapping.local_time import show_local
from connector.model.action import Action
from connector.model.decision import WHY_NOT, Answer, TraceEntry
from connector.model.showing import shown
from connector.model.values import Value

_WORDS = {answer: word for word, answer in WHY_NOT.items()}


class Teller:
    """Tells of one rehearsal."""

    def __init__(self, heard: tuple[Heard, ...], zone: ZoneInfo) -> None:
        self._heard = heard
        self._zone = zone

    def given(self, one: Heard) -> str:
        """Which of the given events it is, or that time had passed."""
        if one.event is None:
            return f"time, at {show_local(one.at, self._zone)}"
        events = [other.event for other in self._heard if other.event is not None]
        number = events.index(one.event) + 1
        return f"given {number}, {one.event.name} of {show_local(one.event.occurred_at, self._zone)}"

    def action(self, connection: str, name: str, arguments: Dictionary[str, Value]) -> str:
        """An action with its arguments."""
        return f"{connection}.{name} {self.values(arguments)}".strip()

    def made(self, one: Heard, action: Action) -> str:
        """An action with the event that caused it."""
        told = self.action(action.connection, action.name, action.arguments)
        return f"{told} by {action.cause.rule} ({self.given(one)})"

    def answer(self, one: Heard, entry: TraceEntry) -> str:
        """What a rule said to an event, with what it saw, and where it stands."""
        why = "; ".join(part for part in (entry.detail, self.values(entry.seen)) if part)
        said = f"{entry.rule} said {word_of(entry.answer)} to {self.given(one)}"
        return said + (f": {why}" if why else "") + (f"  [{entry.place}]" if entry.place else "")

    def values(self, values: Dictionary[str, Value]) -> str:
        """`name = value` for everything that is there."""
        return shown({name: self._local(value) for name, value in values.items()})

    def _local(self, value: Value) -> Value:
        match value:
            case datetime():
                return show_local(value, self._zone)
            case Dictionary():
                return {key: self._local(one) for key, one in value.items()}
            case list() | tuple():
                return [self._local(one) for one in value]
            case _:
                return value


def word_of(answer: Answer) -> str:
    """The word with which an example names an answer."""
    return _WORDS.get(answer, answer.value)
