"""One action with its arguments as its model has them."""

from __future__ import annotations

from typing import Generic, TypeVar

from connector.model.light import light
from connector.platforms.base import Addressee, Call

T = TypeVar("T")


@light
class Wish(Generic[T]):
    """A call, and what it asks for."""

    call: Call
    arguments: T

    @property
    def addressee(self) -> Addressee:
        """Whom it is about."""
        return self.call.addressee
