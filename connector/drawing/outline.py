"""What is drawn of a mapping, whatever it is drawn with: plain texts in the order of reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from connector.mapping import in_words, rules
from connector.mapping.durations import as_written
from connector.mapping.mapping import Mapping as Rules
from connector.mapping.terms import Rendered

LONGEST_VALUE: Final = 120
"""Characters that are shown of an argument."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A step: an action or a wait, its arguments as they were written, and its own condition."""

    name: str
    arguments: tuple[str, ...]
    condition: str


@dataclass(frozen=True, slots=True)
class Way:
    """A way into a stage: one of the events or a quiet period, under the condition, and only from that stage;
    empty is any."""

    events: tuple[str, ...]
    condition: str
    from_stage: str


@dataclass(frozen=True, slots=True)
class StageCard:
    """A stage, the ways into it, and what entering it does."""

    name: str
    label: str
    about: str
    ways: tuple[Way, ...]
    deeds: tuple[Deed, ...]


@dataclass(frozen=True, slots=True)
class JourneyRow:
    """A journey, its stages first to last."""

    name: str
    label: str
    stages: tuple[StageCard, ...]


@dataclass(frozen=True, slots=True)
class TriggerRow:
    """A trigger: its condition, what bounds it (`once per contact`, a wait, arms), and what it does."""

    name: str
    about: str
    condition: str
    bounds: tuple[str, ...]
    deeds: tuple[Deed, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The triggers that listen to the same events and stages."""

    on: tuple[str, ...]
    triggers: tuple[TriggerRow, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole mapping, as it is drawn."""

    journeys: tuple[JourneyRow, ...]
    groups: tuple[Group, ...]


def outline(mapping: Rules, journeys: Sequence[str]) -> Outline:
    """What is drawn of the mapping: these journeys, and all triggers."""
    return Outline(
        journeys=tuple(_journey(mapping.journeys[name]) for name in journeys),
        groups=tuple(_groups(mapping)),
    )


def _journey(journey: rules.Journey) -> JourneyRow:
    return JourneyRow(
        journey.name,
        journey.label,
        tuple(
            StageCard(
                name=stage.name,
                label=stage.label,
                about=stage.about,
                ways=tuple(_way(move) for move in journey.moves if move.to == stage.name),
                deeds=_deeds(journey.enter.get(stage.name, ())),
            )
            for stage in journey.stages
        ),
    )


def _way(move: rules.Move) -> Way:
    events = sorted(move.on)
    if move.quiet is not None:
        events = [f"quiet for {as_written(move.quiet)} since {', '.join(sorted(move.since))}"]
    return Way(tuple(events), move.when.text if move.when else "", move.from_stage or "")


def _groups(mapping: Rules) -> Iterable[Group]:
    listening: dict[tuple[str, ...], list[TriggerRow]] = {}
    for trigger in sorted(mapping.triggers.values(), key=lambda one: one.name):
        listening.setdefault(in_words.listened(trigger), []).append(_trigger(trigger))
    for cell in mapping.grid.cells.values() if mapping.grid else ():
        row = TriggerRow(cell.name, cell.label, "", (), _deeds(cell.do))
        listening.setdefault((f"grid {cell.name}",), []).append(row)
    return (Group(on, tuple(some)) for on, some in sorted(listening.items()))


def _trigger(trigger: rules.Trigger) -> TriggerRow:
    condition = trigger.when.text if trigger.when else ""
    bounds = tuple(in_words.bounds(trigger))
    return TriggerRow(trigger.name, trigger.about, condition, bounds, tuple(_done_by(trigger)))


def _done_by(trigger: rules.Trigger) -> Iterable[Deed]:
    """Its steps; where arms do different things, those of each arm below its name."""
    yield from _deeds(trigger.do)
    for arm, steps in trigger.do_by_arm.items():
        yield Deed(f"arm {arm}", (), "")
        yield from _deeds(steps)


def _deeds(steps: Iterable[rules.Step]) -> tuple[Deed, ...]:
    return tuple(map(_deed, steps))


def _deed(step: rules.Step) -> Deed:
    condition = step.condition.text if step.condition else ""
    if isinstance(step, rules.Wait):
        return Deed(f"wait {in_words.wait(step)}", (), condition)
    arguments = tuple(f"{name}: {_shown(value)}" for name, value in step.arguments.items())
    return Deed(f"{step.connection}.{step.spec.name}", arguments, condition)


def _shown(value: Rendered) -> str:
    """An argument as it was written, shortened; lists and names with values in brackets and braces."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_shown(one)}" for name, one in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(_shown(one) for one in value) + "]"
    text = " ".join(value.text.split())
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
