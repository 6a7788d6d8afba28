"""Two contacts become one in the transaction of the event that shows it, on both databases."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest

from connector.model.contact import Contact
from connector.model.decision import Answer
from connector.model.identities import person
from connector.runtime import parting
from connector.runtime.arrivals import Arrival
from connector.runtime.deciding import apply
from connector.runtime.errands import GO_ON, STOP, Errand, ask
from connector.runtime.explaining import Explainer
from connector.runtime.learning import learn
from connector.store import contacts, held, waiting
from connector.store.database import Transaction
from connector.store.outbox import ActionStatus
from connector.store.stops import EVERYTHING
from tests.journey.build import event
from tests.runtime.shop import Shop
from tests.runtime.test_way_of_an_event import TOPIC, order
from tests.runtime.timed import waits_in

EVA, OTHER = "eva@example.com", "e.jansen@example.com"
VISITOR = person("customer", "website", "abc")


def visits(shop: Shop, page: str, email: str | None = None) -> None:
    """The website tells of a page view by whom it knows by an id, and by the address where it is known."""
    known = {"email": email} if email else {}
    shop.clock.moves(seconds=1)
    shop.says("page.viewed", None, contact={"id": "abc", **known}, page={"url": page})


def signs_up(shop: Shop) -> None:
    """Somebody gives an address, and nothing else."""
    shop.clock.moves(seconds=1)
    shop.says("form.submitted", EVA)


def buys(shop: Shop, number: int, email: str, customer: int = 7) -> None:
    """A customer of the shop, who is known by an id there, has paid an order."""
    shop.clock.moves(minutes=1)
    at = f"{shop.clock():%Y-%m-%dT%H:%M:%S}"
    billing = {"first_name": "Eva", "last_name": "de Vries", "email": email}
    times: dict[str, Any] = dict.fromkeys(["date_created_gmt", "date_modified_gmt", "date_paid_gmt"], at)
    body = order(id=number, number=str(number), customer_id=customer, billing=billing, **times)
    shop.posts("webshop", body, {TOPIC: "order.updated"})


def people(shop: Shop) -> list[Contact]:
    with shop.system.store.reading() as tx:
        return contacts.listing(tx)


def test_a_visitor_who_gives_a_known_address_is_that_contact(shop: Shop) -> None:
    """Events keep the id under which they were recorded and the older contact is the one."""
    visits(shop, "https://example.com/one")
    shop.turns()
    signs_up(shop)
    shop.turns()
    visitor, reader = sorted(one.id for one in people(shop))

    visits(shop, "https://example.com/two", EVA)
    shop.turns()

    [joint] = people(shop)
    assert joint.id == visitor
    assert joint.counters["page.viewed"] == 2
    assert joint.counters["form.submitted"] == 1
    past = shop.history(EVA)
    assert [one.contact_id for one in past] == [visitor, reader, visitor]
    assert Answer.MERGED in {one.answer for one in past[-1].trace}


def test_two_who_each_have_an_address_become_one_by_the_shops_own_id(shop: Shop) -> None:
    """Two contacts that each have an e-mail become one only by a shop's or platform's own id or merge."""
    signs_up(shop)
    shop.turns()
    buys(shop, 1, OTHER)
    shop.turns()
    assert len(people(shop)) == 2

    buys(shop, 2, EVA)
    shop.turns()

    [joint] = people(shop)
    assert joint.counters["order.paid"] == 2
    assert {one.value for one in joint.identities if one.kind == "email"} == {EVA, OTHER}
    assert {one.action.contact_id for one in shop.actions() if one.status is ActionStatus.WAITING} <= {
        joint.id
    }


def test_all_of_it_may_come_in_one_batch(shop: Shop) -> None:
    visits(shop, "https://example.com/one")
    signs_up(shop)
    visits(shop, "https://example.com/two", EVA)
    visits(shop, "https://example.com/three")

    shop.turns()

    [joint] = people(shop)
    assert joint.counters["page.viewed"] == 3
    assert len(shop.history(EVA)) == 4


def test_an_event_that_comes_late_is_put_into_the_joined_history(shop: Shop) -> None:
    """State is folded from the joined history, never added up."""
    then = shop.clock().isoformat()
    shop.clock.moves(minutes=5)
    visits(shop, "https://example.com/one")
    shop.turns()
    signs_up(shop)
    visits(shop, "https://example.com/two", EVA)
    shop.turns()

    shop.clock.moves(minutes=5)
    shop.says("page.viewed", EVA, occurred_at=then, page={"url": "https://example.com/zero"})
    shop.turns()

    [joint] = people(shop)
    assert joint.counters["page.viewed"] == 3
    assert str(joint.recent["pages"][-1]["url"]).endswith("/zero")


class Died(BaseException):
    """The process is gone."""


class Mortal:
    """A transaction, or the driver's connection under it, whose process dies at a statement."""

    def __init__(self, real: Any, most: int | None, above: Mortal | None = None) -> None:
        self._real = real
        self._most = most
        self._above = above
        self.count = 0

    @property
    def connection(self) -> Any:
        """That of the driver, whose statements count, too."""
        return SimpleNamespace(driver_connection=Mortal(self._real.connection.driver_connection, None, self))

    def reaches(self) -> None:
        """One more statement."""
        self.count += 1
        if self._above is not None:
            self._above.reaches()
        if self.count == self._most:
            raise Died

    def execute(self, *args: Any) -> Any:
        """What the real one does."""
        self.reaches()
        return self._real.execute(*args)

    def executemany(self, *args: Any) -> Any:
        """What the real one does."""
        self.reaches()
        return self._real.executemany(*args)

    def exec_driver_sql(self, *args: Any) -> Any:
        """What the real one does."""
        self.reaches()
        return self._real.exec_driver_sql(*args)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def test_a_death_at_any_statement_leaves_two_and_then_there_is_one(shop: Shop) -> None:
    """A crash rolls it all back."""
    visits(shop, "https://example.com/one")
    shop.turns()
    signs_up(shop)
    shop.turns()
    before = people(shop)
    told = event("page.viewed", shop.clock(), email=EVA, people=[VISITOR])
    arrivals = [Arrival(told, "")]

    def join(tx: Transaction, most: int | None = None) -> int:
        mortal = Mortal(tx, most)
        apply(cast(Transaction, mortal), shop.system.mapping, arrivals, shop.clock())
        return mortal.count

    for number in range(1, 28):
        with pytest.raises(Died):
            shop.system.store.write(partial(join, most=number))
        assert people(shop) == before
    assert shop.system.store.write(join) > 28

    assert len(people(shop)) == 1


