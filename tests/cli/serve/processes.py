"""Real processes of `loods web` and `loods work` on a database of their own, with a local HubSpot."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import select

from connector import bootstrap
from connector.demo.signing import sign
from connector.model.delivery import Delivery, DeliveryStatus
from connector.sandbox import Sandbox
from connector.store import inbox, outbox
from connector.store.database import Place, Store, open_store
from connector.store.outbox import ActionStatus, Queued
from connector.store.schema import hands, posts
from tests.patience import PATIENCE, until
from tests.ports import free_port
from tests.runtime.busy import busy_mapping
from tests.store.sharing import is_taken

SECRET = "whsec_bG9vZHMtdGVzdC1zZWNyZXQtb2YtMzItYnl0ZXMhISE="
ORDER = {
    "status": "processing",
    "currency": "EUR",
    "total": "10.00",
    "customer_id": 0,
    "line_items": [],
    "refunds": [],
}


class Processes:
    """What is started here ends with `end`. The database is migrated and the mapping published."""

    def __init__(self, url: str, folder: Path, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._log = folder / "loods.log"
        self._started: list[subprocess.Popen[bytes]] = []
        self._environment = {
            "PATH": os.environ["PATH"],  # noqa: TID251 - the child needs to find its interpreter
            "DATABASE_URL": url,
            "PUBLIC_URL": "http://localhost",
            "HUBSPOT_TOKEN": "pat-eu1-test",
            "HUBSPOT_CLIENT_SECRET": SECRET,
            "HUBSPOT_URL": sandbox.hubspot_url,
            "MAILCHIMP_API_KEY": "test-us21",
            "MAILCHIMP_AUDIENCE": "57afe96172",
            "MAILCHIMP_URL": sandbox.mailchimp_url,
            "MAILCHIMP_WEBHOOK_SECRET": SECRET,
            "WOO_SECRET": SECRET,
            "SHOPIFY_SECRET": SECRET,
            "WEBSITE_SECRET": SECRET,
            "LOODS_MAPPINGS": str(busy_mapping(folder / "mapping")),
        }
        for command in (["migrate"], ["publish", "--if-new"]):
            assert self.starts(*command).wait(PATIENCE) == 0, self.said
        self._environment["LOODS_MAPPINGS"] = str(folder / "nowhere")
        self.store: Store = open_store(url, Place.GUEST)

    @property
    def said(self) -> str:
        """All that the processes have logged."""
        return self._log.read_text()

    def starts(self, *arguments: str, failpoint: str = "") -> subprocess.Popen[bytes]:
        """One more process; where a failpoint is given, it comes to that fault."""
        environment = {**self._environment, "LOODS_FAILPOINT": failpoint}
        command = [sys.executable, "-m", "connector.cli", *arguments]
        with self._log.open("ab") as log:
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        self._started.append(process)
        return process

    def works(self, failpoint: str = "") -> subprocess.Popen[bytes]:
        """A worker, which is ready."""
        before = self.said.count("Loods works")
        process = self.starts("work", failpoint=failpoint)
        self.until(lambda: self.said.count("Loods works") > before)
        return process

    def serves(self) -> tuple[subprocess.Popen[bytes], str]:
        """A receiver that answers, and its address."""
        port = free_port()
        process, url = self.starts("web", "--port", str(port)), f"http://127.0.0.1:{port}"
        self.until(lambda: _answers(url))
        return process, url

    def posts(self, url: str, number: int, body: bytes = b"") -> int:
        """Post an order, or these bytes of one; the answer's status."""
        body = body or json.dumps(order(number)).encode()
        signed = sign("woocommerce", SECRET, body, "", f"msg_{number}", bootstrap.clock())
        headers = {"Content-Type": "application/json", "X-WC-Webhook-Topic": "order.updated", **signed}
        return requests.post(
            f"{url}/webhooks/webshop", data=body, headers=headers, timeout=PATIENCE
        ).status_code

    def receives(self, numbers: Sequence[int]) -> None:
        """These orders wait, as if a receiver had stored them."""
        now = bootstrap.clock()
        headers = {"x-wc-webhook-topic": "order.updated"}
        self.store.receive(
            [
                Delivery(
                    "webshop", "order.updated", headers, {}, json.dumps(order(one)).encode(), now, f"o{one}"
                )
                for one in numbers
            ]
        )

    def settled(self) -> dict[str, int]:
        """How many deliveries there are of each status."""
        with self.store.reading() as tx:
            return inbox.counts(tx)

    def actions(self) -> list[Queued]:
        """All that was asked of the platforms."""
        with self.store.reading() as tx:
            return outbox.listing(tx, limit=10_000)

    def is_done(self, many: int) -> bool:
        """Whether so many deliveries are done, and everything that followed from them."""
        return self.settled()[DeliveryStatus.DONE] >= many and all(
            one.status is ActionStatus.DONE for one in self.actions()
        )

    def under_way(self) -> list[Queued]:
        """What was asked of the platforms and is not done."""
        return [one for one in self.actions() if one.status is not ActionStatus.DONE]

    def holder(self, connection: str = "hubspot") -> str | None:
        """Which process serves the connection."""
        with self.store.reading() as tx:
            return tx.execute(select(posts.c.holder).where(posts.c.connection == connection)).scalar()

    def workers(self) -> set[str]:
        """Those who have something in hand at this moment."""
        with self.store.reading() as tx:
            return set(tx.execute(select(hands.c.worker)).scalars())

    def stops_in_its_turn(self, process: subprocess.Popen[bytes]) -> None:
        """Stop a process, by SIGSTOP, in a moment in which nobody else may write SQLite's file."""
        turn = Path(self._environment["DATABASE_URL"].removeprefix("sqlite:///") + ".beside") / "turn"
        while True:
            os.kill(process.pid, signal.SIGSTOP)
            time.sleep(0.01)
            if is_taken(turn):
                return
            os.kill(process.pid, signal.SIGCONT)
            time.sleep(0.003)

    def until(self, is_so: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait until it is so, as long as any test waits, or `seconds` where that is more."""
        is_it = until(is_so, max(seconds, PATIENCE), pause=0.05)
        assert is_it, f"{self.settled()} {self.under_way()}\n{self.said}"

    def end(self) -> None:
        """Stop all that was started."""
        for process in self._started:
            if process.poll() is None:
                os.kill(process.pid, signal.SIGCONT)
                process.kill()
                process.wait(PATIENCE)
        self.store.close()


def order(number: int) -> dict[str, Any]:
    """A paid order of somebody who has bought nothing before."""
    at = bootstrap.clock().strftime("%Y-%m-%dT%H:%M:%S")
    dated = dict.fromkeys(("date_created_gmt", "date_modified_gmt", "date_paid_gmt"), at)
    person = {"first_name": "Eva", "email": f"eva{number}@example.com"}
    return {**ORDER, **dated, "id": number, "number": str(number), "billing": person}


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/health/live", timeout=1).ok
    except requests.RequestException:
        return False
