"""What is true at the moment of a scrape: answers given, what waits, who is paused, how the process is.

What the database holds was seen by the lookout some seconds ago; a scrape asks nothing of the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from connector.telemetry.health import Check
from connector.telemetry.lookout import Seen

Answers: TypeAlias = Mapping[tuple[str, str], int]
"""How often each answer was given, by connection (empty where there is none such) and code."""

ACKNOWLEDGED = frozenset({"accepted", "duplicate", "failed"})
"""Codes of answers that say that a delivery is on disk."""

_NO_REFUSALS = ACKNOWLEDGED | {"ping", "handshake"}


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the figures come from."""

    answers: Callable[[], Answers]
    seen: Callable[[], Seen | None]
    workers: Callable[[], Mapping[str, bool]]
    pool: Callable[[], Mapping[str, int]]
    checks: Callable[[], Mapping[str, Check]]
    mapping_version: Callable[[], str]
    build: Mapping[str, str]


class Gauges(Collector):
    """Makes metrics of what its sources say, at each scrape."""

    def __init__(self, sources: Sources) -> None:
        self._of = sources

    def collect(self) -> Iterable[Metric]:
        """All of them."""
        yield from _answers(self._of.answers())
        yield from _process(self._of)
        seen = self._of.seen()
        yield from _queues(seen)
        yield from _platforms(seen)
        yield from _sources(seen)
        yield from _looks(seen)
        yield from _clock(seen)

    def describe(self) -> Iterable[Metric]:
        """Nothing: what is collected is not asked for when this is registered."""
        return ()


def _answers(answers: Answers) -> Iterator[Metric]:
    received = CounterMetricFamily(
        "loods_received", "Requests to a connection's address.", labels=("connection",)
    )
    acknowledged = CounterMetricFamily(
        "loods_acknowledged", "Deliveries answered with 2xx: they are on disk.", labels=("connection",)
    )
    repeated = CounterMetricFamily(
        "loods_repeated", "Those of them that had come before.", labels=("connection",)
    )
    refused = CounterMetricFamily(
        "loods_refused", "Requests that were refused.", labels=("connection", "code")
    )
    for connection in sorted({name for name, _ in answers}):
        of_it = {code: count for (name, code), count in answers.items() if name == connection}
        received.add_metric((connection,), sum(of_it.values()))
        acknowledged.add_metric((connection,), sum(of_it.get(one, 0) for one in ACKNOWLEDGED))
        repeated.add_metric((connection,), of_it.get("duplicate", 0))
        for code, count in sorted(of_it.items()):
            if code not in _NO_REFUSALS:
                refused.add_metric((connection, code), count)
    yield from (received, acknowledged, repeated, refused)


def _process(of: Sources) -> Iterator[Metric]:
    workers = GaugeMetricFamily(
        "loods_worker_alive", "Whether a thread runs and its steps go well.", labels=("worker",)
    )
    for name, is_well in sorted(of.workers().items()):
        workers.add_metric((name,), is_well)
    pool = GaugeMetricFamily(
        "loods_pool_connections", "Connections to the database, by state.", labels=("state",)
    )
    for state, count in sorted(of.pool().items()):
        pool.add_metric((state,), count)
    checks = GaugeMetricFamily(
        "loods_health", "Each check of /health: 0 ok, 1 amber, 2 red.", labels=("check",)
    )
    for name, check in sorted(of.checks().items()):
        checks.add_metric((name,), check.level)
    yield from (workers, pool, checks)
    yield InfoMetricFamily("loods_mapping", "The live mapping.", {"version": of.mapping_version()})
    yield InfoMetricFamily("loods_build", "The program.", dict(of.build))


def _queues(seen: Seen | None) -> Iterator[Metric]:
    inbox = GaugeMetricFamily("loods_inbox_waiting", "Deliveries that wait, counted to 10,000.")
    inbox_age = GaugeMetricFamily("loods_inbox_oldest_seconds", "For how long the first of them has waited.")
    looks = GaugeMetricFamily(
        "loods_looks_due", "Contacts whose time has come, counted to 10,000: runs that wait are among them."
    )
    looks_age = GaugeMetricFamily("loods_looks_oldest_seconds", "For how long the first of them is due.")
    if seen is not None:
        inbox.add_metric((), seen.queues.inbox.count)
        inbox_age.add_metric((), _age(seen.at, seen.queues.inbox.since))
        looks.add_metric((), seen.queues.looks.count)
        looks_age.add_metric((), _age(seen.at, seen.queues.looks.since))
    yield from (inbox, inbox_age, looks, looks_age)


def _platforms(seen: Seen | None) -> Iterator[Metric]:
    one = ("connection",)
    waiting = GaugeMetricFamily(
        "loods_outbox_waiting", "Actions that are due, counted to 10,000.", labels=one
    )
    age = GaugeMetricFamily(
        "loods_outbox_oldest_seconds", "For how long the first of them has been due.", labels=one
    )
    paused = GaugeMetricFamily("loods_paused", "Whether a connection is paused.", labels=one)
    if seen is not None:
        for name, line in seen.queues.outbox.items():
            waiting.add_metric((name,), line.count)
            age.add_metric((name,), _age(seen.at, line.since))
            paused.add_metric((name,), name in seen.paused)
    yield from (waiting, age, paused)


def _sources(seen: Seen | None) -> Iterator[Metric]:
    one = ("connection",)
    silent = GaugeMetricFamily("loods_silent", "Whether a source is silent against its habit.", labels=one)
    last = GaugeMetricFamily(
        "loods_last_delivery_timestamp_seconds",
        "When a connection brought something last, to the minute.",
        labels=one,
    )
    asked = GaugeMetricFamily(
        "loods_asked_timestamp_seconds",
        "When a platform was last asked to the end for what it does not announce.",
        labels=("connection", "feed"),
    )
    if seen is not None:
        for name, at in sorted(seen.last.items()):
            last.add_metric((name,), at.timestamp())
            silent.add_metric((name,), name in seen.quiet)
        for named, (at, _) in seen.asked.items():
            asked.add_metric(named, at.timestamp())
    yield from (silent, last, asked)


def _looks(seen: Seen | None) -> Iterator[Metric]:
    at = GaugeMetricFamily(
        "loods_seen_timestamp_seconds", "When the database was looked at for the figures above."
    )
    free = GaugeMetricFamily("loods_disk_free_bytes", "Free on the disk of an embedded database.")
    if seen is not None:
        at.add_metric((), seen.at.timestamp())
        if seen.free is not None:
            free.add_metric((), seen.free)
    yield from (at, free)


def _clock(seen: Seen | None) -> Iterator[Metric]:
    ahead = GaugeMetricFamily(
        "loods_clock_ahead_seconds", "How far this machine's clock is ahead of the database server's."
    )
    was_set = CounterMetricFamily(
        "loods_clock_set", "How often this machine's clock was seen to be set, forward or back."
    )
    if seen is not None:
        was_set.add_metric((), seen.clock.times_set)
        if seen.clock.ahead is not None:
            ahead.add_metric((), seen.clock.ahead.total_seconds())
    yield from (ahead, was_set)


def _age(now: datetime, since: datetime | None) -> float:
    return max((now - since).total_seconds(), 0.0) if since is not None else 0.0
