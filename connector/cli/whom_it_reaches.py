"""Whom a publication would reach: shown before it is done, and confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import click

from connector.cli.show import say
from connector.mapping.in_words import listened
from connector.mapping.mapping import Mapping as Rules
from connector.mapping.rules import Trigger
from connector.model.showing import local
from connector.runtime.reaching import MOST_EVENTS, Outlook, Reach, news, outlook
from connector.store.database import Store


def confirmed(
    store: Store, before: Rules | None, after: Rules, now: datetime, *, is_sure: bool
) -> Mapping[str, int]:
    """Show whom the triggers reach that are new or ask otherwise; by rule, how many runs were shown.

    Asks where that is anybody, unless the person `is_sure`. Raises Abort where they do not want it.
    """
    found = news(before, after)
    seen = outlook(store, after, found, now) if found else None
    if seen is None or not seen.contacts:
        return {}
    for trigger in found:
        say(_line(trigger, seen.reaches[trigger.name]))
    _footnotes(seen)
    expected = {f"trigger:{name}": reach.expected for name, reach in seen.reaches.items()}
    if any(expected.values()) and not is_sure:
        click.confirm("Is this meant?", abort=True)
    return expected


def _line(trigger: Trigger, reach: Reach) -> str:
    by_time = f"reaches {reach.at_once} contact(s) at once and {reach.within_a_day} within 24 hours"
    by_events = f"begins {reach.busiest} time(s) in the busiest hour"
    said = [by_time] if trigger.occasions else []
    said += [by_events] if trigger.on or trigger.on_stages else []
    return f"{trigger.name}: {', '.join(said)}  ({', '.join(listened(trigger))})"


def _footnotes(seen: Outlook) -> None:
    if seen.events:
        which = "the last" if seen.events >= MOST_EVENTS else "all"
        say(f"the busiest hour is that of {which} {seen.events} event(s) since {local(seen.since)}")
    if seen.broken:
        say(f"for {seen.broken} contact(s) it cannot be told: our own code breaks")
