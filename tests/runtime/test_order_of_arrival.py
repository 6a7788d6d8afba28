"""Any order of arrival, with duplicates and with people who turn out to be one, comes to the same facts.

`LOODS_ARRIVALS=10000 pytest tests/runtime/test_order_of_arrival.py` tries as many histories.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from connector import bootstrap
from connector.journey.facts import only_facts
from connector.journey.wake import wake
from connector.mapping.load import check_files
from connector.mapping.mapping import Mapping
from connector.model.contact import Contact, changed
from connector.model.event import Event
from connector.model.identities import belonging, person
from connector.model.order import place_of
from connector.model.values import Value
from connector.runtime.arrivals import Arrival
from connector.runtime.deciding import apply
from connector.store import contacts, outbox
from connector.store.schema import contacts as people
from tests.simulation.memory import Memory

HISTORIES: Final = int(os.environ.get("LOODS_ARRIVALS", "300"))  # noqa: TID251 - how often a test is tried
FOLDER: Final = Path(__file__).parent / "arrival"
MORNING: Final = datetime(2026, 11, 2, 8, tzinfo=UTC)
NOON: Final = MORNING + timedelta(hours=4)
END: Final = NOON + timedelta(days=1)
EVA, EVA_AT_WORK, BOB = ("eva@example.com", "eva@work.example.com", "bob@example.com")

KNOWN_BY: Final = {
    "eva": (person("email", "", EVA),),
    "eva at work": (person("email", "", EVA_AT_WORK),),
    "eva's account": (person("customer", "webshop", "c1"), person("email", "", EVA)),
    "her account at work": (person("customer", "webshop", "c1"), person("email", "", EVA_AT_WORK)),
    "her account": (person("customer", "webshop", "c1"),),
    "bob": (person("email", "", BOB),),
}
"""Who an event is about, and how it says so: Eva has two addresses, and an account that shows it."""

OWNERS: Final = {"bob": "bob", "eva": "home", "eva at work": "work"}
"""Whose orders and carts they are, as far as an address alone tells; all others are those of the account.

Of a thing that two addresses name, and nothing else, whoever comes first is the owner.
"""

KINDS: Final = (
    "page.viewed",
    "newsletter.confirmed",
    "cart.updated",
    "order.placed",
    "order.paid",
    "complaint.received",
)


@dataclass(frozen=True, slots=True)
class Came:
    """What a store holds once all has arrived: facts by a contact's identities, orders thanked for."""

    facts: dict[frozenset[str], Contact]
    paid: frozenset[str]


@pytest.fixture(scope="module")
def store() -> Iterator[Memory]:
    made = Memory()
    yield made
    made.close()


@pytest.fixture(scope="module")
def mapping() -> Mapping:
    files = {one.name: one.read_bytes() for one in FOLDER.glob("*.yaml")}
    found, problems = check_files(files, bootstrap.shipped(), bootstrap.specs())
    assert found is not None, problems
    return found


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """What happens in a morning, each at a minute of its own. Now and then Bob is to be forgotten."""
    minutes = draw(st.lists(st.integers(0, 239), min_size=1, max_size=10, unique=True))
    made = [_event(draw, number, minute) for number, minute in enumerate(sorted(minutes))]
    if draw(st.integers(0, 4)) == 0:
        at = MORNING + timedelta(minutes=draw(st.integers(0, 239)), seconds=30)
        made.append(Event("erased", "contact.erased", at, "webshop", "json", KNOWN_BY["bob"]))
    return made


def _event(draw: st.DrawFn, number: int, minute: int) -> Event:
    kind, who = draw(st.sampled_from(KINDS)), draw(st.sampled_from(sorted(KNOWN_BY)))
    made = Event(f"e{number}", kind, MORNING + timedelta(minutes=minute), "webshop", "json", KNOWN_BY[who])
    owner = OWNERS.get(who, "account")
    match kind.partition(".")[0]:
        case "order":
            name = f"{owner}-{draw(st.sampled_from('12'))}"
            said: dict[str, dict[str, Value]] = {"order": {"id": name, "total": Decimal(80)}}
            thing = (belonging("order", "webshop", name),)
            is_named = draw(st.booleans())
            return replace(made, people=made.people if is_named else (), belongings=thing, subjects=said)
        case "cart":
            name = f"{owner}-{draw(st.sampled_from('12'))}"
            total = draw(st.sampled_from([Decimal(20), Decimal(60)]))
            thing = (belonging("cart", "webshop", name),)
            return replace(made, belongings=thing, subjects={"cart": {"id": name, "total": total}})
        case "complaint":
            return replace(made, subjects={"complaint": {"id": f"{owner}-{number}"}})
        case _:
            return made


def come(store: Memory, mapping: Mapping, batches: Iterable[Sequence[Event]]) -> Came:
    """What the store holds once these have arrived, batch by batch, a minute after the other."""
    store.empty()
    orders: dict[str, str] = {}
    for number, batch in enumerate(batches):
        orders |= _orders(batch)
        arrivals = [Arrival(one, "") for one in batch]
        now = NOON + timedelta(minutes=number)
        store.write(lambda tx, arrivals=arrivals, now=now: apply(tx, mapping, arrivals, now))  # type: ignore[misc]
    with store.reading() as tx:
        known = contacts.peek(tx, tx.execute(select(people.c.id)).scalars().all())
        made = outbox.listing(tx, limit=500)
    facts = {frozenset(map(str, one.identities)): _facts(mapping, one) for one in known.values()}
    causes = [one.action.cause for one in made]
    return Came(
        facts={names: one for names, one in facts.items() if names},
        paid=frozenset(orders[one.event_key] for one in causes if one.rule == "trigger:paid"),
    )


def _facts(mapping: Mapping, contact: Contact) -> Contact:
    """The facts a day later, told apart by nothing but what happened."""
    later = wake(mapping, contact, END).contact
    return changed(only_facts(later), id="", created_at=NOON, identities=())


def test_any_order_of_arrival_comes_to_the_same_facts(store: Memory, mapping: Mapping) -> None:
    """Within these bounds any order of arrival, with any duplicates, gives the same facts, stages, scores and
    counters."""

    @given(history=histories(), seed=st.integers(0, 10_000))
    @settings(max_examples=HISTORIES, deadline=None)
    def holds(history: list[Event], seed: int) -> None:
        expected = come(store, mapping, [sorted(history, key=place_of)])

        found = come(store, mapping, _batches(history, Random(seed)))

        assert found.facts == expected.facts
        assert found.paid ^ expected.paid <= _of_the_forgotten(history)

    holds()


def _of_the_forgotten(history: Sequence[Event]) -> set[str]:
    """What may have been done for Bob, before he was known to be forgotten."""
    if not any(one.name == "contact.erased" for one in history):
        return set()
    return {order for order in _orders(history).values() if order.startswith("bob")}


def _orders(history: Sequence[Event]) -> dict[str, str]:
    """The order that each event is about, if it is about one, by the event's key."""
    return {one.key: str(one.subjects["order"]["id"]) for one in history if "order" in one.subjects}


def _batches(history: Sequence[Event], random: Random) -> Iterator[Sequence[Event]]:
    """The history in any order, some of it twice, in a few batches."""
    arriving = random.sample(history, len(history)) + random.choices(history, k=3)
    while arriving:
        count = random.choice((1, 2, len(arriving)))
        yield arriving[:count]
        arriving = arriving[count:]
