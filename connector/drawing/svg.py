"""The picture as SVG: a row of stages for each journey, below it what each event sets off.

Everything is read from the top and from the left: what leads into a stage stands above it, what entering it
does below it; a trigger is an event, then its condition, then its actions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from connector.drawing.outline import Deed, Group, JourneyRow, Outline, StageCard, TriggerRow, Way
from connector.drawing.svg_text import (
    ABOUT,
    ACTION,
    ARGUMENTS,
    BOUND,
    CONDITION,
    EVENT,
    HEADING,
    NAME,
    SPACE,
    TITLE,
    Block,
    Line,
    block,
    lines,
    text_element,
)

MARGIN: Final = 40
NARROWEST: Final = 1240
STAGE: Final = 240
WIDEST_STAGE: Final = 320
GAP: Final = 36
PADDING: Final = 14
EVENTS: Final = 230
RULES: Final = 400

_STYLE: Final = """\
  text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
  .event, .condition, .action, .arguments {
    font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
  .title { font-size: 20px; font-weight: 700; fill: #0f172a; }
  .heading { font-size: 16px; font-weight: 700; fill: #1e1b4b; }
  .name { font-size: 14px; font-weight: 600; fill: #0f172a; }
  .about { font-size: 12px; fill: #475569; }
  .event { font-size: 12px; fill: #3730a3; }
  .condition { font-size: 11.5px; fill: #b45309; }
  .bound { font-size: 11.5px; fill: #64748b; }
  .action { font-size: 12px; font-weight: 600; fill: #047857; }
  .arguments { font-size: 11.5px; fill: #64748b; }
  .page { fill: #f8fafc; }
  .chip { fill: #e0e7ff; }
  .stage { fill: #eef2ff; stroke: #6366f1; stroke-width: 1.5; }
  .card { fill: #ffffff; stroke: #e2e8f0; }
  .done { fill: #ffffff; stroke: #a7f3d0; }
  .wire { fill: none; stroke: #94a3b8; stroke-width: 1.5; }"""

_ARROW: Final = (
    '<marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0 8 4 0 8z" fill="#94a3b8"/></marker>'
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the picture: its elements, and where the next one begins."""

    elements: tuple[str, ...]
    bottom: float


def draw(outline: Outline) -> str:
    """The whole picture."""
    width = max([NARROWEST, *(_width(journey) for journey in outline.journeys)])
    elements: list[str] = []
    y: float = MARGIN
    for journey in outline.journeys:
        part = _journey(journey, width, y)
        elements += part.elements
        y = part.bottom + MARGIN
    if outline.groups:
        elements.append(text_element("Triggers", TITLE, MARGIN, y + 18))
        y += TITLE.leading + PADDING
    for group in outline.groups:
        part = _group(group, width, y)
        elements += part.elements
        y = part.bottom + PADDING
    return _page(width, y + MARGIN - PADDING, elements)


def _page(width: float, height: float, elements: Iterable[str]) -> str:
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
            f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label="Journeys and triggers">',
            f"<style>\n{_STYLE}\n</style>",
            f"<defs>{_ARROW}</defs>",
            '<rect class="page" width="100%" height="100%"/>',
            *elements,
            "</svg>\n",
        ]
    )


def _width(journey: JourneyRow) -> float:
    count = len(journey.stages)
    return 2 * MARGIN + count * STAGE + (count - 1) * GAP


def _journey(journey: JourneyRow, width: float, y: float) -> Part:
    """The stages in a row, each in a column of its own."""
    count = len(journey.stages)
    wide = min((width - 2 * MARGIN - (count - 1) * GAP) / count, WIDEST_STAGE)
    labels = {stage.name: stage.label for stage in journey.stages}
    columns = [_Column.of(stage, wide, labels) for stage in journey.stages]
    above, box, below = (max(row) for row in zip(*(one.heights for one in columns), strict=True))
    top = y + TITLE.leading + PADDING + above + GAP
    elements = [text_element(journey.label, TITLE, MARGIN, y + 18)]
    for number, column in enumerate(columns):
        x = MARGIN + number * (wide + GAP)
        elements += column.drawn(x, top, wide, box)
        if number:
            middle = top + box / 2
            elements.append(_wire(f"M{x - GAP:g} {middle:g}H{x - 3:g}"))
    return Part(tuple(elements), top + box + (below + GAP if below else 0))


@dataclass(frozen=True, slots=True)
class _Column:
    """A stage: what leads into it, itself, and what entering it does."""

    ways: Block
    stage: Block
    deeds: Block

    @classmethod
    def of(cls, stage: StageCard, wide: float, labels: dict[str, str]) -> _Column:
        inside = wide - 2 * PADDING
        return cls(
            block(_spaced(_way(way, labels, wide) for way in stage.ways)),
            block([lines(stage.label, HEADING, inside), lines(stage.about, ABOUT, inside)]),
            block(_spaced(_deed(deed, wide) for deed in stage.deeds)),
        )

    @property
    def heights(self) -> tuple[float, float, float]:
        return self.ways.height, self.stage.height + 2 * PADDING, self.deeds.height

    def drawn(self, x: float, top: float, wide: float, high: float) -> Iterator[str]:
        if self.ways.lines:
            yield from self.ways.drawn(x, top - GAP + 4 - self.ways.height)
            yield _wire(f"M{x + 20:g} {top - GAP + 8:g}V{top - 3:g}")
        yield _box("stage", x, top, wide, high)
        yield from self.stage.drawn(x + PADDING, top + PADDING)
        yield from self.deeds.drawn(x + 2, top + high + PADDING)


def _way(way: Way, labels: dict[str, str], wide: float) -> Iterator[Line]:
    for event in way.events:
        yield from lines(event, EVENT, wide)
    if way.condition:
        yield from lines(f"when {way.condition}", CONDITION, wide)
    if way.from_stage:
        yield from lines(f"only from {labels[way.from_stage]}", BOUND, wide)


def _deed(deed: Deed, wide: float) -> Iterator[Line]:
    if deed.condition:
        yield from lines(f"if {deed.condition}", CONDITION, wide)
    yield from lines(deed.name, ACTION, wide)
    for argument in deed.arguments:
        yield from lines(argument, ARGUMENTS, wide)


def _spaced(parts: Iterable[Iterable[Line]]) -> Iterator[Iterable[Line]]:
    """The parts with some space between them."""
    for number, part in enumerate(parts):
        if number:
            yield [Line("", SPACE)]
        yield part


def _group(group: Group, width: float, y: float) -> Part:
    """The events of a group on the left, and a row for each of its triggers."""
    events = block(lines(event, EVENT, EVENTS) for event in group.on)
    first = events.lines[0]
    out = MARGIN + EVENTS + GAP / 2
    start = MARGIN + first.style.width(first.text) + 20
    elements = [*events.drawn(MARGIN, y + PADDING - 3)]
    bottom = y
    for trigger in group.triggers:
        middle = bottom + PADDING + 10
        elements.append(_wire(f"M{start:g} {y + PADDING + 10:g}H{out:g}V{middle:g}H{out + GAP / 2 - 3:g}"))
        row = _trigger(trigger, width, bottom)
        elements += row.elements
        bottom = row.bottom + PADDING
    return Part(tuple(elements), max(bottom - PADDING, y + PADDING + events.height))


def _trigger(trigger: TriggerRow, width: float, y: float) -> Part:
    """What the trigger asks on the left, what it does on the right."""
    x, right = MARGIN + EVENTS + GAP, MARGIN + EVENTS + 2 * GAP + RULES
    wide = width - MARGIN - right
    asks = _asks(trigger)
    does = block(_spaced(_deed(deed, wide - 2 * PADDING) for deed in trigger.deeds))
    high = max(asks.height, does.height) + 2 * PADDING
    elements: Sequence[str] = [
        _box("card", x, y, RULES, high),
        *asks.drawn(x + PADDING, y + PADDING),
        _wire(f"M{x + RULES:g} {y + PADDING + 10:g}H{right - 3:g}"),
        _box("done", right, y, wide, high),
        *does.drawn(right + PADDING, y + PADDING),
    ]
    return Part(tuple(elements), y + high)


def _asks(trigger: TriggerRow) -> Block:
    inside = RULES - 2 * PADDING
    condition = f"when {trigger.condition}" if trigger.condition else ""
    return block(
        [
            lines(trigger.name, NAME, inside),
            lines(trigger.about, ABOUT, inside),
            [Line("", SPACE)] if condition or trigger.bounds else [],
            lines(condition, CONDITION, inside),
            lines(", ".join(trigger.bounds), BOUND, inside),
        ]
    )


def _box(name: str, x: float, y: float, wide: float, high: float) -> str:
    return f'<rect class="{name}" x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}" rx="10"/>'


def _wire(path: str) -> str:
    return f'<path class="wire" d="{path}" marker-end="url(#arrow)"/>'
