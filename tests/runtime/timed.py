"""Rules that wait, made from those of the test mapping."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from connector.mapping.durations import Delay
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Trigger, Wait
from tests.runtime.shop import Shop


def changed(mapping: Mapping, name: str, change: Callable[[Trigger], Trigger]) -> Mapping:
    """The mapping with one trigger changed."""
    triggers = {**mapping.triggers, name: change(mapping.triggers[name])}
    listening = {
        event: tuple(triggers[one.name] for one in some) for event, some in mapping.triggers_on.items()
    }
    return replace(mapping, triggers=triggers, triggers_on=listening)


def waits(mapping: Mapping, name: str, hours: float, **more: object) -> Mapping:
    """The mapping in which a trigger waits so long before its first action."""

    def with_a_wait(trigger: Trigger) -> Trigger:
        wait = Wait(trigger.place, moment=Delay(timedelta(hours=hours)))
        return replace(trigger, wait=wait, text="text 1", **more)  # type: ignore[arg-type]  # fields by name

    return changed(mapping, name, with_a_wait)


def goes_by(shop: Shop, mapping: Mapping) -> Mapping:
    """The shop goes by this mapping from now on."""
    shop.system.live.swap(mapping)
    return mapping


def waits_in(shop: Shop, name: str = "welcome", hours: float = 4, **more: object) -> Mapping:
    """A trigger of the shop waits so long before its first action."""
    return goes_by(shop, waits(shop.system.mapping, name, hours, **more))
