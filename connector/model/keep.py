"""How long what is over is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Keep:
    """For how long each is kept. What waits, is parked or on its way is kept however old it is.

    `deliveries` are those that are done or ignored, with what tells a repeat; `failed` deliveries are counted
    from when they came, too. `keys` make an event happen once. `traces` say why, of events and of looks.
    `actions` are done, `dead` ones given up, both counted from their end.
    """

    deliveries: timedelta = timedelta(days=30)
    failed: timedelta = timedelta(days=180)
    keys: timedelta = timedelta(days=90)
    traces: timedelta = timedelta(days=90)
    actions: timedelta = timedelta(days=90)
    dead: timedelta = timedelta(days=180)
