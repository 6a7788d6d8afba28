"""Two of Loods on one PostgreSQL join and decide the same people at once: nothing is lost or done twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest

from connector.model.delivery import DeliveryStatus
from connector.model.domains import domain
from connector.model.identities import belonging, person
from connector.runtime.arrivals import Arrival, ContendedError
from connector.runtime.deciding import apply
from connector.runtime.learning import learn
from connector.runtime.processor import Processor
from connector.sandbox import Sandbox
from connector.store import contacts, families, history
from connector.store.database import Transaction
from tests.journey.build import event
from tests.patience import PATIENCE
from tests.runtime.conftest import MAPPING
from tests.runtime.shop import Shop
from tests.runtime.test_companies import ACCOUNTS

EVA = "eva@example.com"
PEOPLE = 12


@pytest.fixture
def others() -> Iterator[Callable[[Callable[[], object]], Thread]]:
    """Does something beside the test, and joins it at the end."""
    begun: list[Thread] = []

    def begin(work: Callable[[], object]) -> Thread:
        begun.append(Thread(target=work))
        begun[-1].start()
        return begun[-1]

    yield begin
    for one in begun:
        one.join(PATIENCE)


def again(shop: Shop, work: Callable[[Transaction], object]) -> None:
    """In a transaction that is taken again where another was faster, as a dispatcher does."""
    while True:
        try:
            shop.system.store.write(work)
        except ContendedError:
            continue
        return


def visits(shop: Shop, number: int, email: str | None = None) -> None:
    known = {"email": email} if email else {}
    shop.clock.moves(seconds=1)
    shop.says("page.viewed", None, contact={"id": f"v{number}", **known}, page={"url": "https://example.com"})


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_an_id_told_while_its_contact_becomes_another_is_the_older_contacts(
    shop: Shop, others: Callable[[Callable[[], object]], Thread]
) -> None:
    visits(shop, 1)
    shop.turns()
    shop.clock.moves(seconds=1)
    shop.says("form.submitted", EVA)
    shop.turns()
    reader, record, joined = shop.contact(EVA), person("contact", "hubspot", "101"), Event()
    told = event("page.viewed", shop.clock(), email=EVA, people=[person("customer", "website", "v1")])
    learns = partial(learn, mapping=shop.system.mapping, told=[(reader.id, record)], now=shop.clock())

    def join(tx: Transaction) -> None:
        apply(tx, shop.system.mapping, [Arrival(told, "")], shop.clock())
        joined.set()
        beside.join(1)

    def tell() -> None:
        joined.wait(PATIENCE)
        again(shop, learns)

    beside = others(tell)
    shop.system.store.write(join)
    beside.join(PATIENCE)

    joint = shop.contact(EVA)
    with shop.system.store.reading() as tx:
        assert families.root(tx, reader.id) == joint.id != reader.id
        assert contacts.owners(tx, [record]) == {record: joint.id}


@pytest.mark.parametrize("is_parked_first", [True, False])
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_what_is_parked_while_its_owner_becomes_known_does_not_stay_parked(
    shop: Shop, others: Callable[[Callable[[], object]], Thread], is_parked_first: bool
) -> None:
    store, now, order = shop.system.store, shop.clock(), belonging("order", "webshop", "7")
    lost = Arrival(event("order.paid", now, email=None, belongings=(order,)), "")
    owned = Arrival(event("order.created", now, email=EVA, belongings=(order,)), "")
    first, second = (lost, owned) if is_parked_first else (owned, lost)
    begun = Event()

    def slow(tx: Transaction) -> None:
        apply(tx, shop.system.mapping, [first], now)
        begun.set()
        beside.join(1)

    def quick() -> None:
        begun.wait(PATIENCE)
        again(shop, lambda tx: apply(tx, shop.system.mapping, [second], now))

    beside = others(quick)
    store.write(slow)
    beside.join(PATIENCE)

    assert {one.event.name for one in shop.history(EVA)} == {"order.created", "order.paid"}
    assert store.write(lambda tx: history.unpark(tx, [order])) == []


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_two_processors_join_and_decide_the_same_people_at_once(
    shop: Shop, others: Callable[[Callable[[], object]], Thread]
) -> None:
    """Who waits for whom in a circle is asked to begin anew: each event counts once, and nobody is two."""
    for number in range(PEOPLE):
        visits(shop, number)
        shop.says("form.submitted", f"p{number}@example.com")
    shop.turns()
    for number in [*range(PEOPLE), *reversed(range(PEOPLE))]:
        visits(shop, number, f"p{number}@example.com")
    for number in reversed(range(PEOPLE)):
        shop.says("newsletter.confirmed", f"p{number}@example.com")
    ready, broken = Barrier(2), []
    system = shop.system

    def work() -> None:
        processor = Processor(system.store, system.live, shop.clock, system.settings.resolve, lambda: None)
        ready.wait(PATIENCE)
        try:
            while processor.step():
                pass
        except Exception as error:  # told by the test
            broken.append(error)

    threads = [others(work), others(work)]
    for one in threads:
        one.join(PATIENCE)

    with system.store.reading() as tx:
        people = contacts.listing(tx, 2 * PEOPLE)
    assert broken == []
    assert {one.status for one in shop.deliveries()} == {DeliveryStatus.DONE}
    assert len(people) == PEOPLE
    assert {one.counters["page.viewed"] for one in people} == {3}
    assert {one.counters["form.submitted"] for one in people} == {1}
    assert len(shop.actions()) == 2 * PEOPLE


@pytest.fixture
def firm(database_url: str, sandbox: Sandbox, tmp_path: Path) -> Iterator[Shop]:
    """A shop with a journey of companies: who becomes a client is welcomed."""
    (tmp_path / "shop.yaml").write_text((MAPPING / "shop.yaml").read_text("utf-8"), "utf-8")
    (tmp_path / "accounts.yaml").write_text(ACCOUNTS, "utf-8")
    with Shop(database_url, sandbox, tmp_path) as made:
        yield made


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_company_speaks_to_whom_its_oldest_colleague_has_become_meanwhile(
    firm: Shop, others: Callable[[Callable[[], object]], Thread]
) -> None:
    visits(firm, 1)
    firm.turns()
    firm.clock.moves(seconds=1)
    firm.says("form.submitted", EVA, company={"domain": "acme.example"})
    firm.turns()
    named, now, joined = domain("acme.example"), firm.clock(), Event()
    assert named is not None
    told = event("page.viewed", now, email=EVA, people=[person("customer", "website", "v1")])
    size = {"size": Decimal(120)}
    grows = event("company.changed", now, email=None, company=(named,), company_fields=size)

    def join(tx: Transaction) -> None:
        apply(tx, firm.system.mapping, [Arrival(told, "")], now)
        joined.set()
        beside.join(1)

    def hear() -> None:
        joined.wait(PATIENCE)
        again(firm, lambda tx: apply(tx, firm.system.mapping, [Arrival(grows, "")], now))

    beside = others(hear)
    firm.system.store.write(join)
    beside.join(PATIENCE)

    welcomed = [one.action for one in firm.actions() if one.action.cause.rule == "enter:accounts.client"]
    assert {one.contact_id for one in welcomed} == {firm.contact(EVA).id}
    assert len(welcomed) == 2