def test_the_id_that_a_platform_tells_may_be_that_of_a_contact_without_address(shop: Shop) -> None:
    """Two contacts that each have an e-mail become one only by a shop's or platform's own id or merge."""
    signs_up(shop)
    shop.turns()
    reader = shop.contact(EVA)
    record = person("contact", "hubspot", "101")
    shop.system.store.write(lambda tx: contacts.claim(tx, [(record, "02")]))
    shop.system.store.write(lambda tx: contacts.save(tx, [Contact("02", shop.clock())]))

    shop.system.store.write(lambda tx: learn(tx, shop.system.mapping, [(reader.id, record)], shop.clock()))

    joint = shop.contact(EVA)
    assert joint.id_at("contact", "hubspot") == "101"
    assert len(people(shop)) == 1
    assert joint.counters == reader.counters


@pytest.mark.parametrize("is_together", [True, False])
def test_of_two_records_that_a_platform_tells_the_older_contacts_own_is_written(
    shop: Shop, *, is_together: bool
) -> None:
    """Of two records at one platform the older is written and the pair is reported."""
    visits(shop, "https://example.com/one")
    shop.turns()
    signs_up(shop)
    shop.turns()
    visitor, reader = sorted(one.id for one in people(shop))
    visits(shop, "https://example.com/two", EVA)
    shop.turns()
    first, second, third = (person("contact", "hubspot", one) for one in ("300", "200", "100"))

    both = [(visitor, first), (reader, second)]
    for told in [both] if is_together else [[one] for one in both]:
        shop.system.store.write(partial(learn, mapping=shop.system.mapping, told=told, now=shop.clock()))
    of_both = shop.contact(EVA)
    shop.system.store.write(
        partial(learn, mapping=shop.system.mapping, told=[(visitor, third)], now=shop.clock())
    )

    assert (of_both.id_at("contact", "hubspot"), of_both.seconds) == ("300", (second,))
    assert shop.contact(EVA).id_at("contact", "hubspot") == "100"


def test_undoing_folds_the_two_apart(shop: Shop) -> None:
    """Undoing (`loods contact part ID`) folds the two apart."""
    shop.says("newsletter.confirmed", EVA)
    shop.turns()
    buys(shop, 1, OTHER)
    shop.turns()
    buyer = shop.contact(OTHER)
    reader = shop.contact(EVA)
    buys(shop, 2, EVA)
    shop.turns()
    runs = shop.contact(EVA).runs

    with shop.system.store.reading() as tx:
        found = parting.preview(tx, buyer.id)
    now = shop.clock()
    was_done = shop.system.store.write(lambda tx: parting.part(tx, shop.system.mapping, buyer.id, now))

    assert found is not None
    assert (found.events, found.merge.root) == (2, reader.id)
    assert was_done
    older, younger = shop.contact(EVA), shop.contact(OTHER)
    assert (older.id, younger.id) == (reader.id, buyer.id)
    assert younger.counters == buyer.counters
    assert younger.orders == buyer.orders
    assert younger.standings == buyer.standings
    assert older.counters["newsletter.confirmed"] == 1
    assert older.counters["order.paid"] == 1
    assert older.runs == runs
    assert younger.runs == {}
    assert [one.given for one in older.consent.values()] == [True]
    assert not shop.system.store.write(lambda tx: parting.part(tx, shop.system.mapping, buyer.id, now))


