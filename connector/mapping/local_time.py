"""Moments as administrators write and read them: a date and a time of the company's own clocks."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

_WRITTEN: Final = re.compile(
    r"(?:199|2[0-9]{2})[0-9]-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2})?", re.ASCII
)


def parse_local(text: str, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which the clocks of the zone show `2026-11-02 10:00`; the first of two.

    Years are 1990 to 2999. Raises ValueError with one plain sentence, also for a time that is skipped when
    the clocks go forward.
    """
    text = text.strip()
    try:
        shown = datetime.fromisoformat(text) if _WRITTEN.fullmatch(text) else None
        moment = shown.replace(tzinfo=zone).astimezone(UTC) if shown else None
    except (ValueError, OverflowError):
        shown = moment = None
    if shown is None or moment is None:
        raise ValueError(f'"{text[:40]}" is no date with a time; write it as "2026-11-02 10:00"')
    if moment.astimezone(zone).replace(tzinfo=None) != shown:
        raise ValueError(f'"{text}" is skipped by the clocks of {zone.key}; write a time an hour later')
    return moment


def show_local(moment: datetime, zone: ZoneInfo) -> str:
    """The moment as the clocks of the zone show it, so that it can be written back."""
    return _shown(moment.astimezone(zone))


def tell_local(moment: datetime, zone: ZoneInfo) -> str:
    """The moment as the clocks of the zone show it, with the name of their time: `2026-11-02 10:00 CET`."""
    local = moment.astimezone(zone)
    return f"{_shown(local)} {local.tzname()}"


def _shown(local: datetime) -> str:
    return local.replace(tzinfo=None).isoformat(" ", "seconds" if local.second else "minutes")
