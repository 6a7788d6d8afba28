"""What calls are for."""

from __future__ import annotations

from enum import IntEnum


class Lane(IntEnum):
    """What a call is for: whoever waits in an earlier lane goes first."""

    LIVE = 0
    VERIFY = 1
    POLL = 2
    IMPORT = 3
