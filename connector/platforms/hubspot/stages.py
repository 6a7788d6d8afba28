"""Lifecycle stages, which HubSpot moves forwards only unless they are cleared first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from connector.errors import DispatchError, Rejected
from connector.platforms.hubspot.answers import Record, text
from connector.platforms.hubspot.contacts import Values
from connector.platforms.hubspot.parts import Told
from connector.platforms.hubspot.terms import STAGE
from connector.platforms.hubspot.together import turns

Settled: TypeAlias = tuple[str, ...] | DispatchError
"""What the stage became, in order."""


def settle_stages(
    update: Callable[[Mapping[str, Values]], Told], written: Mapping[str, tuple[Record, str]]
) -> dict[str, Settled]:
    """Make each lifecycle stage of what was written the one asked for, also an earlier one; by trace.

    HubSpot silently keeps the later stage; it goes back only when it is cleared first, in a request of
    its own. Repeating the whole update sets a stage that was cleared only. Where several were asked for one
    contact, each is settled before the next is written once more: the last one counts.
    """
    traces = list(written)
    settled: dict[str, Settled] = {}
    for number, turn in enumerate(turns(one.id for one, _ in written.values())):
        asked = {traces[place]: written[traces[place]] for place in turn}
        told = update(_stages(asked)) if number else {trace: one for trace, (one, _) in asked.items()}
        settled |= {trace: one for trace, one in told.items() if isinstance(one, DispatchError)}
        shown = {
            trace: (one, asked[trace][1]) for trace, one in told.items() if not isinstance(one, DispatchError)
        }
        settled |= _settled(update, shown)
    return settled


def _stages(asked: Mapping[str, tuple[Record, str]]) -> dict[str, Values]:
    return {trace: (one.id, {STAGE: stage}) for trace, (one, stage) in asked.items()}


def _settled(
    update: Callable[[Mapping[str, Values]], Told], written: Mapping[str, tuple[Record, str]]
) -> dict[str, Settled]:
    settled: dict[str, Settled] = {trace: (asked,) for trace, (_, asked) in written.items()}
    back = {trace: (one.id, asked) for trace, (one, asked) in written.items() if stage_of(one) != asked}
    cleared = update({trace: (id_, {STAGE: ""}) for trace, (id_, _) in back.items()})
    settled |= {trace: one for trace, one in cleared.items() if isinstance(one, DispatchError)}
    left = {trace: back[trace] for trace, one in cleared.items() if isinstance(one, Record)}
    kept = update({trace: (id_, {STAGE: asked}) for trace, (id_, asked) in left.items()})
    return settled | {trace: _became(one, left[trace][1]) for trace, one in kept.items()}


def stage_of(record: Record) -> str:
    """The stage that HubSpot answered."""
    return text(record.properties.get(STAGE))


def _became(one: Record | DispatchError, asked: str) -> Settled:
    if isinstance(one, DispatchError):
        return one
    if (kept := stage_of(one)) != asked:
        return Rejected(f"HubSpot keeps {STAGE} at {kept or 'nothing'} instead of {asked}")
    return ("", asked)
