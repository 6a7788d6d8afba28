"""What is found at a HubSpot account: everything that the mapping names and that is not as it has to be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from connector.model.finding import Severity
from connector.platforms.hubspot.versions import VERSIONS
from connector.sandbox import Sandbox
from tests.platforms.inspection.asking import Asked, only, post, wrong

FLOWS = "/automation/v4/flows"
ERROR, WARNING, UNKNOWN = Severity.ERROR, Severity.WARNING, Severity.UNKNOWN


@pytest.fixture
def asked(sandbox: Sandbox, tmp_path: Path) -> Asked:
    return Asked(sandbox, tmp_path)


@pytest.mark.parametrize("api", VERSIONS)
def test_nothing_is_found_in_an_account_that_has_everything(asked: Asked, sandbox: Sandbox, api: str) -> None:
    event = post(
        sandbox,
        "/events/v3/event-definitions",
        {"name": "quiz", "propertyDefinitions": [{"name": "score", "type": "number"}]},
    )["fullyQualifiedName"]

    found = replace(asked, api=api).hubspot(
        "hubspot.update_contact: {fields: {lifecyclestage: customer, firstname: '{{ contact.first_name }}'}}",
        "hubspot.update_company: {fields: {numberofemployees: '{{ order.total }}'}}",
        "hubspot.create_deal: {name: d, stage: closedwon, fields: {dealtype: newbusiness}}",
        "hubspot.update_deal: {name: d, stage: closedlost}",
        "hubspot.create_ticket: {subject: s, owner: support@example.com}",
        "hubspot.add_to_list: {list: VIP}",
        "hubspot.remove_from_list: {list: 124}",
        "hubspot.tag: {add: [a], remove: [b]}",
        "hubspot.start_workflow: {workflow: 4444}",
        f"hubspot.send_event: {{name: {event}, properties: {{score: 3}}}}",
        "hubspot.unsubscribe: {subscription: 77}",
    )

    assert [str(one) for one in wrong(found)] == []
    calls = sandbox.state()["calls"]
    asking = [one for one in calls if "event-definitions" not in one["path"] or one["method"] == "GET"]
    assert {one["status"] for one in asking} == {200}
    assert all(one["method"] == "GET" or "read" in one["path"] or "info" in one["path"] for one in asking)


def test_a_property_that_was_mistyped_is_told_with_the_one_that_was_meant(asked: Asked) -> None:
    found = asked.hubspot("hubspot.update_contact: {fields: {lifcyclestage: customer}}")

    assert only(found) == (ERROR, "L110", "a.yaml:4", 'did you mean "lifecyclestage"?')


@pytest.mark.parametrize(
    ("action", "code", "remedy"),
    [
        ("update_contact: {fields: {createdate: '2026-01-01'}}", "L111", "name a property of your own"),
        ("update_contact: {fields: {lifecyclestage: custmer}}", "L112", 'did you mean "customer"?'),
        ("update_company: {fields: {numberofemployees: many}}", "L113", "write a value of that kind"),
        ("update_company: {fields: {numberofemployees: '{{ order.placed_at }}'}}", "L113", "write another"),
        ("update_deal: {name: d, fields: {dealtyp: x}}", "L110", 'did you mean "dealtype"?'),
        ("create_ticket: {subject: s, fields: {hs_ticket_category: X}}", "L112", "options are: PRODUCT_"),
        ("add_to_list: {list: Vip}", "L120", 'did you mean "VIP"?'),
        ("remove_from_list: {list: Activ customers}", "L120", 'did you mean "Active customers"?'),
        ("add_to_list: {list: Spring campaign}", "L120", "make it as a static list of contacts"),
        ("add_to_list: {list: 999}", "L120", "make it as a static list of contacts"),
        ("add_to_list: {list: Active customers}", "L121", "make a static list, and name that"),
        ("start_workflow: {workflow: 1807001}", "L131", "write workflow: 4444"),
        ("start_workflow: {workflow: 77}", "L130", "look up its number"),
        ("set_owner: {owner: nobody@example.com}", "L150", "write the address by which"),
        ("create_deal: {name: d, stage: closedwon, pipeline: shop}", "L160", "there are: default"),
        ("create_deal: {name: d, stage: Closed Won}", "L161", 'its internal name is "closedwon"'),
        ("update_deal: {name: d, stage: closdwon}", "L161", 'did you mean "closedwon"?'),
        ("create_ticket: {subject: s, stage: '9'}", "L161", "there are: 1, 2, 3, 4"),
        ("send_event: {name: pe1_nothing}", "L170", "define it in HubSpot"),
        ("unsubscribe: {subscription: 5}", "L180", "there are: 77"),
    ],
)
def test_what_is_not_there_or_cannot_be_used_is_an_error_at_its_line(
    asked: Asked, action: str, code: str, remedy: str
) -> None:
    severity, found, where, told = only(asked.hubspot(f"hubspot.{action}"))

    assert (severity, found, where) == (ERROR, code, "a.yaml:4")
    assert told.startswith(remedy)


def test_a_workflow_that_is_off_or_takes_no_contacts_is_an_error(asked: Asked, sandbox: Sandbox) -> None:
    off = post(sandbox, FLOWS, {"name": "Off", "isEnabled": False})["workflowId"]
    deals = post(sandbox, FLOWS, {"name": "Deals", "objectTypeId": "0-3", "isEnabled": True})["id"]

    found = asked.hubspot(
        f"hubspot.start_workflow: {{workflow: {off}}}", f"hubspot.start_workflow: {{workflow: {deals}}}"
    )

    assert [(one.code, one.where) for one in wrong(found)] == [("L133", "a.yaml:4"), ("L132", "a.yaml:5")]


def test_a_property_that_event_does_not_have_is_an_error(asked: Asked, sandbox: Sandbox) -> None:
    definition = {"name": "quiz", "propertyDefinitions": [{"name": "score", "type": "number"}]}
    name = post(sandbox, "/events/v3/event-definitions", definition)["fullyQualifiedName"]

    found = asked.hubspot(f"hubspot.send_event: {{name: {name}, properties: {{scoer: 3}}}}")

    assert only(found) == (ERROR, "L171", "a.yaml:4", 'did you mean "score"?')


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("{sequence: 5555, sender: sales@example.com, user: 2222}", [(UNKNOWN, "L143")]),
        ("{sequence: 5555, sender: eva@example.com, user: 2222}", [(WARNING, "L142")]),
        ("{sequence: 1, sender: sales@example.com, user: 2222}", [(ERROR, "L140"), (UNKNOWN, "L143")]),
        ("{sequence: 5555, sender: sales@example.com, user: 9}", [(ERROR, "L141"), (UNKNOWN, "L143")]),
    ],
)
def test_a_sequence_its_user_and_its_sender_are_looked_at(
    asked: Asked, action: str, expected: list[tuple[Severity, str]]
) -> None:
    found = asked.hubspot(f"hubspot.start_sequence: {action}")

    assert [(one.severity, one.code) for one in wrong(found)] == expected


def test_tags_need_their_property_with_several_choices_and_each_option(
    asked: Asked, sandbox: Sandbox
) -> None:
    made = {"label": "T", "type": "enumeration", "groupName": "contactinformation"}
    several = [{"label": "VIP", "value": "vip"}, {"label": "Lost", "value": "lost"}]
    post(
        sandbox,
        "/crm/v3/properties/contacts",
        {**made, "name": "several", "fieldType": "checkbox", "options": several},
    )
    post(sandbox, "/crm/v3/properties/contacts", {**made, "name": "one", "fieldType": "select"})
    action = "hubspot.tag: {add: [vip, vjp], remove: [lst]}"

    found = wrong(replace(asked, tags="several").hubspot(action))

    assert [(one.severity, one.code, one.remedy) for one in found] == [
        (ERROR, "L112", 'did you mean "vip"?'),
        (WARNING, "L112", 'did you mean "lost"?'),
    ]
    assert only(replace(asked, tags="none").hubspot(action))[:3] == (ERROR, "L110", "a.yaml:4")
    assert only(replace(asked, tags="one").hubspot(action))[:3] == (ERROR, "L114", "a.yaml:4")


def test_tags_that_are_lists_need_a_static_list_each(asked: Asked) -> None:
    found = wrong(replace(asked, tags="").hubspot("hubspot.tag: {add: [VIP, Active customers, nobody]}"))

    assert [one.code for one in found] == ["L121", "L120"]


def test_a_list_of_a_tag_goes_by_its_name_also_where_that_is_a_number(asked: Asked) -> None:
    found = replace(asked, tags="").hubspot("hubspot.tag: {add: ['123']}")

    assert only(found)[:3] == (ERROR, "L120", "a.yaml:4")


def test_a_tag_that_is_only_taken_away_needs_no_list(asked: Asked) -> None:
    assert wrong(replace(asked, tags="").hubspot("hubspot.tag: {remove: [nobody]}")) == []


def test_a_list_that_was_deleted_is_not_there(asked: Asked, sandbox: Sandbox) -> None:
    deleted = {"listId": "123", "processingType": "MANUAL", "deletedAt": "2026-05-02T21:00:14.271Z"}
    sandbox.script({"path": "/crm/v3/lists/123"}, [{"status": 200, "body": {"list": deleted}}])

    found = asked.hubspot("hubspot.add_to_list: {list: 123}")

    assert only(found)[:3] == (ERROR, "L120", "a.yaml:4")


def test_a_list_of_companies_takes_no_contacts(asked: Asked, sandbox: Sandbox) -> None:
    companies = {"listId": "9", "name": "Firms", "processingType": "MANUAL", "objectTypeId": "0-2"}
    sandbox.script({"path": "/crm/v3/lists"}, [{"status": 200, "body": {"list": companies}}])

    found = asked.hubspot("hubspot.add_to_list: {list: Firms}")

    assert only(found)[:3] == (ERROR, "L122", "a.yaml:4")


def test_a_value_for_which_a_rule_waits_has_to_be_an_option(asked: Asked) -> None:
    connected = (
        "connections:\n  hubspot: {platform: hubspot, token: $T, secret: $S, owner: sales@example.com}\n"
    )
    rule = """\
