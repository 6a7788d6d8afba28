"""From a webhook to the platforms, with everything real but the far end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from connector import bootstrap
from connector.model.decision import Answer
from connector.model.delivery import DeliveryStatus
from connector.store.outbox import ActionStatus
from tests.runtime.shop import Shop

TOPIC = "X-WC-Webhook-Topic"


@cache
def day() -> str:
    """Three days ago, for as long as the tests run: what happened a month ago is late, and acts no more."""
    return f"{bootstrap.clock() - timedelta(days=3):%Y-%m-%d}"


def order(status: str = "processing", **changes: Any) -> dict[str, Any]:
    """An order as WooCommerce tells it."""
    return {
        "id": 77,
        "number": "77",
        "status": status,
        "currency": "EUR",
        "total": "49.95",
        "customer_id": 0,
        "date_created_gmt": f"{day()}T09:00:00",
        "date_modified_gmt": f"{day()}T09:05:00",
        "date_paid_gmt": f"{day()}T09:05:00",
        "billing": {"first_name": "Eva", "last_name": "de Vries", "email": "Eva@Example.com"},
        "line_items": [
            {"id": 1, "product_id": 3, "name": "Plantenbak", "sku": "BAK", "quantity": 1, "price": "49.95"}
        ],
        "refunds": [],
        **changes,
    }


def test_a_paid_order_reaches_both_platforms(shop: Shop) -> None:
    status = shop.posts("webshop", order(), {TOPIC: "order.updated"})
    shop.turns()

    assert status == 200
    assert shop.stage("eva@example.com") == "care"
    held = shop.sandbox.state()
    [known] = held["hubspot"]["contacts"].values()
    assert known["properties"]["lifecyclestage"] == "customer"
    assert "customer" in held["mailchimp"]["members"]["eva@example.com"]["tags"]
    assert {one.status for one in shop.actions()} == {ActionStatus.DONE}


def test_ten_times_the_same_delivery_at_once_changes_nothing_after_the_first(shop: Shop) -> None:
    body = order()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: shop.posts("webshop", body, {TOPIC: "order.updated"}), range(10)))
    shop.turns()
    before = shop.sandbox.state()["calls"]
    answers.append(shop.posts("webshop", body, {TOPIC: "order.updated"}))
    shop.turns()

    assert all(answer // 100 == 2 for answer in answers)
    assert len(shop.deliveries()) == 1
    assert shop.contact("eva@example.com").counters["order.paid"] == 1
    assert shop.sandbox.state()["calls"] == before


def test_a_fact_is_true_once_however_many_webhooks_carry_it(shop: Shop) -> None:
    """`order.paid` reaches the rules once however many `order.updated` carry it."""
    shop.posts("webshop", order(), {TOPIC: "order.created"})
    shop.turns()
    tasks = len(shop.sandbox.state()["hubspot"]["tasks"])

    shop.posts("webshop", order(date_modified_gmt=f"{day()}T09:06:00"), {TOPIC: "order.updated"})
    shop.turns()

    assert len(shop.sandbox.state()["hubspot"]["tasks"]) == tasks == 1
    contact = shop.contact("eva@example.com")
    assert contact.counters["order.paid"] == 1
    assert [one.total for one in contact.orders.values()] == [Decimal("49.95")]


def test_a_change_in_hubspot_waits_until_the_contact_is_known(shop: Shop) -> None:
    change = {
        "eventId": 1,
        "subscriptionId": 2,
        "portalId": 3,
        "occurredAt": int(shop.clock().timestamp() * 1000),
        "subscriptionType": "contact.propertyChange",
        "attemptNumber": 0,
        "propertyName": "hs_lead_status",
        "propertyValue": "OPEN_DEAL",
        "changeSource": "CRM_UI",
        "sourceId": "userId:1",
    }
    shop.posts("webshop", order(), {TOPIC: "order.updated"})
    shop.turns()
    [hubspot_id] = shop.sandbox.state()["hubspot"]["contacts"]
    shop.posts("hubspot", [{**change, "objectId": int(hubspot_id)}])
    shop.turns()

    assert shop.contact("eva@example.com").id_at("contact", "hubspot") == hubspot_id
    [known] = shop.sandbox.state()["hubspot"]["contacts"].values()
    assert known["properties"]["loods_tags"] == "deal"


def test_an_event_of_nobody_is_parked_and_decided_once_its_owner_is_known(shop: Shop) -> None:
    shop.says("cart.updated", None, cart={"id": "c-1", "total": "600"})
    shop.turns()
    parked = [row.status for row in shop.deliveries()]

    shop.says("checkout.started", "eva@example.com", cart={"id": "c-1", "total": "600"})
    shop.turns()

    assert parked == [DeliveryStatus.PARKED]
    assert {row.status for row in shop.deliveries()} == {DeliveryStatus.DONE}
    assert shop.stage("eva@example.com") == "do"
    assert len(shop.sandbox.state()["hubspot"]["tasks"]) == 1


def test_events_of_one_batch_find_their_owner_through_one_another(shop: Shop) -> None:
    """The first names the cart, the second its token too, the third the token and the person."""
    shop.says("cart.updated", None, cart={"id": "c-1", "total": "600"})
    shop.clock.moves(seconds=1)
    shop.says("cart.updated", None, cart={"id": "c-1", "token": "t-1", "total": "600"})
    shop.clock.moves(seconds=1)
    shop.says("checkout.started", "eva@example.com", cart={"token": "t-1", "total": "600"})

    shop.turns()

    assert {row.status for row in shop.deliveries()} == {DeliveryStatus.DONE}
    assert shop.contact("eva@example.com").counters["cart.updated"] == 2


def test_who_changes_their_address_stays_one_contact_in_hubspot(shop: Shop) -> None:
    before = {"id": "5", "email": "eva@example.com"}
    shop.says("cart.updated", None, contact=before, cart={"id": "c-1", "total": "600"})
    shop.turns()

    shop.says("order.paid", None, contact={**before, "email": "new@example.com"}, order={"id": "o-1"})
    shop.turns()

    [known] = shop.sandbox.state()["hubspot"]["contacts"].values()
    assert known["properties"]["lifecyclestage"] == "customer"


def test_marketing_without_consent_is_held_back_and_the_trace_says_so(shop: Shop) -> None:
    shop.says("newsletter.unsubscribed", "eva@example.com")
    shop.turns()
    shop.clock.moves(seconds=-30)
    shop.says("newsletter.confirmed", "eva@example.com")
    shop.turns()

    [confirmed] = [one for one in shop.history("eva@example.com") if one.event.name == "newsletter.confirmed"]
    answers = {entry.rule: entry.answer for entry in confirmed.trace}
    assert answers["trigger:welcome"] is Answer.NO_CONSENT
    assert shop.sandbox.state()["mailchimp"]["events"] == []


def test_consent_withdrawn_before_an_action_leaves_holds_it_back(shop: Shop) -> None:
    shop.says("newsletter.confirmed", "eva@example.com")
    shop.system.processor.step()
    shop.clock.moves(seconds=1)
    shop.says("newsletter.unsubscribed", "eva@example.com")

    shop.turns()

    [welcome] = [one for one in shop.actions() if one.action.name == "send_event"]
    assert welcome.status is ActionStatus.DEAD
    assert [one.outcome for one in shop.attempts(welcome)] == ["held_back"]
    assert shop.sandbox.state()["mailchimp"]["events"] == []


def test_a_refused_action_is_dead_with_the_platforms_own_words(shop: Shop) -> None:
    shop.sandbox.script(
        {"method": "POST", "path": "/crm/v3/objects/tasks"},
        [
            {
                "status": 400,
                "body": {"status": "error", "message": "Owner is not valid", "category": "VALIDATION_ERROR"},
            }
        ],
    )

    shop.says("cart.updated", "eva@example.com", cart={"id": "c-1", "total": "600"})
    shop.turns()

    [task] = [one for one in shop.actions() if one.action.name == "create_task"]
    assert task.status is ActionStatus.DEAD
    assert "Owner is not valid" in task.words


def test_a_busy_platform_is_tried_again_after_the_time_that_it_asks_for(shop: Shop) -> None:
    shop.sandbox.script(
        {"method": "POST", "path": "/crm/v3/objects/tasks"},
        [
            {
                "status": 429,
                "headers": {"Retry-After": "7"},
                "body": {"policyName": "SECONDLY", "message": "slow down"},
            }
        ],
    )
    shop.says("cart.updated", "eva@example.com", cart={"id": "c-1", "total": "600"})
    shop.turns()
    shop.clock.moves(seconds=6)
    shop.turns()
    too_early = len(shop.sandbox.state()["hubspot"]["tasks"])

    shop.clock.moves(seconds=40)
    shop.turns()

    assert too_early == 0
    assert len(shop.sandbox.state()["hubspot"]["tasks"]) == 1
    [task] = [one for one in shop.actions() if one.action.name == "create_task"]
    assert [one.outcome for one in shop.attempts(task)] == ["transient", "done"]


def test_a_lost_answer_is_looked_up_and_the_task_is_not_made_twice(shop: Shop) -> None:
    shop.sandbox.script({"method": "POST", "path": "/crm/v3/objects/tasks"}, [{"apply": True, "drop": True}])
    shop.says("cart.updated", "eva@example.com", cart={"id": "c-1", "total": "600"})
    shop.turns()

    shop.clock.moves(seconds=60)
    shop.turns()

    assert len(shop.sandbox.state()["hubspot"]["tasks"]) == 1
    [task] = [one for one in shop.actions() if one.action.name == "create_task"]
    assert task.status is ActionStatus.DONE
    assert [one.outcome for one in shop.attempts(task)] == ["unknown", "looked_done"]


def test_a_revoked_token_pauses_the_connection_and_loses_nothing(shop: Shop) -> None:
    shop.sandbox.script(
        {"method": "POST", "path": "/crm/"},
        [
            {
                "status": 401,
                "body": {"status": "error", "message": "token expired", "category": "INVALID_AUTHENTICATION"},
            }
        ],
    )
    shop.says("cart.updated", "eva@example.com", cart={"id": "c-1", "total": "600"})
    shop.turns()
    [task] = [one for one in shop.actions() if one.action.name == "create_task"]

    [hubspot] = [one for one in shop.system.dispatchers if one.connection == "hubspot"]
    hubspot.probe()
    shop.turns()

    assert task.status is ActionStatus.WAITING
    assert len(shop.sandbox.state()["hubspot"]["tasks"]) == 1


def test_what_cannot_be_read_is_kept_as_failed_with_its_path(shop: Shop) -> None:
    status = shop.posts("webshop", order(total="many"), {TOPIC: "order.updated"})
    shop.turns()

    [row] = shop.deliveries()
    assert status == 200
    assert row.status is DeliveryStatus.FAILED
    assert "total" in row.path


def test_the_rest_of_a_batch_goes_on_when_one_part_cannot_be_read(shop: Shop) -> None:
    part = {
        "subscriptionType": "contact.propertyChange",
        "propertyName": "email",
        "portalId": 3,
        "subscriptionId": 2,
        "occurredAt": int(shop.clock().timestamp() * 1000),
        "attemptNumber": 0,
    }
    parts: list[Any] = [
        {**part, "eventId": number, "objectId": 100 + number, "propertyValue": f"p{number}@example.com"}
        for number in range(5)
    ]
    parts[2] = {**part, "eventId": 2, "objectId": {"no": "id"}, "propertyValue": "p2@example.com"}

    shop.posts("hubspot", parts)
    shop.turns()

    [row] = shop.deliveries()
    assert row.status is DeliveryStatus.FAILED
    assert shop.contact("p4@example.com").id_at("contact", "hubspot") == "104"


def test_a_change_of_our_own_that_comes_back_starts_nothing(shop: Shop) -> None:
    shop.posts("webshop", order(), {TOPIC: "order.updated"})
    shop.turns()
    [hubspot_id] = shop.sandbox.state()["hubspot"]["contacts"]

    shop.posts(
        "hubspot",
        [
            {
                "eventId": 9,
                "subscriptionId": 2,
                "portalId": 3,
                "objectId": int(hubspot_id),
                "attemptNumber": 0,
                "occurredAt": int(shop.clock().timestamp() * 1000),
                "subscriptionType": "contact.propertyChange",
                "propertyName": "hs_lead_status",
                "propertyValue": "OPEN_DEAL",
                "changeSource": "INTEGRATION",
                "sourceId": "1160452",
                "appId": 1160452,
            }
        ],
    )
    shop.turns()

    changed = shop.history("eva@example.com")[-1]
    assert {entry.answer for entry in changed.trace} == {Answer.ECHO}
    [known] = shop.sandbox.state()["hubspot"]["contacts"].values()
    assert not known["properties"].get("loods_tags")
