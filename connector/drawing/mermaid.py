"""The picture as Mermaid text (mermaid.js.org), which GitHub, GitLab and many editors draw.

Labels stand in quotes. Every character in them that could be markup is written by its number (`#35;`), so
that no name, text or condition of a mapping can be anything but what is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from connector.drawing.outline import Deed, Group, JourneyRow, Outline, StageCard, TriggerRow, Way
from connector.model.showing import inert

_PLAIN: Final = frozenset(" .,:?!()[]{}+-/=_'€→·…")
_BREAK: Final = "<br/>"


def draw(outline: Outline) -> str:
    """A flowchart: each journey from left to right, and below it the triggers by what they listen to."""
    lines = ["flowchart TB"]
    for number, journey in enumerate(outline.journeys, start=1):
        lines += _journey(f"j{number}", journey)
    if outline.groups:
        lines += ['  subgraph triggers["Triggers"]', "    direction LR", *_groups(outline.groups), "  end"]
    return "\n".join([*lines, *_joined(outline), *_STYLES]) + "\n"


def _joined(outline: Outline) -> Iterator[str]:
    """The invisible lines by which the parts stand below each other, and how these look."""
    parts = [f"j{number}" for number, _ in enumerate(outline.journeys, start=1)]
    parts += ["triggers"] if outline.groups else []
    if len(parts) > 1:
        yield f"  {' ~~~ '.join(parts)}"
    if parts:
        yield f"  class {','.join(parts)} part"


_STYLES: Final = (
    "  classDef part fill:#f8fafc,stroke:#cbd5e1",
    "  classDef event fill:#eef2ff,stroke:#6366f1",
    "  classDef action fill:#ecfdf5,stroke:#059669",
)


def _journey(key: str, journey: JourneyRow) -> Iterator[str]:
    yield f"  subgraph {key}[{_quoted([journey.label])}]"
    yield "    direction LR"
    yield f"    {key}s0(( ))"
    keys = {stage.name: f"{key}s{number}" for number, stage in enumerate(journey.stages, start=1)}
    for number, stage in enumerate(journey.stages, start=1):
        yield f"    {key}s{number}[{_quoted(_words_of(stage))}]"
    for number, stage in enumerate(journey.stages, start=1):
        forward = [way for way in stage.ways if not way.from_stage]
        yield f"    {key}s{number - 1} {_arrow(_words_of_ways(forward))} {key}s{number}"
        for way in stage.ways:
            if way.from_stage:
                yield f"    {keys[way.from_stage]} {_arrow(_words_of_ways([way]))} {key}s{number}"
    yield "  end"


def _groups(groups: Iterable[Group]) -> Iterator[str]:
    for number, group in enumerate(groups, start=1):
        yield from _group(f"g{number}", group)


def _group(key: str, group: Group) -> Iterator[str]:
    yield f"    {key}([{_quoted(group.on)}]):::event"
    for number, trigger in enumerate(group.triggers, start=1):
        name = f"{key}t{number}"
        yield f"    {key} {_arrow(_bounds(trigger))} {name}[{_quoted([trigger.name, trigger.about])}]"
        previous = name
        for step, deed in enumerate(trigger.deeds, start=1):
            condition = [f"if {deed.condition}"] if deed.condition else []
            yield f"    {previous} {_arrow(condition)} {name}a{step}[{_quoted(_words(deed))}]:::action"
            previous = f"{name}a{step}"


def _words_of(stage: StageCard) -> list[str]:
    return [stage.label, stage.about, *(_line(deed) for deed in stage.deeds)]


def _words_of_ways(ways: Iterable[Way]) -> list[str]:
    return [f"{' or '.join(way.events)}{f' when {way.condition}' if way.condition else ''}" for way in ways]


def _bounds(trigger: TriggerRow) -> list[str]:
    return [*([f"when {trigger.condition}"] if trigger.condition else []), *trigger.bounds]


def _words(deed: Deed) -> list[str]:
    return [deed.name, *deed.arguments]


def _line(deed: Deed) -> str:
    return " ".join([deed.name, ", ".join(deed.arguments)])


def _arrow(words: Sequence[str]) -> str:
    return f"-->|{_quoted(words)}|" if words else "-->"


def _quoted(lines: Iterable[str]) -> str:
    """The lines as one label; empty ones are left out."""
    return '"' + _BREAK.join(_safe(line) for line in lines if line) + '"'


def _safe(text: str) -> str:
    return "".join(
        letter if letter.isalnum() or letter in _PLAIN else f"#{ord(letter)};" for letter in inert(text)
    )