trigger: b
on: contact.changed
when: change.property == 'hs_lead_status' and change.value == 'OPEND_DEAL'
do: {hubspot.tag: {add: [a]}}
"""

    found = asked.hubspot("hubspot.tag: {add: [a]}", files={"connections.yaml": connected, "b.yaml": rule})

    assert only(found) == (WARNING, "L112", "b.yaml:3", 'did you mean "OPEN_DEAL"?')


def test_a_name_that_differs_from_contact_to_contact_cannot_be_looked_up(asked: Asked) -> None:
    found = asked.hubspot("hubspot.add_to_list: {list: '{{ contact.country }}'}")

    assert only(found)[:3] == (UNKNOWN, "L104", "a.yaml:4")


def test_a_scope_that_the_token_lacks_is_told_at_the_action_that_needs_it(
    asked: Asked, sandbox: Sandbox
) -> None:
    told = {"scopes": ["crm.objects.contacts.read", "crm.objects.contacts.write", "crm.objects.owners.read"]}
    sandbox.script({"path": "/oauth/v2"}, [{"status": 200, "body": told}])

    found = wrong(
        asked.hubspot("hubspot.set_owner: {owner: sales@example.com}", "hubspot.add_to_list: {list: VIP}")
    )

    assert {(one.code, one.where) for one in found} == {("L103", "a.yaml:5")}
    assert [one.message for one in found] == [
        "the token lacks the scope crm.lists.read, which add_to_list needs",
        "the token lacks the scope crm.lists.write, which add_to_list needs",
    ]


def test_a_scope_is_needed_by_what_is_asked_for_again_and_again_where_a_rule_uses_it(
    asked: Asked, sandbox: Sandbox
) -> None:
    told = {"scopes": ["crm.objects.contacts.read", "crm.objects.contacts.write", "content"]}
    sandbox.script({"path": "/oauth/v2"}, [{"status": 200, "body": told}], times=None)
    listening = "connections:\n  hubspot: {platform: hubspot, token: $T, secret: $S}\n"
    rule = "trigger: form\non: form.submitted\ndo: {hubspot.add_note: {text: n}}\n"
    files = {"connections.yaml": listening}

    unused = asked.hubspot("hubspot.add_note: {text: n}", files=files)
    used = asked.hubspot("hubspot.add_note: {text: n}", files=files | {"b.yaml": rule})

    assert wrong(unused) == []
    assert only(used)[:3] == (ERROR, "L103", "connections.yaml:2")
    assert wrong(used)[0].message == "the token lacks the scope forms, by which polled.form is asked for"


def test_scopes_are_needed_by_what_is_named_and_not_by_what_might_be(asked: Asked, sandbox: Sandbox) -> None:
    told = {
        "scopes": ["crm.objects.contacts.read", "crm.objects.contacts.write", "crm.objects.tickets.write"]
    }
    sandbox.script({"path": "/oauth/v2"}, [{"status": 200, "body": told}], times=None)
    actions = "hubspot.create_ticket: {subject: s}", "hubspot.tag: {add: [VIP]}"
    alone = {"connections.yaml": "connections:\n  hubspot: {platform: hubspot, token: $T}\n"}

    without_owner = asked.hubspot(*actions, files=alone)
    with_owner = asked.hubspot(*actions, files={})
    with_lists = replace(asked, tags="").hubspot(*actions, files=alone)

    assert wrong(without_owner) == []
    assert only(with_owner)[:3] == (ERROR, "L103", "connections.yaml:2")
    assert [one.message.split()[5] for one in wrong(with_lists)] == ["crm.lists.read,", "crm.lists.write,"]


def test_a_key_whose_scopes_nobody_tells_is_tried_by_reading(asked: Asked, sandbox: Sandbox) -> None:
    sandbox.script({"path": "/oauth/v2"}, [{"status": 404, "body": {"message": "no such token"}}])
    lacking = {"status": "error", "category": "MISSING_SCOPES", "message": "requires crm.lists.read"}
    sandbox.script({"path": "/crm/v3/lists"}, [{"status": 403, "body": lacking}])

    found = asked.hubspot("hubspot.add_to_list: {list: VIP}", "hubspot.set_owner: {owner: no@example.com}")

    assert [one.code for one in wrong(found)] == ["L103", "L150"]
    assert "crm.lists.read" in wrong(found)[0].message


def test_a_key_that_is_refused_is_the_only_thing_told(asked: Asked, sandbox: Sandbox) -> None:
    found = replace(asked, token="pat-revoked").hubspot("hubspot.add_to_list: {list: Vipp}")

    assert only(found)[:3] == (ERROR, "L101", "connections.yaml:2")
    assert len(sandbox.state()["calls"]) == 1
    assert not wrong(found)[0].message.endswith(".")


def test_an_account_that_cannot_be_asked_is_told_once(asked: Asked, sandbox: Sandbox) -> None:
    sandbox.script({"path": "/"}, [{"status": 503}], times=None)

    found = asked.hubspot("hubspot.add_to_list: {list: VIP}")

    assert only(found)[:3] == (ERROR, "L100", "connections.yaml:2")


def test_what_cannot_be_asked_for_now_keeps_nothing_else_from_being_told(
    asked: Asked, sandbox: Sandbox
) -> None:
    sandbox.script({"path": "/crm/v3/lists"}, [{"status": 502}])

    found = wrong(asked.hubspot("hubspot.add_to_list: {list: VIP}", "hubspot.start_workflow: {workflow: 7}"))

    assert [(one.severity, one.code) for one in found] == [(UNKNOWN, "L102"), (ERROR, "L130")]


def test_an_account_at_its_limit_is_asked_nothing_more(asked: Asked, sandbox: Sandbox) -> None:
    limit = {
        "status": "error",
        "errorType": "RATE_LIMIT",
        "policyName": "TEN_SECONDLY_ROLLING",
        "message": "m",
    }
    sandbox.script({"path": "/crm/v3/lists"}, [{"status": 429, "body": limit}])

    found = asked.hubspot("hubspot.add_to_list: {list: VIP}", "hubspot.start_workflow: {workflow: 7}")

    assert only(found)[:2] == (UNKNOWN, "L102")
    assert "/crm/v3/lists" in sandbox.state()["calls"][-1]["path"]


@pytest.mark.parametrize(
    ("ahead", "expected"), [(0, []), (60, [(WARNING, "L105")]), (-3600, [(ERROR, "L105")])]
)
def test_a_clock_that_is_not_the_platforms_is_told(
    asked: Asked, sandbox: Sandbox, ahead: int, expected: list[tuple[Severity, str]]
) -> None:
    theirs = datetime.now(UTC) - timedelta(seconds=ahead)  # noqa: TID251 - the answer has the real time
    details = {"portalId": 1, "timeZone": "Europe/Amsterdam"}
    headers = {"Date": format_datetime(theirs, usegmt=True)}
    sandbox.script({"path": "/account-info"}, [{"status": 200, "body": details, "headers": headers}])

    found = wrong(asked.hubspot("hubspot.tag: {add: [a]}"))

    assert [(one.severity, one.code) for one in found] == expected


def test_a_time_zone_that_is_not_the_accounts_is_a_warning(asked: Asked) -> None:
    files = {"defaults.yaml": "defaults: {time_zone: Europe/Lisbon}\n"}

    found = asked.hubspot("hubspot.tag: {add: [a]}", files=files)

    assert only(found)[:3] == (WARNING, "L106", "connections.yaml:2")
