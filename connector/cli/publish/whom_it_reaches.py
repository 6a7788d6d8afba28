"""Whom a publication would reach: shown before it is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from connector.cli.terminal.show import say
from connector.mapping.in_words import listened
from connector.mapping.rules import Trigger
from connector.model.showing import local
from connector.runtime.entrances import rule_of
from connector.runtime.reaching import Outlook, Reach


def show(triggers: Iterable[Trigger], seen: Outlook) -> Mapping[str, int]:
    """Show whom these triggers reach; by rule, how many runs were shown."""
    shown = {one.name: one for one in triggers}
    for name, trigger in shown.items():
        say(_line(trigger, seen.reaches[name]))
    if shown:
        _footnotes(seen)
    expected: dict[str, int] = {}
    for name in shown:
        rule = rule_of(name)
        expected[rule] = max(expected.get(rule, 0), seen.reaches[name].expected)
    return expected


def _line(trigger: Trigger, reach: Reach) -> str:
    by_time = f"reaches {reach.at_once} contact(s) at once and {reach.within_a_day} within 24 hours"
    by_events = f"begins {reach.busiest} time(s) in the busiest hour"
    said = [by_time] if trigger.occasions else []
    said += [by_events] if trigger.on or trigger.on_stages else []
    return f"{trigger.name}: {', '.join(said)}  ({', '.join(listened(trigger))})"


def _footnotes(seen: Outlook) -> None:
    if seen.events or seen.is_cut:
        which = "the last" if seen.is_cut else "all"
        say(f"the busiest hour is that of {which} {seen.events} event(s) since {local(seen.since)}")
    if seen.broken:
        say(f"for {seen.broken} contact(s) it cannot be told: our own code breaks")
