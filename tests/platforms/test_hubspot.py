"""The HubSpot adapter keeps the contract of all platforms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from connector.platforms.base import Platform
from connector.platforms.hubspot import HubSpot
from connector.sandbox import Sandbox
from tests.platforms.contract import NOW, Case, PlatformContract


def _contacts(name: str) -> Any:
    def effect(state: Mapping[str, Any]) -> object:
        held = state["hubspot"]["contacts"].values()
        return [one["properties"][name] for one in held if one["properties"].get(name)]

    return effect


def _enrolments(kind: str) -> Any:
    return lambda state: [one for one in state["hubspot"]["enrollments"] if one["kind"] == kind]


CASES = (
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
        "/crm/v3/objects/tasks",
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
    Case("tag", {"add": ["vip"]}, "PATCH", "/crm/v3/objects/contacts/", _contacts("loods_tags")),
)


class TestHubSpot(PlatformContract):
    """The shared suite, for every action of HubSpot."""

    cases = CASES

    def connect(self, sandbox: Sandbox, deadline: float) -> Platform:
        return HubSpot("pat-test", base_url=sandbox.hubspot_url, deadline=deadline)

    @pytest.fixture(params=CASES, ids=str)
    def case(self, request: pytest.FixtureRequest) -> Case:
        case: Case = request.param
        return case
