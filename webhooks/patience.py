"""How long a server waits for what senders do, and for what it does itself."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

_COME_AGAIN: Final = (10, 60)


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds things may last.

    `headers` counts from the connection or a request's first byte on, `request` until it is complete: senders
    give up on us after 5 to 60 seconds. `answer`: Shopify waits five. `idle` is how long a connection is kept
    for a next request; nginx lets go of its own after 60. `linger` is how long a sender may still read a last
    answer, while what he goes on sending is thrown away.
    """

    headers: float = 10.0
    request: float = 20.0
    answer: float = 4.0
    idle: float = 75.0
    linger: float = 2.0


def come_again() -> int:
    """Seconds after which a sender may come again: by chance, so that they do not all come at once."""
    return random.randint(*_COME_AGAIN)
