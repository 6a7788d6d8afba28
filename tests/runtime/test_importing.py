"""The shop's past comes by the inbox, counts, and does nothing; and what comes live hardly waits for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest

from connector import bootstrap
from connector.model.contact import Contact
from connector.model.delivery import IMPORTED, DeliveryStatus
from connector.runtime.expecting import Expecting
from connector.runtime.importing import PORTION, Done, Importer, ImportStoppedError, Way
from connector.runtime.surveying import Survey, Surveyor
from connector.sandbox import Sandbox
from connector.sources.records import Record, records
from connector.store import inbox, queues
from connector.store.database import Place, Store, open_store
from tests.runtime.conftest import MAPPING
from tests.runtime.shop import Shop
from tests.runtime.test_way_of_an_event import TOPIC, day, order

EVA = "eva@example.com"


def record(body: Any, number: int = 1) -> Record:
    return Record(number, number, json.dumps(body).encode())


def by(shop: Shop, connection: str = "webshop", topic: str = "order.updated") -> Way:
    source = shop.system.mapping.sources[shop.system.mapping.connections[connection].source or ""]
    names = {"woocommerce": "x-wc-webhook-topic", "shopify": "x-shopify-topic"}
    return Way(connection, source, {names[source.name]: topic, IMPORTED: ""})


def importer(
    shop: Shop, store: Store | None = None, patience: float = 60.0, way: Way | None = None
) -> Importer:
    store, way = store or shop.system.store, way or by(shop)
    return Importer(store, way, shop.clock, "eva", lambda _: None, patience)


def imports(shop: Shop, *bodies: Any, way: Way | None = None) -> Done:
    """These are imported, and decided."""
    done = importer(shop, way=way).bring(record(one) for one in bodies)
    shop.turns()
    return done


def many(count: int) -> list[Record]:
    """Records of different customers, which are small."""
    return [record({"id": one, "billing": {"email": f"p{one}@example.com"}}, one) for one in range(count)]


def survey(shop: Shop, found: Iterable[Record]) -> Survey:
    surveyor = Surveyor(shop.system.store, shop.system.mapping, by(shop), shop.clock)
    return surveyor.survey(found)


def statuses(shop: Shop) -> list[DeliveryStatus]:
    return [one.status for one in shop.deliveries()]


def paid(contact: Contact) -> list[str]:
    return sorted(contact.orders)


def test_an_imported_order_is_known_and_nothing_is_done_upon_it(shop: Shop) -> None:
    done = imports(shop, order())

    assert done == Done(brought=1)
    assert statuses(shop) == [DeliveryStatus.DONE]
    assert shop.stage(EVA) == "care"
    assert shop.actions() == []


def test_what_comes_live_afterwards_acts_as_ever(shop: Shop) -> None:
    imports(shop, order())

    shop.posts("webshop", order(id=78, number="78"), {TOPIC: "order.updated"})
    shop.turns()

    assert [one.action.cause.rule for one in shop.actions()] == ["trigger:paid-task"]
    assert paid(shop.contact(EVA)) == ["webshop:77", "webshop:78"]


def test_an_update_of_what_was_imported_does_nothing_more(shop: Shop) -> None:
    imports(shop, order())

    shop.posts("webshop", order(date_modified_gmt=f"{day()}T10:00:00"), {TOPIC: "order.updated"})
    shop.turns()

    assert shop.actions() == []


def test_what_is_imported_again_is_passed_by(shop: Shop) -> None:
    imports(shop, order(), order(id=78))

    again = imports(shop, order(), order(id=78), order(id=79))

    assert again == Done(brought=1, known=2)
    assert [one.repeats for one in shop.deliveries()] == [0, 0, 0]


def test_a_ticked_box_of_an_import_is_no_consent(shop: Shop) -> None:
    body = {
        "id": 450789469,
        "email": "Bob.Norman@mail.example.com",
        "created_at": "2024-01-10T11:00:00-05:00",
        "updated_at": "2024-01-10T11:00:00-05:00",
        "financial_status": "paid",
        "buyer_accepts_marketing": True,
        "total_price": "598.94",
        "currency": "USD",
        "line_items": [{"id": 466157049, "title": "IPod Nano - 8gb", "quantity": 1, "price": "199.00"}],
    }

    imports(shop, body, way=by(shop, "shopify", "orders/create"))

    contact = shop.contact("bob.norman@mail.example.com")
    assert contact.consent == {}
    assert paid(contact) == ["shopify:450789469"]


def test_what_is_to_act_acts_and_what_it_says_of_consent_is_fresh(shop: Shop) -> None:
    way = by(shop, "shopify", "orders/create")
    since = replace(way, headers={**way.headers, IMPORTED: f"{day()}T00:00:00+00:00"})
    new = {"id": 2, "email": EVA, "created_at": f"{day()}T09:00:00Z", "buyer_accepts_marketing": True}
    old = {**new, "id": 1, "email": "bob@example.com", "created_at": "2024-01-10T11:00:00Z"}

    imports(shop, old, {**new, "updated_at": f"{day()}T09:00:00Z", "financial_status": "paid"}, way=since)

    assert {one.action.contact_id for one in shop.actions()} == {shop.contact(EVA).id}
    assert [one.given for one in shop.contact(EVA).consent.values()] == [True]
    assert shop.contact("bob@example.com").consent == {}


def test_an_import_that_breaks_off_goes_on_where_it_stood(shop: Shop) -> None:
    found = many(3 * PORTION)

    with pytest.raises(ImportStoppedError, match="start `loods run`"):
        importer(shop, patience=0.0).bring(found)
    with shop.system.store.reading() as tx:
        waiting = queues.inbox(tx).count
    shop.turns()
    done = importer(shop).bring(found)

    assert waiting == 2 * PORTION
    assert done == Done(brought=PORTION, known=2 * PORTION)


def test_a_record_that_is_replayed_stays_history(shop: Shop) -> None:
    imports(shop, order(status="unheard-of"))
    [ignored] = shop.deliveries()

    shop.system.store.write(lambda tx: inbox.replay(tx, ignored.delivery.id))
    shop.turns()

    assert statuses(shop) == [ignored.status]
    assert shop.deliveries()[0].delivery.headers[IMPORTED] == ""


def test_no_request_can_say_that_it_is_history(shop: Shop) -> None:
    shop.posts("webshop", order(), {TOPIC: "order.updated", "X-Imported": "1", "imported": "1"})
    shop.turns()

    assert shop.actions() != []


def test_a_survey_counts_what_would_come_and_about_whom(shop: Shop) -> None:
    shop.says("newsletter.confirmed", EVA)
    imports(shop, order())
    bob = {"email": "bob@example.com"}
    bodies = [order(), order(id=78), order(id=79, billing=bob), order(id=80, billing=bob, customer_id=9)]

    found = survey(shop, [record(one) for one in bodies])

    assert (found.records, found.come_before) == (4, 1)
    assert found.events == {"order.placed": 4, "order.paid": 4}
    assert (len(found.new), len(found.known), len(found.consenting)) == (1, 1, 1)
    assert found.acting.total() == 0


def test_a_survey_names_what_cannot_be_read_and_leaves_it_out(shop: Shop) -> None:
    broken = [record(order(total="many"), 2), Record(3, 3, b"{"), Record(4, 4, b"5", "it is no object")]
    draft = record(order(status="checkout-draft"), 5)

    found = survey(shop, [record(order()), *broken, draft])

    assert found.unreadable == 3
    assert [place for place, _ in found.problems] == [
        "record 2, line 2",
        "record 3, line 3",
        "record 4, line 4",
    ]
    assert "total" in found.problems[0][1]
    assert found.ignored.total() == 1
    assert list(found.sound) == [True, False, False, False, False]


def test_what_is_to_act_is_told_by_rule_with_what_it_costs(shop: Shop) -> None:
    shop.says("newsletter.confirmed", EVA)
    shop.turns()
    now, mapping = shop.clock(), shop.system.mapping
    people = (EVA, "bob@example.com", "cat@example.com")
    bodies = [
        {
            "event": "newsletter.confirmed",
            "id": one,
            "occurred_at": now.isoformat(),
            "contact": {"email": one},
        }
        for one in people
    ]
    way = Way("website", mapping.sources["json"], {IMPORTED: f"{day()}T00:00:00+00:00"})
    expecting = Expecting(mapping, bootstrap.specs(), now)
    surveyor = Surveyor(shop.system.store, mapping, way, shop.clock, lambda _: None, expecting)

    found = surveyor.survey(record(one) for one in bodies)

    [cost] = [one for one in expecting.costs if one.connection == "mailchimp"]
    assert found.acting == {"newsletter.confirmed": 3}
    assert expecting.runs["trigger:welcome"] == 3
    assert (len(cost.new), len(cost.consenting)) == (2, 2)


def test_what_entering_does_is_told_and_weighed_and_what_has_come_before_does_nothing(shop: Shop) -> None:
    imports(shop, order())
    mapping, way = shop.system.mapping, by(shop)
    expecting = Expecting(mapping, bootstrap.specs(), shop.clock())
    since = replace(way, headers={**way.headers, IMPORTED: f"{day()}T00:00:00+00:00"})
    bodies = [order(), order(id=80, billing={"email": "bob@example.com"}, customer_id=9)]

    found = Surveyor(shop.system.store, mapping, since, shop.clock, expecting=expecting).survey(
        map(record, bodies)
    )

    costs = {one.connection: len(one.new) for one in expecting.costs}
    assert found.acting == {"order.placed": 1, "order.paid": 1}
    assert expecting.runs == {"trigger:paid-task": 1, "enter:main.care": 1}
    assert costs == {"hubspot": 1, "mailchimp": 1}


class Run:
    """`loods run` at work: its processor goes on in a thread until it is left."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._stop = Signal()
        self._thread = Thread(target=self._work)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stop.is_set():
            self._shop.system.processor.step()


