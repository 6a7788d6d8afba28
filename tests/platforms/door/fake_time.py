"""A clock that goes on only when somebody waits."""

from __future__ import annotations

import threading


class FakeTime:
    """Seconds since it began, and what waits by them."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Now."""
        return self.now

    def pause(self, changed: threading.Condition, seconds: float) -> None:
        """Let the time go by at once; `changed` is held by who waits, as a door's is."""
        assert seconds >= 0
        self.now += seconds
