"""What is drawn of a mapping, whatever it is drawn with: plain texts in the order of reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from connector.mapping import rules
from connector.mapping.durations import as_written
from connector.mapping.mapping import Mapping as Rules
from connector.mapping.terms import Rendered

LONGEST_VALUE: Final = 120
"""Characters that are shown of an argument."""


@dataclass(frozen=True, slots=True)
class Deed:
    """An action: its name, its arguments as they were written, and its own condition where it has one."""

    name: str
    arguments: tuple[str, ...]
    condition: str


@dataclass(frozen=True, slots=True)
class Way:
    """A way into a stage: one of the events, under the condition, and only from that stage; empty is any."""

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
    """A trigger: its condition, how often it may act (`once per contact`), and what it does."""

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
        groups=tuple(_groups(mapping.triggers.values())),
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
    return Way(tuple(sorted(move.on)), move.when.text if move.when else "", move.from_stage or "")


def _groups(triggers: Iterable[rules.Trigger]) -> Iterable[Group]:
    listening: dict[tuple[str, ...], list[TriggerRow]] = {}
    for trigger in sorted(triggers, key=lambda one: one.name):
        listening.setdefault(_heard(trigger), []).append(_trigger(trigger))
    return (Group(on, tuple(some)) for on, some in sorted(listening.items()))


def _heard(trigger: rules.Trigger) -> tuple[str, ...]:
    stages = (f"stage {journey}.{stage}" for journey, stage in sorted(trigger.on_stages))
    return (*sorted(trigger.on), *stages)


def _trigger(trigger: rules.Trigger) -> TriggerRow:
    bounds = ["once per contact"] if trigger.once_per == "contact" else []
    if trigger.limit is not None:
        bounds.append(f"at most {trigger.limit.count} per {as_written(trigger.limit.per)}")
    condition = trigger.when.text if trigger.when else ""
    return TriggerRow(trigger.name, trigger.about, condition, tuple(bounds), _deeds(trigger.actions))


def _deeds(steps: Iterable[rules.ActionTemplate]) -> tuple[Deed, ...]:
    return tuple(
        Deed(
            name=f"{step.connection}.{step.spec.name}",
            arguments=tuple(f"{name}: {_shown(value)}" for name, value in step.arguments.items()),
            condition=step.condition.text if step.condition else "",
        )
        for step in steps
    )


def _shown(value: Rendered) -> str:
    """An argument as it was written, shortened; lists and names with values in brackets and braces."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_shown(one)}" for name, one in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(_shown(one) for one in value) + "]"
    text = " ".join(value.text.split())
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
