"""What a platform's own clock says."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime

from connector.platforms.transport import Answer


def time_there(answer: Answer) -> datetime | None:
    """The time at which it was answered, by its `Date` (RFC 9110, 6.6.1: whole seconds); None without one."""
    try:
        return parsedate_to_datetime(answer.headers.get("date", ""))
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
