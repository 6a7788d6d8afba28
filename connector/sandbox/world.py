"""Everything that a sandbox holds, behind one lock: platforms, shops, http targets, calls and scripts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Literal, TypeAlias

from connector.sandbox.exchange import Answer, Json, Request, as_json, instant
from connector.sandbox.hubspot import HubSpot
from connector.sandbox.limits import Limits
from connector.sandbox.mailchimp import Mailchimp
from connector.sandbox.scripts import Script, Scripted, Scripts
from connector.sandbox.shops.shopify import Shopify
from connector.sandbox.shops.woocommerce import WooCommerce

Platform: TypeAlias = Literal["hubspot", "mailchimp", "woocommerce", "shopify", "http"]

_SHOWN_HEADERS_LEFT_OUT = frozenset({"authorization", "cookie", "proxy-authorization"})


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back: an answer, or None to close the connection; `delay` and `drip` are in seconds."""

    answer: Answer | None
    delay: float = 0.0
    drip: float = 0.0


class World:
    """The memory of a sandbox. Calls are taken one at a time; `clock` gives seconds since 1970."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        self._lock = Lock()
        self._under_way = 0
        self._forget()

    def now(self) -> datetime:
        """The sandbox's time, in UTC."""
        return datetime.fromtimestamp(self._clock(), tz=UTC)

    def script(self, script: Script) -> None:
        """Prescribe answers for the next calls that fit."""
        with self._lock:
            self._scripts.add(script)

    def reset(self) -> None:
        """Forget everything: records, calls and scripts."""
        with self._lock:
            self._forget()

    def state(self) -> str:
        """What is held and every call, as JSON."""
        with self._lock:
            held = {
                "hubspot": self._hubspot.state(),
                "mailchimp": self._mailchimp.state(),
                "woocommerce": self._woocommerce.state(),
                "shopify": self._shopify.state(),
                "http": self._posted,
                "calls": self._calls,
            }
            return json.dumps(held)

    @contextmanager
    def exchange(self, request: Request) -> Iterator[Reply]:
        """The reply to a call; the call is under way until the context ends."""
        platform = _platform(request.path)
        with self._lock:
            self._under_way += platform == "mailchimp"
            reply = self._reply(platform, request)
        try:
            yield reply
        finally:
            with self._lock:
                self._under_way -= platform == "mailchimp"

    def _reply(self, platform: Platform, request: Request) -> Reply:
        call = {
            "at": instant(request.at),
            "platform": platform,
            "method": request.method,
            "path": request.path,
        }
        scripted = self._scripts.next_for(request)
        reply = self._played(scripted, platform, request) if scripted else Reply(self._own(platform, request))
        status = reply.answer.status if reply.answer else None
        self._calls.append({**call, "query": request.query, "body": _shown(request.body), "status": status})
        return reply

    def _played(self, scripted: Scripted, platform: Platform, request: Request) -> Reply:
        own = self._own(platform, request) if scripted.apply or scripted.is_own else None
        answer = own if scripted.is_own else None if scripted.drop else scripted.answer()
        return Reply(answer, scripted.delay, scripted.drip)

    def _own(self, platform: Platform, request: Request) -> Answer:
        match platform:
            case "hubspot":
                return self._hubspot.answer(request)
            case "mailchimp":
                return self._mailchimp.answer(request, self._under_way)
            case "woocommerce":
                return self._woocommerce.answer(request)
            case "shopify":
                return self._shopify.answer(request)
            case "http":
                return self._post(request)

    def _post(self, request: Request) -> Answer:
        headers = {k: v for k, v in request.headers.items() if k not in _SHOWN_HEADERS_LEFT_OUT}
        kept = {"at": instant(request.at), "method": request.method, "path": request.path}
        self._posted.append({**kept, "headers": headers, "body": _shown(request.body)})
        return as_json(200, {"ok": True})

    def _forget(self) -> None:
        self._hubspot = HubSpot(self._limits, self.now())
        self._mailchimp = Mailchimp(self._limits, self.now())
        self._woocommerce, self._shopify = WooCommerce(), Shopify()
        self._scripts = Scripts()
        self._posted: list[Json] = []
        self._calls: list[Json] = []


def _platform(path: str) -> Platform:
    if path == "/3.0" or path.startswith("/3.0/"):
        return "mailchimp"
    beginnings: dict[str, Platform] = {"/wp-json/": "woocommerce", "/admin/": "shopify", "/http/": "http"}
    return next((name for start, name in beginnings.items() if path.startswith(start)), "hubspot")


def _shown(body: bytes) -> Any:
    """A body as JSON where it is JSON, else as text; None where there is none."""
    if not body:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body.decode(errors="replace")
