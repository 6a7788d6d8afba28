"""Who is turned away while more comes than can be stored: who resends longest, before his body is read."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connector.errors import StoreError
from connector.mapping.source import Resends
from connector.model.delivery import Delivery
from connector.store.inbox import Received
from tests.webhooks.rig import Rig, genuine
from tests.webhooks.test_receive import BODIES, media_type
from webhooks.mark import LOOK_EVERY, Mark
from webhooks.message import Answer, Request, Waiting
from webhooks.receive import Shelf
from webhooks.shedding import LONGEST, MOST_BYTES, MOST_UNDER_WAY, Room

DAY = Resends(timedelta(hours=24), 429)
HOURS = Resends(timedelta(hours=4))
MINUTES = Resends(timedelta(minutes=75))
NEVER = Resends()
SENDERS = {"hubspot": DAY, "shopify": HOURS, "mailchimp": MINUTES, "woocommerce": NEVER}


class Timer:
    """Seconds that go by when they are told to."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


class Slow:
    """A shelf on which nothing arrives until it is told to."""

    def __init__(self) -> None:
        self.asked: list[Future[list[Received]]] = []

    def receive(self, deliveries: Sequence[Delivery]) -> Future[list[Received]]:
        self.asked.append(Future())
        return self.asked[-1]


class Later(Executor):
    """Does what it is given when it is told to."""

    def __init__(self) -> None:
        self.given: list[Any] = []

    def submit(self, work: Any, /, *words: Any, **named: Any) -> Future[Any]:
        self.given.append(work)
        return Future()


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def room(timer: Timer) -> Room:
    return Room(timer, lambda: False)


def let_in(room: Room) -> list[str]:
    """The senders for whom there is room."""
    return [name for name, resends in SENDERS.items() if is_let_in(room, resends)]


def is_let_in(room: Room, resends: Resends) -> bool:
    try:
        room.check(resends)
    except Exception:
        return False
    return True


@pytest.mark.parametrize(
    ("share", "senders"),
    [
        (0.49, ["hubspot", "shopify", "mailchimp", "woocommerce"]),
        (0.5, ["shopify", "mailchimp", "woocommerce"]),
        (0.65, ["mailchimp", "woocommerce"]),
        (0.8, ["woocommerce"]),
        (0.99, ["woocommerce"]),
        (1.0, []),
    ],
)
def test_who_never_resends_is_turned_away_last(room: Room, share: float, senders: list[str]) -> None:
    for _ in range(round(MOST_UNDER_WAY * share)):
        room.enter(1)

    assert let_in(room) == senders


def test_a_disk_that_stands_still_is_noticed_by_the_oldest(room: Room, timer: Timer) -> None:
    number = room.enter(1)

    timer.at = LONGEST * 0.7
    while_waiting = let_in(room)
    room.leave(number)

    assert while_waiting == ["mailchimp", "woocommerce"]
    assert let_in(room) == list(SENDERS)


def test_bodies_that_arrive_take_room(room: Room) -> None:
    room.hold(MOST_BYTES)
    when_full = let_in(room)
    room.hold(-MOST_BYTES)

    assert when_full == []
    assert let_in(room) == list(SENDERS)


def test_over_its_mark_the_inbox_takes_only_what_never_comes_again() -> None:
    assert let_in(Room(Timer(), lambda: True)) == ["woocommerce"]


@pytest.mark.parametrize("name", SENDERS)
def test_a_sender_is_told_to_come_again_in_the_way_it_understands(name: str) -> None:
    """B35, B36: the body may even be forged, nobody looks at it; and it is counted."""
    rig = Rig()
    rig.doors[name] = replace(rig.doors[name], source=replace(rig.doors[name].source, resends=SENDERS[name]))
    for _ in range(MOST_UNDER_WAY):
        rig.room.enter(1)

    response = rig.post(name, b"forged")

    assert response.status_code == SENDERS[name].busy
    assert (response.json or {})["code"] == "overloaded"
    assert 10 <= int(response.headers["Retry-After"]) <= 60
    assert rig.counts == {(name, "overloaded"): 1}


def test_what_is_under_way_takes_room_until_it_is_there() -> None:
    rig, slow = Rig(), Slow()
    front = rig.fronted(Shelf(slow.receive, slow_failed, rig._wake))
    waiting = front.take(order())
    assert isinstance(waiting, Waiting)
    during = rig.room.fullness()

    slow.asked[0].set_result([Received("id-0", True)])
    waiting.settle()

    assert waiting.answer().status == 200
    assert during > rig.room.fullness() == 0


def test_what_takes_too_long_is_given_up_and_the_sender_comes_again() -> None:
    rig, slow = Rig(), Slow()
    waiting = rig.fronted(Shelf(slow.receive, slow_failed, rig._wake)).take(order())
    assert isinstance(waiting, Waiting)

    answer = waiting.late()

    assert answer.status == 503
    assert 10 <= int(dict(answer.headers)["Retry-After"]) <= 60
    assert slow.asked[0].cancelled()
    assert rig.wakes == 0


def test_who_was_given_up_does_not_come_again_all_at_once() -> None:
    """A disk that stands still is late for thousands at the same moment."""
    rig, slow = Rig(), Slow()
    front = rig.fronted(Shelf(slow.receive, slow_failed, rig._wake))
    given_up = [front.take(order()) for _ in range(60)]

    told = {dict(one.late().headers)["Retry-After"] for one in given_up if isinstance(one, Waiting)}

    assert len(told) > 10


def test_a_store_that_fails_later_is_our_fault() -> None:
    rig, slow = Rig(), Slow()
    waiting = rig.fronted(Shelf(slow.receive, slow_failed, rig._wake)).take(order())
    assert isinstance(waiting, Waiting)

    slow.asked[0].set_exception(StoreError("the disk failed"))

    assert waiting.answer().status == 503


def test_the_mark_is_looked_at_now_and_then_and_never_waited_for(timer: Timer) -> None:
    later, seen = Later(), iter([True, False])
    mark = Mark(lambda: next(seen), timer, later)

    said = [mark.is_over() for _ in range(10)]
    later.given.pop()()
    said.append(mark.is_over())
    timer.at += LOOK_EVERY
    said.append(mark.is_over())
    later.given.pop()()
    said.append(mark.is_over())

    assert said == [False] * 10 + [True, True, False]
    assert later.given == []


def slow_failed(delivery: Delivery, reason: str, path: str) -> Future[list[Received]]:
    raise AssertionError(reason)


def order() -> Request:
    """A genuine order."""
    headers = {name.lower(): text for name, text in genuine("shopify", BODIES["shopify"]).items()}
    said = {**headers, "content-type": media_type("shopify")}
    return Request("POST", "/webhooks/shopify", "", said, BODIES["shopify"], len(BODIES["shopify"]))


def test_a_request_that_is_refused_by_its_head_is_an_answer() -> None:
    head = Request("DELETE", "/webhooks/shopify")

    refusal = Rig().front.refuses(head)

    assert isinstance(refusal, Answer)
    assert refusal.status == 405
