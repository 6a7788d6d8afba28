"""The HubSpot adapter keeps the contract of all platforms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connector.platforms.base import Platform
from connector.platforms.hubspot.adapter import HubSpot
from connector.platforms.hubspot.versions import Version
from connector.sandbox import Sandbox
from tests.platforms.contract import NOW, Case, PlatformContract
from tests.platforms.hubspot.portal import PORTALS, WRITTEN_SINCE

UPDATE = "/crm/v3/objects/contacts/batch/update"


def _contacts(name: str) -> Any:
    def effect(state: Mapping[str, Any]) -> object:
        held = state["hubspot"]["contacts"].values()
        return [one["properties"][name] for one in held if one["properties"].get(name)]

    return effect


def _enrolments(kind: str) -> Any:
    return lambda state: [one for one in state["hubspot"]["enrollments"] if one["kind"] == kind]


def _held(kind: str, name: str, *wanted: str) -> Any:
    """The values of a property of all records of a kind, where they are among the wanted."""

    def effect(state: Mapping[str, Any]) -> object:
        values = [one["properties"].get(name) for one in state["hubspot"][kind].values()]
        return [value for value in values if value in wanted]

    return effect


CASES: tuple[Case, ...] = (
    Case(
        "update_contact",
        {"fields": {"firstname": "Eva"}},
        "POST",
        "/crm/v3/objects/contacts/batch/upsert",
        _contacts("firstname"),
    ),
    Case(
        "create_task",
        {"title": "Call Eva", "due": NOW + timedelta(days=1)},
        "POST",
        "/crm/v3/objects/tasks/batch/create",
        lambda state: len(state["hubspot"]["tasks"]),
    ),
    Case(
        "start_workflow",
        {"workflow": 4444},
        "POST",
        "/automation/v2/workflows/4444/enrollments/",
        _enrolments("workflow"),
        proof=204,
    ),
    Case(
        "start_sequence",
        {"sequence": 3333, "sender": "sales@example.com", "user": 2222},
        "POST",
        "/automation/v4/sequences/enrollments",
        _enrolments("sequence"),
    ),
    Case(
        "add_to_list",
        {"list": "VIP"},
        "PUT",
        "/crm/v3/lists/*/memberships/add",
        lambda state: [one["members"] for one in state["hubspot"]["lists"].values() if one["members"]],
    ),
    Case("tag", {"add": ["vip"]}, "POST", UPDATE, _contacts("loods_tags")),
    Case(
        "remove_from_list",
        {"list": "Newsletter"},
        "PUT",
        "/crm/v3/lists/*/memberships/remove",
        lambda state: not state["hubspot"]["lists"]["124"]["members"],
    ),
    Case(
        "update_company",
        {"fields": {"city": "Gent"}},
        "PATCH",
        "/crm/v3/objects/companies/",
        _held("companies", "city", "Gent"),
    ),
    Case(
        "put_back",
        {"of": "contact", "fields": {"company": {"values": ["Acme"], "since": WRITTEN_SINCE}}},
        "POST",
        "/crm/v3/objects/contacts/batch/update",
        _held("contacts", "company", "Potters"),
    ),
    Case(
        "complete_task",
        {"title": "Call about the cart"},
        "POST",
        "/crm/v3/objects/tasks/batch/update",
        _held("tasks", "hs_task_status", "COMPLETED"),
    ),
    Case(
        "add_note",
        {"text": "Asked for a catalogue"},
        "POST",
        "/crm/v3/objects/notes/batch/create",
        lambda state: len(state["hubspot"]["notes"]),
    ),
    Case(
        "create_deal",
        {"name": "Order 1001", "stage": "closedwon", "amount": "80.00"},
        "POST",
        "/crm/v3/objects/deals/batch/create",
        _held("deals", "dealname", "Order 1001"),
    ),
    Case(
        "update_deal",
        {"name": "Quote 7", "stage": "closedwon"},
        "PATCH",
        "/crm/v3/objects/deals/",
        _held("deals", "dealstage", "closedwon"),
    ),
    Case(
        "create_ticket",
        {"subject": "A broken cup"},
        "POST",
        "/crm/v3/objects/tickets/batch/create",
        lambda state: len(state["hubspot"]["tickets"]),
    ),
    Case(
        "send_event",
        {"name": "pe24680135_quiz_taken", "properties": {"score": 7}},
        "POST",
        "/events/v3/send",
        lambda state: len(state["hubspot"]["events"]),
        proof=204,
    ),
    Case(
        "set_owner",
        {"owner": "sales@example.com"},
        "POST",
        UPDATE,
        _contacts("hubspot_owner_id"),
    ),
    Case(
        "unsubscribe",
        {"subscription": 77},
        "POST",
        "/communication-preferences/v4/statuses/",
        lambda state: state["hubspot"]["unsubscribed"].get("eva@example.com"),
    ),
)


class TestHubSpot(PlatformContract):
    """The shared suite, for every action of HubSpot."""

    cases = CASES

    def connect(self, sandbox: Sandbox, deadline: float) -> Platform:
        return HubSpot("pat-test", base_url=sandbox.hubspot_url, deadline=deadline)

    @pytest.fixture(params=CASES, ids=str)
    def case(self, request: pytest.FixtureRequest, sandbox: Sandbox) -> Case:
        """The case, in a portal that has what it is about."""
        case: Case = request.param
        if case.name in PORTALS:
            PORTALS[case.name](sandbox)
        return case


DATED = tuple(replace(case, path=Version("2026-03").path(case.path)) for case in CASES)


@pytest.mark.slow
class TestDatedHubSpot(TestHubSpot):
    """The same by the dated paths."""

    cases = DATED

    def connect(self, sandbox: Sandbox, deadline: float) -> Platform:
        return HubSpot("pat-test", base_url=sandbox.hubspot_url, deadline=deadline, api="2026-03")

    @pytest.fixture(params=DATED, ids=str)
    def case(self, request: pytest.FixtureRequest, sandbox: Sandbox) -> Case:
        """The case, in a portal that has what it is about."""
        case: Case = request.param
        if case.name in PORTALS:
            PORTALS[case.name](sandbox)
        return case
