"""What the connections of a server need of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from webhooks.message import Answer, Request, Waiting
from webhooks.patience import Patience

if TYPE_CHECKING:
    from webhooks.connection import Wire


class House(Protocol):
    """What connections need of the server."""

    date: str
    """The time, as answers tell it."""
    is_ending: bool
    patience: Patience

    def now(self) -> float:
        """Seconds, from anywhere."""

    def refuses(self, head: Request) -> Answer | None:
        """The answer to a request whose body nobody needs to see."""

    def take(self, request: Request) -> Answer | Waiting:
        """The answer to a whole request, or the wait for one."""

    def cut_off(self, head: Request, error: Exception) -> Answer:
        """The answer to a request that came so far and no further."""

    def hold(self, size: int) -> None:
        """So many bytes more, or less, of bodies are in memory. Raises Overloaded where they are too many."""

    def watch(self, wire: Wire, waiting: Waiting) -> None:
        """Tell the connection by `on_done` when the answer is known."""

    def joined(self, wire: Wire) -> None:
        """A connection has begun."""

    def rests(self, wire: Wire) -> None:
        """Nothing of it is to be read, done or written."""

    def stirs(self, wire: Wire) -> None:
        """Something of it is."""

    def left(self, wire: Wire) -> None:
        """It has ended."""
