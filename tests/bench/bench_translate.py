"""How long one Shopify order of 4 KB takes to become its two events, beside what parses the same bytes.

Processor time of a delivery, the least of rounds in turns: the ratio to `json.loads` counts, not the figures.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from connector.model.delivery import Delivery
from connector.sources.body import read_body
from connector.sources.delivery import describe
from connector.sources.translate import translate
from tests.bench.heading import heading
from tests.bench.orders import Orders
from tests.sources.build import connection_to, mapping_with, shipped

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
COUNT = 500
ROUNDS = 9


def main() -> None:
    """Print what each way takes, and its ratio to the parser of Python."""
    heading(f"{COUNT} orders of a Shopify shop, the least of {ROUNDS} rounds", seed=7)
    taken = microseconds(ways(), [told(Orders(7, NOW).body(number)) for number in range(COUNT)])
    for name, each in taken.items():
        sys.stdout.write(f"{name}: {each:.1f} us a delivery; {each / taken['json.loads']:.2f} x json.loads\n")


def told(body: bytes) -> Delivery:
    """An order as the receiver stores it."""
    headers = {
        "content-type": "application/json",
        "x-shopify-topic": "orders/create",
        "x-shopify-event-id": "00000007-000000000001",
        "x-shopify-triggered-at": NOW.isoformat(),
    }
    return Delivery("here", "orders/create", headers, {}, body, NOW, "f")


def ways() -> Mapping[str, Callable[[Delivery], Any]]:
    """What is done with a delivery, by its name."""
    source = shipped("shopify")
    mapping, connection = mapping_with(source), connection_to(source)
    return {
        "orjson.loads": lambda one: orjson.loads(one.body),
        "json.loads": lambda one: json.loads(one.body),
        "read_body": lambda one: read_body(one.body, "json"),
        "describe": lambda one: describe(source, one.headers, one.query, one.body),
        "translate": lambda one: translate(mapping, connection, one),
    }


def microseconds(
    ways: Mapping[str, Callable[[Delivery], Any]], deliveries: list[Delivery]
) -> Mapping[str, float]:
    """What each of these ways takes of the processor for one delivery."""
    least = dict.fromkeys(ways, float("inf"))
    for _ in range(ROUNDS):
        for name, once in ways.items():
            began = time.process_time()
            for one in deliveries:
                once(one)
            least[name] = min(least[name], (time.process_time() - began) / len(deliveries) * 1e6)
    return least


if __name__ == "__main__":
    main()
