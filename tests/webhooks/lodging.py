"""A house that takes all, and a transport that goes nowhere: what a connection is asked without a socket."""

from __future__ import annotations

from webhooks.connection import Wire
from webhooks.message import Answer, Request
from webhooks.patience import Patience


class Still:
    """A transport that takes all and says nothing."""

    def is_closing(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def write(self, data: bytes) -> None:
        assert data

    def can_write_eof(self) -> bool:
        return False

    def pause_reading(self) -> None:
        """Nothing comes anyway."""

    resume_reading = close = pause_reading


class Lodging:
    """A house that answers all, and remembers what it was asked."""

    is_ending = False
    date = "Mon, 23 Nov 2026 10:00:00 GMT"
    patience = Patience()

    def __init__(self) -> None:
        self.taken: list[Request] = []

    def now(self) -> float:
        return 0.0

    def refuses(self, _head: Request) -> None:
        return None

    def cut_off(self, _head: Request, _error: Exception) -> Answer:
        return Answer(400)

    def hold(self, _size: int) -> None:
        """There is room."""

    def take(self, request: Request) -> Answer:
        self.taken.append(request)
        return Answer(200)

    def joined(self, _wire: Wire) -> None:
        """Nobody counts."""

    left = rests = stirs = joined
