"""What a platform answers to be done is done only when a later read shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from connector.model.action import Action, Cause, Kind
from connector.runtime.reading import NOT_READ
from connector.store import outbox
from connector.store.outbox import ActionStatus, Queued
from tests.platforms.hubspot.portal import has
from tests.runtime.shop import Shop

EVA = "eva@example.com"
UPSERT = {"method": "POST", "path": "/crm/v3/objects/contacts/batch/upsert"}
READ = {"method": "POST", "path": "/crm/v3/objects/contacts/batch/read"}
STAGE: Mapping[str, Any] = {"fields": {"lifecyclestage": "customer"}}
ANSWERED = "the platform answered that it was done, but "


@pytest.fixture
def eva(shop: Shop) -> str:
    """HubSpot's id of Eva, whom we know and HubSpot has as a lead."""
    shop.says("page.viewed", EVA)
    shop.turns()
    wants(shop, {"fields": {"firstname": "Eva"}})
    shop.turns()
    [id_] = shop.sandbox.state()["hubspot"]["contacts"]
    return str(id_)


def wants(
    shop: Shop, *wishes: Mapping[str, Any], name: str = "update_contact", verify: bool | None = None
) -> None:
    """Actions of Eva are decided, at HubSpot, in this order."""
    contact, now = shop.contact(EVA), shop.clock()
    cause = Cause("enter:a", 1, "", "", verify=verify)
    known = len(shop.actions())
    actions = [
        Action(f"key-{known + number}", "hubspot", name, contact.id, one, Kind.INTERNAL, cause, now)
        for number, one in enumerate(wishes)
    ]
    shop.system.store.write(lambda tx: outbox.add(tx, actions, now))


def says_done(shop: Shop, id_: str, times: int | None = None, **answer: Any) -> None:
    """HubSpot answers that updates are done, and does nothing."""
    shown = {"email": EVA, "lifecyclestage": "customer", "firstname": "Ada"}
    body = {
        "status": "COMPLETE",
        "results": [{"id": id_, "properties": shown, "objectWriteTraceId": "0"}],
    }
    shop.sandbox.script(UPSERT, [{"status": 200, "body": body, **answer}], times=times)


def last(shop: Shop) -> Queued:
    return shop.actions()[-1]


def outcomes(shop: Shop) -> list[str]:
    return [one.outcome for one in shop.attempts(last(shop))]


def waits(shop: Shop, *seconds: float) -> None:
    for one in seconds:
        shop.clock.moves(seconds=one)
        shop.turns()


def test_a_stage_is_read_back_right_after_the_call(shop: Shop, eva: str) -> None:
    wants(shop, STAGE)
    before = len(shop.sandbox.state()["calls"])

    shop.turns()

    assert last(shop).status is ActionStatus.DONE
    assert [one["path"] for one in shop.sandbox.state()["calls"][before:]] == [UPSERT["path"], READ["path"]]


def test_what_is_never_seen_is_not_done_and_says_what_was_found(shop: Shop, eva: str) -> None:
    says_done(shop, eva)
    wants(shop, STAGE)

    shop.turns()
    first = last(shop).status
    waits(shop, 5, 30, 180)

    assert first is ActionStatus.UNKNOWN
    assert last(shop).status is ActionStatus.DEAD
    assert last(shop).words.startswith(f"{ANSWERED}HubSpot shows lifecyclestage as ")
    assert outcomes(shop) == ["unseen", "unseen", "unseen", "rejected"]
    assert len(shop.calls("batch/upsert")) == 2


def test_what_is_seen_a_little_later_is_done(shop: Shop, eva: str) -> None:
    says_done(shop, eva, times=1)
    wants(shop, STAGE)
    shop.turns()
    has(shop.sandbox, "update_contact", dict(STAGE))

    waits(shop, 4)
    too_early = last(shop).status
    waits(shop, 1)

    assert too_early is ActionStatus.UNKNOWN
    assert last(shop).status is ActionStatus.DONE
    assert outcomes(shop) == ["unseen", "looked_done"]


def test_what_somebody_has_changed_since_was_done(shop: Shop, eva: str) -> None:
    says_done(shop, eva)
    wants(shop, STAGE)
    at = shop.clock().isoformat()
    versions = [
        {"value": "lead", "timestamp": at.replace("+00:00", "Z"), "sourceType": "CRM_UI"},
        {"value": "customer", "timestamp": at[:23] + "Z", "sourceType": "INTEGRATION"},
    ]
    history = {"id": eva, "propertiesWithHistory": {"lifecyclestage": versions}}
    match = {"method": "GET", "path": f"/crm/v3/objects/contacts/{eva}"}
    shop.sandbox.script(match, [{"status": 200, "body": history}])

    shop.turns()

    assert last(shop).status is ActionStatus.DONE
    assert last(shop).words.endswith("since, by CRM_UI")


