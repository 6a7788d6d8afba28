"""Undoes what rules did, after showing it: by the process that may write the database, whichever that is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches

from connector import bootstrap
from connector.cli.here.errands import done
from connector.cli.here.existing import NotThereError, existing_store
from connector.cli.publish.published import named
from connector.cli.recompute.recomputing import bar, fold
from connector.cli.terminal.asking import confirm
from connector.cli.terminal.show import say
from connector.cli.undo.report import About, lines
from connector.errors import LoodsError, SettingsError
from connector.mapping.durations import parse_duration
from connector.mapping.mapping import Mapping
from connector.mapping.own_state import COMPANY
from connector.runtime.errands import STOP, TRIGGER, UNDO, Errand, wish_of
from connector.runtime.previewing import Preview as Own
from connector.runtime.previewing import Rules
from connector.runtime.previewing import preview as would_be
from connector.runtime.undoing_shown import preview
from connector.settings import Settings
from connector.store import contacts, deeds, publications, stops, undoing
from connector.store.database import Store, Transaction
from connector.store.sweeps import Only


class StillLiveError(LoodsError):
    """What is live would go on to do what is to be undone."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks, and who does."""

    what: str
    since: str
    who: str


def undo(settings: Settings, asked: Asked, *, is_dry: bool, is_sure: bool) -> None:
    """Show it, and undo it where the person is sure.

    Raises NotThereError, StillLiveError, SettingsError, MappingError, UnansweredError and StillAskedError.
    """
    now = bootstrap.clock()
    since = _since(asked.since, now)
    store = existing_store(settings)
    try:
        with store.reading() as tx:
            mapping = bootstrap.live_mapping(settings, tx)
            name = _name(tx, mapping, asked.what)
            is_to_stop = _is_to_stop(tx, mapping, name)
        errand = Errand(UNDO, name, asked.who, now, since=since, through=_platforms(mapping))
        found, own = preview(store, wish_of(store, errand)), _own(store, mapping, errand)
        for line in lines(found, own, About(name, since, is_to_stop, _changes_companies(mapping, name))):
            say(line)
        if (found.has_work or own.changing) and not is_dry:
            if not is_sure:
                confirm("Undo it now?")
            if is_to_stop:
                done(store, Errand(STOP, name, asked.who, now, "what it did is undone"))
            _do(store, mapping, replace(errand, version=mapping.version if own.changing else ""))
    finally:
        store.close()


def _own(store: Store, mapping: Mapping, errand: Errand) -> Own:
    """What would change in Loods itself, by the rules that are live."""
    with store.reading() as tx:
        most = contacts.count(tx)
    with bar(most) as went:
        only = Only(undone=errand.name, since=errand.since)
        return would_be(store, Rules(mapping, mapping), only, errand.at, went)


def _since(length: str, now: datetime) -> datetime | None:
    try:
        return now - parse_duration(length) if length else None
    except ValueError as error:
        raise SettingsError(f"--since: {error}") from None


def _name(tx: Transaction, mapping: Mapping, what: str) -> str:
    """The rule of the trigger of this name, whether it is live or was; else the version.

    Raises NotThereError where there is neither, StillLiveError where the version is live.
    """
    rule = f"{TRIGGER}{what.removeprefix(TRIGGER)}"
    if rule.removeprefix(TRIGGER) in mapping.triggers or undoing.has_acted(tx, rule):
        return rule
    try:
        version = named(tx, what)
    except NotThereError as error:
        if deeds.has_done(tx, rule):
            return rule
        near = get_close_matches(what, mapping.triggers, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise NotThereError(f"there is no trigger {what!r}{hint}, and {error}") from None
    live = publications.live(tx)
    if live is not None and live.version == version:
        raise StillLiveError(
            f"version {version[:12]} is live and goes on to act: `loods rollback` makes another one live "
            "first; what one trigger did is undone by its name"
        )
    return version


def _is_to_stop(tx: Transaction, mapping: Mapping, name: str) -> bool:
    is_live = name.removeprefix(TRIGGER) in mapping.triggers
    return is_live and all(one.rule != name for one in stops.stopped(tx))


def _changes_companies(mapping: Mapping, name: str) -> bool:
    """Whether a trigger that is live changes what Loods itself knows of companies; a version may have."""
    if not name.startswith(TRIGGER):
        return True
    trigger = mapping.triggers.get(name.removeprefix(TRIGGER))
    return any(one.spec.platform == COMPANY for one in trigger.actions) if trigger else False


def _platforms(mapping: Mapping) -> dict[str, str]:
    """The platform of each connection that acts."""
    return {name: one.platform for name, one in mapping.connections.items() if one.platform is not None}


def _do(store: Store, mapping: Mapping, errand: Errand) -> None:
    done(store, errand)
    say("it is asked of the platforms; `loods actions` shows what comes of it (the rule is undo)")
    if errand.version:
        fold(store, mapping, errand.at)
    if errand.name.startswith(TRIGGER):
        trigger = errand.name.removeprefix(TRIGGER)
        say(f"`loods start --trigger {trigger}` lets the trigger act again, where it is stopped")
