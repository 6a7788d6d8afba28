"""What one process at a time has, by its name: an account that it serves, a worker's own name, a job."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from connector.errors import LeaseLost

T = TypeVar("T")


class Lease(ABC):
    """The right to a name. It ends with `give_up`, with the process, and when the process is paused."""

    @abstractmethod
    def hold(self) -> bool:
        """Whether it is ours; taken where it is free. Raises StoreError where the database cannot say."""

    @property
    @abstractmethod
    def is_ours(self) -> bool:
        """Whether it certainly was so a moment ago; the database is not asked."""

    @property
    @abstractmethod
    def times(self) -> int:
        """How many times it has become ours: somebody else may have had it in between."""

    @abstractmethod
    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction, which is committed only if the lease is ours to the end.

        Raises LeaseLost, a StoreError, where it is not.
        """

    @abstractmethod
    def give_up(self) -> None:
        """Let another have it, at once. It may be taken again by `hold`."""


class Tenure:
    """A lease from now on: whether nobody else can have had it in between."""

    def __init__(self, lease: Lease) -> None:
        self._lease, self._times = lease, lease.times

    def require_unbroken(self) -> None:
        """Raise LeaseLost where it became ours anew, as another connection of the account asked for it."""
        if self._lease.times != self._times:
            raise LeaseLost("the lease may have been another process's meanwhile")

    def require(self) -> None:
        """Raise LeaseLost also where it may be another's by now: who was paused cannot know."""
        self.require_unbroken()
        if not self._lease.is_ours:
            raise LeaseLost("the lease may be another process's by now")


class Writing(Protocol):
    """Runs a transaction, and returns what its work returns."""

    def __call__(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction."""


class SureLease(Lease):
    """Where one process works, whatever it asks for is its own; `writing` runs its transactions."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing

    def hold(self) -> bool:
        """Yes."""
        return True

    @property
    def is_ours(self) -> bool:
        """Yes."""
        return True

    @property
    def times(self) -> int:
        """Once."""
        return 1

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction of the store's."""
        return self._writing(work)

    def give_up(self) -> None:
        """Nothing is to be done."""
