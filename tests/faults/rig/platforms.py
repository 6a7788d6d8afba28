"""HubSpot and Mailchimp in a process of their own, which outlives every Loods and keeps all that happened."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

import requests

from tests.faults.rig.evidence import Effect
from tests.faults.rig.posts import Act
from tests.patience import PATIENCE

ROOT: Final = Path(__file__).parents[3]
TOKEN: Final = "pat-eu1-test"


class Platforms:
    """The sandbox as a process; a context that ends it."""

    def __init__(self, port: int) -> None:
        words = [sys.executable, "-m", "connector.cli", "sandbox", "--port", str(port)]
        self.url = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL)

    @property
    def hubspot_url(self) -> str:
        """The root of HubSpot's paths."""
        return self.url

    @property
    def mailchimp_url(self) -> str:
        """The root of Mailchimp's paths, without `/3.0`."""
        return self.url

    def __enter__(self) -> Self:
        deadline = time.monotonic() + 60
        while True:
            try:
                requests.get(self.url, timeout=PATIENCE)
            except requests.ConnectionError:
                assert time.monotonic() < deadline, "the sandbox does not answer"
                time.sleep(0.02)
            else:
                return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(PATIENCE)

    def state(self) -> dict[str, Any]:
        """All that it holds, and every call."""
        held: dict[str, Any] = requests.get(f"{self.url}/state", timeout=PATIENCE).json()
        return held

    def reset(self) -> None:
        """Forget all."""
        requests.post(f"{self.url}/reset", timeout=PATIENCE).raise_for_status()

    def script(self, match: Mapping[str, Any], answers: list[dict[str, Any]], times: int | None = 1) -> None:
        """Prescribe answers, as `connector.sandbox.scripts` says."""
        asked = {"match": match, "answers": answers, "times": times}
        requests.post(f"{self.url}/script", json=asked, timeout=PATIENCE).raise_for_status()

    def effects(self) -> list[Effect]:
        """What took effect and does not bear repeating, in the order in which it did."""
        return list(effects_of(self.state()["calls"]))

    def contact(self, email: str) -> int:
        """Somebody whom HubSpot has from now on; the id there."""
        answer = requests.post(
            f"{self.url}/crm/v3/objects/contacts",
            json={"properties": {"email": email}},
            headers={"Authorization": f"Bearer {TOKEN}"},
            timeout=PATIENCE,
        )
        return int(answer.json()["id"])


def effects_of(calls: list[dict[str, Any]]) -> Iterator[Effect]:
    """The effects among the sandbox's calls: each is noted in the same moment in which it takes effect."""
    emails: dict[str, str] = {}
    for call in calls:
        if call["method"] == "PUT" and "/members/" in call["path"] and call["body"]:
            emails[call["path"]] = call["body"]["email_address"]
        for act in _acts(call, emails) if call["status"] and call["status"] < 300 else ():
            yield Effect(act, call["platform"], datetime.fromisoformat(call["at"]))


def _acts(call: Mapping[str, Any], emails: Mapping[str, str]) -> Iterator[Act]:
    path, body = call["path"], call["body"]
    if call["method"] != "POST":
        return
    if path == "/crm/v3/objects/tasks/batch/create":
        for one in body["inputs"]:
            yield Act("create_task", one["properties"]["hs_task_subject"])
    if path.endswith("/actions/trigger"):
        yield Act("start_journey", body["email_address"])
    if path.startswith("/3.0/lists/") and path.endswith("/events"):
        yield Act("send_event", emails[path.removesuffix("/events")])
