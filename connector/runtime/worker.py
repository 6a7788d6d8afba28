"""A thread that turns something step by step until it is told to stop."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

from connector.errors import LoodsError
from connector.runtime.bell import Bell

log = logging.getLogger(__name__)

IDLE = 1.0
SILENT_FOR = 60.0
"""Seconds without a step that went well, after which a worker counts as stuck that calls nobody."""


class Stepper(Protocol):
    """What a worker turns: a bell to wait at, and one step of work."""

    bell: Bell

    def step(self) -> int:
        """Do what is there; how much it was."""


class Worker:
    """One thread that steps until it is told to stop, and then drains what it began. What a step raises is
    logged, and it goes on.

    Once no step has gone well for `silent_for` seconds it counts as stuck.
    """

    def __init__(
        self,
        name: str,
        stepper: Stepper,
        wait: Callable[[], float],
        silent_for: float = SILENT_FOR,
        drain: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self._stepper = stepper
        self._wait, self._drain = wait, drain
        self.silent_for = silent_for
        self._stopping = threading.Event()
        self._turned_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def is_well(self) -> bool:
        """Whether it runs, and a step went well lately."""
        return self._thread.is_alive() and time.monotonic() - self._turned_at < self.silent_for

    def start(self) -> None:
        """Begin."""
        self._turned_at = time.monotonic()
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Finish the step in hand, then end."""
        self._stopping.set()
        self._stepper.bell.ring()

    def join(self, seconds: float) -> bool:
        """Wait for its end; whether it came."""
        self._thread.join(max(seconds, 0.0))
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            if not self._turn() and not self._stopping.is_set():
                self._stepper.bell.wait(self._pause())
        try:
            self._drain()
        except Exception:
            log.exception("%s: what is under way could not be ended", self.name)

    def _turn(self) -> int:
        try:
            done = self._stepper.step()
        except Exception:
            log.exception("%s: a step failed; going on in a second", self.name)
            self._stopping.wait(IDLE)
            return 0
        self._turned_at = time.monotonic()
        return done

    def _pause(self) -> float:
        try:
            return self._wait()
        except LoodsError:
            return IDLE
        except Exception:
            log.exception("%s: how long to wait could not be told; looking in a second", self.name)
            return IDLE
