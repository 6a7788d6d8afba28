"""When a moment of the calendar comes, as administrators write it: `4th friday of november`, `easter - 49d`.

The reader raises ValueError with one plain sentence that says what was found and what would do.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from connector.mapping.durations import parse_duration
from connector.mapping.scoring import EveryYear, FromEaster, NthWeekday, When

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS: Final = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_NTH: Final = {
    "1st": 1, "first": 1, "2nd": 2, "second": 2, "3rd": 3, "third": 3, "4th": 4, "fourth": 4, "last": -1,
}  # fmt: skip
_FIFTH: Final = ("5th", "fifth")
_LENGTH: Final = "[0-9]{1,3} ?(d|days?|w|weeks?)"
RULE_PATTERN: Final = (
    f"([0-9]{{2}}-[0-9]{{2}}|easter( ?[+-] ?{_LENGTH})?"
    f"|({'|'.join(_NTH)}) ({'|'.join(WEEKDAYS)}) of ({'|'.join(MONTHS)}))"
)
"""What editors accept, as a regular expression of JSON Schema; the reader below also says what is wrong."""

_DAY: Final = re.compile(r"([0-9]{1,2})-([0-9]{1,2})", re.ASCII)
_EASTER: Final = re.compile(r"easter(?: ?([+-]) ?(.+))?")
_NTH_DAY: Final = re.compile(r"(\w+) (\w+) of (\w+)")
_FORMS: Final = 'write it as "4th friday of november", "easter - 49d" or "12-05" (month and day)'
_A_LEAP_YEAR: Final = 2028
_MOST_DAYS: Final = 200
"""How far from Easter a rule can be: what is further would fall into another year."""


def parse_rule(text: str) -> When:
    """When it comes by a rule that holds for every year."""
    words = " ".join(text.lower().split())
    if found := _DAY.fullmatch(words):
        return _every_year(int(found[1]), int(found[2]), text)
    if found := _EASTER.fullmatch(words):
        return _from_easter(found[1], found[2], text)
    if found := _NTH_DAY.fullmatch(words):
        return _nth_weekday(found[1], found[2], found[3])
    raise ValueError(f'"{text[:40]}" is no rule for a day; {_FORMS}')


def _every_year(month: int, day: int, text: str) -> EveryYear:
    try:
        date(_A_LEAP_YEAR, month, day)
    except ValueError:
        message = f'there is no day "{text[:40]}" in a year; write month and day, as in 12-05 for 5 December'
        raise ValueError(message) from None
    return EveryYear(month, day)


def _from_easter(sign: str | None, length: str | None, text: str) -> FromEaster:
    if length is None:
        return FromEaster(0)
    days, rest = divmod(parse_duration(length).total_seconds(), 86_400)
    if rest or days > _MOST_DAYS:
        raise ValueError(f'"{text[:40]}" is no day; write whole days, up to {_MOST_DAYS}, as in easter - 49d')
    return FromEaster(-int(days) if sign == "-" else int(days))


def _nth_weekday(nth: str, weekday: str, month: str) -> NthWeekday:
    day = _place_of(weekday, WEEKDAYS, "day of the week")
    in_month = _place_of(month, MONTHS, "month") + 1
    if nth in _FIFTH:
        hint = f'write "last {weekday} of {month}"'
        raise ValueError(f"not every {month} has a {nth} {weekday}; {hint}")
    if nth not in _NTH:
        hint = "write 1st, 2nd, 3rd, 4th or last"
        raise ValueError(f'"{nth[:40]}" is no place in a month; {hint}')
    return NthWeekday(_NTH[nth], day, in_month)


def _place_of(word: str, known: Sequence[str], what: str) -> int:
    if word in known:
        return known.index(word)
    near = difflib.get_close_matches(word, known, n=1)
    hint = f'did you mean "{near[0]}"?' if near else f"known: {', '.join(known)}"
    raise ValueError(f'"{word[:40]}" is no {what}; {hint}')
