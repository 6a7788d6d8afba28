"""A bell that wakes a thread when there is work, so that nobody waits for the next look."""

from __future__ import annotations

from threading import Event


class Bell:
    """Rung by whoever has made work; one thread waits for it. Ringing twice before it looks is once."""

    def __init__(self) -> None:
        self._event = Event()

    def ring(self) -> None:
        """There is work."""
        if not self._event.is_set():
            self._event.set()

    def wait(self, seconds: float) -> None:
        """Until it rings, or `seconds` have gone by."""
        self._event.wait(max(seconds, 0.0))
        self._event.clear()
