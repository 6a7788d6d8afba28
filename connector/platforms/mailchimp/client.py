"""Mailchimp's official SDK over our transport, for one account."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from connector.errors import SettingsError
from connector.platforms.clocks import time_there
from connector.platforms.time_left import Pace
from connector.platforms.transport import Answer, Gate, Transport

DATA_CENTRE = re.compile(r"[a-z]{2}\d{1,3}", re.ASCII)
ABOUT_MANY = 8 * 1024 * 1024
"""Bytes: a member has two to six thousand of them, with statistics, place and links."""


class MailchimpClient:
    """The SDK's client is `sdk`; its methods give an `Answer`. `base_url` None is the key's data centre."""

    def __init__(self, token: str, *, base_url: str | None, deadline: float) -> None:
        root = (base_url or _root_of(token)).rstrip("/")
        headers = {
            "Authorization": "Basic " + b64encode(f"loods:{token}".encode()).decode(),
            "Accept": "application/json, application/problem+json",
            "User-Agent": "loods",
        }
        self._transport = Transport(f"{root}/3.0", headers=headers, deadline=deadline, allow_plain=True)
        self._sdk: Any = None
        self.last_there: datetime | None = None
        """When Mailchimp answered last, by its own clock; None where it has not yet."""

    @property
    def sdk(self) -> Any:
        """The SDK's client, made at its first use."""
        if self._sdk is None:
            from connector.platforms.mailchimp.sdk import client

            self._sdk = client(self._send)
        return self._sdk

    def go_through(self, gate: Gate) -> None:
        """From now on every request passes it."""
        self._transport.gate = gate

    def watch(self, turn: Callable[[bool], None]) -> None:
        """Tell when a request begins to wait at the gate (yes), and when it goes (no)."""
        self._transport.turn = turn

    def through(self, gate: Gate) -> AbstractContextManager[None]:
        """Requests within pass this one instead."""
        return self._transport.through(gate)

    def one_deadline(self, seconds: float | None = None) -> AbstractContextManager[None]:
        """All calls within end before one deadline: so many seconds, else the usual."""
        return self._transport.one_deadline(seconds)

    def pace(self) -> Pace:
        """Whether there is time for more calls of a kind before the deadline that is going on."""
        return Pace(self._transport.time_left)

    def for_many(self) -> AbstractContextManager[None]:
        """Answers to calls within tell of up to 500 people, and cannot be asked to tell less."""
        return self._transport.long_answers(ABOUT_MANY)

    def close(self) -> None:
        """Give up the connection."""
        self._transport.close()

    def _send(self, method: str, target: str, body: bytes | None) -> Answer:
        headers = {} if body is None else {"Content-Type": "application/json"}
        answer = self._transport.request(method, target, body=body, headers=headers)
        self.last_there = time_there(answer) or self.last_there
        return answer


def _root_of(token: str) -> str:
    """The address of the data centre behind the key's last dash; it becomes a host name, so it is checked."""
    key, _, centre = token.rpartition("-")
    if not key or not DATA_CENTRE.fullmatch(centre):
        raise SettingsError("the Mailchimp key does not end in its data centre, as in …-us21")
    return f"https://{centre}.api.mailchimp.com"
