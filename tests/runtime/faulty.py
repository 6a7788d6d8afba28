"""What breaks on purpose: a store that fails at a chosen write, and a condition that is no good."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TypeVar

from connector.errors import StoreError
from connector.mapping.terms import Place, Scope
from connector.model.delivery import Delivery
from connector.model.values import Value
from connector.store.database import Store, Transaction
from connector.store.inbox import Received

T = TypeVar("T")


class FaultyStore(Store):
    """A real store whose writes of these numbers (from 1) fail: undone, or done with the answer lost."""

    is_embedded = True

    def __init__(
        self, real: Store, undone: frozenset[int] = frozenset(), unanswered: frozenset[int] = frozenset()
    ) -> None:
        super().__init__()
        self._real, self._undone, self._unanswered = real, undone, unanswered
        self.writes = 0

    def migrate(self) -> None:
        self._real.migrate()

    def close(self) -> None:
        self._real.close()

    def write(self, work: Callable[[Transaction], T]) -> T:
        self.writes += 1
        if self.writes in self._undone:
            raise StoreError("the disk is full")
        outcome = self._real.write(work)
        if self.writes in self._unanswered:
            raise StoreError("the connection was lost at the commit")
        return outcome

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        with self._real.reading() as tx:
            yield tx

    _look = reading
    _write = write

    def _receive_soon(self, deliveries: Sequence[Delivery]) -> Future[list[Received]]:
        return self._real.receive_soon(deliveries)


class Broken:
    """A condition with a fault of ours in it: it raises what no expression may."""

    text = "broken"
    place = Place("shop.yaml", 1, 1)

    def __call__(self, scope: Scope) -> Value:
        raise RuntimeError("a rule broke")

    def seen(self, scope: Scope) -> dict[str, Value]:
        return {}


class Unstorable:
    """A text with a fault of ours in it: it gives a value that no store takes."""

    text = "unstorable"
    place = Place("shop.yaml", 1, 1)
    is_constant = False

    def __call__(self, scope: Scope) -> Value:
        return object()  # type: ignore[return-value]  # that is the fault
