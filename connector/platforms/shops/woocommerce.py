"""WooCommerce: the webhooks of a shop by its REST API, version 3.

Calls and answers are those of WooCommerce's class-wc-rest-webhooks-v1-controller.php and its version 2. A
new webhook is answered with 201 and posts a ping at once; lists come in pages of at most 100. A key and its
secret go as HTTP Basic (woocommerce.github.io/woocommerce-rest-api-docs, Authentication over HTTPS).
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from connector.platforms.proof import check, json_object, unproven
from connector.platforms.setting_up import Made, State, Step, Wanted
from connector.platforms.shops.hooks import Hook, steps
from connector.platforms.transport import Answer, Transport, classify

PATH: Final = "/wp-json/wc/v3/webhooks"
PAGE: Final = 50
"""Webhooks that are read at once: more of them might be too long an answer."""
MOST_PAGES: Final = 40
STATES: Final[Mapping[str, Literal["active", "paused", "failed"]]] = {"active": "active", "paused": "paused"}


class WooCommerce:
    """One shop, by its address, a key that may read and write, and the key's secret."""

    def __init__(self, url: str, key: str, secret: str, *, deadline: float = 30.0) -> None:
        headers = {
            "Authorization": "Basic " + b64encode(f"{key}:{secret}".encode()).decode(),
            "Accept": "application/json",
            "User-Agent": "loods",
        }
        self._transport = Transport(url, headers=headers, deadline=deadline, allow_plain=True)

    def plan(self, wanted: Wanted) -> list[Step]:
        """A step for each topic. Raises a DispatchError."""
        found = list(self._found())
        planned = steps(found, wanted, {"delivery_url": wanted.address, "status": "active"})
        is_here = any(wanted.is_at(one.address) or wanted.was_at(one.address) for one in found)
        return [_signed(one, wanted, is_here=is_here) for one in planned]

    def carry_out(self, step: Step) -> Made:
        """Make the webhook, or change it. Raises a DispatchError."""
        path, status = (f"{PATH}/{step.id}", 200) if step.id else (PATH, 201)
        answer = self._sent("PUT" if step.id else "POST", path, step.body)
        check(answer, classify(answer), (status,), once=True)
        found = json_object(answer)
        if any(found.get(name) != step.body[name] for name in ("delivery_url", "status")):
            raise unproven(answer, "no webhook as it was asked for")
        return Made(str(found.get("id")))

    def close(self) -> None:
        """Give up the connection."""
        self._transport.close()

    def _found(self) -> Iterator[Hook]:
        for page in range(1, MOST_PAGES + 1):
            answer = self._sent("GET", f"{PATH}?per_page={PAGE}&page={page}&status=all")
            check(answer, classify(answer), (200,), once=False)
            found = answer.json()
            if not isinstance(found, list):
                raise unproven(answer, "no list of webhooks")
            yield from (_hook(one) for one in found if isinstance(one, dict))
            if len(found) < PAGE:
                return

    def _sent(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        content = None if body is None else json.dumps(dict(body)).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        return self._transport.request(method, path, body=content, headers=headers)


def _signed(step: Step, wanted: Wanted, *, is_here: bool) -> Step:
    """A new webhook with a name by which a person knows it, and our secret.

    WooCommerce never shows a secret again: while nobody knows that of the webhooks that are there, none is
    made, which would have another.
    """
    if step.state is not State.MAKE:
        return step
    if wanted.secret is None and (is_here or not wanted.unset):
        names = " or ".join(f"${one}" for one in wanted.unset) or "a variable for its secret"
        told = f"set {names} to the secret of the webhooks that are there, or delete those"
        return Step(State.BY_HAND, step.what, told)
    named = {"name": f"Loods: {step.body['topic']}", "secret": wanted.secret or wanted.invented}
    variable = "" if wanted.secret else wanted.unset[0]
    return Step(State.MAKE, step.what, body={**step.body, **named}, variable=variable)


def _hook(found: Mapping[str, Any]) -> Hook:
    state = STATES.get(str(found.get("status")), "failed")
    return Hook(str(found.get("id")), str(found.get("topic")), str(found.get("delivery_url")), state)
