"""Stops, and lets go on: by the process that may write the database, whichever that is."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import click

from connector import bootstrap
from connector.cli.here.errands import done
from connector.cli.here.existing import NotThereError, existing_store
from connector.cli.records import show_queues
from connector.cli.terminal.asking import answered, refuse
from connector.cli.terminal.show import say
from connector.errors import MappingError
from connector.runtime.errands import DROP, GO_ON, STOP, Errand
from connector.settings import Settings
from connector.store import held, stops
from connector.store.database import Store
from connector.store.stops import EVERYTHING, Stop


def stop(settings: Settings, trigger: str | None, why: str, who: str) -> None:
    """Stop everything, or a trigger. Raises NotThereError and StillAskedError."""
    store = existing_store(settings)
    try:
        rule = _rule(settings, store, trigger)
        before = _stopped(store).get(rule)
        if before is None:
            done(store, Errand(STOP, rule, who or settings.login, bootstrap.clock(), why))
        if before is not None:
            say("it was stopped already")
        _show(store, [before or _stopped(store)[rule]])
    finally:
        store.close()


def start(settings: Settings, trigger: str | None, choice: str | None, who: str) -> None:
    """Let everything go on, or a trigger, with what waited or without it.

    Raises NotThereError where it is not stopped, UnansweredError and StillAskedError.
    """
    store = existing_store(settings)
    try:
        one = _stop_of(store, EVERYTHING if trigger is None else f"trigger:{trigger}")
        waits = _held(store, one.rule)
        chosen = choice or _asked(store, one, waits)
        done(
            store,
            Errand(DROP if chosen == DROP else GO_ON, one.rule, who or settings.login, bootstrap.clock()),
        )
        say(f"{one.about} goes on; " + _became(chosen, waits))
        _show(store, _stopped(store).values())
    finally:
        store.close()


def _rule(settings: Settings, store: Store, trigger: str | None) -> str:
    """The rule to stop. Raises NotThereError where the live mapping has no such trigger."""
    if trigger is None:
        return EVERYTHING
    try:
        with store.reading() as tx:
            known = bootstrap.live_mapping(settings, tx).triggers
    except MappingError:
        return f"trigger:{trigger}"
    if trigger not in known:
        near = get_close_matches(trigger, known, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise NotThereError(f"there is no trigger {trigger!r}{hint}")
    return f"trigger:{trigger}"


def _stop_of(store: Store, rule: str) -> Stop:
    found = _stopped(store)
    if rule not in found:
        if not found:
            raise NotThereError("nothing is stopped")
        others = ", ".join(one.about for one in found.values())
        about = Stop(rule, bootstrap.clock(), "", "").about
        raise NotThereError(f"{about} is not stopped; stopped is: {others}")
    return found[rule]


def _stopped(store: Store) -> dict[str, Stop]:
    with store.reading() as tx:
        return {one.rule: one for one in stops.stopped(tx)}


def _held(store: Store, rule: str) -> tuple[int, int]:
    """How many actions a stop holds, and of how many contacts runs."""
    with store.reading() as tx:
        return stops.held(tx, rule), sum(held.counts(tx, rule).values())


def _asked(store: Store, one: Stop, waits: tuple[int, int]) -> str:
    if not any(waits):
        return GO_ON
    _show(store, [one])
    with answered("--go-on lets what waits leave, --drop gives it up"):
        answer: str = click.prompt(
            "Let what waits leave (go on), give it up (drop), or leave it stopped (cancel)?",
            type=click.Choice([GO_ON, DROP, "cancel"]),
            default="cancel",
        )
    if answer == "cancel":
        refuse()
    return answer


def _became(chosen: str, waits: tuple[int, int]) -> str:
    if not any(waits):
        return "nothing waited"
    told = show_queues.held_words(*waits)
    return f"what waited ({told}) {'was dropped' if chosen == DROP else 'goes on now'}"


def _show(store: Store, some: Iterable[Stop]) -> None:
    show_queues.stopped([(one, *_held(store, one.rule)) for one in some])
