"""A body leaves the memory as soon as it is answered: garbage is searched for seldom."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from threading import Event
from typing import TYPE_CHECKING, NoReturn, cast
from weakref import ref

import pytest

from connector.errors import LoodsError, ReceiveError, StoreError
from connector.model.delivery import Delivery
from connector.store.inbox import Received
from tests.patience import PATIENCE, until
from tests.webhooks.lodging import Lodging, Still
from tests.webhooks.rig import JSON, Rig, genuine
from webhooks.connection import Wire
from webhooks.front import Front
from webhooks.house import House
from webhooks.message import Answer, Request, Waiting
from webhooks.reading import Reader
from webhooks.receive import Shelf

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

pytestmark = pytest.mark.usefixtures("no_searches")

READABLE, UNREADABLE = b'{"id": 1, "note": "%s"}', b"no object: %s"


def posted(body: bytes, name: str = "woocommerce") -> Request:
    headers = {key.lower(): text for key, text in genuine(name, body).items()} | {"content-type": JSON}
    return Request("POST", f"/webhooks/{name}", headers=headers, body=body, length=len(body))


def answered(outcome: Answer | Waiting) -> Answer:
    """The answer as the server asks for it: what is told of the future knows who waits."""
    if isinstance(outcome, Answer):
        return outcome
    post = SimpleQueue[Waiting]()
    outcome.done.add_done_callback(lambda _: post.put(outcome))
    told = post.get(timeout=PATIENCE)
    told.settle()
    return told.answer()


def given_up(outcome: Answer | Waiting) -> Answer:
    """What the server answers where that takes too long."""
    assert isinstance(outcome, Waiting)
    outcome.done.add_done_callback(lambda _: outcome.settle())
    return outcome.late()


class Shelves:
    """Shelves of a thread, as the store's: what is `done` there gives the answer."""

    def __init__(self, done: Callable[[Sequence[Delivery]], list[Received]]) -> None:
        self._done = done
        self._threads = ThreadPoolExecutor(1)

    def receive(self, deliveries: Sequence[Delivery]) -> Future[list[Received]]:
        return self._threads.submit(self._done, deliveries)

    def keep_failed(self, delivery: Delivery, _reason: str, _path: str) -> Future[list[Received]]:
        return self._threads.submit(self._done, [delivery])


def stored(deliveries: Sequence[Delivery]) -> list[Received]:
    return [Received(f"id-{number}", True) for number, _ in enumerate(deliveries)]


def not_stored(deliveries: Sequence[Delivery]) -> NoReturn:
    try:
        sys.exit(f"{len(deliveries)} are too many")
    except SystemExit as error:
        raise StoreError("the disk is full") from error


def fronted(done: Callable[[Sequence[Delivery]], list[Received]]) -> Front:
    shelves = Shelves(done)
    return Rig().fronted(Shelf(shelves.receive, shelves.keep_failed, lambda: None))


@pytest.mark.parametrize("text", [READABLE, UNREADABLE])
@pytest.mark.parametrize(("done", "status"), [(stored, 200), (not_stored, 503)])
def test_a_body_that_was_to_be_stored(
    text: bytes, done: Callable[[Sequence[Delivery]], list[Received]], status: int
) -> None:
    request = posted(text % b"new")
    known_to = sys.getrefcount(request.body)

    answer = answered(fronted(done).take(request))

    assert answer.status == status
    assert until(lambda: sys.getrefcount(request.body) <= known_to)


def one_alone(deliveries: Sequence[Delivery]) -> list[Received]:
    if len(deliveries) > 1:
        raise ValueError("one of them cannot be written")
    return stored(deliveries)


def kept_alone(deliveries: Sequence[Delivery]) -> Future[list[Received]]:
    """As the store's threads do it: the call that fails knows the future that keeps its error."""
    answer = Future[list[Received]]()
    try:
        answer.set_result(one_alone(deliveries))
    except ValueError as error:
        answer.set_exception(error)
    return answer


def tells(waiting: Waiting, told: asyncio.Queue[Waiting]) -> None:
    waiting.done.add_done_callback(lambda _: told.put_nowait(waiting))


