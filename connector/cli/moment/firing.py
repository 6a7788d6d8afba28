"""Fires a moment of the calendar, after showing whom that would reach."""

from __future__ import annotations

from difflib import get_close_matches

from connector import bootstrap
from connector.cli.here.errands import done
from connector.cli.here.existing import NotThereError, existing_store
from connector.cli.terminal.asking import confirm
from connector.cli.terminal.show import say
from connector.mapping.mapping import Mapping
from connector.runtime.errands import FIRE, Errand
from connector.runtime.forecast import BEGINS, Forecast, forecast, listeners
from connector.settings import Settings


def fire(settings: Settings, name: str, who: str, *, is_sure: bool) -> None:
    """Fire it, where the person is sure. Raises NotThereError, MappingError, UnansweredError and
    StillAskedError."""
    store = existing_store(settings)
    try:
        with store.reading() as tx:
            mapping = bootstrap.live_mapping(settings, tx)
        _require(mapping, name)
        found = forecast(store, mapping, name, bootstrap.clock())
        _show(name, found)
        if not is_sure:
            confirm("Fire it now?")
        done(
            store,
            Errand(FIRE, name, who or settings.login, bootstrap.clock(), expected=found.expected),
        )
        say(
            f"{name} is now: `loods run` looks at all contacts, in pages; `loods stop` holds what would leave"
        )
    finally:
        store.close()


def _require(mapping: Mapping, name: str) -> None:
    """Raises NotThereError where there is no such moment, or nothing listens to it."""
    if name not in mapping.calendar:
        near = get_close_matches(name, mapping.calendar, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(mapping.calendar) or 'none'}"
        raise NotThereError(f"the calendar has no moment {name!r}; {hint}")
    if not listeners(mapping, name):
        raise NotThereError(f"no trigger listens to the moment {name!r}; nothing would happen")


def _show(name: str, found: Forecast) -> None:
    say(f"{name}, of {found.contacts} contact(s):")
    for rule, answers in found.answers.items():
        others = ", ".join(
            f"{count} {answer.value.replace('_', ' ')}"
            for answer, count in sorted(answers.items())
            if answer not in BEGINS
        )
        left = f"; {others}" if others else ""
        say(f"  {rule.replace(':', ' ', 1)}: reaches {found.expected[rule]}{left}")
    if found.broken:
        say(f"  for {found.broken} of them it cannot be told: our own code breaks")
