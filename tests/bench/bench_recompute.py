"""How fast histories are folded again, beside deciding the same events one by one.

The rules and the events are those of `bench_decide`: 40 triggers, 10 moves, 20 rules of two scores. First the
fold alone, in events a second; then contacts a second with the store: a preview, and a pass that writes, on
SQLite, 30 events a contact. Processor time for the fold, the clock for the store; the ratios count.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import cycle, islice

from connector.journey.decide import decide
from connector.journey.identity import introduce
from connector.journey.late import Past
from connector.journey.recomputing import recompute
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact
from connector.model.event import Event
from connector.runtime.previewing import Rules, preview
from connector.runtime.recomputing import Recomputer
from connector.store import contacts, history, sweeps
from connector.store.database import Store, Transaction, open_store
from connector.store.history import Recorded
from connector.store.sweeps import EVERYBODY, Asked, SweepKind
from tests.bench.bench_decide import LISTENED, _happening, rules
from tests.bench.heading import heading
from tests.journey.build import NOON, at

EVENTS = 30
PEOPLE = 2_000
ROUNDS = 3


def history_of(contact: str) -> list[Event]:
    """So many events of one contact, a minute apart."""
    happened = islice(cycle([_happening(name) for name in LISTENED]), EVENTS)
    return [
        replace(
            one,
            key=f"{contact}-{number}",
            occurred_at=at("08:00") + number * timedelta(minutes=1),
            people=(),
            belongings=(),
        )
        for number, one in enumerate(happened)
    ]


def best(once: Callable[[], object]) -> float:
    """The least processor time of some rounds."""
    found = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        once()
        found = min(found, time.process_time() - began)
    return found


def in_the_core(mapping: Mapping) -> tuple[float, float]:
    """Events a second, folded and decided."""
    nobody = Contact("c0", at("00:00"))
    past = history_of("c0")

    def folds() -> None:
        for _ in range(100):
            recompute(mapping, nobody, Past(nobody, past), NOON)

    def decides() -> None:
        for _ in range(100):
            contact = introduce(nobody, [])
            for one in past:
                contact = decide(mapping, contact, one, NOON).contact

    return 100 * EVENTS / best(folds), 100 * EVENTS / best(decides)


def filled(store: Store, mapping: Mapping) -> None:
    """So many contacts with a history, of which nothing has been decided."""
    store.migrate()

    def some(tx: Transaction, first: int) -> None:
        names = [f"c{number:06}" for number in range(first, first + 100)]
        contacts.save(tx, [Contact(name, at("00:00")) for name in names])
        told = [(name, one) for name in names for one in history_of(name)]
        history.record(tx, [Recorded(one, name, "", mapping.version, NOON, (), ()) for name, one in told])

    for first in range(0, PEOPLE, 100):
        store.write(lambda tx, first=first: some(tx, first))  # type: ignore[misc]  # bound by its default


def with_the_store(store: Store, mapping: Mapping) -> tuple[float, float]:
    """Contacts a second: seen in a preview, and folded again and written."""
    began = time.perf_counter()
    preview(store, Rules(mapping, mapping), EVERYBODY, NOON, lambda _: None)
    seen = PEOPLE / (time.perf_counter() - began)
    asked = Asked(SweepKind.RECOMPUTE, mapping.version, NOON, "bench")
    store.write(lambda tx: sweeps.begin(tx, asked, NOON))
    recomputer = Recomputer(store, lambda: NOON, a_page=0.25, rest=0)
    began = time.perf_counter()
    while recomputer.step(mapping):
        pass
    return seen, PEOPLE / (time.perf_counter() - began)


def main() -> None:
    """Print events and contacts a second, and the ratios."""
    heading("histories folded again")
    report, mapping = sys.stdout.write, rules()
    folded, decided = in_the_core(mapping)
    report(f"decide, 4 of 40 triggers listen: {decided:,.0f} events/s\n")
    report(f"recompute: {folded:,.0f} events/s; ratio to decide {folded / decided:.2f}\n")
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/loods.db")
        filled(store, mapping)
        seen, written = with_the_store(store, mapping)
        store.close()
    report(f"preview, {EVENTS} events a contact: {seen:,.0f} contacts/s, {seen * EVENTS:,.0f} events/s\n")
    share = written * EVENTS / decided
    report(
        f"folded again and written: {written:,.0f} contacts/s; ratio of its events to decide {share:.2f}\n"
    )


if __name__ == "__main__":
    main()
