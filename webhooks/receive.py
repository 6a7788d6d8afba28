"""The one route: POST /webhooks/<connection>. Verify, store, then say thank you.

The order of a request: 404 and 405, its length, whether there is room; then its bytes and its signature. Only
what is authentic is read, and it is answered with a 2xx after it is on disk. What a signature over its very
bytes has proven is always kept, as failed where it cannot be read; where only a shared secret came along, the
sender hears what is wrong instead. docs/receiving.md has the table of answers.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias, TypeVar
from urllib.parse import unquote

from connector.errors import MethodNotAllowed, NotFound, TooLarge, Unavailable
from connector.model.delivery import Delivery
from connector.store.inbox import Received
from webhooks.arrive import arrived_at, authenticate, is_ping
from webhooks.body import LIMIT
from webhooks.counter import Counter
from webhooks.door import Door
from webhooks.forgetting import forget_calls
from webhooks.intake import Intake, take_in
from webhooks.message import Answer, Request, Soon, Waiting, document
from webhooks.patience import come_again
from webhooks.refusals import Refusals
from webhooks.shedding import Room
from webhooks.tray import Loop, Receive, Tray

Said = TypeVar("Said")
Step: TypeAlias = Callable[[Door, str | None, Request], Said]

PLACE: Final = "/webhooks/"
"""All paths of the receiver begin so."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where deliveries go. Both are told what became of them once they are on disk, or a StoreError.

    `keep_failed` takes the reason, and its path in the body; `woke` tells the processor that there is work,
    and must not raise.
    """

    receive: Receive
    keep_failed: Callable[[Delivery, str, str], Future[list[Received]]]
    woke: Callable[[], None]


class Receiver:
    """Answers the requests for connections, all from one thread. The answers are counted by `counter`.

    `doors` finds a connection by its name; `clock` gives the time, aware.
    """

    def __init__(
        self, doors: Callable[[str], Door | None], shelf: Shelf, clock: Callable[[], datetime], room: Room
    ) -> None:
        self._doors = doors
        self._shelf = shelf
        self._clock = clock
        self._store: Callable[[Delivery], Soon] = self._store_alone
        self.room = room
        self.counter = Counter()
        self.refusals = Refusals(self.counter)

    def gather(self, loop: Loop) -> None:
        """From now on all is asked from the thread of this loop, and what comes together is stored so."""
        self._store = Tray(self._shelf.receive, loop).put

    def refuses(self, head: Request) -> Answer | None:
        """The answer to a request whose body nobody needs to see; None where the body should come."""
        return self._guarded(head, self._admit)

    def take(self, request: Request) -> Answer | Waiting:
        """The answer to a whole request, or the wait for one."""
        return self._guarded(request, self._take)

    def cut_off(self, head: Request, error: Exception) -> Answer:
        """The answer to a request that came so far and no further."""
        try:
            door, _ = self._at(head.path)
        except Exception as ours:
            return self.refusals.to(None, ours)
        return self.refusals.to(door, error)

    def _guarded(self, request: Request, step: Step[Said]) -> Said | Answer:
        door = None
        try:
            door, token = self._at(request.path)
            return step(_there(door), token, request)
        except Exception as error:
            return self.refusals.to(door, error)

    def _at(self, path: str) -> tuple[Door | None, str | None]:
        """The door at this path, and the secret that may follow it."""
        name, slash, token = path.removeprefix(PLACE).partition("/")
        door = self._doors(unquote(name)) if path.startswith(PLACE) else None
        if door is None or not slash:
            return door, None
        return (door, unquote(token)) if door.may_have_token and token and "/" not in token else (None, None)

    def _admit(self, door: Door, token: str | None, head: Request) -> None:
        if _is_handshake(door, head):
            return
        if head.method != "POST":
            raise MethodNotAllowed
        if head.length is not None and head.length > LIMIT:
            raise TooLarge(f"The body is larger than {LIMIT} bytes.")
        self.room.check(door.source.resends)

    def _take(self, door: Door, token: str | None, request: Request) -> Answer | Waiting:
        if _is_handshake(door, request):
            return self.counted(door, "handshake", Answer(200))
        arrived = arrived_at(door, request, token)
        if is_ping(door, arrived):
            return self.counted(door, "ping", document(200, {"status": "ping"}))
        now = self._clock()
        is_proven = authenticate(door, arrived, now)
        intake = take_in(door, arrived, now, is_proven=is_proven)
        return Storing(self, door, intake, self._put(intake))

    def _store_alone(self, delivery: Delivery) -> Future[list[Received]]:
        return self._shelf.receive([delivery])

    def _put(self, intake: Intake) -> Soon:
        """Store it; what cannot be read stands there as failed."""
        if intake.complaint:
            return self._shelf.keep_failed(intake.delivery, intake.complaint, intake.path)
        return self._store(intake.delivery)

    def thank(self, door: Door, received: Received, *, is_readable: bool) -> Answer:
        """What is answered for a delivery that is on disk."""
        status = "accepted" if received.is_new else "duplicate"
        if is_readable:
            self._shelf.woke()
        code = status if is_readable or not received.is_new else "failed"
        return self.counted(door, code, document(door.success, {"status": status, "id": received.id}))

    def counted(self, door: Door, code: str, answer: Answer) -> Answer:
        """The same answer, counted."""
        self.counter.add(door.name, code)
        return answer


class Storing(Waiting):
    """A delivery on its way to the disk.

    It keeps nothing of the delivery: a future and who waits for it may know each other, and whatever they
    know stays in memory until garbage is searched for.
    """

    def __init__(self, receiver: Receiver, door: Door, intake: Intake, stored: Soon) -> None:
        super().__init__(stored)
        self._receiver = receiver
        self._door = door
        self._is_readable = not intake.complaint
        self._number = receiver.room.enter(len(intake.delivery.body))

    def answer(self) -> Answer:
        """A thank you, or why it could not be stored."""
        try:
            [received] = self.done.result(0)
            return self._receiver.thank(self._door, received, is_readable=self._is_readable)
        except Exception as error:
            said = self._receiver.refusals.to(self._door, error)
            forget_calls(error)
            return said

    def late(self) -> Answer:
        """The sender is asked to come again; that it may be stored by then is no harm: it is a duplicate."""
        self.done.cancel()
        self.done.add_done_callback(_unheard)
        error = Unavailable("The delivery could not be stored in time.", retry_after=come_again())
        return self._receiver.refusals.to(self._door, error)

    def settle(self) -> None:
        """It takes no room any more."""
        self._receiver.room.leave(self._number)


def _unheard(done: Soon) -> None:
    """Nobody asks what came of it any more."""
    try:
        done.result(0)
    except Exception as error:
        forget_calls(error)


def _there(door: Door | None) -> Door:
    if door is None:
        raise NotFound
    return door


def _is_handshake(door: Door, request: Request) -> bool:
    return request.method in {"GET", "HEAD"} and door.source.handshake == "get"
