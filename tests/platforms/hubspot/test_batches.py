"""Many actions of one name in one request, and each with an outcome of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from connector.errors import DispatchError, Rejected, Transient, Unauthorized, Unknown
from connector.model.values import Value
from connector.platforms.base import UNTRIED, Call, Done
from connector.platforms.hubspot.adapter import HubSpot
from connector.platforms.time_left import OutOfTime
from connector.sandbox import Sandbox
from tests.platforms.hubspot.wish import DECIDED, do, wish

OBJECTS = "/crm/v3/objects"
READ, UPSERT, UPDATE = (f"{OBJECTS}/contacts/batch/{what}" for what in ("read", "upsert", "update"))
MANY = range(100)

TOGETHER: Mapping[str, tuple[dict[str, Value], list[str]]] = {
    "update_contact": ({"fields": {"firstname": "Eva"}}, [UPSERT]),
    "tag": ({"add": ["vip"]}, [READ, UPDATE]),
    "set_owner": ({"owner": "sales@example.com"}, ["/crm/v3/owners/", READ, UPDATE]),
    "create_task": ({"title": "Call", "due": DECIDED}, [READ, f"{OBJECTS}/tasks/batch/create"]),
    "add_note": ({"text": "Asked for blue"}, [READ, f"{OBJECTS}/notes/batch/create"]),
    "create_deal": ({"name": "Order", "stage": "closedwon"}, [READ, f"{OBJECTS}/deals/batch/create"]),
    "create_ticket": ({"subject": "A broken cup"}, [READ, f"{OBJECTS}/tickets/batch/create"]),
    "add_to_list": ({"list": "123"}, [READ, "/crm/v3/lists/123/memberships/add"]),
    "remove_from_list": ({"list": "123"}, [READ, "/crm/v3/lists/123/memberships/remove"]),
    "send_event": ({"name": "pe1_quiz"}, [READ, "/events/v3/send/batch"]),
}
MAKING = ("create_task", "add_note", "create_deal", "create_ticket")


@pytest.fixture
def ownerless(sandbox: Sandbox) -> Iterator[HubSpot]:
    """The adapter without a default owner, who would have to be asked for first."""
    adapter = HubSpot("pat-test", base_url=sandbox.hubspot_url, deadline=10.0)
    yield adapter
    adapter.close()


def of(number: int, name: str, arguments: dict[str, Value]) -> Call:
    """The action for one of many contacts."""
    call = wish(name, arguments, email=f"p{number}@example.com")
    return replace(call, action=replace(call.action, key=f"key{number}"))


def all_of(name: str, arguments: dict[str, Value]) -> list[Call]:
    return [of(number, name, arguments) for number in MANY]


def has_people(hubspot: HubSpot) -> None:
    do(hubspot, *all_of("update_contact", {"fields": {"lastname": "Jansen"}}))


def paths(sandbox: Sandbox, since: int = 0) -> list[str]:
    return [made["path"] for made in sandbox.state()["calls"][since:]]


@pytest.mark.parametrize("name", TOGETHER)
def test_a_hundred_known_contacts_are_one_reading_and_one_writing(
    ownerless: HubSpot, sandbox: Sandbox, name: str
) -> None:
    arguments, expected = TOGETHER[name]
    has_people(ownerless)
    before = len(paths(sandbox))

    outcomes = do(ownerless, *all_of(name, arguments))

    assert ownerless.batch_size(name) == 100
    assert all(isinstance(one, Done) for one in outcomes)
    assert paths(sandbox, before) == expected


@pytest.mark.parametrize("name", MAKING)
def test_each_of_a_hundred_is_made_on_its_own_contact(
    ownerless: HubSpot, sandbox: Sandbox, name: str
) -> None:
    outcomes = do(ownerless, *all_of(name, TOGETHER[name][0]))

    state = sandbox.state()["hubspot"]
    kind = paths(sandbox)[-1].split("/")[4]
    made = [state[kind][one.reference] for one in outcomes if isinstance(one, Done)]
    on = [state["contacts"][one["associations"]["contacts"][0]]["properties"]["email"] for one in made]
    assert on == [f"p{number}@example.com" for number in MANY]
    assert len(paths(sandbox)) == 3


def test_a_hundred_tasks_are_closed_at_once_by_their_title(hubspot: HubSpot, sandbox: Sandbox) -> None:
    do(hubspot, *all_of("create_task", {"title": "Call", "due": DECIDED}))
    do(hubspot, *all_of("create_task", {"title": "Write", "due": DECIDED}))
    before = len(paths(sandbox))

    outcomes = do(hubspot, *all_of("complete_task", {"title": "Call"}))

    tasks = [one["properties"] for one in sandbox.state()["hubspot"]["tasks"].values()]
    assert outcomes == [Done()] * 100
    assert {one["hs_task_subject"] for one in tasks if one["hs_task_status"] == "COMPLETED"} == {"Call"}
    assert len(paths(sandbox, before)) == 1 + 10 + 2 + 1


@pytest.mark.parametrize(
    ("name", "bad", "word"),
    [
        ("create_task", {"title": "Call", "due": DECIDED, "owner": "nobody@example.com"}, "nobody@"),
        ("create_deal", {"name": "Order", "stage": "no such stage"}, "no such stage"),
        ("create_ticket", {"subject": "A cup", "stage": "99"}, "99"),
        ("set_owner", {"owner": "nobody@example.com"}, "nobody@"),
        ("add_to_list", {"list": "No such list"}, "does not exist"),
        ("update_contact", {"fields": {"shoe_size": "44"}}, "shoe_size"),
    ],
)
def test_one_that_hubspot_refuses_does_not_hold_up_the_others(
    hubspot: HubSpot, name: str, bad: dict[str, Value], word: str
) -> None:
    good = TOGETHER[name][0]

    outcomes = do(hubspot, of(1, name, good), of(2, name, bad), of(3, name, good))

    assert [type(one) for one in outcomes] == [Done, Rejected, Done]
    assert isinstance(outcomes[1], Rejected)
    assert word in outcomes[1].words


def test_whom_a_batch_does_not_account_for_is_unknown(ownerless: HubSpot, sandbox: Sandbox) -> None:
    made = {"id": "900", "properties": {}, "objectWriteTraceId": "1"}
    answer = {"status": 201, "body": {"results": [made]}}
    sandbox.script({"path": f"{OBJECTS}/tasks/batch/create"}, [answer])

    outcomes = do(ownerless, *all_of("create_task", TOGETHER["create_task"][0])[:3])

    assert [type(one) for one in outcomes] == [Unknown, Done, Unknown]


def test_what_was_made_without_a_trace_is_known_by_what_it_says_where_that_is_one_only(
    ownerless: HubSpot, sandbox: Sandbox
) -> None:
    notes = [of(number, "add_note", {"text": text}) for number, text in enumerate(["a", "b", "b"])]
    dated = {"hs_timestamp": "2026-11-22T10:00:00.000Z"}
    made = [
        {"id": f"90{place}", "properties": dated | {"hs_note_body": text}}
        for place, text in enumerate(["b", "a", "b"])
    ]
    answer = {"status": 201, "body": {"results": made}}
    sandbox.script({"path": f"{OBJECTS}/notes/batch/create"}, [answer])

    outcomes = do(ownerless, *notes)

    assert [type(one) for one in outcomes] == [Done, Unknown, Unknown]
    assert isinstance(outcomes[0], Done)
    assert outcomes[0].reference == "901"


def test_what_makes_something_is_not_sent_again_for_an_error_that_names_nobody(
    ownerless: HubSpot, sandbox: Sandbox
) -> None:
    nameless = {"status": 207, "body": {"results": [], "errors": [{"message": "no", "category": "X"}]}}
    sandbox.script({"path": f"{OBJECTS}/tasks/batch/create"}, [nameless])

    outcomes = do(ownerless, *all_of("create_task", TOGETHER["create_task"][0])[:3])

    assert [type(one) for one in outcomes] == [Unknown] * 3
    assert paths(sandbox).count(f"{OBJECTS}/tasks/batch/create") == 1


def test_a_batch_whose_answer_is_lost_is_looked_up_one_by_one(ownerless: HubSpot, sandbox: Sandbox) -> None:
    calls = all_of("create_task", TOGETHER["create_task"][0])[:5]
    sandbox.script({"path": f"{OBJECTS}/tasks/batch/create"}, [{"apply": True, "drop": True}])

    lost = do(ownerless, *calls)

    assert [type(one) for one in lost] == [Unknown] * 5
    references = {found.reference for one in calls if (found := ownerless.look_up(one))}
    assert references == set(sandbox.state()["hubspot"]["tasks"])


@pytest.mark.parametrize(
    ("answer", "kind"), [({"status": 429}, Transient), ({"status": 401}, Unauthorized)], ids=["429", "401"]
)
def test_no_half_is_sent_after_hubspot_asks_to_wait(
    ownerless: HubSpot, sandbox: Sandbox, answer: dict[str, Any], kind: type[DispatchError]
) -> None:
    whole = {"status": 400, "body": {"message": "one of them is wrong", "category": "VALIDATION_ERROR"}}
    sandbox.script({"path": UPSERT}, [whole, answer])

    outcomes = do(ownerless, *all_of("update_contact", {"fields": {"firstname": "Eva"}}))

    assert {type(one) for one in outcomes} == {kind}
    assert paths(sandbox) == [UPSERT, UPSERT]


def test_a_contact_is_found_by_a_further_address(ownerless: HubSpot, sandbox: Sandbox) -> None:
    eva = {"id": "900", "properties": {"email": "eva@work.example", "hs_additional_emails": "P1@example.com"}}
    sandbox.script({"path": READ}, [{"status": 200, "body": {"results": [eva]}}])

    do(ownerless, of(1, "add_to_list", {"list": "123"}))

    assert sandbox.state()["calls"][-1]["body"] == ["900"]
    assert sandbox.state()["hubspot"]["contacts"] == {}


def test_whom_the_reading_of_many_does_not_tell_of_is_asked_for_alone(
    ownerless: HubSpot, sandbox: Sandbox
) -> None:
    has_people(ownerless)
    sandbox.script({"path": READ}, [{"status": 200, "body": {"results": []}}])

    outcome = do(ownerless, of(1, "create_task", TOGETHER["create_task"][0]))[0]

    assert isinstance(outcome, Done)
    assert f"{OBJECTS}/contacts/p1%40example.com" in paths(sandbox)
    assert len(sandbox.state()["hubspot"]["contacts"]) == 100


def test_contacts_of_several_lists_go_list_by_list(ownerless: HubSpot, sandbox: Sandbox) -> None:
    outcomes = do(ownerless, *[of(n, "add_to_list", {"list": "123" if n % 2 else "124"}) for n in range(10)])

    lists = sandbox.state()["hubspot"]["lists"]
    assert all(isinstance(one, Done) for one in outcomes)
    assert [len(lists[one]["members"]) for one in ("123", "124")] == [5, 5]
    assert len([one for one in paths(sandbox) if one.endswith("/add")]) == 2


def test_one_bad_event_of_many_is_found_by_halves(ownerless: HubSpot, sandbox: Sandbox) -> None:
    refused = {"status": 400, "body": {"message": "no such property", "category": "VALIDATION_ERROR"}}
    sandbox.script({"path": "/events", "contains": '"colour"'}, [refused], times=None)
    calls = [of(n, "send_event", {"name": "pe1_quiz", "properties": {}}) for n in range(4)]
    calls[2] = of(2, "send_event", {"name": "pe1_quiz", "properties": {"colour": "red"}})

    outcomes = do(ownerless, *calls)

    assert [type(one) for one in outcomes] == [Done, Done, Rejected, Done]
    assert len(sandbox.state()["hubspot"]["events"]) == 3


def test_what_is_too_much_for_one_answer_goes_in_several_requests(hubspot: HubSpot, sandbox: Sandbox) -> None:
    long: dict[str, Value] = {"fields": {"firstname": "\N{GRINNING FACE}" * 600}}

    outcomes = do(hubspot, *all_of("update_contact", long))

    assert all(isinstance(one, Done) for one in outcomes)
    assert 2 <= len(sandbox.state()["calls"]) <= 5


@pytest.mark.parametrize(
    "name", ["update_company", "update_deal", "start_workflow", "start_sequence", "unsubscribe"]
)
def test_what_hubspot_takes_one_at_a_time_goes_alone(hubspot: HubSpot, name: str) -> None:
    assert hubspot.batch_size(name) == 1


def test_a_contact_whom_hubspot_has_no_more_is_refused_by_the_number(hubspot: HubSpot) -> None:
    outcome = do(hubspot, wish("tag", {"add": ["vip"]}, email=None, platform_id="999"))[0]

    assert isinstance(outcome, Rejected)
    assert outcome.words == "HubSpot has no contact 999 any more"


def test_a_contact_whose_number_is_gone_is_found_by_address(hubspot: HubSpot, sandbox: Sandbox) -> None:
    has_people(hubspot)

    outcome = do(hubspot, wish("tag", {"add": ["vip"]}, email="p1@example.com", platform_id="999"))[0]

    assert isinstance(outcome, Done)
    assert outcome.platform_id in sandbox.state()["hubspot"]["contacts"]
    assert len(sandbox.state()["hubspot"]["contacts"]) == 100


def test_a_batch_that_has_no_time_left_is_not_tried(sandbox: Sandbox) -> None:
    sandbox.script({"path": UPSERT}, [{"delay": 60.0}])
    hurried = HubSpot("pat-test", base_url=sandbox.hubspot_url, deadline=2.0)
    long: dict[str, Value] = {"fields": {"firstname": "x" * 40_000}}

    outcomes = do(hurried, *[of(number, "update_contact", long) for number in range(3)])

    assert [(type(one), getattr(one, "code", None)) for one in outcomes] == [
        (Unknown, ""),
        (OutOfTime, UNTRIED),
        (OutOfTime, UNTRIED),
    ]
    assert paths(sandbox) == [UPSERT]
    hurried.close()
