"""One request as it was received."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class DeliveryStatus(StrEnum):
    """Where a delivery is on its way."""

    WAITING = "waiting"
    DONE = "done"
    IGNORED = "ignored"  # its source says that this topic means nothing here
    PARKED = "parked"  # nobody is known whom it is about; kept until somebody is
    FAILED = "failed"  # genuine but unreadable, wholly or in part; a person has to look


IMPORTED: Final = ":imported"
"""The header of a delivery that was imported: no request can have one of that name.

Its value is the moment from which on what it tells counts as if it came live; empty where none of it does.
"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One verified request: the bytes as they came, and when. Header names are lower-case.

    `query` is the parsed query string without secrets. `fingerprint` tells a repeat: same connection, same
    topic and key, same body.
    """

    connection: str
    topic: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    received_at: datetime
    fingerprint: str
    id: str = ""
