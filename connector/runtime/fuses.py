"""Fuses: a trigger that acts far more often than it ever did, or of whose actions many fail, is stopped.

What waits of it is held, and a person lets it go on or drops it. Every function works in the caller's
transaction; what is counted are narrow rows, written with what they count.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Final

from connector.mapping.mapping import Mapping
from connector.mapping.rules import Trigger
from connector.model.decision import Answer, Decision
from connector.store import stops, sweeps, tallies
from connector.store.database import Transaction
from connector.store.stops import Stop

log = logging.getLogger(__name__)

WHO: Final = "a fuse"
SMALLEST_BLAST: Final = 200
"""Runs per hour that are no blast, however quiet a trigger usually is."""
BLAST_TIMES: Final = 10
"""How many times its busiest hour of 30 days a trigger may do in one."""
STOP_AT: Final = Decimal("0.2")
FEWEST_RESULTS: Final = 10
"""Results below which a share of failures says nothing."""
CONFIRMED_FOR: Final = timedelta(days=1)
"""How long what a person confirmed of a moment stands above the usual."""

_TRIGGER: Final = "trigger:"


def count(tx: Transaction, mapping: Mapping, decisions: Iterable[Decision], now: datetime) -> None:
    """Count the runs that acted, and stop what has blown its fuse."""
    acted = Counter(
        entry.rule
        for decision in decisions
        for entry in decision.trace
        if entry.answer is Answer.ACTED and entry.rule.startswith(_TRIGGER)
    )
    if not acted:
        return
    for tally in tallies.count(tx, acted, now):
        if tally.runs > _least(mapping, tally.rule) and tally.runs > (
            most := _blast(tx, mapping, tally.rule, now)
        ):
            _stop(
                tx, tally.rule, now, f"it acted {tally.runs} times within an hour; {most} are usual at most"
            )


def ended(tx: Transaction, mapping: Mapping, rule: str, now: datetime, *, is_failed: bool) -> None:
    """An action has ended: count it, and stop its trigger where too many have failed."""
    if not rule.startswith(_TRIGGER):
        return
    failed, of = tallies.ended(tx, rule, is_failed=is_failed)
    trigger = _trigger(mapping, rule)
    most = trigger.stop_at if trigger and trigger.stop_at is not None else STOP_AT
    if is_failed and of >= FEWEST_RESULTS and failed > most * of:
        _stop(tx, rule, now, f"{failed} of its last {of} actions failed")


def _stop(tx: Transaction, rule: str, now: datetime, words: str) -> None:
    one = Stop(rule, now, WHO, words)
    if stops.stop(tx, one):
        log.error("%s is stopped: %s; `loods start` lets it go on, or drops what waits", one.about, words)


def _least(mapping: Mapping, rule: str) -> int:
    """What is no blast in any case: asked first, since it costs nothing."""
    trigger = _trigger(mapping, rule)
    return trigger.blast if trigger and trigger.blast is not None else SMALLEST_BLAST


def _blast(tx: Transaction, mapping: Mapping, rule: str, now: datetime) -> int:
    trigger = _trigger(mapping, rule)
    own = trigger.blast if trigger else None
    usual = own if own is not None else max(SMALLEST_BLAST, BLAST_TIMES * tallies.busiest(tx, rule, now))
    confirmed = (one.asked.expected.get(rule, 0) for one in sweeps.fired(tx, now - CONFIRMED_FOR))
    return max([usual, *(ceil(one * Decimal("1.2")) for one in confirmed)])


def _trigger(mapping: Mapping, rule: str) -> Trigger | None:
    return mapping.triggers.get(rule.removeprefix(_TRIGGER))
