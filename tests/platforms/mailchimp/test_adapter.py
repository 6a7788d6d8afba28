"""The Mailchimp adapter keeps the contract of all platforms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from connector.platforms.base import Done, Platform
from connector.platforms.mailchimp.adapter import Mailchimp
from connector.sandbox import Sandbox
from tests.platforms.contract import Case, PlatformContract
from tests.platforms.mailchimp.wish import AUDIENCE, EVA, STORE, do, wish

MEMBERS = f"/3.0/lists/{AUDIENCE}/members/"
SHOP = f"/3.0/ecommerce/stores/{STORE}"
CLEARED_SINCE = datetime(2026, 1, 1, tzinfo=UTC)
ITEMS = ({"product": "p1", "name": "Trowel", "price": "12.50", "quantity": "2"},)


def _of_eva(state: Mapping[str, Any], name: str) -> Any:
    return state["mailchimp"]["members"][EVA][name]


def _in_store(state: Mapping[str, Any], name: str) -> Any:
    return state["mailchimp"]["stores"][STORE][name]


CASES = (
    Case(
        "update_member",
        {"fields": {"FNAME": "Eva"}},
        "PUT",
        MEMBERS,
        lambda state: _of_eva(state, "merge_fields"),
    ),
    Case(
        "put_back",
        {"of": "member", "fields": {"FNAME": {"values": [""], "since": CLEARED_SINCE, "was": "Eva"}}},
        "PATCH",
        MEMBERS,
        lambda state: _of_eva(state, "merge_fields"),
        refusals=(400, 409, 422),
    ),
    Case(
        "tag",
        {"add": ["vip"]},
        "POST",
        MEMBERS + "*/tags",
        lambda state: _of_eva(state, "tags"),
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
    Case(
        "start_automation",
        {"automation": "wf1", "email": "em1"},
        "POST",
        "/3.0/automations/wf1/emails/em1/queue",
        lambda state: len(state["mailchimp"]["queued"]),
        proof=204,
    ),
    Case(
        "add_note",
        {"text": "Likes roses & ivy"},
        "POST",
        MEMBERS + "*/notes",
        lambda state: _of_eva(state, "notes"),
    ),
    Case(
        "update_cart",
        {"id": "c1", "currency": "EUR", "items": ITEMS},
        "POST",
        SHOP + "/carts",
        lambda state: _in_store(state, "carts").get("c1"),
    ),
    Case(
        "remove_cart",
        {"id": "left"},
        "DELETE",
        SHOP + "/carts/left",
        lambda state: "left" not in _in_store(state, "carts"),
        proof=204,
        refusals=(400, 409, 422),
    ),
    Case(
        "update_order",
        {"id": "o1", "currency": "EUR", "items": ITEMS, "status": "paid", "cart": "c1"},
        "POST",
        SHOP + "/orders",
        lambda state: _in_store(state, "orders"),
    ),
    Case(
        "unsubscribe",
        {},
        "PATCH",
        MEMBERS,
        lambda state: _of_eva(state, "status") == "unsubscribed",
    ),
    Case(
        "archive",
        {},
        "DELETE",
        MEMBERS,
        lambda state: _of_eva(state, "status") == "archived",
        proof=204,
    ),
)


class TestMailchimp(PlatformContract):
    """The shared suite, for every action of Mailchimp; Eva is in the audience, and left a cart."""

    cases = CASES
    error_type = "application/problem+json"

    @pytest.fixture
    def sandbox(self, running: Sandbox) -> Sandbox:
        running.reset()
        platform = self.connect(running, deadline=5.0)
        left = wish("update_cart", {"id": "left", "currency": "EUR", "items": ITEMS})
        assert isinstance(do(platform, wish("update_member", {})), Done)
        assert isinstance(do(platform, left), Done)
        platform.close()
        return running

    def connect(self, sandbox: Sandbox, deadline: float) -> Platform:
        url = sandbox.mailchimp_url
        return Mailchimp("test-us21", AUDIENCE, store=STORE, base_url=url, deadline=deadline)

    @pytest.fixture(params=CASES, ids=str)
    def case(self, request: pytest.FixtureRequest) -> Case:
        case: Case = request.param
        return case
