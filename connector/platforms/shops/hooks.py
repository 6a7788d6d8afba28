"""Webhooks of a shop, of which each tells of one topic: which are there, and which are to be made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from connector.platforms.setting_up import State, Step, Wanted, left, without_query


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook as the shop has it; `failed` is one that the shop itself has switched off."""

    id: str
    topic: str
    address: str
    state: Literal["active", "paused", "failed"] = "active"


def steps(found: Sequence[Hook], wanted: Wanted, body: Mapping[str, Any]) -> list[Step]:
    """A step for each topic; then the webhooks elsewhere that look like ours. `body` is that of a change."""
    own = [_step(found, wanted, topic, body) for topic in wanted.topics]
    others = [
        left(wanted, f"webhook {one.topic}", one.address)
        for one in found
        if one.topic in wanted.topics and _is_elsewhere(one, wanted)
    ]
    return [*own, *others]


def _is_elsewhere(hook: Hook, wanted: Wanted) -> bool:
    return wanted.looks_ours(hook.address) and not (wanted.is_at(hook.address) or wanted.was_at(hook.address))


def _step(found: Sequence[Hook], wanted: Wanted, topic: str, body: Mapping[str, Any]) -> Step:
    what = f"webhook {topic}"
    mine = sorted((one for one in found if one.topic == topic), key=lambda one: one.state != "active")
    here = next((one for one in mine if wanted.is_at(one.address)), None)
    moved = next((one for one in mine if wanted.was_at(one.address)), None)
    match here, moved:
        case Hook(state="active"), _:
            return Step(State.THERE, what)
        case Hook(state="paused"), _:
            return Step(State.BY_HAND, what, "somebody paused it: make it active where it was paused")
        case Hook(), _:
            return Step(State.CHANGE, what, "the shop switched it off after failures", id=here.id, body=body)
        case None, Hook():
            return Step(
                State.CHANGE,
                what,
                f"goes to {without_query(moved.address)} until now",
                id=moved.id,
                body=body,
            )
        case _:
            return Step(State.MAKE, what, body={"topic": topic, **body})
