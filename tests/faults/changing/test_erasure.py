"""People are erased while orders come and actions leave: nothing reaches a platform afterwards."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from connector.store import contacts, inbox, outbox
from tests.faults.rig.campaign import SEED
from tests.faults.rig.posts import order
from tests.runtime.busy import busy_mapping
from tests.runtime.conftest import sandbox, sandbox_server
from tests.runtime.shop import Shop

__all__ = ["sandbox", "sandbox_server"]

PEOPLE, ORDERS = 24, 6
ERASED = [f"person{number}@example.com" for number in range(0, PEOPLE, 2)]
TOPIC = {"X-WC-Webhook-Topic": "order.updated"}


@pytest.fixture
def shop(database_url: str, sandbox: object, tmp_path: Path) -> Iterator[Shop]:
    """A Loods that works, on each database; every look at its clock is later than the one before."""
    with Shop(database_url, sandbox, busy_mapping(tmp_path / "mapping")) as made:  # type: ignore[arg-type]
        made.clock.tick = timedelta(microseconds=1)
        made.system.service.start()
        yield made
        made.system.service.stop()


class Witness(threading.Thread):
    """Notes by the shop's clock when each was seen to be erased: from then on nothing may begin."""

    def __init__(self, shop: Shop) -> None:
        super().__init__(name="witness", daemon=True)
        self.seen: dict[str, datetime] = {}
        self.is_over = False
        self._shop = shop

    def run(self) -> None:
        while not self.is_over:
            with self._shop.system.store.reading() as tx:
                people = contacts.listing(tx, limit=1_000)
            erased = [one.id for one in people if one.erased_at is not None and one.id not in self.seen]
            self.seen |= dict.fromkeys(erased, self._shop.clock())
            time.sleep(0.005)


def paid(shop: Shop, person: int, number: int) -> Callable[[], int]:
    """An order of theirs."""
    someone = {"first_name": "Eva", "email": f"person{person}@example.com"}
    content = {**order(1_000 * person + number), "billing": someone}
    return lambda: shop.posts("webshop", content, TOPIC)


def forgotten(shop: Shop, email: str) -> Callable[[], int]:
    """Their wish to be erased."""
    return lambda: shop.says("contact.erased", email)


def all_at_once(posts: list[Callable[[], int]]) -> set[int]:
    """Send them from eight threads; the statuses of the answers."""
    with ThreadPoolExecutor(8) as senders:
        return set(senders.map(lambda post: post(), posts))


def wait_until_settled(shop: Shop) -> None:
    """Until inbox and outbox have nothing to do."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with shop.system.store.reading() as tx:
            held, asked = inbox.counts(tx), outbox.counts(tx)
        if not held.get("waiting") and not any(asked.get(one) for one in ("waiting", "sending", "unknown")):
            return
        time.sleep(0.05)
    raise AssertionError(f"still busy: {held} {asked}")


@pytest.mark.slow
def test_after_an_erasure_nothing_begins_and_nobody_comes_back(shop: Shop) -> None:
    chance = random.Random(SEED)
    witness = Witness(shop)
    witness.start()
    orders = [paid(shop, person, number) for person in range(PEOPLE) for number in range(ORDERS)]
    posts = [*orders, *(forgotten(shop, email) for email in ERASED)]
    chance.shuffle(posts)

    statuses = all_at_once(posts)
    wait_until_settled(shop)
    statuses |= all_at_once([*orders, *(paid(shop, person, ORDERS + 1) for person in range(PEOPLE))])
    wait_until_settled(shop)
    witness.is_over = True
    witness.join()

    with shop.system.store.reading() as tx:
        people = {one.id: one for one in contacts.listing(tx, limit=1_000)}
    tries = [(action, one) for action in shop.actions() for one in shop.attempts(action)]
    late = [
        (action.action.name, one.outcome)
        for action, one in tries
        if (seen := witness.seen.get(action.action.contact_id)) is not None
        and one.started_at > seen
        and one.outcome != "held_back"
    ]
    erased = {one.id for one in people.values() if one.erased_at is not None}
    reached = {action.action.contact_id for action, one in tries if one.outcome == "done"}
    assert statuses == {200, 202}
    assert any(one.outcome == "held_back" for _, one in tries), "no erasure came while an action waited"
    assert late == []
    assert len(people) == PEOPLE
    assert erased == set(witness.seen)
    assert len(erased) == len(ERASED)
    assert reached >= people.keys() - erased
