"""Fuses: a trigger that acts far more often than it ever did, or in a circle with a platform, or of whose
actions many fail, is stopped.

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
from connector.model.action import Cause
from connector.model.decision import Answer, Decision
from connector.store import expectations, outbox, stops, sweeps, tallies
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
CIRCLE: Final = 5
"""How often a trigger may act on one contact within an hour upon what platforms tell."""
CIRCLE_WITHIN: Final = timedelta(hours=1)
CONFIRMED_FOR: Final = timedelta(days=1)
"""How long what a person confirmed of a moment, or of a publication, stands above the usual."""

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


def circles(tx: Transaction, decided: Iterable[tuple[str, Decision]], now: datetime) -> None:
    """Stop a trigger that acts on one contact again and again upon what platforms tell; asked of decisions
    whose actions are queued already. Where no platform told of anything, nothing is asked.

    Each event counts once, however many steps followed from it.
    """
    about = {(contact_id, cause.rule) for contact_id, one in decided for cause in _told_by_platforms(one)}
    for contact_id, rule in sorted(about):
        pardoned = tallies.forgiven_at(tx, rule)
        since = max(one for one in (pardoned, now - CIRCLE_WITHIN) if one is not None)
        events = outbox.told_by_platforms(tx, contact_id, rule, since)
        if len(events) > CIRCLE:
            told_by = ", ".join(sorted({platform for platform, _ in events}))
            _stop(
                tx,
                rule,
                now,
                f"it acted {len(events)} times within an hour on contact {contact_id} upon what {told_by} "
                f"told, as in a circle with an automation there: see `loods contact show {contact_id}`, and "
                "change the trigger or the automation",
            )


def ended(tx: Transaction, mapping: Mapping, results: Iterable[tuple[str, bool]], now: datetime) -> None:
    """Actions of these rules have ended, each failed or not: count them in this order, and stop a trigger of
    which too many have failed."""
    of_rules: dict[str, list[bool]] = {}
    for rule, is_failed in results:
        if rule.startswith(_TRIGGER):
            of_rules.setdefault(rule, []).append(is_failed)
    if not of_rules:
        return
    for rule, counted in tallies.ended(tx, of_rules).items():
        trigger = _trigger(mapping, rule)
        most = trigger.stop_at if trigger and trigger.stop_at is not None else STOP_AT
        for is_failed, (failed, of) in zip(of_rules[rule], counted, strict=True):
            if is_failed and of >= FEWEST_RESULTS and failed > most * of:
                _stop(tx, rule, now, f"{failed} of its last {of} actions failed")


def _told_by_platforms(decision: Decision) -> Iterable[Cause]:
    causes = (one.cause for one in decision.actions)
    return (one for one in causes if one.platform and one.rule.startswith(_TRIGGER))


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
    usual = own if own is not None else _usual(tx, rule, now)
    confirmed = (one.asked.expected.get(rule, 0) for one in sweeps.fired(tx, now - CONFIRMED_FOR))
    return max([usual, *map(_and_a_fifth, confirmed)])


def _usual(tx: Transaction, rule: str, now: datetime) -> int:
    """Ten times its busiest hour; until that is known, what was shown to whoever published it, and a fifth.

    The first day counts as unknown: what was shown is what a day brings, perhaps in its last hour.
    """
    busiest, shown = tallies.busiest(tx, rule, now), expectations.of_rule(tx, rule)
    is_known = busiest > 0 and (shown is None or shown.at < now - CONFIRMED_FOR)
    first = _and_a_fifth(shown.runs) if shown and not is_known else 0
    return max(SMALLEST_BLAST, BLAST_TIMES * busiest, first)


def _and_a_fifth(runs: int) -> int:
    return ceil(runs * Decimal("1.2"))


def _trigger(mapping: Mapping, rule: str) -> Trigger | None:
    return mapping.triggers.get(rule.removeprefix(_TRIGGER))
