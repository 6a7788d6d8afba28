"""What becomes of a delivery is one trace, also over processes; without the extra nothing of it is loaded."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from connector import bootstrap
from connector.errors import SettingsError
from connector.runtime.dispatcher import Dispatcher
from connector.runtime.observing import Observer
from connector.runtime.processor import Processor
from connector.settings import read_settings
from connector.telemetry.traces import spans
from tests.runtime.shop import Shop

EVA = "eva@example.com"
SENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
MAPPING = Path(__file__).parents[1] / "runtime" / "mapping"


def traced(shop: Shop) -> dict[str, list[ReadableSpan]]:
    """All spans by name: the processor is one process, each dispatcher another."""
    exporters: list[InMemorySpanExporter] = []
    system = shop.system

    def observer() -> Observer:
        exporters.append(InMemorySpanExporter())
        return spans(SimpleSpanProcessor(exporters[-1]), system.store, shop.clock)

    processor = Processor(
        system.store,
        system.live,
        shop.clock,
        system.settings.resolve,
        lambda: None,
        observer=observer(),
    )
    while processor.step():
        pass
    for one in system.dispatchers:
        dispatcher = Dispatcher(
            one.connection,
            one._platform,
            system.store,
            system.live,
            shop.clock,
            observer=observer(),
        )
        while dispatcher.step():
            pass
    found: dict[str, list[ReadableSpan]] = {}
    for exporter in exporters:
        for span in exporter.get_finished_spans():
            found.setdefault(span.name, []).append(span)
    return found


def test_a_delivery_its_processing_and_its_calls_are_one_trace(shop: Shop) -> None:
    shop.says("newsletter.confirmed", EVA)
    shop.says("newsletter.confirmed", "bob@example.com")

    found = traced(shop)

    by_trace = {one.context.trace_id: one for one in found["receive"]}
    assert len(by_trace) == 2
    for span in found["process"] + found["dispatch"]:
        assert span.parent is not None
        assert span.parent.span_id == by_trace[span.context.trace_id].context.span_id
    assert len(found["process"]) == 2
    assert len(found["dispatch"]) == 4
    assert {told_id(one) for one in found["receive"]} == {one.delivery.id for one in shop.deliveries()}


def told_id(span: ReadableSpan) -> str:
    """The id of the delivery that a span names."""
    assert span.attributes is not None
    return str(span.attributes["loods.delivery"])


def test_a_trace_that_the_sender_has_begun_goes_on(shop: Shop) -> None:
    body = {"event": "newsletter.confirmed", "id": "m1", "contact": {"email": EVA}}
    shop.posts("website", body, {"traceparent": SENT})

    found = traced(shop)

    spans_of_all = [span for some in found.values() for span in some]
    assert {f"{one.context.trace_id:032x}" for one in spans_of_all} == {SENT.split("-")[1]}
    [receive] = found["receive"]
    assert receive.parent is not None
    assert f"{receive.parent.span_id:016x}" == SENT.split("-")[2]


def test_a_trace_that_is_not_wanted_by_the_sender_is_not_told_of(shop: Shop) -> None:
    body = {"event": "newsletter.confirmed", "id": "m1", "contact": {"email": EVA}}
    shop.posts("website", body, {"traceparent": SENT[:-1] + "0"})

    assert traced(shop) == {}


def test_a_traceparent_that_is_none_begins_a_trace_of_our_own(shop: Shop) -> None:
    body = {"event": "newsletter.confirmed", "id": "m1", "contact": {"email": EVA}}
    shop.posts("website", body, {"traceparent": f"00-{EVA}-x-01"})

    found = traced(shop)

    assert len({one.context.trace_id for some in found.values() for one in some}) == 1
    assert found["receive"][0].parent is None


def test_a_span_lasts_as_long_as_what_it_tells_and_names_nobody(shop: Shop) -> None:
    shop.says("newsletter.confirmed", EVA)
    shop.clock.moves(seconds=30)

    found = traced(shop)

    [receive] = found["receive"]
    assert receive.start_time is not None
    assert receive.end_time is not None
    assert 25e9 < receive.end_time - receive.start_time < 35e9
    told = " ".join(span.to_json() for some in found.values() for span in some)
    assert "eva" not in told
    assert "example.com" not in told


def test_without_a_wish_for_traces_nothing_of_opentelemetry_is_loaded() -> None:
    script = (
        "import sys; from connector import bootstrap; from connector.cli import main;"
        "sys.exit(any(one.startswith('opentelemetry') for one in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_traces_that_are_wanted_and_cannot_be_made_are_told_of_at_the_start(
    migrated_url: str,
) -> None:
    if find_spec("opentelemetry.exporter") is not None:
        pytest.skip("the extra is installed here")
    settings = read_settings(
        {
            "LOODS_MAPPINGS": str(MAPPING),
            "DATABASE_URL": migrated_url,
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318",
        }
    )

    with pytest.raises(SettingsError, match=r"pip install 'loods\[otel\]'"):
        bootstrap.build(settings)


def test_traces_can_be_switched_off_as_opentelemetry_says() -> None:
    endpoint = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}

    assert read_settings(endpoint).traces
    assert not read_settings({**endpoint, "OTEL_SDK_DISABLED": "true"}).traces
    assert not read_settings({}).traces
