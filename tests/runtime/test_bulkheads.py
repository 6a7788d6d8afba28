"""Many accounts in one process: one that hangs keeps no other waiting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

import pytest

from connector.mapping.accounts import Connection
from connector.model.action import Action, ActionSpec, Cause, Kind
from connector.model.contact import Contact
from connector.platforms.http_arguments import SPECS
from connector.runtime.crew import Crew
from connector.runtime.dispatcher import Dispatcher
from connector.runtime.duties import Duties
from connector.runtime.live import Live
from connector.sandbox import Sandbox
from connector.store import contacts, outbox
from connector.store.database import Transaction
from connector.store.outbox import ActionStatus
from tests.patience import PATIENCE, until
from tests.runtime.shop import Shop
from tests.runtime.test_crew import Slow
from tests.runtime.test_poison import Knowing

ACCOUNTS, POSTS = 20, 3


class Taking(Knowing):
    """Takes posts at once."""

    specs: ClassVar[Sequence[ActionSpec]] = SPECS


class Dead(Slow):
    """Takes a post, and says nothing of it until the test lets it."""

    specs: ClassVar[Sequence[ActionSpec]] = SPECS


class Fleet:
    """A crew of many accounts, of which one is dead."""

    def __init__(self, shop: Shop) -> None:
        self.dead = Dead()
        self._shop = shop
        live = Live(shop.system.mapping)
        self.crew = Crew(live, self._make, Duties(shop.system.store, lambda one: one.name))

    def _make(self, connection: Connection) -> Dispatcher | None:
        if connection.source is not None:
            return None
        platform = self.dead if connection.name == "dead" else Taking(connection.name)
        live = Live(self._shop.system.mapping)
        return Dispatcher(connection.name, platform, self._shop.system.store, live, self._shop.clock)

    def ends(self) -> None:
        """Let the dead one answer, and stop."""
        self.dead.answers.set()
        workers = self.crew.dismissed()
        for worker in workers:
            worker.ask_to_stop()
        assert all(worker.join(PATIENCE) for worker in workers)
        self.crew.close()


@pytest.fixture
def shop(migrated_url: str, sandbox: Sandbox, tmp_path: Path) -> Iterator[Shop]:
    """A Loods with many accounts."""
    names = [*(f"a{number}" for number in range(ACCOUNTS)), "dead"]
    folder = tmp_path / "mapping"
    folder.mkdir()
    lines = "".join(f"  {name}: {{platform: http, url: $HUBSPOT_URL}}\n" for name in names)
    (folder / "accounts.yaml").write_text(f"connections:\n{lines}")
    with Shop(migrated_url, sandbox, folder) as made:
        yield made


@pytest.fixture
def fleet(shop: Shop) -> Iterator[Fleet]:
    """It ends with the test."""
    made = Fleet(shop)
    yield made
    made.ends()


def wants(shop: Shop) -> None:
    """Each account has some posts wanted, each for somebody else."""
    now, cause = shop.clock(), Cause("trigger:tell", 1, "order.paid", "e1")
    names = [one for one in shop.system.mapping.connections for _ in range(POSTS)]
    wanted = [
        Action(f"k{number}", name, "post", f"c{number}", {"body": {}}, Kind.INTERNAL, cause, now)
        for number, name in enumerate(names)
    ]

    def decide(tx: Transaction) -> None:
        contacts.save(tx, [Contact(one.contact_id, now) for one in wanted])
        outbox.add(tx, wanted, now)

    shop.system.store.write(decide)


def test_an_account_that_does_not_answer_keeps_no_other_waiting(shop: Shop, fleet: Fleet) -> None:
    wants(shop)
    fleet.crew.start()
    assert fleet.dead.called.wait(PATIENCE)

    def done() -> Counter[str]:
        return Counter(one.action.connection for one in shop.actions() if one.status is ActionStatus.DONE)

    assert until(lambda: done().total() == ACCOUNTS * POSTS)
    assert done()["dead"] == 0