@pytest.mark.parametrize("verify", [None, False])
def test_another_property_is_done_by_the_answer(shop: Shop, eva: str, verify: bool | None) -> None:
    says_done(shop, eva)
    wants(shop, {"fields": {"firstname": "Ada"}}, verify=verify)

    shop.turns()

    assert last(shop).status is ActionStatus.DONE
    assert shop.calls("batch/read") == []


def test_another_property_is_read_back_where_the_rule_asks_for_it(shop: Shop, eva: str) -> None:
    says_done(shop, eva)
    wants(shop, {"fields": {"firstname": "Ada"}}, verify=True)

    shop.turns()

    assert last(shop).status is ActionStatus.UNKNOWN
    assert last(shop).words == "HubSpot shows firstname as Eva, which should be Ada"


def test_a_stage_is_done_by_the_answer_where_the_rule_says_so(shop: Shop, eva: str) -> None:
    says_done(shop, eva)
    wants(shop, STAGE, verify=False)

    shop.turns()

    assert last(shop).status is ActionStatus.DONE


def test_what_cannot_be_read_is_not_sent_again_and_is_read_later(shop: Shop, eva: str) -> None:
    shop.sandbox.script(READ, [{"status": 503, "body": {"message": "sorry"}}])
    wants(shop, STAGE)
    shop.turns()
    first = last(shop).status
    sent = len(shop.calls("batch/upsert"))

    waits(shop, 40)

    assert first is ActionStatus.UNKNOWN
    assert last(shop).status is ActionStatus.DONE
    assert outcomes(shop) == ["unread", "looked_done"]
    assert len(shop.calls("batch/upsert")) == sent


def test_nothing_is_read_back_when_the_days_calls_are_nearly_used_up(shop: Shop, eva: str) -> None:
    headers = {"X-HubSpot-RateLimit-Daily": "1000", "X-HubSpot-RateLimit-Daily-Remaining": "40"}
    says_done(shop, eva, headers=headers)
    wants(shop, STAGE)

    shop.turns()

    assert last(shop).status is ActionStatus.DONE
    assert last(shop).words == NOT_READ
    assert shop.calls("batch/read") == []


def test_a_run_that_is_not_seen_is_sent_again_one_by_one(shop: Shop, eva: str) -> None:
    says_done(shop, eva, times=1)
    wants(shop, STAGE, {"fields": {"firstname": "Ada"}})

    shop.turns()

    assert [one.status for one in shop.actions()[-2:]] == [ActionStatus.DONE] * 2
    assert outcomes(shop) == ["apart", "done"]
    held = shop.sandbox.state()["hubspot"]["contacts"][eva]["properties"]
    assert (held["lifecyclestage"], held["firstname"]) == ("customer", "Ada")


def test_a_token_that_is_revoked_before_a_run_is_read_back_pauses_the_connection(
    shop: Shop, eva: str
) -> None:
    shop.sandbox.script(READ, [{"status": 401, "body": {"message": "token expired"}}])
    wants(shop, STAGE, {"fields": {"firstname": "Ada"}})

    shop.turns()

    with shop.system.store.reading() as tx:
        paused = outbox.paused(tx)
    assert "token expired" in paused["hubspot"][1]
    assert [one.status for one in shop.actions()[-2:]] == [ActionStatus.WAITING] * 2
    assert outcomes(shop) == ["apart"]


def test_who_is_not_seen_to_be_off_all_e_mail_is_not_off_it(shop: Shop, eva: str) -> None:
    match = {"method": "POST", "path": "/communication-preferences/v4/statuses"}
    told = {"channel": "EMAIL", "status": "UNSUBSCRIBED", "subscriptionId": 77}
    shop.sandbox.script(match, [{"status": 200, "body": {"results": [told]}}])
    wants(shop, {"subscription": 77}, name="unsubscribe")

    shop.turns()

    assert last(shop).status is ActionStatus.UNKNOWN
    assert outcomes(shop) == ["unseen"]


def test_many_lost_tasks_are_looked_up_in_few_calls(shop: Shop) -> None:
    match = {"method": "POST", "path": "/crm/v3/objects/tasks/batch/create"}
    shop.sandbox.script(match, [{"apply": True, "drop": True}])
    for number in range(30):
        shop.says("cart.updated", f"p{number}@example.com", cart={"id": f"c-{number}", "total": "600"})
    shop.turns()
    shop.clock.moves(seconds=16)
    before = len(shop.sandbox.state()["calls"])

    shop.turns()

    tasks = [one for one in shop.actions() if one.action.name == "create_task"]
    assert [one.status for one in tasks] == [ActionStatus.DONE] * 30
    assert len({one.reference for one in tasks}) == 30
    assert len(shop.sandbox.state()["hubspot"]["tasks"]) == 30
    assert len(shop.sandbox.state()["calls"]) - before <= 5
