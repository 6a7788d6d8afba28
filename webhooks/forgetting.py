"""Errors that outlive the calls through which they came."""

from __future__ import annotations


def forget_calls(error: BaseException) -> None:
    """Let go of all calls through which it, and what led to it, came, with all that they know.

    A future that failed keeps its error, and so the deliveries and requests of those calls, until garbage is
    searched for. To be done once the error has been written down.
    """
    left, seen = list[BaseException | None]([error]), set[int]()
    while left:
        one = left.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            one.__traceback__ = None
            left += [one.__cause__, one.__context__]
