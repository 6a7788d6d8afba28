"""Updating and tagging contacts in HubSpot."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from connector.errors import DispatchError, Rejected, Transient, Unknown
from connector.model.values import Value
from connector.platforms.base import Done
from connector.platforms.hubspot.adapter import HubSpot
from connector.sandbox import Sandbox
from tests.platforms.hubspot.wish import EVA, do, wish

UPSERT, UPDATE = (f"/crm/v3/objects/contacts/batch/{what}" for what in ("upsert", "update"))


def update(email: str | None = EVA, platform_id: str | None = None, **fields: Value) -> Any:
    return wish("update_contact", {"fields": fields}, email=email, platform_id=platform_id)


def contact(sandbox: Sandbox, email: str = EVA) -> dict[str, str]:
    held = sandbox.state()["hubspot"]["contacts"].values()
    return next((one["properties"] for one in held if one["properties"]["email"] == email), {})


def calls(sandbox: Sandbox) -> list[tuple[str, str]]:
    return [(made["method"], made["path"]) for made in sandbox.state()["calls"]]


def test_a_hundred_contacts_are_one_request(hubspot: HubSpot, sandbox: Sandbox) -> None:
    wishes = [update(f"p{number}@example.com", firstname=f"P{number}") for number in range(100)]

    outcomes = do(hubspot, *wishes)

    assert hubspot.batch_size("update_contact") == 100
    assert calls(sandbox) == [("POST", UPSERT)]
    held = sandbox.state()["hubspot"]["contacts"]
    assert [
        held[one.platform_id]["properties"]["firstname"] for one in outcomes if isinstance(one, Done)
    ] == [f"P{number}" for number in range(100)]


def test_one_bad_contact_does_not_fail_the_others(hubspot: HubSpot, sandbox: Sandbox) -> None:
    outcomes = do(hubspot, update("a@example.com", firstname="A"), update("b", firstname="B"))

    assert isinstance(outcomes[0], Done)
    assert isinstance(outcomes[1], Rejected)
    assert "b is invalid" in outcomes[1].words
    assert contact(sandbox, "a@example.com")["firstname"] == "A"


def test_a_batch_that_is_refused_whole_is_sent_in_halves(hubspot: HubSpot, sandbox: Sandbox) -> None:
    refusal = {
        "status": 400,
        "body": {"message": "p5@example.com is invalid", "category": "VALIDATION_ERROR"},
    }
    sandbox.script({"path": UPSERT, "contains": "p5@example.com"}, [refusal], times=None)

    outcomes = do(hubspot, *[update(f"p{number}@example.com", firstname="P") for number in range(8)])

    assert [isinstance(one, Done) for one in outcomes] == [True] * 5 + [False] + [True] * 2
    assert isinstance(outcomes[5], Rejected)
    assert outcomes[5].words == "HTTP 400: p5@example.com is invalid"
    assert len(calls(sandbox)) == 7


def test_an_error_of_a_batch_that_names_nobody_is_found_by_halves(hubspot: HubSpot, sandbox: Sandbox) -> None:
    nameless = {"status": 207, "body": {"results": [], "errors": [{"message": "no", "category": "X"}]}}
    sandbox.script({"path": UPSERT, "contains": "bad@example.com"}, [nameless], times=None)

    outcomes = do(hubspot, *[update(f"{name}@example.com", firstname="P") for name in ("a", "b", "bad")])

    assert [type(one) for one in outcomes] == [Done, Done, Rejected]


def test_what_an_answer_does_not_name_is_unknown(hubspot: HubSpot, sandbox: Sandbox) -> None:
    one = {"id": "77", "properties": {"email": "a@example.com"}}
    sandbox.script({"path": UPSERT}, [{"status": 200, "body": {"results": [one]}}])

    outcomes = do(hubspot, update("a@example.com", firstname="A"), update("b@example.com", firstname="B"))

    assert outcomes[0] == Done(platform_id="77")
    assert isinstance(outcomes[1], Unknown)


def test_the_contact_of_somebody_else_is_no_proof(hubspot: HubSpot, sandbox: Sandbox) -> None:
    other = {"id": "77", "properties": {"email": "other@example.com"}}
    sandbox.script({"path": UPSERT}, [{"status": 200, "body": {"results": [other]}}])

    assert isinstance(do(hubspot, update(firstname="A"))[0], Unknown)


def test_a_passing_error_of_one_contact_is_tried_again(hubspot: HubSpot, sandbox: Sandbox) -> None:
    error = {"category": "RATE_LIMITS", "message": "later", "context": {"objectWriteTraceId": ["0"]}}
    sandbox.script({"path": UPSERT}, [{"status": 207, "body": {"results": [], "errors": [error]}}])

    assert isinstance(do(hubspot, update(firstname="A"))[0], Transient)


def test_the_same_contact_twice_is_two_requests_in_order(hubspot: HubSpot, sandbox: Sandbox) -> None:
    outcomes = do(
        hubspot, update(firstname="old"), update("b@example.com", firstname="B"), update(firstname="new")
    )

    assert all(isinstance(one, Done) for one in outcomes)
    assert len(calls(sandbox)) == 2
    assert contact(sandbox)["firstname"] == "new"


def test_long_values_are_spread_over_several_requests(hubspot: HubSpot, sandbox: Sandbox) -> None:
    long = "x" * 30_000

    outcomes = do(hubspot, *[update(f"p{number}@example.com", firstname=long) for number in range(5)])

    assert all(isinstance(one, Done) for one in outcomes)
    assert [len(made["body"]["inputs"]) for made in sandbox.state()["calls"]] == [2, 2, 1]


def test_a_contact_without_an_address_is_updated_by_its_id(hubspot: HubSpot, sandbox: Sandbox) -> None:
    made = do(hubspot, update(firstname="Eva"))[0]
    assert isinstance(made, Done)

    outcome = do(hubspot, update(None, made.platform_id, firstname="Eef"))[0]

    assert outcome == made
    assert contact(sandbox)["firstname"] == "Eef"


def test_nobody_cannot_be_updated(hubspot: HubSpot) -> None:
    outcome = do(hubspot, update(None, firstname="Eva"))[0]

    assert isinstance(outcome, Rejected)
    assert "neither an e-mail address nor an id" in outcome.words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Eva", "Eva"),
        ("", ""),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        (Decimal("1E+3"), "1000"),
        (Decimal("49.90"), "49.90"),
        (date(2026, 12, 1), "2026-12-01T00:00:00.000Z"),
        (datetime.fromisoformat("2026-12-01T09:00:00.123456+01:00"), "2026-12-01T08:00:00.123Z"),
        (["a", "b"], "a;b"),
    ],
)
def test_values_are_written_as_hubspot_takes_them(
    hubspot: HubSpot, sandbox: Sandbox, value: Value, text: str
) -> None:
    do(hubspot, update(firstname=value))

    assert sandbox.state()["calls"][0]["body"]["inputs"][0]["properties"] == {"firstname": text}


def test_a_missing_value_leaves_its_property_alone(hubspot: HubSpot, sandbox: Sandbox) -> None:
    do(hubspot, update(firstname="Eva", lastname="Jansen"))

    do(hubspot, update(firstname=None, lastname=""))

    assert (contact(sandbox)["firstname"], contact(sandbox)["lastname"]) == ("Eva", "")


def test_nothing_but_missing_values_still_makes_the_contact(hubspot: HubSpot, sandbox: Sandbox) -> None:
    outcome = do(hubspot, update(firstname=None))[0]

    assert outcome == Done(platform_id=contact(sandbox)["hs_object_id"])


def test_an_unknown_property_is_refused_in_hubspots_words(hubspot: HubSpot) -> None:
    outcome = do(hubspot, update(shoe_size="44"))[0]

    assert isinstance(outcome, Rejected)
    assert 'Property "shoe_size" does not exist' in outcome.words.replace("\\", "")


def test_the_lifecycle_stage_goes_back_by_two_more_requests(hubspot: HubSpot, sandbox: Sandbox) -> None:
    do(hubspot, update(lifecyclestage="customer"))

    outcome = do(hubspot, update(lifecyclestage="lead", firstname="Eva"))[0]

    assert isinstance(outcome, Done)
    assert contact(sandbox)["lifecyclestage"] == "lead"
    bodies = [made["body"] for made in sandbox.state()["calls"][-2:]]
    assert [one["inputs"][0]["properties"] for one in bodies] == [
        {"lifecyclestage": ""},
        {"lifecyclestage": "lead"},
    ]


def test_the_stages_of_many_go_back_together(hubspot: HubSpot, sandbox: Sandbox) -> None:
    addresses = [f"p{number}@example.com" for number in range(30)]
    do(hubspot, *[update(one, lifecyclestage="customer") for one in addresses])
    before = len(calls(sandbox))

    outcomes = do(hubspot, *[update(one, lifecyclestage="lead") for one in addresses])

    assert all(isinstance(one, Done) for one in outcomes)
    assert calls(sandbox)[before:] == [("POST", UPSERT), ("POST", UPDATE), ("POST", UPDATE)]
    assert {contact(sandbox, one)["lifecyclestage"] for one in addresses} == {"lead"}


@pytest.mark.parametrize("stages", [("lead", "evangelist"), ("evangelist", "lead"), ("lead", "lead")])
def test_of_two_stages_of_one_contact_the_later_wish_counts(
    hubspot: HubSpot, sandbox: Sandbox, stages: tuple[str, str]
) -> None:
    do(hubspot, update(lifecyclestage="customer"))

    outcomes = do(hubspot, *[update(lifecyclestage=one) for one in stages])

    assert all(isinstance(one, Done) for one in outcomes)
    assert contact(sandbox)["lifecyclestage"] == stages[-1]


def test_a_stage_that_goes_forward_is_one_request(hubspot: HubSpot, sandbox: Sandbox) -> None:
    do(hubspot, update(lifecyclestage="lead"), update("b@example.com", lifecyclestage="customer"))

    assert len(calls(sandbox)) == 1


def test_a_stage_that_hubspot_keeps_is_refused(hubspot: HubSpot, sandbox: Sandbox) -> None:
    do(hubspot, update(lifecyclestage="customer"))
    kept = {"id": contact(sandbox)["hs_object_id"], "properties": {"lifecyclestage": "customer"}}
    sandbox.script({"path": UPDATE}, [{"status": 200, "body": {"results": [kept]}}], times=2)

    outcome = do(hubspot, update(lifecyclestage="lead"))[0]

    assert isinstance(outcome, Rejected)
    assert outcome.words == "HubSpot keeps lifecyclestage at customer instead of lead"


def test_a_stage_that_was_lost_half_way_is_mended_by_a_repeat(hubspot: HubSpot, sandbox: Sandbox) -> None:
    do(hubspot, update(lifecyclestage="customer"))
    sandbox.script({"path": UPDATE, "contains": "lead"}, [{"drop": True}])

    broken = do(hubspot, update(lifecyclestage="lead"))[0]
    mended = do(hubspot, update(lifecyclestage="lead"))[0]

    assert isinstance(broken, DispatchError)
    assert isinstance(mended, Done)
    assert contact(sandbox)["lifecyclestage"] == "lead"


def test_a_merged_contact_is_followed_to_its_new_id(hubspot: HubSpot, sandbox: Sandbox) -> None:
    merged = {"id": "900", "properties": {"firstname": "Eva"}, "objectWriteTraceId": "0"}
    sandbox.script({"path": UPDATE}, [{"status": 200, "body": {"results": [merged]}}])

    assert do(hubspot, update(None, "51", firstname="Eva"))[0] == Done(platform_id="900")


def test_the_answer_about_another_contact_is_no_proof(hubspot: HubSpot, sandbox: Sandbox) -> None:
    other = {"id": "900", "properties": {"firstname": "Jan"}, "objectWriteTraceId": "0"}
    sandbox.script({"path": UPDATE}, [{"status": 200, "body": {"results": [other]}}])

    assert isinstance(do(hubspot, update(None, "51", firstname="Eva"))[0], Unknown)


def tag(email: str | None = EVA, **tags: Value) -> Any:
    return wish("tag", tags, email=email)


def test_tags_are_added_and_removed_and_others_stay(hubspot: HubSpot, sandbox: Sandbox) -> None:
    do(hubspot, tag(add=["a", "b", "c"]))

    do(hubspot, tag(add=["d", "a"], remove=["b"]))

    assert contact(sandbox)["loods_tags"] == "a;c;d"


def test_a_tag_that_is_there_already_is_not_written(hubspot: HubSpot, sandbox: Sandbox) -> None:
    first = do(hubspot, tag(add=["a"]))
    before = len(calls(sandbox))

    assert do(hubspot, tag(add=["a"], remove=["b"])) == first
    assert calls(sandbox)[before:] == [("POST", "/crm/v3/objects/contacts/batch/read")]


def test_two_wishes_of_one_new_contact_keep_each_others_tags(hubspot: HubSpot, sandbox: Sandbox) -> None:
    outcomes = do(hubspot, tag(add=["a"]), tag("b@example.com", add=["a"]), tag(EVA.upper(), add=["b"]))

    assert all(isinstance(one, Done) for one in outcomes)
    assert contact(sandbox)["loods_tags"] == "a;b"
    assert contact(sandbox, "b@example.com")["loods_tags"] == "a"


def test_two_names_of_one_contact_keep_each_others_tags(hubspot: HubSpot, sandbox: Sandbox) -> None:
    do(hubspot, update(firstname="Eva"))
    number = contact(sandbox)["hs_object_id"]

    outcomes = do(hubspot, tag(add=["a"]), wish("tag", {"add": ["b"]}, email=None, platform_id=number))

    assert all(isinstance(one, Done) for one in outcomes)
    assert contact(sandbox)["loods_tags"] == "a;b"


def test_another_property_can_hold_the_tags(sandbox: Sandbox) -> None:
    adapter = HubSpot("pat-test", base_url=sandbox.hubspot_url, tag_property="labels")

    outcome = do(adapter, tag(add=["a"]))[0]

    assert isinstance(outcome, Rejected)
    assert "labels" in outcome.words
    adapter.close()


@pytest.mark.parametrize("tags", [{}, {"add": ["a"], "remove": ["a"]}, {"add": ["a;b"]}, {"add": [" "]}])
def test_tags_that_make_no_sense_are_refused(hubspot: HubSpot, tags: dict[str, Value]) -> None:
    assert isinstance(do(hubspot, wish("tag", tags))[0], Rejected)


def test_a_whole_dispatch_ends_at_one_deadline(sandbox: Sandbox) -> None:
    adapter = HubSpot("pat-test", base_url=sandbox.hubspot_url, deadline=1.0)
    adapter.account()
    sandbox.script({"path": "/crm"}, [{"delay": 0.4}], times=None)

    outcomes = do(adapter, *[tag(f"p{number}@example.com", add=["a"]) for number in range(10)])

    assert all(isinstance(one, Transient | Unknown) for one in outcomes[3:])
    adapter.close()
