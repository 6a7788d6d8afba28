"""What is known to all adapters of one audience, each of which serves a thread."""

from __future__ import annotations

from dataclasses import dataclass, field

from connector.platforms.mailchimp.trade import no_carts_gone
from connector.platforms.mailchimp.trial import Shown
from connector.platforms.memory import Memory


@dataclass(frozen=True, slots=True)
class Known:
    """How its batches go, and which carts were removed; nothing at first."""

    shown: Shown = field(default_factory=Shown)
    gone: Memory = field(default_factory=no_carts_gone)
