"""Remembers whether what has arrived could be stored lately."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import ParamSpec, TypeVar

from connector.errors import StoreError

Given = ParamSpec("Given")
Stored = TypeVar("Stored")

RED_FOR = timedelta(seconds=30)
"""How long a refused receipt keeps readiness red; then the next sender may find out."""


class Receipts:
    """Watches the receiver's way into the store."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._refused_at: datetime | None = None

    @property
    def is_well(self) -> bool:
        """Whether nothing was refused lately for want of a working database."""
        return self._refused_at is None or self._clock() - self._refused_at > RED_FOR

    def watching(self, store: Callable[Given, Future[Stored]]) -> Callable[Given, Future[Stored]]:
        """The same function, whose StoreErrors are noted, be they raised or what came of it."""

        def watched(*words: Given.args, **named: Given.kwargs) -> Future[Stored]:
            try:
                stored = store(*words, **named)
            except StoreError:
                self._refused_at = self._clock()
                raise
            stored.add_done_callback(self._note)
            return stored

        return watched

    def _note(self, stored: Future[Stored]) -> None:
        if stored.cancelled() or isinstance(stored.exception(), StoreError):
            self._refused_at = self._clock()
        elif self._refused_at is not None:
            self._refused_at = None
