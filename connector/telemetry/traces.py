"""Spans for OpenTelemetry: receive, process, dispatch, joined over all processes by the delivery.

Only this module imports OpenTelemetry, and only who wants traces imports this module. A delivery's trace is
the one that its sender has begun, if a `traceparent` came along (W3C, "Trace Context"); else its id makes
one. So no process has to tell another. A span tells connections, names and outcomes, and nobody's data.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from connector.errors import StoreError
from connector.model.action import Action
from connector.model.delivery import Delivery
from connector.runtime.observing import Batch, Called, Observer
from connector.store import origins
from connector.store.database import Store
from connector.store.origins import Origin
from connector.telemetry.meters.outcomes import DONE, outcome_of

log = logging.getLogger(__name__)

_NANOSECONDS: Final = 1_000_000_000


class KnownIds(RandomIdGenerator):
    """Makes up ids, but for the span whose id follows from its delivery."""

    def __init__(self) -> None:
        self._known = threading.local()

    @contextmanager
    def being(self, trace_id: int, span_id: int) -> Iterator[None]:
        """The next span of this thread has these ids."""
        self._known.ids = (trace_id, span_id)
        try:
            yield
        finally:
            self._known.ids = None

    def generate_trace_id(self) -> int:
        """The trace's."""
        known: tuple[int, int] | None = getattr(self._known, "ids", None)
        return known[0] if known else super().generate_trace_id()

    def generate_span_id(self) -> int:
        """The span's."""
        known: tuple[int, int] | None = getattr(self._known, "ids", None)
        return known[1] if known else super().generate_span_id()


@dataclass(frozen=True, slots=True)
class _Way:
    """A delivery's place among all traces: who called, if that is known, and its first span."""

    before: Context
    receive: SpanContext

    @property
    def within(self) -> Context:
        """Where what follows belongs."""
        return trace.set_span_in_context(NonRecordingSpan(self.receive), Context())


class Spans(Observer):
    """Makes spans of what it hears, which is over by then. `clock` gives the time, aware."""

    def __init__(
        self, ids: KnownIds, provider: TracerProvider, store: Store, clock: Callable[[], datetime]
    ) -> None:
        self._ids = ids
        self._tracer = provider.get_tracer("loods")
        self._provider = provider
        self._store = store
        self._clock = clock

    def settled(self, batch: Batch) -> None:
        """Of each delivery: how long it waited, and the batch in which it was processed."""
        end = self._now()
        start = end - int(batch.seconds * _NANOSECONDS)
        for delivery, status in batch.settled:
            way = self._way(delivery.id, delivery.headers)
            about = {"loods.connection": delivery.connection, "loods.delivery": delivery.id}
            self._receive(way, about, delivery, start)
            told = {**about, "loods.status": status.value, "loods.batch": len(batch.settled)}
            span = self._begin("process", way.within, start, told)
            span.end(end)

    def called(self, call: Called) -> None:
        """Of each action: the call that carried it."""
        end = self._now()
        start = end - int(call.seconds * _NANOSECONDS)
        for queued, outcome in zip(call.actions, call.outcomes, strict=True):
            origin = self._origin(queued.action)
            within = self._way(origin.delivery_id, origin.headers).within if origin else Context()
            became = outcome_of(outcome)
            about = {
                "loods.connection": call.connection,
                "loods.action": f"{call.connection}.{call.name}",
                "loods.action_id": queued.id,
                "loods.outcome": became,
                "loods.batch": len(call.actions),
            }
            span = self._begin("dispatch", within, start, about, SpanKind.CLIENT)
            if became != DONE:
                span.set_status(Status(StatusCode.ERROR, became))
            span.end(end)

    def close(self) -> None:
        """Send what was not sent yet."""
        self._provider.shutdown()

    def _receive(self, way: _Way, about: Mapping[str, str], delivery: Delivery, end: int) -> None:
        begun = _nanoseconds(delivery.received_at)
        with self._ids.being(way.receive.trace_id, way.receive.span_id):
            span = self._begin("receive", way.before, min(begun, end), about, SpanKind.SERVER)
        span.end(end)

    def _begin(
        self,
        name: str,
        within: Context,
        start: int,
        about: Mapping[str, Any],
        kind: SpanKind = SpanKind.INTERNAL,
    ) -> trace.Span:
        return self._tracer.start_span(name, within, kind=kind, attributes=about, start_time=start)

    def _way(self, delivery_id: str, headers: Mapping[str, str]) -> _Way:
        """Where a delivery belongs, and whether it is told of: the same in every process."""
        digest = hashlib.sha256(f"loods {delivery_id}".encode()).digest()
        before = TraceContextTextMapPropagator().extract(dict(headers), Context())
        caller = trace.get_current_span(before).get_span_context()
        trace_id = caller.trace_id if caller.is_valid else int.from_bytes(digest[:16])
        sampled = self._provider.sampler.should_sample(before, trace_id, "receive").decision.is_sampled()  # type: ignore[no-untyped-call]
        flags = TraceFlags(TraceFlags.SAMPLED if sampled else TraceFlags.DEFAULT)
        receive = SpanContext(trace_id, int.from_bytes(digest[16:24]), is_remote=True, trace_flags=flags)
        return _Way(before, receive)

    def _origin(self, action: Action) -> Origin | None:
        try:
            with self._store.reading() as tx:
                return origins.of_action(tx, action)
        except StoreError as error:
            log.warning("a call is traced without its delivery: %s", error)
            return None

    def _now(self) -> int:
        return _nanoseconds(self._clock())


def spans(processor: SpanProcessor, store: Store, clock: Callable[[], datetime]) -> Spans:
    """An observer whose spans go to this processor; how many are kept is said by OTEL_TRACES_SAMPLER."""
    ids = KnownIds()
    provider = TracerProvider(
        id_generator=ids, resource=Resource.create({"service.name": "loods"}), shutdown_on_exit=False
    )
    provider.add_span_processor(processor)
    return Spans(ids, provider, store, clock)


def _nanoseconds(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000) * 1_000
