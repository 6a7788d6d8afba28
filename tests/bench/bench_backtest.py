"""How fast recorded events go through a draft, beside `decide` alone on the same events in memory.

20,000 events of 2,000 contacts; 4 of the draft's 40 triggers listen to each event. Once more with a draft of
which one trigger waits a day for everybody. Processor time counts. Memory is the most that Python held at
once, with 1,000 events and with 20,000.
"""

from __future__ import annotations

import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import cycle, islice
from typing import TypeAlias

from connector.insight.backtest import backtest
from connector.insight.outcome import Window
from connector.insight.summary import of_rules
from connector.journey.decide import decide
from connector.journey.identity import introduce
from connector.mapping.mapping import Mapping as Rules
from connector.model.contact import Contact
from connector.model.event import Event
from connector.store import contacts, history
from connector.store.database import Store, Transaction, open_store
from connector.store.history import Recorded
from tests.bench.bench_decide import LISTENED, rules
from tests.bench.heading import heading
from tests.journey.build import NOON, cart, event, order, step, trigger, wait

EACH = 10
ROUNDS = 3
RULES = rules()
WAITING = trigger("waits", "form.submitted", [wait("1d"), step()])
WAITS = replace(
    RULES,
    triggers={**RULES.triggers, WAITING.name: WAITING},
    triggers_on={**RULES.triggers_on, "form.submitted": (*RULES.triggers_on["form.submitted"], WAITING)},
)
Life: TypeAlias = tuple[Contact, list[Event]]


def lives(events: int) -> Iterator[Life]:
    """People with ten events each, one a minute."""
    for number in range(events // EACH):
        email = f"somebody-{number}@example.com"
        theirs = [_happening(name, turn, email) for turn, name in enumerate(islice(cycle(LISTENED), EACH))]
        nobody = Contact(id=f"c{number:06}", created_at=NOON)
        yield introduce(nobody, [one for each in theirs for one in each.identities]), theirs


def _happening(name: str, turn: int, email: str) -> Event:
    at, owned = NOON + timedelta(minutes=turn), f"{turn}-{email}"
    match name:
        case "order.paid":
            return order(name, at, owned, email=email, total=Decimal(50))
        case "cart.updated":
            return cart(name, at, owned, email=email, total=Decimal(50))
        case _:
            return event(name, at, email=email, key=f"{name}@{owned}")


def filled(folder: str, events: int) -> Store:
    """A store in which all of it is recorded."""
    store = open_store(f"sqlite:///{folder}/{events}.db")
    store.migrate()
    store.write(lambda tx: _record(tx, lives(events)))
    return store


def _record(tx: Transaction, people: Iterable[Life]) -> None:
    for contact, theirs in people:
        contacts.save(tx, [contact])
        contacts.claim(tx, [(one, contact.id) for one in contact.identities])
        history.record(tx, [Recorded(one, contact.id, "d", "1", NOON, (), ()) for one in theirs])


def tried(store: Store, draft: Rules = RULES) -> int:
    """Go through all that is recorded; how many events it was."""
    summary = of_rules(())
    for outcome in backtest(store, draft, Window(NOON, NOON + timedelta(days=1))):
        summary.add(outcome)
    return summary.events


def decided(people: list[Life], draft: Rules = RULES) -> int:
    """Decide the same in memory."""
    for contact, theirs in people:
        before = contact
        for one in theirs:
            before = decide(draft, before, one, one.occurred_at).contact
    return EACH * len(people)


def per_second(once: Callable[[], int]) -> float:
    """The best of some rounds."""
    rates = []
    for _ in range(ROUNDS):
        began = time.process_time()
        rates.append(once() / (time.process_time() - began))
    return max(rates)


def most_held(store: Store, draft: Rules) -> float:
    """The most that Python holds on the way, in MB."""
    tracemalloc.start()
    tried(store, draft)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6


def main() -> None:
    """Print events a second, the ratio to `decide`, and how much memory the larger history takes."""
    heading("recorded events through a draft")
    with tempfile.TemporaryDirectory() as folder:
        small, large = filled(folder, 1_000), filled(folder, 20_000)
        tried(small)
        people = list(lives(20_000))
        for name, draft in (("backtest", RULES), ("backtest of a draft that waits", WAITS)):
            _report(name, draft, people, (small, large))
        small.close()
        large.close()


def _report(name: str, draft: Rules, people: list[Life], stores: tuple[Store, Store]) -> None:
    small, large = stores
    alone = per_second(lambda: decided(people, draft))
    whole = per_second(lambda: tried(large, draft))
    few, many = most_held(small, draft), most_held(large, draft)
    report = sys.stdout.write
    report(f"{name}: {whole:,.0f} events/s; decide alone: {alone:,.0f}/s; ratio {whole / alone:.2f}\n")
    report(f"most held: {few:.1f} MB for 1,000 events, {many:.1f} MB for 20,000; ratio {many / few:.2f}\n")


if __name__ == "__main__":
    main()
