"""One connection of a sender: requests in, answers out in the same order; and nothing waits for ever."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Final, cast

from connector.errors import BadBody, ReceiveError
from webhooks.house import House
from webhooks.message import Answer, Request, Waiting, written
from webhooks.reading import Reader
from webhooks.refusals import broken

_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
"""What a sender waits for that asks first (RFC 9110, section 10.1.1)."""

_NOTHING_YET: Final = Request("", "")


@dataclass(frozen=True, slots=True)
class Turn:
    """A request that waits for the answers before its own, or its answer where that is known already."""

    said: Request | Answer
    is_last: bool
    is_head: bool = False


class Wire(asyncio.Protocol):
    """One connection."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._reader = Reader(self)
        self._line: deque[Turn] = deque()
        self._is_last = self._is_head = False
        self._waiting: Waiting | None = None
        self._refusal: Answer | None = None
        self._held = 0
        self._is_over = False
        self._is_cut = False
        self._has_served = False
        self._rests_since = self._asked_at = house.now()
        self._begun_at: float | None = None
        self._lingers_since: float | None = None
        self._choked_since: float | None = None

    @property
    def is_busy(self) -> bool:
        """Whether something of it still has to be read, done or written."""
        return self._begun_at is not None or self._waiting is not None or bool(self._line)

    @property
    def is_resting(self) -> bool:
        """Whether it could be let go without anybody being the worse for it, and would be gone at once."""
        if self.is_busy or self._is_over or self._transport.is_closing():
            return False
        return not self._transport.get_write_buffer_size()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It has begun."""
        self._transport = cast(asyncio.Transport, transport)
        self._house.joined(self)

    def connection_lost(self, error: Exception | None) -> None:
        """It has ended. What is on its way to the disk goes on."""
        self._is_over = True
        self._line.clear()
        self._reader.forget()
        self._let_go()
        self._house.left(self)

    def data_received(self, data: bytes) -> None:
        """Some bytes came."""
        if self._is_over:
            return
        try:
            self._reader.feed(data)
        except Exception as error:
            self._break_off(error)
        if self._reader.is_within and self._begun_at is None and not self._is_over:
            self._begun_at = self._house.now()
        self._tell()

    def eof_received(self) -> bool:
        """The sender sends no more; what it has asked for is still answered."""
        is_owed = self._waiting is not None or bool(self._line)
        self._is_over = True
        self._begun_at = None
        return is_owed

    def pause_writing(self) -> None:
        """The sender does not read its answers."""
        self._choked_since = self._house.now()
        self._pace()

    def resume_writing(self) -> None:
        """It does again."""
        self._choked_since = None
        self._pace()

    def on_head(self, head: Request) -> None:
        """The headers have come: some requests need no body to be refused."""
        if self._is_over:
            self._reader.pass_over()
            return
        self._refusal = self._house.refuses(head)
        if self._refusal is not None:
            self._reader.pass_over()
        asks_first = head.headers.get("expect", "").lower() == "100-continue"
        if self._refusal is not None and (asks_first or self._refusal.status == 413):
            self._is_over = self._is_cut = True
            self._stand(Turn(self._refusal, is_last=True, is_head=_is_head(head)))
        elif asks_first and self._waiting is None and not self._line:
            self._transport.write(_CONTINUE)

    def on_piece(self, size: int) -> None:
        """Some of a body has come."""
        self._held += size
        self._house.hold(size)

    def on_whole(self, request: Request, *, is_last: bool) -> None:
        """A request is complete."""
        self._begun_at = None
        self._let_go()
        if not self._is_over:
            self._is_over = is_last
            self._stand(Turn(self._refusal or request, is_last, _is_head(request)))

    def on_done(self, waiting: Waiting) -> None:
        """The answer to what was waited for is known."""
        if self._waiting is waiting:
            self._waiting = None
            self._write(waiting.answer())
            self._go_on()
            self._tell()

    def check(self, now: float) -> None:
        """End what has lasted too long."""
        patience = self._house.patience
        if self._waiting is not None:
            if now - self._asked_at > patience.answer:
                self._give_up(self._waiting)
        elif self._lingers_since is not None or self._choked_since is not None:
            lingers = now - (self._lingers_since or now) > patience.linger
            if lingers or now - (self._choked_since or now) > patience.request:
                self._transport.abort()
        elif self._begun_at is not None:
            if now - self._begun_at > (patience.headers if self._reader.head is None else patience.request):
                self._cut(BadBody("The request took too long to arrive.", code="too_slow"))
        elif now - self._rests_since > (patience.idle if self._has_served else patience.headers):
            self.abort() if self._transport.is_closing() else self.end()

    def end(self) -> None:
        """Let go of the connection; what it was still to be told is written first, if it reads it."""
        self._transport.close()

    def abort(self) -> None:
        """Let go of the connection, whatever it was still to be told."""
        self._transport.abort()

    def turn_away(self, answer: Answer, *, is_head: bool = False) -> None:
        """Say so much, and end."""
        self._is_over = self._is_cut = True
        self._stand(Turn(answer, is_last=True, is_head=is_head))

    def _break_off(self, error: Exception) -> None:
        """What the sender says beyond the last request needs no answer."""
        if not self._is_over:
            self._cut(error)
        elif not isinstance(error, ReceiveError):
            broken(error)
            self.abort()

    def _cut(self, error: Exception) -> None:
        self._begun_at = None
        head, is_head = self._reader.head or _NOTHING_YET, self._reader.is_head
        self._reader.forget()
        self._reader = Reader(self)
        self._let_go()
        self.turn_away(self._house.cut_off(head, error), is_head=is_head)

    def _give_up(self, waiting: Waiting) -> None:
        self._waiting = None
        self._is_last = True
        self._write(waiting.late())

    def _stand(self, turn: Turn) -> None:
        self._line.append(turn)
        if self._waiting is None:
            self._go_on()

    def _go_on(self) -> None:
        """Answer what is next in line, as far as the answers are known. No request is kept."""
        while self._line and self._waiting is None:
            turn = self._line.popleft()
            self._is_last, self._is_head = turn.is_last, turn.is_head
            outcome = self._outcome(turn.said) if isinstance(turn.said, Request) else turn.said
            if isinstance(outcome, Waiting):
                self._waiting = outcome
                self._asked_at = self._house.now()
                self._house.watch(self, outcome)
            else:
                self._write(outcome)
        self._pace()

    def _outcome(self, request: Request) -> Answer | Waiting:
        try:
            return self._house.take(request)
        except Exception as error:
            return self._house.cut_off(request, error)

    def _write(self, answer: Answer) -> None:
        if self._transport.is_closing():
            return
        is_last = self._is_last or self._house.is_ending or (self._is_over and not self._line)
        self._rests_since = self._house.now()
        self._has_served = True
        self._transport.write(written(answer, self._house.date, is_last=is_last, is_head=self._is_head))
        if is_last:
            self._close()

    def _close(self) -> None:
        """A sender that is still sending would lose the answer if the connection just closed."""
        self._is_over = True
        self._line.clear()
        if self._is_cut and self._transport.can_write_eof():
            self._lingers_since = self._house.now()
            self._write_eof()
        else:
            self._transport.close()

    def _write_eof(self) -> None:
        """A sender who has gone meanwhile makes asyncio's raise (ENOTCONN)."""
        try:
            self._transport.write_eof()
        except OSError:
            self._transport.abort()

    def _pace(self) -> None:
        """Read on only while there is nothing to catch up on."""
        if self._transport.is_closing():
            return
        if self._line or self._choked_since is not None:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def _tell(self) -> None:
        """Whether it rests, and may be let go for one that comes."""
        (self._house.stirs if self.is_busy else self._house.rests)(self)

    def _let_go(self) -> None:
        self._house.hold(-self._held)
        self._held = 0


def _is_head(request: Request) -> bool:
    """Whether its answer has no body (RFC 9110, section 9.3.2)."""
    return request.method == "HEAD"