def test_who_was_parted_lives_on(shop: Shop) -> None:
    visits(shop, "https://example.com/one")
    shop.turns()
    signs_up(shop)
    shop.turns()
    _, reader = sorted(one.id for one in people(shop))
    visits(shop, "https://example.com/two", EVA)
    shop.turns()
    now = shop.clock()
    shop.system.store.write(lambda tx: parting.part(tx, shop.system.mapping, reader, now))

    signs_up(shop)
    shop.turns()

    assert shop.contact(EVA).id == reader
    assert shop.contact(EVA).counters["form.submitted"] == 2


def test_runs_that_a_stop_holds_go_on_as_the_older_contacts(shop: Shop) -> None:
    """Of the younger nothing is left that a stop could hold, or that going on could wake."""
    assert ask(shop.system.store, Errand(STOP, EVERYTHING, "eva", shop.clock()), 0.0)
    visits(shop, "https://example.com/one")
    shop.turns()
    shop.says("newsletter.confirmed", EVA)
    shop.turns()
    visits(shop, "https://example.com/two", EVA)
    shop.turns()
    [joint] = people(shop)
    with shop.system.store.reading() as tx:
        waits = held.some(tx, EVERYTHING, 9)

    assert ask(shop.system.store, Errand(GO_ON, EVERYTHING, "eva", shop.clock()), 0.0)
    shop.turns()

    assert waits == [joint.id]
    assert {one.status for one in shop.actions()} == {ActionStatus.DONE}
    assert len(shop.actions()) == 2


def test_who_waited_only_until_others_became_one_waits_under_no_text(shop: Shop) -> None:
    """All in one batch: the run begins, two others become one, the run ends."""
    waits_in(shop, unless_events=frozenset({"file.downloaded"}))
    visits(shop, "https://example.com/one")
    signs_up(shop)
    shop.turns()
    shop.says("newsletter.confirmed", OTHER)
    visits(shop, "https://example.com/two", EVA)
    shop.clock.moves(seconds=1)
    shop.says("file.downloaded", OTHER)

    shop.turns()

    [run] = shop.contact(OTHER).runs["welcome"].values()
    assert run.ended
    with shop.system.store.reading() as tx:
        assert waiting.texts(tx) == []


def test_who_was_to_be_looked_at_while_they_became_another_is_let_go(shop: Shop) -> None:
    visits(shop, "https://example.com/one")
    shop.turns()
    signs_up(shop)
    shop.turns()
    reader = shop.contact(EVA).id
    visits(shop, "https://example.com/two", EVA)
    shop.turns()

    shop.system.store.write(lambda tx: contacts.set_wakes(tx, {reader: shop.clock()}))
    shop.turns()

    with shop.system.store.reading() as tx:
        assert contacts.wakes_of(tx, [reader]) == {reader: None}


def tells(shop: Shop, number: int, topic: str, **members: Any) -> None:
    """HubSpot tells of something that happened there just now."""
    shop.clock.moves(seconds=1)
    at = int(shop.clock().timestamp() * 1000)
    said = {"eventId": number, "subscriptionType": topic, "occurredAt": at, "portalId": 33, "appId": 5}
    assert shop.posts("hubspot", [{**said, "subscriptionId": 1, "attemptNumber": 0, **members}]) == 202
    shop.turns()


def test_a_merge_at_a_platform_makes_one_of_two_who_each_have_an_address(shop: Shop) -> None:
    """Two contacts that each have an e-mail become one only by a shop's or platform's own id or merge."""
    for number, (record, address) in enumerate([(200, OTHER), (100, EVA)]):
        change = {"objectId": record, "propertyName": "email", "propertyValue": address}
        tells(shop, number, "contact.propertyChange", **change)
    before = len(people(shop))

    tells(shop, 9, "contact.merge", objectId=100, primaryObjectId=100, mergedObjectIds=[200], newObjectId=100)

    [joint] = people(shop)
    assert before == 2
    assert joint.id_at("contact", "hubspot") == "100"
    assert shop.contact(EVA).id == shop.contact(OTHER).id == joint.id


def test_explaining_tells_that_two_would_become_one_and_leaves_them(shop: Shop) -> None:
    visits(shop, "https://example.com/one")
    signs_up(shop)
    shop.turns()
    shop.clock.moves(seconds=1)
    known = (VISITOR, person("email", "", EVA))
    visit = event("page.viewed", shop.clock(), email=None, people=known, connection="website")

    explainer = Explainer(shop.system.mapping, shop.system.store, lambda _: None)
    [told] = explainer.explain_event(visit, shop.clock()).events

    assert told.decision is not None
    assert told.decision.contact.counters == {"page.viewed": 2, "form.submitted": 1}
    assert Answer.MERGED in {one.answer for one in told.decision.trace}
    assert len(people(shop)) == 2
