"""What can be written and is checked, and what no engine carries out yet: the one table of it.

A mapping that uses any of it is warned of (M190), and never published. Who makes the engine carry something
out deletes its line here.
"""

from __future__ import annotations

from typing import Final

from connector.mapping.checker import Checker
from connector.mapping.terms import Place

NOT_CARRIED_OUT: Final[frozenset[str]] = frozenset(
    {
        "field.of: product",
        "own.coupon",
    }
)
"""Each as its part and its key, where it matters with its value: `own.coupon`, `field.of: product`."""


NOT_MEASURED: Final[frozenset[str]] = frozenset({"goals", "trigger.goal"})
"""What contacts get does not depend on these, so they may be published: they only await their report."""


def tell_later(checker: Checker, what: str, place: Place, nearest: str = "") -> None:
    """Warn where `what` was written, if nothing carries it out; `nearest` says what would do instead."""
    if what in NOT_MEASURED:
        hint = "it can stay: what contacts get does not depend on it"
        message = f'"{what.rpartition(".")[2]}" is checked and kept, and no report of this version shows it'
        checker.warn(place, "M191", message, hint)
    if what in NOT_CARRIED_OUT:
        checker.later(place, what.rpartition(".")[2], nearest)
