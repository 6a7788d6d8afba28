"""Whatever happens, no address of a person and no secret stands in a log, a metric or an answer."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Sequence
from typing import ClassVar

import pytest

from connector.model.action import ActionSpec
from connector.model.changes import Change
from connector.platforms.base import Call, Done, Outcome
from connector.platforms.mailchimp.adapter import Mailchimp
from connector.runtime.dispatcher import Dispatcher
from connector.telemetry.logs import JsonLines, PlainLines
from tests.runtime.shop import SECRET, Shop

CANARY = "canary.eva@person.example"
HIDDEN = (
    "canary",
    "person.example",
    SECRET,
    SECRET.removeprefix("whsec_"),
    "pat-eu1-test",
    "test-us21",
    "t0ken",
)


@pytest.fixture(params=[JsonLines, PlainLines])
def logged(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What is logged, in either form, down to DEBUG."""
    stream, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(request.param())
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def told(shop: Shop, logged: io.StringIO) -> str:
    """All that anybody who is not asked for a password can read."""
    shop.system.panel.lookout.step()
    pages = ("/metrics", "/health", "/health/ready", "/health/live", f"/{CANARY}")
    return logged.getvalue() + "".join(shop.web.get(one).get_data(as_text=True) for one in pages)


def assert_hides(text: str) -> None:
    """None of what is hidden stands in it."""
    assert [one for one in HIDDEN if one in text] == []


def test_genuine_events_and_refused_ones_leave_no_trace_of_a_person(shop: Shop, logged: io.StringIO) -> None:
    answers = []
    for event in ("newsletter.confirmed", "order.paid", "cart.updated", "no.such.thing"):
        shop.says(event, CANARY, order={"id": CANARY, "total": "600"}, cart={"id": CANARY, "total": "700"})
    for body in (
        b"{",
        CANARY.encode(),
        b'{"a": ' * 200,
        f'{{"email": "{CANARY}"}}'.encode(),
        b"\xff" + CANARY.encode(),
    ):
        answers.append(shop.web.post("/webhooks/website", data=body, headers={"webhook-id": CANARY}))
        answers.append(shop.web.post(f"/webhooks/mailchimp/t0ken?email={CANARY}", data=body))
        answers.append(shop.web.post(f"/webhooks/{CANARY}?secret={SECRET}", data=body))
        shop.posts("website", body)
        shop.posts("webshop", body)
    shop.turns()

    assert_hides(told(shop, logged) + "".join(one.get_data(as_text=True) for one in answers))
    assert shop.contact(CANARY).email == CANARY


@pytest.mark.parametrize("status", [400, 401, 404, 409, 429, 500, 503])
def test_a_platform_that_repeats_what_was_sent_leaves_no_trace_of_a_person(
    shop: Shop, logged: io.StringIO, status: int
) -> None:
    words = {"message": f"Contact {CANARY} with {SECRET} already exists", "detail": CANARY, "title": CANARY}
    shop.sandbox.script({"method": "POST"}, [{"status": status, "body": words}], times=None)
    shop.sandbox.script({"method": "PUT"}, [{"status": status, "body": words}], times=None)
    shop.says("newsletter.confirmed", CANARY)
    shop.says("cart.updated", CANARY, cart={"id": "c1", "total": "700"})

    shop.turns()

    assert_hides(told(shop, logged))
    assert any(CANARY in one.words for one in shop.actions()) or status in {401, 429, 500, 503}


class Breaking:
    """A platform's adapter with a fault, which tells all that it knows."""

    specs: ClassVar[Sequence[ActionSpec]] = Mailchimp.specs
    deadline = 1.0

    def batch_size(self, name: str) -> int:
        return 1

    def changes(self, call: Call) -> Sequence[Change]:
        return ()

    def dispatch(self, name: str, calls: Sequence[Call]) -> Sequence[Outcome]:
        raise ValueError(f"{CANARY} {calls}")

    def look_up(self, call: Call) -> Done | None:
        raise KeyError(CANARY)

    def account(self) -> str:
        return "mailchimp:1"

    def close(self) -> None:
        pass


def test_what_breaks_inside_leaves_no_trace_of_a_person(shop: Shop, logged: io.StringIO) -> None:
    system = shop.system
    dispatcher = Dispatcher("mailchimp", Breaking(), system.store, system.live, shop.clock)
    shop.says("newsletter.confirmed", CANARY)
    system.processor.step()

    for _ in range(3):
        dispatcher.step()
        shop.clock.moves(minutes=10)

    assert "ValueError" in logged.getvalue()
    assert_hides(told(shop, logged))
