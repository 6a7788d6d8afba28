"""What is known to all adapters of one audience, each of which serves a thread."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Final

from connector.platforms.mailchimp.trial import Shown
from connector.platforms.memory import Memory

MEMBERS: Final = 100_000
"""So many members are remembered to be in the audience at most."""
OF_TRADE: Final = 10_000
"""So many carts, orders and variants of products are remembered at most, each."""
GONE_FOR: Final = 3600.0
"""Seconds for which a cart that was removed is believed to be gone still."""
STOCKED_FOR: Final = 24 * 3600.0
"""Seconds for which a variant is: once it is gone, a line that names it is refused, and all are asked for."""


@dataclass(frozen=True, slots=True)
class Known:
    """How batches go, who is in the audience, which numbers its tags have, which carts and orders were
    written, which carts were removed, and which variants of products are there; nothing at first.
    """

    shown: Shown = field(default_factory=Shown)
    members: Memory = field(default_factory=partial(Memory, MEMBERS))
    tags: dict[str, tuple[float, int]] = field(default_factory=dict)
    written: Memory = field(default_factory=partial(Memory, OF_TRADE))
    gone: Memory = field(default_factory=partial(Memory, OF_TRADE, GONE_FOR))
    stocked: Memory = field(default_factory=partial(Memory, OF_TRADE, STOCKED_FOR))
