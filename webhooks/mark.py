"""Whether the inbox is over its mark, known without asking the database for each request."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Final

from connector.errors import StoreError

log = logging.getLogger(__name__)

LOOK_EVERY: Final = 5.0
"""Seconds between two looks."""


class Mark:
    """Looks now and then, in a thread of `threads`, as long as somebody asks; `timer` counts seconds."""

    def __init__(self, look: Callable[[], bool], timer: Callable[[], float], threads: Executor) -> None:
        self._look = look
        self._timer = timer
        self._threads = threads
        self._looks_at = 0.0
        self._is_over = False

    def is_over(self) -> bool:
        """What was seen last; at first, that it is not."""
        if self._timer() >= self._looks_at:
            self._looks_at = self._timer() + LOOK_EVERY
            self._threads.submit(self._see)
        return self._is_over

    def _see(self) -> None:
        """A database that does not answer says nothing: receipts find that out for themselves."""
        try:
            is_over = self._look()
        except StoreError:
            return
        if is_over != self._is_over:
            log.warning("the inbox is %s its mark", "over" if is_over else "below")
        self._is_over = is_over
