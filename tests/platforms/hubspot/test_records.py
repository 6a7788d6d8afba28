"""Notes, tasks that are done, companies and owners in HubSpot."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connector.errors import Rejected, Transient, Unknown
from connector.model.values import Value
from connector.platforms.base import Call, Done
from connector.platforms.hubspot.adapter import HubSpot
from connector.sandbox import Sandbox
from tests.platforms.hubspot.portal import has, has_company, has_task
from tests.platforms.hubspot.wish import EVA, do, wish

TITLE = "Call about the cart"
NOTES, COMPANIES, TASKS = (f"/crm/v3/objects/{kind}" for kind in ("notes", "companies", "tasks"))


def note(text: str = "Asked for <b>blue</b> & green") -> Call:
    return wish("add_note", {"text": text})


def company(**fields: Value) -> Call:
    return wish("update_company", {"fields": fields})


def done(email: str | None = EVA, **arguments: Value) -> Call:
    return wish("complete_task", dict(arguments), email=email)


def statuses(sandbox: Sandbox) -> dict[str, str]:
    held = sandbox.state()["hubspot"]["tasks"]
    return {id_: one["properties"]["hs_task_status"] for id_, one in held.items()}


def asked(sandbox: Sandbox, method: str) -> list[str]:
    return [call["path"] for call in sandbox.state()["calls"] if call["method"] == method]


def test_a_note_is_on_the_contact_and_of_the_moment_of_the_decision(
    hubspot: HubSpot, sandbox: Sandbox
) -> None:
    outcome = do(hubspot, note())[0]

    made = next(iter(sandbox.state()["hubspot"]["notes"].values()))
    assert outcome == Done(made["id"], made["associations"]["contacts"][0])
    assert made["properties"]["hs_note_body"] == "Asked for <b>blue</b> & green"
    assert made["properties"]["hs_timestamp"] == "2026-11-22T10:00:00.000Z"


def test_a_note_is_found_though_hubspot_writes_it_anew(hubspot: HubSpot, sandbox: Sandbox) -> None:
    do(hubspot, note())
    made = next(iter(sandbox.state()["hubspot"]["notes"].values()))
    body = "<div><p>Asked for <strong>blue</strong> &amp; green</p></div>"
    anew = {"id": made["id"], "properties": made["properties"] | {"hs_note_body": body}}
    sandbox.script({"path": f"{NOTES}/batch/read"}, [{"status": 200, "body": {"results": [anew]}}])

    found = hubspot.look_up(note())

    assert found is not None
    assert found.reference == made["id"]


def test_a_note_is_found_among_a_hundred_long_ones(hubspot: HubSpot) -> None:
    notes = [note(f"{number} {'x' * 4000}") for number in range(100)]
    do(hubspot, *notes)

    assert isinstance(hubspot.look_up(notes[-1]), Done)


def test_another_text_or_moment_is_another_note(hubspot: HubSpot, sandbox: Sandbox) -> None:
    do(hubspot, note())
    made = next(iter(sandbox.state()["hubspot"]["notes"].values()))
    later = {
        "id": made["id"],
        "properties": made["properties"] | {"hs_timestamp": "2026-11-22T10:00:00.001Z"},
    }

    assert hubspot.look_up(note("Asked for red")) is None
    sandbox.script({"path": f"{NOTES}/batch/read"}, [{"status": 200, "body": {"results": [later]}}])
    assert hubspot.look_up(note()) is None


@pytest.mark.parametrize("text", ["", " ", "x" * 65_537])
def test_a_note_that_hubspot_cannot_take_is_refused(hubspot: HubSpot, sandbox: Sandbox, text: str) -> None:
    assert isinstance(do(hubspot, note(text))[0], Rejected)
    assert sandbox.state()["calls"] == []


def test_all_open_tasks_of_the_title_are_done_at_once(hubspot: HubSpot, sandbox: Sandbox) -> None:
    first, other, second = has_task(sandbox), has_task(sandbox, "Send a card"), has_task(sandbox)

    outcome = do(hubspot, done(title=TITLE))[0]

    assert outcome == Done()
    assert statuses(sandbox) == {first: "COMPLETED", other: "NOT_STARTED", second: "COMPLETED"}
    assert asked(sandbox, "POST").count(f"{TASKS}/batch/update") == 1


def test_where_no_task_is_open_nothing_is_written(hubspot: HubSpot, sandbox: Sandbox) -> None:
    has_task(sandbox)
    do(hubspot, done(title=TITLE))

    again = do(hubspot, done(title=TITLE))[0]
    nobody = do(hubspot, done("jan@example.com", title=TITLE))[0]

    assert (again, nobody) == (Done(), Done())
    assert asked(sandbox, "POST").count(f"{TASKS}/batch/update") == 1
    assert len(sandbox.state()["hubspot"]["contacts"]) == 1


def test_a_task_is_done_by_its_number(hubspot: HubSpot, sandbox: Sandbox) -> None:
    number = has_task(sandbox)

    assert do(hubspot, done(None, task=number))[0] == Done()
    assert statuses(sandbox) == {number: "COMPLETED"}


def test_a_number_that_no_task_has_is_refused(hubspot: HubSpot) -> None:
    outcome = do(hubspot, done(task=999))[0]

    assert isinstance(outcome, Rejected)
    assert "may be deleted or not exist" in outcome.words


def test_a_task_that_we_made_and_somebody_deleted_is_done(hubspot: HubSpot) -> None:
    asked = done(task=999)
    cause = replace(asked.action.cause, closes="the key of what made it")
    closing = replace(asked, action=replace(asked.action, cause=cause))

    assert do(hubspot, closing)[0] == Done()


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"results": [{"id": "ID", "properties": {"hs_task_status": "NOT_STARTED"}}]}, Unknown),
        ({"results": [{"id": "999", "properties": {"hs_task_status": "COMPLETED"}}]}, Unknown),
        ({"results": [], "errors": [{"category": "RATE_LIMITS", "message": "later"}]}, Transient),
        ({"results": [], "errors": [{"category": "VALIDATION_ERROR", "message": "no"}]}, Rejected),
    ],
)
def test_a_task_is_done_only_when_hubspot_shows_it_so(
    hubspot: HubSpot, sandbox: Sandbox, answer: dict[str, Any], kind: type[Exception]
) -> None:
    number = has_task(sandbox)
    for one in answer["results"]:
        one["id"] = one["id"].replace("ID", str(number))
    sandbox.script({"path": f"{TASKS}/batch/update"}, [{"status": 207, "body": answer}])

    assert isinstance(do(hubspot, done(title=TITLE))[0], kind)


@pytest.mark.parametrize("arguments", [{}, {"title": TITLE, "task": 3}])
def test_a_task_is_named_in_one_way(hubspot: HubSpot, arguments: dict[str, Value]) -> None:
    assert isinstance(do(hubspot, wish("complete_task", arguments))[0], Rejected)


def test_the_primary_company_of_the_contact_is_changed(hubspot: HubSpot, sandbox: Sandbox) -> None:
    first, second = has_company(sandbox), has_company(sandbox, "Weavers")
    ties = [{"toObjectId": second, "associationTypes": [{"typeId": 279}]}, _primary(first)]
    answer = {"status": 200, "body": {"results": ties}}
    sandbox.script({"path": "/crm/v4/objects/contacts/*/associations/companies"}, [answer])

    outcome = do(hubspot, company(city="Gent", phone=None))[0]

    held = sandbox.state()["hubspot"]["companies"]
    assert outcome == Done()
    assert held[first]["properties"]["city"] == "Gent"
    assert "city" not in held[second]["properties"]


def _primary(id_: str) -> dict[str, Any]:
    return {"toObjectId": id_, "associationTypes": [{"typeId": 279}, {"typeId": 1}]}


def test_a_contact_without_a_company_is_refused_and_none_is_made(hubspot: HubSpot, sandbox: Sandbox) -> None:
    outcome = do(hubspot, company(city="Gent"))[0]

    assert isinstance(outcome, Rejected)
    assert outcome.words == "HubSpot has no company for this contact"
    assert sandbox.state()["hubspot"]["companies"] == {}
    assert sandbox.state()["hubspot"]["contacts"] == {}


def test_the_stage_of_a_company_also_goes_back(hubspot: HubSpot, sandbox: Sandbox) -> None:
    id_ = has_company(sandbox)
    do(hubspot, company(lifecyclestage="customer"))

    outcome = do(hubspot, company(lifecyclestage="lead"))[0]

    assert outcome == Done()
    assert sandbox.state()["hubspot"]["companies"][id_]["properties"]["lifecyclestage"] == "lead"


def test_only_what_is_missing_changes_nothing(hubspot: HubSpot, sandbox: Sandbox) -> None:
    has_company(sandbox)

    assert do(hubspot, company(city=None))[0] == Done()
    assert asked(sandbox, "PATCH") == []


def test_a_colleague_becomes_the_owner_of_the_contact(hubspot: HubSpot, sandbox: Sandbox) -> None:
    outcome = do(hubspot, wish("set_owner", {"owner": "Support@Example.com"}))[0]

    contact = next(iter(sandbox.state()["hubspot"]["contacts"].values()))
    assert outcome == Done(platform_id=contact["id"])
    assert contact["properties"]["hubspot_owner_id"] == "64492918"


def test_an_owner_that_hubspot_does_not_take_is_no_owner(hubspot: HubSpot, sandbox: Sandbox) -> None:
    has(sandbox, "update_contact", {"fields": {"firstname": "Eva"}})
    contact = next(iter(sandbox.state()["hubspot"]["contacts"]))
    kept = {"id": contact, "properties": {"hubspot_owner_id": "7"}}
    path = "/crm/v3/objects/contacts/batch/update"
    sandbox.script({"path": path}, [{"status": 200, "body": {"results": [kept]}}])

    outcome = do(hubspot, wish("set_owner", {"owner": "sales@example.com"}))[0]

    assert isinstance(outcome, Rejected)
    assert outcome.words == "HubSpot keeps hubspot_owner_id at 7 instead of 64492917"


def test_an_unknown_colleague_is_refused_before_anything_is_made(hubspot: HubSpot, sandbox: Sandbox) -> None:
    outcome = do(hubspot, wish("set_owner", {"owner": "nobody@example.com"}))[0]

    assert isinstance(outcome, Rejected)
    assert sandbox.state()["hubspot"]["contacts"] == {}
