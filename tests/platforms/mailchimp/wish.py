"""Short ways to ask the Mailchimp adapter for something."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connector.model.action import Action, Cause, Kind
from connector.model.values import Value
from connector.platforms.base import Addressee, Call, Outcome, Platform
from connector.platforms.transport import Transport
from connector.sandbox import Sandbox

EVA = "eva@example.com"
AUDIENCE = "57afe96172"
DOUBLE_OPTIN = "a6b5da1054"
STORE = "webshop"
DECIDED = datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=UTC)


def wish(
    name: str,
    arguments: Mapping[str, Value],
    *,
    email: str | None = EVA,
    has_consent: bool = True,
    key: str = "key",
    known: frozenset[str] = frozenset(),
) -> Call:
    """One action for one contact."""
    cause = Cause("trigger:test", 0, "order.paid", "e1")
    action = Action(key, "mailchimp", name, "c1", arguments, Kind.INTERNAL, cause, DECIDED)
    return Call(action, Addressee("c1", email, None, has_consent), known)


def do(platform: Platform, call: Call) -> Outcome:
    """What comes of it."""
    return platform.dispatch(call.action.name, [call])[0]


def member(sandbox: Sandbox, email: str = EVA) -> dict[str, Any]:
    """The member as the sandbox holds it."""
    held: dict[str, Any] = sandbox.state()["mailchimp"]["members"][email]
    return held


def methods(sandbox: Sandbox) -> list[str]:
    """The calls so far, each by its method and the end of its path."""
    return [f"{one['method']} {one['path'].rpartition('/')[2]}" for one in sandbox.state()["calls"]]


def join(sandbox: Sandbox, status: str, email: str = EVA) -> None:
    """Somebody else than we puts the person into the audience, in this status."""
    _ask(sandbox, "", {"email_address": email, "status": status})


def forget(sandbox: Sandbox, email: str = EVA) -> None:
    """Somebody deletes the person for good."""
    _ask(sandbox, f"/{email}/actions/delete-permanent", {})


def _ask(sandbox: Sandbox, path: str, body: Mapping[str, str]) -> None:
    headers = {"Authorization": "Bearer test-us21"}
    transport = Transport(sandbox.mailchimp_url, headers=headers, allow_plain=True)
    answer = transport.request("POST", f"/3.0/lists/{AUDIENCE}/members{path}", body=json.dumps(body).encode())
    transport.close()
    assert answer.status in {200, 204}, answer.words
