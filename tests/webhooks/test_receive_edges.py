"""What is kept of a request and what is not; what is logged; and that no input at all makes a 5xx."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from connector.mapping.source import Verify
from connector.model.delivery import Delivery
from connector.store import inbox
from connector.store.database import Store, open_store
from connector.store.inbox import Received
from tests.patience import PATIENCE
from tests.webhooks.rig import FORM, JSON, NAMES, SECRET, THREADS, Rig, genuine, soon, source
from tests.webhooks.signing import NOW
from tests.webhooks.wire import chunks, post, serving, talk
from webhooks.door import Door
from webhooks.front import Front
from webhooks.pages import create_pages
from webhooks.receive import Receiver, Shelf
from webhooks.wsgi import Wsgi

BODY = b'{"id": 7, "email": "canary@example.com"}'


@pytest.fixture
def rig() -> Rig:
    return Rig()


@pytest.fixture
def store(migrated_url: str) -> Iterator[Store]:
    opened = open_store(migrated_url)
    yield opened
    opened.close()


def test_headers_of_the_platform_are_kept_and_no_credentials(rig: Rig) -> None:
    extra = {
        "X-Shopify-Shop-Domain": "shop.example.com", "User-Agent": "Shopify-Captain-Hook",
        "Authorization": "Basic eA==", "Cookie": "a=b", "X-Forwarded-For": "192.0.2.1",
        "X-Shopify-Access-Token": "shpat_1",
    }  # fmt: skip

    rig.post("shopify", BODY, genuine("shopify", BODY) | extra)

    assert rig.inbox.waiting[0].headers == {
        "content-type": JSON, "user-agent": "Shopify-Captain-Hook", "x-shopify-event-id": "e1",
        "x-shopify-shop-domain": "shop.example.com", "x-shopify-topic": "orders/create",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["woocommerce", "hubspot", "mailchimp", "website", "partner"])
def test_no_signature_and_no_token_is_kept(rig: Rig, name: str) -> None:
    rig.post(name, b"a=1", genuine(name, b"a=1"), FORM)
    rig.post(name, b"{}", genuine(name, b"{}"), JSON)

    kept = [*rig.inbox.waiting, *(delivery for delivery, _, _ in rig.inbox.failed)]
    assert kept
    assert not [key for one in kept for key in one.headers if "signature" in key or "token" in key]


def test_a_header_that_the_source_reads_is_kept(rig: Rig) -> None:
    rig.post("partner", b"{}", genuine("partner", b"{}") | {"X-Partner-Topic": "signed_up", "X-Other": "1"})

    assert rig.inbox.waiting[0].headers["x-partner-topic"] == "signed_up"
    assert "x-other" not in rig.inbox.waiting[0].headers
    assert rig.inbox.waiting[0].topic == "signed_up"


def test_the_query_is_kept_without_the_secret(rig: Rig) -> None:
    rig.post(f"partner?key={SECRET.decode()}&shop=nl", b"{}")
    rig.post(f"mailchimp?secret={SECRET.decode()}&list=a%20b", b"type=x", {}, FORM)

    assert [one.query for one in rig.inbox.waiting] == [{"shop": "nl"}, {"list": "a b"}]


def test_an_older_mailchimp_hook_may_carry_its_secret_in_the_path(rig: Rig) -> None:
    response = rig.post(f"mailchimp/{SECRET.decode()}", b"type=subscribe", {}, FORM)

    assert response.status_code == 200
    assert SECRET.decode() not in repr(rig.inbox.waiting)


def test_a_secret_behind_the_address_counts_only_where_the_source_says_so(rig: Rig) -> None:
    in_path = replace(source("partner"), verify=Verify("token", path=True))
    rig.doors["feed"] = replace(rig.doors["partner"], name="feed", source=in_path)

    answers = [rig.post(f"{name}/{SECRET.decode()}", b"{}").status_code for name in ("partner", "feed")]

    assert answers == [404, 202]


def test_a_door_does_not_show_its_secrets(rig: Rig) -> None:
    assert SECRET.decode() not in repr(rig.doors["shopify"])


def test_logs_hold_no_body_no_secret_and_no_query(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    rig.post("shopify", BODY, genuine("shopify", BODY))
    rig.post("shopify", BODY, {"X-Shopify-Hmac-Sha256": "canary"})
    rig.post("partner?key=canary&mail=canary@example.com", BODY)
    rig.post("mailchimp/canary", BODY, {}, FORM)
    rig.post("canary", BODY)
    rig.post("open", b"canary")
    rig.inbox.is_broken = True
    rig.post("shopify", BODY, genuine("shopify", BODY))

    assert "shopify: 401 signature_invalid" in caplog.text
    assert "shopify: 503 unavailable" in caplog.text
    assert "canary" not in caplog.text
    assert SECRET.decode() not in caplog.text


def test_what_nobody_foresaw_is_a_500_whose_place_is_logged_without_its_words(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(name: str) -> Door:
        raise KeyError(f"{name}@example.com")

    shelf = Shelf(soon(rig.inbox.receive), soon(rig.inbox.keep_failed), lambda: None)
    receiver = Receiver(breaks, shelf, lambda: NOW, rig.room)
    app = Wsgi(Front(receiver, create_pages(dict, receiver.counter), THREADS))

    response = Client(app).post("/webhooks/canary")

    assert (response.status_code, (response.json or {})["code"]) == (500, "internal_error")
    assert (response.json or {})["instance"].removeprefix("urn:request:") in caplog.text
    assert "KeyError" in caplog.text
    assert "breaks" in caplog.text
    assert "canary" not in caplog.text + response.text


def test_a_process_that_runs_is_live(rig: Rig) -> None:
    rig.checks = {"store": False}

    assert rig.client.get("/health/live").status_code == 200


def test_a_system_is_ready_when_every_part_is(rig: Rig) -> None:
    rig.post("open", b"{}")

    response = rig.client.get("/health/ready")

    assert response.status_code == 200
    assert response.json == {
        "status": "ok", "checks": {"store": True, "processor": True}, "answers": {"accepted": 1},
    }  # fmt: skip


def test_a_text_among_the_checks_is_told_and_makes_nothing_unready(rig: Rig) -> None:
    rig.checks = {"store": True, "mapping": "last change refused"}

    response = rig.client.get("/health/ready")

    assert response.status_code == 200
    assert (response.json or {})["checks"] == rig.checks


def test_a_system_is_not_ready_while_a_part_is_not(rig: Rig) -> None:
    rig.checks = {"store": True, "processor": False}

    response = rig.client.get("/health/ready")

    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert (response.json or {})["status"] == "unready"


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/", 404), ("POST", "/health/live", 405), ("POST", "/webhooks", 404), ("POST", "/webhooks/", 404),
    ("POST", "//webhooks/open", 404), ("GET", "/console", 404), ("BREW", "/health/ready", 405),
])  # fmt: skip
def test_other_addresses_are_refused_in_the_same_shape(rig: Rig, method: str, path: str, status: int) -> None:
    response = rig.client.open(path, method=method)

    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    assert ("Allow" in response.headers) == (status == 405)


@given(
    name=st.sampled_from(NAMES),
    body=st.binary(max_size=300)
    | st.text(max_size=100).map(str.encode)
    | st.sampled_from([b"[]", b"{}", b"a[b]=1"]),
    media_type=st.sampled_from([JSON, FORM, "", "application/x+json", "x", "a;charset=\xff"]),
    is_genuine=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_no_body_makes_a_5xx(name: str, body: bytes, media_type: str, is_genuine: bool) -> None:
    rig = Rig()
    headers = genuine(name, body) if is_genuine else {}

    response = rig.post(name, body, headers, media_type)

    assert response.status_code in {200, 202, 400, 401, 415}
    assert (response.status_code < 300) == bool(rig.inbox.waiting or rig.inbox.failed)


HEADERS = [
    "Content-Encoding", "X-Shopify-Topic", "X-Shopify-Hmac-Sha256", "X-Shopify-Event-Id",
    "X-HubSpot-Signature-v3", "X-HubSpot-Request-Timestamp", "Webhook-Id", "Webhook-Timestamp",
    "Webhook-Signature", "X-Api-Token", "X-Mailchimp-Signature", "X-Partner-Topic",
    "Transfer-Encoding", "Content-Type", "Host",
]  # fmt: skip
LATIN = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=40)


@given(
    name=st.sampled_from(NAMES),
    headers=st.dictionaries(st.sampled_from(HEADERS), LATIN),
    query=LATIN,
)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_no_headers_and_no_query_make_a_5xx(name: str, headers: dict[str, str], query: str) -> None:
    rig = Rig()
    environ = {"HTTP_" + key.upper().replace("-", "_"): text for key, text in headers.items()}

    response = rig.client.post(
        f"/webhooks/{name}", data=b"{}", environ_overrides={**environ, "QUERY_STRING": query}
    )

    assert response.status_code < 500


def test_a_delivery_is_in_the_database_when_it_is_thanked_for(store: Store, rig: Rig) -> None:
    """B1, B2 and B22 with the real store."""
    client = Client(Wsgi(stored_by(store, rig)))
    headers = genuine("shopify", BODY) | {"Content-Type": JSON}
    broken = genuine("shopify", b"{") | {"Content-Type": JSON}

    first = client.post("/webhooks/shopify", data=BODY, headers=headers)
    again = client.post("/webhooks/shopify", data=BODY, headers=headers)
    unread = client.post("/webhooks/shopify", data=b"{", headers=broken)

    with store.reading() as tx:
        row, failed = (inbox.find(tx, (one.json or {})["id"]) for one in (first, unread))
    assert [(one.json or {})["status"] for one in (first, again, unread)] == [
        "accepted",
        "duplicate",
        "accepted",
    ]
    assert row is not None
    assert (row.delivery.body, row.status, row.repeats) == (BODY, "waiting", 1)
    assert failed is not None
    assert (failed.delivery.topic, failed.status, failed.delivery.body) == ("unreadable", "failed", b"{")


def test_repeats_that_arrive_together_are_stored_once(store: Store, rig: Rig) -> None:
    """B2: the same while the first is in flight, over real sockets."""
    request = post("/webhooks/website", BODY, f"Content-Type: {JSON}", *lines(genuine("website", BODY)))
    start, said = Barrier(8), list[bytes]()

    def send() -> None:
        start.wait(PATIENCE)
        said.append(talk(server, request))

    with serving(stored_by(store, rig)) as server:
        senders = [Thread(target=send) for _ in range(8)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join(PATIENCE)

    assert sorted(b"accepted" in one for one in said) == [False] * 7 + [True]
    assert sum(b"duplicate" in one for one in said) == 7


def test_a_chunked_webhook_verifies_over_a_real_socket(store: Store, rig: Rig) -> None:
    headers = lines(genuine("shopify", BODY))
    request = post(
        "/webhooks/shopify", chunks(BODY, 7), "Transfer-Encoding: chunked", f"Content-Type: {JSON}", *headers
    )

    with serving(stored_by(store, rig)) as server:
        said = talk(server, request)

    assert said.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("name", ["shopify", "woocommerce", "hubspot", "mailchimp"])
def test_recorded_webhooks_are_taken(rig: Rig, name: str) -> None:
    """Every recorded body, signed here, is stored as it came and can be read."""
    folder = payloads() / name
    media_type, suffix = (FORM, "form") if name == "mailchimp" else (JSON, "json")
    files = sorted(folder.glob(f"*__*[0-9].{suffix}"))

    for file in files:
        body = file.read_bytes()
        assert rig.post(name, body, genuine(name, body), media_type).status_code in {200, 202}, file.name

    assert files
    assert [reason for _, reason, _ in rig.inbox.failed] == []


def payloads() -> Path:
    """The folder of recorded webhooks; skips the test where there is none."""
    beside = Path(__file__).parents[3] / "shared" / "payloads"
    folder = Path(os.environ.get("LOODS_PAYLOADS", beside))  # noqa: TID251 - says where test data is, no setting
    if not folder.is_dir():
        pytest.skip(f"no recorded webhooks: LOODS_PAYLOADS says where they are, and {folder.name} is absent")
    return folder


def lines(headers: dict[str, str]) -> list[str]:
    return [f"{name}: {text}" for name, text in headers.items()]


def stored_by(store: Store, rig: Rig) -> Front:
    """The house over the real store."""

    def keep_failed(delivery: Delivery, reason: str, path: str) -> list[Received]:
        return [store.write(lambda tx: inbox.insert_failed(tx, delivery, reason, path))]

    return rig.fronted(Shelf(store.receive_soon, soon(keep_failed), lambda: None))
