"""One event that breaks a rule of ours stops nothing but itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

from connector.mapping.accounts import Setting
from connector.mapping.mapping import Mapping
from connector.mapping.rules import Trigger
from connector.model.action import ActionSpec
from connector.model.changes import Change
from connector.model.delivery import DeliveryStatus
from connector.model.event import Event, Identity
from connector.platforms.base import Call, Done, Outcome
from connector.platforms.hubspot.arguments import SPECS
from connector.runtime.dispatcher import Dispatcher
from connector.runtime.live import Live
from connector.runtime.processor import Processor
from connector.store import history
from connector.store.outbox import ActionStatus
from tests.runtime.faulty import Broken, Unstorable
from tests.runtime.shop import Shop

CHANGE = {
    "eventId": 1,
    "subscriptionId": 2,
    "portalId": 3,
    "subscriptionType": "contact.propertyChange",
    "attemptNumber": 0,
    "propertyName": "hs_lead_status",
    "propertyValue": "OPEN_DEAL",
    "changeSource": "CRM_UI",
    "sourceId": "userId:1",
}


class Knowing:
    """A platform where everything succeeds and which has one id for everybody."""

    specs: ClassVar[Sequence[ActionSpec]] = SPECS
    deadline = 1.0

    def __init__(self, platform_id: str) -> None:
        self._platform_id = platform_id

    def account(self) -> str:
        return "hubspot:1"

    def batch_size(self, name: str) -> int:
        return 1

    def changes(self, call: Call) -> Sequence[Change]:
        return ()

    def dispatch(self, name: str, calls: Sequence[Call]) -> Sequence[Outcome]:
        return [Done(platform_id=self._platform_id) for _ in calls]

    def look_up(self, call: Call) -> Done | None:
        return None

    def close(self) -> None:
        pass


class Several(Knowing):
    """The same, with many actions in one call."""

    def batch_size(self, name: str) -> int:
        return 100


def milliseconds(shop: Shop) -> int:
    return int(shop.clock().timestamp() * 1000)


def changed(mapping: Mapping, trigger: Trigger) -> Mapping:
    """The mapping with one trigger replaced by this one."""
    on = {
        event: tuple(trigger if one.name == trigger.name else one for one in triggers)
        for event, triggers in mapping.triggers_on.items()
    }
    return replace(mapping, triggers={**mapping.triggers, trigger.name: trigger}, triggers_on=on)


def broken(shop: Shop, name: str) -> Trigger:
    """The trigger with a fault of ours in its condition."""
    return replace(shop.system.mapping.triggers[name], when=Broken())


def processor(shop: Shop, trigger: Trigger) -> Processor:
    """One under a mapping with this trigger."""
    system = shop.system
    mapping = changed(system.mapping, trigger)
    return Processor(system.store, Live(mapping), shop.clock, system.settings.resolve, lambda: None)


def test_an_event_that_breaks_a_rule_is_set_aside_and_the_rest_goes_on(shop: Shop) -> None:
    shop.says("cart.updated", "eva@example.com", cart={"id": "c-1", "total": "600"})
    shop.says("file.downloaded", "bob@example.com")

    processor(shop, broken(shop, "big-cart")).step()

    assert sorted(row.status for row in shop.deliveries()) == [DeliveryStatus.DONE, DeliveryStatus.FAILED]
    assert shop.stage("bob@example.com") == "see"


def test_a_parked_event_that_breaks_a_rule_stops_nobody_when_it_is_released(shop: Shop) -> None:
    shop.says("cart.updated", None, cart={"id": "c-1", "total": "600"})
    shop.turns()
    shop.clock.moves(seconds=1)
    shop.says("checkout.started", "eva@example.com", cart={"id": "c-1", "total": "600"})

    processor(shop, broken(shop, "big-cart")).step()

    newest, parked = shop.deliveries()
    assert newest.status is DeliveryStatus.DONE
    assert parked.status is DeliveryStatus.FAILED
    assert "a rule broke" in parked.reason


def test_a_released_event_that_breaks_a_rule_leaves_the_action_done(shop: Shop) -> None:
    shop.says("cart.updated", None, cart={"id": "c-9", "total": "6"})
    shop.says("cart.updated", "eva@example.com", cart={"id": "c-1", "total": "600"})
    shop.system.processor.step()
    [parked] = [row.delivery for row in shop.deliveries() if row.status is DeliveryStatus.PARKED]
    known = Identity("contact", "hubspot", "4711", is_person=False)
    change = Event("k", "contact.changed", shop.clock(), "website", "json", belongings=(known,))
    until = shop.clock() + timedelta(days=1)
    shop.system.store.write(lambda tx: history.park(tx, [history.Parked(change, parked.id)], until))
    mapping = changed(shop.system.mapping, broken(shop, "lead"))
    dispatcher = Dispatcher("hubspot", Knowing("4711"), shop.system.store, Live(mapping), shop.clock)

    dispatcher.step()

    assert [one.status for one in shop.actions()] == [ActionStatus.DONE]
    [failed] = [row for row in shop.deliveries() if row.status is DeliveryStatus.FAILED]
    assert failed.delivery.id == parked.id
    assert "a rule broke" in failed.reason


def test_contacts_that_cannot_be_made_one_leave_the_actions_of_their_call_done(shop: Shop) -> None:
    """The platform has one id for both, so they are one; what joins them breaks, no delivery is to blame."""
    for email in ("eva@example.com", "bob@example.com"):
        shop.says("cart.updated", email, cart={"id": email, "total": "600"})
    shop.system.processor.step()
    mapping = shop.system.mapping
    moves = tuple(replace(one, when=Broken()) for one in mapping.journeys["main"].moves)
    main = replace(mapping.journeys["main"], moves=moves)
    live = Live(replace(mapping, journeys={**mapping.journeys, "main": main}))
    dispatcher = Dispatcher("hubspot", Several("4711"), shop.system.store, live, shop.clock)

    dispatcher.step()

    assert [one.status for one in shop.actions()] == [ActionStatus.DONE] * 2
    assert shop.contact("eva@example.com").id != shop.contact("bob@example.com").id


def test_a_delivery_that_breaks_translation_is_set_aside_and_the_rest_goes_on(shop: Shop) -> None:
    shop.posts("hubspot", [{**CHANGE, "objectId": 4711, "occurredAt": milliseconds(shop)}])
    shop.says("file.downloaded", "bob@example.com")
    system = shop.system

    def resolve(setting: Setting | None) -> str | None:
        if setting is not None:
            raise RuntimeError("a setting broke")
        return None

    Processor(system.store, system.live, shop.clock, resolve, lambda: None).step()

    assert sorted(row.status for row in shop.deliveries()) == [DeliveryStatus.DONE, DeliveryStatus.FAILED]
    assert shop.stage("bob@example.com") == "see"


def test_an_action_that_cannot_be_stored_sets_only_its_own_delivery_aside(shop: Shop) -> None:
    shop.says("cart.updated", "eva@example.com", cart={"id": "c-1", "total": "600"})
    shop.says("file.downloaded", "bob@example.com")
    mapping = shop.system.mapping
    trigger = mapping.triggers["big-cart"]
    unstorable = replace(trigger, do=(replace(trigger.actions[0], arguments={"title": Unstorable()}),))

    processor(shop, unstorable).step()

    assert sorted(row.status for row in shop.deliveries()) == [DeliveryStatus.DONE, DeliveryStatus.FAILED]
    assert shop.stage("bob@example.com") == "see"
