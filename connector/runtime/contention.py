"""How long a transaction is taken again that other workers get in the way of."""

from __future__ import annotations

import random
import time
from typing import Final

from connector.runtime.arrivals import ContendedError

TRIES: Final = 8
"""In a row; with the waits between them that takes some seconds at most."""

_PAUSE: Final = 0.005
"""Seconds before the second try at most; each further wait may be twice as long."""


class Contention:
    """Of one transaction: to be told each time that it was contended."""

    def __init__(self) -> None:
        self._times = 0

    def again(self, error: ContendedError) -> None:
        """Wait a little before it is taken again. Raises the error once that has been tried often enough."""
        self._times += 1
        if self._times >= TRIES:
            raise error
        time.sleep(random.uniform(0, _PAUSE * 2**self._times))
