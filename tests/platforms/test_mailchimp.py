"""The Mailchimp adapter keeps the contract of all platforms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from connector.platforms.base import Done, Platform
from connector.platforms.mailchimp import Mailchimp
from connector.sandbox import Sandbox
from tests.platforms.contract import Case, PlatformContract
from tests.platforms.mailchimp_wish import AUDIENCE, EVA, do, wish

MEMBERS = f"/3.0/lists/{AUDIENCE}/members/"


def _of_eva(state: Mapping[str, Any], name: str) -> Any:
    return state["mailchimp"]["members"][EVA][name]


CASES = (
    Case(
        "update_member",
        {"fields": {"FNAME": "Eva"}},
        "PUT",
        MEMBERS,
        lambda state: _of_eva(state, "merge_fields"),
    ),
    Case(
        "tag",
        {"add": ["vip"]},
        "POST",
        MEMBERS + "*/tags",
        lambda state: _of_eva(state, "tags"),
        proof=204,
    ),
    Case(
        "start_journey",
        {"journey": 7, "step": 9},
        "POST",
        "/3.0/customer-journeys/journeys/7/steps/9/actions/trigger",
        lambda state: len(state["mailchimp"]["journeys"]),
        proof=204,
    ),
    Case(
        "send_event",
        {"name": "order_paid", "properties": {"order": "1001"}},
        "POST",
        MEMBERS + "*/events",
        lambda state: len(state["mailchimp"]["events"]),
        proof=204,
    ),
)


class TestMailchimp(PlatformContract):
    """The shared suite, for every action of Mailchimp; Eva is in the audience already."""

    cases = CASES
    error_type = "application/problem+json"

    @pytest.fixture
    def sandbox(self, running: Sandbox) -> Sandbox:
        running.reset()
        platform = self.connect(running, deadline=5.0)
        assert isinstance(do(platform, wish("update_member", {})), Done)
        platform.close()
        return running

    def connect(self, sandbox: Sandbox, deadline: float) -> Platform:
        return Mailchimp("test-us21", AUDIENCE, base_url=sandbox.mailchimp_url, deadline=deadline)

    @pytest.fixture(params=CASES, ids=str)
    def case(self, request: pytest.FixtureRequest) -> Case:
        case: Case = request.param
        return case
