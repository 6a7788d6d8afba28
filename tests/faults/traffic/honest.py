"""A shop that posts as shops do, while others do not: how soon it is answered, and with what."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from types import TracebackType
from typing import Final, Self

from tests.faults.rig.posts import paid
from tests.faults.rig.program import Loods
from tests.faults.rig.report import percentile
from tests.patience import PATIENCE

_FIRST: Final = 5_000_000
"""Its first order, far from those of others."""


class Honest:
    """Posts `rate` orders of WooCommerce a second over a kept connection, as long as the context lasts."""

    def __init__(self, loods: Loods, rate: float = 40.0) -> None:
        self.statuses: Counter[int] = Counter()
        self.seconds: list[float] = []
        self._loods = loods
        self._pause = 1 / rate
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._post, name="honest", daemon=True)

    @property
    def p99(self) -> float:
        """Seconds until the answer, of all but the slowest hundredth."""
        return percentile(self.seconds, 99)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join(PATIENCE)

    def _post(self) -> None:
        number = _FIRST
        wire = http.client.HTTPConnection("127.0.0.1", self._loods.port, timeout=PATIENCE)
        while not self._is_over.wait(self._pause):
            number += 1
            begun = time.perf_counter()
            self.statuses[self._status(wire, number)] += 1
            self.seconds.append(time.perf_counter() - begun)
        wire.close()

    def _status(self, wire: http.client.HTTPConnection, number: int) -> int:
        """0 where there was no answer."""
        post = paid(number)
        try:
            headers = post.headers(self._loods.target.public_url)
            wire.request("POST", "/webhooks/webshop", post.body, headers)
            answer = wire.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            wire.close()
            return 0
        return answer.status
