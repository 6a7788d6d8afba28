"""Reading a feed to its end, without a store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.request import Request, urlopen

from connector.platforms.polling import Feed, State
from connector.sandbox import Sandbox


def read(feed: Feed, state: State, now: datetime, most: int = 20) -> tuple[list[bytes], State, int]:
    """All that a turn brings, where it ends, and in how many pages. A state is what a store makes of it."""
    bodies: list[bytes] = []
    for number in range(1, most + 1):
        page = feed.ask(json.loads(json.dumps(state)), now)
        bodies, state = [*bodies, *page.bodies], page.state
        if page.is_last:
            return bodies, state, number
    raise AssertionError(f"still not read after {most} pages")


def does(sandbox: Sandbox, path: str, body: Mapping[str, Any], key: str = "pat-test") -> dict[str, Any]:
    """Somebody does something at a platform."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    with urlopen(Request(sandbox.url + path, json.dumps(body).encode(), headers, method="POST")) as answer:
        told: dict[str, Any] = json.loads(answer.read() or b"{}")
    return told
