"""kill -9 of `loods run` at any moment: nothing acknowledged is lost, no task is made twice."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from connector import bootstrap
from connector.demo.signing import sign
from connector.model.delivery import DeliveryStatus
from connector.sandbox import Sandbox, start
from connector.store import inbox, outbox
from connector.store.database import open_store
from connector.store.outbox import ActionStatus, Attempt, Queued
from tests.runtime.busy import busy_mapping

ROUNDS = 50
SECRET = "c2VjcmV0LW9mLXRoZS1raWxsLXRlc3QtMzItYnl0ZXM="


@dataclass
class Posted:
    """What a sender knows: the orders that it posted, and those that were acknowledged."""

    attempted: list[int] = field(default_factory=list)
    acknowledged: set[int] = field(default_factory=set)
    next_id: int = 1000


class Loods:
    """`loods run` in a process of its own, on a database that outlives it."""

    def __init__(self, folder: Path, sandbox: Sandbox) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.database = f"sqlite:///{folder}/loods.db"
        self.environment = {
            "PATH": os.environ["PATH"],  # noqa: TID251 - the child needs to find its interpreter
            "LOODS_MAPPINGS": str(busy_mapping(folder / "mapping")),
            "DATABASE_URL": self.database,
            "PORT": str(self.port),
            "HUBSPOT_TOKEN": "pat-eu1-test",
            "HUBSPOT_CLIENT_SECRET": SECRET,
            "HUBSPOT_URL": sandbox.hubspot_url,
            "MAILCHIMP_API_KEY": "test-us21",
            "MAILCHIMP_AUDIENCE": "57afe96172",
            "MAILCHIMP_WEBHOOK_SECRET": SECRET,
            "MAILCHIMP_URL": sandbox.mailchimp_url,
            "WOO_SECRET": SECRET,
            "SHOPIFY_SECRET": SECRET,
            "WEBSITE_SECRET": SECRET,
        }
        self.log = folder / "loods.log"

    def starts(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "connector.cli", "run"], env=self.environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                if requests.get(f"http://127.0.0.1:{self.port}/health/live", timeout=1).ok:
                    return process
            except requests.ConnectionError:
                time.sleep(0.02)
            assert process.poll() is None, self.log.read_text()
        raise AssertionError("it did not start: " + self.log.read_text())

    def post(self, number: int) -> bool:
        """A paid order, or every third time a new reader of the newsletter; whether it was acknowledged."""
        if number % 3:
            return self._post("webshop", order(number), {"X-WC-Webhook-Topic": "order.updated"})
        return self._post("website", reader(number), {})

    def _post(self, connection: str, content: dict[str, Any], headers: dict[str, str]) -> bool:
        body = json.dumps(content).encode()
        scheme = "woocommerce" if connection == "webshop" else "json"
        signed = sign(scheme, SECRET, body, "", f"msg_{content['id']}", bootstrap.clock())
        url = f"http://127.0.0.1:{self.port}/webhooks/{connection}"
        media = {"Content-Type": "application/json"}
        return requests.post(url, data=body, headers={**media, **headers, **signed}, timeout=10).ok


def order(number: int) -> dict[str, Any]:
    at = bootstrap.clock().strftime("%Y-%m-%dT%H:%M:%S")
    return {
        "id": number,
        "number": str(number),
        "status": "processing",
        "currency": "EUR",
        "total": "10.00",
        "customer_id": 0,
        "date_created_gmt": at,
        "date_modified_gmt": at,
        "date_paid_gmt": at,
        "billing": {"first_name": "Eva", "email": f"eva{number}@example.com"},
        "line_items": [],
        "refunds": [],
    }


def reader(number: int) -> dict[str, Any]:
    at = bootstrap.clock().isoformat()
    person = {"email": f"eva{number}@example.com"}
    return {"event": "newsletter.confirmed", "id": number, "occurred_at": at, "contact": person}


def keep_posting(loods: Loods, posted: Posted, stop: threading.Event) -> None:
    """Post one order after another until the connection breaks."""
    while not stop.is_set():
        number = posted.next_id
        posted.next_id += 1
        posted.attempted.append(number)
        try:
            if loods.post(number):
                posted.acknowledged.add(number)
        except requests.RequestException:
            return


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with start() as server:
        yield server


@pytest.mark.slow
def test_fifty_kills_lose_nothing_and_double_only_what_is_recorded_as_unknown(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    moments = random.Random(seed)
    loods = Loods(tmp_path, sandbox)
    posted = Posted()

    for _ in range(ROUNDS):
        process = loods.starts()
        stop = threading.Event()
        sender = threading.Thread(target=keep_posting, args=(loods, posted, stop))
        sender.start()
        time.sleep(moments.uniform(0.0, 0.6))
        process.kill()
        stop.set()
        sender.join()
        process.wait()
    process = loods.starts()
    wait_until_settled(loods.database)
    process.send_signal(signal.SIGTERM)
    ended = process.wait(30)

    assert posted.acknowledged, f"nothing was acknowledged (seed {seed})"
    assert ended == 0, loods.log.read_text()
    assert posted.acknowledged, f"nothing was acknowledged (seed {seed})"
    assert lost(loods.database, posted) == set()
    assert doubled(loods.database, sandbox) == []


def wait_until_settled(database: str) -> None:
    store = open_store(database)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with store.reading() as tx:
            held, asked = inbox.counts(tx), outbox.counts(tx)
        if not held.get("waiting") and not any(asked.get(one) for one in ("waiting", "sending", "unknown")):
            store.close()
            return
        time.sleep(0.2)
    raise AssertionError(f"still busy: {held} {asked}")


def lost(database: str, posted: Posted) -> set[int]:
    """What was acknowledged and has no settled delivery; no action may be dead."""
    store = open_store(database)
    with store.reading() as tx:
        done = {
            json.loads(row.delivery.body)["id"]
            for row in inbox.listing(tx, DeliveryStatus.DONE, limit=100_000)
        }
        dead = outbox.listing(tx, ActionStatus.DEAD, limit=10)
    store.close()
    assert dead == []
    return posted.acknowledged - done


def doubled(database: str, sandbox: Sandbox) -> list[str]:
    """Effects that are missing, or there more often than the recorded unknown attempts can account for."""
    found = effects(sandbox)
    store = open_store(database)
    with store.reading() as tx:
        asked = [one for one in outbox.listing(tx, limit=100_000) if one.action.name in NOT_IDEMPOTENT]
        allowed = {effect_of(one): 1 + repeats(outbox.attempts(tx, one.id), one) for one in asked}
    store.close()
    assert len(allowed) == len(asked)
    return [str(one) for one in allowed.keys() | found.keys() if not 1 <= found[one] <= allowed.get(one, 0)]


NOT_IDEMPOTENT = {"create_task", "send_event", "start_journey"}


def effects(sandbox: Sandbox) -> Counter[tuple[str, str]]:
    """How often each thing happened at the platforms that does not bear repeating."""
    held = sandbox.state()
    tasks = (
        ("create_task", one["properties"]["hs_task_subject"]) for one in held["hubspot"]["tasks"].values()
    )
    sent = (("send_event", one["email_address"]) for one in held["mailchimp"]["events"])
    started = (("start_journey", one["email_address"]) for one in held["mailchimp"]["journeys"])
    return Counter([*tasks, *sent, *started])


def effect_of(queued: Queued) -> tuple[str, str]:
    """What the action brings about, as `effects` names it."""
    if queued.action.name == "create_task":
        return "create_task", str(queued.action.arguments["title"])
    number = queued.action.cause.event_key.rpartition("_")[2]
    return queued.action.name, f"eva{number}@example.com"


def repeats(attempts: list[Attempt], queued: Queued) -> int:
    """How often it may have been repeated: only what cannot be looked up, once for each recorded unknown."""
    if queued.action.name != "start_journey":
        return 0
    return sum(one.outcome == "unknown" for one in attempts)
