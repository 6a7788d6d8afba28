"""Events that come while versions change are each decided by exactly one version, from beginning to end."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

import pytest

from connector import bootstrap
from connector.runtime.publisher import Publisher, Text
from connector.runtime.worker import Worker
from connector.store import history, inbox
from connector.store.history import Recorded
from tests.patience import PATIENCE, until
from tests.runtime.conftest import MAPPING
from tests.runtime.shop import Shop
from tests.runtime.test_way_of_an_event import TOPIC, order

EVENTS, EVERY = 200, 20
TEXT = (MAPPING / "shop.yaml").read_text()


class Administrator:
    """Publishes one version after another, each of which names itself in the task that it asks for."""

    def __init__(self, publisher: Publisher, live: str) -> None:
        self._publisher = publisher
        self._live = live
        self.titles = {live: "Thank for order"}

    def publishes(self, number: int) -> None:
        """Make another version live."""
        title = f"Thank {number} times for order"
        text = TEXT.replace("Thank for order", title).encode()
        self._live = self._publisher.publish(Text({"shop.yaml": text}, (), (self._live,))).version
        self.titles[self._live] = title


def post(shop: Shop, number: int) -> None:
    """A paid order of somebody new."""
    person = {"first_name": "Eva", "email": f"eva{number}@example.com"}
    shop.posts("webshop", order(id=number, number=str(number), billing=person), {TOPIC: "order.updated"})


def run(shop: Shop, administrator: Administrator) -> None:
    """Events and publications at once, until all events are decided."""
    system = shop.system
    workers = [
        Worker("processor", system.processor, lambda: 0.0),
        Worker("mapping", system.follower, lambda: 0.0),
    ]
    for worker in workers:
        worker.start()
    for number in range(EVENTS):
        post(shop, number)
        if number % EVERY == EVERY - 1:
            administrator.publishes(number)
    assert until(lambda: not waiting(shop))
    for worker in workers:
        worker.ask_to_stop()
    assert all(worker.join(PATIENCE) for worker in workers)


def waiting(shop: Shop) -> int:
    """Deliveries that are not decided yet."""
    with shop.system.store.reading() as tx:
        return inbox.counts(tx).get("waiting", 0)


def decided(shop: Shop) -> dict[str, Recorded]:
    """The paid order of each contact."""
    ids = [shop.contact(f"eva{number}@example.com").id for number in range(EVENTS)]
    with shop.system.store.reading() as tx:
        found = [one for contact_id in ids for one in history.of_contact(tx, contact_id)]
    return {one.contact_id: one for one in found if one.event.name == "order.paid"}


@pytest.mark.slow
def test_each_event_and_each_batch_is_decided_by_one_version_that_was_live(shop: Shop) -> None:
    shop.clock.tick = timedelta(microseconds=1)
    publisher = bootstrap.publisher(shop.settings, shop.system.store, shop.clock, who="eva")
    administrator = Administrator(publisher, shop.system.mapping.version)

    run(shop, administrator)

    entries = decided(shop)
    batches = defaultdict(set)
    for entry in entries.values():
        batches[entry.decided_at].add(entry.version)
    titles = {
        one.action.contact_id: str(one.action.arguments["title"]).rpartition(" ")[0]
        for one in shop.actions()
        if one.action.name == "create_task"
    }
    used = {entry.version for entry in entries.values()}
    assert len(entries) == EVENTS
    assert titles == {
        contact_id: administrator.titles[entry.version] for contact_id, entry in entries.items()
    }
    assert {len(versions) for versions in batches.values()} == {1}
    assert 1 < len(used) <= len(administrator.titles)
