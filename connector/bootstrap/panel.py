"""What an operator sees of a system: its panel, made and served."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

from prometheus_client import CollectorRegistry, disable_created_metrics

from connector.bootstrap.now import clock
from connector.errors import SettingsError
from connector.runtime.deciding import Clock
from connector.runtime.following import Follower
from connector.runtime.live import Live
from connector.runtime.observing import Observer, Several
from connector.settings import Settings
from connector.store.database import Store
from connector.telemetry.clocks import Clocks
from connector.telemetry.lookout import Connections, Lookout
from connector.telemetry.meters import Meters
from connector.telemetry.pages import panel_app
from connector.telemetry.panel import Panel, Process, Reception
from connector.telemetry.server import PanelServer

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Ears:
    """What hears what happens: the meters on their registry, and who makes spans, if anybody wants them."""

    registry: CollectorRegistry
    meters: Meters
    observer: Observer
    close: Callable[[], None]


def ears(settings: Settings, store: Store, now: Clock) -> Ears:
    """Those of this process. Raises SettingsError where traces are wanted and OpenTelemetry is not there."""
    disable_created_metrics()  # type: ignore[no-untyped-call]
    registry = CollectorRegistry()
    counting = Meters(registry)
    if not settings.traces:
        return Ears(registry, counting, counting, lambda: None)
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        from connector.telemetry.traces import spans
    except ImportError as error:
        raise SettingsError(
            "OTEL_EXPORTER_OTLP_ENDPOINT asks for traces, which need `pip install 'loods[otel]'`"
        ) from error
    tracing = spans(BatchSpanProcessor(OTLPSpanExporter()), store, now)
    return Ears(registry, counting, Several(counting, tracing), tracing.close)


@dataclass(frozen=True, slots=True)
class Parts:
    """What of a system is looked at."""

    store: Store
    live: Live
    workers: Callable[[], Mapping[str, bool]]
    notices: Callable[[], Mapping[str, str]]
    follower: Follower


def panel(settings: Settings, parts: Parts, heard: Ears, now: Clock) -> Panel:
    """The panel of a system; its lookout is not started yet."""
    parts.store.told = heard.meters.receipts.committed
    reception = Reception()
    lookout = Lookout(
        parts.store, lambda: _connections(parts.live), reception.came, now, Clocks(clock), parts.store.folder
    )
    process = Process(
        workers=parts.workers,
        notices=lambda: _notices(parts),
        pool=parts.store.pool,
        trouble=lambda: parts.store.trouble,
        mapping_version=lambda: parts.live.mapping.version[:12],
        build={"version": version("loods"), "python": platform.python_version()},
        least_free=settings.least_free,
    )
    return Panel(heard.registry, heard.meters, lookout, process, reception, heard.close)


def served_apart(settings: Settings, shown: Panel) -> Callable[[], None]:
    """Serve the panel on its own port, where it has one; what ends that, and the panel."""
    if settings.metrics_port is None:
        return shown.close
    server = PanelServer(panel_app(shown), settings.metrics_host, settings.metrics_port)

    def close() -> None:
        server.close()
        shown.close()

    return close


def is_on_door(settings: Settings) -> bool:
    """Whether the receiver's own address shows the panel: only where nobody else can ask it."""
    return settings.metrics_port is None and settings.host in LOOPBACK


def _connections(live: Live) -> Connections:
    connections = live.mapping.connections.values()
    return Connections(
        listening=frozenset(one.name for one in connections if one.source is not None),
        acting=frozenset(one.name for one in connections if one.platform is not None),
    )


def _notices(parts: Parts) -> dict[str, str]:
    told, trouble = parts.notices(), parts.follower.trouble
    return {**told, "mapping": trouble} if trouble else dict(told)
