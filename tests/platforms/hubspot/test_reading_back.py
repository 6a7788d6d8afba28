"""What HubSpot shows of what it has answered to be done."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from connector.errors import Transient, Unseen
from connector.model.values import Value
from connector.platforms.base import Done
from connector.platforms.hubspot.adapter import HubSpot
from connector.sandbox import Sandbox
from tests.platforms.hubspot.portal import has_list
from tests.platforms.hubspot.test_batches import all_of, has_people, paths
from tests.platforms.hubspot.wish import DECIDED, do, wish

READABLE: Mapping[str, dict[str, Value]] = {
    "update_contact": {"fields": {"lifecyclestage": "customer"}},
    "set_owner": {"owner": "sales@example.com"},
    "tag": {"add": ["vip"]},
    "add_to_list": {"list": "Newsletter"},
    "create_task": {"title": "Call", "due": DECIDED},
    "add_note": {"text": "Asked for blue"},
    "create_deal": {"name": "Order", "stage": "closedwon"},
    "create_ticket": {"subject": "A broken cup"},
    "start_sequence": {"sequence": 3333, "sender": "sales@example.com", "user": 2222},
    "unsubscribe": {"subscription": 77},
}


def test_every_action_that_can_be_read_back_has_a_case() -> None:
    readable = {spec.name for spec in HubSpot.specs if spec.verifies is not None}

    assert readable == {*READABLE, "remove_from_list"}


@pytest.mark.parametrize("name", READABLE)
def test_what_was_done_is_seen_and_what_is_gone_is_not(hubspot: HubSpot, sandbox: Sandbox, name: str) -> None:
    call = wish(name, READABLE[name])
    [done] = do(hubspot, call)
    assert isinstance(done, Done)

    [seen] = hubspot.read_back(name, [call], [done])
    sandbox.reset()
    [gone] = hubspot.read_back(name, [call], [done])

    assert isinstance(seen, Done)
    assert seen.reference == done.reference
    assert isinstance(gone, Unseen)


def test_who_is_still_on_a_list_was_not_taken_off(hubspot: HubSpot) -> None:
    [done] = do(hubspot, wish("add_to_list", {"list": "Newsletter"}))
    assert isinstance(done, Done)

    [outcome] = hubspot.read_back(
        "remove_from_list", [wish("remove_from_list", {"list": "Newsletter"})], [done]
    )

    assert isinstance(outcome, Unseen)


def test_tags_that_are_lists_are_read_of_some_who_stand_for_the_others(sandbox: Sandbox) -> None:
    adapter = HubSpot("pat-test", base_url=sandbox.hubspot_url, tag_property="")
    calls = all_of("tag", {"add": ["Newsletter"]})
    done = [one for one in do(adapter, *calls) if isinstance(one, Done)]

    found = adapter.read_back("tag", calls, done)
    adapter.close()

    assert len(done) == len(calls)
    assert [bool(isinstance(one, Done) and one.note) for one in found] == [False] * 20 + [True] * 80


@pytest.mark.parametrize("tags", [{"add": ["2024"], "remove": ["Nobody"]}, {"remove": ["Nobody"]}])
def test_a_tag_may_be_a_number_and_nobody_has_one_without_a_list(
    sandbox: Sandbox, tags: dict[str, Value]
) -> None:
    adapter = HubSpot("pat-test", base_url=sandbox.hubspot_url, tag_property="")
    has_list(sandbox, "2024")
    do(adapter, wish("update_contact", {"fields": {"firstname": "Eva"}}))
    [done] = do(adapter, wish("tag", tags))
    assert isinstance(done, Done)

    found = adapter.read_back("tag", [wish("tag", tags)], [done])
    kept = adapter.read_back("tag", [wish("tag", {"remove": ["2024"]})], [done])
    adapter.close()

    assert found == [done]
    assert [isinstance(one, Unseen) for one in kept] == ["add" in tags]


def test_a_hundred_contacts_are_read_back_by_one_request(hubspot: HubSpot, sandbox: Sandbox) -> None:
    has_people(hubspot)
    calls = all_of("update_contact", READABLE["update_contact"])
    done = [one for one in do(hubspot, *calls) if isinstance(one, Done)]
    before = len(paths(sandbox))

    found = hubspot.read_back("update_contact", calls, done)

    assert all(isinstance(one, Done) for one in found)
    assert len(paths(sandbox, before)) == 1


def test_a_limit_that_a_part_of_a_batch_has_met_is_one_of_the_account(
    hubspot: HubSpot, sandbox: Sandbox
) -> None:
    error = {"category": "RATE_LIMITS", "message": "later", "context": {"objectWriteTraceId": ["0"]}}
    body = {"status": "COMPLETE", "results": [], "errors": [error]}
    sandbox.script({"path": "/crm/v3/objects/contacts/batch/upsert"}, [{"status": 207, "body": body}])

    [outcome] = do(hubspot, wish("update_contact", {"fields": {"firstname": "Eva"}}))

    assert isinstance(outcome, Transient)
    assert outcome.code == "throttled"


def test_two_that_are_looked_up_together_are_never_the_same_record(hubspot: HubSpot) -> None:
    call = wish("create_task", {"title": "Call", "due": DECIDED})
    [made] = do(hubspot, call)
    assert isinstance(made, Done)

    found = hubspot.look_up_many([call, call])

    assert found == [Done(made.reference), None]


def test_of_many_who_cannot_be_named_nothing_was_made(hubspot: HubSpot) -> None:
    task: dict[str, Value] = {"title": "Call", "due": DECIDED}
    nobody, broken = wish("create_task", task, email=None), wish("create_task", {"titel": "Call"})

    assert hubspot.look_up_many([nobody, broken]) == [None, None]
