"""Numbers, shares, yes and no, dates, days and hours, as administrators write them: `-25`, `10%`, `mon-fri`.

Every reader raises ValueError with one plain sentence that says what was found and what would do.
"""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal
from typing import Final

from connector.mapping.durations import parse_clock

NUMBER_PATTERN: Final = r"[+-]?[0-9]{1,9}(\.[0-9]{1,4})?"
SHARE_PATTERN: Final = r"[0-9]{1,3}(\.[0-9]{1,2})?%"
DATE_PATTERN: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK_PATTERN: Final = "[0-9]{1,2}:[0-9]{2}"
RANGE_PATTERN: Final = f"{_CLOCK_PATTERN} ?- ?{_CLOCK_PATTERN}"
WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS_PATTERN: Final = f"({'|'.join(WEEK)})(-({'|'.join(WEEK)}))?"
"""What editors accept, as regular expressions of JSON Schema; the readers below also say what is wrong."""

_NUMBER: Final = re.compile(NUMBER_PATTERN, re.ASCII)
_SHARE: Final = re.compile(SHARE_PATTERN, re.ASCII)
_DATE: Final = re.compile(DATE_PATTERN, re.ASCII)
_WORDS: Final = {"yes": True, "true": True, "no": False, "false": False}
_FULL: Final = Decimal(100)
_MIDNIGHT: Final = time(0)
_END_OF_DAY: Final = "24:00"


def parse_number(text: str) -> Decimal:
    """The number of `20`, `-25` or `2.5`, of at most nine digits and four decimals."""
    if not _NUMBER.fullmatch(text.strip()):
        hint = "write it with a point, as 99.95" if "," in text else 'write it as "20", "-25" or "2.5"'
        raise ValueError(f'"{_short(text)}" is no number; {hint}')
    return Decimal(text.strip())


def parse_share(text: str) -> Decimal:
    """The share of `10%`, from 0 to 1."""
    if not _SHARE.fullmatch(text.strip()):
        raise ValueError(f'"{_short(text)}" is no percentage; write it as "10%"')
    percent = Decimal(text.strip().removesuffix("%"))
    if percent > _FULL:
        raise ValueError(f'"{_short(text)}" is out of range: write 0% to 100%')
    return percent / _FULL


def parse_yes_no(text: str) -> bool:
    """The answer of `yes` or `no`; `true` and `false` are the same."""
    if text.strip() not in _WORDS:
        raise ValueError(f'"{_short(text)}" is neither yes nor no; write "yes" or "no"')
    return _WORDS[text.strip()]


def parse_date(text: str) -> date:
    """The date of `2027-03-06`."""
    found = _DATE.fullmatch(text.strip())
    try:
        return date.fromisoformat(found[0] if found else "")
    except ValueError:
        message = f'"{_short(text)}" is no date; write it as "2027-03-06": year, month, day'
        raise ValueError(message) from None


def parse_range(text: str) -> tuple[time, time]:
    """The times of `09:00-20:00`, from and until; midnight at the end is 00:00, however it was written."""
    begins, dash, ends = (part.strip() for part in text.partition("-"))
    if not dash:
        raise ValueError(f'"{_short(text)}" are no hours; write them as "09:00-20:00"')
    first, last = parse_clock(begins), _MIDNIGHT if ends == _END_OF_DAY else parse_clock(ends)
    if last not in (_MIDNIGHT, max(first, last)) or first == last != _MIDNIGHT:
        over = f'"{begins}-24:00" and "00:00-{ends}"'
        raise ValueError(f'"{_short(text)}" ends before it begins; hours over midnight are two: {over}')
    return first, last


def parse_days(text: str) -> frozenset[int]:
    """The weekdays of `mon-fri`, `sat` or `sat-mon`; Monday is 0."""
    first, dash, last = text.strip().lower().partition("-")
    last = last if dash else first
    if first not in WEEK or last not in WEEK:
        hint = "write the first and the last day, as in mon-fri, or a list of days"
        raise ValueError(f'"{_short(text)}" are no days of the week; {hint}')
    begin, length = WEEK.index(first), (WEEK.index(last) - WEEK.index(first)) % len(WEEK)
    return frozenset((begin + day) % len(WEEK) for day in range(length + 1))


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
