"""How long a census of all contacts takes, and how much memory, beside only reading the same contacts.

100,000 contacts, each with one to five orders of any amount within five years; three segments have
intervals of their own. Processor time counts. Memory is the most that Python held at once, with 10,000 and
with 100,000.
"""

from __future__ import annotations

import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

from connector.mapping.mapping import Mapping
from connector.model.contact import Contact, Order
from connector.runtime.census import EVERY, LOOK_EVERY, PAGE, CensusTaker
from connector.runtime.live import Live
from connector.store import contacts
from connector.store.database import Store, open_store
from tests.bench.heading import heading
from tests.journey.build import NOON, mapping
from tests.runtime.shop import Clock

FEW, MANY = 10_000, 100_000
A_MB = 1e6
BOUND = 5
"""Megabytes that a census may hold, however many contacts there are."""

SEGMENTS = {
    "large": "contact.purchases.total >= 5000",
    "business": "contact.company is defined",
    "steady": "contact.purchases.count >= 4",
}


def rules() -> Mapping:
    """A mapping that asks what is usual, also in its segments."""
    plain = mapping(segments=SEGMENTS)
    return replace(plain, defaults=replace(plain.defaults, expected_by=tuple(SEGMENTS)), needs_norms=True)


def people(count: int) -> Iterator[Contact]:
    """So many contacts, always the same."""
    random = Random(count)
    for number in range(count):
        orders = {f"webshop:{number}-{one}": _order(random) for one in range(random.randint(1, 5))}
        yield Contact(f"c{number:07}", NOON, orders=orders)


def _order(random: Random) -> Order:
    paid_at = NOON - timedelta(minutes=random.randint(1, 5 * 365 * 1_440))
    return Order({"paid": paid_at}, total=Decimal(random.randint(100, 500_000)) / 100)


def filled(folder: str, count: int) -> Store:
    """A store with so many contacts."""
    store = open_store(f"sqlite:///{folder}/{count}.db")
    store.migrate()
    some: list[Contact] = []
    for one in people(count):
        some.append(one)
        if len(some) == 1_000:
            batch, some = some, []
            store.write(lambda tx, batch=batch: contacts.save(tx, batch))  # type: ignore[misc]  # a lambda with a default
    return store


def counted(store: Store, day: int) -> int:
    """Take the census of a day; how many have bought."""
    begin = NOON + day * EVERY
    clock = Clock(begin)
    live = Live(rules())
    taker = CensusTaker(store, live, clock)
    while live.mapping.norms.at is None:
        taker.step(live.mapping)
        clock.moves(seconds=LOOK_EVERY.total_seconds() / 10)
        if clock.at > begin + EVERY:
            raise AssertionError("a census takes longer than a day")
    return live.mapping.norms.buyers


def read(store: Store) -> None:
    """Only read the same pages."""
    after = ""
    while True:
        with store.reading() as tx:
            ids = contacts.page(tx, after, PAGE)
            contacts.peek(tx, ids)
        if not ids:
            return
        after = ids[-1]


def most_held(store: Store) -> float:
    """The most that Python holds on the way, in megabytes."""
    tracemalloc.start()
    counted(store, day=1)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / A_MB


def main() -> None:
    """Print seconds, the ratio to reading alone, and memory against its bound."""
    heading("a census of all contacts")
    report = sys.stdout.write
    with tempfile.TemporaryDirectory() as folder:
        few, many = filled(folder, FEW), filled(folder, MANY)
        counted(few, day=0)
        began = time.process_time()
        buyers = counted(many, day=0)
        whole = time.process_time() - began
        began = time.process_time()
        read(many)
        alone = time.process_time() - began
        small, large = most_held(few), most_held(many)
        few.close()
        many.close()
    report(f"census of {buyers:,} buyers: {whole:.1f} s; only reading them: {alone:.1f} s; ")
    report(f"ratio {whole / alone:.2f}\n")
    report(f"most held: {small:.1f} MB for {FEW:,} contacts, {large:.1f} MB for {MANY:,}; ")
    report(f"ratio to the bound of {BOUND} MB {large / BOUND:.2f}\n")


if __name__ == "__main__":
    main()
