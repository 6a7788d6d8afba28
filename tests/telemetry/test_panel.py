"""The panel shows what has happened and what stands still, and never a person or a secret."""

from __future__ import annotations

import socket
import struct
import threading
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from connector.bootstrap.panel import is_on_door, served_apart
from connector.errors import SettingsError
from connector.settings import read_settings
from connector.store import endings, outbox
from connector.store.endings import Missed
from connector.telemetry.server import PanelServer
from tests.patience import PATIENCE, until
from tests.runtime.shop import Shop
from tests.store.make import action

EVA = "eva@example.com"


def figures(shop: Shop) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Every sample of /metrics, by name and labels."""
    text = shop.web.get("/metrics").get_data(as_text=True)
    families = text_string_to_metric_families(text)
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def figure(shop: Shop, name: str, **labels: str) -> float | None:
    """One sample; None where there is none."""
    return figures(shop).get((name, tuple(sorted(labels.items()))))


def health(shop: Shop) -> tuple[int, dict[str, Any]]:
    """The status and the checks of /health."""
    answer = shop.web.get("/health")
    assert answer.json is not None
    return answer.status_code, answer.json["checks"]


def looks(shop: Shop) -> None:
    """The lookout has its turn."""
    shop.system.panel.lookout.step()


def test_what_is_received_acknowledged_repeated_and_refused_is_counted_by_connection(shop: Shop) -> None:
    order = {"event": "newsletter.confirmed", "id": "m1", "contact": {"email": EVA}}
    shop.posts("website", order, {"webhook-id": "msg_1"})
    shop.says("newsletter.confirmed", EVA)
    shop.web.post("/webhooks/website", json=order)
    shop.web.post("/webhooks/nobody", json=order)

    assert figure(shop, "loods_received_total", connection="website") == 3
    assert figure(shop, "loods_acknowledged_total", connection="website") == 1
    assert figure(shop, "loods_repeated_total", connection="website") == 0
    assert figure(shop, "loods_refused_total", connection="website", code="signature_missing") == 1
    assert figure(shop, "loods_refused_total", connection="", code="not_found") == 1


def test_the_way_of_an_event_is_counted_to_its_end(shop: Shop) -> None:
    shop.says("newsletter.confirmed", EVA)
    shop.turns()

    assert figure(shop, "loods_processed_total", connection="website", status="done") == 1
    assert figure(shop, "loods_actions_decided_total") == 2
    assert figure(shop, "loods_actions_ended_total", connection="mailchimp", end="done") == 2
    assert figure(shop, "loods_outcomes_total", connection="mailchimp", outcome="done") == 2
    assert figure(shop, "loods_call_seconds_count", connection="mailchimp", outcome="done") == 2
    assert figure(shop, "loods_batch_deliveries_sum") == 1
    assert figure(shop, "loods_decision_seconds_count") == 1


def test_a_platform_that_asks_to_wait_is_counted(shop: Shop) -> None:
    busy = {"status": 429, "headers": {"Retry-After": "7"}, "body": {"message": "slow down"}}
    shop.sandbox.script({"method": "POST"}, [busy], times=None)
    shop.says("newsletter.confirmed", EVA)
    shop.turns()

    assert figure(shop, "loods_outcomes_total", connection="mailchimp", outcome="again") == 1
    assert figure(shop, "loods_asked_to_wait_seconds_total", connection="mailchimp") == 7


def test_what_waits_is_told_with_its_age_without_asking_the_database_at_the_scrape(shop: Shop) -> None:
    shop.says("newsletter.confirmed", EVA)
    assert figure(shop, "loods_inbox_waiting") is None

    shop.clock.moves(seconds=90)
    looks(shop)

    assert figure(shop, "loods_inbox_waiting") == 1
    assert figure(shop, "loods_inbox_oldest_seconds") == 90
    shop.system.store.close()
    assert figure(shop, "loods_inbox_waiting") == 1


def test_health_turns_red_where_nothing_is_taken_though_something_waits(shop: Shop) -> None:
    shop.says("newsletter.confirmed", EVA)
    looks(shop)
    shop.clock.moves(seconds=50)
    looks(shop)
    before = health(shop)[1]["inbox"]

    shop.clock.moves(seconds=15)
    looks(shop)
    status, checks = health(shop)

    assert before == {"status": "ok"}
    assert status == 503
    assert checks["inbox"]["status"] == "red"
    assert "is a worker running?" in checks["inbox"]["says"]
    assert figure(shop, "loods_health", check="inbox") == 2
    shop.turns()
    looks(shop)
    assert health(shop)[1]["inbox"] == {"status": "ok"}


def test_a_backlog_that_shrinks_is_no_standstill(shop: Shop) -> None:
    for number in range(3):
        shop.says("newsletter.confirmed", f"p{number}@example.com")
        shop.clock.moves(seconds=1)
    looks(shop)
    shop.turns()
    for number in range(3):
        shop.says("newsletter.confirmed", f"q{number}@example.com")

    shop.clock.moves(seconds=300)
    looks(shop)

    assert health(shop)[1]["inbox"] == {"status": "ok"}


def test_an_action_behind_one_that_is_tried_again_later_is_no_standstill(shop: Shop) -> None:
    store, now = shop.system.store, shop.clock()
    both = [action(one, connection="hubspot") for one in ("k1", "k2")]
    store.write(lambda tx: outbox.add(tx, both, now))
    [head] = store.write(lambda tx: outbox.claim(tx, "hubspot", now, 1))
    much_later = now + timedelta(hours=1)
    store.write(
        lambda tx: outbox.end(tx, [endings.again(head.id, Missed(now, much_later, "busy"), "transient")])
    )

    for minutes in (1, 6, 60):
        looks(shop)
        assert health(shop)[1]["outbox"]["status"] == "ok"
        shop.clock.moves(minutes=minutes)
    looks(shop)
    shop.clock.moves(minutes=6)
    looks(shop)

    assert health(shop)[1]["outbox"]["status"] == "amber"


def test_health_turns_red_for_a_paused_connection_and_readiness_does_not(shop: Shop) -> None:
    looks(shop)
    ready = shop.web.get("/health/ready").json
    now = shop.clock()
    shop.system.store.write(lambda tx: outbox.pause(tx, "hubspot", now, f"token of {EVA} expired"))

    looks(shop)
    status, checks = health(shop)

    assert status == 503
    assert checks["paused"]["status"] == "red"
    assert checks["paused"]["says"].startswith("hubspot since ")
    assert EVA not in str(checks)
    assert figure(shop, "loods_paused", connection="hubspot") == 1
    assert figure(shop, "loods_paused", connection="mailchimp") == 0
    assert shop.web.get("/health/ready").json == ready


def test_health_turns_red_where_a_source_is_silent_against_its_habit(shop: Shop) -> None:
    shop.clock.at = shop.clock.at.replace(minute=0)
    for _ in range(25):
        for _ in range(2):
            shop.says("newsletter.confirmed", EVA)
        shop.clock.moves(hours=1)
        looks(shop)

    assert health(shop)[1]["sources"] == {"status": "ok"}
    shop.clock.moves(hours=4)
    looks(shop)

    sources = health(shop)[1]["sources"]
    assert sources["status"] == "red"
    assert sources["says"].startswith("website: nothing for 4 h")
    assert figure(shop, "loods_silent", connection="website") == 1


def test_what_comes_after_a_clock_was_set_back_is_noted(shop: Shop) -> None:
    looks(shop)
    shop.clock.moves(days=-1)
    assert shop.says("newsletter.confirmed", EVA) == 202
    shop.clock.moves(minutes=2)

    looks(shop)

    assert figure(shop, "loods_last_delivery_timestamp_seconds", connection="website") is not None


def test_nobody_is_called_silent_by_a_process_that_has_just_begun(shop: Shop) -> None:
    for _ in range(25):
        shop.says("newsletter.confirmed", EVA)
        shop.clock.moves(hours=1)
        looks(shop)
    lookout = shop.system.panel.lookout
    lookout._began_at = shop.clock() + timedelta(hours=3, minutes=45)

    shop.clock.moves(hours=4)
    looks(shop)

    assert health(shop)[1]["sources"] == {"status": "ok"}


def test_no_metric_names_a_person_a_path_or_an_unknown_connection(shop: Shop) -> None:
    for number in range(20):
        shop.web.post(f"/webhooks/stranger{number}", json={"email": EVA})
        shop.web.get(f"/path{number}")
    shop.says("newsletter.confirmed", EVA)
    shop.turns()
    looks(shop)

    text = shop.web.get("/metrics").get_data(as_text=True)

    assert "eva" not in text
    assert "example.com" not in text
    assert "stranger" not in text
    assert "/path" not in text


def test_the_panel_is_served_on_a_port_of_its_own_and_then_not_on_the_door(shop: Shop) -> None:
    alone = read_settings({"METRICS_PORT": "0"})
    close = served_apart(alone, shop.system.panel)
    close()

    assert not is_on_door(alone)
    assert not is_on_door(read_settings({"HOST": "0.0.0.0"}))
    assert is_on_door(read_settings({}))


def test_a_port_of_its_own_answers_with_metrics_and_health(shop: Shop) -> None:
    from connector.telemetry.pages import panel_app

    looks(shop)
    server = PanelServer(panel_app(shop.system.panel), "127.0.0.1", 0)

    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/metrics", timeout=PATIENCE) as answer:
        text = answer.read().decode()
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/health/live", timeout=PATIENCE) as answer:
        live = answer.status
    with pytest.raises(SettingsError, match="METRICS_PORT"):
        PanelServer(panel_app(shop.system.panel), "127.0.0.1", server.port)
    server.close()

    assert "loods_inbox_waiting 0.0" in text
    assert "process_resident_memory_bytes" in text
    assert live == 200


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_what_came_before_its_month_was_made_is_told_with_what_to_do(shop: Shop) -> None:
    shop.clock.moves(days=400)
    shop.says("newsletter.confirmed", EVA)
    looks(shop)

    checks = health(shop)[1]

    assert checks["months"]["status"] == "amber"
    assert "for some of deliveries: let the role of Loods own the tables" in checks["months"]["says"]


@pytest.mark.parametrize("host", ["::1", "[::1]"])
@pytest.mark.skipif(not Path("/proc/net/if_inet6").exists(), reason="no IPv6 on this machine")
def test_the_panel_is_served_over_ipv6_too(shop: Shop, host: str) -> None:
    from connector.telemetry.pages import panel_app

    server = PanelServer(panel_app(shop.system.panel), host, 0)

    with urllib.request.urlopen(f"http://[::1]:{server.port}/health/live", timeout=PATIENCE) as answer:
        live = answer.status
    server.close()

    assert live == 200


def test_whoever_hangs_up_leaves_nothing_among_the_log_entries(
    shop: Shop, capfd: pytest.CaptureFixture[str]
) -> None:
    from connector.telemetry.pages import panel_app

    server = PanelServer(panel_app(shop.system.panel), "127.0.0.1", 0)
    before = threading.active_count()

    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as hanging_up:
        hanging_up.sendall(b"GET /heal")
        hanging_up.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/health/live", timeout=PATIENCE) as answer:
        assert answer.status == 200
    assert until(lambda: threading.active_count() <= before)
    server.close()

    assert capfd.readouterr().err == ""