@pytest.fixture
def guest(migrated_url: str) -> Iterable[Store]:
    """The database as a command has it that stands beside `loods run`."""
    store = open_store(migrated_url, Place.GUEST)
    yield store
    store.close()


def test_beside_loods_run_on_sqlite_that_process_takes_it_in(
    migrated_url: str, sandbox: Sandbox, guest: Store
) -> None:
    heavy = record(order(id=5000, customer_note='"é' * 250_000), 5000)
    found: Sequence[Record] = [*many(2 * PORTION + 50), heavy]

    with Shop(migrated_url, sandbox, MAPPING) as shop:
        shop.turns()
        shop.system.store.write(lambda tx: None)
        with Run(shop):
            done = importer(shop, guest).bring(found)
        shop.turns()

        assert done == Done(brought=2 * PORTION + 51)
        assert shop.stage(EVA) == "care"
        assert shop.actions() == []


def test_records_come_from_a_file(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "orders.json"
    file.write_text(json.dumps({"orders": [order(), order(id=78)]}), encoding="utf-8")

    importer(shop).bring(records(file))
    shop.turns()

    assert paid(shop.contact(EVA)) == ["webshop:77", "webshop:78"]


QUIET = """\
trigger: quiet
on: {quiet: 2h, since: file.downloaded}
late: 30d
do: {hubspot.tag: {add: [quiet]}}
"""


def test_what_time_owes_somebody_is_done_though_an_import_comes_first(
    migrated_url: str, sandbox: Sandbox, tmp_path: Path
) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "shop.yaml").write_bytes((MAPPING / "shop.yaml").read_bytes())
    (folder / "quiet.yaml").write_text(QUIET, encoding="utf-8")

    with Shop(migrated_url, sandbox, folder) as shop:
        shop.says("file.downloaded", EVA)
        shop.turns()
        shop.clock.moves(hours=3)
        imports(shop, order())

        assert [one.action.cause.rule for one in shop.actions()] == ["trigger:quiet"]