def test_bodies_that_could_not_be_stored_together() -> None:
    requests = [posted(READABLE % b"one"), posted(READABLE % b"other")]
    known_to = [sys.getrefcount(one.body) for one in requests]

    async def scene() -> list[int]:
        front = Rig().fronted(Shelf(kept_alone, Shelves(stored).keep_failed, lambda: None))
        front.gather(asyncio.get_running_loop())
        told = asyncio.Queue[Waiting]()
        for one in requests:
            waiting = front.take(one)
            assert isinstance(waiting, Waiting)
            tells(waiting, told)
        return [(await told.get()).answer().status for _ in requests]

    statuses = asyncio.run(scene())

    assert statuses == [200, 200]
    assert until(lambda: [sys.getrefcount(one.body) for one in requests] <= known_to)


def test_a_body_of_a_page_that_broke() -> None:
    request = Request("POST", "/", body=b"%s and more" % b"new")
    known_to = sys.getrefcount(request.body)

    def breaks(environ: WSGIEnvironment, _start: StartResponse) -> NoReturn:
        raise ValueError(environ["wsgi.input"].read() and request.path)

    with ThreadPoolExecutor(1) as threads:
        answer = answered(Front(Rig().front.receiver, breaks, threads).take(request))

    assert answer.status == 500
    assert until(lambda: sys.getrefcount(request.body) <= known_to)


@pytest.mark.parametrize("text", [READABLE, UNREADABLE])
def test_a_body_that_could_not_be_stored_and_whose_sender_has_gone(text: bytes) -> None:
    request, goes_on = posted(text % b"new"), Event()
    known_to = sys.getrefcount(request.body)

    def dawdling(deliveries: Sequence[Delivery]) -> NoReturn:
        goes_on.wait(PATIENCE)
        not_stored(deliveries)

    answer = given_up(fronted(dawdling).take(request))
    goes_on.set()

    assert answer.status == 503
    assert until(lambda: sys.getrefcount(request.body) <= known_to)


def test_a_body_that_cannot_be_read_and_is_not_signed() -> None:
    request = posted(UNREADABLE % b"new", "open")
    known_to = sys.getrefcount(request.body)

    answer = answered(Rig().front.take(request))
    is_known_to = sys.getrefcount(request.body)

    assert answer.status == 400
    assert is_known_to <= known_to


HEAD = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"


@pytest.fixture
def house() -> Lodging:
    return Lodging()


@pytest.fixture
def wire(house: Lodging) -> Wire:
    """A connection that has begun."""
    begun = Wire(cast(House, house))
    begun.connection_made(cast(asyncio.Transport, Still()))
    return begun


def test_a_connection_that_stays_open_keeps_no_request_that_was_answered(house: Lodging, wire: Wire) -> None:
    wire.data_received(HEAD + b"x" * 100_000)
    request, fresh = house.taken.pop(), Request("POST", "/")

    known_to, is_known_to = sys.getrefcount(fresh), sys.getrefcount(request)

    assert len(request.body) == 100_000
    assert is_known_to == known_to


def ends(wire: Wire) -> None:
    wire.connection_lost(None)


def lasts_too_long(wire: Wire) -> None:
    wire.check(1e9)


@pytest.mark.parametrize("happens", [ends, lasts_too_long])
def test_a_body_of_which_half_came(wire: Wire, happens: Callable[[Wire], None]) -> None:
    reader = ref(wire._reader)
    wire.data_received(HEAD + b"x" * 50_000)

    happens(wire)

    left = reader()
    assert left is None or not left._pieces


class Guest:
    """Refuses the body as it comes."""

    def on_head(self, _head: Request) -> None:
        """It may come."""

    def on_piece(self, _size: int) -> NoReturn:
        raise ReceiveError("there is no room")

    def on_whole(self, _request: Request, *, is_last: bool) -> None:
        raise AssertionError(is_last)


def test_a_piece_that_was_refused_as_it_came() -> None:
    reader = Reader(Guest())
    piece = HEAD + b"x" * 1000
    known_to = sys.getrefcount(piece)

    with pytest.raises(LoodsError, match="no room") as refused:
        reader.feed(piece)

    assert refused.value.__cause__ is refused.value.__context__ is None
    del refused
    is_known_to = sys.getrefcount(piece)
    assert is_known_to <= known_to
